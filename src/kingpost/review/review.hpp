#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "kingpost/ir/system.hpp"
#include "kingpost/review/finding.hpp"

namespace kingpost::review {

/// One rule of the catalogue, for the reference, for SARIF, and for whoever signs findings with its id.
struct RuleRow {
  std::string_view id;
  int number = 0;
  std::string_view group;
  std::string_view title;
  std::string_view looks_for;
  std::string_view why;       ///< what happens to a system that breaks the rule
  std::string_view severity;  ///< the severities it speaks with, each by its consequence
  bool model = false;         ///< decided from a model: review() checks it
  bool foreign = false;       ///< decided on other people's files (SQL, migrations, API descriptions, deployments)
  bool edits = false;         ///< some of its findings carry an edit
};

/// Every rule that a design or its files decide, in the order of the catalogue.
[[nodiscard]] std::span<const RuleRow> rules() noexcept;

/// The row of a rule; null for an id that no rule has.
[[nodiscard]] const RuleRow* find_rule(std::string_view id) noexcept;

/// Judges a system by every rule with `model`. Findings come by file, line, column, then rule; the same system gives the same findings. Pure.
[[nodiscard]] std::vector<Finding> review(const ir::System& system);

/// Findings as diagnostics, for print_diagnostics: the rule's id is the code, the evidence follows the message. Accepted ones are left out.
[[nodiscard]] Diagnostics to_diagnostics(const std::vector<Finding>& findings);

}  // namespace kingpost::review
