#include "kingpost/assess/assess.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace kingpost::assess {
namespace {

using foreign::FileKind;
using review::Finding;

void read(const Collected& collected, foreign::Facts& facts, Diagnostics& diagnostics) {
  std::vector<foreign::File> sql;
  for (const CollectedFile& one : collected.files) {
    switch (one.kind) {
      case FileKind::kSql:
        sql.push_back(one.file);
        break;
      case FileKind::kOpenApi:
      case FileKind::kSwagger:
        facts.apis.push_back(foreign::read_openapi(one.file, diagnostics));
        break;
      case FileKind::kGraphql:
        facts.apis.push_back(foreign::read_graphql(one.file, diagnostics));
        break;
      case FileKind::kProto:
        facts.apis.push_back(foreign::read_proto(one.file, diagnostics));
        break;
      case FileKind::kCompose:
        facts.deployments.push_back(foreign::read_compose(one.file, diagnostics));
        break;
      case FileKind::kKubernetes:
        facts.deployments.push_back(foreign::read_kubernetes(one.file, diagnostics));
        break;
      case FileKind::kEnv:
        facts.deployments.push_back(foreign::read_env(one.file, diagnostics));
        break;
      case FileKind::kUnknown:
        break;
    }
  }
  if (!sql.empty()) facts.sql = foreign::read_sql(sql, diagnostics);
}

auto order_of(const Finding& finding) {
  return std::tie(finding.span.file, finding.span.line, finding.span.column, finding.number, finding.rule, finding.message);
}

}  // namespace

std::vector<Rule> all_rules() {
  std::vector<Rule> rules;
  for (const auto& table : {sql_rules(), migration_rules(), api_rules(), deploy_rules()}) rules.insert(rules.end(), table.begin(), table.end());
  return rules;
}

std::size_t count_of(const std::vector<Finding>& findings, Severity severity) {
  return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(), [&](const Finding& one) { return one.severity == severity; }));
}

Assessment assess(Collected collected, std::string name) {
  Assessment out;
  out.name = std::move(name);
  Diagnostics diagnostics;
  read(collected, out.facts, diagnostics);
  out.sources = std::move(collected.sources);
  out.skipped = std::move(collected.skipped);
  for (const auto& one : diagnostics.all()) {
    Finding finding;
    finding.rule = one.code.empty() ? std::string(kParseRule) : one.code;
    finding.severity = one.severity;
    finding.span = one.span;
    finding.message = one.message;
    finding.fix = one.suggestion;
    out.findings.push_back(std::move(finding));
  }
  out.unreadable = out.findings.size() + diagnostics.dropped();
  if (diagnostics.dropped() > 0) out.skipped.push_back(std::to_string(diagnostics.dropped()) + " more places did not parse.");
  for (const Rule& rule : all_rules()) {
    review::Report report(out.findings, rule.id, rule.number);
    rule.check(out.facts, report);
  }
  std::stable_sort(out.findings.begin(), out.findings.end(),
                   [](const Finding& left, const Finding& right) { return order_of(left) < order_of(right); });
  const auto same = [](const Finding& left, const Finding& right) { return order_of(left) == order_of(right); };
  out.findings.erase(std::unique(out.findings.begin(), out.findings.end(), same), out.findings.end());
  out.boundaries = propose_boundaries(out.facts);
  out.plan = plan_strangler(out.boundaries);
  return out;
}

}  // namespace kingpost::assess
