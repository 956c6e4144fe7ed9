#pragma once

#include <string>

#include "kingpost/dialect/schema.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::emit {

/// Tables, enums, indexes and references as DBML. With `service` only the tables that it owns and the references among them; empty for all.
/// A double quote or a backquote, which DBML cannot write in a name or an expression, becomes a single one. Deterministic. Thread-safe.
[[nodiscard]] std::string print_dbml(const ir::System& system, const dialect::RelationalSchema& schema, const std::string& service);

}  // namespace kingpost::emit
