#include <algorithm>

#include "kingpost/ir/system.hpp"

namespace kingpost::ir {
namespace {

constexpr std::string_view kInputSuffix = ".input";
constexpr std::string_view kEventSuffix = ".event";
constexpr std::string_view kReturnsSuffix = ".returns";

bool strip(std::string_view& name, std::string_view suffix) {
  if (name.size() <= suffix.size() || !name.ends_with(suffix)) return false;
  name.remove_suffix(suffix.size());
  return true;
}

/// The members behind a record name that is no entity: a named type, a command's input, an event's data, what a call returns.
const std::vector<Member>* members_of(const System& system, std::string_view record) {
  auto name = record;
  if (strip(name, kInputSuffix)) {
    for (const auto& command : system.commands) {
      if (command.name == name) return &command.input;
    }
    return nullptr;
  }
  if (strip(name, kEventSuffix)) {
    for (const auto& event : system.events) {
      if (event.name == name) return &event.data;
    }
    return nullptr;
  }
  if (strip(name, kReturnsSuffix)) {
    const auto dot = name.find('.');
    if (dot == std::string_view::npos) return nullptr;
    for (const auto& client : system.http_clients) {
      if (client.name != name.substr(0, dot)) continue;
      for (const auto& operation : client.operations) {
        if (operation.name == name.substr(dot + 1)) return &operation.returns;
      }
    }
    return nullptr;
  }
  for (const auto& type : system.records) {
    if (type.name == name) return &type.members;
  }
  return nullptr;
}

/// The one field of the key, the tenant's own key in front of it aside: within a tenant it says which record.
FieldId single_key(const Entity& entity) {
  FieldId only;
  for (const auto id : entity.key) {
    if (id == entity.tenant_field && entity.key.size() > 1) continue;
    if (only.valid()) return {};
    only = id;
  }
  return only;
}

std::optional<cel::Type> key_type(const System& system, EntityId id) {
  const auto& entity = system.entity(id);
  const auto key = single_key(entity);
  if (!key.valid()) return std::nullopt;
  return expression_type(entity.field(key).type, false, system);
}

std::optional<cel::Type> auth_field(const System& system, std::string_view field) {
  if (field == "uid") return cel::make_type(cel::TypeKind::kUuid);
  if (field == "tenant") {
    if (system.tenancy && system.tenancy->entity.valid()) return key_type(system, system.tenancy->entity);
    return std::nullopt;
  }
  if (field == "roles") return cel::make_list(cel::make_type(cel::TypeKind::kString));
  if (field == "claims") {
    auto claims = cel::make_type(cel::TypeKind::kMap);
    claims.key = std::make_shared<const cel::Type>(cel::make_type(cel::TypeKind::kString));
    claims.element = std::make_shared<const cel::Type>(cel::make_type(cel::TypeKind::kDyn));
    return claims;
  }
  return std::nullopt;
}

std::optional<cel::Type> entity_field(const System& system, const Entity& entity, std::string_view name) {
  for (const auto id : entity.relations) {
    const auto& relation = system.relation(id);
    if (relation.name != name) continue;
    const auto& target = system.entity(relation.to).name;
    if (relation.kind == RelationKind::kToOne) return cel::make_record(target, relation.nullable);
    return cel::make_list(cel::make_record(target), true);
  }
  const auto id = entity.find_field(name);
  if (!id.valid()) return std::nullopt;
  const auto& field = entity.field(id);
  if (field.computed != nullptr) {
    // A computed field already has the type its expression was given.
    return field.computed->type;
  }
  return expression_type(field.type, field.nullable, system);
}

}  // namespace

std::string input_record(std::string_view command) { return std::string(command) + std::string(kInputSuffix); }
std::string event_record(std::string_view event) { return std::string(event) + std::string(kEventSuffix); }
std::string returns_record(std::string_view client_operation) { return std::string(client_operation) + std::string(kReturnsSuffix); }

cel::Type member_type(const Member& member, const System& system) {
  if (member.entity.valid()) return cel::make_record(system.entity(member.entity).name, member.nullable);
  return expression_type(member.type, member.nullable, system);
}

std::optional<cel::Type> SystemTypes::field(std::string_view record, std::string_view field) const {
  if (record == kAuthRecord) return auth_field(*system_, field);
  if (const auto id = system_->find_entity(record); id.valid()) return entity_field(*system_, system_->entity(id), field);
  if (const auto* members = members_of(*system_, record)) {
    for (const auto& member : *members) {
      if (member.name == field) return member_type(member, *system_);
    }
  }
  return std::nullopt;
}

std::vector<std::string> SystemTypes::field_names(std::string_view record) const {
  std::vector<std::string> names;
  if (record == kAuthRecord) {
    names = {"uid", "roles", "claims"};
    if (system_->tenancy) names.emplace_back("tenant");
    return names;
  }
  if (const auto id = system_->find_entity(record); id.valid()) {
    const auto& entity = system_->entity(id);
    for (const auto& field : entity.fields) names.push_back(field.name);
    for (const auto relation : entity.relations) {
      const auto& name = system_->relation(relation).name;
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    return names;
  }
  if (const auto* members = members_of(*system_, record)) {
    for (const auto& member : *members) names.push_back(member.name);
  }
  return names;
}

std::optional<cel::Type> SystemTypes::key_of(std::string_view record) const {
  const auto id = system_->find_entity(record);
  if (!id.valid()) return std::nullopt;
  return key_type(*system_, id);
}

bool SystemTypes::enum_has(std::string_view enumeration, std::string_view value) const {
  for (const auto& candidate : system_->enums) {
    if (candidate.name == enumeration) return std::find(candidate.values.begin(), candidate.values.end(), value) != candidate.values.end();
  }
  return false;
}

std::vector<std::string> SystemTypes::enum_values(std::string_view enumeration) const {
  for (const auto& candidate : system_->enums) {
    if (candidate.name == enumeration) return candidate.values;
  }
  return {};
}

}  // namespace kingpost::ir
