#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kingpost/assess/rules.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/review/review.hpp"

namespace kingpost::app {

/// A rule as its page shows it: over models, over other people's files, or both.
struct RulePage {
  std::string_view id;
  int number = 0;
  std::string_view group;
  std::string_view title;
  const review::RuleRow* row = nullptr;       ///< of the catalogue; null for what only files can break
  std::vector<const assess::Rule*> on_files;  ///< one a kind of files
};

/// Every rule, by number.
[[nodiscard]] std::vector<RulePage> all_rule_pages();

/// The table of all review rules, each with a link to its page (Markdown).
[[nodiscard]] std::string print_rule_index(const std::vector<RulePage>& pages);

/// The reference page of one rule (Markdown). `examples` is a folder with review/RULE/ and assess/KIND/RULE/, each with bad.*, good.* and
/// expected.txt; empty: no examples. Error kp-file when a rule's examples are missing.
[[nodiscard]] Result<std::string> print_rule_page(const RulePage& page, const std::string& examples);

}  // namespace kingpost::app
