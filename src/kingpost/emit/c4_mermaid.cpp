#include <fmt/format.h>

#include "kingpost/emit/c4.hpp"
#include "kingpost/emit/diagrams.hpp"
#include "kingpost/emit/er.hpp"

namespace kingpost::emit {

namespace {

/// Text between quotes; the grammar knows no escape inside them.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    const bool special = code < 0x20 || code == 0x7F || byte == '%' || byte == '\\' || byte == ';' || byte == '{' || byte == '}' || byte == '#';
    out += byte == '"' ? '\'' : special ? ' ' : byte;
  }
  // An empty string is no attribute to the grammar.
  return out.size() == 1 ? "\" \"" : out + "\"";
}

std::string_view macro_of(C4Kind kind) {
  switch (kind) {
    case C4Kind::kPerson:
      return "Person";
    case C4Kind::kContainer:
      return "Container";
    case C4Kind::kDatabase:
      return "ContainerDb";
    case C4Kind::kExternal:
      return "System_Ext";
    case C4Kind::kSystem:
      return "System";
    case C4Kind::kComponent:
      return "Component";
    case C4Kind::kQueue:
      return "ContainerQueue";
  }
  return "Container";
}

std::string_view diagram_of(C4Level level) {
  switch (level) {
    case C4Level::kContext:
      return "C4Context";
    case C4Level::kContainer:
      return "C4Container";
    case C4Level::kComponent:
      return "C4Component";
  }
  return "C4Container";
}

bool stands_inside(const C4Node& node) { return !node.outside && node.kind != C4Kind::kPerson && node.kind != C4Kind::kExternal; }

std::string print_node(const C4Node& node, std::size_t at) {
  const std::string head = fmt::format("{}(n{}, {}", macro_of(node.kind), at, quoted(node.name));
  const bool technical = node.kind != C4Kind::kPerson && node.kind != C4Kind::kExternal && node.kind != C4Kind::kSystem;
  return technical ? fmt::format("{}, {}, {})\n", head, quoted(node.technology), quoted(node.description))
                   : fmt::format("{}, {})\n", head, quoted(node.description));
}

}  // namespace

std::string title_of(const C4Model& model) {
  switch (model.level) {
    case C4Level::kContext:
      return "Context of " + model.system;
    case C4Level::kContainer:
      return "Containers of " + model.system;
    case C4Level::kComponent:
      return "Components of " + model.boundary;
  }
  return model.system;
}

std::string print_c4_mermaid(const ir::System& system) { return print_c4_mermaid(make_c4(system)); }

std::string print_c4_mermaid(const C4Model& model) {
  std::string out = fmt::format("{}\n  title {}\n", diagram_of(model.level), quoted(title_of(model)));
  const auto nodes = [&](bool inside, std::string_view indent) {
    for (std::size_t at = 0; at < model.nodes.size(); ++at) {
      if (stands_inside(model.nodes[at]) == inside) out += std::string(indent) + print_node(model.nodes[at], at);
    }
  };
  nodes(false, "  ");
  const bool component = model.level == C4Level::kComponent;
  if (model.level == C4Level::kContext) {
    nodes(true, "  ");
  } else {
    out += fmt::format("  {}(boundary, {}) {{\n", component ? "Container_Boundary" : "System_Boundary",
                       quoted(component ? model.boundary : model.system));
    nodes(true, "    ");
    out += "  }\n";
  }
  for (const C4Link& link : model.links) {
    out += fmt::format("  Rel(n{}, n{}, {}, {})\n", link.from, link.to, quoted(link.label), quoted(link.technology));
  }
  return out;
}

}  // namespace kingpost::emit
