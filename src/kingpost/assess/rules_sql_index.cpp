#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "kingpost/assess/rules_sql.hpp"

namespace kingpost::assess::rule {
namespace {

using foreign::ForeignKeyFact;
using foreign::TableFact;

constexpr std::size_t kManyIndexes = 12;

/// A partitioned table may have its indexes in its partitions.
bool leads_in_parts(const foreign::SqlFacts& facts, const TableFact& whole, const std::vector<std::string>& columns) {
  const auto parts = parts_of(facts, whole);
  return !parts.empty() && std::all_of(parts.begin(), parts.end(), [&](const TableFact* part) { return leads_index(*part, columns); });
}

struct Unindexed {
  const TableFact* table = nullptr;
  std::vector<const ForeignKeyFact*> keys;
};

std::vector<std::string> names_of(const Unindexed& found) {
  std::vector<std::string> out;
  for (const auto* key : found.keys) out.push_back(fmt::format("{}", fmt::join(key->columns, ", ")));
  return out;
}

void say_searching(const Unindexed& found, review::Report& report) {
  const auto& key = *found.keys.front();
  const bool one = found.keys.size() == 1;
  report.add({.severity = grows_fast(*found.table) ? Severity::kWarning : Severity::kNote,
              .span = key.span.known() ? key.span : found.table->span,
              .message = fmt::format("Each delete in {} scans all of `{}` for rows to {}: no index begins with {}.",
                                     one ? "`" + shown(key.target) + "`" : std::string("the tables it refers to"), shown(found.table->name),
                                     key.on_delete == "cascade" ? "delete" : "clear", list_names(names_of(found))),
              .fix = fmt::format("CREATE INDEX CONCURRENTLY ON {} ({}).", shown(found.table->name), fmt::join(key.columns, ", ")),
              .evidence = fmt::format("ON DELETE {}", key.on_delete)});
}

// Tables that do not grow fast are told together.
void say_together(const std::vector<Unindexed>& found, review::Report& report) {
  constexpr std::size_t kApart = 3;
  if (found.size() <= kApart) {
    for (const auto& each : found) say_searching(each, report);
    return;
  }
  std::vector<std::string> names;
  for (const auto& each : found) {
    for (const auto& columns : names_of(each)) names.push_back(shown(each.table->name) + "." + columns);
  }
  const auto& first = *found.front().keys.front();
  report.add({.severity = Severity::kWarning,
              .span = first.span.known() ? first.span : found.front().table->span,
              .message = fmt::format(
                  "{} foreign keys delete or clear their rows with the row they refer to, and no index finds those: each such delete scans "
                  "{} from end to end.",
                  names.size(), count_text(found.size(), "table")),
              .fix = "Index each of these columns (CREATE INDEX CONCURRENTLY), or let the application delete first.",
              .evidence = list_names(names, 10)});
}

}  // namespace

void sql_fk_unindexed(const foreign::Facts& facts, review::Report& report) {
  // MySQL makes the index itself.
  if (facts.sql.flavour == foreign::SqlFlavour::kMysql) return;
  const TableIndex index(facts.sql.tables);
  std::vector<Unindexed> apart;
  std::vector<std::string> quiet;
  const ForeignKeyFact* first = nullptr;
  for (const auto& table : facts.sql.tables) {
    Unindexed searching{&table, {}};
    if (!table.partition_of.name.empty() || is_lookup(table)) continue;
    for (const auto& key : table.foreign_keys) {
      if (key.columns.empty() || leads_index(table, key.columns) || leads_in_parts(facts.sql, table, key.columns)) continue;
      const auto target = index.find(key.target);
      const bool small = target && is_lookup(facts.sql.tables[*target]);
      if (small) continue;
      if (key.on_delete == "cascade" || key.on_delete == "set null") {
        searching.keys.push_back(&key);
      } else {
        quiet.push_back(shown(table.name) + "." + fmt::format("{}", fmt::join(key.columns, "+")));
        if (first == nullptr) first = &key;
      }
    }
    if (searching.keys.empty()) continue;
    if (grows_fast(table))
      say_searching(searching, report);
    else
      apart.push_back(std::move(searching));
  }
  say_together(apart, report);
  if (first == nullptr) return;
  const bool one = quiet.size() == 1;
  report.add(
      {.severity = quiet.size() > 3 ? Severity::kWarning : Severity::kNote,
       .span = first->span,
       .message = fmt::format("{} no index: every join from the other side, and every delete or change of a key there, scans the whole table.",
                              one ? fmt::format("The foreign key {} has", list_names(quiet)) : fmt::format("{} foreign keys have", quiet.size())),
       .fix = "Index the columns that are joined by, or whose targets are ever deleted.",
       .evidence = list_names(quiet, 8)});
}

namespace {

// PostgreSQL reads one index for another only where method, condition and carried columns allow it.
struct Way {
  std::string name;
  std::vector<std::string> columns;
  std::string method = "btree";
  std::string where;
  bool unique = false;
  bool is_index = false;
  bool carries = false;
  Span span;
};

std::vector<Way> ways_of(const TableFact& table) {
  std::vector<Way> out;
  if (!table.primary_key.columns.empty()) out.push_back({"the primary key", table.primary_key.columns, "btree", {}, true, false, false, {}});
  for (const auto& key : table.uniques) {
    out.push_back({key.name.empty() ? "a unique constraint" : "`" + key.name + "`", key.columns, "btree", {}, true, false, false, {}});
  }
  for (const auto& index : table.indexes) {
    out.push_back({"`" + index.name + "`", index.columns, index.method, index.where, index.unique, true, !index.include.empty(), index.span});
  }
  return out;
}

bool begins(const std::vector<std::string>& longer, const std::vector<std::string>& shorter) {
  return shorter.size() <= longer.size() && std::equal(shorter.begin(), shorter.end(), longer.begin());
}

// Whether `held` is of no use beside `holder`.
bool is_held(const Way& held, const Way& holder, bool holder_is_earlier) {
  if (held.method != "btree" || holder.method != "btree" || held.where != holder.where || held.carries) return false;
  if (!begins(holder.columns, held.columns)) return false;
  const bool same = held.columns.size() == holder.columns.size();
  if (held.unique) return same && holder.unique && (!holder.is_index || holder_is_earlier);
  return !same || !holder.is_index || holder.unique || holder_is_earlier;
}

}  // namespace

void sql_index_redundant(const foreign::Facts& facts, review::Report& report) {
  struct Held {
    const TableFact* table = nullptr;
    const Way* way = nullptr;
    std::string told;
  };
  std::vector<Held> prefixes;
  std::vector<std::vector<Way>> all;
  all.reserve(facts.sql.tables.size());
  for (const auto& table : facts.sql.tables) {
    if (!table.partition_of.name.empty()) continue;
    const auto& ways = all.emplace_back(ways_of(table));
    for (std::size_t i = 0; i < ways.size(); ++i) {
      if (!ways[i].is_index || ways[i].columns.empty()) continue;
      const Way* holder = nullptr;
      for (std::size_t k = 0; k < ways.size(); ++k) {
        const bool holds = k != i && is_held(ways[i], ways[k], k < i);
        if (holds && (holder == nullptr || ways[k].columns.size() < holder->columns.size())) holder = &ways[k];
      }
      if (holder == nullptr) continue;
      std::string told =
          fmt::format("{} ({}) by {} ({})", ways[i].name, fmt::join(ways[i].columns, ", "), holder->name, fmt::join(holder->columns, ", "));
      if (holder->columns.size() > ways[i].columns.size()) {
        prefixes.push_back({&table, &ways[i], std::move(told)});
        continue;
      }
      report.add({.severity = Severity::kWarning,
                  .span = ways[i].span,
                  .message = fmt::format("Every write to `{}` maintains {} for nothing: {} has the same columns.", shown(table.name), ways[i].name,
                                         holder->name),
                  .fix = fmt::format("DROP INDEX CONCURRENTLY {}.", ways[i].name.substr(1, ways[i].name.size() - 2)),
                  .evidence = std::move(told)});
    }
  }
  if (prefixes.empty()) return;
  std::vector<std::string> told;
  std::set<const TableFact*> tables;
  for (const auto& held : prefixes) {
    if (told.size() < 6) told.push_back(held.told);
    tables.insert(held.table);
  }
  const bool one = prefixes.size() == 1;
  report.add({.severity = prefixes.size() > 10 ? Severity::kWarning : Severity::kNote,
              .span = prefixes.front().way->span,
              .message = fmt::format(
                  "{} of {} {} written with every row for nothing: another index begins with the same columns and serves the same queries.",
                  one ? prefixes.front().way->name : count_text(prefixes.size(), "index"),
                  one ? "`" + shown(prefixes.front().table->name) + "`" : count_text(tables.size(), "table"), one ? "is" : "are"),
              .fix = one ? fmt::format("DROP INDEX CONCURRENTLY {}.", prefixes.front().way->name.substr(1, prefixes.front().way->name.size() - 2))
                         : std::string("DROP INDEX CONCURRENTLY each, after a look at idx_scan; keep one that is much smaller and read very often."),
              .evidence = fmt::format("held: {}{}", fmt::join(told, "; "),
                                      prefixes.size() > told.size() ? fmt::format(" and {} more", prefixes.size() - told.size()) : "")});
}

void sql_index_too_many(const foreign::Facts& facts, review::Report& report) {
  std::vector<std::pair<std::size_t, const TableFact*>> many;
  for (const auto& table : facts.sql.tables) {
    const std::size_t count = table.indexes.size() + table.uniques.size() + (table.primary_key.columns.empty() ? 0U : 1U);
    if (table.partition_of.name.empty() && count >= kManyIndexes) many.emplace_back(count, &table);
  }
  if (many.empty()) return;
  std::stable_sort(many.begin(), many.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> others;
  for (const auto& [count, table] : many) others.push_back(fmt::format("{} {}", shown(table->name), count));
  const auto& [most, worst] = many.front();
  const bool postgres = facts.sql.flavour == foreign::SqlFlavour::kPostgres;
  report.add({.severity = most >= 2 * kManyIndexes ? Severity::kWarning : Severity::kNote,
              .span = worst->span,
              .message = fmt::format("Each insert into `{}` writes {} indexes{}.", shown(worst->name), most,
                                     postgres ? ", and an update of any indexed column loses the heap-only path and writes them all again" : ""),
              .fix = postgres ? "Drop those with idx_scan = 0 in pg_stat_user_indexes; replace single-column ones by what the queries filter on."
                              : "Drop those that no query uses; replace single-column ones by what the queries filter on.",
              .evidence = fmt::format("keys and unique constraints included: {}", fmt::join(others, ", "))});
}

}  // namespace kingpost::assess::rule
