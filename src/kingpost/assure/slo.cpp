#include "kingpost/assure/slo.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kingpost/base/metric_names.hpp"

namespace kingpost::assure {
namespace {

constexpr double kMinutes = kBudgetDays * 24.0 * 60.0;
constexpr double kSecondsAMinute = 60;

constexpr BurnTier kTiers[] = {
    {"KingpostBudgetBurnsVeryFast", 14.4, "1h", "5m", 60, 5, true},
    {"KingpostBudgetBurnsFast", 6, "6h", "30m", 360, 30, true},
    {"KingpostBudgetBurnsSteadily", 3, "1d", "2h", 1440, 120, false},
    {"KingpostBudgetBurnsSlowly", 1, "3d", "6h", 4320, 360, false},
};

constexpr std::string_view kWindows[] = {"5m", "30m", "1h", "2h", "6h", "1d", "3d"};

class Planner {
 public:
  explicit Planner(const ir::System& system) : system_(system), demand_(capacity::derive_demand(system, 1, capacity::Database::kPostgres)) {}

  SloPlan plan() {
    const ir::Slo& slo = *system_.slo;
    if (slo.availability_percent > 0) {
      Objective one = make("availability", SloKind::kAvailability, 1 - slo.availability_percent / 100);
      one.budget_minutes = one.budget * kMinutes;
      finish(std::move(one));
    }
    if (slo.error_percent > 0) finish(make("errors", SloKind::kErrors, slo.error_percent / 100));
    for (const ir::SloTarget& target : slo.targets) {
      latency(target, "p99", target.p99_ms, 0.01);
      latency(target, "p50", target.p50_ms, 0.5);
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] Objective make(std::string id, SloKind kind, double budget) const {
    Objective out;
    out.id = std::move(id);
    out.kind = kind;
    out.budget = budget;
    out.span = system_.slo->span;
    return out;
  }

  void latency(const ir::SloTarget& target, const std::string& quantile, double milliseconds, double budget) {
    if (milliseconds <= 0) return;
    Objective one = make(target.operation.empty() ? quantile : target.operation + " " + quantile, SloKind::kLatency, budget);
    one.operation = target.operation;
    one.seconds = milliseconds / 1000;
    finish(std::move(one));
  }

  [[nodiscard]] capacity::Figure mean_of(const std::string& operation) const {
    capacity::Figure sum;
    sum.basis = capacity::Basis::kDeclared;
    bool any = false;
    for (const capacity::OperationLoad& load : demand_.operations) {
      if (load.internal || (!operation.empty() && load.name != operation)) continue;
      sum.value += load.mean_per_second.value;
      if (!any || load.mean_per_second.basis == capacity::Basis::kAssumed) {
        sum.basis = load.mean_per_second.basis;
        sum.source = load.mean_per_second.source;
      }
      any = true;
    }
    if (!any) return {0, capacity::Basis::kAssumed, "the load says nothing of it"};
    return sum;
  }

  void finish(Objective one) {
    one.requests = mean_of(one.operation);
    const double a_minute = one.requests.value * kSecondsAMinute;
    one.requests.value = a_minute * kMinutes;
    if (one.kind != SloKind::kAvailability) one.budget_requests = one.requests.value * one.budget;
    for (std::size_t at = 0; at < std::size(kTiers); ++at) {
      if (burn_threshold(one, kTiers[at]) < 1) one.tiers.push_back(at);
    }
    if (one.tiers.size() < std::size(kTiers)) {
      out_.notes.push_back(
          fmt::format("{}: a budget of {:g} % cannot burn {:g} times as fast; tiers that no share of bad requests reaches are left out.", one.id,
                      one.budget * 100, kTiers[0].rate));
    }
    if (!one.tiers.empty() && one.kind != SloKind::kAvailability && a_minute > 0) {
      const BurnTier& fastest = kTiers[one.tiers.front()];
      one.requests_long = a_minute * fastest.long_minutes;
      one.sensitive = one.requests_long * burn_threshold(one, fastest) < 1;
      if (one.sensitive) {
        out_.notes.push_back(
            fmt::format("{}: {:.0f} requests in {} at the mean load: one bad request is told as {:g} times too fast. Count over longer windows "
                        "or add synthetic requests.",
                        one.id, one.requests_long, fastest.long_window, fastest.rate));
      }
    }
    out_.objectives.push_back(std::move(one));
  }

  const ir::System& system_;
  capacity::Demand demand_;
  SloPlan out_;
};

}  // namespace

std::span<const BurnTier> burn_tiers() noexcept { return kTiers; }

std::span<const std::string_view> burn_windows() noexcept { return kWindows; }

double burn_threshold(const Objective& objective, const BurnTier& tier) noexcept { return tier.rate * objective.budget; }

SloPlan plan_slos(const ir::System& system) {
  if (!system.slo) return {};
  return Planner(system).plan();
}

std::vector<double> duration_buckets(const ir::System& system) {
  std::vector<double> out(std::begin(metric::kDurationBuckets), std::end(metric::kDurationBuckets));
  for (const ir::SloTarget& target : system.slo ? system.slo->targets : std::vector<ir::SloTarget>{}) {
    if (target.p50_ms > 0) out.push_back(target.p50_ms / 1000);
    if (target.p99_ms > 0) out.push_back(target.p99_ms / 1000);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace kingpost::assure
