#pragma once

#include <string>
#include <vector>

#include "kingpost/compile/context.hpp"

namespace kingpost::compile {

/// The single field that stands for an entity where a key is expected: its key without the tenant's; none when there are several.
[[nodiscard]] ir::FieldId single_key(const ir::Entity& entity);

/// Whether `name` is already a field, a column or a relation of `entity`.
[[nodiscard]] bool name_taken(const ir::System& system, const ir::Entity& entity, std::string_view name);

/// The foreign keys of `holder` that lead to `target`, the tenant's own aside.
[[nodiscard]] std::vector<ir::RelationId> foreign_keys(const ir::System& system, const ir::Entity& holder, ir::EntityId target);

/// Adds a relation and lists it with its entity.
ir::RelationId add_relation(ir::System& system, ir::Relation relation);

/// The forward relation of every ref, and the types of the refs.
void link_refs(Context& context);
/// Foreign keys over several fields, or to fields that are not the key.
void link_foreign_keys(Context& context);
/// The other direction of every foreign key: named by `has`, else derived.
void link_inverses(Context& context);
/// Relations through an entity whose key holds two references, and those that `has` names.
void link_through(Context& context);

}  // namespace kingpost::compile
