#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "kingpost/ir/system.hpp"
#include "kingpost/review/finding.hpp"

namespace kingpost::review {

/// One rule for the reference.
struct RuleRow {
  std::string_view id;
  int number = 0;
  std::string_view group;
  std::string_view title;
  std::string_view looks_for;
};

/// Every rule in the order of the catalogue.
[[nodiscard]] std::span<const RuleRow> rules() noexcept;

/// Judges a system by every rule. Findings come by file, line, column, then rule; the same system gives the same findings. Pure.
[[nodiscard]] std::vector<Finding> review(const ir::System& system);

/// Findings as diagnostics, for print_diagnostics: the rule's id is the code, the evidence follows the message.
[[nodiscard]] Diagnostics to_diagnostics(const std::vector<Finding>& findings);

}  // namespace kingpost::review
