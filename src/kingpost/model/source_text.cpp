#include "kingpost/model/source_text.hpp"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>

namespace kingpost::model {
namespace {

constexpr std::size_t kMaxTabReports = 20;

bool check_characters(std::string_view text, FileIndex file, const LineIndex& lines, Diagnostics& diagnostics) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  std::size_t at = 0;
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) {
      const bool line_end = byte == '\n' || (byte == '\r' && at + 1 < text.size() && text[at + 1] == '\n');
      if ((byte < 0x20 && byte != '\t' && !line_end) || byte == 0x7f) {
        diagnostics.error("bad-character", lines.span(file, at, at + 1),
                          fmt::format("The control character U+{:04X} is not allowed in a model.", byte),
                          "Remove it, or write it as an escape inside double quotes.");
        return false;
      }
      ++at;
      continue;
    }
    utf8proc_int32_t point = 0;
    const auto length = utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &point);
    if (length <= 0) {
      diagnostics.error("invalid-utf8", lines.span(file, at, at + 1), fmt::format("The byte 0x{:02X} is not valid UTF-8.", byte),
                        "Save the file as UTF-8.");
      return false;
    }
    at += static_cast<std::size_t>(length);
  }
  return true;
}

bool check_tabs(std::string_view text, FileIndex file, const LineIndex& lines, Diagnostics& diagnostics) {
  std::size_t found = 0;
  bool in_indent = true;
  for (std::size_t at = 0; at < text.size() && found < kMaxTabReports; ++at) {
    if (text[at] == '\n') {
      in_indent = true;
    } else if (text[at] == '\t' && in_indent) {
      const Span span = lines.span(file, at, at + 1);
      diagnostics.add({Severity::kError, "yaml-tab", "A tab cannot indent YAML.", span, "Indent with two spaces.", TextEdit{span, "  "}});
      ++found;
      in_indent = false;
    } else if (text[at] != ' ') {
      in_indent = false;
    }
  }
  return found == 0;
}

}  // namespace

LineIndex::LineIndex(std::string_view text) : size_(text.size()), starts_{0} {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\n') starts_.push_back(at + 1);
  }
}

std::size_t LineIndex::offset(std::uint32_t line, std::uint32_t column) const noexcept {
  if (line == 0) return 0;
  if (line > starts_.size()) return size_;
  return std::min(size_, starts_[line - 1] + (column == 0 ? 0 : column - 1));
}

Span LineIndex::span(FileIndex file, std::size_t begin, std::size_t end) const noexcept {
  const auto place = [this](std::size_t at) {
    const auto next = std::upper_bound(starts_.begin(), starts_.end(), std::min(at, size_));
    const auto line = static_cast<std::size_t>(next - starts_.begin());
    return std::pair{static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(std::min(at, size_) - starts_[line - 1] + 1)};
  };
  const auto [line, column] = place(begin);
  const auto [end_line, end_column] = place(std::max(begin, end));
  return {file, line, column, end_line, end_column};
}

bool check_source_text(std::string_view text, FileIndex file, const Limits& limits, Diagnostics& diagnostics) {
  if (static_cast<std::int64_t>(text.size()) > limits.model_bytes) {
    diagnostics.error("model-too-large", {file, 1, 1, 1, 1},
                      fmt::format("The model holds {} bytes; at most {} are read.", text.size(), limits.model_bytes),
                      "Split the system, or raise the limit model_bytes.");
    return false;
  }
  const LineIndex lines(text);
  if (!check_characters(text, file, lines, diagnostics)) return false;
  return check_tabs(text, file, lines, diagnostics);
}

std::string_view without_mark(std::string_view text) noexcept {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.substr(0, kMark.size()) == kMark) text.remove_prefix(kMark.size());
  return text;
}

}  // namespace kingpost::model
