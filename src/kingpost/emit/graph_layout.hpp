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

struct GraphNode {
  Size size;
  bool inside = false;  ///< within the boundary, which encloses all of those and no other
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
  bool left_to_right = false;
};

struct EdgePath {
  std::vector<Point> points;  ///< cubic Bézier: a start and then three points a piece
  Point label;                ///< centre
};

struct Layout {
  Size size;
  std::vector<Point> centres;  ///< of nodes
  std::vector<EdgePath> edges;
  Point boundary;  ///< upper left corner
  Size boundary_size;
};

/// Lays out `graph` in ranks; y grows downwards. Beyond kMaxRanked nodes or edges, or when Graphviz cannot, nodes stand in rows. Deterministic. Not
/// thread-safe: Graphviz keeps global state.
[[nodiscard]] Layout lay_out(const Graph& graph);

/// Ranking takes time that grows with more than the square of the graph: 200 nodes with 400 edges at random need 1.5 s.
inline constexpr std::size_t kMaxRanked = 300;

}  // namespace kingpost::emit
