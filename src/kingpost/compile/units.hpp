#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace kingpost::compile {

/// `100k`, `1M`, `1.5G`, `250`: a count.
[[nodiscard]] std::optional<double> parse_count(std::string_view text);
/// `1500/s`, `90k/d`: a rate in calls per second.
[[nodiscard]] std::optional<double> parse_rate_per_second(std::string_view text);
/// `99.95%`: a percentage from 0 to 100.
[[nodiscard]] std::optional<double> parse_percent(std::string_view text);
/// `200ms`, `10s`, `1h`, `7d`, `50us`: a duration in microseconds.
[[nodiscard]] std::optional<std::int64_t> parse_span_us(std::string_view text);
/// `36 months`, `90 days`, `10 years`: days, a month as 30.4375 of them, rounded.
[[nodiscard]] std::optional<std::int64_t> parse_keep_days(std::string_view text);
/// `2027-01-01` that exists in the calendar.
[[nodiscard]] bool is_date(std::string_view text);

}  // namespace kingpost::compile
