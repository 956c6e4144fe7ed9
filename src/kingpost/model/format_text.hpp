#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kingpost/model/source_text.hpp"
#include "kingpost/model/tree.hpp"

namespace kingpost::model {

/// A comment with its `#`, without trailing blanks. Line and column count from 1.
struct Comment {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string text;
};

/// A block scalar: its header (`|`, `>-`, …) and its lines without their common indentation.
struct BlockText {
  std::string header;
  std::vector<std::string> lines;
  bool keeps_blank_lines = false;
};

/// A model text by lines, with what the tree does not hold: comments, blank lines, the text of block scalars. The text must outlive it.
class SourceLines {
 public:
  explicit SourceLines(std::string_view text) : text_(text), index_(text) {}

  /// The comments outside of quoted and block scalars, in order.
  [[nodiscard]] std::vector<Comment> comments(const Node& root) const;
  [[nodiscard]] bool blank_before(std::uint32_t line) const;
  [[nodiscard]] std::string_view slice(const Span& span) const;
  [[nodiscard]] bool starts_block_scalar(const Span& span) const;
  /// `parent_column`: the column of the key or dash that the scalar belongs to.
  [[nodiscard]] BlockText block_scalar(const Span& span, std::uint32_t parent_column) const;

 private:
  struct Region {
    std::size_t begin;
    std::size_t end;
  };
  [[nodiscard]] std::string_view line(std::uint32_t number) const;
  [[nodiscard]] std::uint32_t block_end(const Span& span, std::uint32_t parent_column, std::size_t& content_indent) const;
  void collect(const Node& node, std::uint32_t parent_column, std::vector<Region>& regions) const;

  std::string_view text_;
  LineIndex index_;
};

/// The text with every CR LF as LF, and a line end at its end.
[[nodiscard]] std::string unix_lines(std::string_view text);
/// A key as it is written canonically: without quotes where it needs none.
[[nodiscard]] std::string print_key(std::string_view written, const std::string& key);
/// A plain or quoted scalar in canonical quoting; a plain text with paragraphs goes on in lines of the given indentation.
[[nodiscard]] std::string print_scalar(const Node& node, std::size_t indent);

}  // namespace kingpost::model
