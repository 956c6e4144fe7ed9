#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/review/finding.hpp"

namespace kingpost::review {

/// An acceptance of a lock file that nothing asks for any more.
struct StaleAcceptance {
  std::string rule;
  std::string element;
};

/// Findings as one JSON document: the members of print_diagnostics' and number, element, evidence, accepted, fixes; accepted ones too.
[[nodiscard]] std::string print_json(const std::vector<Finding>& findings, const SourceMap& sources, std::span<const StaleAcceptance> stale = {});

/// Findings as SARIF 2.1.0: every rule with its help, edits as fixes, accepted findings with a suppression and its justification.
[[nodiscard]] std::string print_sarif(const std::vector<Finding>& findings, const SourceMap& sources, std::string_view version);

}  // namespace kingpost::review
