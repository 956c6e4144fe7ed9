#include "kingpost/emit/site.hpp"

#include <fmt/format.h>

#include "kingpost/emit/html.hpp"
#include "kingpost/emit/site_parts.hpp"

namespace kingpost::emit {

namespace {

void write_head(Page& page, const ir::System& system) {
  page.raw(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n");
  page.raw(
      "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" content=\"Kingpost\">\n<link rel=\"icon\" href=\"data:,\">\n");
  page.raw(fmt::format("<title>{} · design</title>\n<style>\n{}</style>\n</head>\n<body>\n", escape_html(system.name), kSiteStyle));
}

void write_navigation(Page& page, const SiteInput& input) {
  const ir::System& system = *input.system;
  page.raw(fmt::format("<nav aria-label=\"Sections\">\n<a class=\"brand\" href=\"#overview\">{}</a>\n", escape_html(system.name)));
  page.raw(
      "<form role=\"search\"><label class=\"hidden\" for=\"search\">Search the design</label><input id=\"search\" type=\"search\" "
      "placeholder=\"Search\" "
      "autocomplete=\"off\" spellcheck=\"false\" aria-keyshortcuts=\"/\"><kbd aria-hidden=\"true\">/</kbd></form>\n"
      "<p class=\"hidden\" id=\"found\" role=\"status\"></p>\n<ul id=\"results\" class=\"results\" hidden></ul>\n<ul class=\"sections\">\n");
  const auto item = [&page](std::string_view id, std::string_view title) { page.raw(fmt::format("<li><a href=\"#{}\">{}</a></li>\n", id, title)); };
  item("overview", "Overview");
  if (!system.requirements.empty() || system.load || system.slo) item("goals", "Goals");
  item("diagrams", "Diagrams");
  page.raw("<li><a href=\"#entities\">Entities</a>\n<ul class=\"inner\">\n");
  for (const ir::Entity& entity : system.entities) page.raw(fmt::format("<li>{}</li>\n", entity_link(system, entity.id)));
  page.raw("</ul></li>\n");
  item("access", "Permissions");
  item("api", "API");
  if (!system.commands.empty() || !system.events.empty() || !system.schedules.empty() || !system.projections.empty() ||
      !system.http_clients.empty()) {
    item("behaviour", "Behaviour");
  }
  item("databases", "Databases");
  if (!system.not_executed.empty()) item("open", "Not executed");
  page.raw("</ul>\n</nav>\n");
}

}  // namespace

std::string print_site(const SiteInput& input) {
  Page page;
  write_head(page, *input.system);
  page.raw("<a class=\"skip\" href=\"#content\">Skip to the content</a>\n<div class=\"frame\">\n");
  write_navigation(page, input);
  page.raw("<main id=\"content\" tabindex=\"-1\">\n");
  write_overview(page, input);
  write_diagrams(page, input);
  write_entities(page, input);
  write_access(page, input);
  write_apis(page, input);
  write_behaviour(page, input);
  write_databases(page, input);
  write_open_points(page, input);
  page.raw(fmt::format("</main>\n</div>\n<script>\n{}</script>\n</body>\n</html>\n", kSiteScript));
  return page.take();
}

}  // namespace kingpost::emit
