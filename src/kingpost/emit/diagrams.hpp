#pragma once

#include <string>

#include "kingpost/ir/system.hpp"

namespace kingpost::emit {

/// Where a diagram is shown: alone it carries its colours, inside the site it takes the page's.
enum class Placement : std::uint8_t { kFile, kInline };

/// Entities, attributes with types and keys, relations with cardinality, as a Mermaid erDiagram. Names that its grammar cannot hold are
/// written with `_`, the true one beside them. Deterministic.
[[nodiscard]] std::string print_er_mermaid(const ir::System& system);

/// Who uses which container and what lies outside the system, as a Mermaid C4Container. Deterministic.
[[nodiscard]] std::string print_c4_mermaid(const ir::System& system);

/// The same two as SVG, laid out by Graphviz. Light and dark by CSS variables. Not thread-safe: Graphviz is not.
[[nodiscard]] std::string print_er_svg(const ir::System& system, Placement placement);
[[nodiscard]] std::string print_c4_svg(const ir::System& system, Placement placement);

}  // namespace kingpost::emit
