#pragma once

#include <string>
#include <vector>

#include "kingpost/decide/decide.hpp"

namespace kingpost::decide {

/// `figure op bound`.
struct Condition {
  std::string figure;
  Op op = Op::kAbove;
  Bound bound = Bound::kOne;
};

/// One way to a choice. Rows with the same choice are joined by "or".
struct Option {
  std::string choice = {};
  std::vector<Condition> all = {};
  std::string because = {};  ///< what is gained, said when it wins
  std::string against = {};  ///< what it costs, said when it does not
  std::vector<std::string> consequences = {};
  Status status = Status::kDecided;
  int points = 0;  ///< of a scored ladder
};

/// Options from the one asked first to the one that is left. Which figures it names depends on the model's structure alone, never on their values.
struct Ladder {
  std::string kind = {};
  std::string scope = {};
  std::vector<Option> options = {};
  /// Points of all satisfied rows are added by choice and the highest sum wins, the earlier choice at a tie; otherwise the first satisfied row wins.
  bool scored = false;
  std::vector<std::string> notes = {};  ///< reasons that hold whatever is chosen
};

/// A value of the figure just beyond the bound.
[[nodiscard]] double crossed_value(const Figure& figure, const Crossing& crossing);
[[nodiscard]] bool holds(const Evidence& evidence, const Condition& condition);
/// Index of the winning row. A ladder's last row has no condition.
[[nodiscard]] std::size_t choose(const Evidence& evidence, const Ladder& ladder);
[[nodiscard]] bool chooses(const Evidence& evidence, const Ladder& ladder, std::string_view choice);
/// Evaluates a ladder and finds by moving its figures when the answer changes.
[[nodiscard]] Decision resolve(Evidence& evidence, const Ladder& ladder);

}  // namespace kingpost::decide
