#include "kingpost/foreign/sql_catalogue.hpp"

#include <algorithm>

#include "kingpost/foreign/sql_print.hpp"
#include "kingpost/foreign/sql_table.hpp"

namespace kingpost::foreign {

std::uint32_t ParsedStatement::offset(std::uint32_t location) const {
  auto piece = std::upper_bound(map.begin(), map.end(), location, [](std::uint32_t at, const auto& entry) { return at < entry.first; });
  if (piece == map.begin()) return location;
  --piece;
  return piece->second + (location - piece->first);
}

Span ParsedStatement::at(std::uint32_t location) const {
  const auto token = std::lower_bound(tokens.begin(), tokens.end(), location, [](const Token& entry, std::uint32_t at) { return entry.begin < at; });
  if (token == tokens.end()) return span;
  const std::uint32_t begin = offset(token->begin);
  return places->at(begin, begin + (token->end - token->begin));
}

TableFact* SqlCatalogue::find(const TableName& name) {
  if (const auto exact = names_.find(name); exact != names_.end()) return exact->second;
  // A search path may name the schema, or leave it out; one table of that name is meant then.
  if (!name.schema.empty()) {
    const auto bare = names_.find({{}, name.name});
    return bare == names_.end() ? nullptr : bare->second;
  }
  // Names are ordered by schema first: one look a schema.
  TableFact* found = nullptr;
  for (auto at = names_.begin(); at != names_.end(); at = names_.lower_bound({at->first.schema + '\0', {}})) {
    const auto one = names_.find({at->first.schema, name.name});
    if (one == names_.end()) continue;
    if (found != nullptr) return nullptr;
    found = one->second;
  }
  return found;
}

TableFact* SqlCatalogue::add(TableFact table) {
  tables_.push_back(std::make_unique<TableFact>(std::move(table)));
  names_[tables_.back()->name] = tables_.back().get();
  return tables_.back().get();
}

bool SqlCatalogue::create_table(const ParsedStatement& statement, const Node& body) {
  if (body["relation"]["relpersistence"].is("t")) return true;
  TableFact table;
  table.name = table_of(body["relation"]);
  if (table.name.name.empty() || names_.contains(table.name)) return true;
  table.span = statement.at(body["relation"].location());
  for (const auto& parent : body["inhRelations"].items()) {
    table.partition_of = table_of(parent.body());
    if (const auto* known = find(table.partition_of)) {
      table.columns = known->columns;
      if (body["partbound"].exists()) table.primary_key = known->primary_key;
    }
  }
  for (const auto& part : body["partspec"]["partParams"].items()) {
    if (!table.partitioned_by.empty()) table.partitioned_by += ", ";
    table.partitioned_by += part.body()["name"].exists() ? part.body()["name"].text() : print_expression(part.body()["expr"]);
  }
  for (const auto& element : body["tableElts"].items()) {
    if (element.type() == "ColumnDef") add_column(statement, table, element.body());
    if (element.type() == "TableLikeClause") {
      if (const auto* like = find(table_of(element.body()["relation"]))) {
        for (const auto& column : like->columns) {
          if (find_column(table, column.name) == nullptr) table.columns.push_back(column);
        }
      }
    }
  }
  for (const auto& element : body["tableElts"].items()) {
    if (element.type() == "Constraint") add_constraint(statement, table, element.body(), {});
  }
  for (auto& column : table.columns) {
    const auto domain = domains_.find({"", column.type});
    if (domain != domains_.end()) column.type = domain->second;
  }
  add(std::move(table));
  return true;
}

bool SqlCatalogue::create_index(const ParsedStatement& statement, const Node& body) {
  auto* table = find(table_of(body["relation"]));
  if (table == nullptr) return false;
  IndexFact index;
  index.name = body["idxname"].text();
  const bool exists = std::any_of(table->indexes.begin(), table->indexes.end(), [&](const IndexFact& known) { return known.name == index.name; });
  if (exists && !index.name.empty()) return true;
  index.columns = index_columns(body["indexParams"]);
  index.include = index_columns(body["indexIncludingParams"]);
  index.method = body["accessMethod"].exists() ? body["accessMethod"].text() : "btree";
  index.where = body["whereClause"].exists() ? print_expression(body["whereClause"]) : "";
  index.unique = body["unique"].flag();
  index.span = statement.at(0);
  table->indexes.push_back(std::move(index));
  return true;
}

namespace {

void drop_constraint(TableFact& table, const std::string& name) {
  const auto named = [&](const auto& fact) { return fact.name == name; };
  const std::string prefix = table.name.name + "_";
  // What was not named has PostgreSQL's default name.
  const auto joined = [&](const std::vector<std::string>& columns, std::string_view suffix) {
    std::string out = prefix;
    for (const auto& column : columns) out += column + "_";
    return out + std::string(suffix);
  };
  const auto is_key = [&](const KeyFact& key) { return named(key) || (key.name.empty() && joined(key.columns, "key") == name); };
  std::erase_if(table.uniques, is_key);
  std::erase_if(table.foreign_keys,
                [&](const ForeignKeyFact& key) { return named(key) || (key.name.empty() && joined(key.columns, "fkey") == name); });
  std::erase_if(table.checks, named);
  if (named(table.primary_key) || (table.primary_key.name.empty() && prefix + "pkey" == name)) table.primary_key = {};
}

void alter_column(const ParsedStatement& statement, TableFact& table, const Node& command) {
  const auto& subtype = command["subtype"].text();
  auto* column = find_column(table, command["name"].text());
  if (column == nullptr) return;
  const auto& definition = command["def"];
  if (subtype == "AT_ColumnDefault") {
    column->default_value = definition.exists() ? print_expression(definition) : "";
    if (column->default_value.starts_with("nextval(")) column->generated = true;
  } else if (subtype == "AT_SetNotNull") {
    column->nullable = false;
  } else if (subtype == "AT_DropNotNull") {
    column->nullable = true;
  } else if (subtype == "AT_AlterColumnType") {
    column->type = print_type(definition.body()["typeName"]);
    column->span = statement.span;
  } else if (subtype == "AT_AddIdentity") {
    column->generated = true;
    column->nullable = false;
  }
}

}  // namespace

bool SqlCatalogue::alter_command(const ParsedStatement& statement, TableFact& table, const Node& command) {
  const auto& subtype = command["subtype"].text();
  const auto& definition = command["def"].body();
  if (subtype == "AT_AddColumn") {
    add_column(statement, table, definition);
    if (!table.columns.empty()) {
      const auto domain = domains_.find({"", table.columns.back().type});
      if (domain != domains_.end()) table.columns.back().type = domain->second;
    }
  } else if (subtype == "AT_DropColumn") {
    drop_column(table, command["name"].text());
  } else if (subtype == "AT_AddConstraint") {
    add_constraint(statement, table, definition, {});
  } else if (subtype == "AT_DropConstraint") {
    drop_constraint(table, command["name"].text());
  } else if (subtype == "AT_EnableRowSecurity" || subtype == "AT_ForceRowSecurity") {
    table.row_security = true;
  } else if (subtype == "AT_DisableRowSecurity") {
    table.row_security = false;
  } else if (subtype == "AT_AttachPartition") {
    if (auto* part = find(table_of(definition["name"]))) {
      part->partition_of = table.name;
      if (part->primary_key.columns.empty()) part->primary_key = table.primary_key;
    }
  } else if (subtype == "AT_DetachPartition") {
    if (auto* part = find(table_of(definition["name"]))) part->partition_of = {};
  } else {
    alter_column(statement, table, command);
  }
  return true;
}

bool SqlCatalogue::alter_table(const ParsedStatement& statement, const Node& body) {
  if (!body["objtype"].is("OBJECT_TABLE")) return true;
  auto* table = find(table_of(body["relation"]));
  const auto& commands = body["cmds"].items();
  if (table == nullptr) {
    // Dumps that clean up first drop constraints of tables they create afterwards: nothing waits for that.
    return std::all_of(commands.begin(), commands.end(), [](const Node& command) { return command.body()["subtype"].text().starts_with("AT_Drop"); });
  }
  for (const auto& command : commands) alter_command(statement, *table, command.body());
  return true;
}

void SqlCatalogue::rename_table(const TableName& from, const TableName& to) {
  auto* table = find(from);
  if (table == nullptr || names_.contains(to)) return;
  const TableName old = table->name;
  names_.erase(old);
  table->name = to;
  names_[to] = table;
  for (auto& [name, other] : names_) {
    for (auto& key : other->foreign_keys) {
      if (key.target == old) key.target = to;
    }
    if (other->partition_of == old) other->partition_of = to;
  }
}

bool SqlCatalogue::rename(const Node& body) {
  const auto& kind = body["renameType"].text();
  const std::string to = body["newname"].text();
  if (kind == "OBJECT_INDEX") {
    for (auto& [name, table] : names_) {
      for (auto& index : table->indexes) {
        if (index.name == body["relation"]["relname"].text()) index.name = to;
      }
    }
    return true;
  }
  if (kind != "OBJECT_TABLE" && kind != "OBJECT_COLUMN" && kind != "OBJECT_TABCONSTRAINT") return true;
  auto* table = find(table_of(body["relation"]));
  if (table == nullptr) return false;
  if (kind == "OBJECT_TABLE") rename_table(table->name, {table->name.schema, to});
  if (kind == "OBJECT_COLUMN") {
    const std::string from = body["subname"].text();
    rename_column(*table, from, to);
    for (auto& [name, other] : names_) {
      for (auto& key : other->foreign_keys) {
        if (key.target == table->name) std::replace(key.target_columns.begin(), key.target_columns.end(), from, to);
      }
    }
  }
  if (kind == "OBJECT_TABCONSTRAINT") {
    const auto swap = [&](auto& fact) {
      if (fact.name == body["subname"].text()) fact.name = to;
    };
    swap(table->primary_key);
    std::for_each(table->uniques.begin(), table->uniques.end(), swap);
    std::for_each(table->foreign_keys.begin(), table->foreign_keys.end(), swap);
    std::for_each(table->checks.begin(), table->checks.end(), swap);
  }
  return true;
}

bool SqlCatalogue::comment(const Node& body) {
  const auto& kind = body["objtype"].text();
  if (kind != "OBJECT_TABLE" && kind != "OBJECT_COLUMN") return true;
  auto parts = strings_of(body["object"]["List"]["items"]);
  std::string column;
  if (kind == "OBJECT_COLUMN" && !parts.empty()) {
    column = parts.back();
    parts.pop_back();
  }
  if (parts.empty()) return true;
  const std::string schema = parts.size() > 1 && parts[parts.size() - 2] != "public" ? parts[parts.size() - 2] : std::string();
  auto* table = find({schema, parts.back()});
  if (table == nullptr) return false;
  if (column.empty()) {
    table->comment = body["comment"].text();
  } else if (auto* found = find_column(*table, column)) {
    found->comment = body["comment"].text();
  }
  return true;
}

bool SqlCatalogue::policy(const ParsedStatement& statement, const Node& body) {
  auto* table = find(table_of(body["table"]));
  if (table == nullptr) return false;
  PolicyFact policy;
  policy.name = body["policy_name"].text();
  policy.command = body["cmd_name"].exists() ? body["cmd_name"].text() : "all";
  policy.permissive = body["permissive"].flag();
  for (const auto& role : body["roles"].items()) {
    policy.roles.push_back(role.body()["rolename"].exists() ? role.body()["rolename"].text() : "public");
  }
  if (body["qual"].exists()) policy.condition = print_expression(body["qual"]);
  if (body["with_check"].exists()) policy.check = print_expression(body["with_check"]);
  policy.span = statement.at(0);
  std::erase_if(table->policies, [&](const PolicyFact& known) { return known.name == policy.name; });
  table->policies.push_back(std::move(policy));
  return true;
}

void SqlCatalogue::drop(const Node& body) {
  const auto& kind = body["removeType"].text();
  for (const auto& object : body["objects"].items()) {
    const auto& parts = object.body()["items"];
    if (kind == "OBJECT_TABLE") {
      auto* table = find(name_of(parts));
      if (table == nullptr) continue;
      const TableName name = table->name;
      names_.erase(name);
      std::erase_if(tables_, [&](const auto& known) { return known.get() == table; });
      for (auto& [other, fact] : names_) std::erase_if(fact->foreign_keys, [&](const ForeignKeyFact& key) { return key.target == name; });
    } else if (kind == "OBJECT_INDEX") {
      const std::string index = name_of(parts).name;
      for (auto& [name, table] : names_) std::erase_if(table->indexes, [&](const IndexFact& fact) { return fact.name == index; });
    } else if (kind == "OBJECT_TYPE") {
      std::erase_if(enums_, [&](const EnumFact& fact) { return fact.name == name_of(object.body()["names"]); });
    } else if (kind == "OBJECT_POLICY") {
      auto names = strings_of(parts);
      if (names.size() < 2) continue;
      auto* table = find({names.size() > 2 && names[0] != "public" ? names[0] : std::string(), names[names.size() - 2]});
      if (table != nullptr) std::erase_if(table->policies, [&](const PolicyFact& fact) { return fact.name == names.back(); });
    }
  }
}

void SqlCatalogue::create_enum(const ParsedStatement& statement, const Node& body) {
  EnumFact fact{name_of(body["typeName"]), strings_of(body["vals"]), statement.at(0)};
  const bool known = std::any_of(enums_.begin(), enums_.end(), [&](const EnumFact& other) { return other.name == fact.name; });
  if (!known) enums_.push_back(std::move(fact));
}

bool SqlCatalogue::insert_rows(const ParsedStatement& statement, const Node& body) {
  auto* table = find(table_of(body["relation"]));
  if (table == nullptr) return true;
  table->rows += statement.copied_rows;
  return true;
}

bool SqlCatalogue::apply(const ParsedStatement& statement) {
  const auto type = statement.tree.type();
  const auto& body = statement.tree.body();
  if (type == "CreateStmt") return create_table(statement, body);
  if (type == "CreateForeignTableStmt") return true;
  if (type == "IndexStmt") return create_index(statement, body);
  if (type == "AlterTableStmt") return alter_table(statement, body);
  if (type == "RenameStmt") return rename(body);
  if (type == "CommentStmt") return comment(body);
  if (type == "CreatePolicyStmt") return policy(statement, body);
  if (type == "InsertStmt" || type == "CopyStmt") return insert_rows(statement, body);
  if (type == "DropStmt") drop(body);
  if (type == "CreateEnumStmt") create_enum(statement, body);
  if (type == "CreateDomainStmt") domains_[{"", name_of(body["domainname"]).name}] = print_type(body["typeName"]);
  if (type == "AlterEnumStmt") {
    for (auto& fact : enums_) {
      if (fact.name == name_of(body["typeName"]) && !body["oldVal"].exists()) fact.values.push_back(body["newVal"].text());
      if (fact.name == name_of(body["typeName"]) && body["oldVal"].exists()) {
        std::replace(fact.values.begin(), fact.values.end(), body["oldVal"].text(), body["newVal"].text());
      }
    }
  }
  if (type == "AlterObjectSchemaStmt" && body["objectType"].is("OBJECT_TABLE")) {
    const auto from = table_of(body["relation"]);
    const auto& schema = body["newschema"].text();
    rename_table(from, {schema == "public" ? std::string() : schema, from.name});
  }
  return true;
}

void SqlCatalogue::take(SqlFacts& facts) {
  for (auto& table : tables_) facts.tables.push_back(std::move(*table));
  facts.enums = std::move(enums_);
  tables_.clear();
  names_.clear();
}

}  // namespace kingpost::foreign
