#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/base/result.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::capacity {

/// Where a figure comes from: the model says so, somebody measured it, or nobody did and this is our guess.
enum class Basis : std::uint8_t { kDeclared, kMeasured, kAssumed };

struct Figure {
  double value = 0;
  Basis basis = Basis::kAssumed;
  std::string source;  ///< `load.peak order.place`, `8 KiB page of PostgreSQL`, …
};

/// Rows and bytes at 1, 12 and 36 months.
inline constexpr int kHorizonMonths[] = {1, 12, 36};
inline constexpr std::size_t kHorizons = 3;

struct IndexSize {
  std::string name;
  double bytes[kHorizons] = {};
};

struct EntitySize {
  ir::EntityId entity;
  Basis rows_basis = Basis::kAssumed;
  double rows[kHorizons] = {};
  double row_bytes = 0;  ///< of one row in the table, page overheads included
  double table_bytes[kHorizons] = {};
  std::vector<IndexSize> indexes;  ///< keys and uniques too
  double writes_per_second = 0;    ///< peak
  double reads_per_second = 0;
  std::string rows_source;
  double today = 0;      ///< rows
  double per_day = 0;    ///< rows that come
  double keep_days = 0;  ///< 0 = for ever
};

/// An operation of the API or an engine's own, with what it asks of the database.
struct OperationLoad {
  std::string name;  ///< entity.get, entity.query, command
  bool writes = false;
  Figure peak_per_second;
  Figure mean_per_second;
  double rows_read = 0;     ///< an operation
  double rows_written = 0;  ///< an operation
  double statements = 0;    ///< an operation
  double answer_bytes = 0;
  double service_ms = 0;     ///< time at the database
  double concurrency = 0;    ///< Little's law: rate × time
  double cpu_ms = 0;         ///< processor time at the database
  double app_cpu_ms = 0;     ///< processor time at the server; over SQLite the database's is in it
  double index_writes = 0;   ///< entries, an operation
  double bytes_written = 0;  ///< rows and index entries, an operation
  bool internal = false;     ///< the engine's own: no client asks or is answered
};

enum class Database : std::uint8_t { kSqlite, kPostgres };

struct Totals {
  double peak_per_second = 0;
  double mean_per_second = 0;
  double reads_per_second = 0;
  double writes_per_second = 0;
  double rows[kHorizons] = {};
  double bytes[kHorizons] = {};  ///< tables and indexes
  double growth_bytes_per_day = 0;
  double concurrency = 0;
  double egress_bytes_per_second = 0;
  double rows_read_per_second = 0;
  double rows_written_per_second = 0;
  double index_writes_per_second = 0;
  double commits_per_second = 0;
  double statements_per_second = 0;
  double bytes_written_per_second = 0;  ///< at the peak
  double mean_bytes_written_per_second = 0;
  double mean_egress_bytes_per_second = 0;
  double cpu_seconds_per_second = 0;        ///< processors of the database at the peak
  double write_cpu_seconds_per_second = 0;  ///< the writes' part, which one primary must carry
  double app_cpu_seconds_per_second = 0;
};

/// The loads and sizes of a system on paper; what follows from them (nodes, memory, cost, what breaks first) stands in plan.hpp.
struct Demand {
  double factor = 1;  ///< load multiplied by
  Database database = Database::kPostgres;
  std::vector<EntitySize> entities;
  std::vector<OperationLoad> operations;
  Totals total;
  std::vector<std::string> notes;  ///< what was assumed for want of a declaration and the keyword to add; contradictions among declarations
};

/// Derives the demand of `system` at `factor` times its declared load. Pure; a system without `load` and `growth` gives assumed figures, marked so.
[[nodiscard]] Demand derive_demand(const ir::System& system, double factor, Database database);

class Assumptions;
/// The same with inputs of the user's (assumptions.hpp).
[[nodiscard]] Demand derive_demand(const ir::System& system, double factor, Database database, const Assumptions& assume);

}  // namespace kingpost::capacity
