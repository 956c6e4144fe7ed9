#include <array>
#include <utility>

#include "kingpost/sql/statement.hpp"

namespace kingpost::sql {
namespace {

using ir::Scalar;

/// 10^scale as a literal.
std::string power_of_ten(std::uint32_t scale) { return "1" + std::string(scale, '0'); }

/// A scaled integer as its decimal text: sign, whole part, point, padded fraction.
std::string decimal_as_text(const std::string& x, std::uint32_t scale) {
  if (scale == 0) return "CAST(" + x + " AS TEXT)";
  const auto power = power_of_ten(scale);
  return "(CASE WHEN " + x + " < 0 THEN '-' ELSE '' END || (abs(" + x + ") / " + power + ") || '.' || substr('" + std::string(scale, '0') +
         "' || (abs(" + x + ") % " + power + "), -" + std::to_string(scale) + "))";
}

std::string uuid_as_text(const std::string& x) {
  constexpr std::array<std::pair<int, int>, 5> kParts{{{1, 8}, {9, 4}, {13, 4}, {17, 4}, {21, 12}}};
  std::string out = "lower(";
  for (const auto& [begin, length] : kParts) {
    if (begin != 1) out += " || '-' || ";
    out += "substr(hex(" + x + "), " + std::to_string(begin) + ", " + std::to_string(length) + ")";
  }
  return out + ")";
}

Error no_cast(const plan::Column& column) {
  return make_error(ErrorKind::kUnimplemented, "PGRST127",
                    "casting " + ir::print_logical_type(column.uncast_type) + " to " + column.cast + " is not supported on SQLite");
}

Result<std::string> sqlite_to_text(const plan::Column& column, const std::string& x) {
  const auto codec = column.uncast_storage.sqlite;
  switch (column.uncast_type.scalar) {
    case Scalar::kBool:
      return "(CASE WHEN " + x + " THEN 'true' WHEN NOT " + x + " THEN 'false' END)";
    case Scalar::kInt64:
    case Scalar::kInt32:
    case Scalar::kFloat:
    case Scalar::kJson:
    case Scalar::kList:
    case Scalar::kDate:
      return "CAST(" + x + " AS TEXT)";
    case Scalar::kDecimal:
      if (codec == ir::SqliteCodec::kScaledInteger) return decimal_as_text(x, column.uncast_type.scale);
      return "CAST(" + x + " AS TEXT)";
    case Scalar::kUuid:
      return codec == ir::SqliteCodec::kUuidBlob ? uuid_as_text(x) : x;
    case Scalar::kTimestamp:
      if (codec != ir::SqliteCodec::kMicros) break;
      return "strftime('%Y-%m-%d %H:%M:%S', (" + x + " - ((" + x + " % 1000000) + 1000000) % 1000000) / 1000000, 'unixepoch') || '+00'";
    default:
      break;
  }
  return fail(no_cast(column));
}

Result<std::string> sqlite_to_number(const plan::Column& column, const std::string& x) {
  const bool to_float = column.type.scalar == Scalar::kFloat;
  const bool to_int = column.type.scalar == Scalar::kInt64 || column.type.scalar == Scalar::kInt32;
  switch (column.uncast_type.scalar) {
    case Scalar::kBool:
      if (to_int) return x;
      break;
    case Scalar::kInt64:
    case Scalar::kInt32:
      return to_float ? "CAST(" + x + " AS REAL)" : x;
    case Scalar::kFloat:
      if (to_int) return "CAST(round(" + x + ") AS INTEGER)";
      break;
    case Scalar::kDecimal: {
      if (column.uncast_storage.sqlite != ir::SqliteCodec::kScaledInteger) return "CAST(" + x + " AS " + (to_float ? "REAL)" : "INTEGER)");
      const auto real = "(" + x + " / " + power_of_ten(column.uncast_type.scale) + ".0)";
      if (to_float) return real;
      return "CAST(round(" + real + ") AS INTEGER)";
    }
    default:
      break;
  }
  return fail(no_cast(column));
}

Result<std::string> sqlite_cast(const plan::Column& column, const std::string& x) {
  constexpr std::string_view kDayMicros = "86400000000";
  switch (column.type.scalar) {
    case Scalar::kText:
      return sqlite_to_text(column, x);
    case Scalar::kInt32:
    case Scalar::kInt64:
    case Scalar::kFloat:
    case Scalar::kDecimal:
      return sqlite_to_number(column, x);
    case Scalar::kBool:
      if (column.uncast_type.scalar == Scalar::kInt64 || column.uncast_type.scalar == Scalar::kInt32) return "(" + x + " <> 0)";
      break;
    case Scalar::kDate:
      if (column.uncast_type.scalar == Scalar::kTimestamp && column.uncast_storage.sqlite == ir::SqliteCodec::kMicros) {
        const auto day = std::string(kDayMicros);
        return "date((" + x + " - ((" + x + " % " + day + ") + " + day + ") % " + day + ") / 1000000, 'unixepoch')";
      }
      break;
    case Scalar::kTimestamp:
      if (column.uncast_type.scalar == Scalar::kDate) return "CAST(strftime('%s', " + x + ") AS INTEGER) * 1000000";
      break;
    case Scalar::kJson:
      if (column.uncast_type.scalar == Scalar::kList) return x;
      if (column.uncast_type.scalar == Scalar::kText || column.uncast_type.scalar == Scalar::kString) return "json(" + x + ")";
      break;
    default:
      break;
  }
  return fail(no_cast(column));
}

}  // namespace

Result<std::string> cast_text(const Statement& statement, const plan::Column& column, const std::string& text) {
  if (statement.sqlite()) return sqlite_cast(column, text);
  // `cast` is one of plan's closed list; `json` travels as jsonb.
  if (column.uncast_type.scalar == Scalar::kJson && column.cast != "text") return "CAST((" + text + " #>> '{}') AS " + column.cast + ")";
  return "CAST(" + text + " AS " + (column.cast == "json" ? std::string("jsonb") : column.cast) + ")";
}

}  // namespace kingpost::sql
