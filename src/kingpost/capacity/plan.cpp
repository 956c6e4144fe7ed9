#include "kingpost/capacity/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kingpost/capacity/demand.hpp"

namespace kingpost::capacity {
namespace {

constexpr double kLow = 0.5;
constexpr double kHigh = 1.5;

/// Inputs that decide how wide a row is; all others leave the shapes alone.
bool shapes_rows(Input input) {
  switch (input) {
    case Input::kStringShare:
    case Input::kStringCap:
    case Input::kTextBytes:
    case Input::kJsonBytes:
    case Input::kBinaryBytes:
    case Input::kListItems:
    case Input::kNullShare:
    case Input::kIntegerBytes:
    case Input::kDecimalDigits:
    case Input::kToastRatio:
      return true;
    default:
      return false;
  }
}

double breaks_at(const Sizing& sizing) {
  for (const auto& one : sizing.resources) {
    if (one.name == sizing.binding) return one.breaks_at;
  }
  return 0;
}

class Planner {
 public:
  Planner(const ir::System& system, const PlanOptions& options)
      : system_(system), options_(options), shapes_(shape_system(system, options.database, options.assume)) {}

  Plan plan() {
    Plan plan;
    plan.system = system_.name;
    plan.database = options_.database;
    plan.assume = options_.assume;
    plan.prices = options_.prices;
    plan.once = sized(options_.factor, options_.assume, options_.prices, shapes_);
    plan.ten = sized(options_.factor * 10, options_.assume, options_.prices, shapes_);
    plan.breaks_at = breaks_at(plan.once);
    plan.notes = plan.once.demand.notes;
    if (system_.load && system_.load->multiply > 1 && options_.factor == 1) {
      plan.notes.push_back(
          fmt::format("load.multiply asks for {:g} times this load; --factor {:g} plans that.", system_.load->multiply, system_.load->multiply));
    }
    if (options_.database == Database::kSqlite && plan.once.servers_for_rate > 1) {
      plan.notes.push_back(fmt::format("SQLite lives in one server, and this load asks for {:.0f} of the price file's: a larger one, or PostgreSQL.",
                                       plan.once.servers_for_rate));
    }
    if (plan.once.database_scale > 1) {
      plan.notes.push_back(fmt::format("One database node of the price file does not carry this load: the plan prices nodes {:.0f} times as large.",
                                       plan.once.database_scale));
    }
    if (options_.sensitivity) add_sensitivity(plan);
    return plan;
  }

 private:
  Sizing sized(double factor, const Assumptions& assume, const Prices& prices, const Shapes& shapes) const {
    return size_machines(system_, derive_demand(system_, factor, options_.database, assume, shapes), assume, prices);
  }

  void add(Plan& plan, Sensitivity one, const Sizing& low, const Sizing& high) const {
    one.cost_low = low.cost_month;
    one.cost_high = high.cost_month;
    one.servers_low = low.servers_for_rate;
    one.servers_high = high.servers_for_rate;
    one.breaks_low = breaks_at(low);
    one.breaks_high = breaks_at(high);
    const auto moved = [](double a, double b, double base) { return std::abs(a - b) > 1e-6 * std::max(1.0, std::abs(base)); };
    const bool moves = moved(one.cost_low, one.cost_high, plan.once.cost_month) || moved(one.servers_low, one.servers_high, 1) ||
                       moved(one.breaks_low, one.breaks_high, plan.breaks_at);
    if (moves) plan.sensitivity.push_back(std::move(one));
  }

  void add_sensitivity(Plan& plan) const {
    for (const auto& row : input_table()) {
      const auto varied = [&](double by) {
        Assumptions assume = options_.assume;
        assume.scale(row.input, std::min(by, assume[row.input] > 0 ? row.most / assume[row.input] : by));
        const bool shapes = shapes_rows(row.input);
        return sized(options_.factor, assume, options_.prices, shapes ? shape_system(system_, options_.database, assume) : shapes_);
      };
      add(plan, {std::string(row.name), std::string(row.meaning), options_.assume.figure(row.input)}, varied(kLow), varied(kHigh));
    }
    for (const auto& row : price_table()) {
      const auto varied = [&](double by) {
        Prices prices = options_.prices;
        prices.scale(row.price, by);
        return size_machines(system_, plan.once.demand, options_.assume, prices);
      };
      add(plan, {std::string(row.name), std::string(row.meaning), options_.prices.figure(row.price)}, varied(kLow), varied(kHigh));
    }
    std::stable_sort(plan.sensitivity.begin(), plan.sensitivity.end(), [](const Sensitivity& a, const Sensitivity& b) {
      return std::abs(a.cost_high - a.cost_low) > std::abs(b.cost_high - b.cost_low) + 1e-9;
    });
  }

  const ir::System& system_;
  const PlanOptions& options_;
  Shapes shapes_;
};

}  // namespace

Plan make_plan(const ir::System& system, const PlanOptions& options) { return Planner(system, options).plan(); }

}  // namespace kingpost::capacity
