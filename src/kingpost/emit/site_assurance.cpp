#include "kingpost/emit/site_assurance.hpp"

#include <fmt/format.h>

#include "kingpost/emit/design_parts.hpp"
#include "kingpost/emit/html.hpp"
#include "kingpost/emit/json_writer.hpp"
#include "kingpost/emit/markdown.hpp"
#include "kingpost/emit/slo_alerts.hpp"

namespace kingpost::emit {
namespace {

bool is_code(AssureShape shape) { return shape == AssureShape::kCode || shape == AssureShape::kCodeList; }
bool is_list(AssureShape shape) { return shape == AssureShape::kList || shape == AssureShape::kCodeList; }

/// Escaped HTML in which pairs of backticks became code.
std::string with_code(std::string_view text) {
  std::string out;
  for (std::size_t open = text.find('`'); open != std::string_view::npos; open = text.find('`')) {
    const std::size_t close = text.find('`', open + 1);
    if (close == std::string_view::npos) break;
    out += escape_html(text.substr(0, open)) + code(text.substr(open + 1, close - open - 1));
    text.remove_prefix(close + 1);
  }
  return out + escape_html(text);
}

std::string html_of(const AssureValue& value, AssureShape shape) {
  std::string out = is_code(shape) && !value.text.empty() ? code(value.text)
                    : shape == AssureShape::kStatus       ? badge(value.text)
                                                          : with_code(value.text);
  return value.anchor.empty() ? out : fmt::format("<a href=\"#{}\">{}</a>", value.anchor, out);
}

std::string html_of(const AssureCell& cell, AssureShape shape) {
  std::string out;
  for (const AssureValue& value : cell) out += (out.empty() ? "" : "<br>") + html_of(value, shape);
  return out.empty() ? "–" : out;
}

std::string markdown_of(const AssureCell& cell, AssureShape shape) {
  std::string out;
  for (const AssureValue& value : cell) {
    if (value.text.empty()) continue;
    out += (out.empty() ? "" : "; ") + (is_code(shape) ? markdown_code(value.text) : markdown_text(value.text));
  }
  return out.empty() ? "–" : out;
}

void write_table(Page& page, const AssureTable& table, const std::string& id) {
  page.raw(fmt::format("<h2 id=\"{}\">{}</h2>\n", id, escape_html(table.title)));
  if (!table.intro.empty()) page.raw(fmt::format("<p>{}</p>\n", with_code(table.intro)));
  if (table.rows.empty()) return page.raw("<p>None.</p>\n");
  std::vector<std::string_view> heads;
  for (const AssureColumn& column : table.columns) {
    if (column.shape != AssureShape::kHidden) heads.push_back(column.title);
  }
  page.open_table(table.title, heads);
  std::size_t number = 0;
  for (const auto& row : table.rows) {
    ++number;
    page.raw(table.findable
                 ? fmt::format("<tr id=\"{}-{}\"{}>", id, number, findable(table.title, row.front().empty() ? "" : row.front().front().text))
                 : std::string("<tr>"));
    for (std::size_t at = 0; at < row.size(); ++at) {
      if (table.columns[at].shape == AssureShape::kHidden) continue;
      const std::string html = html_of(row[at], table.columns[at].shape);
      page.raw(at == 0 ? fmt::format("<th scope=\"row\">{}</th>", html) : fmt::format("<td>{}</td>", html));
    }
    page.raw("</tr>\n");
  }
  page.close_table();
}

void print_cell(JsonWriter& json, const AssureCell& cell, AssureShape shape) {
  if (is_list(shape)) {
    json.begin_array();
    for (const AssureValue& value : cell) json.text(value.text);
    json.end_array();
    return;
  }
  const std::string text = cell.empty() ? std::string() : cell.front().text;
  if (shape == AssureShape::kNumber || shape == AssureShape::kHidden) {
    json.raw(text.empty() ? "null" : text);
  } else {
    json.text(text);
  }
}

using Reporter = AssureReport (*)(const SiteInput& input);

struct Document {
  const char* stem;
  const char* title;
  Reporter report;
};

constexpr Document kDocuments[] = {
    {"requirements", "Requirements and what serves them", report_requirements},
    {"permissions", "Permission matrix", report_permissions},
    {"threat-model", "Threat model", report_threats},
    {"slo", "Service objectives and error budgets", report_slos},
    {"compliance", "Compliance checklist and data facts", report_compliance},
};

}  // namespace

std::shared_ptr<const AssuranceSet> make_assurance(const ir::System& system) {
  auto out = std::make_shared<AssuranceSet>();
  out->threats = assure::threat_model(system);
  out->compliance = assure::check_compliance(system);
  out->requirements = assure::trace_requirements(system, out->threats.matrix);
  out->slos = assure::plan_slos(system);
  return out;
}

std::string print_assure_markdown(const ir::System& system, const AssureReport& report) {
  std::string out = fmt::format("# {} of {}\n\n{}\n", report.title, markdown_text(system.name), markdown_text(report.intro));
  for (const AssureTable& table : report.tables) {
    if (table.data_only) continue;
    out += fmt::format("\n## {}\n\n", markdown_text(table.title));
    if (!table.intro.empty()) out += markdown_text(table.intro) + "\n\n";
    if (table.rows.empty()) {
      out += "None.\n";
      continue;
    }
    std::string line = "|";
    for (const AssureColumn& column : table.columns) {
      if (column.shape == AssureShape::kHidden) continue;
      out += fmt::format("| {} ", markdown_text(column.title));
      line += " --- |";
    }
    out += "|\n" + line + "\n";
    for (const auto& row : table.rows) {
      for (std::size_t at = 0; at < row.size(); ++at) {
        if (table.columns[at].shape != AssureShape::kHidden) out += fmt::format("| {} ", markdown_of(row[at], table.columns[at].shape));
      }
      out += "|\n";
    }
  }
  if (!report.notes.empty()) out += "\n## Notes\n\n";
  for (const std::string& note : report.notes) out += fmt::format("- {}\n", markdown_text(note));
  return out;
}

std::string print_assure_json(const ir::System& system, const AssureReport& report) {
  JsonWriter json;
  json.begin_object().member("system", system.name).member("about", report.intro);
  for (const AssureTable& table : report.tables) {
    json.key(table.key).begin_array();
    for (const auto& row : table.rows) {
      json.begin_object();
      for (std::size_t at = 0; at < row.size(); ++at) {
        json.key(table.columns[at].key);
        print_cell(json, row[at], table.columns[at].shape);
      }
      json.end_object();
    }
    json.end_array();
  }
  json.key("notes").begin_array();
  for (const std::string& note : report.notes) json.text(note);
  return json.end_array().end_object().take();
}

void write_assure(Page& page, const AssureReport& report) {
  page.open_section(report.key, report.title);
  page.raw(fmt::format("<p class=\"intro\">{}</p>\n", with_code(report.intro)));
  for (const AssureTable& table : report.tables) {
    if (!table.data_only) write_table(page, table, report.key + "-" + table.key);
  }
  if (!report.notes.empty()) {
    page.raw("<h2>Notes</h2>\n<ul>\n");
    for (const std::string& note : report.notes) page.raw(fmt::format("<li>{}</li>\n", with_code(note)));
    page.raw("</ul>\n");
  }
  page.close_section();
}

std::vector<AssureValue> mechanism_titles(const std::vector<assure::Mechanism>& all) {
  std::vector<AssureValue> out;
  out.reserve(all.size());
  for (const assure::Mechanism one : all) out.emplace_back(assure::mechanism(one).key);
  return out;
}

AssureTable mechanism_table(std::string key) {
  AssureTable out;
  out.key = std::move(key);
  out.title = "Mechanisms";
  out.intro = "What stands against threats, whether this version runs it, and the test of Kingpost that shows it.";
  out.columns = {{"id", "Mechanism", AssureShape::kCode},
                 {"force", "Force", AssureShape::kStatus},
                 {"what", "How it works"},
                 {"shownBy", "Shown by", AssureShape::kCode},
                 {"test", "Test"}};
  for (const assure::MechanismRow& row : assure::mechanisms()) {
    out.rows.push_back(
        {{row.key}, {assure::force_name(row.force)}, {std::string(row.title) + ": " + std::string(row.what)}, {row.shown}, {row.test}});
  }
  return out;
}

AssureCell line_cell(const Span& span) {
  // Lines of imported files would need their names, which a system does not carry.
  if (!span.known() || span.file != 0) return {};
  return {std::to_string(span.line)};
}

std::string status_text(assure::Status status, const std::string& condition) {
  return status == assure::Status::kConditional ? fmt::format("in force when {}", condition) : std::string(assure::status_name(status));
}

void add_assurance(Files& files, const SiteInput& input) {
  for (const Document& document : kDocuments) {
    const AssureReport report = document.report(input);
    if (report.tables.empty()) continue;
    files.add(fmt::format("{}.md", document.stem), "text/markdown; charset=utf-8", print_assure_markdown(*input.system, report), document.title);
    files.add(fmt::format("{}.json", document.stem), "application/json", print_assure_json(*input.system, report),
              fmt::format("{}, for programs", document.title));
  }
  files.add("permissions.csv", "text/csv; charset=utf-8", print_permissions_csv(*input.system, input.assurance->threats.matrix),
            "Permission matrix, for spreadsheets");
  const assure::SloPlan& plan = input.assurance->slos;
  if (plan.objectives.empty()) return;
  files.add("alerts/slo.rules.yml", "application/yaml", print_slo_rules(*input.system, plan), "Prometheus rules: error ratios and burn-rate alerts");
  files.add("alerts/slo.pages.test.yml", "application/yaml", print_slo_tests(plan, true), "promtool tests of the alerts that page");
  files.add("alerts/slo.tickets.test.yml", "application/yaml", print_slo_tests(plan, false), "promtool tests of the alerts that open tickets");
}

void write_requirements_trace(Page& page, const SiteInput& input) {
  if (!input.system->requirements.empty()) write_assure(page, report_requirements(input));
}

void write_threats(Page& page, const SiteInput& input) { write_assure(page, report_threats(input)); }

void write_objectives(Page& page, const SiteInput& input) {
  if (!input.assurance->slos.objectives.empty()) write_assure(page, report_slos(input));
}

void write_compliance(Page& page, const SiteInput& input) { write_assure(page, report_compliance(input)); }

}  // namespace kingpost::emit
