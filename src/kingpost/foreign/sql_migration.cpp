#include "kingpost/foreign/sql_migration.hpp"

#include <algorithm>
#include <array>

#include "kingpost/foreign/sql_print.hpp"
#include "kingpost/foreign/sql_table.hpp"

namespace kingpost::foreign {
namespace {

using Kind = StatementFact::Kind;
using Constraint = StatementFact::Constraint;

class Describer {
 public:
  Describer(const ParsedStatement& statement, SqlCatalogue& catalogue, MigrationState& state, std::vector<StatementFact>& out)
      : statement_(statement), catalogue_(catalogue), state_(state), out_(out) {}

  void run() {
    const auto type = statement_.tree.type();
    const auto& body = statement_.tree.body();
    if (type == "TransactionStmt") return transaction(body);
    if (type == "VariableSetStmt") return setting(body["name"].text());
    if (type == "CreateStmt" || type == "CreateTableAsStmt") return create_table(type == "CreateStmt" ? body["relation"] : body["into"]["rel"]);
    if (type == "IndexStmt") return create_index(body);
    if (type == "AlterTableStmt") return alter_table(body);
    if (type == "RenameStmt") return rename(body);
    if (type == "DropStmt") return drop(body);
    if (type == "AlterEnumStmt" && !body["oldVal"].exists()) {
      auto& fact = add(Kind::kAddEnumValue, name_of(body["typeName"]));
      fact.value = body["newVal"].text();
      state_.enum_values["'" + fact.value + "'"] = out_.size() - 1;
      return;
    }
    rows(type, body);
  }

 private:
  StatementFact& add(Kind kind, const TableName& table) {
    StatementFact fact;
    fact.kind = kind;
    const auto* known = catalogue_.find(table);
    fact.table = known != nullptr ? known->name : table;
    fact.table_is_new = state_.new_tables.contains(fact.table);
    fact.in_transaction = state_.in_transaction;
    fact.span = statement_.span;
    out_.push_back(std::move(fact));
    return out_.back();
  }

  void transaction(const Node& body) {
    const auto& kind = body["kind"].text();
    if (kind == "TRANS_STMT_BEGIN" || kind == "TRANS_STMT_START") {
      add(Kind::kBegin, {});
      state_.in_transaction = true;
    } else if (kind == "TRANS_STMT_COMMIT" || kind == "TRANS_STMT_ROLLBACK") {
      state_.in_transaction = false;
      add(kind == "TRANS_STMT_COMMIT" ? Kind::kCommit : Kind::kRollback, {});
    } else {
      add(Kind::kOther, {});
    }
  }

  void setting(const std::string& name) {
    add(name == "lock_timeout" ? Kind::kSetLockTimeout : name == "statement_timeout" ? Kind::kSetStatementTimeout : Kind::kOther, {});
  }

  void create_table(const Node& relation) {
    const TableName name = table_of(relation);
    // A table that may exist already is new only where nothing earlier made it.
    if (!catalogue_.has(name)) state_.new_tables.insert(name);
    add(Kind::kCreateTable, name);
  }

  void create_index(const Node& body) {
    auto& fact = add(Kind::kCreateIndex, table_of(body["relation"]));
    fact.concurrently = body["concurrent"].flag();
    fact.value = body["idxname"].text();
    fact.if_exists = body["if_not_exists"].flag();
    if (body["unique"].flag()) fact.constraint = Constraint::kUnique;
  }

  void drop(const Node& body) {
    const auto& kind = body["removeType"].text();
    for (const auto& object : body["objects"].items()) {
      const TableName name = name_of(object.body()["items"]);
      if (kind == "OBJECT_TABLE")
        add(Kind::kDropTable, name).if_exists = body["missing_ok"].flag();
      else if (kind == "OBJECT_INDEX") {
        auto& fact = add(Kind::kDropIndex, {});
        fact.value = name.name;
        fact.concurrently = body["concurrent"].flag();
      } else {
        add(Kind::kOther, {});
      }
    }
  }

  void rename(const Node& body) {
    const auto& kind = body["renameType"].text();
    const bool of_table = body["relationType"].is("OBJECT_TABLE");
    if (kind == "OBJECT_TABLE") {
      const TableName from = table_of(body["relation"]);
      const TableName to{from.schema, body["newname"].text()};
      auto& fact = add(Kind::kRenameTable, from);
      fact.value = to.name;
      if (fact.table_is_new) state_.new_tables.insert(to);
    } else if (kind == "OBJECT_COLUMN" && of_table) {
      auto& fact = add(Kind::kRenameColumn, table_of(body["relation"]));
      fact.column = body["subname"].text();
      fact.value = body["newname"].text();
    } else {
      add(Kind::kOther, {});
    }
  }

  void rows(std::string_view type, const Node& body) {
    if (type == "InsertStmt") {
      add(Kind::kInsert, table_of(body["relation"]));
    } else if (type == "UpdateStmt" || type == "DeleteStmt") {
      auto& fact = add(type == "UpdateStmt" ? Kind::kUpdate : Kind::kDelete, table_of(body["relation"]));
      fact.has_where = body["whereClause"].exists();
      if (fact.has_where) fact.condition = print_expression(body["whereClause"]);
    } else if (type == "TruncateStmt" || type == "LockStmt") {
      for (const auto& relation : body["relations"].items()) {
        add(type == "LockStmt" ? Kind::kLockTable : Kind::kTruncate, table_of(relation.body()));
      }
    } else if (type == "GrantStmt" && body["is_grant"].flag()) {
      for (const auto& grantee : body["grantees"].items()) {
        auto& fact = add(Kind::kGrant, {});
        fact.value = grantee.body()["rolename"].exists() ? grantee.body()["rolename"].text() : "public";
      }
    } else if (type == "SelectStmt") {
      select(body);
    } else {
      add(Kind::kOther, {});
    }
  }

  // set_config('lock_timeout', …) sets it as well.
  void select(const Node& body) {
    for (const auto& target : body["targetList"].items()) {
      const auto& call = target.body()["val"]["FuncCall"];
      if (name_of(call["funcname"]).name != "set_config" || call["args"].items().empty()) continue;
      return setting(call["args"].items().front()["A_Const"]["sval"]["sval"].text());
    }
    add(Kind::kOther, {});
  }

  void alter_table(const Node& body) {
    if (!body["objtype"].is("OBJECT_TABLE")) {
      add(Kind::kOther, {});
      return;
    }
    const TableName table = table_of(body["relation"]);
    for (const auto& command : body["cmds"].items()) alter(table, command.body());
  }

  void alter(const TableName& table, const Node& command) {
    static constexpr std::array<std::pair<std::string_view, Kind>, 8> kKinds = {{{"AT_AddColumn", Kind::kAddColumn},
                                                                                 {"AT_DropColumn", Kind::kDropColumn},
                                                                                 {"AT_AlterColumnType", Kind::kAlterType},
                                                                                 {"AT_SetNotNull", Kind::kSetNotNull},
                                                                                 {"AT_DropNotNull", Kind::kDropNotNull},
                                                                                 {"AT_ColumnDefault", Kind::kSetDefault},
                                                                                 {"AT_ValidateConstraint", Kind::kValidateConstraint},
                                                                                 {"AT_DropConstraint", Kind::kDropConstraint}}};
    const auto& subtype = command["subtype"].text();
    const auto& definition = command["def"].body();
    if (subtype == "AT_AddConstraint") {
      constraint(table, definition, {});
      return;
    }
    const auto known = std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& entry) { return entry.first == subtype; });
    auto& fact = add(known == kKinds.end() ? Kind::kOther : known->second, table);
    fact.column = command["name"].text();
    fact.if_exists = command["missing_ok"].flag();
    if (fact.kind == Kind::kValidateConstraint || fact.kind == Kind::kDropConstraint) fact.value = std::move(fact.column);
    if (fact.kind == Kind::kAddColumn) return column(table, definition);
    if (fact.kind != Kind::kAlterType) return;
    fact.type = print_type(definition["typeName"]);
    if (auto* held = catalogue_.find(table)) {
      if (const auto* old = find_column(*held, fact.column)) fact.old_type = old->type;
    }
  }

  void column(const TableName& table, const Node& definition) {
    auto& fact = out_.back();
    fact.column = definition["colname"].text();
    fact.type = print_type(definition["typeName"]);
    const bool serial = fact.type.find("serial") != std::string::npos;
    fact.has_default = fact.volatile_default = serial;
    fact.not_null = serial;
    for (const auto& item : definition["constraints"].items()) {
      const auto& kind = item.body()["contype"].text();
      if (kind == "CONSTR_NOTNULL") fact.not_null = true;
      if (kind == "CONSTR_DEFAULT") {
        fact.has_default = true;
        fact.volatile_default = is_volatile(item.body()["raw_expr"]);
      }
      // A stored expression or an identity is computed for each row that exists.
      if (kind == "CONSTR_GENERATED" || kind == "CONSTR_IDENTITY") fact.has_default = fact.volatile_default = true;
    }
    const std::string name = fact.column;
    // PostgreSQL checks no foreign key of a new column that is null in every row.
    const bool all_null = !fact.has_default;
    for (const auto& item : definition["constraints"].items()) {
      const auto& kind = item.body()["contype"].text();
      if (kind == "CONSTR_FOREIGN" || kind == "CONSTR_UNIQUE" || kind == "CONSTR_CHECK" || kind == "CONSTR_PRIMARY") {
        constraint(table, item.body(), name);
        if (kind == "CONSTR_FOREIGN" && all_null) out_.back().not_valid = true;
      }
    }
  }

  void constraint(const TableName& table, const Node& definition, const std::string& column) {
    static constexpr std::array<std::pair<std::string_view, Constraint>, 5> kKinds = {{{"CONSTR_PRIMARY", Constraint::kPrimaryKey},
                                                                                       {"CONSTR_UNIQUE", Constraint::kUnique},
                                                                                       {"CONSTR_FOREIGN", Constraint::kForeignKey},
                                                                                       {"CONSTR_CHECK", Constraint::kCheck},
                                                                                       {"CONSTR_EXCLUSION", Constraint::kExclude}}};
    const auto known = std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& entry) { return definition["contype"].is(entry.first); });
    auto& fact = add(Kind::kAddConstraint, table);
    if (known != kKinds.end()) fact.constraint = known->second;
    fact.value = definition["conname"].text();
    fact.column = column;
    if (fact.column.empty() && !definition["fk_attrs"].items().empty()) fact.column = strings_of(definition["fk_attrs"]).front();
    if (fact.constraint == Constraint::kForeignKey) fact.target = table_of(definition["pktable"]);
    if (fact.constraint == Constraint::kCheck) fact.condition = print_expression(definition["raw_expr"]);
    fact.not_valid = definition["skip_validation"].flag();
    fact.using_index = definition["indexname"].exists();
  }

  const ParsedStatement& statement_;
  SqlCatalogue& catalogue_;
  MigrationState& state_;
  std::vector<StatementFact>& out_;
};

}  // namespace

void describe_statement(const ParsedStatement& statement, SqlCatalogue& catalogue, MigrationState& state, std::vector<StatementFact>& out) {
  if (!state.enum_values.empty() && statement.tree.type() != "AlterEnumStmt") {
    for (const auto& token : statement.tokens) {
      if (token.kind != TokenKind::kString) continue;
      const auto used = state.enum_values.find(statement.text.substr(token.begin, token.end - token.begin));
      if (used != state.enum_values.end()) out[used->second].value_used = true;
    }
  }
  Describer(statement, catalogue, state, out).run();
}

}  // namespace kingpost::foreign
