#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "kingpost/app/commands.hpp"
#include "kingpost/app/loading.hpp"
#include "kingpost/app/review_fix.hpp"
#include "kingpost/app/review_lock.hpp"
#include "kingpost/app/version.hpp"
#include "kingpost/review/print.hpp"
#include "kingpost/review/review.hpp"

namespace kingpost::app {
namespace {

std::string counted(std::size_t count, std::string_view word) { return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s"); }

/// RULE or RULE:ELEMENT.
bool names(const std::string& wish, const review::Finding& finding) {
  const auto colon = wish.find(':');
  return finding.rule == wish.substr(0, colon) && (colon == std::string::npos || finding.element == wish.substr(colon + 1));
}

/// Adds the findings that `--accept` names to the lock and writes it.
Result<void> accept(const ReviewOptions& options, const std::vector<review::Finding>& findings, Lock& lock) {
  if (options.reason.find_first_not_of(" \t") == std::string::npos)
    return fail(ErrorKind::kInvalidArgument, "kp-accept", "--accept needs --reason: why can this finding be lived with?");
  for (const auto& wish : options.accept) {
    bool known = false;
    for (const auto& finding : findings) {
      if (!names(wish, finding)) continue;
      known = true;
      const auto same = std::find_if(lock.accepted.begin(), lock.accepted.end(),
                                     [&](const Acceptance& one) { return one.rule == finding.rule && one.element == finding.element; });
      if (same != lock.accepted.end()) {
        same->reason = options.reason;
      } else {
        lock.accepted.push_back({finding.rule, finding.element, options.reason, {}});
      }
    }
    if (!known)
      return fail(ErrorKind::kNotFound, "kp-accept", fmt::format("No finding is named {}; the findings are told as RULE and ELEMENT.", wish));
  }
  return write_file(lock.path, print_lock(lock));
}

/// Mends what can be mended and writes the files; tells what was done.
Result<void> fix(const ReviewOptions& options, const Lock& lock) {
  const auto wanted = [&](const review::Finding& finding) {
    return std::none_of(lock.accepted.begin(), lock.accepted.end(),
                        [&](const Acceptance& one) { return one.rule == finding.rule && one.element == finding.element; });
  };
  const auto mended = mend_findings(options.model, wanted);
  for (const auto& [path, text] : mended.texts) {
    if (auto written = write_file(path, text); !written) return written;
  }
  for (const auto& finding : mended.done) fmt::print(stderr, "fixed {} at {}: {}\n", finding.rule, finding.element, finding.fix);
  for (const auto& finding : mended.refused)
    fmt::print(stderr, "left {} at {}: its edit alone would break the model or make another finding\n", finding.rule, finding.element);
  return {};
}

void print_text(const std::vector<review::Finding>& findings, const SourceMap& sources, DiagnosticFormat kind) {
  const bool colored = kind == DiagnosticFormat::kText && isatty(STDOUT_FILENO) == 1 && color_on_stderr();
  const std::string text = print_diagnostics(review::to_diagnostics(findings), sources, kind, colored);
  std::fputs(text.c_str(), stdout);
}

/// Tells the counts; whether something is left to say.
bool summarise(const ReviewOptions& options, const std::vector<review::Finding>& findings, const std::vector<review::StaleAcceptance>& stale) {
  const auto count = [&](Severity severity) {
    return static_cast<std::size_t>(std::count_if(
        findings.begin(), findings.end(), [&](const review::Finding& finding) { return finding.severity == severity && finding.accepted.empty(); }));
  };
  const auto accepted = std::count_if(findings.begin(), findings.end(), [](const review::Finding& finding) { return !finding.accepted.empty(); });
  const auto all = review::rules();
  const auto rules = std::count_if(all.begin(), all.end(), [](const review::RuleRow& row) { return row.model; });
  for (const auto& one : stale)
    fmt::print(stderr, "{}: the acceptance of {} at {} is stale: nothing is found there any more; remove it\n", lock_path(options.model), one.rule,
               one.element);
  const auto errors = count(Severity::kError);
  const auto warnings = count(Severity::kWarning);
  fmt::print(stderr, "{}: {}, {}, {} from {} rules{}\n", options.model, counted(errors, "error"), counted(warnings, "warning"),
             counted(count(Severity::kNote), "note"), rules, accepted > 0 ? fmt::format("; {} accepted", accepted) : std::string());
  return errors + warnings != 0;
}

}  // namespace

int run_review(const ReviewOptions& options) {
  LoadedModel model = load_model(options.model, Limits{});
  if (!model.system) {
    report(model, options.format, true);
    return kExitFindings;
  }
  auto lock = read_lock(options.model);
  if (!lock) return complain(lock.error());
  if (options.fix) {
    if (auto fixed = fix(options, *lock); !fixed) return complain(fixed.error());
    model = load_model(options.model, Limits{});
    if (!model.system) {
      report(model, options.format, true);
      return kExitFindings;
    }
  }
  auto findings = review::review(*model.system);
  if (!options.accept.empty()) {
    if (auto written = accept(options, findings, *lock); !written) return complain(written.error());
  }
  const auto stale = mark_accepted(*lock, findings);
  if (options.format == "json" || options.format == "sarif") {
    make_text_edits(findings, model.sources);
    const auto text =
        options.format == "json" ? review::print_json(findings, model.sources, stale) : review::print_sarif(findings, model.sources, kVersion);
    std::fputs(text.c_str(), stdout);
  } else {
    print_text(findings, model.sources, options.format == "github" ? DiagnosticFormat::kGithub : DiagnosticFormat::kText);
  }
  std::fflush(stdout);
  return summarise(options, findings, stale) ? kExitFindings : kExitOk;
}

}  // namespace kingpost::app
