#include "kingpost/introspect/names.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace kingpost::introspect {
namespace {

constexpr std::size_t kMaxName = 56;  ///< leaves room for a suffix within the language's 63

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_vowel(char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'; }

}  // namespace

std::string model_name(std::string_view name, std::string_view otherwise) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (!is_upper(c) && !is_lower(c) && !is_digit(c)) {
      if (!out.empty() && out.back() != '_') out += '_';
      continue;
    }
    const bool after_small = i > 0 && (is_lower(name[i - 1]) || is_digit(name[i - 1]));
    const bool ends_capitals = i > 0 && is_upper(name[i - 1]) && i + 1 < name.size() && is_lower(name[i + 1]);
    if (is_upper(c) && (after_small || ends_capitals) && !out.empty() && out.back() != '_') out += '_';
    out += is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  if (out.empty()) out = otherwise;
  if (is_digit(out.front())) out = fmt::format("{}_{}", otherwise, out);
  return fit_model_name(std::move(out));
}

std::string fit_model_name(std::string name) {
  if (name.size() > kMaxName) name.resize(kMaxName);
  return name;
}

std::string plural_of(const std::string& name) {
  constexpr std::array<std::string_view, 5> kHissing = {"s", "x", "z", "ch", "sh"};
  if (name.size() > 1 && name.back() == 'y' && !is_vowel(name[name.size() - 2])) return name.substr(0, name.size() - 1) + "ies";
  for (const std::string_view ending : kHissing) {
    if (name.ends_with(ending)) return name + "es";
  }
  return name + 's';
}

std::string NameSet::take(const std::string& name) {
  std::string candidate = name;
  for (int i = 2; !names_.insert(candidate).second; ++i) candidate = fmt::format("{}_{}", name, i);
  return candidate;
}

}  // namespace kingpost::introspect
