#pragma once

#include <string>
#include <vector>

#include "kingpost/base/result.hpp"
#include "kingpost/capacity/assumptions.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::app {

/// What a table takes on disk.
struct RealSize {
  ir::EntityId entity;
  double rows = 0;
  double table_bytes = 0;  ///< with TOAST or overflow pages
  double index_bytes = 0;  ///< all of the table's indexes
};

/// Reads how large a database's tables are: main and TOAST relations of PostgreSQL, pages of SQLite (dbstat). Entities without a table are left
/// out. Errors: those of opening and asking; the database is only read.
[[nodiscard]] Result<std::vector<RealSize>> measure_sizes(const ir::System& system, const std::string& url);

/// Sets rows, and mean width and empty share of each column, as measured on at most `sample` rows of each table; `source` is what figures name.
[[nodiscard]] Result<void> measure_columns(const ir::System& system, const std::string& url, std::size_t sample, capacity::Assumptions& assume);

}  // namespace kingpost::app
