#include "kingpost/deploy/escape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace kingpost::deploy {

namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The length of the UTF-8 sequence at the beginning of `text`, 0 when it is broken; `code` becomes its scalar.
std::size_t decode(std::string_view text, std::uint32_t& code) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80) {
    code = first;
    return 1;
  }
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (length == 0 || first > 0xF4 || text.size() < length) return 0;
  code = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0U) != 0x80U) return 0;
    code = (code << 6) | (byte & 0x3FU);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  return overlong || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000) ? 0 : length;
}

/// Control characters, line and paragraph separators, directions that reorder a line, marks of order.
bool breaks_line(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029 || (code >= 0x200E && code <= 0x200F) ||
         (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF || code >= 0xFFFE;
}

}  // namespace

std::string dns_label(std::string_view text, std::size_t most, std::string_view fallback) {
  std::string out;
  for (const char raw : text) {
    const char c = raw >= 'A' && raw <= 'Z' ? static_cast<char>(raw - 'A' + 'a') : raw;
    if (is_lower(c) || (is_digit(c) && !out.empty())) {
      out += c;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  out.resize(std::min(out.size(), most));
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out.empty() ? std::string(fallback) : out;
}

std::string one_line(std::string_view text, std::size_t most) {
  std::string out;
  while (!text.empty()) {
    std::uint32_t code = 0;
    const std::size_t length = decode(text, code);
    const bool good = length > 0 && !breaks_line(code);
    const std::string_view piece = good ? text.substr(0, length) : " ";
    if (out.size() + piece.size() > most) break;
    if (piece != " " || (!out.empty() && out.back() != ' ')) out += piece;
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string yaml_quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    std::uint32_t code = 0;
    const std::size_t length = decode(text, code);
    if (length == 0) {
      out += "\\uFFFD";
    } else if (code == '"' || code == '\\') {
      out += {'\\', text.front()};
    } else if (breaks_line(code)) {
      out += code > 0xFFFF ? std::string("\\uFFFD") : fmt::format("\\u{:04X}", code);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out + "\"";
}

std::string shell_quoted(std::string_view text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z') || std::string_view("_./:=,@+-").find(c) != std::string_view::npos;
  });
  if (plain) return std::string(text);
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string systemd_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '%' || c == '$') out += c;
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  }
  return out + "\"";
}

std::string dollars_doubled(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '$') out += '$';
    out += c;
  }
  return out;
}

std::string expressions_quoted(std::string_view text) {
  constexpr std::string_view kOpening = "${{";
  std::string out;
  for (std::size_t at = text.find(kOpening); at != std::string_view::npos; at = text.find(kOpening)) {
    out += text.substr(0, at);
    out += "${{ '${{' }}";
    text.remove_prefix(at + kOpening.size());
  }
  return out += text;
}

std::string_view env_name(std::string_view text) {
  if (text.starts_with("bearer(") && text.ends_with(")")) text = text.substr(7, text.size() - 8);
  if (!text.starts_with("env(") || !text.ends_with(")")) return {};
  text = text.substr(4, text.size() - 5);
  const auto good = [](char c) { return is_lower(c) || is_digit(c) || (c >= 'A' && c <= 'Z') || c == '_'; };
  return text.empty() || text.size() > 128 || is_digit(text.front()) || !std::all_of(text.begin(), text.end(), good) ? std::string_view{} : text;
}

std::string fill(std::string_view text, Values values) {
  std::string out;
  out.reserve(text.size() * 2);
  for (;;) {
    const std::size_t at = text.find('@');
    const std::size_t end = at == std::string_view::npos ? at : text.find('@', at + 1);
    if (end == std::string_view::npos) return out += text;
    const std::string_view name = text.substr(at + 1, end - at - 1);
    const auto found = std::find_if(values.begin(), values.end(), [&](const auto& value) { return value.first == name; });
    out += text.substr(0, at);
    if (found == values.end()) {
      // Perhaps the second @ begins a name.
      out += text.substr(at, end - at);
      text.remove_prefix(end);
    } else {
      out += found->second;
      text.remove_prefix(end + 1);
    }
  }
}

}  // namespace kingpost::deploy
