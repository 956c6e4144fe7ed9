#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kingpost/base/datum.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/ir/types.hpp"

namespace kingpost::dialect {

/// SQLite 3.40 and PostgreSQL 15.
enum class Database : std::uint8_t { kSqlite, kPostgres };

inline constexpr std::size_t kMaxNameBytes = 255;
/// PostgreSQL cuts longer names off in silence (NAMEDATALEN - 1), so that two could become one.
inline constexpr std::size_t kMaxPostgresNameBytes = 63;

/// Refuses what no database can carry as a name: empty, a NUL, malformed UTF-8, too long. Error kp-name.
[[nodiscard]] Result<void> check_name(std::string_view name, Database database);

/// Appends `name` as a quoted identifier (quotes doubled), safe for any bytes: a NUL, which would end the statement, is left out. Names that
/// must survive whole are asked for with check_name first.
void append_name(std::string& out, std::string_view name);
[[nodiscard]] std::string quote_name(std::string_view name);

/// A quoted string literal. For DDL only: statements bind their values.
[[nodiscard]] std::string quote_text(std::string_view text, Database database);

/// A stored value as a literal of `type`, for DDL only (defaults, CHECK). `value` is a Datum as encode() makes it.
[[nodiscard]] std::string print_literal(const Datum& value, const ir::LogicalType& type, const ir::Storage& storage, Database database);

/// The column type that DDL declares: the imported one where there is one.
[[nodiscard]] std::string column_type(const ir::LogicalType& type, const ir::Storage& storage, Database database);

/// PostgreSQL's name for the type in which a parameter of this logical type travels: bigint, numeric, text, uuid, timestamptz, …; also the
/// element type of a list. Datums for it: boolean 0/1; bigint, integer, smallint and durations (bigint) int64; double precision double;
/// numeric, text, varchar, date ('YYYY-MM-DD'), json and jsonb std::string; uuid Blob of 16 bytes; bytea Blob; time int64 microseconds since
/// midnight; timestamptz and timestamp int64 microseconds since 1970-01-01 UTC.
[[nodiscard]] std::string_view postgres_type(const ir::LogicalType& type, const ir::Storage& storage);

}  // namespace kingpost::dialect
