#include "kingpost/store/postgres_codec.hpp"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <limits>
#include <variant>

#include "kingpost/base/civil_time.hpp"
#include "kingpost/base/text.hpp"
#include "kingpost/base/uuid.hpp"

namespace kingpost::store {
namespace {

// From PostgreSQL's pg_type catalogue; these never change.
enum TypeOid : std::uint32_t {
  kBoolOid = 16,
  kByteaOid = 17,
  kInt8Oid = 20,
  kInt2Oid = 21,
  kInt4Oid = 23,
  kOidOid = 26,
  kFloat4Oid = 700,
  kFloat8Oid = 701,
  kDateOid = 1082,
  kTimeOid = 1083,
  kTimestampOid = 1114,
  kTimestampTzOid = 1184,
  kIntervalOid = 1186,
  kNumericOid = 1700,
  kUuidOid = 2950,
  kJsonbOid = 3802,
};

constexpr std::size_t kUuidBytes = 16;
constexpr std::int64_t kPostgresEpochDays = 10'957;  // 2000-01-01
constexpr std::int64_t kMinDay = -719'162;           // 0001-01-01
constexpr std::int64_t kMaxDay = 2'932'896;          // 9999-12-31
constexpr std::size_t kIntervalBytes = 16;
constexpr std::size_t kNumericHeaderBytes = 8;
constexpr int kNumericGroupDigits = 4;

template <typename Integer>
Integer read_integer(std::string_view bytes) {
  std::make_unsigned_t<Integer> value = 0;
  for (std::size_t i = 0; i < sizeof(Integer) && i < bytes.size(); ++i) {
    value = static_cast<std::make_unsigned_t<Integer>>((static_cast<std::uint64_t>(value) << 8U) | static_cast<unsigned char>(bytes[i]));
  }
  return static_cast<Integer>(value);
}

Result<void> stored_value_error(std::string_view what) {
  return fail(ErrorKind::kDataLoss, "kp-stored-value", fmt::format("The database holds {} that cannot be answered.", what));
}

/// numeric: group count, weight of the first group, sign, display scale, then groups of four decimal digits.
std::string read_numeric(std::string_view bytes) {
  constexpr std::uint16_t kNegative = 0x4000;
  constexpr std::uint16_t kPositive = 0x0000;
  if (bytes.size() < kNumericHeaderBytes) return {};
  const int groups = read_integer<std::int16_t>(bytes);
  const int weight = read_integer<std::int16_t>(bytes.substr(2));
  const auto sign = read_integer<std::uint16_t>(bytes.substr(4));
  const int scale = read_integer<std::int16_t>(bytes.substr(6));
  if (sign != kPositive && sign != kNegative) return sign == 0xC000 ? "NaN" : (sign == 0xD000 ? "Infinity" : "-Infinity");
  const auto group = [&](int index) {
    const auto at = kNumericHeaderBytes + 2 * static_cast<std::size_t>(index);
    return index >= 0 && index < groups && at + 2 <= bytes.size() ? read_integer<std::int16_t>(bytes.substr(at)) : std::int16_t{0};
  };
  std::string text = sign == kNegative ? "-" : "";
  if (weight < 0) text += '0';
  for (int index = 0; index <= weight; ++index) text += index == 0 ? fmt::format("{}", group(0)) : fmt::format("{:04}", group(index));
  if (scale == 0) return text;
  std::string fraction;
  for (int index = weight + 1; static_cast<int>(fraction.size()) < scale; ++index) fraction += fmt::format("{:04}", group(index));
  static_assert(kNumericGroupDigits == 4);
  fraction.resize(static_cast<std::size_t>(scale));
  return text + '.' + fraction;
}

Result<void> push_timestamp(std::int64_t value, plan::RowSet& rows) {
  const std::int64_t days = value / kMicrosPerDay + kPostgresEpochDays;
  if (days < kMinDay || days > kMaxDay) return stored_value_error("a timestamp outside the years 1 to 9999");
  rows.push_int(value + kPostgresEpochDays * kMicrosPerDay);
  return {};
}

Result<void> push_date(std::int32_t value, plan::RowSet& rows) {
  const std::int64_t days = value + kPostgresEpochDays;
  if (days < kMinDay || days > kMaxDay) return stored_value_error("a date outside the years 1 to 9999");
  std::string text;
  append_date(text, static_cast<std::int32_t>(days));
  rows.push_text(text);
  return {};
}

Result<void> push_interval(std::string_view bytes, plan::RowSet& rows) {
  if (bytes.size() != kIntervalBytes || read_integer<std::int32_t>(bytes.substr(12)) != 0) return stored_value_error("an interval with months");
  rows.push_int(read_integer<std::int64_t>(bytes) + read_integer<std::int32_t>(bytes.substr(8)) * kMicrosPerDay);
  return {};
}

std::string print_micros(std::int64_t micros, std::string_view type) {
  std::string text;
  if (type == "time") {
    append_time(text, micros);
  } else {
    append_timestamp(text, micros);
  }
  return text;
}

std::string print_blob(std::string_view bytes, std::string_view type) {
  if (type == "uuid" && bytes.size() == kUuidBytes) {
    std::string text;
    append_uuid(text, reinterpret_cast<const std::uint8_t*>(bytes.data()));
    return text;
  }
  std::string text = "\\x";
  for (const char byte : bytes) fmt::format_to(std::back_inserter(text), "{:02x}", static_cast<unsigned char>(byte));
  return text;
}

PostgresText encode_cell(const CellView& cell, std::string_view type) {
  switch (cell.kind) {
    case CellView::Kind::kNull:
      return {{}, true};
    case CellView::Kind::kInt:
      if (type == "boolean") return {cell.integer != 0 ? "t" : "f", false};
      if (type == "timestamptz" || type == "timestamp" || type == "time") return {print_micros(cell.integer, type), false};
      return {std::to_string(cell.integer), false};
    case CellView::Kind::kReal:
      return {fmt::format("{}", cell.real), false};
    case CellView::Kind::kText:
      return {std::string(cell.bytes), false};
    case CellView::Kind::kBlob:
      return {print_blob(cell.bytes, type), false};
  }
  return {{}, true};
}

CellView view_of(const Datum& datum) {
  CellView view;
  if (const auto* integer = std::get_if<std::int64_t>(&datum)) {
    view.kind = CellView::Kind::kInt;
    view.integer = *integer;
  } else if (const auto* real = std::get_if<double>(&datum)) {
    view.kind = CellView::Kind::kReal;
    view.real = *real;
  } else if (const auto* text = std::get_if<std::string>(&datum)) {
    view.kind = CellView::Kind::kText;
    view.bytes = *text;
  } else if (const auto* blob = std::get_if<Blob>(&datum)) {
    view.kind = CellView::Kind::kBlob;
    view.bytes = blob->bytes;
  }
  return view;
}

void append_element(std::string& out, const PostgresText& element) {
  if (out.size() > 1) out += ',';
  if (element.is_null) {
    out += "NULL";
    return;
  }
  out += '"';
  for (const char c : element.text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

}  // namespace

PostgresText encode_postgres(const Datum& datum, std::string_view type) { return encode_cell(view_of(datum), type); }

std::string encode_postgres_array(const std::vector<Datum>& items, std::string_view element_type) {
  std::string out = "{";
  for (const Datum& item : items) append_element(out, encode_postgres(item, element_type));
  return out + '}';
}

std::string encode_postgres_array(const plan::RowSet& rows, std::size_t column, std::string_view element_type) {
  std::string out = "{";
  for (std::size_t row = 0; row < rows.rows(); ++row) append_element(out, encode_cell(rows.at(row, column).view(), element_type));
  return out + '}';
}

Result<void> decode_postgres(std::uint32_t type_oid, std::string_view bytes, plan::RowSet& rows) {
  switch (type_oid) {
    case kBoolOid:
      rows.push_int(bytes == std::string_view("\1", 1) ? 1 : 0);
      return {};
    case kInt2Oid:
      rows.push_int(read_integer<std::int16_t>(bytes));
      return {};
    case kInt4Oid:
      rows.push_int(read_integer<std::int32_t>(bytes));
      return {};
    case kOidOid:
      rows.push_int(read_integer<std::uint32_t>(bytes));
      return {};
    case kInt8Oid:
    case kTimeOid:
      rows.push_int(read_integer<std::int64_t>(bytes));
      return {};
    case kFloat4Oid:
      rows.push_real(static_cast<double>(std::bit_cast<float>(read_integer<std::uint32_t>(bytes))));
      return {};
    case kFloat8Oid:
      rows.push_real(std::bit_cast<double>(read_integer<std::uint64_t>(bytes)));
      return {};
    case kNumericOid:
      rows.push_text(read_numeric(bytes));
      return {};
    case kTimestampOid:
    case kTimestampTzOid:
      return push_timestamp(read_integer<std::int64_t>(bytes), rows);
    case kDateOid:
      return push_date(read_integer<std::int32_t>(bytes), rows);
    case kIntervalOid:
      return push_interval(bytes, rows);
    case kByteaOid:
    case kUuidOid:
      rows.push_blob(bytes);
      return {};
    case kJsonbOid:
      // The first byte is the format's version.
      rows.push_text(bytes.empty() ? bytes : bytes.substr(1));
      return {};
    default:
      if (valid_utf8(bytes)) {
        rows.push_text(bytes);
      } else {
        rows.push_blob(bytes);
      }
      return {};
  }
}

}  // namespace kingpost::store
