#pragma once

#include <vector>

#include "kingpost/capacity/assumptions.hpp"
#include "kingpost/capacity/rows.hpp"
#include "kingpost/capacity/storage.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::capacity {

/// What of an entity's storage does not depend on how many rows there are.
struct EntityShape {
  std::vector<ColumnShape> columns;    ///< stored fields in order
  std::vector<std::size_t> column_of;  ///< by field id; past the end when not stored
  TableShape table;
  std::vector<IndexShape> indexes;  ///< key, uniques, derived and explicit ones
  double json_bytes = 0;            ///< of one row in an answer
};

/// By entity id.
using Shapes = std::vector<EntityShape>;

[[nodiscard]] Shapes shape_system(const ir::System& system, Database database, const Assumptions& assume);

/// As derive_demand, with shapes found before: a plan asks for many demands that differ in rates alone.
[[nodiscard]] Demand derive_demand(const ir::System& system, double factor, Database database, const Assumptions& assume, const Shapes& shapes);

/// Fills operations, their totals and the entities' rates. `demand.entities` must be there.
void derive_operations(const ir::System& system, Demand& demand, const Assumptions& assume, const Shapes& shapes);

/// A system with so many rows: what an index's size depends on. Borrowed: everything referred to must outlive it.
struct Populated {
  const ir::System& system;
  Database database;
  const Assumptions& assume;
  const std::vector<double>& rows;  ///< by entity id
};

[[nodiscard]] double table_bytes(const EntityShape& shape, Database database, double rows);
/// Bytes of the index-th index of an entity.
[[nodiscard]] double index_bytes(const Populated& populated, const ir::Entity& entity, const EntityShape& shape, std::size_t index);

struct PaperSize {
  double table_bytes = 0;
  double index_bytes = 0;
};

/// What the entities take with the rows of today, by entity id: comparable with a real database when rows are given by `rows.ENTITY`.
[[nodiscard]] std::vector<PaperSize> size_today(const ir::System& system, Database database, const Assumptions& assume);

}  // namespace kingpost::capacity
