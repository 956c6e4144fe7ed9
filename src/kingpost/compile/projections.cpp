#include <fmt/format.h>

#include <algorithm>

#include "kingpost/compile/expressions.hpp"
#include "kingpost/compile/stages.hpp"

namespace kingpost::compile {
namespace {

void read_group(Context& context, const ir::Entity& entity, const model::Node* group, ir::Projection& projection) {
  for (const auto& item : items_of(group)) {
    if (require_field(context, entity, text_of(item)).valid()) projection.group.push_back(item.text);
  }
}

void read_values(Context& context, const ir::Entity& entity, const model::Node* set, ir::Projection& projection) {
  auto scope = base_scope(context);
  scope.aggregates = true;
  add_row(scope, "row", entity);
  for (const auto& item : members_of(set)) {
    if (!item.value.is_scalar()) continue;
    if (std::find(projection.group.begin(), projection.group.end(), item.key) != projection.group.end()) {
      report(context, "duplicate-field", item.key_span, fmt::format("`{}` is already a field the projection groups by.", item.key),
             "Choose another name.");
    }
    auto value = compile_expression(context, text_of(item.value), scope, std::nullopt);
    check_reads(context, value, {entity.service, fmt::format("The projection `{}`", projection.name)});
    projection.set.push_back({item.key, {}, std::move(value), item.key_span});
  }
}

void read_access(Context& context, const model::Node* access, ir::Projection& projection) {
  if (access == nullptr || !access->is_map()) return;
  for (const auto& member : access->members) {
    if (member.key != "read" && member.key != "all") {
      report(context, "projection-access", member.key_span, fmt::format("The projection `{}` is kept by the engine and only read.", projection.name),
             "Keep `read` alone.");
      continue;
    }
    if (!member.value.is_scalar() || member.value.text == "none") continue;
    auto scope = caller_scope(context);
    scope.names.emplace_back("row", cel::make_type(cel::TypeKind::kDyn));
    projection.read = compile_expression(context, text_of(member.value), scope, cel::make_type(cel::TypeKind::kBool));
  }
}

}  // namespace

void compile_projections(Context& context) {
  for (const auto& member : members_of(context.root.find("projections"))) {
    if (!member.value.is_map()) continue;
    ir::Projection projection;
    projection.name = member.key;
    projection.span = member.key_span;
    note_requirements(context, "projection", member);
    if (context.system.find_entity(member.key).valid()) {
      report(context, "built-in-name", member.key_span, fmt::format("`{}` is already the name of an entity.", member.key),
             "Choose another name for the projection.");
    }
    if (const auto* from = member.value.find("from")) projection.from = require_entity(context, text_of(*from));
    if (projection.from.valid()) {
      const auto& entity = context.entity(projection.from);
      auto scope = base_scope(context);
      add_row(scope, "row", entity);
      if (const auto* where = member.value.find("where"); where != nullptr && where->is_scalar()) {
        projection.where = compile_expression(context, text_of(*where), scope, cel::make_type(cel::TypeKind::kBool));
      }
      read_group(context, entity, member.value.find("group"), projection);
      read_values(context, entity, member.value.find("set"), projection);
    }
    read_access(context, member.value.find("access"), projection);
    context.system.projections.push_back(std::move(projection));
  }
}

}  // namespace kingpost::compile
