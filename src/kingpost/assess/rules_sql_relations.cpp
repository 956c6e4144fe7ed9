#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "kingpost/assess/rules_sql.hpp"

namespace kingpost::assess::rule {
namespace {

using foreign::ColumnFact;
using foreign::ForeignKeyFact;
using foreign::TableFact;

// Deletes that reach so many tables surprise whoever types them.
constexpr std::size_t kBlastTables = 10;

struct Edge {
  std::size_t child = 0;
  const ForeignKeyFact* key = nullptr;
};
using Edges = std::map<std::size_t, std::vector<Edge>>;

Edges cascades_of(const foreign::SqlFacts& facts, const TableIndex& index) {
  Edges edges;
  for (std::size_t i = 0; i < facts.tables.size(); ++i) {
    for (const auto& key : facts.tables[i].foreign_keys) {
      if (key.on_delete != "cascade") continue;
      if (const auto target = index.find(key.target)) edges[*target].push_back({i, &key});
    }
  }
  return edges;
}

struct Blast {
  std::set<std::size_t> tables;
  std::size_t levels = 0;
};

Blast blast_of(std::size_t root, const Edges& edges) {
  Blast blast;
  std::vector<std::size_t> level = {root};
  while (!level.empty()) {
    std::vector<std::size_t> next;
    for (const auto from : level) {
      const auto out = edges.find(from);
      if (out == edges.end()) continue;
      for (const auto& edge : out->second) {
        if (edge.child != root && blast.tables.insert(edge.child).second) next.push_back(edge.child);
      }
    }
    blast.levels += next.empty() ? 0U : 1U;
    level = std::move(next);
  }
  return blast;
}

constexpr std::string_view kMoney = "payment invoice ledger transaction receipt refund audit payout billing";
constexpr std::string_view kOwners =
    "user customer account organization organisation member employee person company client store shop tenant product";

bool is_money_lost(const TableFact& child, const TableFact& parent) {
  const auto words = words_of(child.name.name);
  if (words.empty() || !has_table_word(child.name.name, kMoney) ||
      has_table_word(child.name.name, "method setting token config type provider integration")) {
    return false;
  }
  return has_table_word(parent.name.name, kOwners) && !has_table_word(parent.name.name, kMoney);
}

void say_blast(const foreign::SqlFacts& facts, const Edges& edges, review::Report& report) {
  std::vector<std::pair<std::size_t, Blast>> blasts;
  for (const auto& [root, out] : edges) {
    auto blast = blast_of(root, edges);
    if (blast.tables.size() >= kBlastTables) blasts.emplace_back(root, std::move(blast));
  }
  std::stable_sort(blasts.begin(), blasts.end(), [](const auto& a, const auto& b) { return a.second.tables.size() > b.second.tables.size(); });
  if (blasts.size() > 3) blasts.resize(3);
  for (const auto& [root, blast] : blasts) {
    const auto& table = facts.tables[root];
    std::set<std::string> unindexed;
    for (const auto reached : blast.tables) {
      for (const auto& key : facts.tables[reached].foreign_keys) {
        if (key.on_delete == "cascade" && !leads_index(facts.tables[reached], key.columns)) unindexed.insert(shown(facts.tables[reached].name));
      }
    }
    report.add({.severity = Severity::kWarning,
                .span = table.span,
                .message = fmt::format("Deleting one row of `{}` deletes from {} over {} in one transaction that locks them all.", shown(table.name),
                                       count_text(blast.tables.size(), "table"), count_text(blast.levels, "level")),
                .fix = "Mark the row as deleted and remove what hangs on it in batches, or cascade only into parts that mean nothing alone.",
                .evidence = unindexed.empty() ? std::string("every cascading key has an index")
                                              : fmt::format("without an index on the cascading key, so each is scanned: {}",
                                                            list_names({unindexed.begin(), unindexed.end()}))});
  }
}

}  // namespace

void sql_cascade_blast(const foreign::Facts& facts, review::Report& report) {
  const TableIndex index(facts.sql.tables);
  const auto edges = cascades_of(facts.sql, index);
  for (const auto& [parent, out] : edges) {
    for (const auto& edge : out) {
      const auto& child = facts.sql.tables[edge.child];
      const auto& owner = facts.sql.tables[parent];
      if (!child.partition_of.name.empty() || !is_money_lost(child, owner)) continue;
      report.add(
          {.severity = Severity::kError,
           .span = edge.key->span,
           .message = fmt::format("Deleting a row of `{}` deletes its rows of `{}`: records of money or evidence go with whoever they are about.",
                                  shown(owner.name), shown(child.name)),
           .fix = "ON DELETE RESTRICT, and anonymise the owner instead of deleting it.",
           .evidence = "ON DELETE CASCADE"});
    }
  }
  say_blast(facts.sql, edges, report);
}

void sql_no_on_delete(const foreign::Facts& facts, review::Report& report) {
  const TableIndex index(facts.sql.tables);
  struct Referrers {
    std::vector<std::string> said;
    std::vector<std::pair<std::string, const ForeignKeyFact*>> unsaid;
  };
  std::map<std::size_t, Referrers> targets;
  for (const auto& table : facts.sql.tables) {
    if (!table.partition_of.name.empty()) continue;
    for (const auto& key : table.foreign_keys) {
      const auto target = index.find(key.target);
      if (!target) continue;
      auto& referrers = targets[*target];
      if (key.on_delete.empty()) referrers.unsaid.emplace_back(shown(table.name), &key);
      if (key.on_delete == "cascade" || key.on_delete == "set null") referrers.said.push_back(shown(table.name));
    }
  }
  for (const auto& [target, referrers] : targets) {
    if (referrers.said.size() < 3 || referrers.unsaid.empty() || referrers.unsaid.size() > 2) continue;
    std::vector<std::string> names;
    for (const auto& [name, key] : referrers.unsaid) names.push_back(name);
    const std::string name = shown(facts.sql.tables[target].name);
    report.add({.severity = Severity::kNote,
                .span = referrers.unsaid.front().second->span,
                .message = fmt::format("Deleting a row of `{}` fails while {} refer{} to it, though {} other tables let go of it by themselves.",
                                       name, list_names(names), names.size() == 1 ? "s" : "", referrers.said.size()),
                .fix = "Say ON DELETE: RESTRICT where refusing is meant, CASCADE or SET NULL where it was forgotten.",
                .evidence = fmt::format("cascade or set null in {}", list_names(referrers.said))});
  }
}

namespace {

// Stems of columns that end in 1, 2, 3 …
std::map<std::string, std::vector<const ColumnFact*>> numbered(const TableFact& table) {
  std::map<std::string, std::vector<const ColumnFact*>> groups;
  for (const auto& column : table.columns) {
    std::size_t digits = column.name.size();
    while (digits > 0 && column.name[digits - 1] >= '0' && column.name[digits - 1] <= '9') --digits;
    if (digits == column.name.size() || digits < 2 || column.name.size() - digits > 2) continue;
    std::string stem = column.name.substr(0, digits);
    if (stem.back() == '_') stem.pop_back();
    if (review::has_word(snake_of(stem),
                         "md sha line address addr utf iso ipv base oauth level percentile p geo crc v x y z street quarter pre post"))
      continue;
    groups[stem].push_back(&column);
  }
  return groups;
}

bool is_text(const std::string& type) { return type == "text" || type.starts_with("character varying") || type.starts_with("varchar"); }

void say_numbered(const TableFact& table, review::Report& report) {
  for (const auto& [stem, columns] : numbered(table)) {
    if (columns.size() < 3) continue;
    const bool same = std::all_of(columns.begin(), columns.end(), [&](const ColumnFact* column) { return column->type == columns.front()->type; });
    if (!same) continue;
    report.add(
        {.severity = Severity::kNote,
         .span = columns.front()->span,
         .message = fmt::format("`{}` keeps at most {} of `{}` in as many columns: each question about one asks all, and one more needs a migration.",
                                shown(table.name), columns.size(), stem),
         .fix = fmt::format("Put them into a table of their own, or into an array `{}`.", stem)});
  }
}

void say_lists(const foreign::SqlFacts& facts, const TableFact& table, review::Report& report) {
  for (const auto& column : table.columns) {
    const std::string name = snake_of(column.name);
    const bool set = facts.flavour == foreign::SqlFlavour::kMysql && column.type.starts_with("set(");
    const bool list = is_text(column.type) && (name.ends_with("_ids") || name.ends_with("_csv") || name == "tags" || name.ends_with("_list"));
    if (!set && !list) continue;
    report.add({.severity = Severity::kNote,
                .span = column.span,
                .message = fmt::format("`{}.{}` holds many values in one {}: none of them can be indexed, referred to or counted alone.",
                                       shown(table.name), column.name, set ? "SET" : "text"),
                .fix = "Use a table of pairs with two foreign keys, or an array where nothing is referred to."});
  }
}

// Entity, attribute, value.
void say_attributes(const TableFact& table, review::Report& report) {
  if (table.columns.size() > 7 || table.columns.size() < 3 || table.foreign_keys.empty()) return;
  if (!has_table_word(table.name.name, "attribute meta eav property value")) return;
  if (has_table_word(table.name.name, "type setting preference translation")) return;
  const ColumnFact* value = nullptr;
  bool key = false;
  for (const auto& column : table.columns) {
    const std::string name = snake_of(column.name);
    if ((name == "value" || name == "meta_value" || name == "attribute_value") && is_text(column.type)) value = &column;
    key = key || review::is_one_of(name, "key name meta_key attribute attribute_name attribute_id property property_name field");
  }
  if (value == nullptr || !key) return;
  report.add(
      {.severity = Severity::kNote,
       .span = value->span,
       .message = fmt::format("Every attribute in `{}` is a text in `{}`: no type, no bound and no reference is checked, and a record needs one join "
                              "an attribute.",
                              shown(table.name), value->name),
       .fix = "Use columns for the attributes that are known, and one `jsonb` column for the rest."});
}

}  // namespace

void sql_multivalue(const foreign::Facts& facts, review::Report& report) {
  for (const auto& table : facts.sql.tables) {
    if (!table.partition_of.name.empty() || is_of_tool(table)) continue;
    say_numbered(table, report);
    say_lists(facts.sql, table, report);
    say_attributes(table, report);
  }
}

void sql_softdelete_unique(const foreign::Facts& facts, review::Report& report) {
  constexpr std::string_view kBusiness = "email e_mail name username user_name login slug code title number phone sku handle key_name path domain";
  for (const auto& table : facts.sql.tables) {
    const ColumnFact* mark = nullptr;
    for (const auto& column : table.columns) {
      if (review::is_one_of(snake_of(column.name), "deleted_at deleted_on is_deleted deleted_time deletion_time removed_at discarded_at"))
        mark = &column;
    }
    if (mark == nullptr || !table.partition_of.name.empty()) continue;
    std::vector<std::string> keys;
    Span first;
    const auto look = [&](const std::vector<std::string>& columns, const std::string& where, const Span& span) {
      if (!where.empty() || std::find(columns.begin(), columns.end(), mark->name) != columns.end()) return;
      const bool business = std::any_of(columns.begin(), columns.end(), [&](const std::string& column) {
        const std::string name = snake_of(column);
        return review::is_one_of(name, kBusiness) || name.ends_with("_email") || name.ends_with("_name") || name.ends_with("_code");
      });
      if (!business) return;
      if (keys.empty()) first = span;
      keys.push_back(fmt::format("{}", fmt::join(columns, ", ")));
    };
    for (const auto& key : table.uniques) look(key.columns, {}, key.span);
    for (const auto& index : table.indexes) {
      if (index.unique) look(index.columns, index.where, index.span);
    }
    if (keys.empty()) continue;
    report.add(
        {.severity = Severity::kWarning,
         .span = first,
         .message = fmt::format("A deleted row of `{}` keeps its {} for ever: the unique key counts rows whose `{}` is set, so nobody can take the "
                                "value again.",
                                shown(table.name), list_names(keys), mark->name),
         .fix = fmt::format("CREATE UNIQUE INDEX … ON {} (…) WHERE {} and drop the old key.", shown(table.name),
                            mark->type == "boolean" ? "NOT " + mark->name : mark->name + " IS NULL")});
  }
}

void sql_transitive(const foreign::Facts& facts, review::Report& report) {
  constexpr std::string_view kCopies =
      "order invoice line item fee charge tax credit payment applied receipt quote contract summary cache report view denormalized export import "
      "aggregate shipment";
  const TableIndex index(facts.sql.tables);
  for (const auto& table : facts.sql.tables) {
    if (is_log(table) || has_table_word(table.name.name, kCopies) || !table.partition_of.name.empty()) continue;
    for (const auto& key : table.foreign_keys) {
      const auto target = index.find(key.target);
      if (!target || key.columns.size() != 1 || &facts.sql.tables[*target] == &table) continue;
      std::string stem = snake_of(key.columns.front());
      if (!stem.ends_with("_id")) continue;
      stem.resize(stem.size() - 2);
      std::vector<std::string> copies;
      const ColumnFact* first = nullptr;
      for (const auto& column : table.columns) {
        const std::string name = snake_of(column.name);
        if (!name.starts_with(stem) || name == stem + "id" || has_table_word(name, "id type at count")) continue;
        const auto* original = find_column(facts.sql.tables[*target], name.substr(stem.size()));
        if (original == nullptr || original->type != column.type) continue;
        copies.push_back(column.name);
        if (first == nullptr) first = &column;
      }
      if (copies.size() < 2) continue;
      report.add({.severity = Severity::kNote,
                  .span = first->span,
                  .message = fmt::format("{} of `{}` repeat what `{}` already says: a change there leaves the copies behind.", list_names(copies),
                                         shown(table.name), shown(facts.sql.tables[*target].name)),
                  .fix = "Join for them, or write down that they are a snapshot and of which moment."});
    }
  }
}

}  // namespace kingpost::assess::rule
