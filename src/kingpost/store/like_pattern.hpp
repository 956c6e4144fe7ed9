#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kingpost::store {

/// Full case folding of the Unicode version that the pinned utf8proc knows; malformed text folds to itself.
[[nodiscard]] std::string fold_case(std::string_view text);

/// A compiled SQL LIKE pattern: `%` any text, `_` one code point, the escape character before a literal one.
class LikePattern {
 public:
  static constexpr std::size_t kMaxBytes = 4096;

  /// `escape` 0 means none. With `fold` the pattern is for texts that went through fold_case(). Empty when the pattern ends with its escape
  /// character or is longer than kMaxBytes.
  [[nodiscard]] static std::optional<LikePattern> compile(std::string_view pattern, char escape, bool fold);

  /// Whether all of `text` (UTF-8) matches.
  [[nodiscard]] bool matches(std::string_view text) const;
  [[nodiscard]] bool folds() const noexcept { return fold_; }

 private:
  enum class Kind { kLiteral, kOne, kMany };
  struct Part {
    Kind kind = Kind::kLiteral;
    std::string literal;
  };
  void add_literal(std::string_view bytes);
  [[nodiscard]] std::size_t resume_after(std::size_t star, std::string_view text, std::size_t from) const;

  std::vector<Part> parts_;
  bool fold_ = false;
};

}  // namespace kingpost::store
