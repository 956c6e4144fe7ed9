#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "kingpost/interview/patterns.hpp"
#include "kingpost/interview/questions.hpp"

namespace kingpost::interview {

/// Everything that is wrong, never only the first.
using Errors = std::vector<Error>;

struct Given {
  std::string key;
  std::string value;
};

/// Reads `key: value` and `key=value` lines; `#` starts a comment, a value may be in quotes or a list, and `- word` lines continue a list.
/// At most 64 KiB. Errors: kp-interview-syntax with the line.
[[nodiscard]] tl::expected<std::vector<Given>, Errors> parse_answers(std::string_view text);

/// Answers in canonical form. Errors: kp-interview-unknown (the nearest key is proposed), kp-interview-twice, and those of read_answer.
[[nodiscard]] tl::expected<Answers, Errors> settle_answers(const std::vector<Given>& given);

/// The answers with the defaults of their pattern and of the questions.
[[nodiscard]] Answers complete_answers(const Answers& answers, const std::vector<Pattern>& patterns);

/// What complete answers say, in the words that conditions use.
[[nodiscard]] Facts make_facts(const Answers& complete);

/// Errors: kp-interview-contradiction, one for each pair of answers that cannot both be.
[[nodiscard]] Errors find_contradictions(const Facts& facts, const Pattern& pattern);

/// `answers.yaml`: every answer with its question, readable by parse_answers.
[[nodiscard]] std::string print_answers(const Answers& complete);

}  // namespace kingpost::interview
