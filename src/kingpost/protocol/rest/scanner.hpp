#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "kingpost/base/result.hpp"

namespace kingpost::protocol::rest {

/// Walks a decoded query value; every parser of the dialect reads through one. Positions are bytes.
class Scanner {
 public:
  explicit Scanner(std::string_view text) noexcept : text_(text) {}

  [[nodiscard]] bool done() const noexcept { return at_ >= text_.size(); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const noexcept { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  [[nodiscard]] std::size_t position() const noexcept { return at_; }
  [[nodiscard]] std::string_view rest() const noexcept { return text_.substr(at_); }
  void skip(std::size_t count = 1) noexcept { at_ += count; }
  /// Consumes `literal` when it comes next.
  bool take(std::string_view literal) noexcept;
  void skip_blanks() noexcept;

  /// A name: letters, digits, `_ $` blanks and hyphens that do not begin an arrow, bytes above 127; or anything in double quotes.
  [[nodiscard]] Result<std::string> name();
  /// A value inside a list or tree: quoted with \" and \\, a {…} or (…) group kept whole, or up to the next `,` or `)`.
  [[nodiscard]] Result<std::string> list_value();
  [[nodiscard]] Error error(std::string_view expected) const;

 private:
  [[nodiscard]] Result<std::string> quoted();

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace kingpost::protocol::rest
