#include <fmt/format.h>

#include "kingpost/emit/site_assurance.hpp"

namespace kingpost::emit {
namespace {

using assure::Assessment;
using assure::Status;

constexpr std::size_t kRanked = 25;
/// With more operations their judgements stand in the JSON alone.
constexpr std::size_t kDetailed = 40;

std::string_view title_of(std::string_view threat) {
  for (const assure::ThreatName& one : assure::stride_names()) {
    if (one.id == threat) return one.title;
  }
  for (const assure::ThreatName& one : assure::top10_names()) {
    if (one.id == threat) return one.title;
  }
  return {};
}

std::vector<AssureColumn> assessment_columns(std::string subject, std::string title) {
  return {{std::move(subject), std::move(title)},
          {"threat", "Threat", AssureShape::kText},
          {"status", "Status", AssureShape::kStatus},
          {"because", "Because"},
          {"condition", "While"},
          {"mechanisms", "Mechanisms", AssureShape::kCodeList},
          {"breaks", "What would undo it"},
          {"line", "Line", AssureShape::kHidden}};
}

std::vector<AssureCell> assessment_row(const std::string& subject, const Assessment& one) {
  const std::string_view title = title_of(one.threat);
  const std::string threat = one.threat.size() == 1 ? std::string(title) : fmt::format("{} {}", one.threat, title);
  return {{subject},    {threat},           {assure::status_name(one.status)}, {one.because}, {one.condition}, mechanism_titles(one.by),
          {one.breaks}, line_cell(one.span)};
}

AssureTable flow_table(const assure::ThreatModel& model) {
  AssureTable out{.key = "flows",
                  .title = "Data flows",
                  .intro = "Who sends what to whom, and which boundary of trust it crosses; the data-flow diagram draws the same.",
                  .columns = {{"flow", "Flow"},
                              {"from", "From"},
                              {"to", "To"},
                              {"boundary", "Crosses"},
                              {"carries", "Carries"},
                              {"sensitive", "Personal or secret", AssureShape::kCodeList}},
                  .rows = {},
                  .data_only = false,
                  .findable = true};
  for (const assure::FlowThreats& one : model.flows) {
    const assure::DataFlow& flow = one.flow;
    out.rows.push_back({{flow.name}, {flow.from}, {flow.to}, {flow.boundary}, {flow.carries}, {flow.sensitive.begin(), flow.sensitive.end()}});
  }
  return out;
}

AssureTable stride_table(const assure::ThreatModel& model) {
  AssureTable out{.key = "stride", .title = "STRIDE, a flow at a time", .intro = "", .columns = assessment_columns("flow", "Flow"), .rows = {}};
  for (const assure::FlowThreats& one : model.flows) {
    for (const Assessment& at : one.stride) out.rows.push_back(assessment_row(one.flow.name, at));
  }
  return out;
}

AssureTable ranking(const assure::ThreatModel& model) {
  std::string weights;
  for (const assure::Weight& one : assure::risk_weights()) weights += fmt::format("{}{} {:g}", weights.empty() ? "" : "; ", one.what, one.points);
  AssureTable out{.key = "ranked",
                  .title = "Residual risk",
                  .intro = fmt::format("Operations with the most that is not met first, at most {}. Points are assumed weights, no measurement: {}.",
                                       kRanked, weights),
                  .columns = {{"operation", "Operation", AssureShape::kCode},
                              {"points", "Points", AssureShape::kNumber},
                              {"reach", "Reached by"},
                              {"open", "Open", AssureShape::kList},
                              {"designed", "Designed, not yet run", AssureShape::kList},
                              {"operator", "Left to the operator", AssureShape::kList}},
                  .rows = {}};
  for (const std::size_t at : model.ranked) {
    if (out.rows.size() == kRanked) break;
    const assure::OperationThreats& one = model.operations[at];
    AssureCell open;
    AssureCell designed;
    AssureCell left;
    for (const Assessment& judged : one.top10) {
      if (judged.status == Status::kOpen) open.emplace_back(fmt::format("{}: {} {}", judged.threat, judged.because, judged.breaks));
      if (judged.status == Status::kDesigned) designed.emplace_back(judged.threat);
      if (judged.status == Status::kOperator) left.emplace_back(judged.threat);
    }
    out.rows.push_back({{one.operation.permission->name},
                        {fmt::format("{:g}", one.risk)},
                        {assure::reach_name(one.operation.reach)},
                        std::move(open),
                        std::move(designed),
                        std::move(left)});
  }
  return out;
}

AssureTable overview(const assure::ThreatModel& model) {
  AssureTable out{.key = "operations",
                  .title = "OWASP API Security Top 10 (2023), an operation at a time",
                  .intro = "",
                  .columns = {{"operation", "Operation", AssureShape::kCode}, {"rule", "Rule", AssureShape::kCode}, {"reach", "Reached by"}},
                  .rows = {},
                  .data_only = false,
                  .findable = true};
  for (const assure::ThreatName& one : assure::top10_names()) {
    out.intro += fmt::format("{}{} {}", out.intro.empty() ? "" : ", ", one.id, one.title);
    out.columns.push_back({std::string(one.id), std::string(one.id), AssureShape::kText});
  }
  out.intro += ".";
  for (const assure::OperationThreats& one : model.operations) {
    std::vector<AssureCell> row = {{one.operation.permission->name}, {one.operation.permission->policy}, {assure::reach_name(one.operation.reach)}};
    for (const Assessment& at : one.top10) row.push_back({at.status == Status::kNone ? std::string_view("–") : assure::status_name(at.status)});
    out.rows.push_back(std::move(row));
  }
  return out;
}

AssureTable judgements(const assure::ThreatModel& model) {
  AssureTable out{.key = "assessments",
                  .title = "Judgements of operations",
                  .intro = "Each with its reason. Of more than 40 operations they stand in `threat-model.json` alone.",
                  .columns = assessment_columns("operation", "Operation"),
                  .rows = {},
                  .data_only = model.operations.size() > kDetailed};
  for (const assure::OperationThreats& one : model.operations) {
    for (const Assessment& at : one.top10) out.rows.push_back(assessment_row(one.operation.permission->name, at));
  }
  return out;
}

}  // namespace

AssureReport report_threats(const SiteInput& input) {
  const assure::ThreatModel& model = input.assurance->threats;
  std::size_t open = 0;
  for (const assure::FlowThreats& one : model.flows) {
    for (const Assessment& at : one.stride) open += at.status == Status::kOpen ? 1U : 0U;
  }
  for (const assure::OperationThreats& one : model.operations) {
    for (const Assessment& at : one.top10) open += at.status == Status::kOpen ? 1U : 0U;
  }
  AssureReport out;
  out.key = "threats";
  out.title = "Threat model";
  out.intro = fmt::format(
      "{} flows of data by STRIDE and {} operations by the OWASP API Security Top 10 of 2023: {} judgements are open. Each rests on a line of the "
      "model or on a mechanism named below. "
      "`designed, not yet run` means that the model says it and this version of the server does not run it.",
      model.flows.size(), model.operations.size(), open);
  out.tables = {ranking(model), flow_table(model), stride_table(model), overview(model), judgements(model), mechanism_table("mechanisms")};
  return out;
}

}  // namespace kingpost::emit
