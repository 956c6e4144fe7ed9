#include "kingpost/emit/er.hpp"

#include <algorithm>

namespace kingpost::emit {
namespace {

bool holds(const std::vector<ir::FieldId>& fields, ir::FieldId field) { return std::find(fields.begin(), fields.end(), field) != fields.end(); }

/// A to-one whose columns are unique meets at most one row on the holder's side.
bool unique_holder(const ir::Entity& holder, const std::vector<ir::FieldId>& fields) {
  const auto same = [&fields](const ir::Unique& unique) { return unique.fields == fields; };
  return holder.key == fields || std::any_of(holder.uniques.begin(), holder.uniques.end(), same) ||
         (fields.size() == 1 && holder.field(fields.front()).unique);
}

ErRow row_of(const ir::Entity& entity, ir::FieldId id) {
  const ir::Field& field = entity.field(id);
  ErRow row{field.column, ir::print_logical_type(field.type), {}, field.nullable, !field.stored()};
  if (holds(entity.key, id)) row.keys.emplace_back("PK");
  if (field.relation.valid()) row.keys.emplace_back("FK");
  if (field.unique) row.keys.emplace_back("UK");
  return row;
}

}  // namespace

ErModel make_er(const ir::System& system) {
  ErModel model;
  model.title = system.name;
  for (const ir::Entity& entity : system.entities) {
    ErEntity one{entity.name, {}, false, {}, static_cast<std::size_t>(-1)};
    for (std::uint32_t at = 0; at < entity.fields.size(); ++at) one.rows.push_back(row_of(entity, ir::FieldId{at}));
    model.entities.push_back(std::move(one));
  }
  for (const ir::Relation& relation : system.relations) {
    if (relation.kind != ir::RelationKind::kToOne || relation.reverse) continue;
    const bool single = unique_holder(system.entity(relation.from), relation.from_fields);
    model.lines.push_back({relation.to.index(), relation.from.index(), relation.name, relation.nullable, single});
  }
  return model;
}

}  // namespace kingpost::emit
