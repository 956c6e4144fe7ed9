#include "kingpost/emit/markdown.hpp"

#include <algorithm>

namespace kingpost::emit {
namespace {

constexpr std::string_view kMarkup = "\\`*_{}[]<#|~&";

bool backticks_pair_up(std::string_view text) {
  return text.find("``") == std::string_view::npos && std::count(text.begin(), text.end(), '`') % 2 == 0;
}

void append(std::string& out, char byte, char next, bool inside_code) {
  if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f) {
    out += ' ';
    return;
  }
  // `<` opens nothing before a blank.
  if (byte == '<' && next == ' ') {
    out += byte;
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
  // Only there does it open a quotation.
  if (text.starts_with('>')) out += '\\';
  bool inside = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '`' && spans) {
      inside = !inside;
      out += '`';
    } else {
      append(out, text[at], at + 1 < text.size() ? text[at + 1] : '\0', inside);
    }
  }
  return out;
}

std::string markdown_code(std::string_view name) {
  if (name.empty() || name.find('`') != std::string_view::npos) return markdown_text(name);
  std::string out = "`";
  for (const char byte : name) append(out, byte, '\0', true);
  return out + "`";
}

}  // namespace kingpost::emit
