#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "kingpost/compile/stages.hpp"

namespace kingpost::compile {
namespace {

void collect_requirements(Context& context) {
  for (const auto& member : members_of(context.root.find("requirements"))) {
    context.system.requirements.push_back({member.key, member.value.text, member.key_span});
  }
}

/// Adds what `name` inherits to `implied`; false when the way leads back to `start`.
bool follow_role(const ir::System& system, const std::string& name, const std::string& start, std::set<std::string>& implied) {
  const auto* role = system.find_role(name);
  if (role == nullptr) return true;
  for (const auto& parent : role->inherits) {
    if (parent == start) return false;
    if (implied.insert(parent).second && !follow_role(system, parent, start, implied)) return false;
  }
  return true;
}

void collect_roles(Context& context) {
  const auto& members = members_of(context.root.find("roles"));
  for (const auto& member : members) context.system.roles.push_back({member.key, {}, {}, member.key_span});
  const auto known = names_of(context.system.roles);
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (!members[i].value.is_map()) continue;
    for (const auto& item : items_of(members[i].value.find("inherits"))) {
      if (std::find(known.begin(), known.end(), item.text) == known.end()) {
        report_unknown(context, "unknown-role", text_of(item), fmt::format("There is no role `{}` to inherit from.", item.text), known);
      } else {
        context.system.roles[i].inherits.push_back(item.text);
      }
    }
  }
  std::set<std::string> circles;
  for (auto& role : context.system.roles) {
    std::set<std::string> implied{role.name};
    const bool told = std::any_of(role.inherits.begin(), role.inherits.end(), [&](const std::string& parent) { return circles.contains(parent); });
    if (told) {
      circles.insert(role.name);
    } else if (!follow_role(context.system, role.name, role.name, implied)) {
      circles.insert(implied.begin(), implied.end());
      report(context, "role-cycle", role.span, fmt::format("The role `{}` inherits from itself.", role.name), "Remove one `inherits` of the circle.");
    }
    role.implies.assign(implied.begin(), implied.end());
  }
}

void collect_policies(Context& context) {
  static constexpr std::string_view kTaken[] = {"row", "new", "old", "auth", "input", "now", "system", "true", "false", "null"};
  for (const auto& member : members_of(context.root.find("policies"))) {
    context.system.policies.push_back({member.key, member.value.text, member.key_span});
    if (std::find(std::begin(kTaken), std::end(kTaken), member.key) == std::end(kTaken)) {
      context.policies.push_back({member.key, &member.value, nullptr, false, false});
    } else {
      report(context, "reserved-name", member.key_span,
             fmt::format("`{}` already has a meaning in expressions, so no policy can have that name.", member.key),
             "Choose another name for the policy.");
    }
  }
}

void collect_services(Context& context) {
  const auto* section = context.root.find("services");
  for (const auto& member : members_of(section)) {
    if (member.key == "identity") {
      report(context, "built-in-name", member.key_span, "The service `identity` is built in and owns `user`.", "Choose another name.");
      continue;
    }
    context.system.services.push_back({member.key, {}, {}, member.key_span});
    if (member.value.is_map()) note_requirements(context, "service", member);
  }
  if (!members_of(section).empty()) context.system.services.push_back({"identity", {}, {}, {}});
}

ir::ServiceId require_service(Context& context, const Text& name) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < context.system.services.size(); ++i) {
    if (context.system.services[i].name == name.text) return ir::ServiceId{static_cast<std::uint32_t>(i)};
    names.push_back(context.system.services[i].name);
  }
  report_unknown(context, "unknown-service", name, fmt::format("There is no service `{}`.", name.text), names);
  return {};
}

void add_user(Context& context) {
  ir::Entity user;
  user.id = ir::EntityId{static_cast<std::uint32_t>(context.system.entities.size())};
  user.name = user.table = "user";
  user.summary = "A person who signs in.";
  user.built_in = true;
  if (!context.system.services.empty()) user.service = ir::ServiceId{static_cast<std::uint32_t>(context.system.services.size() - 1)};
  context.system.user = user.id;
  context.system.entities.push_back(std::move(user));
  context.entities.push_back({});
}

void collect_entities(Context& context) {
  const bool with_user = context.root.find("user") == nullptr;
  std::set<std::string> tables;
  if (with_user) tables.insert("user");
  for (const auto& member : members_of(context.root.find("entities"))) {
    if ((member.key == "user" && with_user) || member.key == ir::kAuthRecord) {
      report(context, "built-in-name", member.key_span, fmt::format("`{}` is built in and cannot be defined.", member.key),
             member.key == "user" ? "Refer to it with ref(user); keep what you add in an entity of your own." : "Choose another name.");
      continue;
    }
    ir::Entity entity;
    entity.id = ir::EntityId{static_cast<std::uint32_t>(context.system.entities.size())};
    entity.name = entity.table = member.key;
    entity.span = member.key_span;
    entity.summary = text_at(member.value, "summary");
    entity.renamed_from = text_at(member.value, "renamed_from");
    entity.audit = flag_at(member.value, "audit");
    for (const auto& option : items_of(member.value.is_map() ? member.value.find("sql_options") : nullptr)) {
      entity.without_rowid = entity.without_rowid || option.text == "without_rowid";
      entity.autoincrement = entity.autoincrement || option.text == "autoincrement";
      entity.strict = entity.strict || option.text == "strict";
    }
    entity.requirements = requirements_at(context, member.value);
    const auto* table = member.value.is_map() ? member.value.find("table") : nullptr;
    if (table != nullptr && !table->text.empty()) entity.table = table->text;
    std::string folded = entity.table;
    std::transform(folded.begin(), folded.end(), folded.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    const auto place = table != nullptr ? table->span : member.key_span;
    if (folded.starts_with("_kingpost") || folded.starts_with("sqlite_") || folded.starts_with("pg_")) {
      report(context, "reserved-name", place, fmt::format("The table name `{}` belongs to the engine or the database.", entity.table),
             "Choose another name.");
    } else if (!tables.insert(folded).second) {
      report(context, "duplicate-table", place, fmt::format("Two entities use the table `{}`.", entity.table), "Give one of them another `table`.");
    }
    context.system.entities.push_back(std::move(entity));
    context.entities.push_back({&member.value, member.key_span, {}});
  }
  if (with_user) add_user(context);
}

void assign_services(Context& context) {
  for (auto& entity : context.system.entities) {
    const auto* node = context.source(entity.id).node;
    if (node == nullptr || !node->is_map()) continue;
    if (const auto* service = node->find("service")) {
      entity.service = require_service(context, text_of(*service));
    } else if (!context.system.services.empty()) {
      report(context, "missing-service", entity.span, fmt::format("`{}` belongs to no service, though the model has services.", entity.name),
             "Add `service:` to the entity.");
    }
  }
}

void collect_tenancy(Context& context) {
  const auto* node = context.root.find("tenancy");
  if (node == nullptr || !node->is_map()) return;
  const auto* name = node->find("entity");
  if (name == nullptr) return;
  ir::Tenancy tenancy;
  tenancy.span = name->span;
  tenancy.claim = text_at(*node, "claim");
  const auto isolation = text_at(*node, "isolation");
  tenancy.isolation = isolation == "schema" ? ir::Isolation::kSchema : isolation == "database" ? ir::Isolation::kDatabase : ir::Isolation::kShared;
  tenancy.entity = require_entity(context, text_of(*name));
  if (!tenancy.entity.valid()) return;
  if (context.entity(tenancy.entity).built_in) {
    report(context, "tenancy-entity", name->span, "The built-in `user` cannot be the tenant.",
           "Define an entity for the tenant, for example `organisation`.");
    return;
  }
  context.system.tenancy = tenancy;
  for (auto& entity : context.system.entities) {
    const auto* source = context.source(entity.id).node;
    const bool opted_out = source == nullptr || (source->is_map() && text_at(*source, "tenancy") == "none");
    entity.tenanted = !opted_out && entity.id != tenancy.entity;
  }
}

}  // namespace

void collect_names(Context& context) {
  context.system.name = text_at(context.root, "system");
  context.system.summary = text_at(context.root, "summary");
  collect_requirements(context);
  collect_roles(context);
  collect_policies(context);
  collect_services(context);
  collect_entities(context);
  assign_services(context);
  collect_tenancy(context);
  for (const auto& member : members_of(context.root.find("types"))) context.system.records.push_back({member.key, {}, member.key_span});
  for (const auto& member : members_of(context.root.find("events"))) {
    ir::Event event;
    event.name = member.key;
    event.span = member.key_span;
    context.system.events.push_back(std::move(event));
  }
  for (const auto& member : members_of(context.root.find("commands"))) {
    ir::Command command;
    command.name = member.key;
    command.span = member.key_span;
    command.summary = text_at(member.value, "summary");
    command.requirements = requirements_at(context, member.value);
    if (const auto* service = member.value.is_map() ? member.value.find("service") : nullptr) {
      command.service = require_service(context, text_of(*service));
    } else if (!context.system.services.empty()) {
      report(context, "missing-service", member.key_span,
             fmt::format("The command `{}` belongs to no service, though the model has services.", member.key),
             "Add the service whose entities it writes.");
    }
    context.system.commands.push_back(std::move(command));
  }
}

}  // namespace kingpost::compile
