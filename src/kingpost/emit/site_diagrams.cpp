#include <fmt/format.h>

#include <algorithm>

#include "kingpost/emit/html.hpp"
#include "kingpost/emit/site_parts.hpp"

namespace kingpost::emit {

const SiteDiagram* find_diagram(const SiteInput& input, std::string_view anchor) {
  const auto found = std::find_if(input.diagrams.begin(), input.diagrams.end(), [anchor](const SiteDiagram& one) { return one.anchor == anchor; });
  return found == input.diagrams.end() ? nullptr : &*found;
}

void write_figure(Page& page, const SiteDiagram& diagram) {
  const std::string title = escape_html(diagram.title);
  page.raw(fmt::format("<figure class=\"zoom\" id=\"{}\"{}>\n<figcaption><h3>{}</h3><span class=\"tools\">", diagram.anchor,
                       findable("diagram", diagram.title), title));
  if (!diagram.inlined.empty()) {
    page.raw(fmt::format(
        "<button type=\"button\" data-zoom=\"out\" aria-label=\"Zoom out\">−</button><button type=\"button\" data-zoom=\"fit\">Fit</button>"
        "<button type=\"button\" data-zoom=\"one\">1:1</button><button type=\"button\" data-zoom=\"in\" aria-label=\"Zoom in\">+</button> "
        "<a href=\"{}.svg\">SVG</a>",
        diagram.path));
  }
  page.raw(fmt::format(" <a href=\"{}.mmd\">Mermaid</a></span></figcaption>\n", diagram.path));
  if (!diagram.about.empty()) page.raw(fmt::format("<p>{}</p>\n", escape_html(diagram.about)));
  if (!diagram.inlined.empty()) {
    page.raw(fmt::format("<div class=\"canvas\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">{}</div>\n", title, diagram.inlined));
  }
  page.raw("</figure>\n");
}

void write_diagrams(Page& page, const SiteInput& input) {
  if (input.diagrams.empty()) return;
  page.open_section("diagrams", "Diagrams");
  std::string_view group;
  for (const SiteDiagram& diagram : input.diagrams) {
    if (diagram.group != group) {
      group = diagram.group;
      page.element("h2", group);
    }
    write_figure(page, diagram);
  }
  page.close_section();
}

}  // namespace kingpost::emit
