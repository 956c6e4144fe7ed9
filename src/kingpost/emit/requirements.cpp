#include <fmt/format.h>

#include "kingpost/emit/html.hpp"
#include "kingpost/emit/site_assurance.hpp"

namespace kingpost::emit {
namespace {

std::string anchor_of(const ir::System& system, const assure::Element& one) {
  if (one.kind == assure::ElementKind::kOther) return {};
  if (one.kind == assure::ElementKind::kCommand) return command_anchor(one.name);
  const std::string& entity = system.entity(one.entity).name;
  if (one.kind == assure::ElementKind::kEntity) return entity_anchor(entity);
  return fmt::format("field-{}-{}", file_segment(entity), file_segment(system.entity(one.entity).field(one.field).name));
}

void add_once(AssureCell& cell, const std::string& text) {
  for (const AssureValue& value : cell) {
    if (value.text == text) return;
  }
  cell.emplace_back(text);
}

/// Files of the design that come from an element, and the tests among them.
struct Made {
  AssureCell files;
  AssureCell tests;
};

void add_made(Made& made, const SiteInput& input, const assure::Element& one) {
  if (one.kind == assure::ElementKind::kOther) return;
  for (const SiteContract& shown : input.contracts) {
    const std::string segment = file_segment(shown.contract->name);
    const std::string cases = fmt::format("contract-tests/{}/cases.json", segment);
    if (one.kind == assure::ElementKind::kCommand) {
      for (const surface::ApiCommand& command : shown.whole.commands) {
        if (command.command != one.command) continue;
        add_once(made.files, fmt::format("openapi/{}.json", segment));
        add_once(made.tests, fmt::format("{}: rpc/{}/…", cases, command.name));
      }
      continue;
    }
    for (const surface::ApiEntity& entity : shown.whole.entities) {
      if (entity.entity != one.entity) continue;
      add_once(made.files, schema_path(*shown.contract, entity));
      add_once(made.files, fmt::format("openapi/{}.json", segment));
      add_once(made.tests, fmt::format("{}: {}/…", cases, entity.name));
    }
  }
  if (one.kind == assure::ElementKind::kCommand) {
    add_once(made.files, fmt::format("diagrams/command/{}.mmd", file_segment(one.name)));
  } else {
    add_once(made.files, "ddl/postgres.sql");
    add_once(made.files, "ddl/sqlite.sql");
  }
}

AssureCell values(const std::vector<std::string>& all) { return {all.begin(), all.end()}; }

}  // namespace

AssureReport report_requirements(const SiteInput& input) {
  const ir::System& system = *input.system;
  const assure::RequirementTrace& trace = input.assurance->requirements;
  AssureReport out;
  out.key = "requirements";
  out.title = "Requirements and what serves them";
  if (trace.lines.empty()) return out;
  std::size_t unmet = 0;
  AssureTable table{.key = "trace",
                    .title = "Requirements",
                    .intro = "",
                    .columns = {{"id", "Id", AssureShape::kCode},
                                {"text", "Requirement"},
                                {"status", "Status", AssureShape::kStatus},
                                {"elements", "Elements that name it", AssureShape::kCodeList},
                                {"operations", "Operations", AssureShape::kCodeList},
                                {"checks", "Held up by", AssureShape::kList},
                                {"objectives", "Objectives", AssureShape::kList},
                                {"files", "Files made from them", AssureShape::kCodeList},
                                {"tests", "Tests made from them", AssureShape::kCodeList},
                                {"line", "Line", AssureShape::kHidden}},
                    .rows = {},
                    .data_only = false,
                    .findable = true};
  for (const assure::RequirementLine& line : trace.lines) {
    unmet += line.met == assure::Met::kUnmet ? 1U : 0U;
    AssureCell elements;
    Made made;
    for (const assure::Element& one : line.elements) {
      elements.emplace_back(one.name, anchor_of(system, one));
      add_made(made, input, one);
    }
    if (!line.objectives.empty()) made.tests.emplace_back("alerts/slo.pages.test.yml");
    table.rows.push_back({{line.id},
                          {line.text},
                          {assure::met_name(line.met)},
                          std::move(elements),
                          values(line.operations),
                          values(line.checks),
                          values(line.objectives),
                          std::move(made.files),
                          std::move(made.tests),
                          line_cell(line.span)});
  }
  out.intro =
      fmt::format("{} of {} requirements are named by no element. An element names those that it serves by `for:`.", unmet, trace.lines.size());
  out.tables.push_back(std::move(table));
  AssureTable without{.key = "untraced",
                      .title = "Elements without a requirement",
                      .intro = "Entities and commands that name no requirement, nor do their fields: nobody asked for them, or nobody wrote it down.",
                      .columns = {{"name", "Element", AssureShape::kCode}, {"kind", "Kind"}, {"line", "Line", AssureShape::kHidden}},
                      .rows = {}};
  for (const assure::Element& one : trace.untraced) {
    without.rows.push_back({{AssureValue(one.name, anchor_of(system, one))}, {assure::element_kind_name(one.kind)}, line_cell(one.span)});
  }
  out.tables.push_back(std::move(without));
  return out;
}

}  // namespace kingpost::emit
