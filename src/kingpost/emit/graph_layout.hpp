#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace kingpost::emit {

struct Point {
  double x = 0;
  double y = 0;
};

struct Size {
  double width = 0;
  double height = 0;
};

inline constexpr std::size_t kNoCluster = static_cast<std::size_t>(-1);

struct GraphNode {
  Size size;
  std::size_t cluster = kNoCluster;  ///< the innermost that holds it
};

/// A boundary around its nodes and clusters, and around no other.
struct GraphCluster {
  std::size_t parent = kNoCluster;  ///< an earlier one
  Size label;                       ///< room kept at its top
};

struct GraphEdge {
  std::size_t from = 0;  ///< ranked before `to`
  std::size_t to = 0;
  Size label;  ///< room kept beside the edge; zero for none
};

/// What is to be laid out, by sizes alone: no text of a model reaches the layout engine. Lengths are in pixels of the drawing.
struct Graph {
  std::vector<GraphNode> nodes;
  std::vector<GraphEdge> edges;
  std::vector<GraphCluster> clusters = {};
  bool left_to_right = false;
};

struct EdgePath {
  std::vector<Point> points;  ///< cubic Bézier: a start and then three points a piece
  Point label;                ///< centre
};

struct LayoutBox {
  Point corner;  ///< upper left
  Size size;
};

struct Layout {
  Size size;
  std::vector<Point> centres;  ///< of nodes
  std::vector<EdgePath> edges;
  std::vector<LayoutBox> clusters;
  bool ranked = true;  ///< false: in rows
};

/// Lays out `graph` in ranks; y grows downwards. Beyond kMaxRanked nodes or kMaxRankedEdges edges, or when Graphviz cannot, nodes stand in rows,
/// cluster after cluster. Deterministic. Not thread-safe: Graphviz keeps global state.
[[nodiscard]] Layout lay_out(const Graph& graph);

/// Ranking takes time that grows with more than the square of the graph: 300 nodes with 900 edges need 1.6 s, half of them 0.2 s.
inline constexpr std::size_t kMaxRanked = 600;
inline constexpr std::size_t kMaxRankedEdges = 1200;

}  // namespace kingpost::emit
