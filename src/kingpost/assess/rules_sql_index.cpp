#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "kingpost/assess/rules_sql.hpp"

namespace kingpost::assess::rule {
namespace {

using foreign::ForeignKeyFact;
using foreign::IndexFact;
using foreign::TableFact;

constexpr std::size_t kManyIndexes = 12;

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

}  // namespace

void sql_fk_unindexed(const foreign::Facts& facts, review::Report& report) {
  // MySQL makes the index itself.
  if (facts.sql.flavour == foreign::SqlFlavour::kMysql) return;
  const TableIndex index(facts.sql.tables);
  std::vector<std::string> quiet;
  const ForeignKeyFact* first = nullptr;
  for (const auto& table : facts.sql.tables) {
    Unindexed searching{&table, {}};
    if (!table.partition_of.name.empty() || is_lookup(table)) continue;
    for (const auto& key : table.foreign_keys) {
      if (key.columns.empty() || leads_index(table, key.columns)) continue;
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
    if (!searching.keys.empty()) say_searching(searching, report);
  }
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
  for (const auto& table : facts.sql.tables) {
    if (!table.partition_of.name.empty()) continue;
    const auto ways = ways_of(table);
    std::vector<std::string> told;
    std::vector<std::string> drops;
    bool twin = false;
    Span span;
    for (std::size_t i = 0; i < ways.size(); ++i) {
      if (!ways[i].is_index || ways[i].columns.empty()) continue;
      for (std::size_t k = 0; k < ways.size(); ++k) {
        if (k == i || !is_held(ways[i], ways[k], k < i)) continue;
        if (told.empty()) span = ways[i].span;
        told.push_back(
            fmt::format("{} ({}) by {} ({})", ways[i].name, fmt::join(ways[i].columns, ", "), ways[k].name, fmt::join(ways[k].columns, ", ")));
        drops.push_back(ways[i].name.substr(1, ways[i].name.size() - 2));
        twin = twin || ways[i].columns.size() == ways[k].columns.size();
        break;
      }
    }
    if (told.empty()) continue;
    report.add({.severity = twin ? Severity::kWarning : Severity::kNote,
                .span = span,
                .message = fmt::format("Every write to `{}` maintains {} that no query needs: another one {}.", shown(table.name),
                                       count_text(told.size(), "index"), twin ? "has the same columns" : "begins with the same columns"),
                .fix = fmt::format("DROP INDEX CONCURRENTLY {}.", fmt::join(drops, ", ")),
                .evidence = fmt::format("held: {}", fmt::join(told, "; "))});
  }
}

void sql_index_too_many(const foreign::Facts& facts, review::Report& report) {
  for (const auto& table : facts.sql.tables) {
    if (!table.partition_of.name.empty()) continue;
    const std::size_t keys = table.uniques.size() + (table.primary_key.columns.empty() ? 0U : 1U);
    const std::size_t count = table.indexes.size() + keys;
    if (count < kManyIndexes) continue;
    report.add(
        {.severity = Severity::kNote,
         .span = table.span,
         .message = fmt::format("Each insert into `{}` writes {} indexes, and an update of any indexed column loses the heap-only path and writes "
                                "them all again.",
                                shown(table.name), count),
         .fix = "Look in pg_stat_user_indexes for those with idx_scan = 0 and drop them; replace single-column ones by what the queries filter on.",
         .evidence = fmt::format("{} by keys and unique constraints, {} others", keys, table.indexes.size())});
  }
}

}  // namespace kingpost::assess::rule
