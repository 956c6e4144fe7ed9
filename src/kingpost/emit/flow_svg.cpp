#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kingpost/emit/flow.hpp"
#include "kingpost/emit/svg.hpp"

namespace kingpost::emit {

namespace {

constexpr double kLine = 17;
constexpr std::size_t kNameCharacters = 26;
constexpr std::size_t kTextCharacters = 32;
constexpr std::size_t kLabelCharacters = 28;
constexpr std::size_t kItemsInColumn = 10;
constexpr std::size_t kItemCharacters = 30;

/// A node as it is drawn: its texts in lines, and its size.
struct Box {
  std::vector<std::string> name;
  std::vector<std::string> kind;
  std::vector<std::string> text;
  Size size;
  double column = 0;  ///< of kList: width of a column of items
};

std::size_t columns_of(const FlowNode& node) { return (node.items.size() + kItemsInColumn - 1) / kItemsInColumn; }

double widest(const std::vector<std::string>& lines, double per_character) {
  double out = 0;
  for (const std::string& line : lines) out = std::max(out, width_of(line, per_character));
  return out;
}

Box box_of(const FlowNode& node) {
  Box out;
  if (node.shape == FlowShape::kStart) {
    out.size = {18, 18};
    return out;
  }
  out.name = wrapped(node.name, kNameCharacters, 2);
  out.kind = wrapped(node.kind, kTextCharacters, 2);
  out.text = wrapped(node.text, kTextCharacters, 5);
  double width = std::max({widest(out.name, kNameWidth), widest(out.kind, kTextWidth), widest(out.text, kTextWidth)});
  double height = 22 + kLine * static_cast<double>(out.name.size() + out.kind.size() + out.text.size());
  if (!out.text.empty()) height += 4;
  if (node.shape == FlowShape::kStore) height += 14;
  if (node.shape == FlowShape::kList) {
    for (const auto& [name, anchor] : node.items) out.column = std::max(out.column, width_of(shortened(name, kItemCharacters), kTextWidth) + 14);
    width = std::max(width, out.column * static_cast<double>(columns_of(node)));
    height += 10 + kLine * static_cast<double>(std::min(node.items.size(), kItemsInColumn));
  }
  const bool small = node.shape == FlowShape::kState || node.shape == FlowShape::kEvent;
  out.size = {std::ceil(std::max(width + 32, small ? 90.0 : 150.0)), std::ceil(height)};
  return out;
}

std::vector<std::string> label_of(const FlowEdge& edge) { return wrapped(edge.label, kLabelCharacters, 3); }
std::vector<std::string> detail_of(const FlowEdge& edge) { return wrapped(edge.detail, kLabelCharacters, 2); }

Size size_of_label(const FlowEdge& edge) {
  const std::vector<std::string> label = label_of(edge);
  const std::vector<std::string> detail = detail_of(edge);
  if (label.empty() && detail.empty()) return {};
  return {std::max(widest(label, kTextWidth), widest(detail, kTextWidth)) + 12, kLine * static_cast<double>(label.size() + detail.size()) + 4};
}

void draw_shape(Drawing& out, FlowShape shape, Point corner, Size size) {
  switch (shape) {
    case FlowShape::kStore:
      out.raw(fmt::format("<path class=\"main\" d=\"M{0},{1} v{3} c0,10 {2},10 {2},0 v-{3} c0,-10 -{2},-10 -{2},0 c0,10 {2},10 {2},0\"/>\n",
                          number_text(corner.x), number_text(corner.y + 8), number_text(size.width), number_text(size.height - 16)));
      return;
    case FlowShape::kStart:
      out.raw(fmt::format("<circle class=\"dot\" cx=\"{}\" cy=\"{}\" r=\"8\"/>\n", number_text(corner.x + 9), number_text(corner.y + 9)));
      return;
    case FlowShape::kQueue:
      out.rectangle(corner, size, "main", 4);
      out.line({corner.x + 7, corner.y}, {corner.x + 7, corner.y + size.height}, "rule");
      out.line({corner.x + size.width - 7, corner.y}, {corner.x + size.width - 7, corner.y + size.height}, "rule");
      return;
    case FlowShape::kPerson:
      return out.rectangle(corner, size, "person", 22);
    case FlowShape::kOutside:
      return out.rectangle(corner, size, "outside", 5);
    case FlowShape::kEvent:
      return out.rectangle(corner, size, "person", 3);
    case FlowShape::kState:
      return out.rectangle(corner, size, "main", 16);
    case FlowShape::kBox:
      return out.rectangle(corner, size, "main", 5);
    case FlowShape::kList:
      return out.rectangle(corner, size, "box", 6);
  }
}

void draw_items(Drawing& out, const FlowNode& node, const Box& box, Point corner) {
  for (std::size_t at = 0; at < node.items.size(); ++at) {
    const std::size_t column = at / kItemsInColumn;
    const double x = corner.x + 16 + box.column * static_cast<double>(column);
    const double y = corner.y + kLine * static_cast<double>(at % kItemsInColumn);
    if (!node.items[at].second.empty()) out.begin_link(node.items[at].second);
    out.text({x, y}, "", shortened(node.items[at].first, kItemCharacters));
    if (!node.items[at].second.empty()) out.end_link();
  }
}

void draw_node(Drawing& out, const FlowNode& node, const Box& box, Point centre) {
  const Point corner{centre.x - box.size.width / 2, centre.y - box.size.height / 2};
  if (!node.anchor.empty()) out.begin_link(node.anchor);
  draw_shape(out, node.shape, corner, box.size);
  double y = corner.y + 8 + (node.shape == FlowShape::kStore ? 12 : 0);
  const auto lines = [&](const std::vector<std::string>& texts, std::string_view classes) {
    for (const std::string& line : texts) out.text({centre.x, y += kLine}, classes, line, "middle");
  };
  lines(box.name, "name");
  lines(box.kind, "soft");
  if (!box.text.empty()) y += 4;
  lines(box.text, "");
  if (!node.anchor.empty()) out.end_link();
  if (node.shape == FlowShape::kList) {
    out.line({corner.x, y + 9}, {corner.x + box.size.width, y + 9}, "rule");
    draw_items(out, node, box, {corner.x, y + 9 + kLine});
  }
}

void draw_label(Drawing& out, const FlowEdge& edge, Point centre) {
  const std::vector<std::string> label = label_of(edge);
  const std::vector<std::string> detail = detail_of(edge);
  double y = centre.y - kLine * static_cast<double>(label.size() + detail.size()) / 2 - 4;
  for (const std::string& line : label) out.text({centre.x, y += kLine}, "halo", line, "middle");
  for (const std::string& line : detail) out.text({centre.x, y += kLine}, "soft halo", line, "middle");
}

}  // namespace

Picture draw_flow(const Flow& flow) {
  std::vector<Box> boxes;
  Graph graph;
  graph.left_to_right = flow.left_to_right;
  for (const FlowGroup& group : flow.groups) {
    graph.clusters.push_back({group.parent, {width_of(shortened(group.name, 60), kTextWidth) + 24, kLine + 4}});
  }
  for (const FlowNode& node : flow.nodes) {
    boxes.push_back(box_of(node));
    graph.nodes.push_back({boxes.back().size, node.group});
  }
  for (const FlowEdge& edge : flow.edges) graph.edges.push_back({edge.from, edge.to, size_of_label(edge)});
  const Layout layout = lay_out(graph);
  Drawing out(flow.title, layout.size);
  for (std::size_t at = 0; at < flow.groups.size(); ++at) {
    const LayoutBox& box = layout.clusters[at];
    out.rectangle(box.corner, box.size, "boundary", 8);
    out.text({box.corner.x + 12, box.corner.y + 19}, "soft", shortened(flow.groups[at].name, 60));
  }
  for (std::size_t at = 0; at < flow.edges.size(); ++at) {
    out.path(layout.edges[at].points, flow.edges[at].dashed ? "edge dashed" : "edge", "marker-end=\"url(#kp-arrow)\"");
  }
  for (std::size_t at = 0; at < flow.nodes.size(); ++at) draw_node(out, flow.nodes[at], boxes[at], layout.centres[at]);
  for (std::size_t at = 0; at < flow.edges.size(); ++at) draw_label(out, flow.edges[at], layout.edges[at].label);
  Picture picture = out.take();
  picture.ranked = layout.ranked;
  return picture;
}

}  // namespace kingpost::emit
