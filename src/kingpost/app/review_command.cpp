#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "kingpost/app/commands.hpp"
#include "kingpost/app/loading.hpp"
#include "kingpost/review/review.hpp"

namespace kingpost::app {
namespace {

std::string counted(std::size_t count, std::string_view word) { return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s"); }

}  // namespace

int run_review(const ReviewOptions& options) {
  const LoadedModel model = load_model(options.model, Limits{});
  if (!model.system) {
    report(model, options.format, true);
    return kExitFindings;
  }
  const auto findings = review::review(*model.system);
  const auto kind = options.format == "json"     ? DiagnosticFormat::kJson
                    : options.format == "github" ? DiagnosticFormat::kGithub
                                                 : DiagnosticFormat::kText;
  const bool colored = kind == DiagnosticFormat::kText && isatty(STDOUT_FILENO) == 1 && color_on_stderr();
  const std::string text = print_diagnostics(review::to_diagnostics(findings), model.sources, kind, colored);
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  const auto count = [&](Severity severity) {
    return static_cast<std::size_t>(
        std::count_if(findings.begin(), findings.end(), [&](const review::Finding& finding) { return finding.severity == severity; }));
  };
  const auto errors = count(Severity::kError);
  const auto warnings = count(Severity::kWarning);
  fmt::print(stderr, "{}: {}, {}, {} from {} rules\n", options.model, counted(errors, "error"), counted(warnings, "warning"),
             counted(count(Severity::kNote), "note"), review::rules().size());
  return errors + warnings == 0 ? kExitOk : kExitFindings;
}

}  // namespace kingpost::app
