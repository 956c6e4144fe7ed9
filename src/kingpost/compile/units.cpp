#include "kingpost/compile/units.hpp"

#include <cmath>
#include <utility>

#include "kingpost/base/civil_time.hpp"
#include "kingpost/base/decimal.hpp"

namespace kingpost::compile {
namespace {

/// The number in front and what follows it.
std::optional<std::pair<double, std::string_view>> split_number(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && ((text[end] >= '0' && text[end] <= '9') || text[end] == '.')) ++end;
  const auto number = parse_decimal(text.substr(0, end));
  if (end == 0 || !number) return std::nullopt;
  const auto value = static_cast<double>(number->unscaled) / std::pow(10.0, number->scale);
  return std::pair(value, text.substr(end));
}

std::optional<double> factor_of(std::string_view suffix) {
  if (suffix.empty()) return 1;
  if (suffix == "k") return 1e3;
  if (suffix == "M") return 1e6;
  if (suffix == "G") return 1e9;
  return std::nullopt;
}

std::optional<double> seconds_of(std::string_view unit) {
  if (unit == "us") return 1e-6;
  if (unit == "ms") return 1e-3;
  if (unit == "s") return 1;
  if (unit == "m") return 60;
  if (unit == "h") return 3'600;
  if (unit == "d") return 86'400;
  return std::nullopt;
}

}  // namespace

std::optional<double> parse_count(std::string_view text) {
  const auto parts = split_number(text);
  if (!parts) return std::nullopt;
  const auto factor = factor_of(parts->second);
  return factor ? std::optional(parts->first * *factor) : std::nullopt;
}

std::optional<double> parse_rate_per_second(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto count = parse_count(text.substr(0, slash));
  const auto unit = seconds_of(text.substr(slash + 1));
  return count && unit ? std::optional(*count / *unit) : std::nullopt;
}

std::optional<double> parse_percent(std::string_view text) {
  const auto parts = split_number(text);
  if (!parts || parts->second != "%" || parts->first > 100) return std::nullopt;
  return parts->first;
}

std::optional<std::int64_t> parse_span_us(std::string_view text) {
  const auto parts = split_number(text);
  if (!parts) return std::nullopt;
  const auto unit = seconds_of(parts->second);
  if (!unit) return std::nullopt;
  const double micros = parts->first * *unit * 1e6;
  constexpr double kMost = 9e18;
  return micros < kMost ? std::optional(std::llround(micros)) : std::nullopt;
}

std::optional<std::int64_t> parse_keep_days(std::string_view text) {
  const auto parts = split_number(text);
  if (!parts || parts->second.empty() || parts->second.front() != ' ') return std::nullopt;
  auto unit = parts->second.substr(1);
  if (unit.ends_with('s')) unit.remove_suffix(1);
  const double days = unit == "day" ? 1 : unit == "week" ? 7 : unit == "month" ? 30.4375 : unit == "year" ? 365.25 : 0;
  if (days == 0) return std::nullopt;
  return std::llround(parts->first * days);
}

bool is_date(std::string_view text) { return parse_date(text).has_value(); }

}  // namespace kingpost::compile
