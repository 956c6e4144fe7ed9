#include "kingpost/review/print.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "kingpost/base/text.hpp"

namespace kingpost::review {
namespace {

std::string_view severity_name(Severity severity) {
  return severity == Severity::kError ? "error" : severity == Severity::kWarning ? "warning" : "note";
}

void member(std::string& out, std::string_view name, std::string_view text) {
  fmt::format_to(std::back_inserter(out), ",\"{}\":", name);
  append_json_string(out, text);
}

void place(std::string& out, const Span& span, const SourceMap& sources) {
  if (span.file < sources.size()) member(out, "file", sources.name(span.file));
  fmt::format_to(std::back_inserter(out), ",\"line\":{},\"column\":{},\"end_line\":{},\"end_column\":{}", span.line, span.column, span.end_line,
                 span.end_column);
}

void print_one(std::string& out, const Finding& finding, const SourceMap& sources) {
  fmt::format_to(std::back_inserter(out), "{{\"severity\":\"{}\"", severity_name(finding.severity));
  member(out, "code", finding.rule);
  fmt::format_to(std::back_inserter(out), ",\"number\":{}", finding.number);
  member(out, "element", finding.element);
  member(out, "message", finding.message);
  if (!finding.evidence.empty()) member(out, "evidence", finding.evidence);
  if (finding.span.known()) place(out, finding.span, sources);
  if (!finding.fix.empty()) member(out, "suggestion", finding.fix);
  auto edits = finding.text_edits;
  if (finding.edit) edits.push_back(*finding.edit);
  if (!edits.empty()) {
    out += ",\"fixes\":[";
    for (std::size_t at = 0; at < edits.size(); ++at) {
      out += at == 0 ? "{\"replacement\":" : ",{\"replacement\":";
      append_json_string(out, edits[at].replacement);
      place(out, edits[at].span, sources);
      out += '}';
    }
    out += ']';
  }
  if (!finding.accepted.empty()) member(out, "accepted", finding.accepted);
  out += '}';
}

}  // namespace

std::string print_json(const std::vector<Finding>& findings, const SourceMap& sources, std::span<const StaleAcceptance> stale) {
  std::string out = "{\"diagnostics\":[";
  for (std::size_t at = 0; at < findings.size(); ++at) {
    out += at == 0 ? "\n  " : ",\n  ";
    print_one(out, findings[at], sources);
  }
  const auto open = [&](Severity severity) {
    return std::count_if(findings.begin(), findings.end(), [&](const Finding& one) { return one.severity == severity && one.accepted.empty(); });
  };
  const auto accepted = std::count_if(findings.begin(), findings.end(), [](const Finding& one) { return !one.accepted.empty(); });
  fmt::format_to(std::back_inserter(out), "\n],\"errors\":{},\"warnings\":{},\"notes\":{},\"accepted\":{},\"dropped\":0,\"stale\":[",
                 open(Severity::kError), open(Severity::kWarning), open(Severity::kNote), accepted);
  for (std::size_t at = 0; at < stale.size(); ++at) {
    out += at == 0 ? "{\"rule\":" : ",{\"rule\":";
    append_json_string(out, stale[at].rule);
    member(out, "element", stale[at].element);
    out += '}';
  }
  return out + "]}\n";
}

}  // namespace kingpost::review
