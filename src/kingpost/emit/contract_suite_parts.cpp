#include "kingpost/emit/contract_suite_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "kingpost/base/text.hpp"
#include "kingpost/emit/contract_suite.hpp"

namespace kingpost::emit {

using surface::Api;
using surface::ApiCommand;
using surface::ApiEntity;
using surface::ApiField;
using surface::Verdict;

namespace {

bool is_root(const cel::Expr& expr, std::string_view name) { return expr.kind == cel::ExprKind::kIdent && expr.name == name; }

/// `auth.uid` or another member of auth.
bool is_auth(const cel::Expr& expr, std::string_view member) {
  return expr.kind == cel::ExprKind::kSelect && expr.name == member && is_root(*expr.args[0], "auth");
}

bool of_record(const cel::Expr& expr) {
  if (expr.kind == cel::ExprKind::kSelect) return of_record(*expr.args[0]);
  return is_root(expr, "row") || is_root(expr, "new");
}

/// `row.….x == auth.uid`, either way round: the side of the record.
const cel::Expr* tied(const cel::Expr& expr, std::string_view member) {
  if (expr.kind != cel::ExprKind::kOperator || expr.op != cel::Op::kEqual) return nullptr;
  if (is_auth(*expr.args[1], member) && of_record(*expr.args[0])) return expr.args[0].get();
  if (is_auth(*expr.args[0], member) && of_record(*expr.args[1])) return expr.args[1].get();
  return nullptr;
}

void walk(const cel::Expr& expr, const std::function<void(const cel::Expr&)>& visit) {
  visit(expr);
  for (const cel::ExprPtr& part : expr.args) {
    if (part != nullptr) walk(*part, visit);
  }
}

/// Whether passing `policy` implies that the row is the caller's own.
bool confines(const cel::ExprPtr& policy, const surface::Audience& audience) {
  if (surface::judge(policy, audience) == Verdict::kNever) return true;
  if (tied(*policy, "uid") != nullptr) return true;
  if (policy->kind != cel::ExprKind::kOperator) return false;
  const auto part = [&](const cel::ExprPtr& one) { return confines(one, audience); };
  if (policy->op == cel::Op::kOr) return std::all_of(policy->args.begin(), policy->args.end(), part);
  return policy->op == cel::Op::kAnd && std::any_of(policy->args.begin(), policy->args.end(), part);
}

/// Which of its columns a record's policy ties to a member of auth.
bool is_tied(const cel::ExprPtr& policy, const ir::Entity& entity, ir::FieldId field, std::string_view member) {
  bool found = false;
  if (policy == nullptr) return false;
  walk(*policy, [&](const cel::Expr& expr) {
    const cel::Expr* side = tied(expr, member);
    if (side == nullptr || side->kind != cel::ExprKind::kSelect || side->args[0]->kind != cel::ExprKind::kIdent) return;
    found = found || entity.find_field(side->name) == field;
  });
  return found;
}

/// A column that holds who asks.
bool is_callers(const ir::Entity& entity, ir::FieldId field) {
  return is_tied(entity.access.create, entity, field, "uid") || is_tied(entity.access.read, entity, field, "uid");
}

std::string names(const std::vector<std::string>& list) {
  std::string out = "[";
  for (const std::string& name : list) out += (out.size() == 1 ? "" : ",") + json_text(name);
  return out + "]";
}

/// Prints the line of one entity.
class EntityLine {
 public:
  EntityLine(const Api& api, const ir::System& system, const Audiences& audiences, const ApiEntity& shown)
      : api_(api), system_(system), audiences_(audiences), shown_(shown), entity_(system.entity(shown.entity)) {}

  std::string print() {
    out_ = fmt::format("{{\"schema\":{},\"readable\":{}", json_text("#/components/schemas/" + shown_.type_name), shown_.readable);
    std::vector<std::string> key;
    std::vector<std::string> columns;
    for (const ApiField& field : shown_.fields) {
      if (field.readable) columns.push_back(field.name);
      if (field.key && field.readable) key.push_back(field.name);
    }
    if (!has_key(shown_)) key.clear();
    out_ += fmt::format(",\"tenanted\":{},\"key\":{},\"columns\":{}", entity_.tenanted, names(key), names(columns));
    if (is_single(system_, shown_)) out_ += ",\"single\":1";
    hidden();
    may();
    row();
    return out_ + "}";
  }

 private:
  void hidden() {
    out_ += ",\"hidden\":{";
    for (const Caller& caller : audiences_.callers) {
      const std::vector<std::string> list = audiences_.hidden(caller, shown_);
      if (!list.empty()) out_ += fmt::format("{}{}:{}", out_.back() == '{' ? "" : ",", json_text(caller.name), names(list));
    }
    out_ += '}';
  }

  void may() {
    out_ += ",\"may\":{";
    using Member = Verdict Access::*;
    constexpr std::pair<const char*, Member> kOperations[] = {
        {"read", &Access::read}, {"create", &Access::create}, {"update", &Access::update}, {"delete", &Access::remove}};
    for (const auto& [name, member] : kOperations) {
      std::vector<std::string> always;
      std::vector<std::string> depends;
      for (const Caller& caller : audiences_.callers) {
        const Verdict verdict = audiences_.access(system_, caller, shown_).*member;
        if (verdict == Verdict::kAlways) always.push_back(caller.name);
        if (verdict == Verdict::kDepends) depends.push_back(caller.name);
      }
      out_ += fmt::format("{}\"{}\":[{},{}]", out_.back() == '{' ? "" : ",", name, names(always), names(depends));
    }
    out_ += '}';
  }

  void row() {
    out_ += ",\"row\":{";
    for (const ApiField& field : shown_.fields) {
      if (!field.creatable) continue;
      out_ += fmt::format("{}{}:{{{}", out_.back() == '{' ? "" : ",", json_text(field.name), recipe(field));
      if (field.required) out_ += ",\"required\":1";
      if (in_unique(system_, shown_, field)) out_ += ",\"unique\":1";
      if (fresh(field)) out_ += ",\"fresh\":1";
      if (checked().contains(field.name)) out_ += ",\"checked\":1";
      for (const Caller& caller : audiences_.callers) {
        const ApiEntity* theirs = caller.api.find(shown_.name);
        const ApiField* same = theirs == nullptr ? nullptr : theirs->find(field.name);
        if (theirs != nullptr && theirs->creatable && (same == nullptr || !same->creatable))
          out_ += fmt::format(",{}:0", json_text("not " + caller.name));
      }
      out_ += '}';
    }
    out_ += '}';
  }

  std::string recipe(const ApiField& field) {
    const ir::Field& stored = entity_.field(field.field);
    const cel::ExprPtr& policy = entity_.access.create;
    if (is_callers(entity_, field.field)) return R"("t":"caller")";
    if (is_tied(policy, entity_, field.field, "tenant")) return R"("t":"tenant")";
    if (stored.relation.valid()) {
      const ir::Relation& relation = system_.relation(stored.relation);
      if (relation.to == system_.user) return R"("t":"caller")";
      const ApiEntity* target = api_.find(field.references);
      const auto at = std::find(relation.from_fields.begin(), relation.from_fields.end(), field.field);
      if (target == nullptr || at == relation.from_fields.end()) return R"("t":"unknown")";
      const ir::FieldId key = relation.to_fields[static_cast<std::size_t>(at - relation.from_fields.begin())];
      for (const ApiField& one : target->fields) {
        if (one.field == key) return fmt::format(R"("t":"ref","of":{},"field":{})", json_text(target->name), json_text(one.name));
      }
      return R"("t":"unknown")";
    }
    if (is_state(system_, shown_, field)) return R"("t":"enum","value":)" + json_text(entity_.states->initial);
    return value_recipe(field.type, field);
  }

  /// A unique set made of references alone needs one that nobody else has: the last is created anew.
  bool fresh(const ApiField& field) const {
    const auto refers = [this](ir::FieldId id) { return entity_.field(id).relation.valid(); };
    const auto last = [&](const std::vector<ir::FieldId>& set) {
      return !set.empty() && std::all_of(set.begin(), set.end(), refers) && set.back() == field.field;
    };
    if (last(entity_.key)) return true;
    return std::any_of(entity_.uniques.begin(), entity_.uniques.end(), [&](const ir::Unique& unique) { return last(unique.fields); });
  }

  const std::set<std::string>& checked() {
    if (!checked_) checked_ = checked_fields(system_, shown_);
    return *checked_;
  }

  const Api& api_;
  const ir::System& system_;
  const Audiences& audiences_;
  const ApiEntity& shown_;
  const ir::Entity& entity_;
  std::optional<std::set<std::string>> checked_;
  std::string out_;
};

}  // namespace

Audiences::Audiences(const ir::System& system, const ir::Contract& contract) {
  const auto add = [&](std::string name, bool anonymous, const std::vector<std::string>& roles) {
    Caller caller{std::move(name), anonymous, {.whole = false, .anonymous = anonymous, .roles = roles}, {}};
    caller.api = surface::describe(system, contract, caller.audience);
    callers.push_back(std::move(caller));
  };
  add("(anonymous)", true, {});
  for (const ir::Role& role : system.roles) add(role.name, false, role.implies);
  outside.resize(system.entities.size());
  for (const ir::ViewEntity& view : contract.entities) {
    const ir::Entity& entity = system.entity(view.entity);
    for (const ir::Field& field : entity.fields) {
      if (view.find_field(field.column) == nullptr && view.find_relation(field.column) == nullptr) outside[view.entity.index()].insert(field.column);
    }
  }
}

Access Audiences::access(const ir::System& system, const Caller& caller, const ApiEntity& entity) const {
  const ir::Access& declared = system.entity(entity.entity).access;
  if (declared.engine_only) return {};
  const auto of = [&](const cel::ExprPtr& policy) { return surface::judge(policy, caller.audience); };
  if (system.entity(entity.entity).view) return {of(declared.read), Verdict::kNever, Verdict::kNever, Verdict::kNever};
  return {of(declared.read), of(declared.create), of(declared.update), of(declared.remove)};
}

std::vector<std::string> Audiences::hidden(const Caller& caller, const ApiEntity& entity) const {
  const std::set<std::string>& never = outside[entity.entity.index()];
  std::vector<std::string> out(never.begin(), never.end());
  const ApiEntity* theirs = caller.api.find(entity.name);
  for (const ApiField& field : entity.fields) {
    const ApiField* same = theirs == nullptr ? nullptr : theirs->find(field.name);
    if (field.readable && (same == nullptr || !same->readable)) out.push_back(field.name);
  }
  return out;
}

bool Audiences::apart(const ir::System& system, const Caller& caller, const ApiEntity& entity) const {
  const ir::Entity& stored = system.entity(entity.entity);
  return stored.tenanted || (stored.access.read != nullptr && confines(stored.access.read, caller.audience));
}

std::string json_text(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

bool has_key(const ApiEntity& entity) {
  const auto seen = std::count_if(entity.fields.begin(), entity.fields.end(), [](const ApiField& field) { return field.key && field.readable; });
  return entity.key_fields > 0 && static_cast<std::size_t>(seen) == entity.key_fields;
}

bool is_state(const ir::System& system, const ApiEntity& entity, const ApiField& field) {
  const ir::Entity& stored = system.entity(entity.entity);
  return stored.states && stored.states->field == field.field;
}

bool in_unique(const ir::System& system, const ApiEntity& entity, const ApiField& field) {
  const ir::Entity& stored = system.entity(entity.entity);
  const auto holds = [&](const std::vector<ir::FieldId>& set) { return std::find(set.begin(), set.end(), field.field) != set.end(); };
  return field.unique || holds(stored.key) ||
         std::any_of(stored.uniques.begin(), stored.uniques.end(), [&](const ir::Unique& one) { return holds(one.fields); });
}

bool is_single(const ir::System& system, const ApiEntity& entity) {
  const ir::Entity& stored = system.entity(entity.entity);
  return std::any_of(entity.fields.begin(), entity.fields.end(), [&](const ApiField& field) {
    const bool alone = field.unique || (stored.key.size() == 1 && stored.key.front() == field.field);
    return alone && field.creatable && is_callers(stored, field.field);
  });
}

std::set<std::string> checked_fields(const ir::System& system, const ApiEntity& entity) {
  const ir::Entity& stored = system.entity(entity.entity);
  std::set<std::string> out;
  bool opaque = false;
  for (const ir::Check& check : stored.checks) {
    if (check.condition == nullptr) {
      opaque = true;
      continue;
    }
    walk(*check.condition, [&](const cel::Expr& expr) {
      if (expr.kind != cel::ExprKind::kSelect) return;
      const ir::FieldId id = stored.find_field(expr.name);
      for (const ApiField& field : entity.fields) {
        if (id.valid() && field.field == id) out.insert(field.name);
      }
    });
  }
  // A check in SQL alone may mean any of them.
  if (opaque) {
    for (const ApiField& field : entity.fields) out.insert(field.name);
  }
  return out;
}

ApiField field_of_member(const Api& api, const surface::ApiMember& member) {
  ApiField field;
  field.name = member.name;
  field.type = member.type;
  field.nullable = member.nullable;
  field.min = member.min;
  field.max = member.max;
  field.references = member.references;
  field.required = !member.nullable;
  field.max_length = member.type.max_length;
  if (const surface::ApiEnum* one = member.type.enumeration.valid() ? api.find(member.type.enumeration) : nullptr) field.values = one->values;
  return field;
}

std::string entity_line(const Api& api, const ir::System& system, const Audiences& audiences, const ApiEntity& entity) {
  return EntityLine(api, system, audiences, entity).print();
}

std::string command_line(const Api& api, const ir::System& system, const Audiences& audiences, const ApiCommand& command) {
  const ApiEntity* returned = api.find(command.returns);
  std::string out = fmt::format("{{\"idempotent\":{},\"returns\":{}", command.idempotent,
                                returned != nullptr && returned->readable ? json_text(returned->name) : "null");
  std::vector<std::string> codes;
  for (const auto& error : command.errors) codes.push_back(error.first);
  out += ",\"errors\":" + names(codes);
  std::vector<std::string> always;
  std::vector<std::string> depends;
  for (const Caller& caller : audiences.callers) {
    const Verdict verdict = surface::judge(system.commands[command.command.index()].allow, caller.audience);
    if (verdict == Verdict::kAlways) always.push_back(caller.name);
    if (verdict == Verdict::kDepends) depends.push_back(caller.name);
  }
  out += fmt::format(",\"may\":{{\"call\":[{},{}]}},\"row\":{{", names(always), names(depends));
  for (const surface::ApiMember& member : command.input) {
    const ApiField field = field_of_member(api, member);
    const ApiEntity* target = api.find(member.references);
    std::string recipe = target == nullptr || !target->readable ? value_recipe(member.type, field) : std::string();
    if (recipe.empty()) {
      const auto key = std::find_if(target->fields.begin(), target->fields.end(), [](const ApiField& one) { return one.key; });
      recipe = key == target->fields.end() ? R"("t":"unknown")"
                                           : fmt::format(R"("t":"ref","of":{},"field":{})", json_text(target->name), json_text(key->name));
    }
    out += fmt::format("{}{}:{{{}{}}}", out.back() == '{' ? "" : ",", json_text(member.name), recipe, member.nullable ? "" : ",\"required\":1");
  }
  return out + "}}";
}

}  // namespace kingpost::emit
