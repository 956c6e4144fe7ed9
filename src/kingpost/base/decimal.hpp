#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kingpost/base/result.hpp"

namespace kingpost {

__extension__ using Int128 = __int128;

/// An exact decimal: unscaled × 10^-scale, at most 38 digits, scale 0…38. Arithmetic is checked and never rounds silently.
struct Decimal {
  Int128 unscaled = 0;
  std::uint32_t scale = 0;
};

inline constexpr std::uint32_t kMaxDecimalDigits = 38;

/// Reads `[-+]digits[.digits][e[-+]digits]`. Error 22P02 when malformed, 22003 when over 38 digits.
[[nodiscard]] Result<Decimal> parse_decimal(std::string_view text);
/// Prints with exactly `scale` fraction digits: {1230, 2} is "12.30".
[[nodiscard]] std::string print_decimal(const Decimal& value);
void append_decimal(std::string& out, std::int64_t unscaled, std::uint32_t scale);
/// The same number with another scale; empty when digits other than zero would be lost or it would overflow.
[[nodiscard]] std::optional<Decimal> rescale(const Decimal& value, std::uint32_t scale);
/// Rounded half to even to `scale`; empty on overflow.
[[nodiscard]] std::optional<Decimal> round_to(const Decimal& value, std::uint32_t scale);
[[nodiscard]] int compare(const Decimal& left, const Decimal& right);
[[nodiscard]] std::optional<Decimal> add(const Decimal& left, const Decimal& right);
[[nodiscard]] std::optional<Decimal> subtract(const Decimal& left, const Decimal& right);
[[nodiscard]] std::optional<Decimal> multiply(const Decimal& left, const Decimal& right);

}  // namespace kingpost
