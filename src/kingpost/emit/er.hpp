#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "kingpost/emit/c4.hpp"
#include "kingpost/emit/diagrams.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::emit {

struct ErRow {
  std::string name;
  std::string type;
  std::vector<std::string> keys;  ///< PK, FK, UK
  bool optional = false;
  bool computed = false;
};

struct ErEntity {
  std::string name;
  std::vector<ErRow> rows;
  bool elsewhere = false;  ///< only its name is told; it belongs to `note`
  std::string note = {};
  std::size_t group = static_cast<std::size_t>(-1);  ///< of ErModel::groups; none when beyond
};

/// A reference, by index of entities.
struct ErLine {
  std::size_t target = 0;
  std::size_t holder = 0;
  std::string label;
  bool optional = false;  ///< a holder's row may refer to none
  bool single = false;    ///< at most one row of the holder refers to each
};

/// Entities and references, wherever they come from.
struct ErModel {
  std::string title;
  std::vector<ErEntity> entities;
  std::vector<ErLine> lines;
  std::vector<std::string> groups = {};  ///< frames of the picture
};

/// What a compiled system stores. Pure.
[[nodiscard]] ErModel make_er(const ir::System& system);

/// As print_er_mermaid and draw_er of a system.
[[nodiscard]] std::string print_er_mermaid(const ErModel& model);
[[nodiscard]] Picture draw_er(const ErModel& model);

/// As print_c4_mermaid and draw_c4 of a system.
[[nodiscard]] std::string print_c4_mermaid(const C4Model& model);
[[nodiscard]] Picture draw_c4(const C4Model& model);

}  // namespace kingpost::emit
