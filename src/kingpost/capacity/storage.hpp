#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/capacity/assumptions.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::capacity {

/// How a column lies in a row of one database.
struct ColumnShape {
  double bytes = 0;   ///< mean of a value that is not null, without a length header
  double spread = 0;  ///< values vary by this part of the mean in both directions
  double null_share = 0;
  double align = 1;       ///< PostgreSQL: of a fixed-width value
  bool variable = false;  ///< PostgreSQL: varlena
  bool sortable = true;   ///< PostgreSQL: equal values are equal in every byte, so that an index may merge duplicates
  bool text = false;      ///< SQLite: serial type grows with the length
};

/// Averages of one table, found once; bytes follow from rows.
struct TableShape {
  double item_bytes = 0;     ///< a row with its pointer in the page
  double rows_a_page = 0;    ///< of a leaf
  double outside_bytes = 0;  ///< a row's part in TOAST or overflow pages, page overheads included
  double interior_fan = 0;   ///< SQLite: children of an interior page; 0 = no tree
};

struct IndexShape {
  std::string name;
  std::vector<std::size_t> columns;  ///< into the table's shapes
  double item_bytes = 0;             ///< an entry with its pointer in the page
  double key_bytes = 0;              ///< PostgreSQL: of one key, for duplicates
  double fill = 0.7;                 ///< of leaf pages
  bool unique = false;               ///< PostgreSQL merges no keys of a unique index
  bool tail_ascends = false;         ///< the last of several columns rises with time
  bool merges = false;               ///< PostgreSQL: duplicates share one key
  bool ascending = false;            ///< entries arrive in the index's order
};

/// Rows and distinct values that an index sees.
struct IndexLoad {
  double rows = 0;
  double distinct = 0;
  bool streams = false;  ///< many rising series side by side (each tenant's numbers): pages split in the middle and stay half full
};

[[nodiscard]] ColumnShape shape_column(const ir::System& system, const ir::Entity& entity, const ir::Field& field, Database database,
                                       const Assumptions& assume);
/// Mean bytes of the value as text in a JSON answer, quotes included.
[[nodiscard]] double json_bytes(const ir::System& system, const ir::Entity& entity, const ir::Field& field, const Assumptions& assume);

/// PostgreSQL 15, "Database Page Layout" and nbtree's README: 8192-byte pages, fillfactor 100 for tables and 90 for indexes.
namespace postgres {
[[nodiscard]] TableShape shape_table(const std::vector<ColumnShape>& columns, const Assumptions& assume);
[[nodiscard]] double table_bytes(const TableShape& shape, double rows);
void shape_index(IndexShape& index, const std::vector<ColumnShape>& columns);
[[nodiscard]] double index_bytes(const IndexShape& index, const IndexLoad& load);
}  // namespace postgres

/// SQLite 3.40, "Database File Format": 4096-byte pages. `alias` is the column that is the rowid, or past the end.
namespace sqlite {
[[nodiscard]] TableShape shape_table(const std::vector<ColumnShape>& columns, std::size_t alias, bool without_rowid);
[[nodiscard]] double table_bytes(const TableShape& shape, double rows);
void shape_index(IndexShape& index, const std::vector<ColumnShape>& columns, const std::vector<ColumnShape>& row_key);
[[nodiscard]] double index_bytes(const IndexShape& index, const IndexLoad& load);
}  // namespace sqlite

/// The s-th of kSamples evenly spread numbers in (0, 1), different for each column: stands for a random row, always the same.
[[nodiscard]] double spread_sample(std::size_t sample, std::size_t column);
inline constexpr std::size_t kSamples = 64;

}  // namespace kingpost::capacity
