#include "kingpost/emit/site.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "kingpost/emit/html.hpp"
#include "kingpost/emit/site_parts.hpp"
#include "kingpost/emit/site_scan.hpp"
#include "kingpost/emit/svg.hpp"

namespace kingpost::emit {

namespace {

/// A page of the site. To add one: a file site_X.cpp with `void write_X(Page&, const SiteInput&)`, its declaration in site_parts.hpp, a line here.
/// The writer opens one section whose id is unlike every other; when it writes nothing there is no page and no link to it.
struct Section {
  std::string_view file;  ///< without .html
  std::string_view title;
  std::string_view group;  ///< heading in the navigation
  void (*write)(Page& page, const SiteInput& input);
};

constexpr Section kSections[] = {
    {"index", "Overview", "", write_overview},
    {"diagrams", "Diagrams", "Design", write_diagrams},
    {"entities", "Entities", "Design", write_entities},
    {"permissions", "Permissions", "Design", write_access},
    {"api", "API", "Design", write_apis},
    {"behaviour", "Behaviour", "Design", write_behaviour},
    {"databases", "Databases", "Design", write_databases},
    {"capacity", "Capacity", "Design", write_capacity},
    {"decisions", "Decisions", "Design", write_decisions},
    {"caching", "Caching", "Design", write_caching},
    {"requirements", "Requirements", "Assurance", write_requirements_trace},
    {"threats", "Threats", "Assurance", write_threats},
    {"objectives", "Objectives", "Assurance", write_objectives},
    {"compliance", "Compliance", "Assurance", write_compliance},
    {"open", "Not executed", "Reference", write_open_points},
    {"files", "Files", "Reference", write_files},
};

struct Written {
  const Section* section;
  std::string body;
  std::vector<Found> found;
};

void write_head(std::string& out, const ir::System& system, const Section& section) {
  const bool index = section.group.empty();
  out += "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n";
  out += "<meta name=\"generator\" content=\"Kingpost\">\n<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"site.css\">\n";
  const std::string name = escape_html(system.name);
  out += index ? fmt::format("<title>{} · design</title>\n", name) : fmt::format("<title>{} · {} design</title>\n", escape_html(section.title), name);
  out += "<script src=\"search.js\" defer></script>\n<script src=\"site.js\" defer></script>\n</head>\n<body>\n";
  out += "<a class=\"skip\" href=\"#content\">Skip to the content</a>\n<div class=\"frame\">\n";
}

/// What stands in the navigation below the page's own line: its articles, else its figures.
void write_inner(std::string& out, const Written& page) {
  const bool articles = std::any_of(page.found.begin(), page.found.end(), [](const Found& one) { return one.article; });
  bool any = false;
  for (const Found& one : page.found) {
    if (articles ? !one.article : !one.figure) continue;
    if (!any) out += "\n<ul class=\"inner\">\n";
    any = true;
    out += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", one.id, one.name);
  }
  if (any) out += "</ul>";
}

void write_navigation(std::string& out, const ir::System& system, const std::vector<Written>& pages, const Written& own) {
  out += fmt::format("<nav aria-label=\"Design\">\n<a class=\"brand\" href=\"index.html\">{}</a>\n", escape_html(system.name));
  out +=
      "<form role=\"search\" action=\"index.html\"><label class=\"hidden\" for=\"search\">Search the design</label><input id=\"search\" "
      "type=\"search\" placeholder=\"Search\" autocomplete=\"off\" spellcheck=\"false\" aria-keyshortcuts=\"/\"><kbd aria-hidden=\"true\">/</kbd>"
      "</form>\n<p class=\"hidden\" id=\"found\" role=\"status\"></p>\n<ul id=\"results\" class=\"results\" hidden></ul>\n<div class=\"sections\">\n";
  std::string_view group;
  out += "<ul>\n";
  for (const Written& page : pages) {
    if (page.section->group != group) {
      group = page.section->group;
      out += fmt::format("</ul>\n<p class=\"group\">{}</p>\n<ul>\n", group);
    }
    const bool here = &page == &own;
    out += fmt::format("<li><a href=\"{}.html\"{}>{}</a>", page.section->file, here ? " aria-current=\"page\"" : "", page.section->title);
    if (here) write_inner(out, page);
    out += "</li>\n";
  }
  out += "</ul>\n</div>\n</nav>\n";
}

std::string print_page(const ir::System& system, const std::vector<Written>& pages, const Written& own,
                       const std::map<std::string_view, std::string>& homes) {
  std::string out;
  out.reserve(own.body.size() + own.body.size() / 16 + 8192);
  write_head(out, system, *own.section);
  write_navigation(out, system, pages, own);
  out += "<main id=\"content\" tabindex=\"-1\">\n";
  if (own.body.find("<svg class=\"kp-d\"") != std::string::npos) {
    out += fmt::format("<svg class=\"kp-d markers\" width=\"0\" height=\"0\" aria-hidden=\"true\" focusable=\"false\">{}</svg>\n", kDrawingMarkers);
  }
  resolve_links(out, own.body, std::string(own.section->file) + ".html", homes);
  out += "</main>\n</div>\n</body>\n</html>\n";
  return out;
}

/// A drawing that needs the whole window.
void add_large(Files& out, const SiteInput& input, const std::vector<Written>& pages, const std::map<std::string_view, std::string>& homes,
               const SiteDiagram& diagram) {
  const std::string file = large_page(diagram);
  const Section section{std::string_view(file).substr(0, file.size() - 5), diagram.title, "Design", nullptr};
  Page page;
  write_large(page, diagram);
  const Written own{&section, page.take(), {}};
  out.add(file, "text/html; charset=utf-8", print_page(*input.system, pages, own, homes), fmt::format("Site: {}", diagram.title));
}

}  // namespace

std::vector<Artefact> print_site(const SiteInput& input) {
  std::vector<Written> pages;
  for (const Section& section : kSections) {
    Page page;
    section.write(page, input);
    std::string body = page.take();
    if (!body.empty()) pages.push_back({&section, std::move(body), {}});
  }
  std::map<std::string_view, std::string> homes;
  std::vector<std::pair<std::string, const Found*>> index;
  for (Written& page : pages) {
    page.found = scan_findable(page.body);
    for (const std::string_view id : scan_ids(page.body)) homes.emplace(id, std::string(page.section->file) + ".html");
  }
  for (const Written& page : pages) {
    for (const Found& one : page.found) index.emplace_back(std::string(page.section->file) + ".html", &one);
  }
  Files out;
  for (const Written& page : pages) {
    out.add(std::string(page.section->file) + ".html", "text/html; charset=utf-8", print_page(*input.system, pages, page, homes),
            fmt::format("Site: {}", page.section->title));
  }
  for (const SiteDiagram& diagram : input.diagrams) {
    if (diagram.large && !diagram.inlined.empty()) add_large(out, input, pages, homes, diagram);
  }
  out.add("site.css", "text/css; charset=utf-8", fmt::format("{}{}{}", kSiteStyle, kDrawingStyle, kChartStyle), "Style of the site");
  out.add("site.js", "text/javascript; charset=utf-8", std::string(kSiteScript), "Script of the site");
  out.add("search.js", "text/javascript; charset=utf-8", print_search_index(index), "Search index of the site");
  return std::move(out.all());
}

}  // namespace kingpost::emit
