#include "kingpost/emit/html.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace kingpost::emit {

namespace {

constexpr std::size_t kMaxSegmentBytes = 160;

bool plain(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' || byte == '-';
}

/// FNV-1a; tells apart long names, secures nothing.
std::uint64_t fingerprint(std::string_view text) {
  std::uint64_t hash = 14'695'981'039'346'656'037U;
  for (const char byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * 1'099'511'628'211U;
  return hash;
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char byte : text) {
    switch (byte) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default: {
        const auto code = static_cast<unsigned char>(byte);
        const bool forbidden = (code < 0x20 && code != '\n' && code != '\t') || code == 0x7F;
        if (forbidden) {
          out += "\xEF\xBF\xBD";
        } else {
          out += byte;
        }
      }
    }
  }
  return out;
}

std::string file_segment(std::string_view name) {
  std::string out;
  for (const char byte : name) {
    if (plain(byte)) {
      out += byte;
    } else {
      out += fmt::format("~{:02X}", static_cast<unsigned char>(byte));
    }
  }
  if (out.empty()) return "~";
  if (out.size() > kMaxSegmentBytes) out = fmt::format("{}~~{:016x}", out.substr(0, kMaxSegmentBytes - 18), fingerprint(name));
  return out;
}

}  // namespace kingpost::emit
