#include "kingpost/assess/coupling.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "kingpost/assess/tables.hpp"

namespace kingpost::assess {
namespace {

using foreign::RoutineFact;
using foreign::SqlFacts;
using foreign::TableFact;

/// Groups of names larger than this tie nothing: the word says too little.
constexpr std::size_t kLargestNameGroup = 40;
/// Share of tables above which a first word is a prefix of the whole system.
constexpr double kSharedPrefix = 0.7;
constexpr std::size_t kMostLookupColumns = 4;

bool is_tool(std::string_view name) {
  static constexpr std::array<std::string_view, 12> kTools = {"schema_migrations",          "ar_internal_metadata", "flyway_schema_history",
                                                              "goose_db_version",           "databasechangelog",    "databasechangeloglock",
                                                              "__diesel_schema_migrations", "_prisma_migrations",   "alembic_version",
                                                              "django_migrations",          "knex_migrations",      "schema_migration"};
  return std::find(kTools.begin(), kTools.end(), name) != kTools.end();
}

class Coupler {
 public:
  explicit Coupler(const SqlFacts& facts) : facts_(facts), index_(facts.tables), held_(facts.tables.size()) {}

  Coupling run() {
    read_words();
    read_links();
    read_implied();
    read_routines();
    assign_roles();
    tie_links();
    tie_routines();
    tie_names();
    tie_schemas();
    for (const auto& [pair, weight] : ties_) out_.ties.push_back({pair.first, pair.second, weight});
    return std::move(out_);
  }

 private:
  void read_words() {
    std::map<std::string, std::size_t> first;
    for (const TableFact& table : facts_.tables) {
      auto words = words_of(table.name.name);
      for (auto& word : words) word = singular_of(std::move(word));
      if (words.size() > 1) ++first[words.front()];
      out_.words.push_back(std::move(words));
    }
    for (const auto& [word, count] : first) {
      if (facts_.tables.size() < 4 || static_cast<double>(count) < kSharedPrefix * static_cast<double>(facts_.tables.size())) continue;
      for (auto& words : out_.words) {
        if (words.size() > 1 && words.front() == word) words.erase(words.begin());
      }
    }
  }

  [[nodiscard]] std::size_t whole_of(std::size_t at) const {
    for (std::size_t step = 0; step < facts_.tables.size() && !facts_.tables[at].partition_of.name.empty(); ++step) {
      const auto parent = index_.find(facts_.tables[at].partition_of);
      if (!parent || *parent == at) break;
      at = *parent;
    }
    return at;
  }

  void read_links() {
    for (std::size_t at = 0; at < facts_.tables.size(); ++at) {
      const TableFact& table = facts_.tables[at];
      for (const auto& key : table.foreign_keys) {
        const auto target = index_.find(key.target);
        if (!target) continue;
        // What each partition refers to, the whole refers to, once.
        const std::size_t holder = whole_of(at);
        const std::size_t to = whole_of(*target);
        const bool twice = holder != at && std::any_of(held_[holder].begin(), held_[holder].end(), [&](std::size_t link) {
                             const KeyLink& one = out_.links[link];
                             return one.to == to && one.key->columns == key.columns;
                           });
        if (twice) continue;
        KeyLink link{holder, to, &key, true, !key.columns.empty(), key.on_delete == "cascade"};
        for (const auto& name : key.columns) {
          const auto column = std::find_if(table.columns.begin(), table.columns.end(), [&](const auto& one) { return one.name == name; });
          const auto& own = table.primary_key.columns;
          const bool in_key = std::find(own.begin(), own.end(), name) != own.end();
          if (column != table.columns.end() && column->nullable && !in_key) link.required = false;
          link.identifying = link.identifying && in_key;
        }
        held_[holder].push_back(out_.links.size());
        out_.links.push_back(link);
      }
    }
  }

  /// `customer_id` without a foreign key, where one table is called customer or customers and its key has the column's type.
  void read_implied() {
    std::map<std::string, std::vector<std::size_t>> named;
    for (std::size_t at = 0; at < facts_.tables.size(); ++at) {
      std::string key;
      for (const auto& word : words_of(facts_.tables[at].name.name)) key += singular_of(word);
      if (facts_.tables[at].partition_of.name.empty()) named[key].push_back(at);
    }
    for (std::size_t at = 0; at < facts_.tables.size(); ++at) {
      const TableFact& table = facts_.tables[at];
      if (!table.partition_of.name.empty()) continue;
      for (const auto& column : table.columns) {
        if (!column.name.ends_with("_id") || has_key(at, column.name)) continue;
        std::string key;
        for (const auto& word : words_of(std::string_view(column.name).substr(0, column.name.size() - 3))) key += singular_of(word);
        const auto found = named.find(key);
        if (found == named.end() || found->second.size() != 1 || found->second.front() == at) continue;
        if (key_type(facts_.tables[found->second.front()]) == column.type) out_.implied.push_back({at, found->second.front()});
      }
    }
  }

  [[nodiscard]] bool has_key(std::size_t at, const std::string& column) const {
    return std::any_of(held_[at].begin(), held_[at].end(), [&](std::size_t link) {
      const auto& columns = out_.links[link].key->columns;
      return std::find(columns.begin(), columns.end(), column) != columns.end();
    });
  }

  static std::string key_type(const TableFact& table) {
    if (table.primary_key.columns.size() != 1) return {};
    const auto column =
        std::find_if(table.columns.begin(), table.columns.end(), [&](const auto& one) { return one.name == table.primary_key.columns[0]; });
    return column == table.columns.end() ? std::string{} : column->type;
  }

  /// What a routine writes, with what a trigger's function writes and the table that it fires on.
  [[nodiscard]] std::set<std::size_t> written_by(const RoutineFact& routine) const {
    std::set<std::size_t> tables;
    const auto add = [&](const foreign::TableName& name) {
      if (const auto table = index_.find(name)) tables.insert(*table);
    };
    for (const auto& name : routine.writes) add(name);
    if (routine.kind != RoutineFact::Kind::kTrigger) return tables;
    add(routine.table);
    for (const RoutineFact& function : facts_.routines) {
      if (function.kind != RoutineFact::Kind::kFunction || function.name.name != routine.function) continue;
      for (const auto& name : function.writes) add(name);
    }
    return tables;
  }

  void read_routines() {
    for (const RoutineFact& routine : facts_.routines) {
      for (const auto& name : routine.writes) {
        if (const auto table = index_.find(name)) written_.insert(*table);
      }
      if (routine.kind == RoutineFact::Kind::kView) continue;
      const auto tables = written_by(routine);
      if (tables.size() >= 2 && tables.size() <= kMostTogether) out_.transactions.push_back({&routine, {tables.begin(), tables.end()}});
    }
  }

  [[nodiscard]] bool is_junction(std::size_t at) const {
    const TableFact& table = facts_.tables[at];
    std::set<std::string> keyed;
    std::set<std::size_t> targets;
    for (const std::size_t one : held_[at]) {
      const KeyLink& link = out_.links[one];
      keyed.insert(link.key->columns.begin(), link.key->columns.end());
      targets.insert(link.to);
    }
    if (targets.size() != 2) return false;
    std::size_t others = 0;
    for (const auto& column : table.columns) {
      const bool surrogate = table.primary_key.columns.size() == 1 && table.primary_key.columns.front() == column.name;
      if (!keyed.contains(column.name) && !surrogate && !is_stamp(column.name)) ++others;
    }
    return others <= 1;
  }

  [[nodiscard]] bool is_lookup(std::size_t at) const {
    static constexpr std::array<std::string_view, 8> kPeople = {"email",  "password", "encrypted_password", "password_hash", "user_id", "account_id",
                                                                "amount", "balance"};
    const TableFact& table = facts_.tables[at];
    if (written_.contains(at) || fan_in_[at] == 0 || table.primary_key.columns.size() > 1) return false;
    if (std::any_of(held_[at].begin(), held_[at].end(), [&](std::size_t link) { return out_.links[link].to != at; })) return false;
    std::size_t columns = 0;
    bool named = false;
    for (const auto& column : table.columns) {
      if (is_stamp(column.name)) continue;
      ++columns;
      const auto words = words_of(column.name);
      named = named || column.name == table.name.name || std::any_of(words.begin(), words.end(), [](const std::string& word) {
                return word == "name" || word == "code" || word == "label" || word == "title" || word == "value" || word == "description";
              });
      if (std::find(kPeople.begin(), kPeople.end(), column.name) != kPeople.end()) return false;
    }
    return named && columns <= kMostLookupColumns;
  }

  /// Tables that are named after another refer to it because they are parts of it, not because it owns everything.
  [[nodiscard]] std::size_t strangers(std::size_t at, const std::set<std::size_t>& holders) const {
    const auto& own = out_.words[at];
    return static_cast<std::size_t>(std::count_if(holders.begin(), holders.end(), [&](std::size_t one) {
      const auto& words = out_.words[one];
      return own.empty() || words.empty() || words.front() != own.front();
    }));
  }

  void assign_roles() {
    const std::size_t count = facts_.tables.size();
    std::vector<std::set<std::size_t>> holders(count);
    for (const KeyLink& link : out_.links) {
      if (link.from != link.to) holders[link.to].insert(link.from);
    }
    for (const ImpliedLink& link : out_.implied) holders[link.to].insert(link.from);
    for (const auto& one : holders) fan_in_.push_back(one.size());
    const auto many = std::max(static_cast<double>(kRootReferers), kRootShare * static_cast<double>(count));
    for (std::size_t at = 0; at < count; ++at) {
      const TableFact& table = facts_.tables[at];
      const auto parent = table.partition_of.name.empty() ? std::nullopt : index_.find(table.partition_of);
      out_.parents.push_back(parent && *parent != at ? *parent : at);
      out_.roles.push_back(out_.parents.back() != at                                 ? TableRole::kPart
                           : is_tool(table.name.name)                                ? TableRole::kTool
                           : static_cast<double>(strangers(at, holders[at])) >= many ? TableRole::kRoot
                           : is_junction(at)                                         ? TableRole::kJunction
                           : is_lookup(at)                                           ? TableRole::kLookup
                                                                                     : TableRole::kOwn);
    }
    // A part of a part follows the whole.
    for (std::size_t at = 0; at < count; ++at) {
      for (std::size_t step = 0; step < count && out_.parents[out_.parents[at]] != out_.parents[at]; ++step)
        out_.parents[at] = out_.parents[out_.parents[at]];
    }
  }

  [[nodiscard]] bool counts(std::size_t at) const { return out_.roles[at] == TableRole::kOwn || out_.roles[at] == TableRole::kJunction; }

  void tie(std::size_t one, std::size_t other, double weight) {
    if (one == other || !counts(one) || !counts(other)) return;
    ties_[{std::min(one, other), std::max(one, other)}] += weight;
  }

  void tie_links() {
    for (const KeyLink& link : out_.links) {
      const double weight = link.identifying ? kIdentifyingWeight
                            : link.cascades  ? kCascadeWeight
                            : link.required  ? kRequiredWeight
                                             : kOptionalWeight;
      tie(link.from, link.to, weight / std::max(1.0, std::log2(1 + static_cast<double>(fan_in_[link.to]))));
    }
    for (const ImpliedLink& link : out_.implied) {
      tie(link.from, link.to, kImpliedWeight / std::max(1.0, std::log2(1 + static_cast<double>(fan_in_[link.to]))));
    }
  }

  void tie_group(const std::vector<std::size_t>& tables, double weight) {
    if (tables.size() < 2) return;
    const double each = weight / static_cast<double>(tables.size() - 1);
    for (std::size_t one = 0; one < tables.size(); ++one) {
      for (std::size_t other = one + 1; other < tables.size(); ++other) tie(tables[one], tables[other], each);
    }
  }

  void tie_routines() {
    for (const WrittenTogether& together : out_.transactions) tie_group(together.tables, kTransactionWeight);
    for (const RoutineFact& routine : facts_.routines) {
      if (routine.kind != RoutineFact::Kind::kView) continue;
      std::set<std::size_t> tables;
      for (const auto& name : routine.reads) {
        if (const auto table = index_.find(name)) tables.insert(*table);
      }
      if (tables.size() <= kMostTogether) tie_group({tables.begin(), tables.end()}, kViewWeight);
    }
  }

  void tie_names() {
    std::map<std::string, std::vector<std::size_t>> groups;
    for (std::size_t at = 0; at < out_.words.size(); ++at) {
      if (counts(at) && !out_.words[at].empty()) groups[out_.words[at].front()].push_back(at);
    }
    for (const auto& [word, tables] : groups) {
      if (tables.size() <= kLargestNameGroup && word.size() > 1) tie_group(tables, kNameWeight);
    }
  }

  void tie_schemas() {
    std::map<std::string, std::vector<std::size_t>> groups;
    for (std::size_t at = 0; at < facts_.tables.size(); ++at) {
      if (counts(at)) groups[facts_.tables[at].name.schema].push_back(at);
    }
    if (groups.size() < 2) return;
    for (const auto& [schema, tables] : groups) {
      if (!schema.empty() && schema != "public" && tables.size() <= kLargestNameGroup) tie_group(tables, kSchemaWeight);
    }
  }

  const SqlFacts& facts_;
  TableIndex index_;
  std::vector<std::vector<std::size_t>> held_;  ///< links that each table holds, by index
  std::vector<std::size_t> fan_in_;             ///< referring tables
  std::set<std::size_t> written_;
  std::map<std::pair<std::size_t, std::size_t>, double> ties_;
  Coupling out_;
};

}  // namespace

Coupling couple(const SqlFacts& facts) { return Coupler(facts).run(); }

}  // namespace kingpost::assess
