#include "kingpost/assess/community.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace kingpost::assess {
namespace {

constexpr std::size_t kMostRounds = 50;
/// Gains below this are rounding.
constexpr double kLeastGain = 1e-9;

/// A graph in which a node may stand for many and carries the weight within them.
struct Level {
  std::vector<std::map<std::size_t, double>> near;  ///< by neighbour
  std::vector<double> within;                       ///< twice the weight inside each node
  std::vector<double> sizes;

  [[nodiscard]] double strength(std::size_t node) const {
    return std::accumulate(near[node].begin(), near[node].end(), within[node], [](double sum, const auto& one) { return sum + one.second; });
  }
};

/// Numbers communities in the order of their first nodes.
std::size_t renumber(std::vector<std::size_t>& of) {
  std::map<std::size_t, std::size_t> numbers;
  for (auto& one : of) one = numbers.emplace(one, numbers.size()).first->second;
  return numbers.size();
}

class Mover {
 public:
  Mover(const Level& level, double total, double penalty) : level_(level), total_(total), penalty_(penalty) {
    of_.resize(level.near.size());
    std::iota(of_.begin(), of_.end(), std::size_t{0});
    for (std::size_t node = 0; node < of_.size(); ++node) {
      strengths_.push_back(level.strength(node));
      sizes_.push_back(level.sizes[node]);
    }
    sums_ = strengths_;
  }

  /// Moves nodes while anything gains; true when something moved.
  bool run() {
    bool any = false;
    for (std::size_t round = 0; round < kMostRounds; ++round) {
      bool moved = false;
      for (std::size_t node = 0; node < of_.size(); ++node) moved = move(node) || moved;
      if (!moved) break;
      any = true;
    }
    return any;
  }

  std::vector<std::size_t> take() { return std::move(of_); }

 private:
  bool move(std::size_t node) {
    const std::size_t from = of_[node];
    sums_[from] -= strengths_[node];
    sizes_[from] -= level_.sizes[node];
    std::map<std::size_t, double> towards{{from, 0.0}};
    for (const auto& [other, weight] : level_.near[node]) towards[of_[other]] += weight;
    std::size_t best = from;
    double most = gain(node, from, towards[from]);
    for (const auto& [community, weight] : towards) {
      const double one = gain(node, community, weight);
      if (one > most + kLeastGain) {
        best = community;
        most = one;
      }
    }
    of_[node] = best;
    sums_[best] += strengths_[node];
    sizes_[best] += level_.sizes[node];
    return best != from;
  }

  [[nodiscard]] double gain(std::size_t node, std::size_t community, double weight) const {
    return weight - strengths_[node] * sums_[community] / total_ - penalty_ * level_.sizes[node] * sizes_[community];
  }

  const Level& level_;
  double total_;  ///< twice the weight of all ties
  double penalty_;
  std::vector<std::size_t> of_;
  std::vector<double> strengths_;
  std::vector<double> sums_;
  std::vector<double> sizes_;
};

Level aggregated(const Level& level, const std::vector<std::size_t>& of, std::size_t count) {
  Level out{std::vector<std::map<std::size_t, double>>(count), std::vector<double>(count), std::vector<double>(count)};
  for (std::size_t node = 0; node < of.size(); ++node) {
    out.sizes[of[node]] += level.sizes[node];
    out.within[of[node]] += level.within[node];
    for (const auto& [other, weight] : level.near[node]) {
      if (of[other] == of[node]) {
        out.within[of[node]] += weight;
      } else {
        out.near[of[node]][of[other]] += weight;
      }
    }
  }
  return out;
}

/// Each connected part of a community on its own.
std::vector<std::size_t> connected(const Level& level, const std::vector<std::size_t>& of) {
  const std::size_t none = of.size();
  std::vector<std::size_t> out(of.size(), none);
  for (std::size_t start = 0; start < of.size(); ++start) {
    if (out[start] != none) continue;
    std::vector<std::size_t> open{start};
    out[start] = start;
    while (!open.empty()) {
      const std::size_t node = open.back();
      open.pop_back();
      for (const auto& [other, weight] : level.near[node]) {
        if (of[other] != of[start] || out[other] != none) continue;
        out[other] = start;
        open.push_back(other);
      }
    }
  }
  return out;
}

/// Joins the smallest community that is too small with the one that it is tied to most for its size, until none is left that could.
void join_small(const Level& level, std::vector<std::size_t>& of, std::size_t smallest) {
  for (std::size_t step = 0; step < of.size(); ++step) {
    const std::size_t count = renumber(of);
    std::vector<std::size_t> sizes(count);
    for (const std::size_t one : of) ++sizes[one];
    std::vector<std::map<std::size_t, double>> ties(count);
    for (std::size_t node = 0; node < of.size(); ++node) {
      for (const auto& [other, weight] : level.near[node]) {
        if (of[other] != of[node]) ties[of[node]][of[other]] += weight;
      }
    }
    std::size_t small = count;
    for (std::size_t one = 0; one < count; ++one) {
      if (sizes[one] < smallest && !ties[one].empty() && (small == count || sizes[one] < sizes[small])) small = one;
    }
    if (small == count) return;
    const auto best =
        std::max_element(ties[small].begin(), ties[small].end(), [](const auto& left, const auto& right) { return left.second < right.second; });
    std::replace(of.begin(), of.end(), small, best->first);
  }
}

double modularity_of(const Level& level, const std::vector<std::size_t>& of, double total) {
  if (total <= 0) return 0;
  std::map<std::size_t, std::pair<double, double>> sums;  // within, all
  for (std::size_t node = 0; node < of.size(); ++node) {
    auto& [within, all] = sums[of[node]];
    all += level.strength(node);
    for (const auto& [other, weight] : level.near[node]) within += of[other] == of[node] ? weight : 0;
  }
  double q = 0;
  for (const auto& [community, sum] : sums) q += sum.first / total - (sum.second / total) * (sum.second / total);
  return q;
}

}  // namespace

Communities find_communities(std::size_t nodes, const std::vector<Tie>& ties, const CommunityOptions& options) {
  Level first{std::vector<std::map<std::size_t, double>>(nodes), std::vector<double>(nodes), std::vector<double>(nodes, 1)};
  double total = 0;
  for (const Tie& tie : ties) {
    first.near[tie.one][tie.other] += tie.weight;
    first.near[tie.other][tie.one] += tie.weight;
    total += 2 * tie.weight;
  }
  Communities out;
  out.of.resize(nodes);
  std::iota(out.of.begin(), out.of.end(), std::size_t{0});
  if (total > 0) {
    const double penalty = options.size_penalty * total / (2 * static_cast<double>(ties.size()));
    Level level = first;
    for (std::size_t round = 0; round < kMostRounds; ++round) {
      Mover mover(level, total, penalty);
      if (!mover.run()) break;
      auto moved = mover.take();
      const std::size_t count = renumber(moved);
      for (auto& one : out.of) one = moved[one];
      level = aggregated(level, moved, count);
    }
    out.of = connected(first, out.of);
    join_small(first, out.of, options.smallest);
  }
  out.count = renumber(out.of);
  out.modularity = modularity_of(first, out.of, total);
  return out;
}

}  // namespace kingpost::assess
