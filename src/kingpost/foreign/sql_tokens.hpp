#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/span.hpp"
#include "kingpost/foreign/sql_facts.hpp"

namespace kingpost::foreign {

enum class TokenKind : std::uint8_t { kWord, kQuoted, kBacktick, kBracket, kString, kDollar, kNumber, kOperator, kPunctuation };

/// A piece of SQL text by byte offsets. Comments are no tokens.
struct Token {
  TokenKind kind = TokenKind::kWord;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// One statement without its semicolon; its tokens are tokens[first_token, last_token) of the whole text.
struct StatementText {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::size_t first_token = 0;
  std::size_t last_token = 0;
  std::uint64_t copied_rows = 0;  ///< lines of data that followed a COPY … FROM stdin
};

/// A line comment: tools of migrations write their marks there.
struct CommentText {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

struct SplitText {
  std::vector<Token> tokens;
  std::vector<StatementText> statements;
  std::vector<CommentText> comments;
};

/// Parts a text into statements by the lexical rules of its database. Commands of psql and the data of COPY are skipped; a semicolon inside
/// parentheses, a dollar quote, BEGIN ATOMIC or a trigger's body ends nothing. Never fails: an unclosed quote runs to the end. Linear.
[[nodiscard]] SplitText split_sql(std::string_view text, SqlFlavour flavour);

/// Whether a token is this keyword, in any case of letters. `word` is lower case.
[[nodiscard]] bool is_word(std::string_view text, const Token& token, std::string_view word);
[[nodiscard]] bool is_mark(std::string_view text, const Token& token, char mark);
[[nodiscard]] std::string lower_case(std::string_view text);

/// Byte offsets of one text as lines and columns.
class Places {
 public:
  Places(std::string_view text, FileIndex file);
  [[nodiscard]] Span at(std::uint32_t begin, std::uint32_t end) const;

 private:
  std::vector<std::uint32_t> starts_;
  std::uint32_t size_ = 0;
  FileIndex file_ = 0;
};

}  // namespace kingpost::foreign
