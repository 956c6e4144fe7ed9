#include "kingpost/cel/lexer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <tuple>
#include <utility>

namespace kingpost::cel {

namespace {

constexpr std::array<std::string_view, 17> kReservedWords = {"as",  "break", "const",     "continue", "else",   "for", "function", "if",   "import",
                                                             "let", "loop",  "namespace", "package",  "return", "var", "void",     "while"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
  if (point < 0x80U) {
    put(point);
  } else if (point < 0x800U) {
    put(0xC0U | (point >> 6U));
    put(0x80U | (point & 0x3FU));
  } else if (point < 0x10000U) {
    put(0xE0U | (point >> 12U));
    put(0x80U | ((point >> 6U) & 0x3FU));
    put(0x80U | (point & 0x3FU));
  } else {
    put(0xF0U | (point >> 18U));
    put(0x80U | ((point >> 12U) & 0x3FU));
    put(0x80U | ((point >> 6U) & 0x3FU));
    put(0x80U | (point & 0x3FU));
  }
}

/// Length in bytes of the UTF-8 sequence at the start of `text`, 0 when malformed (Unicode 15, table 3-7).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80U) return 1;
  const std::size_t length = first >= 0xC2U && first <= 0xDFU ? 2 : (first & 0xF0U) == 0xE0U ? 3 : first >= 0xF0U && first <= 0xF4U ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
  }
  const unsigned second = byte(1);
  if ((first == 0xE0U && second < 0xA0U) || (first == 0xEDU && second > 0x9FU) || (first == 0xF0U && second < 0x90U) ||
      (first == 0xF4U && second > 0x8FU)) {
    return 0;
  }
  return length;
}

class Lexer {
 public:
  Lexer(std::string_view text, const Places& places, Diagnostics& diagnostics) : text_(text), places_(places), diagnostics_(diagnostics) {}

  std::vector<Token> run() {
    while (ok_) {
      skip_blank();
      Token token;
      token.begin = static_cast<std::uint32_t>(at_);
      if (at_ >= text_.size()) {
        token.end = token.begin;
        tokens_.push_back(std::move(token));
        return std::move(tokens_);
      }
      next(token);
      token.end = static_cast<std::uint32_t>(at_);
      tokens_.push_back(std::move(token));
    }
    return {};
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void error(std::size_t begin, std::size_t end, std::string message, std::string suggestion = {}) {
    ok_ = false;
    diagnostics_.error("cel-syntax", places_.span(begin, end), std::move(message), std::move(suggestion));
  }

  void skip_blank() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
        ++at_;
      } else if (c == '/' && peek(1) == '/') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else {
        return;
      }
    }
  }

  void next(Token& token) {
    const char c = peek();
    if (const std::size_t prefix = quote_prefix(); prefix != kNoQuote) {
      read_text(token, prefix);
    } else if (is_name_start(c)) {
      token.kind = TokenKind::kIdent;
      const std::size_t begin = at_;
      while (is_name_part(peek())) ++at_;
      token.text = text_.substr(begin, at_ - begin);
    } else if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
      read_number(token);
    } else if (c == '`') {
      read_quoted_name(token);
    } else {
      read_punctuation(token);
    }
  }

  static constexpr std::size_t kNoQuote = static_cast<std::size_t>(-1);

  /// Length of the r/b prefix when a text starts here.
  [[nodiscard]] std::size_t quote_prefix() const {
    std::size_t length = 0;
    bool raw = false;
    bool bytes = false;
    while (length < 2) {
      const char c = peek(length);
      if ((c == 'r' || c == 'R') && !raw) {
        raw = true;
      } else if ((c == 'b' || c == 'B') && !bytes) {
        bytes = true;
      } else {
        break;
      }
      ++length;
    }
    const char quote = peek(length);
    return quote == '"' || quote == '\'' ? length : kNoQuote;
  }

  void read_quoted_name(Token& token) {
    const std::size_t begin = at_;
    const std::size_t close = text_.find('`', at_ + 1);
    if (close == std::string_view::npos || close == at_ + 1) {
      error(begin, begin + 1, "this back-quoted name is not closed");
      return;
    }
    token.kind = TokenKind::kQuotedIdent;
    token.text = text_.substr(at_ + 1, close - at_ - 1);
    at_ = close + 1;
    for (const char c : token.text) {
      if (!is_name_part(c) && c != '.' && c != '-' && c != '/' && c != ' ') {
        error(begin, at_, "a back-quoted name holds letters, digits, '_', '.', '-', '/' and blanks only");
        return;
      }
    }
  }

  void read_number(Token& token) {
    const std::size_t begin = at_;
    int base = 10;
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X') && hex_digit(peek(2)) >= 0) {
      base = 16;
      at_ += 2;
      while (hex_digit(peek()) >= 0) ++at_;
    } else {
      while (is_digit(peek())) ++at_;
    }
    bool fraction = false;
    if (base == 10 && peek() == '.' && is_digit(peek(1))) {
      fraction = true;
      ++at_;
      while (is_digit(peek())) ++at_;
    }
    if (base == 10 && (peek() == 'e' || peek() == 'E')) {
      const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
      if (is_digit(peek(1 + sign))) {
        fraction = true;
        at_ += 1 + sign;
        while (is_digit(peek())) ++at_;
      }
    }
    finish_number(token, begin, base, fraction);
  }

  void finish_number(Token& token, std::size_t begin, int base, bool fraction) {
    const std::string_view source = text_.substr(begin, at_ - begin);
    if (fraction) {
      token.kind = TokenKind::kDouble;
      token.text = source.front() == '.' ? "0" + std::string(source) : std::string(source);
      std::replace(token.text.begin(), token.text.end(), 'E', 'e');
      const auto [end, code] = std::from_chars(token.text.data(), token.text.data() + token.text.size(), token.number);
      // from_chars reports both directions as out of range; what is too small is zero, as everywhere in IEEE 754 arithmetic.
      if (code == std::errc::result_out_of_range && exponent_is_negative(token.text)) {
        token.number = 0;
        token.text = "0.0";
      } else if (code != std::errc() || end != token.text.data() + token.text.size()) {
        error(begin, at_, fmt::format("the number {} is out of range", source));
      }
    } else {
      token.kind = TokenKind::kInt;
      const std::string_view digits = base == 16 ? source.substr(2) : source;
      const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), token.magnitude, base);
      if (code != std::errc() || end != digits.data() + digits.size()) error(begin, at_, fmt::format("the number {} is out of range", source));
      if (peek() == 'u' || peek() == 'U') {
        token.kind = TokenKind::kUint;
        ++at_;
      }
    }
    if (ok_ && is_name_part(peek())) error(begin, at_ + 1, "a letter follows this number directly");
  }

  [[nodiscard]] static bool exponent_is_negative(const std::string& text) {
    const std::size_t e = text.find('e');
    return e == std::string::npos ? text.front() == '0' : text[e + 1] == '-';
  }

  void read_text(Token& token, std::size_t prefix) {
    const std::size_t begin = at_;
    bool raw = false;
    bool bytes = false;
    for (std::size_t i = 0; i < prefix; ++i) {
      raw = raw || peek(i) == 'r' || peek(i) == 'R';
      bytes = bytes || peek(i) == 'b' || peek(i) == 'B';
    }
    at_ += prefix;
    const char quote = peek();
    const bool triple = peek(1) == quote && peek(2) == quote;
    at_ += triple ? 3 : 1;
    token.kind = bytes ? TokenKind::kBytes : TokenKind::kString;
    while (ok_) {
      if (at_ >= text_.size() || (!triple && (peek() == '\n' || peek() == '\r'))) {
        error(begin, at_, "this text is not closed");
        return;
      }
      if (peek() == quote && (!triple || (peek(1) == quote && peek(2) == quote))) {
        at_ += triple ? 3 : 1;
        return;
      }
      read_piece(token, raw, bytes);
    }
  }

  void read_piece(Token& token, bool raw, bool bytes) {
    if (peek() == '\\') {
      if (!raw) {
        read_escape(token.text, bytes);
        return;
      }
      // In a raw text the backslash is kept, and a quote after it does not close the text.
      token.text.push_back('\\');
      ++at_;
      if (at_ >= text_.size()) return;
    }
    const std::size_t length = utf8_length(text_.substr(at_));
    if (length == 0) {
      error(at_, at_ + 1, "this text is not UTF-8");
      return;
    }
    token.text.append(text_.substr(at_, length));
    at_ += length;
  }

  void read_escape(std::string& out, bool bytes) {
    constexpr std::string_view kNames = "abfnrtv\\?\"'`";
    constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\?\"'`";
    const std::size_t begin = at_;
    const char c = peek(1);
    if (const std::size_t index = kNames.find(c); index != std::string_view::npos && at_ + 1 < text_.size()) {
      out.push_back(kMeanings[index]);
      at_ += 2;
      return;
    }
    std::size_t digits = 0;
    std::uint32_t base = 16;
    std::size_t skip = 2;
    if (c == 'x' || c == 'X') {
      digits = 2;
    } else if (c == 'u' && !bytes) {
      digits = 4;
    } else if (c == 'U' && !bytes) {
      digits = 8;
    } else if (c >= '0' && c <= '3') {
      digits = 3;
      base = 8;
      skip = 1;
    }
    std::uint32_t point = 0;
    bool good = digits != 0;
    for (std::size_t i = 0; good && i < digits; ++i) {
      const int digit = hex_digit(peek(skip + i));
      good = digit >= 0 && static_cast<std::uint32_t>(digit) < base;
      if (good) point = point * base + static_cast<std::uint32_t>(digit);
    }
    const bool scalar = point < 0xD800U || (point > 0xDFFFU && point <= 0x10FFFFU);
    if (!good || !scalar) {
      error(begin, std::min(begin + 2, text_.size()), "this escape is not one of CEL's", "write \\n, \\t, \\\\, \\xHH, \\uHHHH or \\UHHHHHHHH");
      return;
    }
    at_ += skip + digits;
    if (bytes) {
      out.push_back(static_cast<char>(static_cast<unsigned char>(point)));
    } else {
      append_utf8(out, point);
    }
  }

  void read_punctuation(Token& token) {
    constexpr std::array<std::string_view, 6> kPairs = {"&&", "||", "==", "!=", "<=", ">="};
    token.kind = TokenKind::kPunctuation;
    const std::string_view rest = text_.substr(at_);
    for (const std::string_view pair : kPairs) {
      if (rest.substr(0, 2) == pair) {
        token.text = pair;
        at_ += 2;
        return;
      }
    }
    constexpr std::string_view kSingles = "!<>+-*/%?:.,()[]{}";
    if (kSingles.find(rest.front()) == std::string_view::npos) {
      reject(rest.front());
      return;
    }
    token.text = rest.front();
    ++at_;
  }

  void reject(char c) {
    const std::size_t length = std::max<std::size_t>(1, utf8_length(text_.substr(at_)));
    std::string suggestion;
    if (c == '=') suggestion = "compare with ==";
    if (c == '&') suggestion = "and is written &&";
    if (c == '|') suggestion = "or is written ||";
    const bool printable = c > ' ' && c < '\x7f';
    error(at_, at_ + length, printable ? fmt::format("'{}' is not part of an expression", c) : "this character is not part of an expression",
          std::move(suggestion));
  }

  std::string_view text_;
  const Places& places_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
  bool ok_ = true;
  std::vector<Token> tokens_;
};

}  // namespace

Places::Places(std::string_view text, Span origin) : size_(text.size()), origin_(origin), line_starts_{0} {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') line_starts_.push_back(i + 1);
  }
}

std::pair<std::uint32_t, std::uint32_t> Places::place(std::size_t offset) const {
  const std::size_t at = std::min(offset, size_);
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), at);
  const auto line = static_cast<std::uint32_t>(after - line_starts_.begin()) - 1;
  const auto column = static_cast<std::uint32_t>(at - line_starts_[line]);
  return {origin_.line + line, (line == 0 ? origin_.column : 1) + column};
}

Span Places::span(std::size_t begin, std::size_t end) const {
  if (!origin_.known()) return Span{};
  Span span = origin_;
  std::tie(span.line, span.column) = place(begin);
  std::tie(span.end_line, span.end_column) = place(end);
  return span;
}

std::vector<Token> lex(std::string_view text, const Places& places, Diagnostics& diagnostics) { return Lexer(text, places, diagnostics).run(); }

bool is_identifier(std::string_view text) {
  return !text.empty() && is_name_start(text.front()) && std::all_of(text.begin(), text.end(), is_name_part);
}

bool is_reserved(std::string_view text) { return std::find(kReservedWords.begin(), kReservedWords.end(), text) != kReservedWords.end(); }

}  // namespace kingpost::cel
