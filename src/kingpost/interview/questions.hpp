#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/result.hpp"

namespace kingpost::interview {

enum class AnswerKind : std::uint8_t {
  kName,        ///< a name of the model language
  kText,        ///< one line of text
  kCount,       ///< a whole number, `20k` and `1.5M` too
  kPercent,     ///< 99.9 or 99.9%
  kChoice,      ///< one word of the list
  kChoices,     ///< words of the list, joined by commas; the first word of the list alone means that there is none
  kCurrencies,  ///< ISO 4217 codes joined by commas, or none
  kDate,        ///< YYYY-MM-DD, or none
};

struct Choice {
  std::string_view word;
  std::string_view meaning;
};

struct Question {
  std::string_view key;
  AnswerKind kind = AnswerKind::kText;
  std::string_view question;
  std::string_view why;             ///< what the answer decides
  std::string_view default_answer;  ///< a pattern may have its own
  std::vector<Choice> choices;
  double least = 0;  ///< of counts and percentages
  double most = 0;
  bool may_be_auto = false;  ///< `auto` works the figure out from other answers
};

/// Answers by key, in canonical form. A key without an answer takes its default.
using Answers = std::map<std::string, std::string, std::less<>>;

/// The questions in the order in which they are asked.
[[nodiscard]] std::vector<Question> make_questions();

/// An answer in canonical form: words in the order of the question's list, counts as digits.
/// Errors: kp-interview-value (not of this kind; the nearest word is proposed), kp-interview-range.
[[nodiscard]] Result<std::string> read_answer(const Question& question, std::string_view given);

/// What may be answered, in a few words for people.
[[nodiscard]] std::string describe_kind(const Question& question);

/// The questions as JSON: {"questions":[{"key","question","why","kind","choices","default","default_by_pattern",…}]}.
[[nodiscard]] Result<std::string> print_questions_json();

}  // namespace kingpost::interview
