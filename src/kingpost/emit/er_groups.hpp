#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "kingpost/emit/er.hpp"
#include "kingpost/emit/flow.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::emit {

/// Up to that many entities one picture with every attribute can be read.
inline constexpr std::size_t kFewEntities = 40;

/// Entities that are shown together, by index of ErModel::entities.
struct ErGroup {
  std::string name;
  std::vector<std::size_t> members;
  bool service = false;  ///< declared; else found from the references
};

/// The services; without any, and beyond kFewEntities, clusters of what refers to each other. Empty when one picture is enough. Every entity is
/// in one group. Deterministic.
[[nodiscard]] std::vector<ErGroup> group_entities(const ir::System& system, const ErModel& model);

/// One group with its attributes; what it refers to elsewhere is a name.
[[nodiscard]] ErModel part_of(const ErModel& model, const std::vector<ErGroup>& groups, std::size_t group);

/// Draws a frame around each group.
void frame(ErModel& model, const std::vector<ErGroup>& groups);

/// Each group a list of its entities; arrows count the references from one to another, the fewest left out where there are many.
[[nodiscard]] Flow make_entity_map(const ErModel& model, const std::vector<ErGroup>& groups);

/// Id of a group's figure on the site.
[[nodiscard]] std::string er_anchor(const ErGroup& group);

}  // namespace kingpost::emit
