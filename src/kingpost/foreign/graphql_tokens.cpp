#include "kingpost/foreign/graphql_tokens.hpp"

#include <algorithm>

namespace kingpost::foreign {
namespace {

bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

void GraphqlTokens::pass_over() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '\n') {
      ++line_;
      line_start_ = ++at_;
    } else if (c == ' ' || c == '\t' || c == '\r' || c == ',') {
      ++at_;
    } else if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (text_.substr(at_).starts_with("\xEF\xBB\xBF")) {
      at_ += 3;
    } else {
      return;
    }
  }
}

void GraphqlTokens::take(Kind kind, std::size_t length) {
  kind_ = kind;
  token_ = text_.substr(at_, length);
  at_ += token_.size();
}

void GraphqlTokens::count_lines(std::size_t from, std::size_t to) {
  for (std::size_t at = from; at < to; ++at) {
    if (text_[at] != '\n') continue;
    ++line_;
    line_start_ = at + 1;
  }
}

void GraphqlTokens::string() {
  kind_ = Kind::kString;
  const bool block = text_.substr(at_).starts_with("\"\"\"");
  const std::size_t begin = at_ + (block ? 3 : 1);
  std::size_t end = begin;
  for (;; ++end) {
    if (end >= text_.size() || (!block && text_[end] == '\n')) {
      kind_ = Kind::kBroken;
      token_ = "a text that is never closed";
      at_ = text_.size();
      return;
    }
    if (text_[end] == '\\' && !block) {
      ++end;
    } else if (block && text_.substr(end).starts_with("\\\"\"\"")) {
      end += 3;
    } else if (block ? text_.substr(end, 3) == "\"\"\"" : text_[end] == '"') {
      break;
    }
  }
  token_ = text_.substr(begin, end - begin);
  count_lines(begin, end);
  at_ = end + (block ? 3 : 1);
}

void GraphqlTokens::next() {
  pass_over();
  token_line_ = line_;
  token_column_ = static_cast<std::uint32_t>(at_ - line_start_ + 1);
  if (at_ >= text_.size()) return take(Kind::kEnd, 0);
  const char c = text_[at_];
  const auto rest = text_.substr(at_);
  if (starts_name(c)) {
    const auto end = std::find_if_not(rest.begin(), rest.end(), [](char each) { return starts_name(each) || is_digit(each); });
    return take(Kind::kName, static_cast<std::size_t>(end - rest.begin()));
  }
  if (is_digit(c) || c == '-') {
    const auto end = rest.find_first_not_of("0123456789+-.eE");
    return take(Kind::kNumber, std::min(end, rest.size()));
  }
  if (c == '"') return string();
  if (rest.starts_with("...")) return take(Kind::kPunctuator, 3);
  if (std::string_view("!$&()[]{}:=@|").find(c) != std::string_view::npos) return take(Kind::kPunctuator, 1);
  take(Kind::kBroken, 1);
}

}  // namespace kingpost::foreign
