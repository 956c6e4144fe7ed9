#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/result.hpp"
#include "kingpost/interview/facts.hpp"

namespace kingpost::interview {

/// A line of a model with the condition under which it takes part, and what is below it.
struct Fragment {
  std::string text;       ///< `key:`, `key: value` or `- value`
  std::string condition;  ///< see `holds`
  std::string comment;
  std::vector<Fragment> children;
};

/// Reads fragments from text indented by two spaces; at most 12 levels. Lines that start with `#` are for the author of the fragments alone.
/// Errors: kp-interview-fragment with the line.
[[nodiscard]] Result<std::vector<Fragment>> parse_fragments(std::string_view text);

/// Joins `more` into `into`: a key that both have is one, with the children of both in that order.
void merge_fragments(std::vector<Fragment>& into, std::vector<Fragment> more);

/// Prints what takes part as model text in its canonical form: figures in place, the answers that decided as comments.
/// Errors: kp-interview-fragment for a `$(…)` that no answer has.
[[nodiscard]] Result<std::string> print_fragments(const std::vector<Fragment>& fragments, const Facts& facts);

/// Replaces each `$(word)` and `$(word*factor)`.
[[nodiscard]] Result<std::string> fill_in(std::string_view text, const Facts& facts);

/// A text without control characters as a quoted YAML scalar, as `kingpost fmt` quotes.
[[nodiscard]] std::string quote_yaml(std::string_view text);

}  // namespace kingpost::interview
