#include "kingpost/introspect/normalise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "kingpost/base/text.hpp"
#include "kingpost/introspect/table_text.hpp"

namespace kingpost::introspect {
namespace {

using dialect::SchemaTable;

constexpr std::size_t kMaxModelName = 128;

ir::OnDelete action_of(const std::string& sql) {
  if (sql == "CASCADE") return ir::OnDelete::kCascade;
  if (sql == "RESTRICT") return ir::OnDelete::kRestrict;
  if (sql == "SET NULL") return ir::OnDelete::kSetNull;
  if (sql == "SET DEFAULT") return ir::OnDelete::kSetDefault;
  return ir::OnDelete::kNoAction;
}

/// A name that the model can carry.
bool is_sayable(std::string_view name) {
  const bool control = std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
  return !name.empty() && !control && valid_utf8(name) && count_code_points(name) <= kMaxModelName && name.size() <= dialect::kMaxNameBytes;
}

bool is_plain_type(std::string_view type) {
  return std::all_of(type.begin(), type.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ' ' || c == '(' || c == ')' || c == ',';
  });
}

std::string joined(const std::vector<std::string>& names) { return fmt::format("{}", fmt::join(names, ", ")); }

bool holds_word(const std::string& sql, const std::set<std::string>& names) {
  const auto tokens = read_tokens(sql);
  return std::any_of(tokens.begin(), tokens.end(), [&](const Token& token) {
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return same_name(token.text, name); });
  });
}

/// A default that can stand in parentheses: SQLite reads a bare or double-quoted word as a text.
std::string default_text(const std::string& sql) {
  const auto tokens = read_tokens(sql);
  if (tokens.size() != 1) return plain_sql(sql);
  static constexpr std::string_view kWords[] = {"NULL", "TRUE", "FALSE", "CURRENT_TIME", "CURRENT_DATE", "CURRENT_TIMESTAMP"};
  const auto& token = tokens.front();
  const bool known = std::any_of(std::begin(kWords), std::end(kWords), [&](std::string_view word) { return same_name(word, token.text); });
  const bool number = !token.text.empty() && token.text[0] >= '0' && token.text[0] <= '9';
  const bool bare = token.kind == Token::Kind::kName || (token.kind == Token::Kind::kWord && !known && !number);
  return bare ? dialect::quote_text(token.text, dialect::Database::kSqlite) : token.source;
}

class TableNormaliser {
 public:
  TableNormaliser(const Catalogue& catalogue, const CatalogueTable& table)
      : catalogue_(catalogue), source_(table), text_(read_table_text(table.sql)) {
    result_.source = &table;
  }

  NormalTable run() {
    auto& schema = result_.schema;
    schema.name = source_.name;
    schema.without_rowid = source_.without_rowid;
    schema.strict = source_.strict;
    schema.autoincrement = text_.autoincrement;
    for (const auto& column : source_.columns) {
      if (column.generated) {
        left_out_.insert(column.name);
        note("The column {} is computed by the database and is not imported.", column.name);
      }
    }
    for (std::int64_t at = 1;; ++at) {
      const auto found = std::find_if(source_.columns.begin(), source_.columns.end(), [&](const auto& one) { return one.key_position == at; });
      if (found == source_.columns.end()) break;
      schema.primary_key.push_back(found->name);
    }
    add_columns();
    add_foreign_keys();
    add_indexes();
    add_checks();
    if (text_.conflict_clause) note("ON CONFLICT behind a constraint is not repeated.");
    return std::move(result_);
  }

 private:
  template <typename... Args>
  void note(fmt::format_string<Args...> format, Args&&... args) {
    result_.notes.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  [[nodiscard]] bool is_rowid(const CatalogueColumn& column) const {
    const bool indexed = std::any_of(source_.indexes.begin(), source_.indexes.end(), [](const auto& index) { return index.origin == "pk"; });
    return column.key_position == 1 && result_.schema.primary_key.size() == 1 && !indexed && !source_.without_rowid &&
           same_name(column.declared, "INTEGER");
  }

  void add_columns() {
    for (const auto& source : source_.columns) {
      if (source.generated) continue;
      dialect::SchemaColumn column;
      column.name = source.name;
      column.type = plain_sql(source.declared);
      if (!is_plain_type(column.type)) {
        note("The column {} is declared {}, which is repeated as BLOB.", source.name, column.type);
        column.type = "BLOB";
      }
      // No type and BLOB mean the same to SQLite: values are kept as they come.
      if (column.type.empty()) column.type = "BLOB";
      const auto text = std::find_if(text_.columns.begin(), text_.columns.end(), [&](const auto& one) { return same_name(one.name, source.name); });
      if (text != text_.columns.end() && !text->collation.empty() && !same_name(text->collation, "BINARY")) {
        if (is_plain_type(text->collation)) {
          column.type += " COLLATE " + text->collation;
        } else {
          note("The collation of the column {} is not repeated.", source.name);
        }
      }
      column.identity = is_rowid(source);
      column.nullable = !source.not_null && source.key_position == 0;
      if (!source.not_null && source.key_position > 0 && !column.identity && !source_.without_rowid) {
        note("The column {} is part of the key and becomes NOT NULL in a new database.", source.name);
      }
      if (!source.default_sql.empty()) column.default_sql = default_text(source.default_sql);
      if (same_name(column.default_sql, "NULL")) column.default_sql.clear();
      result_.schema.columns.push_back(std::move(column));
    }
  }

  [[nodiscard]] std::string key_obstacle(const CatalogueKey& key, const CatalogueTable* target, const std::vector<std::string>& columns) const {
    if (target == nullptr) return "its target is not there or is not imported";
    if (columns.empty() || columns.size() != key.columns.size()) return "it has another number of columns than its target";
    for (const auto& name : key.columns) {
      if (left_out_.contains(name)) return "a column of it is not imported";
    }
    for (const auto& name : columns) {
      const auto found = std::find_if(target->columns.begin(), target->columns.end(), [&](const auto& one) { return same_name(one.name, name); });
      if (found == target->columns.end() || found->generated) return "a column of its target is not imported";
    }
    return {};
  }

  void add_foreign_keys();
  void add_indexes();
  void add_checks();

  const Catalogue& catalogue_;
  const CatalogueTable& source_;
  TableText text_;
  std::set<std::string> left_out_;
  NormalTable result_;
};

/// The names as the table itself writes them.
std::vector<std::string> as_declared(const CatalogueTable& table, const std::vector<std::string>& names) {
  std::vector<std::string> out;
  for (const auto& name : names) {
    const auto found = std::find_if(table.columns.begin(), table.columns.end(), [&](const auto& one) { return same_name(one.name, name); });
    out.push_back(found == table.columns.end() ? name : found->name);
  }
  return out;
}

bool same_names(const std::vector<std::string>& left, const std::vector<std::string>& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](const auto& one, const auto& other) { return same_name(one, other); });
}

std::string unimportable(const CatalogueTable& table);

void TableNormaliser::add_foreign_keys() {
  for (const auto& key : source_.foreign_keys) {
    const auto target =
        std::find_if(catalogue_.tables.begin(), catalogue_.tables.end(), [&](const auto& one) { return same_name(one.name, key.table); });
    const auto* held = target == catalogue_.tables.end() || !unimportable(*target).empty() ? nullptr : &*target;
    auto columns = key.target_columns;
    for (std::int64_t at = 1; held != nullptr && key.target_columns.empty(); ++at) {
      const auto found = std::find_if(held->columns.begin(), held->columns.end(), [&](const auto& one) { return one.key_position == at; });
      if (found == held->columns.end()) break;
      columns.push_back(found->name);
    }
    if (const auto why = key_obstacle(key, held, columns); !why.empty()) {
      note("The foreign key ({}) to {} is not imported: {}.", joined(key.columns), key.table, why);
      continue;
    }
    dialect::SchemaForeignKey one;
    one.columns = as_declared(source_, key.columns);
    one.table = held->name;
    one.target_columns = as_declared(*held, columns);
    one.on_delete = action_of(key.on_delete);
    one.on_update = action_of(key.on_update);
    const auto text =
        std::find_if(text_.foreign_keys.begin(), text_.foreign_keys.end(), [&](const auto& it) { return same_names(it.columns, key.columns); });
    if (text != text_.foreign_keys.end() && is_sayable(text->name)) one.name = text->name;
    if (text != text_.foreign_keys.end() && text->deferred)
      note("The foreign key ({}) is checked at once in a new database: INITIALLY DEFERRED is not repeated.", joined(key.columns));
    const bool twice = std::any_of(result_.schema.foreign_keys.begin(), result_.schema.foreign_keys.end(), [&](const auto& it) {
      return it.columns == one.columns && it.table == one.table && it.target_columns == one.target_columns;
    });
    if (!twice) result_.schema.foreign_keys.push_back(std::move(one));
  }
}

void TableNormaliser::add_indexes() {
  auto& schema = result_.schema;
  for (const auto& index : source_.indexes) {
    if (index.origin == "pk") continue;
    std::string why;
    dialect::SchemaIndex one{index.name, {}, index.unique, {}, {}};
    for (const auto& part : index.parts) {
      const auto column = std::find_if(source_.columns.begin(), source_.columns.end(),
                                       [&](const auto& it) { return !part.column.empty() && it.name == part.column; });
      const auto text = std::find_if(text_.columns.begin(), text_.columns.end(), [&](const auto& it) { return same_name(it.name, part.column); });
      const auto collation = text == text_.columns.end() || text->collation.empty() ? std::string("BINARY") : text->collation;
      if (part.column.empty()) why = "it holds an expression";
      if (column != source_.columns.end() && column->generated) why = "it holds a computed column";
      if (why.empty() && !same_name(part.collation, collation)) why = fmt::format("it sorts by {}", part.collation);
      one.parts.push_back({part.column, part.descending});
    }
    if (!is_sayable(index.name)) why = "its name cannot be written in a model";
    if (index.partial) one.where_sql = index_condition(index.sql);
    if (index.partial && (one.where_sql.empty() || holds_word(one.where_sql, left_out_))) why = "its condition cannot be repeated";
    if (!why.empty()) {
      note("The index {} is not imported: {}.", index.name, why);
      continue;
    }
    if (index.origin == "c") {
      schema.indexes.push_back(std::move(one));
      continue;
    }
    dialect::SchemaUnique unique;
    for (const auto& part : index.parts) unique.columns.push_back(part.column);
    const auto text =
        std::find_if(text_.uniques.begin(), text_.uniques.end(), [&](const auto& it) { return same_names(it.columns, unique.columns); });
    if (text != text_.uniques.end() && is_sayable(text->name)) unique.name = text->name;
    if (unique.columns != schema.primary_key) schema.uniques.push_back(std::move(unique));
  }
}

void TableNormaliser::add_checks() {
  std::set<std::string> names;
  for (const auto& check : text_.checks) {
    if (holds_word(check.sql, left_out_)) {
      note("The check ({}) is not imported: it speaks of a column that is not.", check.sql);
      continue;
    }
    if (!valid_utf8(check.sql)) {
      note("A check of {} is not imported: it is no UTF-8.", source_.name);
      continue;
    }
    dialect::SchemaCheck one;
    one.name = is_sayable(check.name) && check.name.size() <= dialect::kMaxPostgresNameBytes ? check.name : "check_1";
    for (std::size_t i = 1; !names.insert(one.name).second; ++i) one.name = fmt::format("check_{}", i);
    one.sql = check.sql;
    result_.schema.checks.push_back(std::move(one));
  }
}

/// Why a table cannot be an entity; empty when it can.
std::string unimportable(const CatalogueTable& table) {
  if (table.kind == "view") return "it is a view";
  if (table.kind != "table") return "it is a virtual table or a part of one";
  if (!is_sayable(table.name)) return "its name cannot be written in a model";
  std::string folded = table.name.substr(0, 3);
  if (same_name(folded, "pg_")) return "its name belongs to PostgreSQL";
  bool key = false;
  for (const auto& column : table.columns) {
    if (!is_sayable(column.name) && !column.generated) return "the name of a column cannot be written in a model";
    if (column.key_position > 0 && column.generated) return "its key is computed";
    key = key || column.key_position > 0;
  }
  return key ? "" : "it has no primary key";
}

}  // namespace

NormalSchema normalise(const Catalogue& catalogue) {
  NormalSchema schema;
  for (const auto& table : catalogue.tables) {
    if (const auto why = unimportable(table); !why.empty()) {
      schema.notes.push_back(fmt::format("The {} {} is not imported{}. It stays in the file as it is.", table.kind == "view" ? "view" : "table",
                                         table.name, table.kind == "view" ? "" : ": " + why));
    } else {
      schema.tables.push_back(TableNormaliser(catalogue, table).run());
    }
  }
  for (const auto& trigger : catalogue.triggers) {
    schema.notes.push_back(fmt::format("The trigger {} is not imported; it stays in the file and keeps working.", trigger));
  }
  return schema;
}

}  // namespace kingpost::introspect
