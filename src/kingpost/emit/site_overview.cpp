#include <fmt/format.h>

#include <algorithm>

#include "kingpost/emit/html.hpp"
#include "kingpost/emit/site_parts.hpp"

namespace kingpost::emit {

namespace {

bool names(const std::vector<std::string>& requirements, const std::string& id) {
  return std::find(requirements.begin(), requirements.end(), id) != requirements.end();
}

/// Links to the elements that name a requirement.
std::string elements_for(const ir::System& system, const std::string& id) {
  std::string out;
  const auto add = [&out](const std::string& anchor, const std::string& name) {
    out += fmt::format("{}<a href=\"#{}\">{}</a>", out.empty() ? "" : ", ", anchor, escape_html(name));
  };
  for (const ir::Entity& entity : system.entities) {
    if (names(entity.requirements, id)) add(entity_anchor(entity.name), entity.name);
    for (const ir::Field& field : entity.fields) {
      if (names(field.requirements, id)) {
        add(fmt::format("field-{}-{}", file_segment(entity.name), file_segment(field.name)), entity.name + "." + field.name);
      }
    }
  }
  for (const ir::Command& command : system.commands) {
    if (names(command.requirements, id)) add(command_anchor(command.name), command.name);
  }
  for (const ir::ServedRequirements& one : system.served) {
    if (names(one.ids, id)) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", one.kind, code(one.name));
  }
  return out;
}

void write_requirements(Page& page, const ir::System& system) {
  if (system.requirements.empty()) return;
  page.raw("<h2>Requirements</h2>\n");
  page.open_table("Requirements", {"Id", "Requirement", "Named by"});
  for (const ir::Requirement& requirement : system.requirements) {
    const std::string elements = elements_for(system, requirement.id);
    page.raw(fmt::format("<tr id=\"requirement-{}\"{}><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>\n", file_segment(requirement.id),
                         findable("requirement", requirement.id + " " + requirement.text), escape_html(requirement.id), escape_html(requirement.text),
                         elements.empty() ? "<span class=\"warn\">no element yet</span>" : elements));
  }
  page.close_table();
}

void write_goals(Page& page, const ir::System& system) {
  if (!system.load && !system.slo) return;
  page.raw("<h2>Load and objectives</h2>\n");
  page.open_table("Load and objectives", {"What", "Target"});
  const auto row = [&page](const std::string& what, const std::string& target) {
    page.raw(fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", what, target));
  };
  if (system.load) {
    if (system.load->users > 0) row("Users", grouped(system.load->users));
    for (const ir::LoadPeak& peak : system.load->peaks) row("Peak of " + code(peak.operation), fmt::format("{:g} a second", peak.per_second));
    if (system.load->multiply > 1) row("Headroom", fmt::format("designed for {:g} times that", system.load->multiply));
  }
  if (system.slo) {
    if (system.slo->availability_percent > 0) row("Availability", fmt::format("{:g} %", system.slo->availability_percent));
    if (system.slo->error_percent > 0) row("Errors", fmt::format("at most {:g} %", system.slo->error_percent));
    for (const ir::SloTarget& target : system.slo->targets) {
      const std::string p50 = target.p50_ms > 0 ? fmt::format("p50 {:g} ms", target.p50_ms) : "";
      const std::string p99 = target.p99_ms > 0 ? fmt::format("p99 {:g} ms", target.p99_ms) : "";
      row(target.operation.empty() ? "Latency" : "Latency of " + code(target.operation),
          fmt::format("{}{}{}", p50, p50.empty() || p99.empty() ? "" : ", ", p99));
    }
  }
  page.close_table();
}

void write_ddl(Page& page, std::string_view title, std::string_view path, const std::string& ddl) {
  page.raw(fmt::format("<details id=\"ddl-{0}\"{1}><summary>{0}</summary>\n<p><a href=\"{2}\">{2}</a></p>\n", title, findable("ddl", title), path));
  page.raw(fmt::format("<pre tabindex=\"0\" aria-label=\"DDL for {}\">{}</pre>\n</details>\n", title, escape_html(ddl)));
}

}  // namespace

void write_overview(Page& page, const SiteInput& input) {
  const ir::System& system = *input.system;
  std::size_t operations = 0;
  for (const SiteContract& contract : input.contracts) {
    if (!contract.contract->current) continue;
    for (const surface::ApiEntity& entity : contract.whole.entities) {
      operations += std::size_t{entity.readable} + std::size_t{entity.creatable} + std::size_t{entity.updatable} + std::size_t{entity.removable};
    }
  }
  page.raw(fmt::format("<header id=\"overview\" class=\"title\"{}>\n<p class=\"eyebrow\">System design</p>\n<h1>{}</h1>\n",
                       findable("section", "Overview"), escape_html(system.name)));
  if (!system.summary.empty()) page.raw(fmt::format("<p class=\"lead\">{}</p>\n", escape_html(system.summary)));
  page.raw("<dl class=\"counts\">\n");
  const auto count = [&page](std::size_t number, std::string_view one, std::string_view many, std::string_view href) {
    page.raw(fmt::format("<div><dt><a href=\"#{}\">{}</a></dt><dd>{}</dd></div>\n", href, number == 1 ? one : many, number));
  };
  count(system.entities.size(), "entity", "entities", "entities");
  count(operations, "operation", "operations", "api");
  count(input.contracts.size(), "contract", "contracts", "api");
  count(system.roles.size(), "role", "roles", "access");
  if (!system.services.empty()) count(system.services.size(), "service", "services", "diagrams");
  if (!system.commands.empty()) count(system.commands.size(), "command", "commands", "behaviour");
  page.raw("</dl>\n</header>\n");
  if (const SiteDiagram* context = find_diagram(input, "c4-context"); context != nullptr && !context->inlined.empty()) {
    page.raw(fmt::format("<h2>Context</h2>\n<div class=\"canvas plain-canvas\" role=\"region\" tabindex=\"0\" aria-label=\"Context\">{}</div>\n",
                         context->inlined));
  }
  write_requirements(page, system);
  write_goals(page, system);
}

void write_databases(Page& page, const SiteInput& input) {
  page.open_section("databases", "Databases", "The same schema for both, with the derived indexes and why each exists.");
  write_ddl(page, "SQLite", "ddl/sqlite.sql", input.ddl_sqlite);
  write_ddl(page, "PostgreSQL", "ddl/postgres.sql", input.ddl_postgres);
  page.close_section();
}

void write_open_points(Page& page, const SiteInput& input) {
  if (input.system->not_executed.empty()) return;
  page.open_section("open", "Designed, not executed", "What the model says and this version of Kingpost checks and designs, but does not run.");
  page.open_table("Designed, not executed", {"Element", "Feature", "Effect"});
  for (const ir::NotExecuted& one : input.system->not_executed) {
    page.raw(fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>\n", code(one.element), escape_html(one.feature),
                         one.safety ? "<span class=\"warn\">safety: the server refuses to start</span>" : "a warning"));
  }
  page.close_table();
  page.close_section();
}

void write_files(Page& page, const SiteInput& input) {
  page.open_section("files", "Files", "Every file of this design besides its pages, for other tools to read.");
  page.open_table("Files", {"Path", "What it is"});
  for (const auto& [path, title] : input.files) {
    page.raw(fmt::format("<tr><th scope=\"row\"><a href=\"{0}\">{0}</a></th><td>{1}</td></tr>\n", path, escape_html(title)));
  }
  page.close_table();
  page.close_section();
}

}  // namespace kingpost::emit
