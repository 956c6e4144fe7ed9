#include "kingpost/base/decimal.hpp"

#include <algorithm>
#include <array>

namespace kingpost {
namespace {

constexpr std::array<Int128, kMaxDecimalDigits + 1> make_powers() {
  std::array<Int128, kMaxDecimalDigits + 1> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}

// 10^0 … 10^38; the last still fits into 127 bits.
constexpr std::array<Int128, kMaxDecimalDigits + 1> kPowers = make_powers();

constexpr bool fits(Int128 unscaled) { return unscaled < kPowers[kMaxDecimalDigits] && unscaled > -kPowers[kMaxDecimalDigits]; }

constexpr Int128 magnitude(Int128 value) { return value < 0 ? -value : value; }

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The digits of a number while it is read: trailing zeros are held back, so that 1.000…0 with any number of zeros fits.
struct Digits {
  Int128 unscaled = 0;
  std::int64_t count = 0;
  std::int64_t pending_zeros = 0;
  bool overflow = false;

  void push(char c) {
    if (c == '0') {
      if (count > 0) ++pending_zeros;
      return;
    }
    const std::int64_t wanted = count + pending_zeros + 1;
    if (overflow || wanted > static_cast<std::int64_t>(kMaxDecimalDigits)) {
      overflow = true;
      return;
    }
    unscaled = unscaled * kPowers[static_cast<std::size_t>(pending_zeros + 1)] + (c - '0');
    count = wanted;
    pending_zeros = 0;
  }
};

struct Written {
  Digits digits;
  bool negative = false;
  std::int64_t fraction_digits = 0;
  std::int64_t exponent = 0;
};

constexpr std::int64_t kExponentCap = 1'000'000'000;

// The exponent after `e`, capped: any larger one overflows anyway. Empty when malformed.
std::optional<std::int64_t> read_exponent(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text.empty()) return std::nullopt;
  std::int64_t value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    value = std::min(value * 10 + (c - '0'), kExponentCap);
  }
  return negative ? -value : value;
}

std::optional<Written> read_number(std::string_view text) {
  Written written;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    written.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  std::size_t at = 0;
  while (at < text.size() && is_digit(text[at])) written.digits.push(text[at++]);
  if (at == 0) return std::nullopt;
  if (at < text.size() && text[at] == '.') {
    const std::size_t start = ++at;
    while (at < text.size() && is_digit(text[at])) written.digits.push(text[at++]);
    if (at == start) return std::nullopt;
    written.fraction_digits = static_cast<std::int64_t>(at - start);
  }
  if (at == text.size()) return written;
  if (text[at] != 'e' && text[at] != 'E') return std::nullopt;
  const auto exponent = read_exponent(text.substr(at + 1));
  if (!exponent) return std::nullopt;
  written.exponent = *exponent;
  return written;
}

Decimal strip_zeros(Decimal value) {
  while (value.scale > 0 && value.unscaled % 10 == 0) {
    value.unscaled /= 10;
    --value.scale;
  }
  return value;
}

std::optional<Decimal> add_aligned(const Decimal& left, const Decimal& right) {
  const std::uint32_t scale = std::max(left.scale, right.scale);
  const auto a = rescale(left, scale);
  const auto b = rescale(right, scale);
  if (!a || !b) return std::nullopt;
  Int128 sum = 0;
  if (__builtin_add_overflow(a->unscaled, b->unscaled, &sum) || !fits(sum)) return std::nullopt;
  return Decimal{sum, scale};
}

std::optional<Decimal> multiply_plain(const Decimal& left, const Decimal& right) {
  const std::uint32_t scale = left.scale + right.scale;
  Int128 product = 0;
  if (scale > kMaxDecimalDigits || __builtin_mul_overflow(left.unscaled, right.unscaled, &product) || !fits(product)) return std::nullopt;
  return Decimal{product, scale};
}

template <typename Unsigned>
void append_scaled(std::string& out, Unsigned value, bool negative, std::uint32_t scale) {
  std::array<char, 48> buffer{};
  std::size_t at = buffer.size();
  std::uint32_t written = 0;
  while (value != 0 || written <= scale) {
    if (written == scale && scale != 0) buffer[--at] = '.';
    buffer[--at] = static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
    ++written;
  }
  if (negative) buffer[--at] = '-';
  out.append(buffer.data() + at, buffer.size() - at);
}

}  // namespace

Result<Decimal> parse_decimal(std::string_view text) {
  const auto written = read_number(text);
  if (!written) return fail(ErrorKind::kInvalidArgument, "22P02", "The text is not a decimal number.");
  const Digits& digits = written->digits;
  constexpr auto kMost = static_cast<std::int64_t>(kMaxDecimalDigits);
  // Zeros at the end keep the scale as it was written when that fits.
  const std::int64_t wanted = std::clamp(written->fraction_digits - written->exponent, std::int64_t{0}, kMost);
  if (digits.count == 0) return Decimal{0, static_cast<std::uint32_t>(wanted)};
  const std::int64_t least = written->fraction_digits - written->exponent - digits.pending_zeros;
  const std::int64_t scale = std::min(wanted, kMost - digits.count + least);
  if (digits.overflow || scale < std::max(least, std::int64_t{0})) {
    return fail(ErrorKind::kOutOfRange, "22003", "The number has more than 38 digits.");
  }
  Int128 unscaled = digits.unscaled * kPowers[static_cast<std::size_t>(scale - least)];
  if (written->negative) unscaled = -unscaled;
  return Decimal{unscaled, static_cast<std::uint32_t>(scale)};
}

std::string print_decimal(const Decimal& value) {
  std::string out;
  const bool negative = value.unscaled < 0;
  __extension__ using Unsigned = unsigned __int128;
  append_scaled(out, static_cast<Unsigned>(magnitude(value.unscaled)), negative, std::min(value.scale, kMaxDecimalDigits));
  return out;
}

void append_decimal(std::string& out, std::int64_t unscaled, std::uint32_t scale) {
  const bool negative = unscaled < 0;
  const auto bits = static_cast<std::uint64_t>(unscaled);
  append_scaled(out, negative ? std::uint64_t{0} - bits : bits, negative, std::min(scale, kMaxDecimalDigits));
}

std::optional<Decimal> rescale(const Decimal& value, std::uint32_t scale) {
  if (scale > kMaxDecimalDigits || value.scale > kMaxDecimalDigits) return std::nullopt;
  if (scale < value.scale) {
    const Int128 power = kPowers[value.scale - scale];
    if (value.unscaled % power != 0) return std::nullopt;
    return Decimal{value.unscaled / power, scale};
  }
  Int128 unscaled = 0;
  if (__builtin_mul_overflow(value.unscaled, kPowers[scale - value.scale], &unscaled) || !fits(unscaled)) return std::nullopt;
  return Decimal{unscaled, scale};
}

std::optional<Decimal> round_to(const Decimal& value, std::uint32_t scale) {
  if (scale >= value.scale) return rescale(value, scale);
  if (value.scale > kMaxDecimalDigits) return std::nullopt;
  const Int128 power = kPowers[value.scale - scale];
  Int128 quotient = value.unscaled / power;
  const Int128 rest = magnitude(value.unscaled % power);
  const Int128 half = power / 2;
  if (rest > half || (rest == half && quotient % 2 != 0)) quotient += value.unscaled < 0 ? -1 : 1;
  return Decimal{quotient, scale};
}

int compare(const Decimal& left, const Decimal& right) {
  const Int128 left_power = kPowers[std::min(left.scale, kMaxDecimalDigits)];
  const Int128 right_power = kPowers[std::min(right.scale, kMaxDecimalDigits)];
  const Int128 left_whole = left.unscaled / left_power;
  const Int128 right_whole = right.unscaled / right_power;
  if (left_whole != right_whole) return left_whole < right_whole ? -1 : 1;
  // A rest is smaller than its own power of ten, so that aligned to the larger scale it stays below 10^38.
  Int128 left_rest = left.unscaled % left_power;
  Int128 right_rest = right.unscaled % right_power;
  if (left_power < right_power) left_rest *= right_power / left_power;
  if (right_power < left_power) right_rest *= left_power / right_power;
  if (left_rest == right_rest) return 0;
  return left_rest < right_rest ? -1 : 1;
}

std::optional<Decimal> add(const Decimal& left, const Decimal& right) {
  if (auto sum = add_aligned(left, right)) return sum;
  // Zeros at the end of a fraction must not cause an overflow.
  return add_aligned(strip_zeros(left), strip_zeros(right));
}

std::optional<Decimal> subtract(const Decimal& left, const Decimal& right) { return add(left, Decimal{-right.unscaled, right.scale}); }

std::optional<Decimal> multiply(const Decimal& left, const Decimal& right) {
  if (auto product = multiply_plain(left, right)) return product;
  return multiply_plain(strip_zeros(left), strip_zeros(right));
}

}  // namespace kingpost
