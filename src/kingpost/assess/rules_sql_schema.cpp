#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "kingpost/assess/rules_sql.hpp"

namespace kingpost::assess::rule {
namespace {

using foreign::ColumnFact;
using foreign::SqlFlavour;
using foreign::TableFact;

std::string quoted(const foreign::TableName& name) { return "`" + shown(name) + "`"; }

bool is_float(const std::string& type) { return type == "real" || type == "double precision" || type == "float" || type == "double"; }

bool names_amount(const std::string& column) {
  const std::string name = snake_of(column);
  return review::names_money(name) &&
         !review::has_word(name,
                           "time ms seconds bytes size duration cpu memory latency usage used tokens length width height score scale pages "
                           "votes likes views users rows calls requests power energy");
}

bool is_key_type(const std::string& type) {
  return type == "integer" || type == "bigint" || type == "smallint" || type == "uuid" || type == "text" || type.starts_with("character varying");
}

bool same_key_type(const std::string& a, const std::string& b) {
  const auto family = [](const std::string& type) {
    if (type == "integer" || type == "bigint" || type == "smallint") return 'i';
    return type == "uuid" ? 'u' : 't';
  };
  return is_key_type(a) && is_key_type(b) && family(a) == family(b) && (family(a) != 't' || a == b);
}

struct Unchecked {
  const ColumnFact* column = nullptr;
  const TableFact* target = nullptr;
};
using TablesByStem = std::map<std::string, const TableFact*>;

// `order_items` stands under order_item.
TablesByStem tables_by_stem(const foreign::SqlFacts& facts) {
  TablesByStem out;
  for (const auto& table : facts.tables) {
    auto words = words_of(table.name.name);
    if (words.empty() || !table.partition_of.name.empty() || !table.partitioned_by.empty() || table.primary_key.columns.size() != 1) continue;
    words.back() = singular_of(words.back());
    std::string stem;
    for (const auto& word : words) stem += (stem.empty() ? "" : "_") + word;
    out.try_emplace(stem, &table);
  }
  return out;
}

bool has_foreign_key(const TableFact& table, const std::string& column) {
  return std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(),
                     [&](const auto& key) { return std::find(key.columns.begin(), key.columns.end(), column) != key.columns.end(); });
}

bool is_polymorphic(const TableFact& table, const std::string& stem) {
  return std::any_of(table.columns.begin(), table.columns.end(),
                     [&](const ColumnFact& each) { return snake_of(each.name) == stem + "_type" || snake_of(each.name) == stem + "_kind"; });
}

std::vector<Unchecked> unchecked_references(const TableFact& table, const TablesByStem& tables) {
  std::vector<Unchecked> out;
  for (const auto& column : table.columns) {
    const std::string name = snake_of(column.name);
    if (!name.ends_with("_id")) continue;
    const std::string stem = name.substr(0, name.size() - 3);
    const auto target = tables.find(stem);
    if (target == tables.end() || target->second == &table || target->second->name.schema != table.name.schema) continue;
    const bool own_key = table.primary_key.columns == std::vector<std::string>{column.name};
    const auto* key = find_column(*target->second, target->second->primary_key.columns.front());
    if (own_key || key == nullptr || has_foreign_key(table, column.name) || is_polymorphic(table, stem)) continue;
    if (same_key_type(column.type, key->type)) out.push_back({&column, target->second});
  }
  return out;
}

std::vector<std::string> names_in(const TableFact& table, const std::vector<Unchecked>& references) {
  std::vector<std::string> out;
  for (const auto& each : references) out.push_back(shown(table.name) + "." + each.column->name);
  return out;
}

}  // namespace

namespace {

bool is_keyed(const TableFact& table) {
  return !table.uniques.empty() || !table.primary_key.columns.empty() ||
         std::any_of(table.indexes.begin(), table.indexes.end(), [](const auto& index) { return index.unique; });
}

}  // namespace

void sql_no_pk(const foreign::Facts& facts, review::Report& report) {
  const bool postgres = facts.sql.flavour == SqlFlavour::kPostgres;
  std::vector<const TableFact*> bare;
  std::vector<const TableFact*> unique;
  for (const auto& table : facts.sql.tables) {
    const bool passing = has_table_word(table.name.name, "tmp temp staging import backup");
    if (!table.primary_key.columns.empty() || table.columns.size() < 2 || !table.partition_of.name.empty() || is_of_tool(table) || passing) continue;
    // A partitioned table may have its keys in its partitions.
    const auto parts = parts_of(facts.sql, table);
    if (!parts.empty() && std::all_of(parts.begin(), parts.end(), [](const TableFact* part) { return !part->primary_key.columns.empty(); })) continue;
    const bool keyed =
        is_keyed(table) || (!parts.empty() && std::all_of(parts.begin(), parts.end(), [](const TableFact* part) { return is_keyed(*part); }));
    (keyed ? unique : bare).push_back(&table);
  }
  const auto say = [&](const std::vector<const TableFact*>& tables, bool keyed) {
    std::vector<std::string> names;
    for (const auto* table : tables) names.push_back(shown(table->name));
    const TableFact& first = *tables.front();
    report.add({.severity = keyed ? Severity::kNote : Severity::kWarning,
                .span = first.span,
                .message = keyed ? fmt::format("{} {} unique columns but no primary key{}.", list_names(names), names.size() == 1 ? "has" : "have",
                                               postgres ? ", so logical replication refuses UPDATE and DELETE until a replica identity is set"
                                                        : ", so references and tools cannot tell which key is meant")
                                 : fmt::format("Rows of {} cannot be told apart: without a primary key a repeated insert stays a duplicate{}.",
                                               list_names(names), postgres ? " and logical replication refuses UPDATE and DELETE" : ""),
                .fix = first.partitioned_by.empty()
                           ? std::string("Add a primary key: the columns that identify a row, or a generated `id bigint`.")
                           : fmt::format("Add a primary key that includes {}, as a partitioned table needs.", first.partitioned_by),
                .evidence = fmt::format("{} without PRIMARY KEY in the files", count_text(tables.size(), "table"))});
  };
  if (bare.size() > 6) {
    say(bare, false);
  } else {
    for (const auto* table : bare) say({table}, false);
  }
  if (!unique.empty()) say(unique, true);
}

void sql_int32_pk(const foreign::Facts& facts, review::Report& report) {
  if (facts.sql.flavour == SqlFlavour::kSqlite) return;
  std::vector<std::string> fast;
  const TableFact* first = nullptr;
  std::size_t all = 0;
  for (const auto& table : facts.sql.tables) {
    if (table.primary_key.columns.size() != 1 || !table.partition_of.name.empty()) continue;
    const auto* key = find_column(table, table.primary_key.columns.front());
    if (key == nullptr || !key->generated || key->type != "integer") continue;
    ++all;
    if (!grows_fast(table)) continue;
    fast.push_back(shown(table.name));
    if (first == nullptr) first = &table;
  }
  if (first == nullptr) return;
  const bool one = fast.size() == 1;
  report.add(
      {.severity = Severity::kWarning,
       .span = find_column(*first, first->primary_key.columns.front())->span,
       .message = fmt::format("Inserts into {} fail after 2 147 483 647 keys, failed and rolled-back ones included: {} grow{} with use and count{} "
                              "in 32 bits, and widening a key later rewrites the table under an exclusive lock.",
                              list_names(fast), one ? "it" : "they", one ? "s" : "", one ? "s" : ""),
       .fix = "Use `bigint GENERATED BY DEFAULT AS IDENTITY`, in the columns that refer to it too.",
       .evidence =
           fmt::format("{} with a generated 32-bit key, {} of them by name of fast growth (assumed)", count_text(all, "table"), fast.size())});
}

void sql_float_money(const foreign::Facts& facts, review::Report& report) {
  for (const auto& table : facts.sql.tables) {
    std::vector<std::string> columns;
    const ColumnFact* first = nullptr;
    bool locale = false;
    for (const auto& column : table.columns) {
      const bool money = column.type == "money";
      if (!money && !(is_float(column.type) && names_amount(column.name))) continue;
      locale = locale || money;
      columns.push_back(column.name);
      if (first == nullptr) first = &column;
    }
    if (first == nullptr || !table.partition_of.name.empty()) continue;
    report.add({.severity = locale ? Severity::kWarning : Severity::kError,
                .span = first->span,
                .message = locale ? fmt::format("{} in {} changes meaning with the server's `lc_monetary`: the type money carries no currency.",
                                                list_names(columns), quoted(table.name))
                                  : fmt::format("Sums over {} of {} drift by cents: {} cannot hold 0.10 exactly, and two orders of adding differ.",
                                                list_names(columns), quoted(table.name), first->type),
                .fix = "Use `numeric(12,2)`, or whole cents in `bigint`, with the currency beside it."});
  }
}

void sql_naive_timestamp(const foreign::Facts& facts, review::Report& report) {
  if (facts.sql.flavour != SqlFlavour::kPostgres) return;
  std::size_t naive = 0;
  std::size_t zoned = 0;
  std::set<std::string> tables;
  const ColumnFact* first = nullptr;
  for (const auto& table : facts.sql.tables) {
    if (!table.partition_of.name.empty() || is_of_tool(table)) continue;
    for (const auto& column : table.columns) {
      zoned += column.type.starts_with("timestamp") && column.type.ends_with("with time zone") ? 1U : 0U;
      if (!column.type.starts_with("timestamp") || !column.type.ends_with("without time zone")) continue;
      ++naive;
      tables.insert(shown(table.name));
      if (first == nullptr) first = &column;
    }
  }
  if (first == nullptr) return;
  const bool mixed = zoned > 0;
  report.add(
      {.severity = mixed ? Severity::kWarning : Severity::kNote,
       .span = first->span,
       .message = mixed ? fmt::format("{} {} a moment without its zone and {} with one: comparing the two converts by the session's TimeZone, so the "
                                      "same query answers differently on another client.",
                                      count_text(naive, "column"), naive == 1 ? "keeps" : "keep", zoned)
                        : fmt::format("{} {} a moment without its zone: they mean another moment for every session whose clock has another zone.",
                                      count_text(naive, "column"), naive == 1 ? "keeps" : "keep"),
       .fix = "Use `timestamptz`. With the session at UTC, `ALTER COLUMN … TYPE timestamptz` rewrites nothing.",
       .evidence = fmt::format("in {}: {}", count_text(tables.size(), "table"), list_names(std::vector<std::string>(tables.begin(), tables.end())))});
}

namespace {

/// Whether a partition of the table has the foreign key that the whole does not say.
bool is_checked_in_parts(const foreign::SqlFacts& sql, const TableFact& whole, const std::string& column) {
  const auto holds = [&](const foreign::ForeignKeyFact& key) {
    return std::find(key.columns.begin(), key.columns.end(), column) != key.columns.end();
  };
  const auto parts = parts_of(sql, whole);
  return std::any_of(parts.begin(), parts.end(),
                     [&](const TableFact* part) { return std::any_of(part->foreign_keys.begin(), part->foreign_keys.end(), holds); });
}

}  // namespace

void sql_missing_fk(const foreign::Facts& facts, review::Report& report) {
  const auto tables = tables_by_stem(facts.sql);
  std::size_t keys = 0;
  std::vector<std::pair<const TableFact*, std::vector<Unchecked>>> found;
  std::vector<std::string> all;
  for (const auto& table : facts.sql.tables) {
    keys += table.foreign_keys.size();
    if (is_log(table) || is_of_tool(table) || !table.partition_of.name.empty()) continue;
    auto references = unchecked_references(table, tables);
    std::erase_if(references, [&](const Unchecked& one) { return is_checked_in_parts(facts.sql, table, one.column->name); });
    if (references.empty()) continue;
    for (auto& name : names_in(table, references)) all.push_back(std::move(name));
    found.emplace_back(&table, std::move(references));
  }
  if (found.empty()) return;
  // A schema without a single foreign key decided so, and one with many such columns has a habit: say it once.
  if (keys == 0 || found.size() > 12) {
    report.add({.severity = Severity::kWarning,
                .span = found.front().second.front().column->span,
                .message = fmt::format("{} to another table by name and no foreign key checks it{}: a deleted row leaves references to nothing.",
                                       all.size() == 1 ? "1 column refers" : fmt::format("{} columns refer", all.size()),
                                       keys == 0 ? ", nor any other in the schema" : ""),
                .fix = "Add the foreign keys NOT VALID, mend what they find, then VALIDATE.",
                .evidence = list_names(all, 8)});
    return;
  }
  for (const auto& [table, references] : found) {
    const auto& target = *references.front().target;
    const bool one = references.size() == 1;
    report.add(
        {.severity = Severity::kWarning,
         .span = references.front().column->span,
         .message = fmt::format("{} may point to rows that are gone: named after {} with the type of its key, and no foreign key checks {}.",
                                list_names(names_in(*table, references)), one ? quoted(target.name) : std::string("tables"), one ? "it" : "them"),
         .fix = fmt::format("ALTER TABLE {} ADD FOREIGN KEY ({}) REFERENCES {} NOT VALID, then VALIDATE.", shown(table->name),
                            references.front().column->name, shown(target.name)),
         .evidence = fmt::format("{} elsewhere in the schema", count_text(keys, "foreign key"))});
  }
}

}  // namespace kingpost::assess::rule
