#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <iterator>

#include "kingpost/base/civil_time.hpp"
#include "kingpost/base/text.hpp"
#include "kingpost/dialect/codec.hpp"
#include "kingpost/dialect/codec_parts.hpp"

namespace kingpost::dialect {

using ir::Scalar;
using ir::SqliteCodec;
using Kind = CellView::Kind;

namespace {

void append_integer(std::string& out, std::int64_t value) {
  std::array<char, 24> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), end);
}

void append_real(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), end);
}

/// A REAL of an imported file as the decimal that it stands for; every digit of it when that is another number.
void append_real_decimal(std::string& out, double value, std::uint32_t scale) {
  constexpr double kExactBelow = 1e15;
  if (std::isfinite(value) && std::abs(value) < kExactBelow) {
    std::array<char, 64> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, static_cast<int>(scale)).ptr;
    double again = 0;
    std::from_chars(text.data(), end, again);
    if (std::abs(again - value) <= std::abs(value) * 1e-15) {
      out.append(text.data(), end);
      return;
    }
  }
  append_real(out, value);
}

bool is_number_text(std::string_view text) {
  if (text.empty()) return false;
  const auto digits = text.front() == '-' ? text.substr(1) : text;
  if (digits.empty() || digits.front() == '.' || digits.back() == '.') return false;
  bool dot = false;
  for (const char c : digits) {
    if (c == '.' && !dot) {
      dot = true;
    } else if (c < '0' || c > '9') {
      return false;
    }
  }
  return digits.size() == 1 || digits[0] != '0' || digits[1] == '.';
}

/// By storage class alone, for a cell that its codec does not expect.
void append_as_stored(std::string& out, const CellView& cell) {
  switch (cell.kind) {
    case Kind::kNull:
      out += "null";
      return;
    case Kind::kInt:
      append_integer(out, cell.integer);
      return;
    case Kind::kReal:
      append_real(out, cell.real);
      return;
    case Kind::kText:
      append_json_string(out, cell.bytes);
      return;
    case Kind::kBlob:
      out += '"';
      append_base64(out, cell.bytes);
      out += '"';
      return;
  }
}

void append_decimal_cell(std::string& out, const CellView& cell, const ir::LogicalType& type, const ir::Storage& storage) {
  if (cell.kind == Kind::kInt) {
    const bool scaled = storage.sqlite == SqliteCodec::kScaledInteger;
    if (scaled) {
      append_decimal(out, cell.integer, type.scale);
    } else {
      append_integer(out, cell.integer);
      if (type.scale > 0) out.append(".").append(type.scale, '0');
    }
  } else if (cell.kind == Kind::kReal) {
    append_real_decimal(out, cell.real, type.scale);
  } else if (cell.kind == Kind::kText && is_number_text(cell.bytes)) {
    out += cell.bytes;
  } else {
    append_as_stored(out, cell);
  }
}

std::int64_t timestamp_micros(std::int64_t stored, const ir::Storage& storage, Database database) {
  return database == Database::kSqlite && storage.sqlite == SqliteCodec::kUnixSeconds ? stored * kMicrosPerSecond : stored;
}

void append_civil(std::string& out, const CellView& cell, const ir::LogicalType& type, const ir::Storage& storage, Database database) {
  if (cell.kind == Kind::kText && type.scalar == Scalar::kTimestamp) {
    const auto micros = parse_timestamp(cell.bytes);
    if (!micros) return append_as_stored(out, cell);
    out += '"';
    append_timestamp(out, *micros);
    out += '"';
    return;
  }
  if (cell.kind != Kind::kInt) return append_as_stored(out, cell);
  out += '"';
  if (type.scalar == Scalar::kTimestamp) {
    append_timestamp(out, timestamp_micros(cell.integer, storage, database));
  } else if (type.scalar == Scalar::kTime) {
    append_time(out, cell.integer);
  } else {
    append_duration(out, cell.integer);
  }
  out += '"';
}

}  // namespace

void append_json(std::string& out, const CellView& cell, const ir::LogicalType& type, const ir::Storage& storage, Database database) {
  if (cell.kind == Kind::kNull) {
    out += "null";
    return;
  }
  switch (type.scalar) {
    case Scalar::kBool:
      if (cell.kind != Kind::kInt || (cell.integer != 0 && cell.integer != 1)) return append_as_stored(out, cell);
      out += cell.integer == 1 ? "true" : "false";
      return;
    case Scalar::kDecimal:
      return append_decimal_cell(out, cell, type, storage);
    case Scalar::kFloat:
      if (cell.kind == Kind::kInt) return append_integer(out, cell.integer);
      return append_as_stored(out, cell);
    case Scalar::kUuid:
      if (cell.kind != Kind::kBlob || cell.bytes.size() != 16) return append_as_stored(out, cell);
      {
        std::array<std::uint8_t, 16> bytes{};
        std::memcpy(bytes.data(), cell.bytes.data(), bytes.size());
        out += '"';
        append_uuid(out, bytes.data());
        out += '"';
      }
      return;
    case Scalar::kTime:
    case Scalar::kTimestamp:
    case Scalar::kDuration:
      return append_civil(out, cell, type, storage, database);
    case Scalar::kJson:
    case Scalar::kList:
    case Scalar::kRecord:
      if (cell.kind != Kind::kText || cell.bytes.empty()) return append_as_stored(out, cell);
      out += cell.bytes;
      return;
    default:
      return append_as_stored(out, cell);
  }
}

namespace {

tl::unexpected<Error> unreadable(const ir::LogicalType& type) {
  return fail(ErrorKind::kDataLoss, "kp-stored-value", fmt::format("A stored value cannot be read as {}.", scalar_name(type.scalar)));
}

Result<cel::Value> decode_decimal(const CellView& cell, const ir::LogicalType& type, const ir::Storage& storage) {
  if (cell.kind == Kind::kInt && storage.sqlite == SqliteCodec::kScaledInteger) return cel::Value{Decimal{cell.integer, type.scale}};
  std::string text(cell.bytes);
  if (cell.kind == Kind::kInt) append_integer(text, cell.integer);
  if (cell.kind == Kind::kReal) {
    if (!std::isfinite(cell.real)) return unreadable(type);
    fmt::format_to(std::back_inserter(text), "{:.{}f}", cell.real, type.scale);
  }
  const auto decimal = parse_decimal(text);
  if (!decimal) return unreadable(type);
  const auto rounded = round_to(*decimal, type.scale);
  return rounded ? Result<cel::Value>(cel::Value{*rounded}) : Result<cel::Value>(unreadable(type));
}

Result<cel::Value> decode_text(const CellView& cell, const ir::LogicalType& type) {
  std::string text(cell.bytes);
  switch (type.scalar) {
    case Scalar::kEnum:
      return cel::Value{cel::EnumValue{std::move(text)}};
    case Scalar::kJson:
    case Scalar::kList:
    case Scalar::kRecord: {
      auto canonical = canonical_json(text);
      return canonical ? Result<cel::Value>(cel::Value{cel::Json{std::move(*canonical)}}) : Result<cel::Value>(unreadable(type));
    }
    case Scalar::kUuid:
      if (const auto uuid = parse_uuid(text)) return cel::Value{*uuid};
      return unreadable(type);
    case Scalar::kDate:
      if (const auto days = parse_date(text)) return cel::Value{cel::Date{*days}};
      return unreadable(type);
    case Scalar::kTimestamp:
      if (const auto micros = parse_timestamp(text)) return cel::Value{cel::Timestamp{*micros}};
      return unreadable(type);
    case Scalar::kString:
    case Scalar::kText:
      return cel::Value{std::move(text)};
    default:
      return unreadable(type);
  }
}

Result<cel::Value> decode_integer(std::int64_t value, const ir::LogicalType& type, const ir::Storage& storage, Database database) {
  switch (type.scalar) {
    case Scalar::kBool:
      return cel::Value{value != 0};
    case Scalar::kInt64:
    case Scalar::kInt32:
      return cel::Value{value};
    case Scalar::kFloat:
      return cel::Value{static_cast<double>(value)};
    case Scalar::kTime:
      return cel::Value{cel::Time{value}};
    case Scalar::kTimestamp:
      return cel::Value{cel::Timestamp{timestamp_micros(value, storage, database)}};
    case Scalar::kDuration:
      return cel::Value{cel::Duration{value}};
    default:
      return unreadable(type);
  }
}

}  // namespace

Result<cel::Value> decode(const CellView& cell, const ir::LogicalType& type, const ir::Storage& storage, Database database) {
  if (cell.kind == Kind::kNull) return cel::Value{cel::Null{}};
  if (type.scalar == Scalar::kDecimal) return decode_decimal(cell, type, storage);
  switch (cell.kind) {
    case Kind::kInt:
      return decode_integer(cell.integer, type, storage, database);
    case Kind::kReal:
      return type.scalar == Scalar::kFloat ? Result<cel::Value>(cel::Value{cell.real}) : Result<cel::Value>(unreadable(type));
    case Kind::kText:
      return decode_text(cell, type);
    default:
      break;
  }
  if (type.scalar == Scalar::kBytes) return cel::Value{Blob{std::string(cell.bytes)}};
  if (type.scalar != Scalar::kUuid || cell.bytes.size() != 16) return unreadable(type);
  Uuid uuid;
  std::memcpy(uuid.bytes.data(), cell.bytes.data(), uuid.bytes.size());
  return cel::Value{uuid};
}

std::string_view scalar_name(Scalar scalar) {
  constexpr std::array<std::string_view, 17> kNames = {"bool", "int",       "int32",    "decimal", "float", "string", "text", "uuid",  "date",
                                                       "time", "timestamp", "duration", "json",    "bytes", "enum",   "list", "record"};
  return kNames[static_cast<std::size_t>(scalar)];
}

namespace {
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}  // namespace

void append_base64(std::string& out, std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const auto left = std::min<std::size_t>(bytes.size() - at, 3);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) group = group << 8U | (i < left ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) out += i <= left ? kBase64[group >> (18 - 6 * i) & 63U] : '=';
  }
}

std::optional<std::string> decode_base64(std::string_view text) {
  while (!text.empty() && text.back() == '=') {
    if (text.size() % 4 != 0 && text.size() % 4 != 3) return std::nullopt;
    text.remove_suffix(1);
  }
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t group = 0;
  std::uint32_t bits = 0;
  for (const char c : text) {
    const auto digit = kBase64.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    group = (group << 6U | static_cast<std::uint32_t>(digit)) & 0xFFFFU;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>(group >> bits & 0xFFU);
  }
  if ((group & ((1U << bits) - 1U)) != 0) return std::nullopt;
  return out;
}

}  // namespace kingpost::dialect
