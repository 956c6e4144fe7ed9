#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "kingpost/assess/markdown.hpp"
#include "kingpost/assess/report.hpp"
#include "kingpost/assess/summary.hpp"
#include "kingpost/emit/json_writer.hpp"
#include "kingpost/review/review.hpp"

namespace kingpost::assess {
namespace {

using emit::JsonWriter;
using review::Finding;

constexpr std::size_t kPlacesShown = 3;
constexpr std::size_t kMostServicesShown = 12;

struct Style {
  std::string_view error, warning, note, strong, faint, off;
};
constexpr Style kPlain{};
constexpr Style kColored{"\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m", "\x1b[1m", "\x1b[2m", "\x1b[0m"};

std::string_view color_of(Severity severity, const Style& style) {
  if (severity == Severity::kError) return style.error;
  return severity == Severity::kWarning ? style.warning : style.note;
}

std::int64_t number(std::size_t value) { return static_cast<std::int64_t>(value); }

void print_group(std::string& out, const Assessment& assessment, const RuleGroup& group, const Style& style, bool all) {
  out += fmt::format("\n{}{}{} {}{}{} ({})\n", color_of(group.severity, style), group.rule, style.off, style.strong, group.title, style.off,
                     group.findings.size());
  const std::size_t shown = all ? group.findings.size() : std::min(group.findings.size(), kPlacesShown);
  const std::string* fix = nullptr;
  for (std::size_t at = 0; at < shown; ++at) {
    const Finding& finding = *group.findings[at];
    const std::string evidence = finding.evidence.empty() ? "" : fmt::format(" ({})", visible(finding.evidence));
    out += fmt::format("  {}{}{}\n      {}{}\n", style.faint, place_of(assessment, finding.span), style.off, visible(finding.message), evidence);
    // The same advice is said once.
    if (!finding.fix.empty() && (fix == nullptr || *fix != finding.fix)) out += fmt::format("      → {}\n", visible(finding.fix));
    fix = &finding.fix;
  }
  if (group.findings.size() > shown) out += fmt::format("  {}… and {} more{}\n", style.faint, group.findings.size() - shown, style.off);
}

void print_proposal(std::string& out, const Boundaries& boundaries, const Style& style) {
  if (boundaries.tables == 0) return;
  out += fmt::format("\n{}Service boundaries:{} {}\n", style.strong, style.off, boundaries.keep_one ? "keep one service" : "parting is possible");
  for (const auto& reason : boundaries.reasons) out += "  " + visible(reason) + "\n";
  if (boundaries.services.size() < 2) return;
  for (std::size_t at = 0; at < boundaries.services.size() && at < kMostServicesShown; ++at) {
    const Service& one = boundaries.services[at];
    out += fmt::format("  {} {} ({}; {} inside, {} cut){}\n", boundaries.keep_one ? "module" : "group ", visible(one.name),
                       counted(one.tables.size(), "table"), one.inner_keys, one.cut_in + one.cut_out,
                       one.core      ? ", core"
                       : one.extract ? ", can be taken out"
                                     : "");
  }
  if (boundaries.services.size() > kMostServicesShown) out += fmt::format("  … and {} more\n", boundaries.services.size() - kMostServicesShown);
}

void print_finding(JsonWriter& out, const Assessment& assessment, const Finding& finding) {
  out.begin_object().member("severity", word_of(finding.severity)).member("code", finding.rule).member("message", finding.message);
  if (finding.span.file < assessment.sources.size()) out.member("file", assessment.sources.name(finding.span.file));
  if (finding.span.known()) {
    out.member("line", static_cast<std::int64_t>(finding.span.line)).member("column", static_cast<std::int64_t>(finding.span.column));
    out.member("end_line", static_cast<std::int64_t>(finding.span.end_line)).member("end_column", static_cast<std::int64_t>(finding.span.end_column));
  }
  if (!finding.fix.empty()) out.member("suggestion", finding.fix);
  if (!finding.evidence.empty()) out.member("evidence", finding.evidence);
  out.end_object();
}

}  // namespace

std::string print_text(const Assessment& assessment, bool color, bool all) {
  const Style& style = color ? kColored : kPlain;
  const auto& findings = assessment.findings;
  std::string out = fmt::format("{}{}{}: read {}.\n", style.strong, visible(assessment.name), style.off, what_was_read(assessment));
  out += fmt::format("{}, {}, {} by {} rules.\n", counted(count_of(findings, Severity::kError), "error"),
                     counted(count_of(findings, Severity::kWarning), "warning"), counted(count_of(findings, Severity::kNote), "note"),
                     all_rules().size());
  for (const auto& sentence : assessment.skipped) out += "Not read: " + visible(sentence) + "\n";
  for (const RuleGroup& group : group_findings(assessment)) print_group(out, assessment, group, style, all);
  print_proposal(out, assessment.boundaries, style);
  return out;
}

std::string print_json(const Assessment& assessment) {
  const auto& findings = assessment.findings;
  JsonWriter out;
  out.begin_object().member("name", assessment.name).member("read", what_was_read(assessment));
  out.member("errors", number(count_of(findings, Severity::kError))).member("warnings", number(count_of(findings, Severity::kWarning)));
  out.member("notes", number(count_of(findings, Severity::kNote)));
  out.key("not_read").begin_array();
  for (const auto& sentence : assessment.skipped) out.text(sentence);
  out.end_array().key("rules").begin_array();
  for (const RuleGroup& group : group_findings(assessment)) {
    out.begin_object().member("code", group.rule).member("severity", word_of(group.severity)).member("title", group.title);
    out.member("findings", number(group.findings.size())).end_object();
  }
  out.end_array().key("findings").begin_array();
  for (const Finding& finding : findings) print_finding(out, assessment, finding);
  out.end_array();
  write_boundaries(out.key("boundaries"), assessment.boundaries);
  out.end_object();
  return out.take();
}

std::string print_github(const Assessment& assessment) {
  std::string out;
  Diagnostics batch;
  const auto flush = [&] {
    out += print_diagnostics(batch, assessment.sources, DiagnosticFormat::kGithub, false);
    batch = {};
  };
  for (const auto& finding : assessment.findings) {
    const auto message = finding.evidence.empty() ? finding.message : finding.message + " (" + finding.evidence + ")";
    batch.add({finding.severity, finding.rule, message, finding.span, finding.fix, {}});
    if (batch.all().size() == Diagnostics::kMaxDiagnostics) flush();
  }
  flush();
  return out;
}

}  // namespace kingpost::assess
