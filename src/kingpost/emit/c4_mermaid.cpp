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
  }
  return "Container";
}

std::string print_node(const C4Node& node, std::size_t at) {
  const std::string head = fmt::format("{}(n{}, {}", macro_of(node.kind), at, quoted(node.name));
  const bool technical = node.kind == C4Kind::kContainer || node.kind == C4Kind::kDatabase;
  return technical ? fmt::format("{}, {}, {})\n", head, quoted(node.technology), quoted(node.description))
                   : fmt::format("{}, {})\n", head, quoted(node.description));
}

}  // namespace

std::string print_c4_mermaid(const ir::System& system) { return print_c4_mermaid(make_c4(system)); }

std::string print_c4_mermaid(const C4Model& model) {
  std::string out = "C4Container\n";
  out += fmt::format("  title {}\n", quoted("Containers of " + model.system));
  for (std::size_t at = 0; at < model.nodes.size(); ++at) {
    if (model.nodes[at].kind == C4Kind::kPerson) out += "  " + print_node(model.nodes[at], at);
  }
  out += fmt::format("  System_Boundary(system, {}) {{\n", quoted(model.system));
  for (std::size_t at = 0; at < model.nodes.size(); ++at) {
    const C4Kind kind = model.nodes[at].kind;
    if (kind == C4Kind::kContainer || kind == C4Kind::kDatabase) out += "    " + print_node(model.nodes[at], at);
  }
  out += "  }\n";
  for (std::size_t at = 0; at < model.nodes.size(); ++at) {
    if (model.nodes[at].kind == C4Kind::kExternal) out += "  " + print_node(model.nodes[at], at);
  }
  for (const C4Link& link : model.links) {
    out += fmt::format("  Rel(n{}, n{}, {}, {})\n", link.from, link.to, quoted(link.label), quoted(link.technology));
  }
  return out;
}

}  // namespace kingpost::emit
