#include "kingpost/foreign/sql_table.hpp"

#include <algorithm>

#include "kingpost/foreign/sql_print.hpp"

namespace kingpost::foreign {
namespace {

std::string action_of(const Node& code) {
  switch (code.text().empty() ? 'a' : code.text().front()) {
    case 'c':
      return "cascade";
    case 'n':
      return "set null";
    case 'd':
      return "set default";
    case 'r':
      return "restrict";
    default:
      return "no action";
  }
}

// The tree does not tell NO ACTION from silence; the tokens of the clause do.
bool says_on(const ParsedStatement& statement, std::uint32_t location, std::string_view event) {
  int depth = 0;
  for (std::size_t i = 0; i + 1 < statement.tokens.size(); ++i) {
    const auto& token = statement.tokens[i];
    if (token.begin < location) continue;
    if (is_mark(statement.text, token, '(')) ++depth;
    if (is_mark(statement.text, token, ')') && --depth < 0) return false;
    if (depth == 0 && is_mark(statement.text, token, ',')) return false;
    if (is_word(statement.text, token, "on") && is_word(statement.text, statement.tokens[i + 1], event)) return true;
  }
  return false;
}

KeyFact key_of(const ParsedStatement& statement, const Node& constraint, const std::string& column) {
  KeyFact key;
  key.name = constraint["conname"].text();
  key.columns = strings_of(constraint["keys"]);
  if (key.columns.empty() && !column.empty()) key.columns = {column};
  key.span = statement.at(constraint.location());
  return key;
}

// ADD CONSTRAINT … USING INDEX turns an index into a constraint.
void take_index(TableFact& table, const std::string& name, KeyFact& key) {
  const auto index = std::find_if(table.indexes.begin(), table.indexes.end(), [&](const IndexFact& fact) { return fact.name == name; });
  if (index == table.indexes.end()) return;
  key.columns = index->columns;
  table.indexes.erase(index);
}

void add_exclusion(const ParsedStatement& statement, TableFact& table, const Node& constraint) {
  IndexFact index;
  index.name = constraint["conname"].text();
  for (const auto& pair : constraint["exclusions"].items()) {
    const auto& parts = pair.body()["items"].items();
    if (parts.empty()) continue;
    const auto& element = parts.front().body();
    index.columns.push_back(element["name"].exists() ? element["name"].text() : "(" + print_expression(element["expr"]) + ")");
  }
  index.method = constraint["access_method"].exists() ? constraint["access_method"].text() : "btree";
  index.where = constraint["where_clause"].exists() ? print_expression(constraint["where_clause"]) : "";
  index.span = statement.at(constraint.location());
  table.indexes.push_back(std::move(index));
}

bool is_serial(std::string& type) {
  if (type == "serial")
    type = "integer";
  else if (type == "bigserial")
    type = "bigint";
  else if (type == "smallserial")
    type = "smallint";
  else
    return false;
  return true;
}

bool holds(const std::vector<std::string>& columns, const std::string& column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

}  // namespace

std::vector<std::string> index_columns(const Node& elements) {
  std::vector<std::string> out;
  for (const auto& element : elements.items()) {
    const auto& body = element.body();
    std::string text = body["name"].exists() ? body["name"].text() : "(" + print_expression(body["expr"]) + ")";
    if (!body["collation"].items().empty()) text += " COLLATE " + name_of(body["collation"]).name;
    if (!body["opclass"].items().empty()) text += " " + name_of(body["opclass"]).name;
    out.push_back(std::move(text));
  }
  return out;
}

ForeignKeyFact foreign_key_of(const ParsedStatement& statement, const Node& constraint, const std::string& column) {
  ForeignKeyFact key;
  key.name = constraint["conname"].text();
  key.columns = strings_of(constraint["fk_attrs"]);
  if (key.columns.empty() && !column.empty()) key.columns = {column};
  key.target = table_of(constraint["pktable"]);
  key.target_columns = strings_of(constraint["pk_attrs"]);
  const std::uint32_t from = constraint["pktable"].location();
  if (says_on(statement, from, "delete")) key.on_delete = action_of(constraint["fk_del_action"]);
  if (says_on(statement, from, "update")) key.on_update = action_of(constraint["fk_upd_action"]);
  key.span = statement.at(constraint.location());
  return key;
}

void add_constraint(const ParsedStatement& statement, TableFact& table, const Node& constraint, const std::string& column) {
  const auto& kind = constraint["contype"].text();
  if (kind == "CONSTR_PRIMARY" || kind == "CONSTR_UNIQUE") {
    KeyFact key = key_of(statement, constraint, column);
    if (constraint["indexname"].exists()) take_index(table, constraint["indexname"].text(), key);
    if (key.columns.empty()) return;
    if (kind == "CONSTR_UNIQUE") {
      table.uniques.push_back(std::move(key));
      return;
    }
    for (const auto& name : key.columns) {
      if (auto* found = find_column(table, name)) found->nullable = false;
    }
    table.primary_key = std::move(key);
  } else if (kind == "CONSTR_FOREIGN") {
    table.foreign_keys.push_back(foreign_key_of(statement, constraint, column));
  } else if (kind == "CONSTR_CHECK") {
    table.checks.push_back({constraint["conname"].text(), print_expression(constraint["raw_expr"]), statement.at(constraint.location())});
  } else if (kind == "CONSTR_EXCLUSION") {
    add_exclusion(statement, table, constraint);
  }
}

void add_column(const ParsedStatement& statement, TableFact& table, const Node& definition) {
  ColumnFact column;
  column.name = definition["colname"].text();
  if (find_column(table, column.name) != nullptr) return;
  column.type = print_type(definition["typeName"]);
  column.span = statement.at(definition.location());
  if (is_serial(column.type)) {
    column.generated = true;
    column.nullable = false;
  }
  for (const auto& item : definition["constraints"].items()) {
    const auto& constraint = item.body();
    const auto& kind = constraint["contype"].text();
    if (kind == "CONSTR_NOTNULL") column.nullable = false;
    if (kind == "CONSTR_GENERATED" || kind == "CONSTR_IDENTITY") column.generated = true;
    if (kind == "CONSTR_IDENTITY") column.nullable = false;
    if (kind == "CONSTR_DEFAULT") {
      column.default_value = print_expression(constraint["raw_expr"]);
      column.generated = column.generated || column.default_value.starts_with("nextval(");
    }
  }
  const std::string name = column.name;
  table.columns.push_back(std::move(column));
  for (const auto& item : definition["constraints"].items()) add_constraint(statement, table, item.body(), name);
}

ColumnFact* find_column(TableFact& table, const std::string& name) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(), [&](const ColumnFact& column) { return column.name == name; });
  return found == table.columns.end() ? nullptr : &*found;
}

void drop_column(TableFact& table, const std::string& column) {
  std::erase_if(table.columns, [&](const ColumnFact& fact) { return fact.name == column; });
  const auto uses = [&](const auto& fact) { return holds(fact.columns, column); };
  std::erase_if(table.uniques, uses);
  std::erase_if(table.foreign_keys, uses);
  std::erase_if(table.indexes, uses);
  if (uses(table.primary_key)) table.primary_key = {};
}

void rename_column(TableFact& table, const std::string& from, const std::string& to) {
  if (auto* column = find_column(table, from)) column->name = to;
  const auto replace = [&](auto& fact) { std::replace(fact.columns.begin(), fact.columns.end(), from, to); };
  replace(table.primary_key);
  std::for_each(table.uniques.begin(), table.uniques.end(), replace);
  std::for_each(table.foreign_keys.begin(), table.foreign_keys.end(), replace);
  std::for_each(table.indexes.begin(), table.indexes.end(), replace);
}

}  // namespace kingpost::foreign
