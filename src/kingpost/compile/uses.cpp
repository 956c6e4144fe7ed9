#include <fmt/format.h>

#include <algorithm>

#include "kingpost/compile/stages.hpp"

namespace kingpost::compile {
namespace {

void compile_service(Context& context, ir::ServiceId id, const model::Node& node) {
  for (const auto& member : members_of(node.find("uses"))) {
    const auto entity_id = require_entity(context, {member.key, member.key_span, false});
    if (!entity_id.valid()) continue;
    const auto& entity = context.entity(entity_id);
    if (entity.service == id) {
      report(context, "own-use", member.key_span,
             fmt::format("`{}` belongs to the service `{}` itself.", entity.name, context.system.services[id.index()].name),
             "A service reads its own entities without a declaration; remove the line.");
      continue;
    }
    ir::ServiceUse use{entity_id, {}};
    for (const auto& item : items_of(&member.value)) {
      const auto field = require_field(context, entity, text_of(item));
      if (field.valid()) use.fields.push_back(field);
    }
    context.system.services[id.index()].uses.push_back(std::move(use));
  }
  std::vector<std::string> clients;
  for (const auto& client : members_of(context.root.find("http"))) clients.push_back(client.key);
  for (const auto& item : items_of(node.find("http"))) {
    if (std::find(clients.begin(), clients.end(), item.text) == clients.end()) {
      report_unknown(context, "unknown-http", text_of(item), fmt::format("There is no HTTP system `{}`.", item.text), clients);
    } else {
      context.system.services[id.index()].http.push_back(item.text);
    }
  }
}

/// A foreign key into another service is a read of its key, so it is declared like any other.
void check_refs(Context& context) {
  for (const auto& relation : context.system.relations) {
    if (relation.kind != ir::RelationKind::kToOne || relation.reverse) continue;
    const auto& holder = context.entity(relation.from);
    const auto& target = context.entity(relation.to);
    const bool tenant = relation.from_fields.back() == holder.tenant_field;
    if (!holder.service.valid() || holder.service == target.service || target.built_in || tenant) continue;
    const auto& service = context.system.services[holder.service.index()];
    const bool declared = std::any_of(service.uses.begin(), service.uses.end(), [&](const ir::ServiceUse& use) { return use.entity == target.id; });
    if (declared || !target.service.valid()) continue;
    report(context, "undeclared-read", relation.span,
           fmt::format("`{}.{}` refers to `{}` of the service `{}`, which `{}` does not declare.", holder.name, relation.name, target.name,
                       context.system.services[target.service.index()].name, service.name),
           fmt::format("Add `{}: []` to `uses` of the service `{}`, or write `uuid external({})`.", target.name, service.name, target.name));
  }
}

}  // namespace

void compile_uses(Context& context) {
  for (const auto& member : members_of(context.root.find("services"))) {
    for (std::size_t i = 0; i < context.system.services.size(); ++i) {
      const ir::ServiceId id{static_cast<std::uint32_t>(i)};
      if (context.system.services[i].name == member.key && member.value.is_map()) compile_service(context, id, member.value);
    }
  }
  check_refs(context);
}

}  // namespace kingpost::compile
