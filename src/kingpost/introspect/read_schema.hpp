#pragma once

#include <string>

#include "kingpost/base/result.hpp"
#include "kingpost/dialect/schema.hpp"

namespace kingpost::introspect {

/// The tables of a SQLite file as the model language can say them: equal to the schema of the model that import_sqlite writes. What it cannot
/// say (views, triggers, indexes over expressions, tables without a key, …) is left out, as are Kingpost's own tables. Errors:
/// kp-database-missing, kp-database-down, kp-import. Blocks; any thread.
[[nodiscard]] Result<dialect::RelationalSchema> read_schema(const std::string& path);

}  // namespace kingpost::introspect
