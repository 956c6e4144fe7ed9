#include "kingpost/decide/ladder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace kingpost::decide {
namespace {

/// Counts of things move by one; everything else by a hundredth.
bool is_count(const Figure& figure) { return figure.unit.empty() || figure.unit == "flag"; }

bool compare(double value, Op op, double limit) {
  switch (op) {
    case Op::kAbove:
      return value > limit;
    case Op::kAtLeast:
      return value >= limit;
    case Op::kBelow:
      return value < limit;
    case Op::kAtMost:
      break;
  }
  return value <= limit;
}

Op negated(Op op) {
  switch (op) {
    case Op::kAbove:
      return Op::kAtMost;
    case Op::kAtLeast:
      return Op::kBelow;
    case Op::kBelow:
      return Op::kAtLeast;
    case Op::kAtMost:
      break;
  }
  return Op::kAbove;
}

/// Moves figures of one evidence and puts them back.
class Moves {
 public:
  Moves(Evidence& evidence, const Ladder& ladder) : evidence_(evidence), ladder_(ladder) {}
  Moves(const Moves&) = delete;
  Moves& operator=(const Moves&) = delete;
  ~Moves() { clear(); }

  void clear() {
    for (const Crossing& crossing : made_) evidence_.move_back(crossing.figure);
    made_.clear();
  }
  /// Makes a condition true, or its opposite; nothing when it is so already.
  void want(const Condition& condition, bool truth) {
    const Op op = truth ? condition.op : negated(condition.op);
    if (compare(evidence_.value(condition.figure), op, bound(condition.bound).value)) return;
    make({condition.figure, op, condition.bound, 0});
  }
  void make(Crossing crossing) {
    std::erase_if(made_, [&](const Crossing& other) { return other.figure == crossing.figure; });
    evidence_.move_back(crossing.figure);
    crossing.now = evidence_.value(crossing.figure);
    evidence_.move(crossing.figure, crossed_value(evidence_.figure(crossing.figure), crossing));
    made_.push_back(std::move(crossing));
  }
  [[nodiscard]] const std::string& result() const { return ladder_.options[choose(evidence_, ladder_)].choice; }
  [[nodiscard]] const std::vector<Crossing>& made() const noexcept { return made_; }

 private:
  Evidence& evidence_;
  const Ladder& ladder_;
  std::vector<Crossing> made_;
};

double distance_of(const Evidence& evidence, const std::vector<Crossing>& crossings) {
  double sum = 0;
  for (const Crossing& crossing : crossings) {
    const double limit = bound(crossing.bound).value;
    const Figure figure = evidence.figure(crossing.figure);
    // What would have to be designed differently is farther than what grows by itself.
    if (is_count(figure)) {
      sum += 20 + std::abs(limit - crossing.now);
    } else if (figure.unit == "%" && limit > 90 && crossing.now > 90 && limit < 100 && crossing.now < 100) {
      sum += std::abs(std::log((100 - limit) / (100 - crossing.now)));
    } else {
      sum += crossing.now > 0 && limit > 0 ? std::abs(std::log(limit / crossing.now)) : 20;
    }
  }
  return sum;
}

class Thresholds {
 public:
  Thresholds(Evidence& evidence, const Ladder& ladder) : evidence_(evidence), ladder_(ladder), moves_(evidence, ladder), now_(moves_.result()) {}

  std::vector<Threshold> find() {
    for (const Option& option : ladder_.options) {
      if (option.choice == now_) continue;
      satisfy(option);
      keep();
    }
    if (ladder_.scored) satisfy_choices();
    leave();
    std::stable_sort(found_.begin(), found_.end(), [](const Threshold& left, const Threshold& right) { return left.distance < right.distance; });
    return std::move(found_);
  }

 private:
  void satisfy(const Option& option) {
    for (const Condition& condition : option.all) moves_.want(condition, true);
  }

  /// A score is left by all that speaks for another choice together.
  void satisfy_choices() {
    for (const Option& first : ladder_.options) {
      if (first.choice == now_) continue;
      for (const Option& option : ladder_.options) {
        if (option.choice == first.choice) satisfy(option);
      }
      keep();
    }
  }

  /// Takes away what the present choice stands on, one condition at a time, then whatever else still leads to it.
  void leave() {
    for (const Option& option : ladder_.options) {
      if (option.choice != now_) continue;
      for (const Condition& condition : option.all) {
        if (!holds(evidence_, condition)) continue;
        moves_.want(condition, false);
        for (std::size_t tries = 0; tries < ladder_.options.size() && moves_.result() == now_; ++tries) {
          const Option& still = ladder_.options[choose(evidence_, ladder_)];
          if (still.all.empty() || ladder_.scored) break;
          moves_.want(still.all.front(), false);
        }
        keep();
      }
    }
  }

  /// Records what the moves lead to, without those that are not needed for it, and undoes them.
  void keep() {
    const std::string becomes = moves_.result();
    std::vector<Crossing> needed = moves_.made();
    moves_.clear();
    if (becomes == now_) return;
    for (std::size_t at = 0; at < needed.size() && needed.size() > 1;) {
      std::vector<Crossing> fewer = needed;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(at));
      for (const Crossing& crossing : fewer) moves_.make(crossing);
      const bool same = moves_.result() == becomes;
      moves_.clear();
      if (same) {
        needed = std::move(fewer);
      } else {
        ++at;
      }
    }
    add({needed, becomes, distance_of(evidence_, needed)});
  }

  void add(Threshold threshold) {
    const auto same = [&](const Threshold& other) {
      return other.becomes == threshold.becomes && other.crossings.size() == threshold.crossings.size() &&
             std::all_of(other.crossings.begin(), other.crossings.end(), [&](const Crossing& crossing) {
               return std::any_of(threshold.crossings.begin(), threshold.crossings.end(), [&](const Crossing& own) {
                 return own.figure == crossing.figure && own.op == crossing.op && own.bound == crossing.bound;
               });
             });
    };
    if (std::any_of(found_.begin(), found_.end(), same)) return;
    // The same figures farther on say nothing new.
    const auto covers = [](const Threshold& near, const Threshold& far) {
      return near.becomes == far.becomes && near.distance <= far.distance &&
             std::all_of(near.crossings.begin(), near.crossings.end(), [&](const Crossing& crossing) {
               return std::any_of(far.crossings.begin(), far.crossings.end(),
                                  [&](const Crossing& other) { return other.figure == crossing.figure && other.op == crossing.op; });
             });
    };
    if (std::any_of(found_.begin(), found_.end(), [&](const Threshold& other) { return covers(other, threshold); })) return;
    std::erase_if(found_, [&](const Threshold& other) { return covers(threshold, other); });
    found_.push_back(std::move(threshold));
  }

  Evidence& evidence_;
  const Ladder& ladder_;
  Moves moves_;
  std::string now_;
  std::vector<Threshold> found_;
};

std::string_view op_text(Op op) {
  switch (op) {
    case Op::kAbove:
      return ">";
    case Op::kAtLeast:
      return "≥";
    case Op::kBelow:
      return "<";
    case Op::kAtMost:
      break;
  }
  return "≤";
}

/// `rows written 412 rows/s (declared) ≤ 5,200 rows/s`.
std::string state_text(const Evidence& evidence, const Condition& condition, bool truth) {
  const Figure figure = evidence.figure(condition.figure);
  const BoundRow& row = bound(condition.bound);
  if (figure.unit == "flag") return fmt::format("{}: {} ({})", figure.name, amount_text(figure.value, figure.unit), basis_name(figure));
  return fmt::format("{}: {} ({}), {} {}", figure.name, amount_text(figure.value, figure.unit), basis_name(figure),
                     op_text(truth ? condition.op : negated(condition.op)), amount_text(row.value, figure.unit));
}

std::string joined(const std::vector<std::string>& parts, std::string_view word) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : std::string(word)) + part;
  return out;
}

/// What is missing of the rows that lead to `choice`, and what they are.
Alternative alternative_of(const Evidence& evidence, const Ladder& ladder, const Option& first) {
  std::vector<std::string> when;
  std::vector<std::string> missing;
  for (const Option& option : ladder.options) {
    if (option.choice != first.choice) continue;
    std::vector<std::string> all;
    for (const Condition& condition : option.all) {
      all.push_back(crossing_text(evidence, {condition.figure, condition.op, condition.bound, 0}, false));
      if (holds(evidence, condition)) continue;
      const std::string state = state_text(evidence, condition, false);
      if (std::find(missing.begin(), missing.end(), state) == missing.end()) missing.push_back(state);
    }
    if (!all.empty()) when.push_back(joined(all, " and "));
  }
  std::string why_not = first.against;
  if (!missing.empty()) why_not += (why_not.empty() ? "" : " ") + fmt::format("Its conditions are not met: {}.", joined(missing, "; "));
  return {first.choice, first.against, std::move(why_not), joined(when, "; or ")};
}

void add_once(std::vector<std::string>& list, const std::string& text) {
  if (!text.empty() && std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
}

void explain(const Evidence& evidence, const Ladder& ladder, const Option& winner, Decision& out) {
  add_once(out.reasons, winner.because);
  for (const Option& option : ladder.options) {
    const bool all = std::all_of(option.all.begin(), option.all.end(), [&](const Condition& one) { return holds(evidence, one); });
    if (option.choice != winner.choice || !all) continue;
    if (&option != &winner) add_once(out.reasons, option.because);
    for (const Condition& condition : option.all) add_once(out.reasons, state_text(evidence, condition, true));
    for (const std::string& consequence : option.consequences) add_once(out.consequences, consequence);
  }
  for (const std::string& note : ladder.notes) add_once(out.reasons, note);
  for (const Option& option : ladder.options) {
    for (const Condition& condition : option.all) add_once(out.figures, condition.figure);
    const bool told =
        std::any_of(out.alternatives.begin(), out.alternatives.end(), [&](const Alternative& one) { return one.name == option.choice; });
    if (option.choice != winner.choice && !told) out.alternatives.push_back(alternative_of(evidence, ladder, option));
  }
}

}  // namespace

double crossed_value(const Figure& figure, const Crossing& crossing) {
  const double limit = bound(crossing.bound).value;
  if (crossing.op == Op::kAtLeast || crossing.op == Op::kAtMost) return limit;
  const double step = is_count(figure) ? 1 : figure.unit == "%" && limit > 90 ? (100 - limit) / 10 : std::max(limit / 100, 1e-6);
  return crossing.op == Op::kAbove ? limit + step : limit - step;
}

bool holds(const Evidence& evidence, const Condition& condition) {
  return compare(evidence.value(condition.figure), condition.op, bound(condition.bound).value);
}

std::size_t choose(const Evidence& evidence, const Ladder& ladder) {
  const auto satisfied = [&](const Option& option) {
    return std::all_of(option.all.begin(), option.all.end(), [&](const Condition& condition) { return holds(evidence, condition); });
  };
  if (!ladder.scored) {
    const auto found = std::find_if(ladder.options.begin(), ladder.options.end(), satisfied);
    return found == ladder.options.end() ? ladder.options.size() - 1 : static_cast<std::size_t>(found - ladder.options.begin());
  }
  std::size_t best = 0;
  int most = -1;
  for (std::size_t at = 0; at < ladder.options.size(); ++at) {
    int sum = 0;
    for (const Option& option : ladder.options) sum += option.choice == ladder.options[at].choice && satisfied(option) ? option.points : 0;
    if (sum <= most) continue;
    most = sum;
    best = at;
  }
  return best;
}

bool chooses(const Evidence& evidence, const Ladder& ladder, std::string_view choice) {
  return ladder.options[choose(evidence, ladder)].choice == choice;
}

Decision resolve(Evidence& evidence, const Ladder& ladder) {
  const Option& winner = ladder.options[choose(evidence, ladder)];
  Decision out;
  out.kind = ladder.kind;
  out.scope = ladder.scope;
  out.choice = winner.choice;
  out.status = winner.status;
  explain(evidence, ladder, winner, out);
  out.thresholds = Thresholds(evidence, ladder).find();
  return out;
}

std::string crossing_text(const Evidence& evidence, const Crossing& crossing, bool with_now) {
  const Figure figure = evidence.figure(crossing.figure);
  const bool flag = figure.unit == "flag";
  std::string out = flag ? fmt::format("{}: {}", figure.name, crossing.op == Op::kAtLeast || crossing.op == Op::kAbove ? "yes" : "no")
                         : fmt::format("{} {} {}", figure.name, op_text(crossing.op), amount_text(bound(crossing.bound).value, figure.unit));
  if (with_now) out += fmt::format(" (now {})", amount_text(crossing.now, figure.unit));
  return out;
}

std::string threshold_text(const Evidence& evidence, const Threshold& threshold) {
  std::string out;
  for (const Crossing& crossing : threshold.crossings) out += (out.empty() ? "" : " and ") + crossing_text(evidence, crossing, true);
  return out;
}

}  // namespace kingpost::decide
