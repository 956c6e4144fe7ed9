#include "kingpost/assess/boundaries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "kingpost/assess/community.hpp"
#include "kingpost/assess/markdown.hpp"
#include "kingpost/assess/tables.hpp"

namespace kingpost::assess {
namespace {

using foreign::TableFact;

constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
constexpr std::size_t kMostOperations = 200;

class Proposer {
 public:
  explicit Proposer(const foreign::Facts& facts) : facts_(facts), coupling_(couple(facts.sql)), leading_to_(facts.sql.tables.size()) {
    for (std::size_t at = 0; at < coupling_.links.size(); ++at) leading_to_[coupling_.links[at].to].push_back(at);
  }

  Boundaries run() {
    part();
    place_lookups();
    place_roots();
    name_services();
    count_keys();
    count_implied();
    count_transactions();
    list_references();
    judge_services();
    judge_whole();
    place_operations();
    return std::move(out_);
  }

 private:
  [[nodiscard]] const TableFact& table(std::size_t at) const { return facts_.sql.tables[at]; }
  [[nodiscard]] std::string name(std::size_t at) const { return shown(table(at).name); }

  /// Services from communities of the business tables that have ties; tables without any stand apart.
  void part() {
    const std::size_t count = facts_.sql.tables.size();
    service_.assign(count, kNowhere);
    std::vector<std::size_t> node(count, kNowhere);
    std::vector<std::size_t> tables;
    std::set<std::size_t> tied;
    for (const Tie& tie : coupling_.ties) tied.insert({tie.one, tie.other});
    for (std::size_t at = 0; at < count; ++at) {
      const TableRole role = coupling_.roles[at];
      if (role != TableRole::kOwn && role != TableRole::kJunction) continue;
      ++out_.tables;
      if (!tied.contains(at)) {
        out_.apart.push_back(name(at));
        continue;
      }
      node[at] = tables.size();
      tables.push_back(at);
    }
    std::vector<Tie> ties;
    for (const Tie& tie : coupling_.ties) ties.push_back({node[tie.one], node[tie.other], tie.weight});
    const Communities communities = find_communities(tables.size(), ties, {});
    out_.modularity = communities.modularity;
    out_.services.resize(communities.count);
    for (std::size_t at = 0; at < tables.size(); ++at) {
      service_[tables[at]] = communities.of[at];
      out_.services[communities.of[at]].tables.push_back(name(tables[at]));
    }
    for (std::size_t at = 0; at < count; ++at) {
      if (coupling_.roles[at] == TableRole::kPart) service_[at] = service_[coupling_.parents[at]];
    }
  }

  /// A lookup belongs to the service whose tables refer to it most.
  void place_lookups() {
    for (std::size_t at = 0; at < coupling_.roles.size(); ++at) {
      if (coupling_.roles[at] != TableRole::kLookup) continue;
      std::map<std::size_t, std::size_t> readers;
      for (const std::size_t one : leading_to_[at]) {
        const KeyLink& link = coupling_.links[one];
        if (service_[link.from] != kNowhere && coupling_.roles[link.from] != TableRole::kLookup) ++readers[service_[link.from]];
      }
      if (readers.empty()) {
        out_.apart.push_back(name(at));
        continue;
      }
      const auto owner =
          std::max_element(readers.begin(), readers.end(), [](const auto& left, const auto& right) { return left.second < right.second; });
      service_[at] = owner->first;
      out_.services[owner->first].references.push_back(name(at));
    }
  }

  /// A root goes where tables are called after it, else where most refer to it.
  void place_roots() {
    for (std::size_t at = 0; at < coupling_.roles.size(); ++at) {
      if (coupling_.roles[at] != TableRole::kRoot) continue;
      ++out_.tables;
      out_.roots.push_back(name(at));
      std::map<std::size_t, double> claims;
      const auto claim = [&](std::size_t other, double weight) {
        if (other != at && service_[other] != kNowhere) claims[service_[other]] += weight;
      };
      for (std::size_t other = 0; other < coupling_.words.size(); ++other) {
        const auto& words = coupling_.words[other];
        if (!words.empty() && !coupling_.words[at].empty() && words.front() == coupling_.words[at].front()) claim(other, 1);
      }
      for (const KeyLink& link : coupling_.links) {
        // A little more than nothing, so that names decide where there are any.
        if (link.to == at) claim(link.from, 0.01);
        if (link.from == at) claim(link.to, 0.1);
      }
      if (claims.empty()) {
        out_.apart.push_back(name(at));
        continue;
      }
      const auto most =
          std::max_element(claims.begin(), claims.end(), [](const auto& left, const auto& right) { return left.second < right.second; });
      service_[at] = most->first;
      out_.services[most->first].tables.push_back(name(at));
    }
  }

  /// The word that most of a service's tables begin with, else its table with most foreign keys inside.
  void name_services() {
    std::map<std::size_t, std::map<std::string, std::size_t>> words;
    std::vector<std::size_t> degree(service_.size());
    for (const KeyLink& link : coupling_.links) {
      if (service_[link.from] == service_[link.to]) ++degree[link.to];
    }
    std::vector<std::size_t> central(out_.services.size(), kNowhere);
    for (std::size_t at = 0; at < service_.size(); ++at) {
      const TableRole role = coupling_.roles[at];
      if (service_[at] == kNowhere || (role != TableRole::kOwn && role != TableRole::kJunction)) continue;
      // A letter or two are an abbreviation that nobody outside would understand.
      if (!coupling_.words[at].empty() && coupling_.words[at].front().size() > 2) ++words[service_[at]][coupling_.words[at].front()];
      std::size_t& best = central[service_[at]];
      if (best == kNowhere || degree[at] > degree[best]) best = at;
    }
    std::set<std::string> taken;
    for (std::size_t at = 0; at < out_.services.size(); ++at) {
      const auto& candidates = words[at];
      const auto most =
          std::max_element(candidates.begin(), candidates.end(), [](const auto& left, const auto& right) { return left.second < right.second; });
      const bool shared = most != candidates.end() && most->second >= 2 && 10 * most->second >= 4 * out_.services[at].tables.size();
      std::string chosen = shared ? most->first : fmt::format("{}", fmt::join(coupling_.words[central[at]], "-"));
      if (chosen.empty()) chosen = "service";
      std::string unique = chosen;
      for (int number = 2; !taken.insert(unique).second; ++number) unique = fmt::format("{}-{}", chosen, number);
      out_.services[at].name = unique;
    }
  }

  [[nodiscard]] std::string replacement_of(const KeyLink& link) const {
    const std::string target = name(link.to);
    const std::string& from = out_.services[service_[link.from]].name;
    const std::string& to = out_.services[service_[link.to]].name;
    const std::string columns = fmt::format("{}", fmt::join(link.key->columns, ", "));
    if (coupling_.roles[link.to] == TableRole::kRoot) {
      return fmt::format(
          "{} travels with every request, in the token; {} asks nobody for it and deletes its rows on {}'s event that the row of {} is gone.",
          columns, from, to, target);
    }
    if (coupling_.roles[link.to] == TableRole::kLookup) {
      return fmt::format("{} keeps its own read-only copy of {}, filled from {}'s change events; {} is checked against the copy.", from, target, to,
                         columns);
    }
    if (link.cascades) {
      return fmt::format(
          "{} stays as a plain value; {} hears {}'s event that a row of {} was deleted and deletes its own rows, once for each event id.", columns,
          from, to, target);
    }
    if (link.key->on_delete == "set null" || !link.required) {
      return fmt::format(
          "{} stays as a plain value that may be stale; {} clears it on {}'s event of deletion, and a daily comparison counts what was missed.",
          columns, from, to);
    }
    return fmt::format(
        "{} is checked on write against a copy of {}'s keys that {} fills from {}'s events; a delete in {} becomes a mark, because nothing refuses "
        "it any more.",
        columns, target, from, to, target);
  }

  void count_keys() {
    for (const KeyLink& link : coupling_.links) {
      if (coupling_.roles[link.from] == TableRole::kPart) continue;
      ++out_.keys;
      const std::size_t from = service_[link.from];
      const std::size_t to = service_[link.to];
      if (from == kNowhere || to == kNowhere) continue;
      if (from == to) {
        ++out_.services[from].inner_keys;
        continue;
      }
      const bool root = coupling_.roles[link.to] == TableRole::kRoot;
      if (root) {
        ++out_.services[from].root_keys;
      } else {
        ++out_.services[from].cut_out;
        ++out_.services[to].cut_in;
        ++cut_;
      }
      const std::string columns = fmt::format("{}", fmt::join(link.key->columns, ", "));
      out_.cuts.push_back({link.key->name.empty() ? fmt::format("{}({})", name(link.from), columns) : link.key->name, name(link.from),
                           link.key->columns, name(link.to), from, to, link.required, link.cascades, root, replacement_of(link), link.key->span});
    }
  }

  void count_implied() {
    for (const ImpliedLink& link : coupling_.implied) {
      const std::size_t from = service_[link.from];
      const std::size_t to = service_[link.to];
      ++out_.implied;
      if (from != to && from != kNowhere && to != kNowhere && coupling_.roles[link.to] != TableRole::kRoot) ++out_.implied_cut;
    }
  }

  void count_transactions() {
    for (const WrittenTogether& together : coupling_.transactions) {
      std::set<std::size_t> services;
      std::vector<std::string> tables;
      for (const std::size_t at : together.tables) {
        tables.push_back(name(at));
        if (service_[at] != kNowhere) services.insert(service_[at]);
      }
      if (services.size() < 2) continue;
      for (const std::size_t one : services) ++out_.services[one].split_transactions;
      out_.splits.push_back({shown(together.routine->name), tables, {services.begin(), services.end()}, together.routine->span});
    }
  }

  void list_references() {
    for (std::size_t at = 0; at < coupling_.roles.size(); ++at) {
      if (coupling_.roles[at] != TableRole::kLookup || service_[at] == kNowhere) continue;
      std::set<std::size_t> readers;
      for (const std::size_t one : leading_to_[at]) {
        const std::size_t reader = service_[coupling_.links[one].from];
        if (reader != kNowhere && reader != service_[at]) readers.insert(reader);
      }
      if (!readers.empty()) out_.references.push_back({name(at), service_[at], {readers.begin(), readers.end()}});
    }
  }

  /// The core is what most others refer to; what remains is worth taking out when it holds together better than it hangs on others.
  void judge_services() {
    auto& services = out_.services;
    if (services.empty()) return;
    const auto core = std::max_element(services.begin(), services.end(), [](const Service& left, const Service& right) {
      return std::pair(left.cut_in, left.tables.size()) < std::pair(right.cut_in, right.tables.size());
    });
    for (Service& one : services) {
      const std::size_t cut = one.cut_in + one.cut_out;
      one.core = &one == &*core;
      if (one.core) {
        one.reason = fmt::format("It is what the others hang on ({} lead into it): it stays where it is and shrinks around itself.",
                                 counted(one.cut_in, "foreign key"));
      } else if (one.tables.size() < kSmallestService) {
        one.reason = fmt::format("{}: a module, too small to pay for a deployment, a database and an on-call of its own.",
                                 counted(one.tables.size(), "table"));
      } else if (2 * one.inner_keys < one.tables.size()) {
        one.reason = fmt::format("{} inside for {}: little besides names holds it together.", counted(one.inner_keys, "foreign key"),
                                 counted(one.tables.size(), "table"));
      } else if (static_cast<double>(cut) > kMostCutPerInner * static_cast<double>(one.inner_keys)) {
        one.reason = fmt::format("It would cut {} and keep {} inside: it is part of its neighbours.", counted(cut, "foreign key"), one.inner_keys);
      } else if (one.split_transactions > one.inner_keys / 2) {
        one.reason = fmt::format("{} would be torn apart and need a saga each.", counted(one.split_transactions, "transaction"));
      } else {
        one.extract = true;
        one.reason = fmt::format("{} stay inside, {} would be cut ({} in, {} out), {} torn apart.", counted(one.inner_keys, "foreign key"), cut,
                                 one.cut_in, one.cut_out, counted(one.split_transactions, "transaction"));
      }
    }
  }

  void judge_whole() {
    const std::size_t rooted = out_.cuts.size() - cut_;
    const std::size_t counting = out_.keys - rooted;
    const double cut = counting == 0 ? 0 : static_cast<double>(cut_) / static_cast<double>(counting);
    auto& reasons = out_.reasons;
    if (out_.tables < kFewTables) {
      reasons.push_back(fmt::format("{}: one team holds that in its head (threshold {}, assumed). A network between them would only add failures.",
                                    counted(out_.tables, "business table"), kFewTables));
    }
    if (out_.services.size() < 2) reasons.emplace_back("The tables form one group: there is no line along which little would be cut.");
    if (static_cast<double>(out_.keys + out_.implied) < kFewestReferences * static_cast<double>(out_.tables)) {
      reasons.push_back(fmt::format("{} and {} suggested by names, for {}: groups rest on names alone, which is too little to part a system by.",
                                    counted(out_.keys, "foreign key"), out_.implied, counted(out_.tables, "business table")));
    }
    if (out_.services.size() >= 2 && out_.modularity < kLeastModularity) {
      reasons.push_back(fmt::format("Modularity is {:.2f}; below {:.1f} groups are hardly more than chance.", out_.modularity, kLeastModularity));
    }
    if (cut > kMostCut) {
      reasons.push_back(fmt::format("{} of {} foreign keys ({:.0f} %) would be cut; above {:.0f} % the parts are one thing.", cut_, counting,
                                    100 * cut, 100 * kMostCut));
    }
    const auto worth =
        static_cast<std::size_t>(std::count_if(out_.services.begin(), out_.services.end(), [](const Service& one) { return one.extract; }));
    if (reasons.empty() && worth == 0) reasons.emplace_back("No group holds together better than it hangs on the others.");
    out_.keep_one = !reasons.empty();
    if (!out_.keep_one) {
      reasons.push_back(fmt::format("{} in {} groups at modularity {:.2f}; {} of {} foreign keys ({:.0f} %) would be cut and {} torn apart.",
                                    counted(out_.tables, "business table"), out_.services.size(), out_.modularity, cut_, counting, 100 * cut,
                                    counted(out_.splits.size(), "transaction")));
      reasons.push_back(
          fmt::format("{} could be taken out. Do it only where a team, a load or a release rhythm of its own asks for it: files do not tell that.",
                      counted(worth, "group")));
    }
    if (!out_.roots.empty()) {
      reasons.push_back(fmt::format("Not counted as cut: {} to {}, whose key travels with every request.", counted(rooted, "foreign key"),
                                    fmt::join(out_.roots, ", ")));
    }
    if (out_.implied > 0) {
      reasons.push_back(fmt::format("{} that only column names suggest (assumed); {} of them would lead across.",
                                    counted(out_.implied, "more reference"), out_.implied_cut));
    }
    if (!out_.keep_one) return;
    for (Service& one : out_.services) one.extract = false;
  }

  /// An operation is about a service when the last named segment of its path, or a word of its id, is one of the service's tables.
  void place_operations() {
    std::map<std::string, std::size_t> owners;
    for (std::size_t at = 0; at < service_.size(); ++at) {
      if (service_[at] == kNowhere) continue;
      std::string key;
      for (const auto& word : words_of(table(at).name.name)) key += singular_of(word);
      owners.emplace(std::move(key), service_[at]);
    }
    for (const auto& api : facts_.apis) {
      for (const auto& operation : api.operations) {
        std::size_t found = kNowhere;
        for (std::size_t at = 0; at < operation.path.size();) {
          const std::size_t end = std::min(operation.path.find('/', at), operation.path.size());
          const auto segment = std::string_view(operation.path).substr(at, end - at);
          at = end + 1;
          if (segment.empty() || segment.front() == '{') continue;
          std::string key;
          for (const auto& word : words_of(segment)) key += singular_of(word);
          if (const auto owner = owners.find(key); owner != owners.end()) found = owner->second;
        }
        if (found != kNowhere && out_.services[found].operations.size() < kMostOperations)
          out_.services[found].operations.push_back(operation.method + " " + operation.path);
      }
    }
  }

  const foreign::Facts& facts_;
  Coupling coupling_;
  std::vector<std::vector<std::size_t>> leading_to_;  ///< links to each table, by index
  std::vector<std::size_t> service_;                  ///< of each table
  std::size_t cut_ = 0;                               ///< foreign keys that are cut, but for those to a root
  Boundaries out_;
};

}  // namespace

Boundaries propose_boundaries(const foreign::Facts& facts) { return Proposer(facts).run(); }

}  // namespace kingpost::assess
