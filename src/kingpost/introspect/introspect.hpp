#pragma once

#include <string>
#include <vector>

#include "kingpost/base/result.hpp"

namespace kingpost::introspect {

struct ImportResult {
  std::string model_yaml;
  /// One sentence each: what the model does not express, and stored values that do not fit their column's type. Also comments in the model.
  std::vector<std::string> notes;
};

/// Reads a SQLite file and writes the model that, compiled, recreates its tables, columns, keys, uniques, indexes, checks, defaults and foreign
/// keys. Opens the file read-only; stored values are sampled, at most 10,000 rows a table. Errors: kp-database-missing, kp-database-down,
/// kp-import (a file that is no database, or has nothing to import). Blocks; any thread.
[[nodiscard]] Result<ImportResult> import_sqlite(const std::string& path);

/// A model name from a file's path: `/data/Chinook_Sqlite.sqlite` is `chinook_sqlite`.
[[nodiscard]] std::string system_name(const std::string& path);

}  // namespace kingpost::introspect
