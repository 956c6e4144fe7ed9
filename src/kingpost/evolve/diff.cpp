#include "kingpost/evolve/diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "kingpost/base/decimal.hpp"

namespace kingpost::evolve {

using dialect::Database;
using dialect::quote_name;
using dialect::RelationalSchema;
using dialect::SchemaCheck;
using dialect::SchemaColumn;
using dialect::SchemaForeignKey;
using dialect::SchemaIndex;
using dialect::SchemaTable;
using dialect::SchemaUnique;

namespace {

enum Phase : std::uint8_t { kTables, kColumns, kRewrites, kConstraints, kIndexes, kComments, kPhases };

template <typename Items>
auto find_named(const Items& items, const std::string& name) {
  const auto found = std::find_if(items.begin(), items.end(), [&](const auto& item) { return item.name == name; });
  return found == items.end() ? nullptr : &*found;
}

bool same_parts(const SchemaIndex& left, const SchemaIndex& right) {
  return std::equal(left.parts.begin(), left.parts.end(), right.parts.begin(), right.parts.end(),
                    [](const auto& one, const auto& other) { return one.column == other.column && one.descending == other.descending; });
}

bool same_key(const SchemaForeignKey& left, const SchemaForeignKey& right) {
  return std::tie(left.columns, left.table, left.target_columns) == std::tie(right.columns, right.table, right.target_columns);
}

std::string joined(const std::vector<std::string>& names) { return fmt::format("{}", fmt::join(names, ", ")); }

/// Whether every value that satisfies `old` satisfies `wide`.
bool widens(const SchemaCheck& old, const SchemaCheck& wide) {
  if (old.kind != wide.kind || old.column != wide.column) return false;
  const auto at_most = [](const std::optional<std::string>& small, const std::optional<std::string>& large) {
    if (!large) return true;
    if (!small) return false;
    const auto left = parse_decimal(*small);
    const auto right = parse_decimal(*large);
    return left && right && compare(*left, *right) <= 0;
  };
  switch (old.kind) {
    case SchemaCheck::Kind::kEnum:
      return std::all_of(old.values.begin(), old.values.end(),
                         [&](const std::string& value) { return std::find(wide.values.begin(), wide.values.end(), value) != wide.values.end(); });
    case SchemaCheck::Kind::kLength:
      return at_most(old.max, wide.max);
    case SchemaCheck::Kind::kRange:
      return at_most(old.max, wide.max) && (!wide.min || (old.min && at_most(wide.min, old.min)));
    case SchemaCheck::Kind::kExpression:
    case SchemaCheck::Kind::kType:
      break;
  }
  return false;
}

class Differ {
 public:
  Differ(const RelationalSchema& current, const RelationalSchema& wanted) : current_(current), wanted_(wanted) {}

  SchemaDiff run() {
    diff_.result.database = wanted_.database;
    for (const auto& table : wanted_.tables) {
      if (const auto* old = current_.find_table(table.name)) {
        compare_table(*old, table);
      } else {
        new_table(table);
      }
    }
    for (const auto& table : current_.tables) {
      if (wanted_.find_table(table.name) != nullptr || renamed_.contains(table.name)) continue;
      refuse("drop-table", table.name, fmt::format("the table {} is no longer in the model, and its rows would be lost", table.name),
             fmt::format("Keep the entity of {}; give it `access: none` to take it out of use.", table.name));
      diff_.result.tables.push_back(table);
    }
    if (diff_.additive()) {
      for (auto& phase : phases_) diff_.statements.insert(diff_.statements.end(), phase.begin(), phase.end());
    }
    return std::move(diff_);
  }

 private:
  [[nodiscard]] bool sqlite() const { return wanted_.database == Database::kSqlite; }
  void note(std::string code, std::string element, std::string difference) {
    diff_.changes.push_back({std::move(code), std::move(element), std::move(difference), {}, true});
  }
  void refuse(std::string code, std::string element, std::string difference, std::string advice) {
    diff_.changes.push_back({std::move(code), std::move(element), std::move(difference), std::move(advice), false});
  }
  void add(Phase phase, std::string statement) { phases_[phase].push_back(std::move(statement)); }
  void alter(const SchemaTable& table, const std::string& what) { add(kConstraints, fmt::format("ALTER TABLE {} {}", quote_name(table.name), what)); }

  void new_table(const SchemaTable& table) {
    if (!table.renamed_from.empty() && current_.find_table(table.renamed_from) != nullptr && wanted_.find_table(table.renamed_from) == nullptr) {
      renamed_.insert(table.renamed_from);
      refuse("rename-table", table.name, fmt::format("the table {} is renamed to {}", table.renamed_from, table.name),
             fmt::format("Keep the name {} in the model; an API name can be changed by a contract's `rename`.", table.renamed_from));
      return;
    }
    note("add-table", table.name, fmt::format("the table {} is new", table.name));
    SchemaTable bare = table;
    if (!sqlite()) {
      // A target may be created later in the same plan.
      bare.foreign_keys.clear();
      for (const auto& key : table.foreign_keys) alter(table, "ADD " + print_foreign_key(key, wanted_.database));
    }
    add(kTables, print_create_table(bare, wanted_.database));
    for (const auto& index : table.indexes) add(kIndexes, print_create_index(table, index));
    for (auto& comment : print_comments(table, wanted_.database)) add(kComments, std::move(comment));
    diff_.result.tables.push_back(table);
  }

  void compare_table(const SchemaTable& old, const SchemaTable& table) {
    SchemaTable result = old;
    result.comment = table.comment;
    added_.clear();
    nullable_added_.clear();
    rewrite_ = false;
    compare_columns(old, table, result);
    if (old.primary_key != table.primary_key) {
      refuse("change-key", table.name,
             fmt::format("the key of {} changes from ({}) to ({})", table.name, joined(old.primary_key), joined(table.primary_key)),
             "Keep the key, and add a unique over the new columns of a new field.");
    }
    compare_foreign_keys(old, table, result);
    compare_uniques(old, table, result);
    compare_checks(old, table, result);
    compare_indexes(old, table, result);
    if (rewrite_) rewrite_sqlite_table(old, result);
    compare_comments(old, table);
    diff_.result.tables.push_back(std::move(result));
  }

  void compare_columns(const SchemaTable& old, const SchemaTable& table, SchemaTable& result) {
    std::set<std::string> renamed;
    for (const auto& column : table.columns) {
      const auto* before = old.find_column(column.name);
      if (before != nullptr) {
        compare_column(table, *before, column,
                       *std::find_if(result.columns.begin(), result.columns.end(), [&](const SchemaColumn& one) { return one.name == column.name; }));
        continue;
      }
      const auto* source = renamed_source(old, table, column);
      if (source != nullptr) {
        renamed.insert(source->name);
        refuse("rename-column", table.name + "." + column.name,
               fmt::format("the column {}.{} is renamed to {}", table.name, source->name, column.name),
               fmt::format("Keep the name {} in the model; an API name can be changed by a contract's `rename`.", source->name));
        continue;
      }
      add_column(table, column);
      result.columns.push_back(column);
    }
    for (const auto& column : old.columns) {
      if (table.find_column(column.name) != nullptr || renamed.contains(column.name)) continue;
      refuse("drop-column", table.name + "." + column.name,
             fmt::format("the column {}.{} is no longer in the model, and its values would be lost", table.name, column.name),
             fmt::format("Keep the field; mark it optional, or hide it with a contract's `hide: [{}]`.", column.name));
    }
  }

  static const SchemaColumn* renamed_source(const SchemaTable& old, const SchemaTable& table, const SchemaColumn& column) {
    if (column.renamed_from.empty()) return nullptr;
    for (const auto& name : {column.renamed_from, column.renamed_from + "_id"}) {
      const auto* source = old.find_column(name);
      if (source != nullptr && table.find_column(name) == nullptr) return source;
    }
    return nullptr;
  }

  void add_column(const SchemaTable& table, const SchemaColumn& column) {
    const auto element = table.name + "." + column.name;
    const bool in_key = std::find(table.primary_key.begin(), table.primary_key.end(), column.name) != table.primary_key.end();
    if ((!column.nullable && column.default_sql.empty()) || column.identity || in_key) {
      refuse("add-required-column", element, fmt::format("the column {} is new and required, but stored rows have no value for it", element),
             "Mark the field optional, or give it a default(…).");
      return;
    }
    note("add-column", element, fmt::format("the column {} is new", element));
    added_.insert(column.name);
    if (column.nullable && column.default_sql.empty()) nullable_added_.insert(column.name);
    auto text = fmt::format("ALTER TABLE {} ADD COLUMN {}", quote_name(table.name), print_column(column, wanted_.database));
    for (const auto& check : table.checks) {
      if (check.kind != SchemaCheck::Kind::kExpression && check.column == column.name) text += " " + print_check(check);
    }
    if (sqlite()) {
      for (const auto& key : table.foreign_keys) {
        if (key.columns.size() == 1 && key.columns[0] == column.name && column.default_sql.empty()) text += inline_key(key);
      }
    }
    add(kColumns, std::move(text));
  }

  /// ` CONSTRAINT n REFERENCES t (c) …`: what follows the column list of a table constraint.
  [[nodiscard]] std::string inline_key(const SchemaForeignKey& key) const {
    const auto whole = print_foreign_key(key, wanted_.database);
    return fmt::format(" CONSTRAINT {}{}", quote_name(key.name), whole.substr(whole.find(" REFERENCES ")));
  }

  void compare_column(const SchemaTable& table, const SchemaColumn& old, const SchemaColumn& column, SchemaColumn& result) {
    const auto element = table.name + "." + column.name;
    result.comment = column.comment;
    if (old.type != column.type) {
      refuse("change-type", element, fmt::format("the type of {} changes from {} to {}", element, old.type, column.type),
             "Keep the type, and add a new field of the new type.");
    }
    if (old.identity != column.identity) {
      refuse("change-identity", element, fmt::format("whether the database numbers {} changes", element), "Keep how the key is made.");
    }
    if (old.nullable && !column.nullable) {
      refuse("set-not-null", element, fmt::format("{} becomes required, but stored rows may lack it", element), "Keep the field optional.");
    }
    if (!old.nullable && column.nullable) {
      note("drop-not-null", element, fmt::format("{} becomes optional", element));
      result.nullable = true;
      alter_or_rewrite(table, fmt::format("ALTER COLUMN {} DROP NOT NULL", quote_name(column.name)));
    }
    if (old.default_sql != column.default_sql) {
      note("change-default", element, fmt::format("the default of {} changes", element));
      result.default_sql = column.default_sql;
      alter_or_rewrite(table, column.default_sql.empty()
                                  ? fmt::format("ALTER COLUMN {} DROP DEFAULT", quote_name(column.name))
                                  : fmt::format("ALTER COLUMN {} SET DEFAULT {}", quote_name(column.name), column.default_sql));
    }
  }

  void alter_or_rewrite(const SchemaTable& table, const std::string& what) {
    if (sqlite()) {
      rewrite_ = true;
    } else {
      alter(table, what);
    }
  }

  void compare_foreign_keys(const SchemaTable& old, const SchemaTable& table, SchemaTable& result) {
    for (const auto& key : table.foreign_keys) {
      const auto before = std::find_if(old.foreign_keys.begin(), old.foreign_keys.end(), [&](const auto& one) { return same_key(one, key); });
      const auto element = fmt::format("{}.{}", table.name, key.columns.back());
      if (before != old.foreign_keys.end()) {
        if (before->on_delete != key.on_delete || before->on_update != key.on_update) {
          refuse("change-foreign-key", element, fmt::format("what happens to {} when its target goes changes", element), "Keep on_delete as it was.");
        }
        continue;
      }
      const bool safe =
          std::any_of(key.columns.begin(), key.columns.end(), [&](const std::string& column) { return nullable_added_.contains(column); });
      if (!safe) {
        refuse("add-foreign-key", element,
               fmt::format("the foreign key ({}) to {} is new on stored columns, whose values may point nowhere", joined(key.columns), key.table),
               "Add the reference as a new optional field.");
        continue;
      }
      note("add-foreign-key", element, fmt::format("the foreign key ({}) to {} is new", joined(key.columns), key.table));
      result.foreign_keys.push_back(key);
      if (!sqlite()) alter(table, "ADD " + print_foreign_key(key, wanted_.database));
      // ADD COLUMN carries a key of one column; a longer one is written into the table's text.
      if (sqlite() && key.columns.size() > 1) rewrite_ = true;
    }
    for (const auto& key : old.foreign_keys) {
      if (std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(), [&](const auto& one) { return same_key(one, key); })) continue;
      const bool dropped =
          std::any_of(key.columns.begin(), key.columns.end(), [&](const auto& column) { return table.find_column(column) == nullptr; });
      if (dropped) continue;  // said with the column
      refuse("drop-foreign-key", fmt::format("{}.{}", table.name, key.columns.back()),
             fmt::format("the foreign key ({}) of {} to {} would go", joined(key.columns), table.name, key.table), "Keep the field a ref(…).");
    }
  }

  void compare_uniques(const SchemaTable& old, const SchemaTable& table, SchemaTable& result) {
    const auto in_indexes = [](const SchemaTable& where, const SchemaUnique& unique) {
      return std::any_of(where.indexes.begin(), where.indexes.end(), [&](const SchemaIndex& index) {
        return index.unique && index.where_sql.empty() &&
               std::equal(index.parts.begin(), index.parts.end(), unique.columns.begin(), unique.columns.end(),
                          [](const auto& part, const std::string& column) { return part.column == column; });
      });
    };
    const auto has = [&](const SchemaTable& where, const SchemaUnique& unique) {
      return in_indexes(where, unique) ||
             std::any_of(where.uniques.begin(), where.uniques.end(), [&](const auto& one) { return one.columns == unique.columns; });
    };
    for (const auto& unique : table.uniques) {
      if (has(old, unique)) continue;
      const auto element = fmt::format("{}({})", table.name, joined(unique.columns));
      const bool safe =
          std::any_of(unique.columns.begin(), unique.columns.end(), [&](const auto& column) { return nullable_added_.contains(column); });
      if (!safe) {
        refuse("add-unique", element, fmt::format("{} becomes unique, but stored rows may repeat it", element),
               "Make it unique over a new optional field.");
        continue;
      }
      note("add-unique", element, fmt::format("{} is unique", element));
      if (sqlite()) {
        SchemaIndex index;
        index.name = unique.name;
        index.unique = true;
        for (const auto& column : unique.columns) index.parts.push_back({column, false});
        add(kIndexes, print_create_index(table, index));
        result.indexes.push_back(std::move(index));
      } else {
        alter(table, fmt::format("ADD CONSTRAINT {} UNIQUE ({})", quote_name(unique.name), quoted(unique.columns)));
        result.uniques.push_back(unique);
      }
    }
    for (const auto& unique : old.uniques) {
      if (has(table, unique)) continue;
      const auto element = fmt::format("{}({})", table.name, joined(unique.columns));
      refuse("drop-unique", element, fmt::format("{} would no longer be unique", element), "Keep the unique.");
    }
  }

  static std::string quoted(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : ", ") + quote_name(name);
    return out;
  }

  void compare_checks(const SchemaTable& old, const SchemaTable& table, SchemaTable& result) {
    for (const auto& check : table.checks) {
      const auto* before = find_named(old.checks, check.name);
      const auto element = table.name + "." + (check.column.empty() ? check.name : check.column);
      if (before != nullptr && before->sql == check.sql) continue;
      if (before == nullptr) {
        if (check.kind != SchemaCheck::Kind::kExpression && added_.contains(check.column)) {
          result.checks.push_back(check);
          continue;
        }
        refuse("add-check", element, fmt::format("the check {} is new, and stored rows may not satisfy it", check.name),
               "Leave the check out, or state it over new fields in a new entity.");
        continue;
      }
      if (!widens(*before, check)) {
        refuse("narrow-check", element, fmt::format("the check {} changes in a way that stored rows may not satisfy", check.name),
               "Keep every value that was allowed: enum values, lengths and bounds may only be added to.");
        continue;
      }
      note("widen-check", element, fmt::format("the check {} allows more", check.name));
      *std::find_if(result.checks.begin(), result.checks.end(), [&](const auto& one) { return one.name == check.name; }) = check;
      if (!sqlite()) alter(table, fmt::format("DROP CONSTRAINT {}", quote_name(check.name)));
      alter_or_rewrite(table, "ADD " + print_check(check));
    }
    for (const auto& check : old.checks) {
      if (find_named(table.checks, check.name) != nullptr || (!check.column.empty() && table.find_column(check.column) == nullptr)) continue;
      note("widen-check", table.name + "." + (check.column.empty() ? check.name : check.column), fmt::format("the check {} goes", check.name));
      std::erase_if(result.checks, [&](const auto& one) { return one.name == check.name; });
      alter_or_rewrite(table, fmt::format("DROP CONSTRAINT {}", quote_name(check.name)));
    }
  }

  void compare_indexes(const SchemaTable& old, const SchemaTable& table, SchemaTable& result) {
    for (const auto& index : table.indexes) {
      const auto* before = find_named(old.indexes, index.name);
      if (before != nullptr && same_parts(*before, index) && before->unique == index.unique && before->where_sql == index.where_sql) {
        std::find_if(result.indexes.begin(), result.indexes.end(), [&](const auto& one) { return one.name == index.name; })->reason = index.reason;
        continue;
      }
      const bool safe = !index.unique ||
                        std::any_of(index.parts.begin(), index.parts.end(), [&](const auto& part) { return nullable_added_.contains(part.column); });
      if (!safe) {
        refuse("add-unique", table.name + "." + index.name, fmt::format("the unique index {} is new, but stored rows may repeat it", index.name),
               "Make it unique over a new optional field.");
        continue;
      }
      if (before != nullptr) drop_index(table, *before, result);
      note("add-index", table.name + "." + index.name,
           fmt::format("the index {} is new ({})", index.name, index.reason.empty() ? "explicit" : index.reason));
      add(kIndexes, print_create_index(table, index));
      result.indexes.push_back(index);
    }
    for (const auto& index : old.indexes) {
      if (find_named(table.indexes, index.name) != nullptr) continue;
      const bool kept =
          index.unique && std::any_of(table.uniques.begin(), table.uniques.end(), [&](const SchemaUnique& one) { return one.name == index.name; });
      const bool orphan =
          std::any_of(index.parts.begin(), index.parts.end(), [&](const auto& part) { return table.find_column(part.column) == nullptr; });
      if (kept || orphan) continue;
      if (index.unique) {
        refuse("drop-unique", table.name + "." + index.name, fmt::format("the unique index {} would go", index.name), "Keep the unique.");
        continue;
      }
      drop_index(table, index, result);
    }
  }

  void drop_index(const SchemaTable& table, const SchemaIndex& index, SchemaTable& result) {
    note("drop-index", table.name + "." + index.name, fmt::format("the index {} is no longer wanted", index.name));
    // Before new ones, which may take its name.
    add(kConstraints, fmt::format("DROP INDEX {}", quote_name(index.name)));
    std::erase_if(result.indexes, [&](const auto& one) { return one.name == index.name; });
  }

  void compare_comments(const SchemaTable& old, const SchemaTable& table) {
    if (sqlite()) return;
    const auto before = print_comments(old, wanted_.database);
    for (auto& comment : print_comments(table, wanted_.database)) {
      if (std::find(before.begin(), before.end(), comment) == before.end()) add(kComments, std::move(comment));
    }
    const auto cleared = [&](bool gone, const std::string& what) {
      if (gone) add(kComments, fmt::format("COMMENT ON {} IS NULL", what));
    };
    cleared(!old.comment.empty() && table.comment.empty(), "TABLE " + quote_name(table.name));
    bool changed = old.comment != table.comment;
    for (const auto& column : table.columns) {
      const auto* was = old.find_column(column.name);
      if (was == nullptr) continue;
      cleared(!was->comment.empty() && column.comment.empty(), fmt::format("COLUMN {}.{}", quote_name(table.name), quote_name(column.name)));
      changed = changed || was->comment != column.comment;
    }
    if (changed) note("change-comment", table.name, fmt::format("comments of {} change", table.name));
  }

  /// Constraints and defaults are text in SQLite's schema: the documented way to change them without touching a row is to write that text anew
  /// (sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes"). Only for tables whose whole text is ours.
  void rewrite_sqlite_table(const SchemaTable& old, const SchemaTable& result) {
    if (old.foreign || !old.strict) {
      refuse("change-imported", old.name,
             fmt::format("{} was not made by Kingpost, so its constraints and defaults cannot be changed in place", old.name),
             "Keep the constraints and defaults of imported tables as they are.");
      return;
    }
    add(kRewrites, "PRAGMA writable_schema = ON");
    add(kRewrites, fmt::format("UPDATE sqlite_schema SET sql = {} WHERE type = 'table' AND name = {}",
                               dialect::quote_text(print_create_table(result, wanted_.database), wanted_.database),
                               dialect::quote_text(result.name, wanted_.database)));
    add(kRewrites, "PRAGMA writable_schema = RESET");
    // Only DDL raises the schema's version, by which other connections notice that their copy is old.
    add(kRewrites, "CREATE TABLE \"_kingpost_touch\" (x)");
    add(kRewrites, "DROP TABLE \"_kingpost_touch\"");
  }

  const RelationalSchema& current_;
  const RelationalSchema& wanted_;
  SchemaDiff diff_;
  std::array<std::vector<std::string>, kPhases> phases_;
  std::set<std::string> renamed_;
  std::set<std::string> added_;
  std::set<std::string> nullable_added_;
  bool rewrite_ = false;
};

}  // namespace

bool SchemaDiff::additive() const noexcept {
  return std::all_of(changes.begin(), changes.end(), [](const Change& change) { return change.additive; });
}

SchemaDiff diff_schemas(const RelationalSchema& current, const RelationalSchema& wanted) { return Differ(current, wanted).run(); }

std::string print_changes(const SchemaDiff& diff) {
  std::string out;
  for (const auto& change : diff.changes) {
    out += fmt::format("{} {} [{}]\n", change.additive ? "+" : "!", change.difference, change.code);
    if (!change.advice.empty()) out += fmt::format("    {}\n", change.advice);
  }
  return out;
}

}  // namespace kingpost::evolve
