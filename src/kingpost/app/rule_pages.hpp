#pragma once

#include <string>

#include "kingpost/base/result.hpp"
#include "kingpost/review/review.hpp"

namespace kingpost::app {

/// The table of all review rules, each with a link to its page (Markdown).
[[nodiscard]] std::string print_rule_index();

/// The reference page of one rule (Markdown). `examples` is a folder with RULE/bad.yaml, good.yaml and expected.txt; empty: no examples.
/// Error kp-file when a rule's examples are missing.
[[nodiscard]] Result<std::string> print_rule_page(const review::RuleRow& rule, const std::string& examples);

}  // namespace kingpost::app
