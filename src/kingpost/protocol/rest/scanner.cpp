#include "kingpost/protocol/rest/scanner.hpp"

#include <fmt/format.h>

namespace kingpost::protocol::rest {

namespace {

bool is_name_byte(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  return (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || code == '_' || code == '$' || code == ' ' ||
         code == '-' || code >= 0x80;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace

bool Scanner::take(std::string_view literal) noexcept {
  if (!rest().starts_with(literal)) return false;
  at_ += literal.size();
  return true;
}

void Scanner::skip_blanks() noexcept {
  while (peek() == ' ') ++at_;
}

Error Scanner::error(std::string_view expected) const {
  Error error = make_error(ErrorKind::kInvalidArgument, "PGRST100", fmt::format("failed to parse the query at character {}", at_ + 1));
  const std::string_view found = rest().substr(0, 20);
  error.details = found.empty() ? fmt::format("expected {}, found the end", expected) : fmt::format("expected {}, found \"{}\"", expected, found);
  return error;
}

Result<std::string> Scanner::quoted() {
  std::string out;
  ++at_;
  while (!done()) {
    const char byte = text_[at_++];
    if (byte == '"') return out;
    if (byte == '\\') {
      if (done()) break;
      out += text_[at_++];
    } else {
      out += byte;
    }
  }
  return fail(error("a closing quote"));
}

Result<std::string> Scanner::name() {
  skip_blanks();
  if (peek() == '"') {
    auto inside = quoted();
    if (inside && inside->empty()) return fail(error("a name"));
    return inside;
  }
  const std::size_t begin = at_;
  while (!done() && is_name_byte(peek())) {
    if (peek() == '-' && peek(1) == '>') break;
    ++at_;
  }
  const std::string_view found = trimmed(text_.substr(begin, at_ - begin));
  if (found.empty()) return fail(error("a name"));
  return std::string(found);
}

Result<std::string> Scanner::list_value() {
  if (peek() == '"') return quoted();
  std::string out;
  std::size_t braces = 0;
  bool in_quotes = false;
  while (!done()) {
    const char byte = peek();
    if (in_quotes) {
      if (byte == '\\' && at_ + 1 < text_.size()) {
        out += byte;
        ++at_;
      } else if (byte == '"') {
        in_quotes = false;
      }
    } else if (byte == '{' || byte == '[') {
      ++braces;
    } else if ((byte == '}' || byte == ']') && braces > 0) {
      --braces;
    } else if (byte == '"' && braces > 0) {
      in_quotes = true;
    } else if (braces == 0 && (byte == ',' || byte == ')')) {
      break;
    }
    out += peek();
    ++at_;
  }
  if (braces != 0 || in_quotes) return fail(error("a closing bracket"));
  return out;
}

}  // namespace kingpost::protocol::rest
