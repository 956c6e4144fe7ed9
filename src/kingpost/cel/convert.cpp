#include "kingpost/cel/convert.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "kingpost/base/civil_time.hpp"
#include "kingpost/base/text.hpp"
#include "kingpost/cel/operations.hpp"

namespace kingpost::cel {

namespace {

constexpr std::int64_t kMicrosPerMilli = 1'000;
constexpr std::int64_t kFirstSecond = -62'135'596'800;  // 0001-01-01T00:00:00Z
constexpr std::int64_t kLastSecond = 253'402'300'799;   // 9999-12-31T23:59:59Z

tl::unexpected<Error> range_error(std::string_view name) { return cel_error("cel-range", fmt::format("the value does not fit {}", name)); }

tl::unexpected<Error> text_error(std::string_view name, std::string_view text) {
  constexpr std::size_t kShown = 40;
  return cel_error("cel-conversion", fmt::format("'{}{}' is not a value of type {}", text.substr(0, kShown), text.size() > kShown ? "…" : "", name));
}

tl::unexpected<Error> no_conversion(std::string_view name, const Value& value) {
  return cel_error("cel-overload", fmt::format("{} cannot be made of a value of type {}", name, type_name(value)));
}

std::optional<std::int64_t> whole(const Decimal& decimal) {
  Int128 number = decimal.unscaled;
  for (std::uint32_t i = 0; i < decimal.scale; ++i) number /= 10;
  if (number < std::numeric_limits<std::int64_t>::min() || number > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

template <typename Number>
Result<Value> number_of_text(std::string_view name, std::string_view text) {
  std::string_view digits = text;
  if (digits.size() > 1 && digits.front() == '+' && digits[1] != '-') digits.remove_prefix(1);
  Number number{};
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (code == std::errc::result_out_of_range) return range_error(name);
  if (code != std::errc() || end != digits.data() + digits.size()) return text_error(name, text);
  return Value{number};
}

Result<Value> to_int(const Value& value) {
  if (std::holds_alternative<std::int64_t>(value.data)) return value;
  if (const auto* number = std::get_if<std::uint64_t>(&value.data)) {
    if (*number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return range_error("int");
    return Value{static_cast<std::int64_t>(*number)};
  }
  if (const auto* number = std::get_if<double>(&value.data)) {
    constexpr double kLimit = 9'223'372'036'854'775'808.0;
    if (!(*number > -kLimit && *number < kLimit)) return range_error("int");
    return Value{static_cast<std::int64_t>(*number)};
  }
  if (const auto* number = std::get_if<Decimal>(&value.data)) {
    const std::optional<std::int64_t> cut = whole(*number);
    if (!cut.has_value()) return range_error("int");
    return Value{*cut};
  }
  if (const auto* text = std::get_if<std::string>(&value.data)) return number_of_text<std::int64_t>("int", *text);
  if (const auto* point = std::get_if<Timestamp>(&value.data)) {
    const std::int64_t rest = point->micros % kMicrosPerSecond;
    return Value{point->micros / kMicrosPerSecond - (rest < 0 ? 1 : 0)};
  }
  return no_conversion("int", value);
}

Result<Value> to_uint(const Value& value) {
  if (std::holds_alternative<std::uint64_t>(value.data)) return value;
  if (const auto* number = std::get_if<std::int64_t>(&value.data)) {
    if (*number < 0) return range_error("uint");
    return Value{static_cast<std::uint64_t>(*number)};
  }
  if (const auto* number = std::get_if<double>(&value.data)) {
    constexpr double kLimit = 18'446'744'073'709'551'616.0;
    if (!(*number > -1.0 && *number < kLimit) || *number < 0) return range_error("uint");
    return Value{static_cast<std::uint64_t>(*number)};
  }
  if (const auto* number = std::get_if<Decimal>(&value.data)) {
    const std::optional<std::int64_t> cut = whole(*number);
    if (!cut.has_value() || *cut < 0) return range_error("uint");
    return Value{static_cast<std::uint64_t>(*cut)};
  }
  if (const auto* text = std::get_if<std::string>(&value.data)) return number_of_text<std::uint64_t>("uint", *text);
  return no_conversion("uint", value);
}

Result<Value> to_double(const Value& value) {
  if (std::holds_alternative<double>(value.data)) return value;
  if (const auto* number = std::get_if<std::int64_t>(&value.data)) return Value{static_cast<double>(*number)};
  if (const auto* number = std::get_if<std::uint64_t>(&value.data)) return Value{static_cast<double>(*number)};
  if (const auto* number = std::get_if<Decimal>(&value.data)) return number_of_text<double>("double", print_decimal(*number));
  if (const auto* text = std::get_if<std::string>(&value.data)) return number_of_text<double>("double", *text);
  return no_conversion("double", value);
}

Result<Value> to_exact(const Value& value) {
  if (std::holds_alternative<Decimal>(value.data)) return value;
  if (const auto* number = std::get_if<std::int64_t>(&value.data)) return Value{Decimal{*number, 0}};
  if (const auto* number = std::get_if<std::uint64_t>(&value.data)) return Value{Decimal{static_cast<Int128>(*number), 0}};
  if (const auto* text = std::get_if<std::string>(&value.data)) {
    Result<Decimal> decimal = parse_decimal(*text);
    if (!decimal.has_value()) return text_error("decimal", *text);
    return Value{*decimal};
  }
  return no_conversion("decimal", value);
}

std::string duration_text(std::int64_t micros) {
  const std::int64_t seconds = micros / kMicrosPerSecond;
  const std::int64_t fraction = micros % kMicrosPerSecond;
  if (fraction == 0) return fmt::format("{}s", seconds);
  std::string text = fmt::format("{}{}.{:06}", micros < 0 ? "-" : "", std::abs(seconds), std::abs(fraction));
  while (text.back() == '0') text.pop_back();
  return text + 's';
}

Result<Value> to_text(const Value& value) {
  struct Visitor {
    std::optional<std::string> operator()(bool data) const { return data ? "true" : "false"; }
    std::optional<std::string> operator()(std::int64_t data) const { return fmt::format("{}", data); }
    std::optional<std::string> operator()(std::uint64_t data) const { return fmt::format("{}", data); }
    std::optional<std::string> operator()(double data) const {
      if (std::isnan(data)) return "NaN";
      if (std::isinf(data)) return data > 0 ? "+Inf" : "-Inf";
      return fmt::format("{}", data);
    }
    std::optional<std::string> operator()(const Decimal& data) const { return print_decimal(data); }
    std::optional<std::string> operator()(const std::string& data) const { return data; }
    std::optional<std::string> operator()(const Blob& data) const {
      if (!valid_utf8(data.bytes)) return std::nullopt;
      return data.bytes;
    }
    std::optional<std::string> operator()(const Uuid& data) const { return print_uuid(data); }
    std::optional<std::string> operator()(const EnumValue& data) const { return data.name; }
    std::optional<std::string> operator()(const Date& data) const {
      std::string text;
      append_date(text, data.days);
      return text;
    }
    std::optional<std::string> operator()(const Time& data) const {
      std::string text;
      append_time(text, data.micros);
      return text;
    }
    std::optional<std::string> operator()(const Timestamp& data) const {
      std::string text;
      append_timestamp(text, data.micros);
      return text;
    }
    std::optional<std::string> operator()(const Duration& data) const { return duration_text(data.micros); }
    std::optional<std::string> operator()(const Null&) const { return std::nullopt; }
    std::optional<std::string> operator()(const Json&) const { return std::nullopt; }
    std::optional<std::string> operator()(const TypeValue&) const { return std::nullopt; }
    std::optional<std::string> operator()(const List&) const { return std::nullopt; }
    std::optional<std::string> operator()(const Map&) const { return std::nullopt; }
    std::optional<std::string> operator()(const RecordPtr&) const { return std::nullopt; }
  };
  std::optional<std::string> text = std::visit(Visitor{}, value.data);
  if (text.has_value()) return Value{*std::move(text)};
  if (std::holds_alternative<Blob>(value.data)) return cel_error("cel-conversion", "the bytes are not UTF-8");
  return no_conversion("string", value);
}

Result<Value> to_bool(const Value& value) {
  if (std::holds_alternative<bool>(value.data)) return value;
  const auto* text = std::get_if<std::string>(&value.data);
  if (text == nullptr) return no_conversion("bool", value);
  for (const std::string_view yes : {"1", "t", "true", "TRUE", "True"}) {
    if (*text == yes) return Value{true};
  }
  for (const std::string_view no : {"0", "f", "false", "FALSE", "False"}) {
    if (*text == no) return Value{false};
  }
  return text_error("bool", *text);
}

Result<Value> to_timestamp(const Value& value) {
  if (std::holds_alternative<Timestamp>(value.data)) return value;
  if (const auto* seconds = std::get_if<std::int64_t>(&value.data)) {
    if (*seconds < kFirstSecond || *seconds > kLastSecond) return range_error("timestamp");
    return Value{Timestamp{*seconds * kMicrosPerSecond}};
  }
  const auto* text = std::get_if<std::string>(&value.data);
  if (text == nullptr) return no_conversion("timestamp", value);
  const std::optional<std::int64_t> micros = parse_timestamp(*text);
  if (!micros.has_value() || !timestamp_in_range(*micros)) return text_error("timestamp", *text);
  return Value{Timestamp{*micros}};
}

std::int64_t floor_days(std::int64_t micros) { return micros / kMicrosPerDay - (micros % kMicrosPerDay < 0 ? 1 : 0); }

/// date, time, duration and uuid: each of itself, of a text, the first two also of a timestamp.
Result<Value> to_other(std::string_view name, const Value& value) {
  if (type_name(value) == name || (name == "duration" && std::holds_alternative<Duration>(value.data))) return value;
  if (const auto* point = std::get_if<Timestamp>(&value.data)) {
    const std::int64_t days = floor_days(point->micros);
    if (name == "date") return Value{Date{static_cast<std::int32_t>(days)}};
    if (name == "time") return Value{Time{point->micros - days * kMicrosPerDay}};
  }
  const auto* text = std::get_if<std::string>(&value.data);
  if (text == nullptr) return no_conversion(name, value);
  if (name == "date") {
    if (const std::optional<std::int32_t> days = parse_date(*text)) return Value{Date{*days}};
  } else if (name == "time") {
    if (const std::optional<std::int64_t> micros = parse_time(*text)) return Value{Time{*micros}};
  } else if (name == "uuid") {
    if (const std::optional<Uuid> uuid = parse_uuid(*text)) return Value{*uuid};
  } else if (const std::optional<std::int64_t> micros = parse_duration(*text); micros.has_value() && duration_in_range(*micros)) {
    return Value{Duration{*micros}};
  }
  return text_error(name, *text);
}

/// Microseconds east of UTC; only UTC and fixed offsets, because the zone database changes under a stored rule.
std::optional<std::int64_t> zone_offset(std::string_view zone) {
  if (zone.empty() || zone == "UTC" || zone == "Z") return 0;
  const bool west = zone.front() == '-';
  if (west || zone.front() == '+') zone.remove_prefix(1);
  if (zone.size() != 5 || zone[2] != ':') return std::nullopt;
  std::array<std::int64_t, 2> parts{};
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string_view digits = zone.substr(i * 3, 2);
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + 2, parts[i]);
    if (code != std::errc() || end != digits.data() + 2 || parts[i] < 0) return std::nullopt;
  }
  if (parts[0] > 23 || parts[1] > 59) return std::nullopt;
  const std::int64_t micros = (parts[0] * 60 + parts[1]) * 60 * kMicrosPerSecond;
  return west ? -micros : micros;
}

Result<Value> duration_part(std::string_view name, std::int64_t micros) {
  if (name == "getHours") return Value{micros / (3'600 * kMicrosPerSecond)};
  if (name == "getMinutes") return Value{micros / (60 * kMicrosPerSecond)};
  if (name == "getSeconds") return Value{micros / kMicrosPerSecond};
  if (name == "getMilliseconds") return Value{micros % kMicrosPerSecond / kMicrosPerMilli};
  return cel_error("cel-overload", fmt::format("a duration has no {}()", name));
}

}  // namespace

bool timestamp_in_range(std::int64_t micros) { return micros >= kFirstSecond * kMicrosPerSecond && micros < (kLastSecond + 1) * kMicrosPerSecond; }

bool duration_in_range(std::int64_t micros) { return micros >= -kMaxDurationMicros && micros <= kMaxDurationMicros; }

Result<Value> convert(std::string_view name, const Value& value) {
  if (name == "dyn") return value;
  if (name == "type") return Value{TypeValue{type_name(value)}};
  if (const auto* record = std::get_if<RecordPtr>(&value.data); record != nullptr && *record != nullptr) {
    const Result<Value> key = (*record)->key();
    if (!key.has_value() || std::holds_alternative<RecordPtr>(key->data)) return no_conversion(name, value);
    return convert(name, *key);
  }
  if (name == "int") return to_int(value);
  if (name == "uint") return to_uint(value);
  if (name == "double") return to_double(value);
  if (name == "decimal") return to_exact(value);
  if (name == "string") return to_text(value);
  if (name == "bool") return to_bool(value);
  if (name == "timestamp") return to_timestamp(value);
  if (name == "bytes") {
    if (std::holds_alternative<Blob>(value.data)) return value;
    if (const auto* text = std::get_if<std::string>(&value.data)) return Value{Blob{*text}};
    return no_conversion(name, value);
  }
  return to_other(name, value);
}

Result<Value> time_part(std::string_view name, const Value& value, std::string_view zone) {
  if (const auto* span = std::get_if<Duration>(&value.data)) return duration_part(name, span->micros);
  const auto* point = std::get_if<Timestamp>(&value.data);
  if (point == nullptr) return cel_error("cel-overload", fmt::format("a value of type {} has no {}()", type_name(value), name));
  const std::optional<std::int64_t> offset = zone_offset(zone);
  if (!offset.has_value()) return cel_error("cel-conversion", fmt::format("'{}' is neither UTC nor an offset like +02:00", zone.substr(0, 40)));
  const std::int64_t micros = point->micros + *offset;
  const std::int64_t day = floor_days(micros);
  const std::int64_t rest = micros - day * kMicrosPerDay;
  const std::chrono::sys_days days{std::chrono::days{day}};
  const std::chrono::year_month_day date{days};
  const auto number = [](auto part) { return Value{static_cast<std::int64_t>(part)}; };
  if (name == "getFullYear") return number(static_cast<int>(date.year()));
  if (name == "getMonth") return number(static_cast<unsigned>(date.month()) - 1);
  if (name == "getDate") return number(static_cast<unsigned>(date.day()));
  if (name == "getDayOfMonth") return number(static_cast<unsigned>(date.day()) - 1);
  if (name == "getDayOfWeek") return number(std::chrono::weekday{days}.c_encoding());
  if (name == "getDayOfYear") return number((days - std::chrono::sys_days{date.year() / std::chrono::January / 1}).count());
  if (name == "getHours") return number(rest / (3'600 * kMicrosPerSecond));
  if (name == "getMinutes") return number(rest / (60 * kMicrosPerSecond) % 60);
  if (name == "getSeconds") return number(rest / kMicrosPerSecond % 60);
  if (name == "getMilliseconds") return number(rest % kMicrosPerSecond / kMicrosPerMilli);
  return cel_error("cel-overload", fmt::format("a timestamp has no {}()", name));
}

std::string type_name(const Value& value) {
  constexpr std::array<std::string_view, 19> kNames = {"null_type",
                                                       "bool",
                                                       "int",
                                                       "uint",
                                                       "double",
                                                       "decimal",
                                                       "string",
                                                       "bytes",
                                                       "uuid",
                                                       "date",
                                                       "time",
                                                       "google.protobuf.Timestamp",
                                                       "google.protobuf.Duration",
                                                       "enum",
                                                       "json",
                                                       "type",
                                                       "list",
                                                       "map",
                                                       "record"};
  static_assert(std::variant_size_v<decltype(Value::data)> == kNames.size());
  return std::string(kNames[value.data.index()]);
}

}  // namespace kingpost::cel
