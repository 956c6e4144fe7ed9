#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "kingpost/assess/boundaries.hpp"
#include "kingpost/assess/collect.hpp"
#include "kingpost/assess/rules.hpp"
#include "kingpost/assess/strangler.hpp"
#include "kingpost/foreign/foreign.hpp"
#include "kingpost/review/finding.hpp"

namespace kingpost::assess {

/// Everything that is said about files that somebody handed in.
struct Assessment {
  std::string name;  ///< of the system, from the path
  SourceMap sources;
  foreign::Facts facts;
  std::vector<review::Finding> findings;  ///< by file, line, column, number, message
  std::vector<std::string> skipped;       ///< files that were not read, one sentence each
  std::size_t unreadable = 0;             ///< findings that tell what did not parse
  Boundaries boundaries;
  StranglerPlan plan;
};

/// The id of findings that tell what did not parse.
inline constexpr std::string_view kParseRule = "foreign-parse";

/// Reads, judges by every rule and proposes boundaries. What does not parse is a finding; the rest is judged. Deterministic; pure.
[[nodiscard]] Assessment assess(Collected collected, std::string name);

/// Every rule in the order of the tables of rules.hpp.
[[nodiscard]] std::vector<Rule> all_rules();

/// How many findings are of a severity.
[[nodiscard]] std::size_t count_of(const std::vector<review::Finding>& findings, Severity severity);

}  // namespace kingpost::assess
