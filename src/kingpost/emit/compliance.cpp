#include <fmt/format.h>

#include "kingpost/emit/html.hpp"
#include "kingpost/emit/site_assurance.hpp"

namespace kingpost::emit {
namespace {

using assure::Status;

AssureTable item_table(const assure::Compliance& list, std::string key, std::string title, std::string intro) {
  AssureTable out{.key = std::move(key),
                  .title = std::move(title),
                  .intro = std::move(intro),
                  .columns = {{"item", "ASVS", AssureShape::kCode},
                              {"level", "Level", AssureShape::kNumber},
                              {"topic", "Topic"},
                              {"status", "Status", AssureShape::kStatus},
                              {"because", "Because"},
                              {"mechanisms", "Mechanisms", AssureShape::kCodeList},
                              {"line", "Line", AssureShape::kHidden}},
                  .rows = {}};
  const auto kept = [&](Status status) {
    if (out.key == "settled") return status == Status::kInForce || status == Status::kConditional || status == Status::kNone;
    if (out.key == "designed") return status == Status::kDesigned;
    return status == (out.key == "open" ? Status::kOpen : Status::kOperator);
  };
  for (const assure::ComplianceItem& one : list.items) {
    if (!kept(one.status)) continue;
    out.rows.push_back({{one.id},
                        {std::to_string(one.level)},
                        {one.topic},
                        {assure::status_name(one.status)},
                        {one.because},
                        mechanism_titles(one.by),
                        line_cell(one.span)});
  }
  return out;
}

AssureTable data_table(const ir::System& system, const std::vector<assure::PersonalField>& personal) {
  AssureTable out{.key = "data",
                  .title = "Personal and secret data",
                  .intro = "Fields that the model marks `sensitive`, who reads them, where their values go, how long they stay and how they go.",
                  .columns = {{"field", "Field", AssureShape::kCode},
                              {"kind", "Kind"},
                              {"stored", "Stored"},
                              {"readers", "Read by", AssureShape::kList},
                              {"contracts", "Shown in", AssureShape::kCodeList},
                              {"comesFrom", "Comes from", AssureShape::kCodeList},
                              {"events", "In events", AssureShape::kCodeList},
                              {"sentTo", "Sent to", AssureShape::kCodeList},
                              {"retention", "Kept"},
                              {"deletion", "Goes"},
                              {"undecided", "Undecided", AssureShape::kList},
                              {"line", "Line", AssureShape::kHidden}},
                  .rows = {},
                  .data_only = false,
                  .findable = true};
  const auto cell = [](const std::vector<std::string>& all) { return AssureCell(all.begin(), all.end()); };
  for (const assure::PersonalField& one : personal) {
    const ir::Entity& entity = system.entity(one.entity);
    const ir::Field& field = entity.field(one.field);
    const std::string anchor = fmt::format("field-{}-{}", file_segment(entity.name), file_segment(field.name));
    out.rows.push_back({{AssureValue(entity.name + "." + field.name, anchor)},
                        {field.sensitivity == ir::Sensitivity::kSecret ? "secret" : "personal"},
                        {field.encrypted ? "encrypted (designed, not yet run)" : "in plain"},
                        cell(one.readers),
                        cell(one.contracts),
                        cell(one.from),
                        cell(one.events),
                        cell(one.sent),
                        {one.retention},
                        {one.deletion},
                        cell(one.open),
                        line_cell(field.span)});
  }
  return out;
}

}  // namespace

AssureReport report_compliance(const SiteInput& input) {
  const assure::Compliance& list = input.assurance->compliance;
  AssureReport out;
  out.key = "compliance";
  out.title = "Compliance checklist and data facts";
  out.intro = fmt::format(
      "{} items of OWASP ASVS {} that concern a backend: which of them the design settles and by what, which are left to whoever runs it, and which "
      "are open. Topics are short words of "
      "our own; the standard's text decides. Items about browsers' pages, files and media are not listed.",
      list.items.size(), assure::kAsvsVersion);
  out.tables.push_back(item_table(list, "open", "Open", "Nothing meets them yet."));
  out.tables.push_back(item_table(list, "designed", "Designed, not yet run", "The model says it; this version of the server does not run it."));
  out.tables.push_back(item_table(list, "operator", "Left to the operator", ""));
  out.tables.push_back(item_table(list, "settled", "Settled by the design", "Items that do not arise say so."));
  out.tables.push_back(data_table(*input.system, list.personal));
  out.tables.push_back(mechanism_table("mechanism-list"));
  return out;
}

}  // namespace kingpost::emit
