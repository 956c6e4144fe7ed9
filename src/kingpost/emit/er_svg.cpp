#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kingpost/emit/er.hpp"
#include "kingpost/emit/html.hpp"
#include "kingpost/emit/svg.hpp"

namespace kingpost::emit {

namespace {

constexpr double kRow = 20;
constexpr double kHead = 30;
constexpr double kKeyColumn = 54;
/// Of a frame: it is read from afar.
constexpr double kTitle = 34;
constexpr double kTitleWidth = 17;
constexpr std::size_t kMaxShown = 40;

std::string type_shown(const ErRow& row) { return shortened(row.type, 24) + (row.optional ? "?" : ""); }

Size size_of(const ErEntity& entity) {
  double width = std::max(width_of(shortened(entity.name, kMaxShown), kNameWidth), width_of(shortened(entity.note, kMaxShown), kTextWidth)) + 28;
  for (const ErRow& row : entity.rows) {
    width = std::max(width, kKeyColumn + 34 + width_of(shortened(row.name, kMaxShown), kMonoWidth) + width_of(type_shown(row), kMonoWidth));
  }
  const double body = entity.rows.empty() ? (entity.note.empty() ? 4 : kRow) : kRow * static_cast<double>(entity.rows.size()) + 6;
  return {std::ceil(std::max(width, 120.0)), kHead + body};
}

void draw_entity(Drawing& out, const ErEntity& entity, Point corner, Size size) {
  out.rectangle(corner, size, entity.elsewhere ? "outside" : "box", 6);
  if (!entity.rows.empty()) {
    out.raw(fmt::format("<path class=\"head\" d=\"M{0},{1} h{2} a5,5 0 0 1 5,5 v{3} h-{4} v-{3} a5,5 0 0 1 5,-5z\"/>\n", number_text(corner.x + 5.5),
                        number_text(corner.y + 0.5), number_text(size.width - 11), number_text(kHead - 6), number_text(size.width - 1)));
    out.line({corner.x, corner.y + kHead}, {corner.x + size.width, corner.y + kHead}, "rule");
  }
  out.text({corner.x + 12, corner.y + 20}, "name", shortened(entity.name, kMaxShown));
  if (!entity.note.empty()) out.text({corner.x + 12, corner.y + kHead + 8}, "soft", shortened(entity.note, kMaxShown));
  for (std::size_t at = 0; at < entity.rows.size(); ++at) {
    const ErRow& row = entity.rows[at];
    const double y = corner.y + kHead + kRow * static_cast<double>(at) + 17;
    if (!row.keys.empty()) out.text({corner.x + 12, y}, "key", fmt::format("{}", fmt::join(row.keys, " ")));
    out.text({corner.x + kKeyColumn, y}, row.computed ? "mono soft" : "mono", shortened(row.name, kMaxShown));
    out.text({corner.x + size.width - 12, y}, "mono soft", type_shown(row), "end");
  }
}

}  // namespace

Picture draw_er(const ir::System& system) { return draw_er(make_er(system)); }

Picture draw_er(const ErModel& model) {
  Graph graph;
  graph.left_to_right = true;
  for (const std::string& group : model.groups) {
    graph.clusters.push_back({kNoCluster, {width_of(shortened(group, kMaxShown), kTitleWidth) + 30, kTitle}});
  }
  for (const ErEntity& entity : model.entities) graph.nodes.push_back({size_of(entity), entity.group});
  for (const ErLine& line : model.lines) graph.edges.push_back({line.target, line.holder, {}});
  const Layout layout = lay_out(graph);
  Drawing out("Entities and relations of " + model.title, layout.size);
  for (std::size_t at = 0; at < model.groups.size(); ++at) {
    const LayoutBox& box = layout.clusters[at];
    out.rectangle(box.corner, box.size, "boundary", 10);
    out.text({box.corner.x + 16, box.corner.y + 32}, "title", shortened(model.groups[at], kMaxShown));
  }
  for (std::size_t at = 0; at < model.lines.size(); ++at) {
    const ErLine& line = model.lines[at];
    out.path(
        layout.edges[at].points, "edge",
        fmt::format("marker-start=\"url(#kp-{})\" marker-end=\"url(#kp-{})\"", line.optional ? "maybe" : "one", line.single ? "single" : "many"));
  }
  for (std::size_t at = 0; at < model.entities.size(); ++at) {
    const Size size = graph.nodes[at].size;
    const Point centre = layout.centres[at];
    out.begin_link("entity-" + file_segment(model.entities[at].name));
    draw_entity(out, model.entities[at], {centre.x - size.width / 2, centre.y - size.height / 2}, size);
    out.end_link();
  }
  Picture picture = out.take();
  picture.ranked = layout.ranked;
  return picture;
}

}  // namespace kingpost::emit
