#include "kingpost/capacity/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace kingpost::capacity {
namespace {

/// A foreign key of an entity, as far as it tells how many rows there are.
struct Parent {
  const ir::Relation* relation = nullptr;
  bool owns = false;    ///< deletes its rows with itself
  bool single = false;  ///< at most one row for each of its own
};

class RowsDeriver {
 public:
  RowsDeriver(const ir::System& system, double factor, const Assumptions& assume)
      : system_(system), factor_(factor), assume_(assume), rows_(system.entities.size()), state_(system.entities.size(), State::kNew) {}

  std::vector<RowGrowth> derive() {
    for (const auto& entity : system_.entities) (void)of(entity.id);
    return std::move(rows_);
  }

 private:
  enum class State : std::uint8_t { kNew, kBusy, kDone };

  const RowGrowth& of(ir::EntityId id) {
    auto& state = state_[id.index()];
    if (state != State::kNew) return rows_[id.index()];  // a cycle sees no rows yet and sizes nothing by them
    state = State::kBusy;
    RowGrowth found = measure(system_.entity(id));
    if (const Figure* told = assume_.rows_of(system_.entity(id).name)) {
      found.rows = told->value;
      found.basis = told->basis;
      found.source = told->source;
    }
    found.rows *= assume_[Input::kRowsScale];
    found.per_day *= assume_[Input::kGrowthScale];
    rows_[id.index()] = std::move(found);
    state = State::kDone;
    return rows_[id.index()];
  }

  RowGrowth measure(const ir::Entity& entity) {
    if (entity.view) return {0, 0, 0, Basis::kDeclared, "a view stores nothing"};
    if (entity.growth) return declared(entity, *entity.growth);
    if (entity.id == system_.user) return users();
    if (system_.tenancy && system_.tenancy->entity == entity.id) {
      RowGrowth growth = of(system_.user);
      const double share = std::max(1.0, assume_[Input::kUsersPerTenant]);
      return {growth.rows / share, growth.per_day / share, 0, Basis::kAssumed, assume_.figure(Input::kUsersPerTenant).source};
    }
    if (auto owned = by_parent(entity)) return *owned;
    const double rows = assume_[Input::kReferenceRows];
    return {rows, rows / days(), 0, Basis::kAssumed, assume_.figure(Input::kReferenceRows).source};
  }

  [[nodiscard]] double days() const { return std::max(1.0, assume_[Input::kHistoryDays]); }

  RowGrowth declared(const ir::Entity& entity, const ir::Growth& growth) const {
    double rows = static_cast<double>(growth.rows);
    // Without rows of today, a bounded history that is already under way would be missed; but a new system starts empty, as it says.
    return {rows, growth.per_day * factor_, static_cast<double>(growth.keep_days), Basis::kDeclared, "growth of " + entity.name};
  }

  RowGrowth users() const {
    const bool declared = system_.load && system_.load->users > 0;
    const double scale = assume_[Input::kPeaksScale] * factor_;
    const double users = (declared ? static_cast<double>(system_.load->users) : assume_[Input::kUsers]) * scale;
    // The number of users is what the design must carry, so it stands still.
    return {users, 0, 0, declared ? Basis::kDeclared : Basis::kAssumed, declared ? std::string("load.users") : assume_.figure(Input::kUsers).source};
  }

  std::optional<RowGrowth> by_parent(const ir::Entity& entity) {
    std::optional<RowGrowth> best;
    bool best_owns = false;
    for (const auto& parent : parents(entity)) {
      const ir::Entity& target = system_.entity(parent.relation->to);
      const bool user = target.id == system_.user;
      // A tenant and a plain reference (a product of an order) say nothing of how many.
      if (!parent.owns && !parent.single && !user) continue;
      const RowGrowth& above = of(target.id);
      const Input input = parent.owns || !user ? Input::kChildren : Input::kPerUser;
      const double each = parent.single ? 1 : assume_[input];
      RowGrowth one{above.rows * each, above.per_day * each, parent.owns ? above.keep_days : 0, Basis::kAssumed, {}};
      if (input == Input::kPerUser && !parent.single) one.per_day = one.rows / days();
      one.source = parent.single ? fmt::format("one for each {}", target.name)
                                 : fmt::format("{:g} for each {} ({})", each, target.name, input == Input::kChildren ? "children" : "per-user");
      const bool owns = parent.owns || parent.single;
      if (best && (best_owns && !owns)) continue;
      const bool larger = !best || rows_after(one, 365) > rows_after(*best, 365);
      if (larger || (owns && !best_owns)) {
        best = std::move(one);
        best_owns = owns;
      }
    }
    return best;
  }

  std::vector<Parent> parents(const ir::Entity& entity) const {
    std::vector<Parent> found;
    for (const auto id : entity.relations) {
      const ir::Relation& relation = system_.relation(id);
      if (relation.kind != ir::RelationKind::kToOne || relation.reverse || relation.to == entity.id) continue;
      if (system_.tenancy && system_.tenancy->entity == relation.to) continue;
      const auto same = [&](const std::vector<ir::FieldId>& unique) {
        // The tenant's column leads every key of a tenant's row and narrows nothing.
        const auto counts = [&](ir::FieldId field) { return !entity.tenanted || field != entity.tenant_field; };
        return !unique.empty() && std::all_of(unique.begin(), unique.end(), [&](ir::FieldId field) {
          return !counts(field) || std::find(relation.from_fields.begin(), relation.from_fields.end(), field) != relation.from_fields.end();
        });
      };
      const bool single =
          same(entity.key) || std::any_of(entity.uniques.begin(), entity.uniques.end(), [&](const auto& one) { return same(one.fields); });
      found.push_back({&relation, relation.on_delete == ir::OnDelete::kCascade, single});
    }
    return found;
  }

  const ir::System& system_;
  double factor_;
  const Assumptions& assume_;
  std::vector<RowGrowth> rows_;
  std::vector<State> state_;
};

}  // namespace

std::vector<RowGrowth> derive_rows(const ir::System& system, double factor, const Assumptions& assume) {
  return RowsDeriver(system, factor, assume).derive();
}

double rows_after(const RowGrowth& growth, double days) {
  if (growth.keep_days <= 0) return growth.rows + growth.per_day * days;
  const double left = std::max(0.0, 1 - days / growth.keep_days);
  return growth.rows * left + growth.per_day * std::min(days, growth.keep_days);
}

}  // namespace kingpost::capacity
