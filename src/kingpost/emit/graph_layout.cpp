#include "kingpost/emit/graph_layout.hpp"

#include <fmt/format.h>
#include <graphviz/cgraph.h>
#include <graphviz/gvc.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <string>
#include <string_view>

namespace kingpost::emit {

namespace {

constexpr double kPointsPerInch = 72;
constexpr double kGap = 40;

struct ContextDeleter {
  void operator()(GVC_t* context) const { gvFreeContext(context); }
};
struct GraphDeleter {
  void operator()(Agraph_t* graph) const { agclose(graph); }
};
using Context = std::unique_ptr<GVC_t, ContextDeleter>;
using GraphHandle = std::unique_ptr<Agraph_t, GraphDeleter>;

/// The numbers of a text such as `12.5,3 4,5`.
std::vector<double> numbers(const char* text) {
  std::vector<double> out;
  if (text == nullptr) return out;
  const std::string_view all(text);
  std::size_t at = 0;
  while (at < all.size()) {
    double value = 0;
    const auto read = std::from_chars(all.data() + at, all.data() + all.size(), value);
    if (read.ec == std::errc{}) {
      out.push_back(value);
      at = static_cast<std::size_t>(read.ptr - all.data());
    } else {
      ++at;
    }
  }
  return out;
}

/// Graphviz takes mutable texts and copies them.
class Attributes {
 public:
  void set(void* object, const char* name, const std::string& value) {
    const std::string key(name);
    agsafeset(object, const_cast<char*>(key.c_str()), const_cast<char*>(value.c_str()),
              const_cast<char*>(""));  // NOLINT(cppcoreguidelines-pro-type-const-cast): C interface, copied
  }

  static const char* get(void* object, const char* name) {
    return agget(object, const_cast<char*>(name));  // NOLINT(cppcoreguidelines-pro-type-const-cast): C interface, only read
  }
};

class Ranker {
 public:
  explicit Ranker(const Graph& graph) : input_(graph) {}

  /// False when Graphviz has no layout to give.
  bool run(Layout& out) {
    const Context context(gvContext());
    if (context == nullptr) return false;
    std::string name = "g";
    const GraphHandle graph(agopen(name.data(), Agdirected, nullptr));
    if (graph == nullptr) return false;
    build(graph.get());
    if (gvLayout(context.get(), graph.get(), "dot") != 0) return false;
    char* text = nullptr;
    unsigned int bytes = 0;
    // Rendering as dot writes the coordinates back into the graph's attributes.
    const bool rendered = gvRenderData(context.get(), graph.get(), "dot", &text, &bytes) == 0;
    if (rendered) {
      gvFreeRenderData(text);
      read(graph.get(), out);
    }
    gvFreeLayout(context.get(), graph.get());
    return rendered && out.centres.size() == input_.nodes.size();
  }

 private:
  void build(Agraph_t* graph) {
    attributes_.set(graph, "rankdir", input_.left_to_right ? "LR" : "TB");
    attributes_.set(graph, "nodesep", "0.45");
    attributes_.set(graph, "ranksep", "0.9");
    attributes_.set(graph, "splines", "spline");
    attributes_.set(graph, "nslimit", "20");
    attributes_.set(graph, "nslimit1", "20");
    std::string cluster = "cluster_boundary";
    Agraph_t* inside = agsubg(graph, cluster.data(), 1);
    attributes_.set(inside, "margin", "28");
    for (std::size_t at = 0; at < input_.nodes.size(); ++at) {
      const GraphNode& node = input_.nodes[at];
      std::string name = fmt::format("n{}", at);
      Agnode_t* made = agnode(node.inside ? inside : graph, name.data(), 1);
      attributes_.set(made, "shape", "box");
      attributes_.set(made, "fixedsize", "true");
      // Without a text no font is asked for, so the pictures do not depend on the machine's (and Pango's plugin, which remembers a name that the
      // context before has freed, is not called).
      attributes_.set(made, "label", "");
      attributes_.set(made, "width", fmt::format("{:.4f}", node.size.width / kPointsPerInch));
      attributes_.set(made, "height", fmt::format("{:.4f}", node.size.height / kPointsPerInch));
      nodes_.push_back(made);
    }
    for (std::size_t at = 0; at < input_.edges.size(); ++at) add_edge(graph, at);
  }

  void add_edge(Agraph_t* graph, std::size_t at) {
    const GraphEdge& edge = input_.edges[at];
    std::string name = fmt::format("e{}", at);
    Agedge_t* made = agedge(graph, nodes_[edge.from], nodes_[edge.to], name.data(), 1);
    attributes_.set(made, "arrowhead", "none");
    edges_.push_back(made);
    if (edge.label.width <= 0) return;
    std::string table = fmt::format(R"(<TABLE BORDER="0" FIXEDSIZE="TRUE" WIDTH="{:.0f}" HEIGHT="{:.0f}"><TR><TD></TD></TR></TABLE>)",
                                    edge.label.width, edge.label.height);
    char* html = agstrdup_html(graph, table.data());
    agsafeset(made, name_of_label_.data(), html, empty_.data());
    agstrfree(graph, html);
  }

  void read(Agraph_t* graph, Layout& out) {
    const std::vector<double> box = numbers(Attributes::get(graph, "bb"));
    if (box.size() != 4) return;
    out.size = {box[2] - box[0], box[3] - box[1]};
    const auto place = [&out](double x, double y) { return Point{x, out.size.height - y}; };
    for (Agnode_t* node : nodes_) {
      const std::vector<double> at = numbers(Attributes::get(node, "pos"));
      if (at.size() == 2) out.centres.push_back(place(at[0], at[1]));
    }
    for (Agedge_t* edge : edges_) {
      EdgePath path;
      const std::vector<double> at = numbers(Attributes::get(edge, "pos"));
      for (std::size_t index = 0; index + 1 < at.size(); index += 2) path.points.push_back(place(at[index], at[index + 1]));
      const std::vector<double> label = numbers(Attributes::get(edge, "lp"));
      if (label.size() == 2) path.label = place(label[0], label[1]);
      out.edges.push_back(std::move(path));
    }
    std::string cluster = "cluster_boundary";
    Agraph_t* inside = agsubg(graph, cluster.data(), 0);
    const std::vector<double> bounds = inside == nullptr ? std::vector<double>{} : numbers(Attributes::get(inside, "bb"));
    if (bounds.size() != 4) return;
    out.boundary = place(bounds[0], bounds[3]);
    out.boundary_size = {bounds[2] - bounds[0], bounds[3] - bounds[1]};
  }

  const Graph& input_;
  Attributes attributes_;
  std::string name_of_label_ = "label";
  std::string empty_;
  std::vector<Agnode_t*> nodes_;
  std::vector<Agedge_t*> edges_;
};

/// Rows of about the square root of the count; edges straight between centres.
Layout in_rows(const Graph& graph) {
  Layout out;
  const auto columns = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(graph.nodes.size()))));
  double x = 0;
  double y = 0;
  double row_height = 0;
  for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
    if (at % columns == 0 && at != 0) {
      y += row_height + kGap;
      x = row_height = 0;
    }
    const Size size = graph.nodes[at].size;
    out.centres.push_back({x + size.width / 2, y + size.height / 2});
    x += size.width + kGap;
    row_height = std::max(row_height, size.height);
    out.size = {std::max(out.size.width, x - kGap), y + row_height};
  }
  for (const GraphEdge& edge : graph.edges) {
    const Point from = out.centres[edge.from];
    const Point to = out.centres[edge.to];
    out.edges.push_back({{from, from, to, to}, {(from.x + to.x) / 2, (from.y + to.y) / 2}});
  }
  out.boundary_size = out.size;
  return out;
}

}  // namespace

Layout lay_out(const Graph& graph) {
  Layout out;
  if (graph.nodes.empty()) return out;
  const bool few = graph.nodes.size() <= kMaxRanked && graph.edges.size() <= kMaxRanked;
  if (few && Ranker(graph).run(out)) return out;
  return in_rows(graph);
}

}  // namespace kingpost::emit
