#include <fmt/format.h>

#include <map>

#include "kingpost/emit/flow.hpp"

namespace kingpost::emit {

namespace {

/// Opening and closing marks of a node's shape.
std::pair<std::string_view, std::string_view> marks_of(FlowShape shape) {
  switch (shape) {
    case FlowShape::kPerson:
      return {"([", "])"};
    case FlowShape::kStore:
      return {"[(", ")]"};
    case FlowShape::kQueue:
      return {"[[", "]]"};
    case FlowShape::kEvent:
      return {"{{", "}}"};
    case FlowShape::kOutside:
    case FlowShape::kBox:
    case FlowShape::kList:
    case FlowShape::kState:
    case FlowShape::kStart:
      break;
  }
  return {"[", "]"};
}

std::string node_text(const FlowNode& node) {
  std::string out = mermaid_text(node.name);
  if (!node.kind.empty()) out += "<br/>" + mermaid_text(node.kind);
  if (!node.text.empty()) out += "<br/>" + mermaid_text(node.text);
  for (const auto& [name, anchor] : node.items) out += "<br/>" + mermaid_text(name);
  return out;
}

void print_group(std::string& out, const Flow& flow, std::size_t group, std::size_t depth) {
  const std::string indent(2 + 2 * depth, ' ');
  for (std::size_t at = 0; at < flow.nodes.size(); ++at) {
    const FlowNode& node = flow.nodes[at];
    if (node.group != group) continue;
    const auto [open, close] = marks_of(node.shape);
    out += fmt::format("{}n{}{}\"{}\"{}\n", indent, at, open, node_text(node), close);
  }
  for (std::size_t at = 0; at < flow.groups.size(); ++at) {
    if (flow.groups[at].parent != group) continue;
    out += fmt::format("{}subgraph g{}[\"{}\"]\n", indent, at, mermaid_text(flow.groups[at].name));
    print_group(out, flow, at, depth + 1);
    out += indent + "end\n";
  }
}

}  // namespace

std::string mermaid_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    if (byte == '"' || byte == '`') {
      out += '\'';
    } else if (byte == '<') {
      out += "‹";
    } else if (byte == '>') {
      out += "›";
    } else if (byte == '{' || byte == '[') {
      out += '(';
    } else if (byte == '}' || byte == ']') {
      out += ')';
    } else if (byte == '%') {
      out += "％";
    } else {
      out += code < 0x20 || code == 0x7F || byte == '#' || byte == ';' || byte == '\\' ? ' ' : byte;
    }
  }
  return out.find_first_not_of(' ') == std::string::npos ? "-" : out;
}

std::string print_flow_mermaid(const Flow& flow) {
  std::string out = flow.left_to_right ? "flowchart LR\n" : "flowchart TB\n";
  print_group(out, flow, kNoGroup, 0);
  for (const FlowEdge& edge : flow.edges) {
    std::string label = edge.label;
    if (!edge.detail.empty()) label += (label.empty() ? "" : " / ") + edge.detail;
    const std::string_view arrow = edge.dashed ? "-.->" : "-->";
    out += label.empty() ? fmt::format("  n{} {} n{}\n", edge.from, arrow, edge.to)
                         : fmt::format("  n{} {}|\"{}\"| n{}\n", edge.from, arrow, mermaid_text(label), edge.to);
  }
  return out;
}

std::string print_state_mermaid(const Flow& flow) {
  std::string out = "stateDiagram-v2\n";
  for (std::size_t at = 0; at < flow.nodes.size(); ++at) {
    if (flow.nodes[at].shape == FlowShape::kState) out += fmt::format("  state \"{}\" as s{}\n", mermaid_text(flow.nodes[at].name), at);
  }
  for (const FlowEdge& edge : flow.edges) {
    const auto name = [&flow](std::size_t at) { return flow.nodes[at].shape == FlowShape::kState ? fmt::format("s{}", at) : std::string("[*]"); };
    std::string label = edge.label + (edge.detail.empty() ? "" : " (" + edge.detail + ")");
    for (char& byte : label) byte = byte == ':' ? ' ' : byte;
    out += fmt::format("  {} --> {}{}\n", name(edge.from), name(edge.to), label.empty() ? "" : " : " + mermaid_text(label));
  }
  return out;
}

}  // namespace kingpost::emit
