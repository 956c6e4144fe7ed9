#include "kingpost/dialect/codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "kingpost/base/civil_time.hpp"
#include "kingpost/base/text.hpp"
#include "kingpost/dialect/codec_parts.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::dialect {

using ir::Scalar;
using ir::SqliteCodec;

namespace {

constexpr std::int64_t kMaxScaledDigits = 18;

tl::unexpected<Error> malformed(std::string_view type, std::string_view text) {
  constexpr std::size_t kShown = 40;
  const bool shown = text.size() <= kShown && valid_utf8(text);
  return fail(ErrorKind::kInvalidArgument, "22P02",
              shown ? fmt::format("invalid input syntax for type {}: \"{}\"", type, text) : fmt::format("invalid input syntax for type {}", type));
}

tl::unexpected<Error> out_of_range(std::string message) { return fail(ErrorKind::kInvalidArgument, "22003", std::move(message)); }

Result<Datum> encode_bool(const RawValue& raw) {
  if (raw.text == "true" || raw.text == "t" || raw.text == "1") return Datum(std::int64_t{1});
  if (raw.text == "false" || raw.text == "f" || raw.text == "0") return Datum(std::int64_t{0});
  return malformed("bool", raw.text);
}

Result<Datum> encode_integer(std::string_view text, const ir::LogicalType& type) {
  auto digits = text;
  if (!digits.empty() && digits.front() == '+') digits.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failure == std::errc::result_out_of_range) return out_of_range("The integer is beyond 64 bits.");
  if (failure != std::errc() || end != digits.data() + digits.size()) {
    // 3.0 and 1e3 are integers in JSON, whatever way they are written.
    const auto decimal = parse_decimal(text);
    if (!decimal) return decimal.error().code == "22003" ? Result<Datum>(fail(decimal.error())) : Result<Datum>(malformed("int", text));
    const auto whole = rescale(*decimal, 0);
    if (!whole) return malformed("int", text);
    if (whole->unscaled > std::numeric_limits<std::int64_t>::max() || whole->unscaled < std::numeric_limits<std::int64_t>::min()) {
      return out_of_range("The integer is beyond 64 bits.");
    }
    value = static_cast<std::int64_t>(whole->unscaled);
  }
  if (type.scalar == Scalar::kInt32 && (value > std::numeric_limits<std::int32_t>::max() || value < std::numeric_limits<std::int32_t>::min())) {
    return out_of_range("The integer is beyond 32 bits.");
  }
  return Datum(value);
}

Result<Datum> encode_float(std::string_view text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure == std::errc::result_out_of_range) return out_of_range("The number is beyond double precision.");
  if (failure != std::errc() || end != text.data() + text.size()) return malformed("float", text);
  if (!std::isfinite(value)) return out_of_range("NaN and infinities are not accepted.");
  return Datum(value);
}

Result<Datum> encode_uuid(const Uuid& uuid, const ir::Storage& storage, Database database) {
  if (database == Database::kSqlite && storage.sqlite == SqliteCodec::kUuidText) return Datum(print_uuid(uuid));
  std::string bytes(uuid.bytes.begin(), uuid.bytes.end());
  return Datum(Blob{std::move(bytes)});
}

Result<Datum> encode_timestamp(std::int64_t micros, const ir::Storage& storage, Database database) {
  if (database == Database::kSqlite && storage.sqlite == SqliteCodec::kTimestampText) {
    std::string text;
    append_timestamp(text, micros);
    text[10] = ' ';
    text.pop_back();
    return Datum(std::move(text));
  }
  if (database == Database::kSqlite && storage.sqlite == SqliteCodec::kUnixSeconds) {
    if (micros % kMicrosPerSecond != 0) return fail(ErrorKind::kInvalidArgument, "22007", "This column keeps whole seconds only.");
    return Datum(micros / kMicrosPerSecond);
  }
  return Datum(micros);
}

Datum encode_date(std::int32_t days) {
  std::string text;
  append_date(text, days);
  return Datum(std::move(text));
}

Result<Datum> encode_bytes(std::string bytes, const ir::LogicalType& type) {
  const auto most = type.max_length == 0 ? ir::kDefaultBytesLength : type.max_length;
  if (bytes.size() > most) return fail(ErrorKind::kInvalidArgument, "22001", fmt::format("value too long: at most {} bytes", most));
  return Datum(Blob{std::move(bytes)});
}

Result<Datum> encode_text(std::string_view text, const ir::LogicalType& type, const EncodeContext& context) {
  if (text.find('\0') != std::string_view::npos) return fail(ErrorKind::kInvalidArgument, "22021", "Text cannot hold U+0000.");
  if (!valid_utf8(text)) return fail(ErrorKind::kInvalidArgument, "22021", "Text must be well-formed UTF-8.");
  if (type.scalar == Scalar::kEnum) {
    if (context.system != nullptr && type.enumeration.valid()) {
      const auto& values = context.system->enums[type.enumeration.index()].values;
      if (std::find(values.begin(), values.end(), text) == values.end()) {
        auto error = malformed("enum", text);
        error.value().hint = fmt::format("Allowed values: {}.", fmt::join(values, ", "));
        return error;
      }
    }
    return Datum(std::string(text));
  }
  const auto most = type.max_length == 0 ? ir::kDefaultTextLength : type.max_length;
  if (text.size() > most && count_code_points(text) > most) {
    return fail(ErrorKind::kInvalidArgument, "22001", fmt::format("value too long: at most {} characters", most));
  }
  return Datum(std::string(text));
}

Result<Datum> encode_json(const RawValue& raw, const ir::LogicalType& type) {
  std::string quoted;
  if (raw.kind == RawValue::Kind::kText) append_json_string(quoted, raw.text);
  auto canonical = canonical_json(raw.kind == RawValue::Kind::kText ? quoted : raw.text);
  if (!canonical) return fail(canonical.error());
  if (type.scalar == Scalar::kList) {
    const auto most = type.max_length == 0 ? ir::kDefaultListItems : type.max_length;
    if (auto checked = check_list(*canonical, type, most); !checked) return fail(checked.error());
  }
  return Datum(std::move(*canonical));
}

Result<Datum> encode_civil(std::string_view text, const ir::LogicalType& type, const ir::Storage& storage, Database database) {
  switch (type.scalar) {
    case Scalar::kDate:
      if (const auto days = parse_date(text)) return encode_date(*days);
      return fail(ErrorKind::kInvalidArgument, "22007", "invalid input syntax for type date: write YYYY-MM-DD");
    case Scalar::kTime:
      if (const auto micros = parse_time(text)) return Datum(*micros);
      return fail(ErrorKind::kInvalidArgument, "22007", "invalid input syntax for type time: write HH:MM:SS");
    case Scalar::kTimestamp:
      if (const auto micros = parse_timestamp(text)) return encode_timestamp(*micros, storage, database);
      return fail(ErrorKind::kInvalidArgument, "22007", "invalid input syntax for type timestamp: write YYYY-MM-DDTHH:MM:SSZ (RFC 3339)");
    default:
      if (const auto micros = parse_duration(text)) return Datum(*micros);
      return fail(ErrorKind::kInvalidArgument, "22007", "invalid input syntax for type duration: write PT1H30M (ISO 8601, without months)");
  }
}

}  // namespace

Result<Datum> encode_decimal(const Decimal& value, const ir::LogicalType& type, const ir::Storage& storage, Database database) {
  const auto precision = type.precision == 0 ? kMaxDecimalDigits : type.precision;
  const auto scaled = rescale(value, type.scale);
  if (!scaled) return out_of_range(fmt::format("The number does not fit decimal({},{}) exactly.", precision, type.scale));
  Decimal limit{1, 0};
  for (std::uint32_t i = 0; i < precision; ++i) limit.unscaled *= 10;
  if (scaled->unscaled >= limit.unscaled || -scaled->unscaled >= limit.unscaled) {
    return out_of_range(fmt::format("The number does not fit decimal({},{}).", precision, type.scale));
  }
  if (database == Database::kPostgres || storage.sqlite == SqliteCodec::kDecimalText) return Datum(print_decimal(*scaled));
  if (storage.sqlite == SqliteCodec::kReal) return encode_float(print_decimal(*scaled));
  if (precision > kMaxScaledDigits &&
      (scaled->unscaled > std::numeric_limits<std::int64_t>::max() || scaled->unscaled < std::numeric_limits<std::int64_t>::min())) {
    return out_of_range("The number is beyond the 18 digits that SQLite keeps exactly.");
  }
  return Datum(static_cast<std::int64_t>(scaled->unscaled));
}

Result<Datum> encode(const RawValue& raw, const ir::LogicalType& type, const ir::Storage& storage, const EncodeContext& context) {
  if (raw.kind == RawValue::Kind::kAbsent || raw.kind == RawValue::Kind::kNull) return Datum();
  if (type.scalar == Scalar::kJson || type.scalar == Scalar::kList || type.scalar == Scalar::kRecord) return encode_json(raw, type);
  if (raw.kind == RawValue::Kind::kJson) return fail(ErrorKind::kInvalidArgument, "22P02", "An object or array cannot be stored here.");
  const bool number = raw.kind == RawValue::Kind::kNumber;
  const bool wants_number =
      type.scalar == Scalar::kInt64 || type.scalar == Scalar::kInt32 || type.scalar == Scalar::kFloat || type.scalar == Scalar::kDecimal;
  const bool wants_text = type.scalar == Scalar::kString || type.scalar == Scalar::kText;
  if (raw.kind == RawValue::Kind::kBool && type.scalar != Scalar::kBool && !wants_text) return malformed(scalar_name(type.scalar), raw.text);
  if (number && !wants_number && !wants_text) return malformed(scalar_name(type.scalar), raw.text);
  switch (type.scalar) {
    case Scalar::kBool:
      return encode_bool(raw);
    case Scalar::kInt64:
    case Scalar::kInt32:
      return encode_integer(raw.text, type);
    case Scalar::kFloat:
      return encode_float(raw.text);
    case Scalar::kDecimal: {
      const auto value = parse_decimal(raw.text);
      if (!value) return value.error().code == "22003" ? Result<Datum>(fail(value.error())) : Result<Datum>(malformed("decimal", raw.text));
      return encode_decimal(*value, type, storage, context.database);
    }
    case Scalar::kUuid:
      if (const auto uuid = parse_uuid(raw.text)) return encode_uuid(*uuid, storage, context.database);
      return malformed("uuid", raw.text);
    case Scalar::kDate:
    case Scalar::kTime:
    case Scalar::kTimestamp:
    case Scalar::kDuration:
      return encode_civil(raw.text, type, storage, context.database);
    case Scalar::kBytes: {
      auto bytes = decode_base64(raw.text);
      if (!bytes) return malformed("bytes (base64)", raw.text);
      return encode_bytes(std::move(*bytes), type);
    }
    default:
      return encode_text(raw.text, type, context);
  }
}

namespace {

/// A number of an expression as a decimal; a double by its shortest text, which is what was written.
std::optional<Decimal> as_decimal(const cel::Value& value) {
  if (const auto* decimal = std::get_if<Decimal>(&value.data)) return *decimal;
  if (const auto* integer = std::get_if<std::int64_t>(&value.data)) return Decimal{*integer, 0};
  if (const auto* natural = std::get_if<std::uint64_t>(&value.data)) return Decimal{static_cast<Int128>(*natural), 0};
  if (const auto* real = std::get_if<double>(&value.data)) {
    auto parsed = parse_decimal(fmt::format("{}", *real));
    if (parsed) return *parsed;
  }
  return std::nullopt;
}

Result<Datum> mismatch(Scalar scalar) {
  return fail(ErrorKind::kInvalidArgument, "22P02", fmt::format("The value is not of type {}.", scalar_name(scalar)));
}

Result<Datum> encode_number(const cel::Value& value, const ir::LogicalType& type, const ir::Storage& storage, Database database) {
  if (type.scalar == Scalar::kFloat) {
    if (const auto* real = std::get_if<double>(&value.data)) return std::isfinite(*real) ? Result<Datum>(Datum(*real)) : mismatch(type.scalar);
    const auto number = as_decimal(value);
    return number ? encode_float(print_decimal(*number)) : mismatch(type.scalar);
  }
  const auto number = as_decimal(value);
  if (!number) return mismatch(type.scalar);
  return type.scalar == Scalar::kDecimal ? encode_decimal(*number, type, storage, database) : encode_integer(print_decimal(*number), type);
}

Result<Datum> encode_text_value(const cel::Value& value, const ir::LogicalType& type, const ir::Storage& storage, const EncodeContext& context) {
  RawValue raw;
  if (const auto* text = std::get_if<std::string>(&value.data)) {
    raw.text = *text;
  } else if (const auto* name = std::get_if<cel::EnumValue>(&value.data)) {
    raw.text = name->name;
  } else if (const auto* json = std::get_if<cel::Json>(&value.data)) {
    raw = {RawValue::Kind::kJson, json->text};
  } else {
    return mismatch(type.scalar);
  }
  return encode(raw, type, storage, context);
}

}  // namespace

Result<Datum> encode(const cel::Value& value, const ir::LogicalType& type, const ir::Storage& storage, const EncodeContext& context) {
  if (value.is_null()) return Datum();
  if (const auto* record = std::get_if<cel::RecordPtr>(&value.data)) {
    const auto key = (*record)->key();
    return key ? encode(*key, type, storage, context) : Result<Datum>(fail(key.error()));
  }
  switch (type.scalar) {
    case Scalar::kBool:
      if (const auto* truth = std::get_if<bool>(&value.data)) return Datum(std::int64_t{*truth ? 1 : 0});
      return mismatch(type.scalar);
    case Scalar::kInt64:
    case Scalar::kInt32:
    case Scalar::kFloat:
    case Scalar::kDecimal:
      return encode_number(value, type, storage, context.database);
    case Scalar::kUuid:
      if (const auto* uuid = std::get_if<Uuid>(&value.data)) return encode_uuid(*uuid, storage, context.database);
      break;
    case Scalar::kDate:
      if (const auto* date = std::get_if<cel::Date>(&value.data)) return encode_date(date->days);
      break;
    case Scalar::kTime:
      if (const auto* time = std::get_if<cel::Time>(&value.data)) return Datum(time->micros);
      break;
    case Scalar::kTimestamp:
      if (const auto* time = std::get_if<cel::Timestamp>(&value.data)) return encode_timestamp(time->micros, storage, context.database);
      break;
    case Scalar::kDuration:
      if (const auto* duration = std::get_if<cel::Duration>(&value.data)) return Datum(duration->micros);
      break;
    case Scalar::kBytes:
      if (const auto* blob = std::get_if<Blob>(&value.data)) return encode_bytes(blob->bytes, type);
      break;
    default:
      break;
  }
  return encode_text_value(value, type, storage, context);
}

}  // namespace kingpost::dialect
