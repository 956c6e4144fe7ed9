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
constexpr double kClusterMargin = 20;
constexpr std::size_t kBestEffort = 120;

struct ContextDeleter {
  void operator()(GVC_t* context) const { gvFreeContext(context); }
};
struct GraphDeleter {
  void operator()(Agraph_t* graph) const { agclose(graph); }
};
using Context = std::unique_ptr<GVC_t, ContextDeleter>;
using GraphHandle = std::unique_ptr<Agraph_t, GraphDeleter>;

/// Ids by counting. Those that cgraph makes itself are addresses of names, and clusters are laid out in the order of their ids: pictures would
/// change from run to run.
class Ids {
 public:
  static Agiddisc_t discipline() { return {&open, &map, &allocate, &release, &print, &close, &note}; }

 private:
  static void* open(Agraph_t* /*graph*/, Agdisc_t* /*disciplines*/) { return new Ids; }
  /// Names are kept by cgraph itself when this knows none.
  // NOLINTNEXTLINE(readability-non-const-parameter): the signature is cgraph's
  static long map(void* state, int /*kind*/, char* name, IDTYPE* id, int create) {
    if (name != nullptr || create == 0) return 0;
    *id = static_cast<Ids*>(state)->next_++;
    return 1;
  }
  static long allocate(void* /*state*/, int /*kind*/, IDTYPE /*id*/) { return 0; }
  static void release(void* /*state*/, int /*kind*/, IDTYPE /*id*/) {}
  static char* print(void* /*state*/, int /*kind*/, IDTYPE /*id*/) { return nullptr; }
  static void close(void* state) { delete static_cast<Ids*>(state); }
  static void note(void* /*state*/, int /*kind*/, void* /*object*/) {}

  IDTYPE next_ = 1;
};

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
    Agiddisc_t ids = Ids::discipline();
    Agdisc_t disciplines{&AgMemDisc, &ids, &AgIoDisc};
    const GraphHandle graph(agopen(name.data(), Agdirected, &disciplines));
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
    // The optimum of a small picture costs nothing; of a large one it costs seconds that nobody sees.
    const std::string effort = input_.nodes.size() + input_.edges.size() <= kBestEffort ? "20" : "1";
    for (const char* name : {"nslimit", "nslimit1", "mclimit"}) attributes_.set(graph, name, effort);
    for (std::size_t at = 0; at < input_.clusters.size(); ++at) add_cluster(graph, at);
    for (std::size_t at = 0; at < input_.nodes.size(); ++at) {
      const GraphNode& node = input_.nodes[at];
      std::string name = fmt::format("n{}", at);
      Agnode_t* made = agnode(node.cluster < clusters_.size() ? clusters_[node.cluster] : graph, name.data(), 1);
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
    if (edge.label.width > 0) keep_room(graph, made, edge.label);
  }

  void add_cluster(Agraph_t* graph, std::size_t at) {
    const GraphCluster& cluster = input_.clusters[at];
    std::string name = fmt::format("cluster_{}", at);
    Agraph_t* made = agsubg(cluster.parent < at ? clusters_[cluster.parent] : graph, name.data(), 1);
    attributes_.set(made, "margin", "20");
    if (cluster.label.width > 0) keep_room(graph, made, cluster.label);
    clusters_.push_back(made);
  }

  /// A label that is an empty table of that size: room without a font.
  void keep_room(Agraph_t* graph, void* object, Size size) {
    std::string table =
        fmt::format(R"(<TABLE BORDER="0" FIXEDSIZE="TRUE" WIDTH="{:.0f}" HEIGHT="{:.0f}"><TR><TD></TD></TR></TABLE>)", size.width, size.height);
    char* html = agstrdup_html(graph, table.data());
    agsafeset(object, name_of_label_.data(), html, empty_.data());
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
    for (Agraph_t* cluster : clusters_) {
      const std::vector<double> bounds = numbers(Attributes::get(cluster, "bb"));
      out.clusters.emplace_back();
      if (bounds.size() == 4) out.clusters.back() = {place(bounds[0], bounds[3]), {bounds[2] - bounds[0], bounds[3] - bounds[1]}};
    }
  }

  const Graph& input_;
  Attributes attributes_;
  std::string name_of_label_ = "label";
  std::string empty_;
  std::vector<Agnode_t*> nodes_;
  std::vector<Agedge_t*> edges_;
  std::vector<Agraph_t*> clusters_;
};

/// Nodes in rows, cluster after cluster; edges straight between centres.
class Rows {
 public:
  explicit Rows(const Graph& graph) : graph_(graph) {
    out_.ranked = false;
    out_.centres.resize(graph.nodes.size());
    out_.clusters.resize(graph.clusters.size());
  }

  Layout place() {
    out_.size = place_cluster(kNoCluster, {0, 0});
    for (const GraphEdge& edge : graph_.edges) {
      const Point from = out_.centres[edge.from];
      const Point to = out_.centres[edge.to];
      out_.edges.push_back({{from, from, to, to}, {(from.x + to.x) / 2, (from.y + to.y) / 2}});
    }
    return std::move(out_);
  }

 private:
  /// What stands directly in a cluster, from `corner` on; the room that it takes.
  Size place_cluster(std::size_t cluster, Point corner) {
    Size size = place_nodes(cluster, corner);
    for (std::size_t at = 0; at < graph_.clusters.size(); ++at) {
      if (graph_.clusters[at].parent != cluster) continue;
      const double top = size.height > 0 ? size.height + kGap : 0;
      const double label = graph_.clusters[at].label.height;
      const Size inner = place_cluster(at, {corner.x + kClusterMargin, corner.y + top + kClusterMargin + label});
      const Size whole{std::max(inner.width, graph_.clusters[at].label.width) + 2 * kClusterMargin, inner.height + 2 * kClusterMargin + label};
      out_.clusters[at] = {{corner.x, corner.y + top}, whole};
      size = {std::max(size.width, whole.width), top + whole.height};
    }
    return size;
  }

  Size place_nodes(std::size_t cluster, Point corner) {
    std::vector<std::size_t> members;
    for (std::size_t at = 0; at < graph_.nodes.size(); ++at) {
      if (graph_.nodes[at].cluster == cluster) members.push_back(at);
    }
    const auto columns = static_cast<std::size_t>(std::ceil(std::sqrt(static_cast<double>(members.size()))));
    Size size;
    double x = 0;
    double y = 0;
    double row_height = 0;
    for (std::size_t at = 0; at < members.size(); ++at) {
      if (at % columns == 0 && at != 0) {
        y += row_height + kGap;
        x = row_height = 0;
      }
      const Size node = graph_.nodes[members[at]].size;
      out_.centres[members[at]] = {corner.x + x + node.width / 2, corner.y + y + node.height / 2};
      x += node.width + kGap;
      row_height = std::max(row_height, node.height);
      size = {std::max(size.width, x - kGap), y + row_height};
    }
    return size;
  }

  const Graph& graph_;
  Layout out_;
};

}  // namespace

Layout lay_out(const Graph& graph) {
  Layout out;
  if (graph.nodes.empty()) return out;
  const bool few = graph.nodes.size() <= kMaxRanked && graph.edges.size() <= kMaxRankedEdges;
  if (few && Ranker(graph).run(out)) return out;
  return Rows(graph).place();
}

}  // namespace kingpost::emit
