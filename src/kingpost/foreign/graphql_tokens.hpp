#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kingpost::foreign {

/// Lexical tokens of GraphQL (October 2021, §2.1). Commas, comments and blanks are passed over.
class GraphqlTokens {
 public:
  enum class Kind : std::uint8_t { kEnd, kName, kNumber, kString, kPunctuator, kBroken };

  explicit GraphqlTokens(std::string_view text) : text_(text) { next(); }

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  /// The token's text; of a string its raw inside.
  [[nodiscard]] std::string_view text() const noexcept { return token_; }
  [[nodiscard]] std::uint32_t line() const noexcept { return token_line_; }
  [[nodiscard]] std::uint32_t column() const noexcept { return token_column_; }
  [[nodiscard]] bool is(std::string_view word) const noexcept { return (kind_ == Kind::kName || kind_ == Kind::kPunctuator) && token_ == word; }
  void next();

 private:
  void pass_over();
  void take(Kind kind, std::size_t length);
  void string();
  void count_lines(std::size_t from, std::size_t to);

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
  Kind kind_ = Kind::kEnd;
  std::string_view token_;
  std::uint32_t token_line_ = 1;
  std::uint32_t token_column_ = 1;
};

}  // namespace kingpost::foreign
