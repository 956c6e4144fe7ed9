#include <algorithm>
#include <utility>

#include "kingpost/cel/cel.hpp"
#include "kingpost/plan/resolve.hpp"

namespace kingpost::plan {
namespace {

using request::Operation;
using request::Resolution;
using Source = WriteColumn::Source;

Error body_error(ErrorKind kind, std::string code, std::string message, const std::string& name) {
  auto error = make_error(kind, std::move(code), std::move(message));
  error.errors.push_back({"/" + name, error.code, error.message});
  return error;
}

/// Plans one write: which columns it stores, and what must hold.
class WriteResolver {
 public:
  WriteResolver(Context& context, const ir::ViewEntity& view)
      : context_(context), request_(context.request), view_(view), entity_(context.system.entity(view.entity)) {}

  Result<Write> resolve();

 private:
  Result<void> resolve_policies();
  Result<void> check_executed();
  Result<void> resolve_target();
  Result<void> resolve_body();
  Result<void> add_body_column(const std::string& name);
  Result<void> check_writable(const std::string& name, const ir::ViewField& view_field, const ir::Field& field);
  Result<void> weave_field_policy(const ir::Field& field);
  Result<void> add_engine_columns();
  Result<void> add_insert_column(ir::FieldId id, const ir::Field& field);
  Result<void> resolve_conflict();
  Result<void> resolve_initial_state();
  Result<void> add_update_policy(const UpdateVerdict& verdict);
  [[nodiscard]] bool assigns(ir::FieldId id) const {
    return std::any_of(write_.columns.begin(), write_.columns.end(), [&](const WriteColumn& column) { return column.field == id; });
  }
  [[nodiscard]] bool merges() const { return request_.operation == Operation::kInsert && request_.resolution == Resolution::kMerge; }
  [[nodiscard]] bool is_conflict(ir::FieldId id) const {
    return std::find(write_.conflict.begin(), write_.conflict.end(), id) != write_.conflict.end();
  }
  [[nodiscard]] tl::unexpected<Error> deny(std::string message) const { return fail(context_.policies.denial(std::move(message))); }

  Context& context_;
  const request::Request& request_;
  const ir::ViewEntity& view_;
  const ir::Entity& entity_;
  Write write_;
};

Result<void> WriteResolver::add_update_policy(const UpdateVerdict& verdict) {
  if (verdict.denied) return deny(denial_message(view_.name));
  if (verdict.unsupported) {
    return fail(ErrorKind::kUnimplemented, "PGRST127",
                "the update policy of " + view_.name + " compares the former record with the new one in one condition, which is not supported");
  }
  write_.stored_policy = both(write_.stored_policy, verdict.stored);
  write_.result_policy = both(write_.result_policy, verdict.result);
  return {};
}

Result<void> WriteResolver::resolve_policies() {
  const auto& policies = context_.policies;
  if (request_.operation == Operation::kInsert) {
    const auto create = policies.of(entity_, Action::kCreate);
    if (create.denied) return deny(denial_message(view_.name));
    if (create.condition != nullptr && cel::mentions(*create.condition, "old")) return deny(denial_message(view_.name));
    write_.result_policy = create.condition;
    if (!merges()) return {};
    if (auto added = add_update_policy(policies.update(entity_)); !added) return added;
    // A row that the caller cannot see must not be taken over by its key either.
    const auto read = policies.of(entity_, Action::kRead);
    if (read.denied) return deny(denial_message(view_.name));
    write_.stored_policy = both(read.condition, write_.stored_policy);
    return {};
  }
  if (request_.operation == Operation::kUpdate) return add_update_policy(policies.update(entity_));
  const auto remove = policies.of(entity_, Action::kDelete);
  if (remove.denied) return deny(denial_message(view_.name));
  if (remove.condition != nullptr && cel::mentions(*remove.condition, "new")) return deny(denial_message(view_.name));
  write_.stored_policy = remove.condition;
  return {};
}

/// A safety feature that is declared and not executed: nothing may be stored without it.
Result<void> WriteResolver::check_executed() {
  for (const auto& element : context_.system.not_executed) {
    if (!element.entity.valid() || element.entity != view_.entity) continue;
    return fail(ErrorKind::kUnimplemented, "kp-not-executed",
                "writes to " + view_.name + " are refused: this version does not execute " + element.feature + " (" + element.element + ")");
  }
  return {};
}

Result<void> WriteResolver::resolve_target() {
  if (request_.operation == Operation::kInsert) return {};
  const bool unfiltered = !request_.root.where || (request_.root.where->kind == request::FilterKind::kAnd && request_.root.where->children.empty());
  if (unfiltered) {
    return fail(ErrorKind::kInvalidArgument, "21000",
                std::string(request_.operation == Operation::kUpdate ? "UPDATE" : "DELETE") + " requires a WHERE clause");
  }
  const auto read = context_.policies.of(entity_, Action::kRead);
  if (read.denied) return deny(denial_message(view_.name));
  auto filter = resolve_filter(context_, view_, *request_.root.where, {});
  if (!filter) return fail(std::move(filter.error()));
  if (request_.has_if_match && !pins_key(entity_, *filter)) {
    return fail(ErrorKind::kInvalidArgument, "kp-precondition-target", "If-Match needs a filter that pins the full primary key with eq");
  }
  write_.check_version = request_.has_if_match;
  write_.target = conjunction([&] {
    std::vector<Predicate> parts;
    parts.push_back(std::move(*filter));
    parts.push_back(policy_predicate(read.condition));
    return parts;
  }());
  return {};
}

Result<void> WriteResolver::check_writable(const std::string& name, const ir::ViewField& view_field, const ir::Field& field) {
  const bool insert = request_.operation == Operation::kInsert;
  const bool engine_set = field.generated == ir::Generated::kCreatedAt || field.generated == ir::Generated::kUpdatedAt ||
                          field.generated == ir::Generated::kVersion ||
                          (entity_.tenanted && view_field.field == entity_.tenant_field && !context_.policies.exempt());
  if (!view_field.writable || !field.stored() || engine_set) {
    return fail(body_error(ErrorKind::kInvalidArgument, "428C9", "column \"" + name + "\" is set by the system and cannot be written", name));
  }
  const bool state = entity_.states && entity_.states->field == view_field.field;
  if (state && (!insert || merges())) return deny("column \"" + name + "\" of " + view_.name + " changes only by its state moves");
  return {};
}

Result<void> WriteResolver::weave_field_policy(const ir::Field& field) {
  const auto verdict = context_.policies.field_write(field);
  if (verdict.denied) return deny("permission denied for column \"" + field.column + "\" of " + view_.name);
  if (verdict.condition == nullptr) return {};
  if (request_.operation == Operation::kInsert) write_.result_policy = both(write_.result_policy, verdict.condition);
  if (request_.operation == Operation::kInsert && !merges()) return {};
  return add_update_policy(Policies::split_update(verdict.condition));
}

Result<void> WriteResolver::add_body_column(const std::string& name) {
  const auto* view_field = view_.find_field(name);
  const bool hidden = view_field != nullptr && context_.policies.field_read(entity_.field(view_field->field)).denied &&
                      context_.policies.field_write(entity_.field(view_field->field)).denied;
  if (view_field == nullptr || hidden) {
    return fail(body_error(ErrorKind::kInvalidArgument, "PGRST204",
                           "Could not find the '" + name + "' column of '" + view_.name + "' in the schema cache", name));
  }
  const auto& field = entity_.field(view_field->field);
  if (auto writable = check_writable(name, *view_field, field); !writable) return writable;
  if (auto woven = weave_field_policy(field); !woven) return woven;
  if (assigns(view_field->field)) {
    return fail(body_error(ErrorKind::kInvalidArgument, "42701", "column \"" + name + "\" is assigned twice", name));
  }
  WriteColumn column;
  column.field = view_field->field;
  column.name = name;
  const auto& sent = request_.rows.columns;
  const auto found = std::find(sent.begin(), sent.end(), name);
  const bool insert = request_.operation == Operation::kInsert;
  if (found == sent.end()) {
    // `columns=` names it, no row holds it: the engine's default, added below.
    if (insert && request_.missing_default) return {};
    column.source = Source::kDefault;
  } else {
    column.row_column = static_cast<std::size_t>(found - sent.begin());
    column.inverse = view_field->inverse;
    if (insert && request_.missing_default) column.default_value = field.default_value;
  }
  column.merge = merges() && !is_conflict(column.field);
  write_.columns.push_back(std::move(column));
  return {};
}

Result<void> WriteResolver::resolve_body() {
  const auto& names = request_.has_columns ? request_.columns : request_.rows.columns;
  for (const auto& name : names) {
    if (auto added = add_body_column(name); !added) return added;
  }
  return {};
}

Result<void> WriteResolver::add_insert_column(ir::FieldId id, const ir::Field& field) {
  WriteColumn column;
  column.field = id;
  const auto* view_field = view_.field_of(id);
  column.name = view_field != nullptr ? view_field->name : field.column;
  column.source = Source::kDefault;
  const bool state = entity_.states && entity_.states->field == id;
  if (entity_.tenanted && id == entity_.tenant_field && context_.policies.principal().tenant) {
    column.source = Source::kTenant;
  } else if (field.generated == ir::Generated::kUuidV7) {
    column.source = Source::kUuidV7;
  } else if (field.generated == ir::Generated::kCreatedAt || field.generated == ir::Generated::kUpdatedAt) {
    column.source = Source::kNow;
    column.merge = merges() && field.generated == ir::Generated::kUpdatedAt;
  } else if (field.generated == ir::Generated::kVersion) {
    column.source = Source::kIncrement;
    column.merge = merges();
  } else if (state) {
    column.default_value =
        cel::make_literal(cel::Value{cel::EnumValue{entity_.states->initial}}, ir::expression_type(field.type, false, context_.system));
  } else if (field.default_value != nullptr) {
    column.default_value = field.default_value;
  } else if (field.generated == ir::Generated::kAutoIncrement || !field.default_sql.empty() || field.nullable) {
    return {};
  }
  // What nobody supplies stays in the plan: each row is refused by name when its values are bound (23502), and no rows are no fault.
  write_.columns.push_back(std::move(column));
  return {};
}

Result<void> WriteResolver::add_engine_columns() {
  const bool insert = request_.operation == Operation::kInsert;
  if (!insert && write_.columns.empty()) return {};
  for (std::size_t i = 0; i < entity_.fields.size(); ++i) {
    const auto& field = entity_.fields[i];
    const ir::FieldId id{static_cast<std::uint32_t>(i)};
    if (!field.stored() || assigns(id)) continue;
    if (insert) {
      if (auto added = add_insert_column(id, field); !added) return added;
      continue;
    }
    WriteColumn column;
    column.field = id;
    column.name = field.column;
    if (field.generated == ir::Generated::kUpdatedAt) {
      column.source = Source::kNow;
      write_.columns.push_back(std::move(column));
    } else if (field.generated == ir::Generated::kVersion) {
      column.source = Source::kIncrement;
      write_.columns.push_back(std::move(column));
    }
  }
  return {};
}

Result<void> WriteResolver::resolve_conflict() {
  if (request_.operation != Operation::kInsert || request_.resolution == Resolution::kNone) return {};
  std::vector<ir::FieldId> fields;
  for (const auto& name : request_.on_conflict) {
    const auto* field = find_visible(context_, view_, name);
    if (field == nullptr) return fail(unknown_column(context_, view_, name));
    fields.push_back(field->field);
  }
  const auto same = [](std::vector<ir::FieldId> left, std::vector<ir::FieldId> right) {
    std::sort(left.begin(), left.end());
    std::sort(right.begin(), right.end());
    return left == right;
  };
  const auto fits = [&](const std::vector<ir::FieldId>& unique) {
    if (same(fields, unique)) return true;
    auto with_tenant = fields;
    if (entity_.tenanted) with_tenant.push_back(entity_.tenant_field);
    return same(with_tenant, unique);
  };
  if (fields.empty() || fits(entity_.key)) {
    write_.conflict = entity_.key;
    return {};
  }
  for (const auto& unique : entity_.uniques) {
    if (!fits(unique.fields)) continue;
    write_.conflict = unique.fields;
    return {};
  }
  return fail(ErrorKind::kInvalidArgument, "42P10", "there is no unique constraint matching the ON CONFLICT specification");
}

/// A record begins in the initial state: when the client sends one, the resulting row is tested, for the administrator too.
Result<void> WriteResolver::resolve_initial_state() {
  if (request_.operation != Operation::kInsert || !entity_.states) return {};
  const auto& field = entity_.field(entity_.states->field);
  const auto type = ir::expression_type(field.type, false, context_.system);
  auto row = std::make_shared<cel::Expr>();
  row->kind = cel::ExprKind::kIdent;
  row->name = "row";
  row->type = cel::make_record(entity_.name);
  auto state = std::make_shared<cel::Expr>();
  state->kind = cel::ExprKind::kSelect;
  state->name = field.name;
  state->type = type;
  state->args.push_back(std::move(row));
  auto equal = std::make_shared<cel::Expr>();
  equal->kind = cel::ExprKind::kOperator;
  equal->op = cel::Op::kEqual;
  equal->type = cel::make_type(cel::TypeKind::kBool);
  equal->args.push_back(std::move(state));
  equal->args.push_back(cel::make_literal(cel::Value{cel::EnumValue{entity_.states->initial}}, type));
  const bool sent = std::any_of(write_.columns.begin(), write_.columns.end(),
                                [&](const WriteColumn& column) { return column.field == entity_.states->field && column.source == Source::kRows; });
  if (sent) write_.result_policy = both(write_.result_policy, equal);
  return {};
}

Result<Write> WriteResolver::resolve() {
  write_.entity = view_.entity;
  write_.operation = request_.operation;
  write_.resolution = request_.resolution;
  if (entity_.view) return fail(ErrorKind::kInvalidArgument, "25006", "cannot write to the view " + view_.name);
  using Stage = Result<void> (WriteResolver::*)();
  // Who may not write learns that and nothing else.
  std::vector<Stage> stages{&WriteResolver::resolve_policies, &WriteResolver::check_executed, &WriteResolver::resolve_target};
  if (request_.operation != Operation::kDelete) {
    stages.insert(stages.end(), {&WriteResolver::resolve_conflict, &WriteResolver::resolve_body, &WriteResolver::add_engine_columns,
                                 &WriteResolver::resolve_initial_state});
  }
  for (const auto stage : stages) {
    if (auto done = (this->*stage)(); !done) return fail(std::move(done.error()));
  }
  return std::move(write_);
}

}  // namespace

Result<Write> resolve_write(Context& context, const ir::ViewEntity& view) { return WriteResolver(context, view).resolve(); }

}  // namespace kingpost::plan
