#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "kingpost/capacity/capacity.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::assure {

enum class SloKind : std::uint8_t {
  kAvailability,  ///< share of time in which the service is ready
  kErrors,        ///< share of requests answered with 5xx
  kLatency,       ///< share of requests slower than promised
};

inline constexpr int kBudgetDays = 30;

/// How fast a budget may burn before somebody is told. Google, The Site Reliability Workbook, chapter 5: several windows, several rates.
struct BurnTier {
  std::string_view alert;        ///< name of the alert
  double rate;                   ///< budgets per kBudgetDays
  std::string_view long_window;  ///< Prometheus' spelling
  std::string_view short_window;
  int long_minutes;
  int short_minutes;
  bool page;
};
/// The fastest first.
[[nodiscard]] std::span<const BurnTier> burn_tiers() noexcept;
/// Every window of the tiers, the shortest first.
[[nodiscard]] std::span<const std::string_view> burn_windows() noexcept;

/// One promise of `slo` with what it allows.
struct Objective {
  std::string id;  ///< unique: `availability`, `errors`, `p99`, `product.get p50`
  SloKind kind = SloKind::kErrors;
  std::string operation;           ///< of a latency; empty for the whole system
  double seconds = 0;              ///< of a latency: the bound
  double budget = 0;               ///< share that may be bad, 0…1
  double budget_minutes = 0;       ///< of bad time in kBudgetDays; 0 unless kAvailability
  capacity::Figure requests;       ///< in kBudgetDays at the mean load; 0 when the load says nothing of the operation
  double budget_requests = 0;      ///< of `requests`; 0 for kAvailability
  std::vector<std::size_t> tiers;  ///< indices into burn_tiers(): those that a ratio can reach at all
  double requests_long = 0;        ///< in the long window of the fastest of `tiers`, at the mean load
  bool sensitive = false;          ///< a single bad request in that window would already be told: too little traffic for that tier
  Span span;
};

struct SloPlan {
  std::vector<Objective> objectives;
  std::vector<std::string> notes;
};

/// Objectives of the model with their budgets at the declared load; empty without `slo`. Pure.
[[nodiscard]] SloPlan plan_slos(const ir::System& system);

/// Upper bounds in seconds of the histogram that the server must keep for the model's promises: metric::kDurationBuckets and each promise, rising.
[[nodiscard]] std::vector<double> duration_buckets(const ir::System& system);

/// The share of bad from which a tier tells.
[[nodiscard]] double burn_threshold(const Objective& objective, const BurnTier& tier) noexcept;

}  // namespace kingpost::assure
