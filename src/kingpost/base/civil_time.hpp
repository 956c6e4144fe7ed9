#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kingpost {

/// Times are microseconds; timestamps since 1970-01-01T00:00:00Z, times since midnight; dates are days since 1970-01-01.
/// Years 0001…9999. Every parser returns empty when malformed or out of range.
inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;
/// Durations are within ±10,000 years of 365.25 days, CEL's range.
inline constexpr std::int64_t kMaxDurationMicros = 315'576'000'000 * kMicrosPerSecond;

/// RFC 3339, also with a blank for 'T', without seconds or their fraction, without offset (then UTC), or a date alone. Up to nine fraction
/// digits are read and rounded to microseconds; a leap second (60) is refused.
[[nodiscard]] std::optional<std::int64_t> parse_timestamp(std::string_view text);
[[nodiscard]] std::optional<std::int32_t> parse_date(std::string_view text);
[[nodiscard]] std::optional<std::int64_t> parse_time(std::string_view text);
/// ISO 8601 without years and months (PnWnDTnHnMnS, a fraction in seconds only) or CEL's form (720h, 1.5s, 1h30m, 10ms), either with a sign.
[[nodiscard]] std::optional<std::int64_t> parse_duration(std::string_view text);

/// The printers clamp values that are out of range. 2024-01-01T00:00:00Z, with as many fraction digits (0, 3 or 6) as needed.
void append_timestamp(std::string& out, std::int64_t micros);
void append_date(std::string& out, std::int32_t days);
void append_time(std::string& out, std::int64_t micros);
/// ISO 8601: P1DT2H3.5S, PT0S for zero, -PT1S for a negative one.
void append_duration(std::string& out, std::int64_t micros);

}  // namespace kingpost
