#include "kingpost/model/format_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace kingpost::model {
namespace {

std::size_t indent_of(std::string_view line) { return std::min(line.size(), line.find_first_not_of(' ')); }
bool is_blank(std::string_view line) { return line.find_first_not_of(" \t") == std::string_view::npos; }

std::string_view trimmed_end(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\r");
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

std::string double_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

std::string_view SourceLines::line(std::uint32_t number) const {
  if (number == 0 || number > index_.lines()) return {};
  const std::size_t begin = index_.offset(number, 1);
  return text_.substr(begin, std::min(text_.size(), text_.find('\n', begin)) - begin);
}

bool SourceLines::blank_before(std::uint32_t number) const { return number > 1 && is_blank(line(number - 1)); }

std::string_view SourceLines::slice(const Span& span) const {
  const std::size_t begin = index_.offset(span.line, span.column);
  const std::size_t end = index_.offset(span.end_line, span.end_column);
  return text_.substr(begin, end > begin ? end - begin : 0);
}

bool SourceLines::starts_block_scalar(const Span& span) const {
  const std::size_t at = index_.offset(span.line, span.column);
  return at < text_.size() && (text_[at] == '|' || text_[at] == '>');
}

std::uint32_t SourceLines::block_end(const Span& span, std::uint32_t parent_column, std::size_t& content_indent) const {
  const std::string_view header = line(span.line).substr(span.column - 1);
  content_indent = 0;
  for (const char c : header.substr(0, 3)) {
    if (c >= '1' && c <= '9') content_indent = parent_column - 1 + static_cast<std::size_t>(c - '0');
  }
  std::uint32_t end = span.line + 1;
  for (; end <= index_.lines(); ++end) {
    const std::string_view text = line(end);
    if (is_blank(text)) continue;
    if (content_indent == 0) {
      if (indent_of(text) < parent_column) break;
      content_indent = indent_of(text);
    }
    if (indent_of(text) < content_indent) break;
  }
  while (end > span.line + 1 && end - 1 == index_.lines() && line(end - 1).empty()) --end;
  return end;
}

BlockText SourceLines::block_scalar(const Span& span, std::uint32_t parent_column) const {
  BlockText block;
  std::size_t content_indent = 0;
  const std::uint32_t end = block_end(span, parent_column, content_indent);
  const std::string_view header = line(span.line).substr(span.column - 1);
  bool explicit_indent = false;
  for (const char c : header.substr(0, std::min<std::size_t>(3, header.find(' ')))) {
    explicit_indent = explicit_indent || (c >= '1' && c <= '9');
    if (c == '+') block.keeps_blank_lines = true;
  }
  block.header = header.substr(0, 1);
  if (explicit_indent) block.header += '2';
  const std::string_view marks = header.substr(1, 2);
  if (block.keeps_blank_lines) block.header += '+';
  if (!block.keeps_blank_lines && marks.substr(0, marks.find(' ')).find('-') != std::string_view::npos) block.header += '-';
  for (std::uint32_t number = span.line + 1; number < end; ++number) {
    const std::string_view text = line(number);
    block.lines.emplace_back(content_indent > 0 && text.size() > content_indent ? text.substr(content_indent) : std::string_view());
  }
  while (!block.keeps_blank_lines && !block.lines.empty() && block.lines.back().empty()) block.lines.pop_back();
  return block;
}

void SourceLines::collect(const Node& node, std::uint32_t parent_column, std::vector<Region>& regions) const {
  if (node.is_scalar() && node.quoted) {
    const std::size_t begin = index_.offset(node.span.line, node.span.column);
    if (!starts_block_scalar(node.span)) {
      regions.push_back({begin, index_.offset(node.span.end_line, node.span.end_column)});
      return;
    }
    std::size_t content_indent = 0;
    const std::uint32_t end = block_end(node.span, parent_column, content_indent);
    regions.push_back({index_.offset(node.span.line + 1, 1), index_.offset(end, 1)});
  }
  for (const Member& member : node.members) {
    const std::size_t begin = index_.offset(member.key_span.line, member.key_span.column);
    if (begin < text_.size() && (text_[begin] == '"' || text_[begin] == '\''))
      regions.push_back({begin, index_.offset(member.key_span.end_line, member.key_span.end_column)});
    collect(member.value, member.key_span.column, regions);
  }
  for (const Node& item : node.items) collect(item, node.span.column, regions);
}

std::vector<Comment> SourceLines::comments(const Node& root) const {
  std::vector<Region> regions;
  collect(root, 0, regions);
  std::vector<Comment> comments;
  std::size_t region = 0;
  for (std::uint32_t number = 1; number <= index_.lines(); ++number) {
    const std::size_t begin = index_.offset(number, 1);
    const std::string_view text = line(number);
    for (std::size_t at = text.find('#'); at != std::string_view::npos; at = text.find('#', at + 1)) {
      while (region < regions.size() && regions[region].end <= begin + at) ++region;
      if (region < regions.size() && regions[region].begin <= begin + at) continue;
      if (at > 0 && text[at - 1] != ' ' && text[at - 1] != '\t') continue;
      comments.push_back({number, static_cast<std::uint32_t>(at + 1), std::string(trimmed_end(text.substr(at)))});
      break;
    }
  }
  return comments;
}

std::string unix_lines(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 1);
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\r' || at + 1 >= text.size() || text[at + 1] != '\n') out += text[at];
  }
  if (!out.empty() && out.back() != '\n') out += '\n';
  return out;
}

std::string print_key(std::string_view written, const std::string& key) {
  const bool plain = !key.empty() && key.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") == std::string::npos &&
                     key != "null" && key != "Null" && key != "NULL";
  if (plain) return key;
  return std::string(written);
}

std::string print_scalar(const Node& node, std::size_t indent) {
  if (!node.quoted) {
    std::string out;
    for (const char c : node.text) {
      if (c != '\n') {
        out += c;
        continue;
      }
      if (out.empty() || out.back() != '\n') out += '\n';
      out += '\n';
    }
    std::string indented;
    for (std::size_t i = 0; i < out.size(); ++i) {
      indented += out[i];
      if (out[i] == '\n' && i + 1 < out.size() && out[i + 1] != '\n') indented.append(indent, ' ');
    }
    return indented;
  }
  const bool single =
      std::all_of(node.text.begin(), node.text.end(), [](char c) { return c != '\'' && static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
  return single ? fmt::format("'{}'", node.text) : double_quoted(node.text);
}

}  // namespace kingpost::model
