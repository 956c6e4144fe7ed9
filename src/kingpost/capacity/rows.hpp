#pragma once

#include <string>
#include <vector>

#include "kingpost/capacity/assumptions.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::capacity {

/// How many rows an entity has today and gets each day, and how long they stay.
struct RowGrowth {
  double rows = 0;
  double per_day = 0;
  double keep_days = 0;  ///< 0 = for ever
  Basis basis = Basis::kAssumed;
  std::string source;
};

/// By entity id. `factor` multiplies users and rows a day. Declared growth counts as it stands; the rest follows from what owns an entity,
/// from who makes its rows and from the assumptions.
[[nodiscard]] std::vector<RowGrowth> derive_rows(const ir::System& system, double factor, const Assumptions& assume);

/// Rows after `days`: those of today age out evenly, those that come leave after their time.
[[nodiscard]] double rows_after(const RowGrowth& growth, double days);

inline constexpr double kDaysAMonth = 365.25 / 12;

}  // namespace kingpost::capacity
