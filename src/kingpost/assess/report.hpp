#pragma once

#include <string>
#include <vector>

#include "kingpost/assess/assess.hpp"
#include "kingpost/emit/design.hpp"

namespace kingpost::assess {

/// For a terminal: what was read, findings by severity and rule with their first places, the proposal. `all` shows every place.
[[nodiscard]] std::string print_text(const Assessment& assessment, bool color, bool all);

/// One JSON document: summary, findings, boundaries.
[[nodiscard]] std::string print_json(const Assessment& assessment);

/// SARIF 2.1.0 with every rule and its findings.
[[nodiscard]] std::string print_sarif(const Assessment& assessment);

/// GitHub workflow commands.
[[nodiscard]] std::string print_github(const Assessment& assessment);

/// The report for people, as Markdown.
[[nodiscard]] std::string print_markdown(const Assessment& assessment);

/// Every file of a report: Markdown, one self-contained HTML page, findings, diagrams, boundaries, plan, draft model. Files that have nothing to
/// say are left out; `left_out` says why. Not thread-safe: Graphviz is not.
struct ReportFiles {
  std::vector<emit::Artefact> files;
  std::vector<std::string> left_out;
};
[[nodiscard]] ReportFiles make_report(const Assessment& assessment, bool pictures);

}  // namespace kingpost::assess
