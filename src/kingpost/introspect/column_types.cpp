#include "kingpost/introspect/column_types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "kingpost/dialect/dialect.hpp"
#include "kingpost/introspect/catalogue.hpp"

namespace kingpost::introspect {
namespace {

constexpr std::int64_t kLongestString = 1'000'000;
constexpr std::int64_t kDefaultLength = 65'536;
constexpr int kMostDigits = 18;

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

/// What the sample holds besides nulls.
struct Stored {
  explicit Stored(const ColumnSample& sample) : all(sample.integers + sample.reals + sample.texts + sample.blobs), of(sample) {}
  [[nodiscard]] bool only(std::int64_t count) const { return count == all; }
  std::int64_t all;
  const ColumnSample& of;
};

/// By the values alone.
ColumnType by_values(const std::string& declared_type, const Stored& stored) {
  ColumnType type;
  if (stored.all == 0 || stored.only(stored.of.texts)) {
    type.type = "text";
  } else if (stored.only(stored.of.integers)) {
    type.type = "int";
  } else if (stored.only(stored.of.integers + stored.of.reals)) {
    type.type = "float";
  } else if (stored.only(stored.of.blobs)) {
    type.type = "bytes";
  } else {
    type.type = "text";
    type.note =
        fmt::format("holds values of several kinds and is read as text (declared {})", declared_type.empty() ? "without a type" : declared_type);
  }
  return type;
}

ColumnType disagreeing(const std::string& declared_type, const Stored& stored) {
  ColumnType type = by_values(declared_type, stored);
  if (type.note.empty()) type.note = fmt::format("holds other values than its declared type {} says and is read as {}", declared_type, type.type);
  return type;
}

ColumnType text_type(const std::string& declared_type, const Stored& stored) {
  const std::int64_t length = declared_size(declared_type).first;
  const bool sized = length > 0 && length <= kLongestString;
  if (!stored.only(stored.of.texts)) return disagreeing(declared_type, stored);
  if (sized && stored.of.longest <= length) return {fmt::format("string({})", length), {}, {}};
  ColumnType type{"text", {}, {}};
  if (stored.of.longest > kDefaultLength) type.type = fmt::format("text max({})", std::min(stored.of.longest * 2, kLongestString));
  if (sized) type.note = fmt::format("holds texts longer than its declared type {} says", declared_type);
  return type;
}

ColumnType time_type(const std::string& declared_type, const Stored& stored, const std::string& declared) {
  if (stored.all > 0 && stored.only(stored.of.date_texts)) return {"date", {}, {}};
  if (declared == "DATE" && stored.all == 0) return {"date", {}, {}};
  if (stored.only(stored.of.timestamp_texts)) return {"timestamp", "timestamp_text", {}};
  if (stored.only(stored.of.seconds)) return {"timestamp", "unix_seconds", {}};
  return disagreeing(declared_type, stored);
}

ColumnType number_type(const std::string& declared_type, const Stored& stored) {
  const auto [precision, scale] = declared_size(declared_type);
  const bool numbers = stored.only(stored.of.integers + stored.of.reals);
  if (precision < 1 || precision > kMostDigits || scale > precision) {
    if (!numbers) return disagreeing(declared_type, stored);
    return {stored.of.reals == 0 && stored.all > 0 ? "int" : "float", {}, {}};
  }
  const std::string type = fmt::format("decimal({},{})", precision, scale);
  if (numbers && stored.of.finer > 0) return {"float", {}, fmt::format("holds numbers finer than its declared type {} says", declared_type)};
  if (numbers) return {type, "real", {}};
  return disagreeing(declared_type, stored);
}

}  // namespace

DeclaredSize declared_size(const std::string& declared) {
  DeclaredSize size;
  const auto open = declared.find('(');
  if (open == std::string::npos) return size;
  int* number = &size.first;
  for (auto i = open + 1; i < declared.size() && declared[i] != ')'; ++i) {
    const char c = declared[i];
    if (c == ',' && number == &size.first) {
      number = &size.second;
    } else if (c >= '0' && c <= '9' && *number < kLongestString) {
      *number = *number * 10 + (c - '0');
    } else if (c != ' ') {
      return {};
    }
  }
  return size;
}

Result<ColumnSample> sample_column(store::AdminConnection& connection, const std::string& table, const std::string& column, int scale) {
  static constexpr const char* kHex8 = "[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]";
  const std::string sql = fmt::format(
      "SELECT total(k = 'integer'), total(k = 'real'), total(k = 'text'), total(k = 'blob'), total(k = 'integer' AND v IN (0, 1)), "
      "total(k = 'integer' AND v BETWEEN -62135596800 AND 253402300799), "
      "total(k = 'text' AND v GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]' AND date(v, '+0 days') = v), "
      "total(k = 'text' AND v GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-5][0-9]*' AND datetime(v, '+0 days') = "
      "substr(v, 1, 19) "
      "AND (length(v) = 19 OR (substr(v, 20, 1) = '.' AND length(v) BETWEEN 21 AND 26 AND substr(v, 21) NOT GLOB '*[^0-9]*'))), "
      "total(k = 'text' AND length(v) = 36 AND replace(v, '-', '') GLOB '{0}{0}{0}{0}' AND substr(v, 9, 1) || substr(v, 14, 1) || substr(v, 19, 1) "
      "|| substr(v, 24, 1) = '----'), total(k = 'blob' AND length(v) = 16), total(CASE WHEN k = 'text' THEN json_valid(v) ELSE 0 END), "
      "total(k = 'real' AND abs(v - round(v, {1})) > abs(v) * 1e-14), max(CASE WHEN k = 'text' THEN length(v) ELSE 0 END), total(k = 'null') "
      "FROM (SELECT {2} AS v, typeof({2}) AS k FROM {3} LIMIT {4})",
      kHex8, std::clamp(scale, 0, kMostDigits), dialect::quote_name(column), dialect::quote_name(table), kSampledRows);
  auto rows = connection.query(sql, {});
  if (!rows) return fail(std::move(rows.error()));
  if (rows->empty() || rows->front().size() != 14) return ColumnSample{};
  const auto count = [&](std::size_t at) {
    const auto& datum = rows->front()[at];
    const auto* real = std::get_if<double>(&datum);
    return real != nullptr ? static_cast<std::int64_t>(*real) : number_of(datum);
  };
  return ColumnSample{count(0), count(1), count(2), count(3),  count(4),  count(5),  count(6),
                      count(7), count(8), count(9), count(10), count(11), count(12), count(13)};
}

ColumnType choose_type(const std::string& declared_type, const ColumnSample& sample) {
  const std::string declared = upper(declared_type);
  const Stored stored(sample);
  if (holds(declared, "BOOL") || declared == "BIT") {
    if (stored.only(stored.of.bits)) return {"bool", {}, {}};
    return disagreeing(declared_type, stored);
  }
  if (holds(declared, "UUID") || holds(declared, "GUID") || holds(declared, "UNIQUEIDENTIFIER")) {
    if (stored.all > 0 && stored.only(stored.of.uuid_blobs)) return {"uuid", {}, {}};
    if (stored.only(stored.of.uuid_texts)) return {"uuid", "uuid_text", {}};
    return disagreeing(declared_type, stored);
  }
  if (holds(declared, "JSON")) return stored.only(stored.of.json_texts) ? ColumnType{"json", {}, {}} : disagreeing(declared_type, stored);
  if (holds(declared, "DATE") || holds(declared, "TIMESTAMP")) return time_type(declared_type, stored, declared);
  // From here on in SQLite's own order of looking at declared types.
  if (holds(declared, "INT") && !holds(declared, "POINT"))
    return stored.only(stored.of.integers) ? ColumnType{"int", {}, {}} : disagreeing(declared_type, stored);
  if (holds(declared, "CHAR") || holds(declared, "CLOB") || holds(declared, "TEXT")) return text_type(declared_type, stored);
  if (holds(declared, "BLOB")) return stored.only(stored.of.blobs) ? ColumnType{"bytes", {}, {}} : disagreeing(declared_type, stored);
  if (holds(declared, "REAL") || holds(declared, "FLOA") || holds(declared, "DOUB")) {
    return stored.only(stored.of.integers + stored.of.reals) ? ColumnType{"float", {}, {}} : disagreeing(declared_type, stored);
  }
  if (holds(declared, "NUM") || holds(declared, "DEC") || holds(declared, "MONEY")) return number_type(declared_type, stored);
  return by_values(declared_type, stored);
}

}  // namespace kingpost::introspect
