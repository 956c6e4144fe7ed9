#pragma once

#include "kingpost/compile/context.hpp"

namespace kingpost::compile {

/// Adds a unique constraint, per tenant where the entity has one; false when the key or another constraint already says the same.
bool add_unique(ir::Entity& entity, std::vector<ir::FieldId> fields, std::string name, Span span);

/// The columns joined by underscores, for names of constraints and indexes.
[[nodiscard]] std::string joined_columns(const ir::Entity& entity, const std::vector<ir::FieldId>& fields);

}  // namespace kingpost::compile
