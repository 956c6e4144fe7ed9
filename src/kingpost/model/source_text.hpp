#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/base/limits.hpp"
#include "kingpost/base/span.hpp"

namespace kingpost::model {

/// Where each line of a text starts; turns byte offsets into places and back.
class LineIndex {
 public:
  explicit LineIndex(std::string_view text);
  /// The byte offset of a place, at most the text's length.
  [[nodiscard]] std::size_t offset(std::uint32_t line, std::uint32_t column) const noexcept;
  /// The span between two byte offsets.
  [[nodiscard]] Span span(FileIndex file, std::size_t begin, std::size_t end) const noexcept;
  [[nodiscard]] std::size_t lines() const noexcept { return starts_.size(); }

 private:
  std::size_t size_;
  std::vector<std::size_t> starts_;
};

/// Whether the text may be handed to the YAML reader: size, UTF-8, control characters, tabs in indentation. Diagnostics:
/// model-too-large, invalid-utf8, bad-character, yaml-tab.
[[nodiscard]] bool check_source_text(std::string_view text, FileIndex file, const Limits& limits, Diagnostics& diagnostics);

/// `text` without a leading byte order mark.
[[nodiscard]] std::string_view without_mark(std::string_view text) noexcept;

}  // namespace kingpost::model
