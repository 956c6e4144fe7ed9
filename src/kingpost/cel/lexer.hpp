#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kingpost/base/diagnostic.hpp"

namespace kingpost::cel {

enum class TokenKind : std::uint8_t {
  kEnd,
  kIdent,
  kQuotedIdent,  ///< `name` between back quotes, only legal after a dot
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kPunctuation,
};

/// One lexical element. `text` is the decoded content (names, texts, punctuation) or, for a double, its normalised source.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint64_t magnitude = 0;  ///< kInt, kUint
  double number = 0;            ///< kDouble
  std::string text;
};

/// Maps byte offsets of an expression to spans of the file that holds it.
class Places {
 public:
  Places(std::string_view text, Span origin);
  [[nodiscard]] Span span(std::size_t begin, std::size_t end) const;

 private:
  [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> place(std::size_t offset) const;

  std::size_t size_;
  Span origin_;
  std::vector<std::size_t> line_starts_;
};

/// Splits `text`. The last token is kEnd; empty after an error (cel-syntax, cel-unsupported).
[[nodiscard]] std::vector<Token> lex(std::string_view text, const Places& places, Diagnostics& diagnostics);

[[nodiscard]] bool is_identifier(std::string_view text);
/// Words that CEL keeps for itself: legal after a dot, not as names.
[[nodiscard]] bool is_reserved(std::string_view text);

}  // namespace kingpost::cel
