#pragma once

#include <string>

#include "kingpost/ir/system.hpp"

namespace kingpost::emit {

/// One drawing as SVG, twice.
struct Picture {
  std::string file;     ///< stands alone: light and dark colours of its own
  std::string inlined;  ///< for the site: takes the page's style and markers, entities link to their anchors
  bool ranked = true;   ///< false: Graphviz gave no layout, so things stand in rows
};

/// Entities, attributes with types and keys, relations with cardinality, as a Mermaid erDiagram. Names that its grammar cannot hold are
/// written with `_`, the true one beside them. Deterministic.
[[nodiscard]] std::string print_er_mermaid(const ir::System& system);

/// Who uses which container and what lies outside the system, as a Mermaid C4Container. Deterministic.
[[nodiscard]] std::string print_c4_mermaid(const ir::System& system);

/// The same two drawn, laid out by Graphviz. Deterministic. Not thread-safe: Graphviz is not.
[[nodiscard]] Picture draw_er(const ir::System& system);
[[nodiscard]] Picture draw_c4(const ir::System& system);

}  // namespace kingpost::emit
