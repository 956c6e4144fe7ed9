#include <fmt/format.h>

#include <algorithm>

#include "kingpost/emit/html.hpp"
#include "kingpost/emit/site_parts.hpp"

namespace kingpost::emit {

namespace {

/// Groups that stand beside what they explain; the diagrams' page leads there.
bool shown_elsewhere(const SiteDiagram& diagram) { return diagram.group == "States" || diagram.group == "Commands" || diagram.group == "Sagas"; }

void write_caption(Page& page, const SiteDiagram& diagram, std::string_view heading) {
  page.raw(fmt::format("<figcaption><{0}>{1}</{0}><span class=\"tools\">", heading, escape_html(diagram.title)));
  if (!diagram.inlined.empty()) {
    page.raw(
        fmt::format("<button type=\"button\" data-zoom=\"out\" aria-label=\"Zoom out of {0}\">−</button>"
                    "<button type=\"button\" data-zoom=\"in\" aria-label=\"Zoom into {0}\">+</button>"
                    "<button type=\"button\" data-zoom=\"fit\"><span>Fit</span><span class=\"hidden\"> {0}</span></button>"
                    "<button type=\"button\" data-zoom=\"full\"><span>Expand</span><span class=\"hidden\"> {0}</span></button>",
                    escape_html(diagram.title)));
    page.raw(fmt::format("<a href=\"{}.svg\">SVG</a>", diagram.path));
  }
  page.raw(fmt::format("<a href=\"{}.mmd\">Mermaid</a></span></figcaption>\n", diagram.path));
}

void write_canvas(Page& page, const SiteDiagram& diagram) {
  page.raw(
      fmt::format("<div class=\"canvas\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">{}</div>\n", escape_html(diagram.title), diagram.inlined));
}

}  // namespace

const SiteDiagram* find_diagram(const SiteInput& input, std::string_view anchor) {
  const auto found = std::find_if(input.diagrams.begin(), input.diagrams.end(), [anchor](const SiteDiagram& one) { return one.anchor == anchor; });
  return found == input.diagrams.end() ? nullptr : &*found;
}

std::string large_page(const SiteDiagram& diagram) {
  std::string out = diagram.path;
  std::replace(out.begin(), out.end(), '/', '-');
  return out + ".html";
}

void write_large(Page& page, const SiteDiagram& diagram) {
  page.raw(fmt::format("<figure class=\"zoom whole\" id=\"whole-{}\">\n", diagram.anchor));
  write_caption(page, diagram, "h1");
  write_canvas(page, diagram);
  page.raw("</figure>\n");
}

void write_figure(Page& page, const SiteDiagram& diagram) {
  page.raw(fmt::format("<figure class=\"zoom\" id=\"{}\"{}>\n", diagram.anchor, findable("diagram", diagram.title)));
  write_caption(page, diagram, "h3");
  if (!diagram.about.empty()) page.raw(fmt::format("<p>{}</p>\n", escape_html(diagram.about)));
  if (diagram.large && !diagram.inlined.empty()) {
    page.raw(fmt::format("<p><a class=\"open\" href=\"{}\">Open the whole picture in a page of its own</a></p>\n", large_page(diagram)));
  } else if (!diagram.inlined.empty()) {
    write_canvas(page, diagram);
  }
  page.raw("</figure>\n");
}

void write_diagrams(Page& page, const SiteInput& input) {
  if (input.diagrams.empty()) return;
  page.open_section("diagrams", "Diagrams",
                    input.options.pictures
                        ? "Each as a picture and as Mermaid text. Drag to move, hold Ctrl and turn the wheel to zoom, or use + − 0."
                        : "As Mermaid text: this design was made without pictures.");
  std::string_view group;
  for (const SiteDiagram& diagram : input.diagrams) {
    if (shown_elsewhere(diagram)) continue;
    if (diagram.group != group) {
      group = diagram.group;
      page.element("h2", group);
    }
    write_figure(page, diagram);
  }
  if (std::any_of(input.diagrams.begin(), input.diagrams.end(), shown_elsewhere)) {
    page.raw("<h2>Beside what they explain</h2>\n<ul class=\"files\">\n");
    for (const SiteDiagram& diagram : input.diagrams) {
      if (shown_elsewhere(diagram)) page.raw(fmt::format("<li><a href=\"#{}\">{}</a></li>\n", diagram.anchor, escape_html(diagram.title)));
    }
    page.raw("</ul>\n");
  }
  page.close_section();
}

}  // namespace kingpost::emit
