#include "kingpost/seed/order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace kingpost::seed {
namespace {

constexpr std::int64_t kBaseRows = 50;
constexpr std::int64_t kGrowthPerLevel = 3;
constexpr int kMaxGrowthLevels = 3;

bool is_nullable(const ir::Relation& relation, const ir::Entity& entity) {
  return std::any_of(relation.from_fields.begin(), relation.from_fields.end(), [&](ir::FieldId id) { return entity.field(id).nullable; });
}

/// What keeps an entity from being placed next.
struct Waiting {
  bool required = false;
  int optional = 0;
  int depth = 0;
};

class Planner {
 public:
  Planner(const ir::System& system, const SeedOptions& options) : system_(system), options_(options), depth_(system.entities.size(), -1) {}

  Result<SeedPlan> plan() {
    for (const auto& [name, rows] : options_.rows) {
      if (!system_.find_entity(name).valid())
        return fail(ErrorKind::kInvalidArgument, "kp-seed-entity", fmt::format("There is no entity `{}`.", name));
      if (rows < 0) return fail(ErrorKind::kInvalidArgument, "kp-seed-limit", fmt::format("`{}` cannot have {} rows.", name, rows));
    }
    while (const ir::Entity* next = choose()) place(*next);
    for (const ir::Entity& entity : system_.entities) {
      if (!entity.view && depth_[entity.id.index()] < 0) {
        plan_.notes.push_back(fmt::format("{}: not seeded, because what it must refer to cannot come first.", entity.name));
      }
    }
    std::int64_t total = 0;
    for (const PlannedEntity& entity : plan_.entities) total += entity.rows;
    if (total > kMaxSeedRows) {
      return fail(ErrorKind::kInvalidArgument, "kp-seed-limit", fmt::format("{} rows are more than the {} that seed writes.", total, kMaxSeedRows));
    }
    return plan_;
  }

 private:
  [[nodiscard]] Waiting waiting(const ir::Entity& entity) const {
    Waiting result;
    for (const ir::Relation* relation : foreign_keys(system_, entity)) {
      const int depth = depth_[relation->to.index()];
      const bool optional = is_nullable(*relation, entity);
      if (relation->to == entity.id) {
        result.required = result.required || !optional;
      } else if (depth < 0) {
        result.required = result.required || !optional;
        result.optional += optional ? 1 : 0;
      } else if (!optional) {
        result.depth = std::max(result.depth, depth + 1);
      }
    }
    return result;
  }

  /// Of the entities whose required references are placed, the one that waits for the fewest optional ones.
  [[nodiscard]] const ir::Entity* choose() const {
    const ir::Entity* best = nullptr;
    int fewest = std::numeric_limits<int>::max();
    for (const ir::Entity& entity : system_.entities) {
      if (entity.view || depth_[entity.id.index()] >= 0) continue;
      const Waiting state = waiting(entity);
      if (state.required || state.optional >= fewest) continue;
      best = &entity;
      fewest = state.optional;
    }
    return best;
  }

  void place(const ir::Entity& entity) {
    const int depth = waiting(entity).depth;
    depth_[entity.id.index()] = depth;
    std::int64_t rows = kBaseRows;
    for (int i = 0; i < std::min(depth, kMaxGrowthLevels); ++i) rows *= kGrowthPerLevel;
    rows = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::llround(static_cast<double>(rows) * options_.scale)));
    if (system_.tenancy && system_.tenancy->entity == entity.id) rows = std::min<std::int64_t>(rows, 5);
    if (const auto asked = options_.rows.find(entity.name); asked != options_.rows.end()) rows = asked->second;
    plan_.entities.push_back({entity.id, rows});
  }

  const ir::System& system_;
  const SeedOptions& options_;
  std::vector<int> depth_;
  SeedPlan plan_;
};

}  // namespace

std::vector<const ir::Relation*> foreign_keys(const ir::System& system, const ir::Entity& entity) {
  std::vector<const ir::Relation*> keys;
  for (const ir::RelationId id : entity.relations) {
    const ir::Relation& relation = system.relation(id);
    if (relation.kind == ir::RelationKind::kToOne && !relation.reverse) keys.push_back(&relation);
  }
  return keys;
}

Result<SeedPlan> plan_seed(const ir::System& system, const SeedOptions& options) { return Planner(system, options).plan(); }

}  // namespace kingpost::seed
