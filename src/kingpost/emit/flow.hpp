#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "kingpost/emit/diagrams.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::emit {

enum class FlowShape : std::uint8_t { kPerson, kBox, kStore, kQueue, kOutside, kEvent, kState, kStart, kList };

inline constexpr std::size_t kNoGroup = static_cast<std::size_t>(-1);

struct FlowNode {
  FlowShape shape = FlowShape::kBox;
  std::string name;
  std::string kind;    ///< second line, for example `Container: Kingpost`
  std::string text;    ///< further lines
  std::string anchor;  ///< where it leads on the site, or empty
  std::size_t group = kNoGroup;
  std::vector<std::pair<std::string, std::string>> items = {};  ///< of kList: name and anchor
};

/// An arrow between two nodes, by index.
struct FlowEdge {
  std::size_t from = 0;
  std::size_t to = 0;
  std::string label;
  std::string detail;
  bool dashed = false;  ///< asynchronous, or copied
};

/// A boundary around nodes and other groups.
struct FlowGroup {
  std::string name;
  std::size_t parent = kNoGroup;
};

/// Boxes, arrows and boundaries: what C4, data flow, event flow, states and the map of entities have in common.
struct Flow {
  std::string title;
  std::vector<FlowNode> nodes;
  std::vector<FlowEdge> edges;
  std::vector<FlowGroup> groups;
  bool left_to_right = false;

  std::size_t add(FlowNode node) {
    nodes.push_back(std::move(node));
    return nodes.size() - 1;
  }
};

/// As a Mermaid flowchart, or as a stateDiagram-v2 of its kState and kStart nodes. Every text is made harmless. Deterministic.
[[nodiscard]] std::string print_flow_mermaid(const Flow& flow);
[[nodiscard]] std::string print_state_mermaid(const Flow& flow);
/// Laid out by Graphviz. Deterministic. Not thread-safe.
[[nodiscard]] Picture draw_flow(const Flow& flow);

/// Who reaches what over which boundary of trust, and what kind of data passes. Pure, as all below.
[[nodiscard]] Flow make_data_flow(const ir::System& system);
/// Who emits which event and who acts on it; empty without events.
[[nodiscard]] Flow make_event_flow(const ir::System& system);
/// The states of an entity that has some, with the commands and sagas that make each move.
[[nodiscard]] Flow make_states(const ir::System& system, const ir::Entity& entity);

/// Text for Mermaid where its grammars take anything to the end of the line or quote: without what they read otherwise.
[[nodiscard]] std::string mermaid_text(std::string_view text);

}  // namespace kingpost::emit
