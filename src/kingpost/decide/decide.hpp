#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/capacity/capacity.hpp"
#include "kingpost/decide/bounds.hpp"
#include "kingpost/decide/evidence.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::decide {

enum class Status : std::uint8_t {
  kDecided,
  kNotNeeded,  ///< the thing asked about is left out
  kDeclared,   ///< the model says so
  kAgainst,    ///< the model says so, and the figures ask for something else
};

enum class Op : std::uint8_t { kAbove, kAtLeast, kBelow, kAtMost };

/// One figure that must cross one bound.
struct Crossing {
  std::string figure;  ///< key of the figure
  Op op = Op::kAbove;
  Bound bound = Bound::kOne;
  double now = 0;
};

/// When all of `crossings` happen together, the decision becomes `becomes`; leaving one out leaves it as it is.
struct Threshold {
  std::vector<Crossing> crossings;
  std::string becomes;
  double distance = 0;  ///< how far the figures are from it, as a sum of logarithms of ratios
};

struct Alternative {
  std::string name;
  std::string cost;     ///< what it costs, whatever the figures
  std::string why_not;  ///< the cost, and which figures are missing
  std::string when;     ///< the conditions as text; empty where no figure asks for it
};

struct Decision {
  std::string kind;   ///< id of the kind, for example `broker`
  std::string scope;  ///< element the decision is about, empty for the whole system
  std::string choice;
  Status status = Status::kDecided;
  std::vector<std::string> reasons;
  std::vector<Alternative> alternatives;
  std::vector<std::string> figures;   ///< keys of those that the conditions look at
  std::vector<Threshold> thresholds;  ///< the nearest first
  std::vector<std::string> consequences;
};

/// A figure that crossed a bound between two loads.
struct Crossed {
  std::string figure;
  Bound bound = Bound::kOne;
  double from = 0;
  double to = 0;
};

/// A decision that another load changes.
struct Flip {
  std::string kind;
  std::string scope;
  std::string from;
  std::string to;
  std::vector<Crossed> crossed;
};

/// A question that is asked of every system.
struct KindRow {
  int number;  ///< of its file; never changes
  std::string_view id;
  std::string_view title;
  std::string_view question;
  std::string_view scope;  ///< what a decision of this kind is about: system, entity, query, operation
  std::string_view links;  ///< ids of kinds that this one depends on, separated by blanks
};

[[nodiscard]] std::span<const KindRow> kinds() noexcept;
[[nodiscard]] const KindRow* find_kind(std::string_view id) noexcept;

/// Every decision in the order of kinds(), then of the model. Pure: equal evidence gives equal decisions.
[[nodiscard]] std::vector<Decision> decide(const Evidence& evidence);

/// Which of the decisions `later`, evidence about the same system, changes.
[[nodiscard]] std::vector<Flip> find_flips(const Evidence& now, const Evidence& later);

/// The choice alone of one decision; empty when nobody asks it.
[[nodiscard]] std::string choice_of(const Evidence& evidence, std::string_view kind, std::string_view scope);

/// `orders/s > 5,200`: a crossing as text, with the present value when asked for.
[[nodiscard]] std::string crossing_text(const Evidence& evidence, const Crossing& crossing, bool with_now);
/// `rows written > 5,200 rows/s (now 412) and …`.
[[nodiscard]] std::string threshold_text(const Evidence& evidence, const Threshold& threshold);

}  // namespace kingpost::decide
