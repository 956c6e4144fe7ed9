#include <algorithm>
#include <cctype>

#include "kingpost/surface/surface.hpp"

namespace kingpost::surface {

namespace {

bool is_word_byte(char byte) { return std::isalnum(static_cast<unsigned char>(byte)) != 0; }

bool is_small(char byte) { return std::islower(static_cast<unsigned char>(byte)) != 0; }

bool is_capital(char byte) { return std::isupper(static_cast<unsigned char>(byte)) != 0; }

char upper(char byte) { return static_cast<char>(std::toupper(static_cast<unsigned char>(byte))); }

}  // namespace

std::string pascal_case(std::string_view name) {
  std::string out;
  bool start = true;
  for (const char byte : name) {
    if (!is_word_byte(byte)) {
      start = true;
      continue;
    }
    out += start ? upper(byte) : byte;
    start = false;
  }
  if (out.empty() || std::isdigit(static_cast<unsigned char>(out.front())) != 0) out.insert(out.begin(), '_');
  return out;
}

std::string snake_case(std::string_view name) {
  std::string out;
  for (const char byte : name) out += is_word_byte(byte) || byte == '_' ? byte : '_';
  if (out.empty() || std::isdigit(static_cast<unsigned char>(out.front())) != 0) out.insert(out.begin(), '_');
  return out;
}

std::string graphql_case(std::string_view name) {
  std::string out = snake_case(name);
  while (out.starts_with("__")) out.erase(out.begin());
  return out;
}

std::string word_case(std::string_view name) {
  std::string out;
  bool gap = false;
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (!is_word_byte(name[at])) {
      gap = true;
      continue;
    }
    // A capital starts a word after a small letter, and before one: AlbumId, HTTPCode.
    const bool after_small = at > 0 && is_small(name[at - 1]);
    const bool before_small = at > 0 && at + 1 < name.size() && is_small(name[at + 1]);
    if (is_capital(name[at]) && (after_small || before_small)) gap = true;
    if (gap && !out.empty()) out += '_';
    gap = false;
    out += static_cast<char>(std::tolower(static_cast<unsigned char>(name[at])));
  }
  if (out.empty()) return "unnamed";
  if (std::isdigit(static_cast<unsigned char>(out.front())) != 0) out.insert(out.begin(), 'n');
  return out;
}

std::string NameTable::folded(const std::string& name) const {
  if (fold_ == Fold::kExact) return name;
  std::string out;
  for (const char byte : name) {
    if (byte != '_') out += static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
  }
  return out;
}

std::string NameTable::claim(const std::string& wanted) { return claim(wanted, {}); }

std::string NameTable::claim(const std::string& wanted, std::initializer_list<std::string_view> suffixes) {
  const auto is_free = [&](const std::string& name) {
    if (taken_.contains(folded(name))) return false;
    return std::none_of(suffixes.begin(), suffixes.end(),
                        [&](std::string_view suffix) { return taken_.contains(folded(name + std::string(suffix))); });
  };
  std::string name = wanted;
  for (int number = 2; !is_free(name); ++number) name = wanted + (fold_ == Fold::kLoose ? "_" : "") + std::to_string(number);
  taken_.insert(folded(name));
  for (const std::string_view suffix : suffixes) taken_.insert(folded(name + std::string(suffix)));
  return name;
}

}  // namespace kingpost::surface
