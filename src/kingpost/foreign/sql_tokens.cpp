#include "kingpost/foreign/sql_tokens.hpp"

#include <algorithm>

namespace kingpost::foreign {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

class Splitter {
 public:
  Splitter(std::string_view text, SqlFlavour flavour) : text_(text.substr(0, UINT32_MAX - 1)), flavour_(flavour) {}

  SplitText run() {
    while (at_ < text_.size()) step();
    finish(at_);
    return std::move(split_);
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  [[nodiscard]] bool inside() const { return split_.tokens.size() > first_token_; }

  void skip_line() {
    while (at_ < text_.size() && text_[at_] != '\n') ++at_;
  }

  bool skip_comment() {
    const bool hash = flavour_ == SqlFlavour::kMysql && peek() == '#';
    if (hash || (peek() == '-' && peek(1) == '-')) {
      const std::size_t begin = at_;
      skip_line();
      split_.comments.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_)});
      return true;
    }
    if (peek() != '/' || peek(1) != '*') return false;
    // Comments nest in PostgreSQL alone.
    int depth = 0;
    while (at_ < text_.size()) {
      if (peek() == '/' && peek(1) == '*' && (depth == 0 || flavour_ == SqlFlavour::kPostgres)) {
        ++depth;
        at_ += 2;
      } else if (peek() == '*' && peek(1) == '/') {
        at_ += 2;
        if (--depth == 0) break;
      } else {
        ++at_;
      }
    }
    at_ = std::min(at_, text_.size());
    return true;
  }

  void add(TokenKind kind, std::size_t begin) {
    at_ = std::min(at_, text_.size());
    if (!inside()) begin_ = begin;
    split_.tokens.push_back({kind, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_)});
  }

  void quoted(TokenKind kind, char close, bool backslash) {
    const std::size_t begin = at_++;
    while (at_ < text_.size()) {
      if (backslash && text_[at_] == '\\') {
        at_ += 2;
      } else if (text_[at_] == close) {
        if (close == ']' || peek(1) != close) break;
        at_ += 2;
      } else {
        ++at_;
      }
    }
    ++at_;
    add(kind, begin);
  }

  bool dollar_quoted() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && (is_letter(text_[end]) || (is_digit(text_[end]) && end > at_ + 1))) ++end;
    if (end >= text_.size() || text_[end] != '$') return false;
    const std::string_view tag = text_.substr(at_, end + 1 - at_);
    const std::size_t close = text_.find(tag, end + 1);
    const std::size_t begin = at_;
    at_ = close == std::string_view::npos ? text_.size() : close + tag.size();
    add(TokenKind::kDollar, begin);
    return true;
  }

  void word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '$')) ++at_;
    const std::size_t length = at_ - begin;
    if (peek() == '\'' && length == 1 && std::string_view("eEbBxXnN").find(text_[begin]) != std::string_view::npos) {
      quoted(TokenKind::kString, '\'', lower(text_[begin]) == 'e' || flavour_ == SqlFlavour::kMysql);
      split_.tokens.back().begin = static_cast<std::uint32_t>(begin);
      if (split_.tokens.size() == first_token_ + 1) begin_ = begin;
      return;
    }
    add(TokenKind::kWord, begin);
    follow_block();
  }

  // Bodies with semicolons of their own: BEGIN ATOMIC … END, and the body of a trigger in SQLite and MySQL.
  void follow_block() {
    const Token& token = split_.tokens.back();
    const std::size_t count = split_.tokens.size() - first_token_;
    if (block_ > 0) {
      if (is_word(text_, token, "case") || is_word(text_, token, "begin")) ++block_;
      if (is_word(text_, token, "end")) --block_;
    } else if (is_word(text_, token, "atomic") && count > 1 && is_word(text_, split_.tokens[split_.tokens.size() - 2], "begin")) {
      block_ = 1;
    } else if (is_word(text_, token, "trigger") && count <= 4 && is_word(text_, split_.tokens[first_token_], "create")) {
      trigger_ = true;
    } else if (trigger_ && is_word(text_, token, "begin")) {
      block_ = 1;
    }
  }

  void number() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (is_digit(text_[at_]) || is_letter(text_[at_]) || text_[at_] == '.')) ++at_;
    add(TokenKind::kNumber, begin);
  }

  void operators() {
    const std::size_t begin = at_++;
    constexpr std::string_view kMarks = "+-*/<>=~!@#%^&|`?:";
    while (at_ < text_.size() && kMarks.find(text_[at_]) != std::string_view::npos) {
      if ((peek() == '-' && peek(1) == '-') || (peek() == '/' && peek(1) == '*')) break;
      if (peek() == '`' && flavour_ != SqlFlavour::kPostgres) break;
      ++at_;
    }
    add(TokenKind::kOperator, begin);
  }

  void finish(std::size_t end) {
    if (inside()) {
      split_.statements.push_back(
          {static_cast<std::uint32_t>(begin_), static_cast<std::uint32_t>(std::min(end, text_.size())), first_token_, split_.tokens.size(), 0});
    }
    first_token_ = split_.tokens.size();
    depth_ = 0;
    block_ = 0;
    trigger_ = false;
  }

  void semicolon() {
    if ((depth_ > 0 && is_rule()) || block_ > 0) {
      const std::size_t begin = at_++;
      return add(TokenKind::kPunctuation, begin);
    }
    const bool copies = flavour_ == SqlFlavour::kPostgres && is_copy();
    finish(at_++);
    if (copies) skip_copied();
  }

  // The only statement with semicolons between parentheses; anywhere else a parenthesis was left open, and the next statement must not suffer for it.
  [[nodiscard]] bool is_rule() const {
    for (std::size_t i = first_token_ + 1; i < split_.tokens.size() && i < first_token_ + 4; ++i) {
      if (is_word(text_, split_.tokens[i], "rule")) return true;
    }
    return false;
  }

  [[nodiscard]] bool is_copy() const {
    if (!inside() || !is_word(text_, split_.tokens[first_token_], "copy")) return false;
    for (std::size_t i = first_token_ + 1; i < split_.tokens.size(); ++i) {
      if (is_word(text_, split_.tokens[i], "stdin")) return true;
    }
    return false;
  }

  void skip_copied() {
    skip_line();
    std::uint64_t rows = 0;
    while (at_ < text_.size()) {
      const std::size_t begin = ++at_;
      skip_line();
      const std::string_view line = text_.substr(begin, at_ - begin);
      if (line == "\\." || line == "\\.\r") break;
      ++rows;
    }
    split_.statements.back().copied_rows = rows;
  }

  // `\connect x` and its like stand alone on a line or end a statement, as `\gset` does.
  void meta_command() {
    finish(at_);
    skip_line();
  }

  void step() {
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v' || c == '\0') {
      ++at_;
      return;
    }
    if (skip_comment()) return;
    const bool mysql = flavour_ == SqlFlavour::kMysql;
    if (c == '\'') return quoted(TokenKind::kString, '\'', mysql);
    if (c == '"') return quoted(mysql ? TokenKind::kString : TokenKind::kQuoted, '"', mysql);
    if (c == '`' && flavour_ != SqlFlavour::kPostgres) return quoted(TokenKind::kBacktick, '`', false);
    if (c == '[' && flavour_ == SqlFlavour::kSqlite) return quoted(TokenKind::kBracket, ']', false);
    if (c == '$' && dollar_quoted()) return;
    if (c == '\\' && flavour_ == SqlFlavour::kPostgres) return meta_command();
    if (c == ';') return semicolon();
    if (is_letter(c)) return word();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
    if (std::string_view("(),.[]{}").find(c) == std::string_view::npos) return operators();
    if (c == '(' || c == '[') ++depth_;
    if ((c == ')' || c == ']') && depth_ > 0) --depth_;
    const std::size_t begin = at_++;
    add(TokenKind::kPunctuation, begin);
  }

  std::string_view text_;
  SqlFlavour flavour_;
  SplitText split_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;
  std::size_t first_token_ = 0;
  int depth_ = 0;
  int block_ = 0;
  bool trigger_ = false;
};

}  // namespace

SplitText split_sql(std::string_view text, SqlFlavour flavour) { return Splitter(text, flavour).run(); }

bool is_word(std::string_view text, const Token& token, std::string_view word) {
  if (token.kind != TokenKind::kWord || token.end - token.begin != word.size()) return false;
  return std::equal(word.begin(), word.end(), text.begin() + token.begin, [](char a, char b) { return a == lower(b); });
}

bool is_mark(std::string_view text, const Token& token, char mark) { return token.kind == TokenKind::kPunctuation && text[token.begin] == mark; }

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

Places::Places(std::string_view text, FileIndex file) : size_(static_cast<std::uint32_t>(text.size())), file_(file) {
  starts_.push_back(0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') starts_.push_back(static_cast<std::uint32_t>(i + 1));
  }
}

Span Places::at(std::uint32_t begin, std::uint32_t end) const {
  begin = std::min(begin, size_);
  end = std::clamp(end, begin, size_);
  const auto line_of = [&](std::uint32_t offset) {
    return static_cast<std::uint32_t>(std::upper_bound(starts_.begin(), starts_.end(), offset) - starts_.begin());
  };
  const std::uint32_t first = line_of(begin);
  const std::uint32_t last = line_of(end);
  return {file_, first, begin - starts_[first - 1] + 1, last, end - starts_[last - 1] + 1};
}

}  // namespace kingpost::foreign
