#include <fmt/format.h>

#include "kingpost/compile/stages.hpp"

namespace kingpost::compile {
namespace {

/// One warning for a section, naming its elements; one entry for each of them.
void list_section(Context& context, std::string_view section, std::string_view label) {
  const auto& members = members_of(context.root.find(section));
  if (members.empty()) return;
  std::vector<std::string> names;
  for (const auto& member : members) {
    names.push_back(member.key);
    context.system.not_executed.push_back({std::string(section), member.key, {}, false, member.key_span});
  }
  context.diagnostics.warning("not-executed", members.front().key_span,
                              fmt::format("{} are designed and checked, but not run by this version: {}.", label, fmt::join(names, ", ")));
}

void add(Context& context, ir::NotExecuted item, std::string message) {
  context.diagnostics.warning("not-executed", item.span, std::move(message),
                              item.safety ? "Serving is refused; with --dev it starts and refuses writes to the entity." : std::string());
  context.system.not_executed.push_back(std::move(item));
}

void list_search(Context& context, const ir::Entity& entity) {
  std::vector<std::string> names;
  Span span;
  const auto& sources = context.source(entity.id).fields;
  for (std::size_t i = 0; i < entity.fields.size(); ++i) {
    const auto* search = sources[i].find("search");
    if (!entity.fields[i].search || search == nullptr) continue;
    if (names.empty()) span = search->span;
    names.push_back(entity.fields[i].name);
    context.system.not_executed.push_back({"search", entity.name + "." + names.back(), {}, false, search->span});
  }
  if (names.empty()) return;
  context.diagnostics.warning(
      "not-executed", span,
      fmt::format("Full-text search of `{}` ({}) is designed, but not run by this version.", entity.name, fmt::join(names, ", ")));
}

void list_entity(Context& context, const ir::Entity& entity) {
  const auto* node = context.source(entity.id).node;
  if (entity.audit) {
    const auto* audit = node != nullptr ? node->find("audit") : nullptr;
    add(context, {"audit", entity.name, entity.id, true, audit != nullptr ? audit->span : entity.span},
        fmt::format("Changes of `{}` are not yet kept for audit by this version.", entity.name));
  }
  if (entity.cache) {
    add(context, {"cache", entity.name, {}, false, entity.cache->span},
        fmt::format("Answers of `{}` are not yet cached by this version.", entity.name));
  }
  list_search(context, entity);
  const auto& sources = context.source(entity.id).fields;
  for (std::size_t i = 0; i < entity.fields.size(); ++i) {
    const auto& field = entity.fields[i];
    const auto* encrypted = sources[i].find("encrypted");
    if (field.encrypted && encrypted != nullptr) {
      add(context, {"encrypted", entity.name + "." + field.name, entity.id, true, encrypted->span},
          fmt::format("`{}.{}` is not yet encrypted by this version.", entity.name, field.name));
    }
    if (const auto* pattern = sources[i].find("pattern")) {
      add(context, {"pattern", entity.name + "." + field.name, {}, false, pattern->span},
          fmt::format("The pattern of `{}.{}` is not yet enforced by this version.", entity.name, field.name));
    }
  }
}

}  // namespace

void list_not_executed(Context& context) {
  for (const auto& entity : context.system.entities) list_entity(context, entity);
  list_section(context, "commands", "Commands");
  list_section(context, "events", "Events");
  list_section(context, "sagas", "Sagas");
  list_section(context, "consumers", "Consumers");
  list_section(context, "projections", "Projections");
  list_section(context, "http", "Calls of other systems");
  list_section(context, "schedules", "Schedules");
  list_section(context, "flags", "Flags");
  if (context.system.topology == ir::Topology::kServices) {
    const auto* node = context.root.find("topology");
    add(context, {"topology", "services", {}, false, node->span}, "The services run in one process in this version.");
  }
  if (context.system.tenancy && context.system.tenancy->isolation != ir::Isolation::kShared) {
    add(context, {"tenancy", "isolation", context.system.tenancy->entity, true, context.system.tenancy->span},
        "Tenants share their tables in this version; a schema or database for each is not yet made.");
  }
}

}  // namespace kingpost::compile
