#include "kingpost/assess/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <tuple>

#include "kingpost/assess/markdown.hpp"

namespace kingpost::assess {

std::vector<RuleGroup> group_findings(const Assessment& assessment) {
  std::map<std::string_view, std::string_view> titles{{kParseRule, "Could not be read"}};
  for (const Rule& rule : all_rules()) titles.emplace(rule.id, rule.title);
  std::map<std::pair<Severity, std::string_view>, RuleGroup> groups;
  for (const auto& finding : assessment.findings) {
    auto& group = groups[{finding.severity, finding.rule}];
    group.rule = finding.rule;
    group.severity = finding.severity;
    group.title = titles.contains(finding.rule) ? titles.at(finding.rule) : std::string_view{};
    group.findings.push_back(&finding);
  }
  std::vector<RuleGroup> out;
  for (auto& [key, group] : groups) out.push_back(std::move(group));
  std::stable_sort(out.begin(), out.end(), [](const RuleGroup& left, const RuleGroup& right) {
    // What could not be read is said after what was judged.
    const auto unread = [](const RuleGroup& group) { return group.rule.starts_with("foreign-"); };
    return std::tuple(left.severity, unread(left), right.findings.size(), left.rule) <
           std::tuple(right.severity, unread(right), left.findings.size(), right.rule);
  });
  return out;
}

std::string what_was_read(const Assessment& assessment) {
  const auto& facts = assessment.facts;
  std::vector<std::string> parts;
  if (const auto& sql = facts.sql; !sql.migrations.empty() || !sql.tables.empty()) {
    std::size_t keys = 0;
    for (const auto& table : sql.tables) keys += table.foreign_keys.size();
    parts.push_back(fmt::format("{} ({}, {}, {} routines and views)", counted(sql.migrations.size(), "SQL file"), counted(sql.tables.size(), "table"),
                                counted(keys, "foreign key"), sql.routines.size()));
  }
  static constexpr std::array<const char*, 4> kApis = {"OpenAPI file", "Swagger file", "GraphQL file", "proto file"};
  for (std::size_t kind = 0; kind < kApis.size(); ++kind) {
    std::size_t files = 0;
    std::size_t operations = 0;
    for (const auto& api : facts.apis) {
      if (static_cast<std::size_t>(api.kind) != kind) continue;
      ++files;
      operations += api.operations.size();
    }
    if (files > 0) parts.push_back(fmt::format("{} ({})", counted(files, kApis[kind]), counted(operations, "operation")));
  }
  for (const std::string kind : {"compose", "kubernetes", "env"}) {
    std::size_t files = 0;
    std::size_t containers = 0;
    for (const auto& deployment : facts.deployments) {
      if (deployment.kind != kind) continue;
      ++files;
      containers += deployment.containers.size();
    }
    if (files > 0) parts.push_back(counted(files, kind + " file") + (kind == "env" ? "" : fmt::format(" ({})", counted(containers, "container"))));
  }
  return parts.empty() ? "nothing" : fmt::format("{}", fmt::join(parts, "; "));
}

std::string visible(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n' || c == '\t') {
      out += ' ';
    } else if (byte < 0x20U || byte == 0x7FU) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

std::string place_of(const Assessment& assessment, const Span& span) {
  if (span.file >= assessment.sources.size()) return {};
  const std::string name = visible(assessment.sources.name(span.file));
  return span.known() ? fmt::format("{}:{}:{}", name, span.line, span.column) : name;
}

std::string_view word_of(Severity severity) {
  if (severity == Severity::kError) return "error";
  return severity == Severity::kWarning ? "warning" : "note";
}

}  // namespace kingpost::assess
