#include "kingpost/emit/er_groups.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "kingpost/emit/html.hpp"

namespace kingpost::emit {

namespace {

constexpr std::size_t kMaxCluster = 18;
constexpr std::size_t kArrowsPerGroup = 2;

struct Link {
  std::size_t one;
  std::size_t other;
  double weight;
};

/// References between different entities. One to an entity that everything refers to says little about what belongs together.
std::vector<Link> links_of(const ErModel& model) {
  std::vector<double> referrers(model.entities.size(), 0);
  for (const ErLine& line : model.lines) referrers[line.target] += 1;
  std::vector<Link> out;
  for (const ErLine& line : model.lines) {
    if (line.target != line.holder) out.push_back({line.target, line.holder, 1 / std::sqrt(referrers[line.target])});
  }
  return out;
}

/// Greedy merging of clusters by modularity (Clauset, Newman and Moore 2004), none larger than kMaxCluster.
class Clustering {
 public:
  explicit Clustering(const ErModel& model) : of_(model.entities.size()) {
    members_.resize(of_.size(), 1);
    degree_.resize(of_.size(), 0);
    for (std::size_t at = 0; at < of_.size(); ++at) of_[at] = at;
    for (const Link& link : links_of(model)) {
      between_[{std::min(link.one, link.other), std::max(link.one, link.other)}] += link.weight;
      degree_[link.one] += link.weight;
      degree_[link.other] += link.weight;
      total_ += 2 * link.weight;
    }
  }

  std::vector<std::size_t> run() {
    while (merge_best()) {
    }
    return of_;
  }

 private:
  bool merge_best() {
    double best = 0;
    std::pair<std::size_t, std::size_t> pair;
    for (const auto& [ends, weight] : between_) {
      if (members_[ends.first] + members_[ends.second] > kMaxCluster) continue;
      const double gain = weight / total_ - 2 * degree_[ends.first] * degree_[ends.second] / (total_ * total_);
      if (gain > best + 1e-12) {
        best = gain;
        pair = ends;
      }
    }
    if (best <= 0) return false;
    merge(pair.first, pair.second);
    return true;
  }

  void merge(std::size_t kept, std::size_t gone) {
    for (std::size_t& one : of_) one = one == gone ? kept : one;
    members_[kept] += members_[gone];
    degree_[kept] += degree_[gone];
    std::map<std::pair<std::size_t, std::size_t>, double> next;
    for (const auto& [ends, weight] : between_) {
      const std::size_t one = ends.first == gone ? kept : ends.first;
      const std::size_t other = ends.second == gone ? kept : ends.second;
      if (one != other) next[{std::min(one, other), std::max(one, other)}] += weight;
    }
    between_ = std::move(next);
  }

  std::vector<std::size_t> of_;
  std::vector<std::size_t> members_;
  std::vector<double> degree_;
  std::map<std::pair<std::size_t, std::size_t>, double> between_;
  double total_ = 0;
};

/// The entity of a group that most refer to.
std::size_t centre_of(const ErModel& model, const std::vector<std::size_t>& members) {
  std::size_t best = members.front();
  std::size_t most = 0;
  for (const std::size_t member : members) {
    std::size_t lines = 0;
    for (const ErLine& line : model.lines) lines += 2 * std::size_t{line.target == member} + std::size_t{line.holder == member};
    if (lines > most) {
      best = member;
      most = lines;
    }
  }
  return best;
}

std::vector<ErGroup> clustered(const ErModel& model) {
  std::map<std::size_t, std::vector<std::size_t>> members;
  const std::vector<std::size_t> of = Clustering(model).run();
  for (std::size_t at = 0; at < of.size(); ++at) members[of[at]].push_back(at);
  std::vector<ErGroup> out;
  ErGroup alone{"No close neighbours", {}, false};
  for (const auto& [first, group] : members) {
    if (group.size() < 3) {
      alone.members.insert(alone.members.end(), group.begin(), group.end());
    } else {
      out.push_back({"Around " + model.entities[centre_of(model, group)].name, group, false});
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const ErGroup& one, const ErGroup& other) { return one.members.size() > other.members.size(); });
  // What is left is cut where a picture would be too large.
  std::sort(alone.members.begin(), alone.members.end());
  for (std::size_t at = 0; at < alone.members.size(); at += 2 * kMaxCluster) {
    const std::size_t end = std::min(at + 2 * kMaxCluster, alone.members.size());
    const std::string part = alone.members.size() > 2 * kMaxCluster ? fmt::format(", part {}", at / (2 * kMaxCluster) + 1) : "";
    out.push_back({alone.name + part,
                   {alone.members.begin() + static_cast<std::ptrdiff_t>(at), alone.members.begin() + static_cast<std::ptrdiff_t>(end)},
                   false});
  }
  return out;
}

}  // namespace

std::vector<ErGroup> group_entities(const ir::System& system, const ErModel& model) {
  std::vector<ErGroup> out;
  for (std::size_t service = 0; service < system.services.size(); ++service) {
    ErGroup group{system.services[service].name, {}, true};
    for (const ir::Entity& entity : system.entities) {
      if (entity.service.valid() && entity.service.index() == service) group.members.push_back(entity.id.index());
    }
    if (!group.members.empty()) out.push_back(std::move(group));
  }
  if (out.empty()) return model.entities.size() > kFewEntities ? clustered(model) : out;
  ErGroup rest{"Without a service", {}, true};
  for (const ir::Entity& entity : system.entities) {
    if (!entity.service.valid()) rest.members.push_back(entity.id.index());
  }
  if (!rest.members.empty()) out.push_back(std::move(rest));
  return out;
}

ErModel part_of(const ErModel& model, const std::vector<ErGroup>& groups, std::size_t group) {
  ErModel out;
  out.title = groups[group].name;
  std::map<std::size_t, std::size_t> at;
  for (const std::size_t member : groups[group].members) {
    at[member] = out.entities.size();
    out.entities.push_back(model.entities[member]);
  }
  std::map<std::size_t, std::string> home;
  for (const ErGroup& one : groups) {
    for (const std::size_t member : one.members) home[member] = one.name;
  }
  const std::size_t own = at.size();
  for (const ErLine& line : model.lines) {
    // Only what this group refers to: who refers to it is told by the others' pictures.
    if (!at.contains(line.holder) || at[line.holder] >= own) continue;
    if (!at.contains(line.target)) {
      at[line.target] = out.entities.size();
      out.entities.push_back({model.entities[line.target].name, {}, true, home[line.target], static_cast<std::size_t>(-1)});
    }
    out.lines.push_back({at[line.target], at[line.holder], line.label, line.optional, line.single});
  }
  return out;
}

void frame(ErModel& model, const std::vector<ErGroup>& groups) {
  for (std::size_t group = 0; group < groups.size(); ++group) {
    model.groups.push_back(groups[group].name);
    for (const std::size_t member : groups[group].members) model.entities[member].group = group;
  }
}

Flow make_entity_map(const ErModel& model, const std::vector<ErGroup>& groups) {
  Flow flow;
  flow.title = "Map of the entities of " + model.title;
  std::map<std::size_t, std::size_t> home;
  for (std::size_t group = 0; group < groups.size(); ++group) {
    FlowNode node{FlowShape::kList, groups[group].name, {}, {}, er_anchor(groups[group]), kNoGroup, {}};
    for (const std::size_t member : groups[group].members) {
      home[member] = group;
      node.items.emplace_back(model.entities[member].name, "entity-" + file_segment(model.entities[member].name));
    }
    flow.add(std::move(node));
  }
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> counts;
  for (const ErLine& line : model.lines) {
    if (home[line.holder] != home[line.target]) ++counts[{home[line.holder], home[line.target]}];
  }
  // The weightiest tell the story; all of them would hide it.
  std::vector<std::size_t> weights;
  for (const auto& [ends, count] : counts) weights.push_back(count);
  std::sort(weights.rbegin(), weights.rend());
  const std::size_t most = kArrowsPerGroup * groups.size();
  const std::size_t least = weights.size() > most ? weights[most] + 1 : 1;
  for (const auto& [ends, count] : counts) {
    if (count >= least) flow.edges.push_back({ends.first, ends.second, fmt::format("{}", count), {}});
  }
  return flow;
}

std::string er_anchor(const ErGroup& group) { return "er-" + file_segment(group.name); }

}  // namespace kingpost::emit
