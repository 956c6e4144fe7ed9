#include <fmt/format.h>

#include <algorithm>

#include "kingpost/model/model.hpp"

namespace kingpost::model {
namespace {

constexpr int kMaxWordDepth = 32;
constexpr std::size_t kMaxWords = 1000;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Reads words left to right. The first fault is reported and ends the reading, because what follows cannot be told apart.
class WordReader {
 public:
  WordReader(std::string_view text, Span origin, Diagnostics& diagnostics) : text_(text), origin_(origin), diagnostics_(diagnostics) {
    const bool one_line = origin.line == origin.end_line && origin.end_column >= origin.column;
    const std::size_t width = one_line ? origin.end_column - origin.column : 0;
    exact_ = one_line && (width == text.size() || width == text.size() + 2);
    shift_ = width == text.size() ? 0 : 1;
  }

  std::vector<Word> read() {
    std::vector<Word> words;
    skip_blanks();
    while (at_ < text_.size() && !failed_) {
      Word word = read_word(0);
      if (failed_) break;
      words.push_back(std::move(word));
      if (words.size() > kMaxWords) return stop(at_, "Too many words.", {}), words;
      const bool glued = at_ < text_.size() && !is_blank(text_[at_]);
      if (glued) return stop(at_, fmt::format("`{}` does not belong here.", text_[at_]), "Separate words with one blank."), words;
      skip_blanks();
    }
    if (words.empty() && !failed_) stop(0, "A type is missing.", "Write TYPE modifier(…) …, for example `string(80) unique`.");
    return words;
  }

 private:
  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }

  [[nodiscard]] Span span(std::size_t begin, std::size_t end) const {
    if (!exact_) return origin_;
    Span place = origin_;
    place.column = origin_.column + static_cast<std::uint32_t>(begin + shift_);
    place.end_column = origin_.column + static_cast<std::uint32_t>(end + shift_);
    return place;
  }

  void stop(std::size_t at, std::string message, std::string suggestion) {
    if (failed_) return;
    failed_ = true;
    diagnostics_.error("field-syntax", span(at, std::min(text_.size(), at + 1)), std::move(message), std::move(suggestion));
  }

  void finish(Word& word, std::size_t begin) {
    word.span = span(begin, at_);
    word.text = std::string(text_.substr(begin, at_ - begin));
  }

  Word read_word(int depth) {
    Word word;
    const std::size_t begin = at_;
    if (depth > kMaxWordDepth) return stop(at_, "Parentheses nest too deep.", {}), word;
    if (at_ < text_.size() && (text_[at_] == '\'' || text_[at_] == '"')) {
      word.quoted = true;
      word.name = read_quoted();
      return finish(word, begin), word;
    }
    while (at_ < text_.size() && !is_blank(text_[at_]) && std::string_view("(),'\"").find(text_[at_]) == std::string_view::npos) ++at_;
    word.name = std::string(text_.substr(begin, at_ - begin));
    if (word.name.empty()) return stop(at_, fmt::format("`{}` does not belong here.", text_[at_]), {}), word;
    if (at_ < text_.size() && text_[at_] == '(') read_arguments(word, depth);
    return finish(word, begin), word;
  }

  std::string read_quoted() {
    const std::size_t begin = at_;
    const char quote = text_[at_++];
    std::string value;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == quote) {
        if (quote != '\'' || at_ >= text_.size() || text_[at_] != '\'') return value;
        value += '\'';
        ++at_;
      } else if (c == '\\' && quote == '"' && at_ < text_.size()) {
        const char escaped = text_[at_++];
        value += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped;
      } else {
        value += c;
      }
    }
    stop(begin, "The quote is not closed.", {});
    return value;
  }

  void read_arguments(Word& word, int depth) {
    const std::size_t opening = at_++;
    word.call = true;
    skip_blanks();
    if (at_ < text_.size() && text_[at_] == ')') {
      ++at_;
      return;
    }
    while (!failed_) {
      word.args.push_back(read_argument(depth));
      if (failed_) return;
      if (at_ >= text_.size()) return stop(opening, fmt::format("The parenthesis of `{}` is not closed.", word.name), {});
      if (text_[at_++] == ')') return;
      skip_blanks();
    }
  }

  /// One argument: a word when nothing but a comma or the closing parenthesis follows it, else an expression taken as text.
  Word read_argument(int depth) {
    skip_blanks();
    const std::size_t begin = at_;
    if (at_ >= text_.size()) return Word{};
    if (text_[at_] == ',' || text_[at_] == ')') return stop(at_, "An argument is missing.", {}), Word{};
    if (std::string_view("([{").find(text_[at_]) == std::string_view::npos) {
      Word word = read_word(depth + 1);
      if (failed_) return word;
      skip_blanks();
      if (at_ >= text_.size() || text_[at_] == ',' || text_[at_] == ')') return word;
    }
    at_ = begin;
    return read_expression();
  }

  Word read_expression() {
    const std::size_t begin = at_;
    int open = 0;
    while (at_ < text_.size() && !failed_) {
      const char c = text_[at_];
      if (c == '\'' || c == '"') {
        static_cast<void>(read_quoted());
        continue;
      }
      if (open == 0 && (c == ',' || c == ')')) break;
      const bool opens = c == '(' || c == '[' || c == '{';
      const bool closes = c == ')' || c == ']' || c == '}';
      open += opens ? 1 : closes && open > 0 ? -1 : 0;
      ++at_;
    }
    std::size_t end = at_;
    while (end > begin && is_blank(text_[end - 1])) --end;
    Word word;
    word.name = std::string(text_.substr(begin, end - begin));
    word.text = word.name;
    word.span = span(begin, end);
    return word;
  }

  std::string_view text_;
  Span origin_;
  Diagnostics& diagnostics_;
  std::size_t at_ = 0;
  std::size_t shift_ = 0;
  bool exact_ = false;
  bool failed_ = false;
};

}  // namespace

std::vector<Word> parse_words(std::string_view text, Span origin, Diagnostics& diagnostics) { return WordReader(text, origin, diagnostics).read(); }

}  // namespace kingpost::model
