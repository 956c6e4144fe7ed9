#include <fmt/format.h>

#include <algorithm>

#include "kingpost/compile/expressions.hpp"
#include "kingpost/compile/stages.hpp"

namespace kingpost::compile {
namespace {

struct Pending {
  ir::EntityId entity;
  const model::Member* member = nullptr;
};

/// The storable kind of an expression's type; none for lists, maps, records without a single key.
std::optional<ir::LogicalType> logical_type(const Context& context, const cel::Type& type) {
  ir::LogicalType logical;
  switch (type.kind) {
    case cel::TypeKind::kBool:
      logical.scalar = ir::Scalar::kBool;
      return logical;
    case cel::TypeKind::kInt:
      logical.scalar = ir::Scalar::kInt64;
      return logical;
    case cel::TypeKind::kDouble:
      logical.scalar = ir::Scalar::kFloat;
      return logical;
    case cel::TypeKind::kDecimal:
      logical.scalar = ir::Scalar::kDecimal;
      logical.precision = type.precision == 0 ? 18 : std::min<std::uint32_t>(type.precision, 18);
      logical.scale = type.scale;
      return logical;
    case cel::TypeKind::kString:
      logical.scalar = ir::Scalar::kText;
      return logical;
    case cel::TypeKind::kUuid:
      logical.scalar = ir::Scalar::kUuid;
      return logical;
    case cel::TypeKind::kDate:
      logical.scalar = ir::Scalar::kDate;
      return logical;
    case cel::TypeKind::kTime:
      logical.scalar = ir::Scalar::kTime;
      return logical;
    case cel::TypeKind::kTimestamp:
      logical.scalar = ir::Scalar::kTimestamp;
      return logical;
    case cel::TypeKind::kDuration:
      logical.scalar = ir::Scalar::kDuration;
      return logical;
    case cel::TypeKind::kJson:
      logical.scalar = ir::Scalar::kJson;
      return logical;
    case cel::TypeKind::kEnum:
      logical.scalar = ir::Scalar::kEnum;
      for (std::size_t i = 0; i < context.system.enums.size(); ++i) {
        if (context.system.enums[i].name == type.name) logical.enumeration = ir::EnumId{static_cast<std::uint32_t>(i)};
      }
      return logical;
    default:
      return std::nullopt;
  }
}

bool add_computed(Context& context, const Pending& item, Diagnostics& found) {
  auto& entity = context.entity(item.entity);
  auto scope = base_scope(context);
  add_row(scope, "row", entity);
  Diagnostics before;
  std::swap(before, context.diagnostics);
  auto checked = compile_expression(context, text_of(item.member->value), scope, std::nullopt);
  std::swap(before, context.diagnostics);
  for (const auto& diagnostic : before.all()) found.add(diagnostic);
  if (checked == nullptr) return false;
  auto type = logical_type(context, checked->type);
  if (!type) {
    found.error("computed-type", item.member->value.span,
                fmt::format("The computed field `{}` is a {}, which cannot be a field.", item.member->key, cel::print_type(checked->type)),
                "Compute a single value; relations are reached by embedding.");
    return false;
  }
  ir::Field field;
  field.name = field.column = item.member->key;
  field.span = item.member->key_span;
  field.type = std::move(*type);
  field.storage = ir::default_storage(field.type);
  field.nullable = checked->type.nullable;
  field.computed = checked;
  check_reads(context, checked, {entity.service, fmt::format("The computed field `{}` of `{}`", field.name, entity.name)});
  entity.fields.push_back(std::move(field));
  FieldSource source;
  source.name = item.member->key;
  source.name_span = item.member->key_span;
  context.source(item.entity).fields.push_back(std::move(source));
  return true;
}

std::vector<Pending> collect_computed(Context& context) {
  std::vector<Pending> pending;
  for (auto& entity : context.system.entities) {
    const auto* node = context.source(entity.id).node;
    if (node == nullptr || !node->is_map()) continue;
    for (const auto& member : members_of(node->find("computed"))) {
      if (!member.value.is_scalar()) continue;
      const bool taken = entity.find_field(member.key).valid() || entity.find_column(member.key).valid() ||
                         std::any_of(entity.relations.begin(), entity.relations.end(),
                                     [&](ir::RelationId id) { return context.system.relation(id).name == member.key; });
      if (taken) {
        report(context, "duplicate-field", member.key_span, fmt::format("`{}` already has something named `{}`.", entity.name, member.key),
               "Rename the computed field.");
        continue;
      }
      pending.push_back({entity.id, &member});
    }
  }
  return pending;
}

/// A field that is missing because it is still waiting itself is a circle, or needs one that is wrong.
void report_pending(Context& context, const std::vector<Pending>& pending, std::size_t index, const Diagnostics& found) {
  const auto& name = pending[index].member->key;
  for (const auto& diagnostic : found.all()) {
    const auto needed = std::find_if(pending.begin(), pending.end(), [&](const Pending& item) {
      return diagnostic.code == "cel-unknown-field" && diagnostic.message.find(fmt::format("no field `{}`", item.member->key)) != std::string::npos;
    });
    if (needed == pending.end()) {
      context.diagnostics.add(diagnostic);
    } else {
      report(context, "computed-cycle", diagnostic.span,
             fmt::format("The computed field `{}` needs `{}`, which cannot be computed before it.", name, needed->member->key),
             fmt::format("Write out `{}`, or mend it.", needed->member->key));
    }
  }
}

/// A check sees its own row: no other record, no aggregate, no clock.
void check_local(Context& context, const ir::Entity& entity, const ir::Check& check) {
  const cel::Expr* outside = nullptr;
  bool clock = false;
  visit_expression(*check.condition, [&](const cel::Expr& node) {
    const bool deeper =
        node.kind == cel::ExprKind::kSelect && node.args[0]->kind != cel::ExprKind::kIdent && node.args[0]->type.kind == cel::TypeKind::kRecord;
    const bool rows = node.type.kind == cel::TypeKind::kList && node.type.relation;
    if ((deeper || rows) && outside == nullptr) outside = &node;
    clock = clock || (node.kind == cel::ExprKind::kIdent && node.name == "now");
  });
  if (outside != nullptr) {
    report(context, "check-not-local", outside->span,
           fmt::format("The check `{}` of `{}` looks at other records; a check sees its own row alone.", check.name, entity.name),
           "Test it with `require` in a command, or in the access rule.");
  } else if (clock) {
    report(context, "check-not-local", check.span,
           fmt::format("The check `{}` of `{}` depends on the time; a check holds for ever.", check.name, entity.name),
           "Test it with `require` in a command, or in the access rule.");
  }
}

}  // namespace

void compile_computed(Context& context) {
  auto pending = collect_computed(context);
  // One computed field may read another, on whichever entity: rounds until nothing more is understood.
  std::vector<Diagnostics> faults;
  for (bool grown = true; grown && !pending.empty();) {
    grown = false;
    faults.clear();
    std::vector<Pending> later;
    for (const auto& item : pending) {
      Diagnostics found;
      if (add_computed(context, item, found)) {
        grown = true;
        continue;
      }
      later.push_back(item);
      faults.push_back(std::move(found));
    }
    pending = std::move(later);
  }
  for (std::size_t i = 0; i < pending.size(); ++i) report_pending(context, pending, i, faults[i]);
}

void compile_checks(Context& context) {
  for (auto& entity : context.system.entities) {
    const auto* node = context.source(entity.id).node;
    if (node == nullptr || !node->is_map()) continue;
    for (const auto& member : members_of(node->find("checks"))) {
      if (!member.value.is_scalar()) continue;
      auto scope = base_scope(context);
      add_row(scope, "row", entity);
      ir::Check check;
      check.name = member.key;
      check.span = member.value.span;
      check.condition = compile_expression(context, text_of(member.value), scope, cel::make_type(cel::TypeKind::kBool));
      if (check.condition == nullptr) continue;
      check_local(context, entity, check);
      entity.checks.push_back(std::move(check));
    }
    for (const auto& member : members_of(node->find("sql_checks"))) {
      if (member.value.is_scalar()) entity.checks.push_back({member.key, nullptr, member.value.text, member.value.span});
    }
  }
}

}  // namespace kingpost::compile
