#include "kingpost/interview/questions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "kingpost/base/civil_time.hpp"
#include "kingpost/base/diagnostic.hpp"
#include "kingpost/base/text.hpp"
#include "kingpost/interview/patterns.hpp"

namespace kingpost::interview {

namespace {

constexpr std::size_t kMaxAnswerBytes = 400;
constexpr std::size_t kMaxNameBytes = 40;
constexpr std::size_t kMaxSummaryCharacters = 200;
constexpr std::size_t kCurrencyLetters = 3;
constexpr std::size_t kMaxCurrencies = 20;

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

Error wrong(const Question& question, std::string message) {
  Error error = make_error(ErrorKind::kInvalidArgument, "kp-interview-value", std::move(message));
  error.hint = fmt::format("{} takes {}.", question.key, describe_kind(question));
  return error;
}

std::vector<std::string_view> split_words(std::string_view text) {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::string_view word = trim(text.substr(0, end));
    if (!word.empty()) out.push_back(word);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

Result<std::string> read_name(const Question& question, std::string_view given) {
  const auto legal = [](char byte) { return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_'; };
  const bool good = !given.empty() && given.size() <= kMaxNameBytes && given.front() >= 'a' && given.front() <= 'z' &&
                    std::all_of(given.begin(), given.end(), legal);
  if (!good) return fail(wrong(question, fmt::format("\"{}\" cannot be the system's name", given)));
  return std::string(given);
}

Result<std::string> read_text(const Question& question, std::string_view given) {
  constexpr unsigned char kFirstPrintable = 0x20;
  const bool plain =
      std::none_of(given.begin(), given.end(), [](char byte) { return static_cast<unsigned char>(byte) < kFirstPrintable || byte == 0x7f; });
  if (!plain || !valid_utf8(given) || count_code_points(given) > kMaxSummaryCharacters) {
    return fail(wrong(question, fmt::format("{} is not one line of text of at most {} characters", question.key, kMaxSummaryCharacters)));
  }
  return std::string(given);
}

/// A figure with its k, M or G; empty when it is none.
std::optional<double> read_figure(std::string_view text) {
  double scale = 1;
  if (!text.empty()) {
    constexpr std::string_view kUnits = "kMG";
    const std::size_t unit = kUnits.find(text.back());
    if (unit != std::string_view::npos) {
      constexpr double kThousand = 1000;
      scale = std::pow(kThousand, static_cast<double>(unit + 1));
      text.remove_suffix(1);
    }
  }
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value * scale;
}

Result<std::string> read_number(const Question& question, std::string_view given) {
  if (question.may_be_auto && given == "auto") return std::string(given);
  const bool percent = question.kind == AnswerKind::kPercent;
  const std::optional<double> value = read_figure(percent && given.ends_with('%') ? given.substr(0, given.size() - 1) : given);
  if (!value || (!percent && *value != std::floor(*value)))
    return fail(wrong(question, fmt::format("{}: \"{}\" is no {}", question.key, given, percent ? "percentage" : "whole number")));
  if (*value < question.least || *value > question.most) {
    Error error = wrong(question, fmt::format("{}: {} is out of bounds", question.key, given));
    error.code = "kp-interview-range";
    error.kind = ErrorKind::kOutOfRange;
    return fail(std::move(error));
  }
  return percent ? fmt::format("{:.7g}", *value) : fmt::format("{:.0f}", *value);
}

Result<std::string> read_choices(const Question& question, std::string_view given) {
  std::vector<std::string_view> words = split_words(given);
  std::vector<std::string> known;
  for (const Choice& choice : question.choices) known.emplace_back(choice.word);
  for (const std::string_view word : words) {
    if (std::find(known.begin(), known.end(), word) != known.end()) continue;
    Error error = wrong(question, fmt::format("{}: there is no \"{}\"", question.key, word));
    if (const auto near = nearest_name(word, known)) error.message += fmt::format("; do you mean \"{}\"", *near);
    return fail(std::move(error));
  }
  if (question.kind == AnswerKind::kChoice && words.size() != 1) return fail(wrong(question, fmt::format("{}: name one", question.key)));
  if (words.empty()) return fail(wrong(question, fmt::format("{}: name one at least", question.key)));
  std::string out;
  std::size_t count = 0;
  for (const std::string& word : known) {
    if (std::find(words.begin(), words.end(), word) == words.end()) continue;
    out += fmt::format("{}{}", count == 0 ? "" : ",", word);
    ++count;
  }
  if (count > 1 && out.starts_with("none,")) return fail(wrong(question, fmt::format("{}: \"none\" and others contradict each other", question.key)));
  return out;
}

Result<std::string> read_currencies(const Question& question, std::string_view given) {
  std::vector<std::string_view> codes = split_words(given);
  if (codes.size() == 1 && codes.front() == "none") return std::string("none");
  std::sort(codes.begin() + (codes.empty() ? 0 : 1), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  const auto is_code = [](std::string_view code) {
    return code.size() == kCurrencyLetters && std::all_of(code.begin(), code.end(), [](char letter) { return letter >= 'A' && letter <= 'Z'; });
  };
  if (codes.empty() || codes.size() > kMaxCurrencies || !std::all_of(codes.begin(), codes.end(), is_code)) {
    return fail(wrong(question, fmt::format("{}: \"{}\" is no list of currency codes", question.key, given)));
  }
  return fmt::format("{}", fmt::join(codes, ","));
}

Result<std::string> read_date(const Question& question, std::string_view given) {
  if (given == "none") return std::string(given);
  if (!parse_date(given)) return fail(wrong(question, fmt::format("{}: \"{}\" is no date", question.key, given)));
  return std::string(given);
}

std::string_view kind_name(AnswerKind kind) {
  switch (kind) {
    case AnswerKind::kName:
      return "name";
    case AnswerKind::kText:
      return "text";
    case AnswerKind::kCount:
      return "count";
    case AnswerKind::kPercent:
      return "percent";
    case AnswerKind::kChoice:
      return "choice";
    case AnswerKind::kChoices:
      return "choices";
    case AnswerKind::kCurrencies:
      return "currencies";
    case AnswerKind::kDate:
      return "date";
  }
  return "text";
}

void append_member(std::string& out, std::string_view key, std::string_view value) {
  append_json_string(out, key);
  out += ':';
  append_json_string(out, value);
}

}  // namespace

Result<std::string> read_answer(const Question& question, std::string_view given) {
  given = trim(given);
  if (given.size() > kMaxAnswerBytes) return fail(wrong(question, fmt::format("the answer to {} is too long", question.key)));
  if (!valid_utf8(given)) return fail(wrong(question, fmt::format("the answer to {} is not UTF-8", question.key)));
  switch (question.kind) {
    case AnswerKind::kName:
      return read_name(question, given);
    case AnswerKind::kText:
      return read_text(question, given);
    case AnswerKind::kCount:
    case AnswerKind::kPercent:
      return read_number(question, given);
    case AnswerKind::kChoice:
    case AnswerKind::kChoices:
      return read_choices(question, given);
    case AnswerKind::kCurrencies:
      return read_currencies(question, given);
    case AnswerKind::kDate:
      return read_date(question, given);
  }
  return std::string(given);
}

std::string describe_kind(const Question& question) {
  switch (question.kind) {
    case AnswerKind::kName:
      return fmt::format("lower-case letters, digits and underscores, starting with a letter, at most {}", kMaxNameBytes);
    case AnswerKind::kText:
      return fmt::format("one line of at most {} characters", kMaxSummaryCharacters);
    case AnswerKind::kCount:
      return fmt::format("a whole number from {:.0f} to {:.0f} (20k and 2M too){}", question.least, question.most,
                         question.may_be_auto ? ", or auto" : "");
    case AnswerKind::kPercent:
      return fmt::format("a percentage from {} to {}", question.least, question.most);
    case AnswerKind::kCurrencies:
      return "none, or currency codes such as EUR joined by commas, the main one first";
    case AnswerKind::kDate:
      return "none, or a day as 2027-12-31";
    case AnswerKind::kChoice:
    case AnswerKind::kChoices:
      break;
  }
  std::vector<std::string_view> words;
  for (const Choice& choice : question.choices) words.push_back(choice.word);
  return fmt::format("{} of {}{}", question.kind == AnswerKind::kChoice ? "one" : "any", fmt::join(words, ", "),
                     question.kind == AnswerKind::kChoices ? ", joined by commas" : "");
}

Result<std::string> print_questions_json() {
  const Result<std::vector<Pattern>> patterns = load_patterns();
  if (!patterns) return fail(patterns.error());
  std::string out = "{\"questions\":[";
  for (const Question& question : make_questions()) {
    out += out.ends_with('[') ? "\n  {" : ",\n  {";
    append_member(out, "key", question.key);
    for (const auto& [name, value] : {std::pair<std::string_view, std::string>{"question", std::string(question.question)},
                                      {"why", std::string(question.why)},
                                      {"kind", std::string(kind_name(question.kind))},
                                      {"takes", describe_kind(question)},
                                      {"default", std::string(question.default_answer)}}) {
      out += ',';
      append_member(out, name, value);
    }
    out += ",\"default_by_pattern\":{";
    for (const Pattern& pattern : *patterns) {
      const auto own = pattern.defaults.find(question.key);
      if (own == pattern.defaults.end()) continue;
      if (!out.ends_with('{')) out += ',';
      append_member(out, pattern.name, own->second);
    }
    out += "},\"choices\":[";
    for (const Choice& choice : question.choices) {
      out += out.ends_with('[') ? "{" : ",{";
      append_member(out, "word", choice.word);
      out += ',';
      append_member(out, "meaning", choice.meaning);
      out += '}';
    }
    out += "]}";
  }
  return out + "\n]}\n";
}

}  // namespace kingpost::interview
