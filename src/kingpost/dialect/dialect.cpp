#include "kingpost/dialect/dialect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "kingpost/base/civil_time.hpp"
#include "kingpost/base/text.hpp"
#include "kingpost/base/uuid.hpp"

namespace kingpost::dialect {
namespace {

void append_hex(std::string& out, std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
}

/// A float as SQL that reads back as the same number and stays a float.
std::string print_real(double value) {
  auto text = fmt::format("{}", value);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string print_postgres_integer(std::int64_t value, const ir::LogicalType& type) {
  std::string text;
  switch (type.scalar) {
    case ir::Scalar::kBool:
      return value != 0 ? "true" : "false";
    case ir::Scalar::kTimestamp:
      append_timestamp(text, value);
      return "'" + text + "'::timestamptz";
    case ir::Scalar::kTime:
      append_time(text, value);
      return "'" + text + "'::time";
    default:
      return std::to_string(value);
  }
}

std::string print_bytes(const Blob& blob, const ir::LogicalType& type, Database database) {
  std::string text;
  if (database == Database::kPostgres && type.scalar == ir::Scalar::kUuid && blob.bytes.size() == 16) {
    Uuid uuid;
    for (std::size_t i = 0; i < uuid.bytes.size(); ++i) uuid.bytes[i] = static_cast<std::uint8_t>(blob.bytes[i]);
    return "'" + print_uuid(uuid) + "'::uuid";
  }
  append_hex(text, blob.bytes);
  return database == Database::kSqlite ? "x'" + text + "'" : "'\\x" + text + "'::bytea";
}

/// Whether an imported declaration means in PostgreSQL what the parameters bound to it are. `declared` does not say which database it came
/// from, so only names that agree in both are repeated there.
bool fits_postgres(std::string_view declared, const ir::LogicalType& type) {
  constexpr std::array<std::string_view, 7> kTexts = {"character varying", "varchar", "character", "char", "bpchar", "citext", "text"};
  constexpr std::array<std::string_view, 3> kIntegers = {"smallint", "integer", "bigint"};
  const auto name = declared.substr(0, declared.find('('));
  const auto listed = [name](const auto& names) { return std::find(names.begin(), names.end(), name) != names.end(); };
  switch (type.scalar) {
    case ir::Scalar::kString:
    case ir::Scalar::kText:
      return listed(kTexts);
    case ir::Scalar::kInt64:
    case ir::Scalar::kInt32:
      return listed(kIntegers);
    default:
      return false;
  }
}

std::string sqlite_type(const ir::LogicalType& type, const ir::Storage& storage) {
  switch (storage.sqlite) {
    case ir::SqliteCodec::kScaledInteger:
    case ir::SqliteCodec::kMicros:
    case ir::SqliteCodec::kUnixSeconds:
      return "INTEGER";
    case ir::SqliteCodec::kReal:
      return "REAL";
    case ir::SqliteCodec::kDecimalText:
    case ir::SqliteCodec::kUuidText:
    case ir::SqliteCodec::kDateText:
    case ir::SqliteCodec::kTimestampText:
      return "TEXT";
    case ir::SqliteCodec::kUuidBlob:
      return "BLOB";
    case ir::SqliteCodec::kNative:
      break;
  }
  switch (type.scalar) {
    case ir::Scalar::kBool:
    case ir::Scalar::kInt64:
    case ir::Scalar::kInt32:
      return "INTEGER";
    case ir::Scalar::kFloat:
      return "REAL";
    case ir::Scalar::kBytes:
      return "BLOB";
    default:
      return "TEXT";
  }
}

}  // namespace

Result<void> check_name(std::string_view name, Database database) {
  const auto most = database == Database::kPostgres ? kMaxPostgresNameBytes : kMaxNameBytes;
  if (name.empty()) return fail(ErrorKind::kInvalidArgument, "kp-name", "A name in the database cannot be empty.");
  if (name.find('\0') != std::string_view::npos || !valid_utf8(name)) {
    return fail(ErrorKind::kInvalidArgument, "kp-name", "A name in the database must be UTF-8 without U+0000.");
  }
  if (name.size() > most) {
    return fail(ErrorKind::kInvalidArgument, "kp-name", fmt::format("The name '{}' has {} bytes; the database takes {}.", name, name.size(), most));
  }
  return {};
}

void append_name(std::string& out, std::string_view name) {
  out += '"';
  for (const char c : name) {
    if (c == '\0') continue;
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string quote_name(std::string_view name) {
  std::string out;
  append_name(out, name);
  return out;
}

std::string quote_text(std::string_view text, Database database) {
  // E'' reads the same whatever standard_conforming_strings says.
  const bool escaped = database == Database::kPostgres && text.find('\\') != std::string_view::npos;
  std::string out = escaped ? "E'" : "'";
  for (const char c : text) {
    if (c == '\0') continue;
    if (c == '\'' || (escaped && c == '\\')) out += c;
    out += c;
  }
  out += '\'';
  return out;
}

std::string print_literal(const Datum& value, const ir::LogicalType& type, const ir::Storage& storage, Database database) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    return database == Database::kPostgres ? print_postgres_integer(*integer, type) : std::to_string(*integer);
  }
  if (const auto* real = std::get_if<double>(&value)) return print_real(*real);
  if (const auto* blob = std::get_if<Blob>(&value)) return print_bytes(*blob, type, database);
  if (const auto* text = std::get_if<std::string>(&value)) {
    auto quoted = quote_text(*text, database);
    if (database == Database::kSqlite || type.scalar == ir::Scalar::kString || type.scalar == ir::Scalar::kText || type.scalar == ir::Scalar::kEnum) {
      return quoted;
    }
    return fmt::format("{}::{}", quoted, postgres_type(type, storage));
  }
  return "NULL";
}

std::string column_type(const ir::LogicalType& type, const ir::Storage& storage, Database database) {
  if (!storage.declared.empty() && (database == Database::kSqlite || fits_postgres(storage.declared, type))) return storage.declared;
  if (database == Database::kSqlite) return sqlite_type(type, storage);
  if (type.scalar == ir::Scalar::kDecimal) return fmt::format("numeric({},{})", type.precision, type.scale);
  if (storage.postgres == ir::PostgresCodec::kVarchar && type.max_length > 0) return fmt::format("varchar({})", type.max_length);
  return std::string(postgres_type(type, storage));
}

std::string_view postgres_type(const ir::LogicalType& type, const ir::Storage& storage) {
  switch (storage.postgres) {
    case ir::PostgresCodec::kTimestampNoZone:
      return "timestamp";
    case ir::PostgresCodec::kDurationMicros:
      return "bigint";
    case ir::PostgresCodec::kJsonText:
      return "json";
    case ir::PostgresCodec::kSmallint:
      return "smallint";
    case ir::PostgresCodec::kVarchar:
    case ir::PostgresCodec::kNative:
      break;
  }
  switch (type.scalar) {
    case ir::Scalar::kBool:
      return "boolean";
    case ir::Scalar::kInt64:
    case ir::Scalar::kDuration:
      return "bigint";
    case ir::Scalar::kInt32:
      return "integer";
    case ir::Scalar::kDecimal:
      return "numeric";
    case ir::Scalar::kFloat:
      return "double precision";
    case ir::Scalar::kUuid:
      return "uuid";
    case ir::Scalar::kDate:
      return "date";
    case ir::Scalar::kTime:
      return "time";
    case ir::Scalar::kTimestamp:
      return "timestamptz";
    case ir::Scalar::kJson:
    case ir::Scalar::kList:
    case ir::Scalar::kRecord:
      return "jsonb";
    case ir::Scalar::kBytes:
      return "bytea";
    case ir::Scalar::kString:
    case ir::Scalar::kText:
    case ir::Scalar::kEnum:
      break;
  }
  return "text";
}

}  // namespace kingpost::dialect
