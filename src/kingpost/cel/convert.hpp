#pragma once

#include <string>
#include <string_view>

#include "kingpost/cel/value.hpp"

namespace kingpost::cel {

/// Timestamps are within the years 0001…9999, durations within about 292 years, as in CEL's reference implementation.
inline constexpr std::int64_t kMaxDurationMicros = 9'223'372'036'854'775;
[[nodiscard]] bool timestamp_in_range(std::int64_t micros);
[[nodiscard]] bool duration_in_range(std::int64_t micros);

/// The conversion function `name` (int, string, timestamp, …) on one value. Errors: cel-conversion, cel-range, cel-overload.
[[nodiscard]] Result<Value> convert(std::string_view name, const Value& value);

/// getFullYear, getHours, … of a timestamp (shifted by `zone`: "UTC" or an offset like "+02:00") or the totals of a duration.
[[nodiscard]] Result<Value> time_part(std::string_view name, const Value& value, std::string_view zone);

/// CEL's name of a value's type: "int", "list", "google.protobuf.Timestamp".
[[nodiscard]] std::string type_name(const Value& value);

/// A JSON text as lists, maps, texts, numbers, bools and null. Error cel-conversion.
[[nodiscard]] Result<Value> json_to_value(std::string_view text);

}  // namespace kingpost::cel
