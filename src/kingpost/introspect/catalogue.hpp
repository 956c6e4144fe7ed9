#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/result.hpp"
#include "kingpost/store/admin_connection.hpp"

namespace kingpost::introspect {

struct CatalogueColumn {
  std::string name;
  std::string declared;
  std::string default_sql;  ///< empty = none
  bool not_null = false;
  bool generated = false;
  std::int64_t key_position = 0;  ///< from 1; 0 = not in the key
};

struct CatalogueIndexPart {
  std::string column;  ///< empty for an expression
  std::string collation;
  bool descending = false;
};

struct CatalogueIndex {
  std::string name;
  std::string origin;  ///< c: CREATE INDEX, u: UNIQUE constraint, pk: the key
  std::string sql;     ///< empty for those of constraints
  bool unique = false;
  bool partial = false;
  std::vector<CatalogueIndexPart> parts;
};

struct CatalogueKey {
  std::string table;
  std::vector<std::string> columns;
  std::vector<std::string> target_columns;  ///< empty: the target's primary key
  std::string on_update;
  std::string on_delete;
};

struct CatalogueTable {
  std::string name;
  std::string kind;  ///< table, view, virtual, shadow
  std::string sql;
  bool without_rowid = false;
  bool strict = false;
  std::vector<CatalogueColumn> columns;
  std::vector<CatalogueIndex> indexes;
  std::vector<CatalogueKey> foreign_keys;
};

/// What the pragmas of a SQLite file say, as they say it; tables by name, without the database's and Kingpost's own.
struct Catalogue {
  std::vector<CatalogueTable> tables;
  std::vector<std::string> triggers;
};

/// Errors: the database's own; kp-import for more tables than `kMaxTables`.
[[nodiscard]] Result<Catalogue> read_catalogue(store::AdminConnection& connection);

inline constexpr std::size_t kMaxTables = 2'000;

/// SQLite compares names without the case of ASCII letters.
[[nodiscard]] bool same_name(std::string_view left, std::string_view right);

/// A text cell, or empty.
[[nodiscard]] std::string text_of(const Datum& datum);
[[nodiscard]] std::int64_t number_of(const Datum& datum);

}  // namespace kingpost::introspect
