#include "kingpost/interview/facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <vector>

namespace kingpost::interview {

namespace {

/// Takes the part before the first `separator` off `rest`.
std::string_view take_part(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

struct Comparison {
  std::string_view name;
  std::string_view sign;
  double bound = 0;
};

std::optional<Comparison> read_comparison(std::string_view word) {
  const std::size_t at = word.find_first_of("<>");
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t length = word.substr(at).starts_with(">=") || word.substr(at).starts_with("<=") ? 2 : 1;
  Comparison out{word.substr(0, at), word.substr(at, length), 0};
  const std::string_view digits = word.substr(at + length);
  std::from_chars(digits.data(), digits.data() + digits.size(), out.bound);
  return out;
}

bool word_holds(std::string_view word, const Facts& facts) {
  if (word.starts_with('!')) return !word_holds(word.substr(1), facts);
  const std::optional<Comparison> comparison = read_comparison(word);
  if (!comparison) return facts.words.contains(word);
  const auto found = facts.numbers.find(comparison->name);
  if (found == facts.numbers.end()) return false;
  if (comparison->sign == ">=") return found->second >= comparison->bound;
  if (comparison->sign == "<=") return found->second <= comparison->bound;
  return comparison->sign == ">" ? found->second > comparison->bound : found->second < comparison->bound;
}

bool term_holds(std::string_view term, const Facts& facts) {
  while (!term.empty()) {
    if (word_holds(take_part(term, '|'), facts)) return true;
  }
  return false;
}

double two_digits(double value) {
  const double unit = std::pow(10.0, std::floor(std::log10(value)) - 1);
  return std::round(value / unit) * unit;
}

std::string print_scaled(double value) {
  constexpr double kKilo = 1e3;
  constexpr double kMega = 1e6;
  constexpr double kGiga = 1e9;
  if (value >= kGiga) return fmt::format("{:.10g}G", value / kGiga);
  if (value >= kMega) return fmt::format("{:.10g}M", value / kMega);
  if (value >= kKilo) return fmt::format("{:.10g}k", value / kKilo);
  return fmt::format("{:.10g}", value);
}

}  // namespace

bool holds(std::string_view condition, const Facts& facts) {
  while (!condition.empty()) {
    const std::string_view term = take_part(condition, ' ');
    if (!term.empty() && !term_holds(term, facts)) return false;
  }
  return true;
}

std::string reasons(std::string_view condition, const Facts& facts) {
  std::vector<std::string> found;
  while (!condition.empty()) {
    std::string_view term = take_part(condition, ' ');
    while (!term.empty()) {
      const std::string_view word = take_part(term, '|');
      if (word.starts_with('!') || !word_holds(word, facts)) continue;
      const std::optional<Comparison> comparison = read_comparison(word);
      const auto made = facts.words.find(word);
      std::string answer =
          comparison ? fmt::format("{}={}", comparison->name, print_scaled(facts.numbers.find(comparison->name)->second)) : made->second;
      if (std::find(found.begin(), found.end(), answer) == found.end()) found.push_back(std::move(answer));
    }
  }
  return fmt::format("{}", fmt::join(found, ", "));
}

std::string print_count(double value) { return print_scaled(std::round(two_digits(std::max(value, 1.0)))); }

std::string print_rate(double value) {
  constexpr double kLeast = 0.1;
  return print_scaled(two_digits(std::max(value, kLeast)));
}

}  // namespace kingpost::interview
