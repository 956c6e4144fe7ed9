#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kingpost/assess/assess.hpp"

namespace kingpost::assess {

/// Findings of one rule and one severity.
struct RuleGroup {
  std::string_view rule;
  std::string_view title;
  Severity severity = Severity::kNote;
  std::vector<const review::Finding*> findings;
};

/// Findings by severity, then by how many there are of a rule, then by id. Views live as long as the assessment.
[[nodiscard]] std::vector<RuleGroup> group_findings(const Assessment& assessment);

/// `3 SQL files (22 tables, 36 foreign keys); 1 OpenAPI file (12 operations)`.
[[nodiscard]] std::string what_was_read(const Assessment& assessment);

/// `path:line:column`, without control characters; the file's name alone where there is no line.
[[nodiscard]] std::string place_of(const Assessment& assessment, const Span& span);

[[nodiscard]] std::string_view word_of(Severity severity);

/// Foreign text in one line, control characters written out.
[[nodiscard]] std::string visible(std::string_view text);

}  // namespace kingpost::assess
