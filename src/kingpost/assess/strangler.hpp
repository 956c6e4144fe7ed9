#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "kingpost/assess/boundaries.hpp"

namespace kingpost::assess {

/// One step that can be stopped after: the system works as before, or as after.
struct Stage {
  std::string title;
  std::size_t service = 0;  ///< in Boundaries::services; of stage 0 the core
  std::size_t cost = 0;     ///< foreign keys that this stage cuts, but for those to a root, with each torn transaction counted as kTransactionCost
  std::vector<std::string> moves;  ///< tables
  std::vector<std::string> cuts;   ///< constraints that this stage drops
  std::vector<std::string> steps;
  std::vector<std::string> in_step;  ///< how data is kept equal meanwhile
  std::vector<std::string> verification;
  std::vector<std::string> rollback;
  std::vector<std::string> exit;
};

struct StranglerPlan {
  std::vector<Stage> stages;      ///< the first modularises in place
  std::vector<std::string> stay;  ///< what is not taken out, and why; one sentence each
};

/// A torn transaction weighs as much as this many foreign keys: it needs a saga, a key only a check. Judgement.
inline constexpr std::size_t kTransactionCost = 5;

/// Orders what Boundaries proposes to take out by what each step cuts: leaves first, the marginal cost counted anew after each. With keep_one only
/// stage 0 is left. Nothing is ever written to two databases by an application: one owner writes, a log carries (outbox or logical decoding). Pure.
[[nodiscard]] StranglerPlan plan_strangler(const Boundaries& boundaries);

[[nodiscard]] std::string print_strangler_markdown(const StranglerPlan& plan, const Boundaries& boundaries);

}  // namespace kingpost::assess
