#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/result.hpp"
#include "kingpost/dialect/dialect.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::dialect {

struct SchemaColumn {
  std::string name;
  std::string type;  ///< as DDL declares it
  bool nullable = false;
  std::string default_sql;  ///< empty = none
  bool identity = false;    ///< numbered by the database when absent (SQLite: INTEGER PRIMARY KEY; PostgreSQL: identity)
  std::string comment;
  std::string renamed_from;  ///< the model's word on a rename; no difference by itself
};

struct SchemaForeignKey {
  std::string name;
  std::vector<std::string> columns;
  std::string table;
  std::vector<std::string> target_columns;
  ir::OnDelete on_delete = ir::OnDelete::kNoAction;
  ir::OnDelete on_update = ir::OnDelete::kNoAction;
};

struct SchemaUnique {
  std::string name;
  std::vector<std::string> columns;
};

/// A CHECK. Where it comes from a column's type its parts are kept, so that a widened one is recognised.
struct SchemaCheck {
  enum class Kind : std::uint8_t { kExpression, kEnum, kLength, kRange, kType };
  std::string name;
  std::string sql;
  Kind kind = Kind::kExpression;
  std::string column;               ///< of all but kExpression
  std::vector<std::string> values;  ///< kEnum
  std::optional<std::string> min;   ///< kRange: exact decimal texts
  std::optional<std::string> max;   ///< kRange, kLength
};

struct SchemaIndexPart {
  std::string column;
  bool descending = false;
};

struct SchemaIndex {
  std::string name;
  std::vector<SchemaIndexPart> parts;
  bool unique = false;
  std::string where_sql;
  std::string reason;
};

struct SchemaTable {
  std::string name;
  std::string comment;
  std::string renamed_from;
  bool strict = false;         ///< SQLite: STRICT, so that an integer column refuses what overflowed into a REAL; not for imported declarations
  bool without_rowid = false;  ///< of an imported SQLite table, as the next
  bool autoincrement = false;
  bool foreign = false;  ///< found in the database, not made by us, so its text is not ours to rewrite; no difference by itself
  std::vector<SchemaColumn> columns;
  std::vector<std::string> primary_key;
  std::vector<SchemaForeignKey> foreign_keys;
  std::vector<SchemaUnique> uniques;
  std::vector<SchemaCheck> checks;
  std::vector<SchemaIndex> indexes;

  [[nodiscard]] const SchemaColumn* find_column(std::string_view column) const noexcept;
};

/// Tables as one database declares them, each after those it refers to where there is no cycle.
struct RelationalSchema {
  Database database = Database::kSqlite;
  std::vector<SchemaTable> tables;

  [[nodiscard]] const SchemaTable* find_table(std::string_view table) const noexcept;
};

/// What the model stores, for one database. Errors: kp-name, expr-no-sql (a check that the database cannot hold; the span says where).
[[nodiscard]] Result<RelationalSchema> build_schema(const ir::System& system, Database database);

/// One statement without its semicolon.
[[nodiscard]] std::string print_create_table(const SchemaTable& table, Database database);
[[nodiscard]] std::string print_create_index(const SchemaTable& table, const SchemaIndex& index);
[[nodiscard]] std::string print_column(const SchemaColumn& column, Database database);
[[nodiscard]] std::string print_check(const SchemaCheck& check);
[[nodiscard]] std::string print_foreign_key(const SchemaForeignKey& key, Database database);
/// COMMENT ON statements of a table (PostgreSQL; SQLite has none).
[[nodiscard]] std::vector<std::string> print_comments(const SchemaTable& table, Database database);
/// Every statement that creates the schema in an empty database, in order.
[[nodiscard]] std::vector<std::string> create_statements(const RelationalSchema& schema);
/// The same as one script with comments, deterministic to the byte.
[[nodiscard]] std::string print_ddl(const RelationalSchema& schema);

/// Canonical JSON; equal schemas yield equal bytes. parse_schema reads it back; error kp-schema-malformed.
[[nodiscard]] std::string serialize_schema(const RelationalSchema& schema);
[[nodiscard]] Result<RelationalSchema> parse_schema(std::string_view text);

}  // namespace kingpost::dialect
