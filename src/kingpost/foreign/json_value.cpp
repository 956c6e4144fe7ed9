#include <fmt/format.h>

#include "kingpost/foreign/yaml_value.hpp"

namespace kingpost::foreign {
namespace {

/// A reader of our own, because simdjson's trees do not know where a value stands.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    line_start_ = at_;
  }

  bool read(Value& out) {
    if (!value(out, 0)) return false;
    blank();
    return at_ == text_.size() || fail("something follows the end of the document");
  }

  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
  [[nodiscard]] std::uint32_t line() const noexcept { return line_; }
  [[nodiscard]] std::uint32_t column() const noexcept { return static_cast<std::uint32_t>(at_ - line_start_ + 1); }

 private:
  bool fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
    return false;
  }
  void blank() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        line_start_ = at_ + 1;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
    }
  }
  [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool value(Value& out, std::size_t depth) {
    blank();
    if (depth >= kMaxForeignDepth) return fail("it is nested too deeply");
    if (++nodes_ > kMaxForeignNodes) return fail("it has too many values");
    out.line = line_;
    out.column = column();
    switch (peek()) {
      case '{':
        return map(out, depth);
      case '[':
        return list(out, depth);
      case '"':
        out.kind = Value::Kind::kText;
        out.quoted = true;
        return string(out.text);
      default:
        return word(out);
    }
  }

  bool map(Value& out, std::size_t depth) {
    out.kind = Value::Kind::kMap;
    ++at_;
    blank();
    if (peek() == '}') return ++at_, true;
    for (;;) {
      blank();
      Member& member = out.members.emplace_back();
      member.line = line_;
      member.column = column();
      if (peek() != '"') return fail("a name in quotes belongs here");
      if (!string(member.name)) return false;
      blank();
      if (peek() != ':') return fail("a colon belongs here");
      ++at_;
      if (!value(member.value, depth + 1)) return false;
      blank();
      const char next = peek();
      if (next != ',' && next != '}') return fail("a comma or a closing brace belongs here");
      ++at_;
      if (next == '}') return true;
    }
  }

  bool list(Value& out, std::size_t depth) {
    out.kind = Value::Kind::kList;
    ++at_;
    blank();
    if (peek() == ']') return ++at_, true;
    for (;;) {
      if (!value(out.items.emplace_back(), depth + 1)) return false;
      blank();
      const char next = peek();
      if (next != ',' && next != ']') return fail("a comma or a closing bracket belongs here");
      ++at_;
      if (next == ']') return true;
    }
  }

  bool word(Value& out) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && std::string_view(",]}: \t\r\n").find(text_[at_]) == std::string_view::npos) ++at_;
    out.text = text_.substr(begin, at_ - begin);
    out.kind = out.text == "null" ? Value::Kind::kNull : Value::Kind::kText;
    const bool number = !out.text.empty() && (out.text[0] == '-' || (out.text[0] >= '0' && out.text[0] <= '9'));
    const bool known = out.text == "null" || out.text == "true" || out.text == "false" ||
                       (number && out.text.find_first_not_of("0123456789+-.eE") == std::string::npos);
    if (known) return true;
    at_ = begin;
    return fail("a value belongs here");
  }

  bool string(std::string& out) {
    ++at_;
    for (;;) {
      const std::size_t end = text_.find_first_of("\"\\\n", at_);
      if (end == std::string_view::npos || text_[end] == '\n') return fail("a text is never closed");
      out.append(text_, at_, end - at_);
      at_ = end + 1;
      if (text_[end] == '"') return true;
      if (!escape(out)) return false;
    }
  }

  bool escape(std::string& out) {
    const char c = peek();
    ++at_;
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    const auto found = kNames.find(c);
    if (c != '\0' && found != std::string_view::npos) return out.push_back(kMeant[found]), true;
    std::uint32_t code = 0;
    if (c != 'u' || !hex(code)) return fail("an unknown escape");
    if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_, 2) == "\\u") {
      std::uint32_t low = 0;
      at_ += 2;
      if (!hex(low) || low < 0xDC00 || low > 0xDFFF) return fail("half of a surrogate pair");
      code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
    }
    append_utf8(out, code >= 0xD800 && code <= 0xDFFF ? 0xFFFD : code);
    return true;
  }

  bool hex(std::uint32_t& code) {
    if (text_.size() - at_ < 4) return false;
    for (std::size_t end = at_ + 4; at_ < end; ++at_) {
      const char c = text_[at_];
      const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
      if (digit < 0) return false;
      code = code * 16 + static_cast<std::uint32_t>(digit);
    }
    return true;
  }

  static void append_utf8(std::string& out, std::uint32_t code) {
    const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (code < 0x80) return put(code);
    if (code < 0x800) {
      put(0xC0U | (code >> 6U));
    } else if (code < 0x10000) {
      put(0xE0U | (code >> 12U));
      put(0x80U | ((code >> 6U) & 0x3FU));
    } else {
      put(0xF0U | (code >> 18U));
      put(0x80U | ((code >> 12U) & 0x3FU));
      put(0x80U | ((code >> 6U) & 0x3FU));
    }
    put(0x80U | (code & 0x3FU));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
  std::size_t nodes_ = 0;
  std::string problem_;
};

}  // namespace

Value read_json(std::string_view text, FileIndex file, Diagnostics& diagnostics) {
  if (text.size() > kMaxForeignBytes) {
    refuse(diagnostics, file, 1, 1, fmt::format("This file has more than {} MiB and was not read.", kMaxForeignBytes >> 20U));
    return {};
  }
  JsonReader reader(text);
  Value value;
  if (reader.read(value)) return value;
  refuse(diagnostics, file, reader.line(), reader.column(), fmt::format("This is no JSON: {}.", reader.problem()));
  return {};
}

}  // namespace kingpost::foreign
