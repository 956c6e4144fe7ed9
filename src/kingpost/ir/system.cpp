#include "kingpost/ir/system.hpp"

#include <algorithm>

namespace kingpost::ir {
namespace {

template <typename Id, typename Range, typename Match>
Id find_id(const Range& range, Match match) {
  const auto found = std::find_if(range.begin(), range.end(), match);
  return found == range.end() ? Id{} : Id{static_cast<std::uint32_t>(found - range.begin())};
}

template <typename Range, typename Match>
auto find_pointer(const Range& range, Match match) -> decltype(range.data()) {
  const auto found = std::find_if(range.begin(), range.end(), match);
  return found == range.end() ? nullptr : &*found;
}

}  // namespace

FieldId Entity::find_field(std::string_view field_name) const {
  return find_id<FieldId>(fields, [&](const Field& field) { return field.name == field_name; });
}

FieldId Entity::find_column(std::string_view column) const {
  return find_id<FieldId>(fields, [&](const Field& field) { return field.column == column; });
}

FieldId Entity::version_field() const {
  return find_id<FieldId>(fields, [](const Field& field) { return field.generated == Generated::kVersion; });
}

const ViewField* ViewEntity::find_field(std::string_view wire_name) const noexcept {
  return find_pointer(fields, [&](const ViewField& field) { return field.name == wire_name; });
}

const ViewRelation* ViewEntity::find_relation(std::string_view wire_name) const noexcept {
  return find_pointer(relations, [&](const ViewRelation& relation) { return relation.name == wire_name; });
}

const ViewField* ViewEntity::field_of(FieldId field) const noexcept {
  return find_pointer(fields, [&](const ViewField& view) { return view.field == field; });
}

const ViewEntity* Contract::find(std::string_view wire_name) const noexcept {
  const auto found = by_name.find(wire_name);
  return found == by_name.end() ? nullptr : &entities[found->second];
}

const ViewEntity* Contract::view_of(EntityId entity) const noexcept {
  if (!entity.valid() || entity.index() >= by_entity.size() || by_entity[entity.index()] == kHidden) return nullptr;
  return &entities[by_entity[entity.index()]];
}

EntityId System::find_entity(std::string_view entity_name) const {
  return find_id<EntityId>(entities, [&](const Entity& candidate) { return candidate.name == entity_name; });
}

const Role* System::find_role(std::string_view role_name) const {
  return find_pointer(roles, [&](const Role& role) { return role.name == role_name; });
}

const Contract& System::current_contract() const {
  const auto* current = find_pointer(contracts, [](const Contract& contract) { return contract.current; });
  return current == nullptr ? contracts.front() : *current;
}

const Contract* System::find_contract(std::string_view contract_name) const {
  return find_pointer(contracts, [&](const Contract& contract) { return contract.name == contract_name; });
}

}  // namespace kingpost::ir
