#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/ir/system.hpp"
#include "kingpost/seed/seed.hpp"

namespace kingpost::seed {

struct PlannedEntity {
  ir::EntityId entity;
  std::int64_t rows = 0;
};

struct SeedPlan {
  std::vector<PlannedEntity> entities;  ///< each after those it must refer to
  std::vector<std::string> notes;
};

/// Which entities are seeded, in which order, with how many rows. Errors: kp-seed-entity, kp-seed-limit.
[[nodiscard]] Result<SeedPlan> plan_seed(const ir::System& system, const SeedOptions& options);

/// The to-one relations that are foreign keys of the entity.
[[nodiscard]] std::vector<const ir::Relation*> foreign_keys(const ir::System& system, const ir::Entity& entity);

}  // namespace kingpost::seed
