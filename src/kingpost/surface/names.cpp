#include <cctype>

#include "kingpost/surface/surface.hpp"

namespace kingpost::surface {

namespace {

bool is_word_byte(char byte) { return std::isalnum(static_cast<unsigned char>(byte)) != 0; }

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

}  // namespace kingpost::surface
