#include <fmt/format.h>

#include "kingpost/emit/c4.hpp"
#include "kingpost/emit/er.hpp"
#include "kingpost/emit/flow.hpp"

namespace kingpost::emit {

namespace {

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
    case C4Kind::kSystem:
      return "Software system";
    case C4Kind::kComponent:
      return "Component";
    case C4Kind::kQueue:
      return "Queue";
  }
  return "";
}

FlowShape shape_of(const C4Node& node) {
  switch (node.kind) {
    case C4Kind::kPerson:
      return FlowShape::kPerson;
    case C4Kind::kDatabase:
      return FlowShape::kStore;
    case C4Kind::kExternal:
      return FlowShape::kOutside;
    case C4Kind::kQueue:
      return FlowShape::kQueue;
    case C4Kind::kContainer:
      return node.outside ? FlowShape::kOutside : FlowShape::kBox;
    case C4Kind::kSystem:
    case C4Kind::kComponent:
      break;
  }
  return FlowShape::kBox;
}

}  // namespace

Picture draw_c4(const ir::System& system) { return draw_c4(make_c4(system)); }

Picture draw_c4(const C4Model& model) {
  Flow flow;
  flow.title = title_of(model);
  if (model.level == C4Level::kContainer) flow.groups.push_back({model.system + " (system)", kNoGroup});
  if (model.level == C4Level::kComponent) flow.groups.push_back({model.boundary, kNoGroup});
  for (const C4Node& node : model.nodes) {
    const bool inside = !flow.groups.empty() && !node.outside && node.kind != C4Kind::kPerson && node.kind != C4Kind::kExternal;
    const std::string kind = node.technology.empty() ? std::string(word_of(node.kind)) : fmt::format("{}: {}", word_of(node.kind), node.technology);
    flow.nodes.push_back({shape_of(node), node.name, kind, node.description, node.anchor, inside ? 0 : kNoGroup});
  }
  for (const C4Link& link : model.links) flow.edges.push_back({link.from, link.to, link.label, link.technology});
  return draw_flow(flow);
}

}  // namespace kingpost::emit
