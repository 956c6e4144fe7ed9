#include "kingpost/wire/http1_rules.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace kingpost::wire {
namespace {

constexpr std::array<bool, 256> make_token_table() {
  std::array<bool, 256> table{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}
constexpr std::array<bool, 256> kToken = make_token_table();

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_hex(char c) noexcept { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f'); }
constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }
constexpr bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_port(std::string_view text) noexcept {
  if (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), is_digit)) {
    return false;
  }
  unsigned value = 0;
  for (const char c : text) {
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value <= 65'535;
}

bool is_ipv6_literal(std::string_view text) noexcept {
  return text.size() >= 2 && text.size() <= 45 && text.find(':') != std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_hex(c) || c == ':' || c == '.'; });
}

bool is_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '.' || c == '-' || c == '_';
  });
}

}  // namespace

bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return kToken[static_cast<unsigned char>(c)]; });
}

bool is_field_value(std::string_view text) noexcept {
  return std::none_of(text.begin(), text.end(), [](char c) { return is_control(c) && c != '\t'; });
}

bool equal_ignoring_case(std::string_view left, std::string_view right) noexcept {
  return left.size() == right.size() && std::equal(left.begin(), left.end(), right.begin(), [](char a, char b) { return lower(a) == lower(b); });
}

bool is_host(std::string_view text) noexcept {
  if (!text.empty() && text.front() == '[') {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || !is_ipv6_literal(text.substr(1, end - 1))) {
      return false;
    }
    const std::string_view rest = text.substr(end + 1);
    return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return is_name(text);
  }
  return is_name(text.substr(0, colon)) && is_port(text.substr(colon + 1));
}

std::optional<std::uint64_t> parse_content_length(std::string_view text) noexcept {
  if (text.empty() || text.size() > 19 || !std::all_of(text.begin(), text.end(), is_digit)) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  for (const char c : text) {
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  // 19 digits stay below 2^64, so only the sign bit has to be asked for.
  return value >> 63 != 0 ? std::nullopt : std::optional(value);
}

bool list_holds(std::string_view list, std::string_view lower_token) noexcept {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view item = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    while (!item.empty() && is_blank(item.front())) {
      item.remove_prefix(1);
    }
    while (!item.empty() && is_blank(item.back())) {
      item.remove_suffix(1);
    }
    if (equal_ignoring_case(item, lower_token)) {
      return true;
    }
  }
  return false;
}

std::size_t find_control(std::string_view text, std::size_t from) noexcept {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  constexpr std::uint64_t kHigh = 0x8080808080808080ULL;
  std::size_t at = from;
  // Eight bytes at a time: a byte borrows into its high bit when it is below 0x20, or equal to 0x7f once that is turned to zero. A
  // borrow may also mark the byte above a hit, never below it, so the exact loop that follows finds the first.
  while (at + 8 <= text.size()) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    const std::uint64_t below = (word - kOnes * 0x20) & ~word & kHigh;
    const std::uint64_t rub = word ^ (kOnes * 0x7f);
    if ((below | ((rub - kOnes) & ~rub & kHigh)) != 0) {
      break;
    }
    at += 8;
  }
  while (at < text.size() && !is_control(text[at])) {
    ++at;
  }
  return at;
}

std::optional<std::string_view> origin_target(std::string_view method, std::string_view target, std::string_view host) noexcept {
  if (method == "CONNECT" || target.empty()) {
    return std::nullopt;
  }
  if (target.front() == '/') {
    return target;
  }
  if (target == "*") {
    return method == "OPTIONS" ? std::optional(target) : std::nullopt;
  }
  constexpr std::string_view kScheme = "http://";
  if (!equal_ignoring_case(target.substr(0, kScheme.size()), kScheme)) {
    return std::nullopt;
  }
  target.remove_prefix(kScheme.size());
  const std::size_t end = std::min(target.find_first_of("/?"), target.size());
  const std::string_view authority = target.substr(0, end);
  if (!is_host(authority) || (!host.empty() && !equal_ignoring_case(authority, host))) {
    return std::nullopt;
  }
  target.remove_prefix(end);
  if (target.empty()) {
    return std::string_view("/");
  }
  return target.front() == '/' ? std::optional(target) : std::nullopt;
}

}  // namespace kingpost::wire
