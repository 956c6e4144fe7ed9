#include "kingpost/emit/markdown.hpp"

#include <algorithm>

namespace kingpost::emit {
namespace {

constexpr std::string_view kMarkup = "\\`*_{}[]<>#|~&";

bool backticks_pair_up(std::string_view text) {
  return text.find("``") == std::string_view::npos && std::count(text.begin(), text.end(), '`') % 2 == 0;
}

void append(std::string& out, char byte, bool inside_code) {
  if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f) {
    out += ' ';
    return;
  }
  // A table's cell ends at a bar even inside code.
  const bool escaped = inside_code ? byte == '|' : kMarkup.find(byte) != std::string_view::npos;
  if (escaped) out += '\\';
  out += byte;
}

}  // namespace

std::string markdown_text(std::string_view text) {
  const bool spans = backticks_pair_up(text);
  std::string out;
  out.reserve(text.size() + 8);
  bool inside = false;
  for (const char byte : text) {
    if (byte == '`' && spans) {
      inside = !inside;
      out += byte;
    } else {
      append(out, byte, inside);
    }
  }
  return out;
}

std::string markdown_code(std::string_view name) {
  if (name.empty() || name.find('`') != std::string_view::npos) return markdown_text(name);
  std::string out = "`";
  for (const char byte : name) append(out, byte, true);
  return out + "`";
}

}  // namespace kingpost::emit
