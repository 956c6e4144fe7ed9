#include <fmt/format.h>

#include <algorithm>

#include "kingpost/base/text.hpp"
#include "kingpost/emit/c4.hpp"
#include "kingpost/emit/diagrams.hpp"
#include "kingpost/emit/er.hpp"
#include "kingpost/emit/graph_layout.hpp"
#include "kingpost/emit/html.hpp"

namespace kingpost::emit {

namespace {

enum class Placement : std::uint8_t { kFile, kInline };

/// Colours of a drawing that stands alone; inline it takes the page's variables of the same names.
constexpr std::string_view kOwnColours = R"(<style>
svg{--ink:#1c2430;--muted:#5b6675;--line:#d5dae1;--surface:#fff;--raised:#f4f6f8;--accent:#1f5fa8;background:var(--surface)}
@media (prefers-color-scheme:dark){svg{--ink:#e4e8ee;--muted:#9aa6b5;--line:#39424f;--surface:#14181e;--raised:#1c222a;--accent:#7db3f0}}
</style>)";

constexpr std::string_view kShapes = R"(<style>
.kp-d text{font-family:ui-sans-serif,system-ui,sans-serif;font-size:12px;fill:var(--ink)}
.kp-d .mono{font-family:ui-monospace,monospace}
.kp-d .name{font-weight:600;font-size:13px}
.kp-d .soft{fill:var(--muted)}
.kp-d .key{fill:var(--accent);font-size:10px;font-weight:600}
.kp-d .box{fill:var(--surface);stroke:var(--line)}
.kp-d .head{fill:var(--raised)}
.kp-d .rule{stroke:var(--line);fill:none}
.kp-d .edge{stroke:var(--muted);fill:none;stroke-width:1.2}
.kp-d .tip{stroke:var(--muted);fill:var(--surface);stroke-width:1.2}
.kp-d .arrow{fill:var(--muted);stroke:none}
.kp-d .boundary{fill:none;stroke:var(--muted);stroke-dasharray:5 4}
.kp-d .person{fill:var(--raised);stroke:var(--muted)}
.kp-d .main{fill:var(--raised);stroke:var(--accent)}
.kp-d .outside{fill:var(--surface);stroke:var(--muted);stroke-dasharray:3 3}
.kp-d a:hover .box,.kp-d a:focus .box{stroke:var(--accent)}
</style>)";

constexpr double kMargin = 16;
constexpr double kRow = 20;
constexpr double kHead = 30;
/// Width of a character, generous enough for the fonts that systems have.
constexpr double kMonoWidth = 7.4;
constexpr double kNameWidth = 8.0;
constexpr double kTextWidth = 6.7;
constexpr std::size_t kMaxShown = 40;

/// At most `limit` code points; the cut is shown.
std::string shortened(std::string_view text, std::size_t limit) {
  if (count_code_points(text) <= limit) return std::string(text);
  std::size_t bytes = 0;
  std::size_t points = 0;
  while (bytes < text.size()) {
    const bool starts = (static_cast<unsigned char>(text[bytes]) & 0xC0U) != 0x80U;
    if (starts && points == limit - 1) break;
    if (starts) ++points;
    ++bytes;
  }
  return std::string(text.substr(0, bytes)) + "…";
}

double width_of(std::string_view text, double per_character) { return static_cast<double>(count_code_points(text)) * per_character; }

std::string number(double value) {
  const std::string out = fmt::format("{:.1f}", value);
  return out == "-0.0" ? "0.0" : out;
}

class Drawing {
 public:
  Drawing(std::string_view title, Size size, Placement placement) {
    const double width = size.width + 2 * kMargin;
    const double height = size.height + 2 * kMargin;
    out_ =
        fmt::format(R"(<svg class="kp-d" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">)",
                    escape_html(title), number(width), number(height), number(width), number(height));
    out_ += '\n';
    if (placement == Placement::kFile) out_ += fmt::format("<title>{}</title>\n{}\n", escape_html(title), kOwnColours);
    out_ += kShapes;
    out_ += '\n';
  }

  void raw(std::string_view text) { out_ += text; }

  void text(Point at, std::string_view classes, std::string_view words, std::string_view anchor = "start") {
    out_ += fmt::format("<text x=\"{}\" y=\"{}\" class=\"{}\" text-anchor=\"{}\">{}</text>\n", number(at.x), number(at.y), classes, anchor,
                        escape_html(words));
  }

  void rectangle(Point at, Size size, std::string_view classes, double radius) {
    out_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\" class=\"{}\"/>\n", number(at.x), number(at.y),
                        number(size.width), number(size.height), number(radius), classes);
  }

  void path(const std::vector<Point>& points, std::string_view extra) {
    if (points.size() < 4) return;
    out_ += fmt::format("<path class=\"edge\" d=\"M{},{}", number(points[0].x), number(points[0].y));
    for (std::size_t at = 1; at + 2 < points.size(); at += 3) {
      out_ += fmt::format(" C{},{} {},{} {},{}", number(points[at].x), number(points[at].y), number(points[at + 1].x), number(points[at + 1].y),
                          number(points[at + 2].x), number(points[at + 2].y));
    }
    out_ += fmt::format("\" {}/>\n", extra);
  }

  std::string take() {
    out_ += "</svg>\n";
    return std::move(out_);
  }

 private:
  std::string out_;
};

Point shifted(Point point) { return {point.x + kMargin, point.y + kMargin}; }

std::vector<Point> shifted(std::vector<Point> points) {
  for (Point& point : points) point = shifted(point);
  return points;
}

constexpr double kKeyColumn = 54;

std::string type_shown(const ErRow& row) { return shortened(row.type, 24) + (row.optional ? "?" : ""); }

Size size_of(const ErEntity& entity) {
  double width = width_of(shortened(entity.name, kMaxShown), kNameWidth) + 28;
  for (const ErRow& row : entity.rows) {
    width = std::max(width, kKeyColumn + 34 + width_of(shortened(row.name, kMaxShown), kMonoWidth) + width_of(type_shown(row), kMonoWidth));
  }
  return {std::ceil(std::max(width, 150.0)), kHead + kRow * static_cast<double>(entity.rows.size()) + 6};
}

/// Ends of relations in crow's foot notation; `One` and `Maybe` stand at the start of an edge, `Many` and `Single` at its end.
constexpr std::string_view kCrowFeet =
    R"(<defs>
<marker id="kp-one" markerUnits="userSpaceOnUse" markerWidth="18" markerHeight="16" refX="0" refY="8" orient="auto">
<path class="tip" d="M6,2V14M11,2V14"/></marker>
<marker id="kp-maybe" markerUnits="userSpaceOnUse" markerWidth="22" markerHeight="16" refX="0" refY="8" orient="auto">
<path class="tip" d="M6,2V14"/><circle class="tip" cx="14" cy="8" r="4"/></marker>
<marker id="kp-many" markerUnits="userSpaceOnUse" markerWidth="22" markerHeight="16" refX="21" refY="8" orient="auto">
<circle class="tip" cx="5" cy="8" r="4"/><path class="tip" d="M9,8L21,2M9,8L21,14"/></marker>
<marker id="kp-single" markerUnits="userSpaceOnUse" markerWidth="22" markerHeight="16" refX="21" refY="8" orient="auto">
<circle class="tip" cx="5" cy="8" r="4"/><path class="tip" d="M13,2V14"/></marker>
</defs>
)";

void draw_entity(Drawing& out, const ErEntity& entity, Point corner, Size size) {
  out.rectangle(corner, size, "box", 6);
  out.raw(fmt::format("<path class=\"head\" d=\"M{0},{1} h{2} a5,5 0 0 1 5,5 v{3} h-{4} v-{3} a5,5 0 0 1 5,-5z\"/>\n", number(corner.x + 5.5),
                      number(corner.y + 0.5), number(size.width - 11), number(kHead - 6), number(size.width - 1)));
  out.raw(fmt::format("<path class=\"rule\" d=\"M{},{} h{}\"/>\n", number(corner.x), number(corner.y + kHead), number(size.width)));
  out.text({corner.x + 12, corner.y + 20}, "name", shortened(entity.name, kMaxShown));
  for (std::size_t at = 0; at < entity.rows.size(); ++at) {
    const ErRow& row = entity.rows[at];
    const double y = corner.y + kHead + kRow * static_cast<double>(at) + 17;
    if (!row.keys.empty()) out.text({corner.x + 12, y}, "key", fmt::format("{}", fmt::join(row.keys, " ")));
    out.text({corner.x + kKeyColumn, y}, row.computed ? "mono soft" : "mono", shortened(row.name, kMaxShown));
    out.text({corner.x + size.width - 12, y}, "mono soft", type_shown(row), "end");
  }
}

/// What both placements of the ER diagram share.
struct ErDrawing {
  const ErModel& model;
  Graph graph;
  Layout layout;
};

std::string print_er(const ErDrawing& drawing, Placement placement) {
  const ErModel& model = drawing.model;
  Drawing out("Entities and relations of " + model.title, drawing.layout.size, placement);
  out.raw(kCrowFeet);
  for (std::size_t at = 0; at < model.lines.size(); ++at) {
    const ErLine& line = model.lines[at];
    out.path(shifted(drawing.layout.edges[at].points), fmt::format("marker-start=\"url(#kp-{})\" marker-end=\"url(#kp-{})\"",
                                                                   line.optional ? "maybe" : "one", line.single ? "single" : "many"));
  }
  for (std::size_t at = 0; at < model.entities.size(); ++at) {
    const Size size = drawing.graph.nodes[at].size;
    const Point centre = shifted(drawing.layout.centres[at]);
    if (placement == Placement::kInline) out.raw(fmt::format("<a href=\"#entity-{}\">", file_segment(model.entities[at].name)));
    draw_entity(out, model.entities[at], {centre.x - size.width / 2, centre.y - size.height / 2}, size);
    if (placement == Placement::kInline) out.raw("</a>");
  }
  return out.take();
}

}  // namespace

Picture draw_er(const ir::System& system) { return draw_er(make_er(system)); }

Picture draw_er(const ErModel& model) {
  ErDrawing drawing{model, {}, {}};
  drawing.graph.left_to_right = true;
  for (const ErEntity& entity : model.entities) drawing.graph.nodes.push_back({size_of(entity), false});
  for (const ErLine& line : model.lines) drawing.graph.edges.push_back({line.target, line.holder, {}});
  drawing.layout = lay_out(drawing.graph);
  return {print_er(drawing, Placement::kFile), print_er(drawing, Placement::kInline)};
}

namespace {

constexpr double kC4Width = 210;
constexpr double kLine = 17;
constexpr std::size_t kC4Characters = 28;
constexpr std::size_t kMaxLines = 4;

/// Words in lines of at most kC4Characters; at most kMaxLines.
std::vector<std::string> wrapped(std::string_view text) {
  std::vector<std::string> lines(1);
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = shortened(text.substr(at, end - at), kC4Characters);
    if (!lines.back().empty() && count_code_points(lines.back()) + 1 + count_code_points(word) > kC4Characters) {
      if (lines.size() == kMaxLines) {
        lines.back() += "…";
        break;
      }
      lines.emplace_back();
    }
    if (!lines.back().empty()) lines.back() += ' ';
    lines.back() += word;
    at = end + 1;
  }
  return lines;
}

std::string_view word_of(C4Kind kind) {
  switch (kind) {
    case C4Kind::kPerson:
      return "Person";
    case C4Kind::kContainer:
      return "Container";
    case C4Kind::kDatabase:
      return "Database";
    case C4Kind::kExternal:
      return "External system";
  }
  return "";
}

/// The lid of a database takes room above its name.
double lid_of(const C4Node& node) { return node.kind == C4Kind::kDatabase ? 10 : 0; }

Size size_of(const C4Node& node) { return {kC4Width, 62 + lid_of(node) + kLine * static_cast<double>(wrapped(node.description).size())}; }

void draw_cylinder(Drawing& out, Point corner, Size size) {
  out.raw(fmt::format("<path class=\"main\" d=\"M{0},{1} v{3} c0,10 {2},10 {2},0 v-{3} c0,-10 -{2},-10 -{2},0 c0,10 {2},10 {2},0\"/>\n",
                      number(corner.x), number(corner.y + 8), number(size.width), number(size.height - 16)));
}

void draw_c4_node(Drawing& out, const C4Node& node, Point centre, Size size) {
  const Point corner{centre.x - size.width / 2, centre.y - size.height / 2};
  if (node.kind == C4Kind::kDatabase) {
    draw_cylinder(out, corner, size);
  } else {
    const std::string_view style = node.kind == C4Kind::kPerson ? "person" : node.kind == C4Kind::kContainer ? "main" : "outside";
    out.rectangle(corner, size, style, node.kind == C4Kind::kPerson ? 22 : 5);
  }
  const double top = corner.y + lid_of(node);
  out.text({centre.x, top + 28}, "name", shortened(node.name, kC4Characters - 2), "middle");
  const std::string kind = node.technology.empty() ? std::string(word_of(node.kind)) : fmt::format("{}: {}", word_of(node.kind), node.technology);
  out.text({centre.x, top + 44}, "soft", shortened(kind, kC4Characters + 4), "middle");
  double y = top + 44 + kLine + 3;
  for (const std::string& line : wrapped(node.description)) {
    out.text({centre.x, y}, "", line, "middle");
    y += kLine;
  }
}

void draw_boundary(Drawing& out, const Layout& layout, std::string_view name) {
  const Point corner = shifted(layout.boundary);
  out.rectangle(corner, layout.boundary_size, "boundary", 8);
  out.text({corner.x + 12, corner.y + layout.boundary_size.height - 10}, "soft", fmt::format("{} (system)", shortened(name, kC4Characters)));
}

constexpr std::string_view kArrow =
    R"(<defs><marker id="kp-arrow" markerUnits="userSpaceOnUse" markerWidth="12" markerHeight="10" refX="11" refY="5" orient="auto">
<path class="arrow" d="M0,0L12,5L0,10z"/></marker></defs>
)";

std::string print_c4(const C4Model& model, const Graph& graph, const Layout& layout, Placement placement) {
  Drawing out("Containers of " + model.system, layout.size, placement);
  out.raw(kArrow);
  draw_boundary(out, layout, model.system);
  for (std::size_t at = 0; at < model.links.size(); ++at) {
    const EdgePath& edge = layout.edges[at];
    out.path(shifted(edge.points), "marker-end=\"url(#kp-arrow)\"");
    const Point label = shifted(edge.label);
    out.text({label.x, label.y - 2}, "", shortened(model.links[at].label, kC4Characters), "middle");
    out.text({label.x, label.y + kLine - 4}, "soft", model.links[at].technology, "middle");
  }
  for (std::size_t at = 0; at < model.nodes.size(); ++at) draw_c4_node(out, model.nodes[at], shifted(layout.centres[at]), graph.nodes[at].size);
  return out.take();
}

}  // namespace

Picture draw_c4(const ir::System& system) { return draw_c4(make_c4(system)); }

Picture draw_c4(const C4Model& model) {
  Graph graph;
  for (const C4Node& node : model.nodes) {
    graph.nodes.push_back({size_of(node), node.kind == C4Kind::kContainer || node.kind == C4Kind::kDatabase});
  }
  for (const C4Link& link : model.links) {
    const double width = std::max(width_of(shortened(link.label, kC4Characters), kTextWidth), width_of(link.technology, kTextWidth));
    graph.edges.push_back({link.from, link.to, {width + 12, 2 * kLine}});
  }
  const Layout layout = lay_out(graph);
  return {print_c4(model, graph, layout, Placement::kFile), print_c4(model, graph, layout, Placement::kInline)};
}

}  // namespace kingpost::emit
