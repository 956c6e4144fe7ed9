#pragma once

#include <cstdint>

namespace kingpost {

/// Index of a source text inside a SourceMap.
using FileIndex = std::uint32_t;

/// A half-open region of a source text. Lines and columns count from 1, columns in bytes; line 0 means "no place".
struct Span {
  FileIndex file = 0;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::uint32_t end_line = 0;
  std::uint32_t end_column = 0;

  [[nodiscard]] bool known() const noexcept { return line != 0; }
  friend bool operator==(const Span&, const Span&) = default;
};

}  // namespace kingpost
