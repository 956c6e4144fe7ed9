#pragma once

#include <string>
#include <vector>

#include "kingpost/decide/caching_plan.hpp"
#include "kingpost/decide/decide.hpp"
#include "kingpost/emit/design.hpp"

namespace kingpost::emit {

/// What another load changes.
struct Outlook {
  double factor = 1;  ///< times the declared load
  std::vector<decide::Flip> flips;
};

/// The decisions of a system at one load, with what they look at.
struct DecisionSet {
  decide::Evidence evidence;
  std::vector<decide::Decision> decisions;
  std::vector<decide::CacheLine> caches;
  std::vector<Outlook> outlooks;  ///< at the model's `load.multiply`, ten and a hundred times
};

/// Decides for `factor` times the declared load.
[[nodiscard]] DecisionSet make_decisions(const ir::System& system, double factor);

/// decisions/NNNN-kind.md of every kind with a decision, decisions/README.md with the overview and the table of bounds, decisions.json,
/// caching-plan.md and caching-plan.json. Names of the model are escaped. Deterministic.
[[nodiscard]] std::vector<Artefact> print_decision_files(const DecisionSet& set);

/// The file of a kind: `0004-keys.md`.
[[nodiscard]] std::string decision_file(const decide::KindRow& kind);
/// A kind's decisions as one record in the manner of MADR.
[[nodiscard]] std::string print_decision_markdown(const DecisionSet& set, const decide::KindRow& kind);
/// All of it in one JSON document.
[[nodiscard]] std::string print_decisions_json(const DecisionSet& set);
/// Overview for a terminal: a line a choice, with the nearest threshold.
[[nodiscard]] std::string print_decisions_text(const DecisionSet& set);
/// The same as a Markdown table, with the bounds and their sources.
[[nodiscard]] std::string print_decisions_index(const DecisionSet& set);

/// `rows written at peak: 1,251 rows/s → 125,116 rows/s, beyond 5,200 rows/s`.
[[nodiscard]] std::string crossed_text(const DecisionSet& set, const decide::Crossed& crossed);

/// A choice of a kind with the elements it was made for and the threshold that lies nearest of all of theirs.
struct ChoiceGroup {
  std::string choice;
  decide::Status status = decide::Status::kDecided;
  std::vector<std::string> scopes;            ///< empty names left out
  const decide::Decision* nearest = nullptr;  ///< whose first threshold it is; null without thresholds
};
[[nodiscard]] std::vector<ChoiceGroup> group_choices(const DecisionSet& set, const decide::KindRow& kind);
/// `NAME when FIGURE > BOUND (now VALUE)`, with the element where there are several; `never` without threshold.
[[nodiscard]] std::string next_change(const DecisionSet& set, const ChoiceGroup& group);
[[nodiscard]] std::string_view status_text(decide::Status status) noexcept;

}  // namespace kingpost::emit
