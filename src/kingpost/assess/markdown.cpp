#include "kingpost/assess/markdown.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kingpost::assess {

std::string code(std::string_view name) {
  std::string out = "`";
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '|') {
      out += "\\|";
    } else {
      out += byte < 0x20U || byte == 0x7FU ? ' ' : c == '`' ? '\'' : c;
    }
  }
  return (name.empty() ? "` " : out) + '`';
}

std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20U || byte == 0x7FU) {
      out += ' ';
      continue;
    }
    if (c == '<') {
      out += "&lt;";
      continue;
    }
    if (std::string_view("\\`*_[]|#~!").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string prose(std::string_view sentence) {
  if (std::count(sentence.begin(), sentence.end(), '`') % 2 != 0) return plain(sentence);
  std::string out;
  for (std::size_t at = 0; at <= sentence.size();) {
    const std::size_t open = std::min(sentence.find('`', at), sentence.size());
    out += plain(sentence.substr(at, open - at));
    if (open == sentence.size()) break;
    const std::size_t close = sentence.find('`', open + 1);
    out += code(sentence.substr(open + 1, close - open - 1));
    at = close + 1;
  }
  return out;
}

std::string code_list(const std::vector<std::string>& names, std::size_t most) {
  std::string out;
  for (std::size_t at = 0; at < names.size() && at < most; ++at) out += (at == 0 ? "" : ", ") + code(names[at]);
  if (names.size() > most) out += fmt::format(" and {} more", names.size() - most);
  return out;
}

std::string counted(std::size_t count, std::string_view noun) { return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s"); }

}  // namespace kingpost::assess
