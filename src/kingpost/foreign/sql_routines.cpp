#include "kingpost/foreign/sql_routines.hpp"

#include <algorithm>
#include <set>

#include "kingpost/foreign/sql_print.hpp"

namespace kingpost::foreign {
namespace {

struct Collected {
  std::set<TableName> reads;
  std::set<TableName> writes;
  std::set<std::string> local;  ///< names of common table expressions
};

bool writes_rows(std::string_view type) { return type == "InsertStmt" || type == "UpdateStmt" || type == "DeleteStmt" || type == "MergeStmt"; }

void collect(const Node& node, Collected& out) {
  for (const auto& item : node.items()) collect(item, out);
  for (const auto& [name, value] : node.members()) {
    if (name == "RangeVar") out.reads.insert(table_of(value));
    if (name == "ctename") out.local.insert(value.text());
    if (writes_rows(name)) out.writes.insert(table_of(value["relation"]));
    if (name == "TruncateStmt") {
      for (const auto& relation : value["relations"].items()) out.writes.insert(table_of(relation.body()));
    }
    collect(value, out);
  }
}

void queries_in(const Node& node, std::vector<std::string>& out) {
  for (const auto& item : node.items()) queries_in(item, out);
  for (const auto& [name, value] : node.members()) {
    if (name == "PLpgSQL_expr") out.push_back(value["query"].text());
    queries_in(value, out);
  }
}

void merge(std::vector<TableName>& into, const std::set<TableName>& from, const std::set<std::string>& local) {
  for (const auto& name : from) {
    if (name.name.empty() || (name.schema.empty() && local.contains(name.name))) continue;
    if (name.schema == "pg_catalog" || name.schema == "information_schema" || name.name.starts_with("pg_")) continue;
    if (std::find(into.begin(), into.end(), name) == into.end()) into.push_back(name);
  }
}

const Node& option(const Node& options, std::string_view name) {
  static const Node kNothing;
  for (const auto& item : options.items()) {
    if (item.body()["defname"].is(name)) return item.body()["arg"];
  }
  return kNothing;
}

bool sets_search_path(const Node& options) {
  return std::any_of(options.items().begin(), options.items().end(), [](const Node& item) {
    return item.body()["defname"].is("set") && item.body()["arg"]["VariableSetStmt"]["name"].is("search_path");
  });
}

// What PL/pgSQL holds are statements, expressions and assignments; only the parser can tell them apart.
std::vector<std::string> readings_of(const std::string& query) {
  std::vector<std::string> out = {query};
  const auto assign = query.find(":=");
  if (assign != std::string::npos) out.push_back("SELECT " + query.substr(assign + 2));
  out.push_back("SELECT " + query);
  return out;
}

}  // namespace

void tables_in(const Node& tree, std::vector<TableName>& reads, std::vector<TableName>& writes) {
  Collected found;
  collect(tree, found);
  merge(reads, found.reads, found.local);
  merge(writes, found.writes, found.local);
}

void SqlRoutines::add(RoutineFact routine) {
  // CREATE OR REPLACE, and overloads, which we do not tell apart.
  const auto same = std::find_if(routines_.begin(), routines_.end(), [&](const RoutineFact& known) {
    return known.kind == routine.kind && known.name == routine.name && known.table == routine.table;
  });
  if (same != routines_.end())
    *same = std::move(routine);
  else
    routines_.push_back(std::move(routine));
}

void SqlRoutines::create_view(const ParsedStatement& statement, const Node& body) {
  RoutineFact view;
  view.materialized = statement.tree.type() == "CreateTableAsStmt";
  if (view.materialized && !body["objtype"].is("OBJECT_MATVIEW")) return;
  view.name = table_of(view.materialized ? body["into"]["rel"] : body["view"]);
  view.language = "sql";
  tables_in(body["query"], view.reads, view.writes);
  view.span = statement.at(0);
  add(std::move(view));
}

void SqlRoutines::read_body(const ParsedStatement& statement, const std::string& text, RoutineFact& routine) {
  std::vector<std::string> queries;
  if (routine.language == "sql") {
    const auto split = split_sql(text, SqlFlavour::kPostgres);
    for (const auto& part : split.statements) queries.push_back(text.substr(part.begin, part.end - part.begin));
  } else if (routine.language == "plpgsql") {
    if (const auto tree = parser_->parse_plpgsql(statement.text)) queries_in(*tree, queries);
  }
  for (const auto& query : queries) {
    for (const auto& reading : readings_of(query)) {
      const auto tree = parser_->parse(reading);
      if (!tree) continue;
      tables_in(*tree, routine.reads, routine.writes);
      break;
    }
  }
}

void SqlRoutines::create_function(const ParsedStatement& statement, const Node& body) {
  RoutineFact routine;
  routine.kind = body["is_procedure"].flag() ? RoutineFact::Kind::kProcedure : RoutineFact::Kind::kFunction;
  routine.name = name_of(body["funcname"]);
  const auto& options = body["options"];
  routine.language = lower_case(option(options, "language")["String"]["sval"].text());
  routine.security_definer = option(options, "security")["Boolean"]["boolval"].flag();
  routine.fixed_search_path = sets_search_path(options);
  routine.span = statement.at(0);
  const auto text = strings_of(option(options, "as")["List"]["items"]);
  if (!text.empty()) read_body(statement, text.front(), routine);
  if (body["sql_body"].exists()) tables_in(body["sql_body"], routine.reads, routine.writes);
  add(std::move(routine));
}

void SqlRoutines::create_trigger(const ParsedStatement& statement, const Node& body) {
  RoutineFact trigger;
  trigger.kind = RoutineFact::Kind::kTrigger;
  trigger.name = {{}, body["trigname"].text()};
  trigger.table = table_of(body["relation"]);
  trigger.function = name_of(body["funcname"]).name;
  trigger.span = statement.at(0);
  add(std::move(trigger));
}

void SqlRoutines::apply(const ParsedStatement& statement) {
  const auto type = statement.tree.type();
  const auto& body = statement.tree.body();
  if (type == "ViewStmt" || type == "CreateTableAsStmt") return create_view(statement, body);
  if (type == "CreateFunctionStmt") return create_function(statement, body);
  if (type == "CreateTrigStmt") return create_trigger(statement, body);
  if (type == "DropStmt") {
    const auto& kind = body["removeType"].text();
    for (const auto& object : body["objects"].items()) {
      const auto list = strings_of(object.body()["items"]);
      if (kind == "OBJECT_VIEW" || kind == "OBJECT_MATVIEW") {
        const auto name = name_of(object.body()["items"]);
        std::erase_if(routines_, [&](const RoutineFact& known) { return known.kind == RoutineFact::Kind::kView && known.name == name; });
      } else if (kind == "OBJECT_TRIGGER" && list.size() > 1) {
        const std::string& table = list[list.size() - 2];
        std::erase_if(routines_, [&](const RoutineFact& known) { return known.table.name == table && known.name.name == list.back(); });
      } else if (kind == "OBJECT_FUNCTION" || kind == "OBJECT_PROCEDURE") {
        const auto name = name_of(object.body()["objname"]);
        std::erase_if(routines_, [&](const RoutineFact& known) {
          return known.name == name && (known.kind == RoutineFact::Kind::kFunction || known.kind == RoutineFact::Kind::kProcedure);
        });
      } else if (kind == "OBJECT_TABLE") {
        const auto name = name_of(object.body()["items"]);
        std::erase_if(routines_, [&](const RoutineFact& known) { return known.table == name; });
      }
    }
  }
}

std::vector<std::string> SqlRoutines::block_statements(const ParsedStatement& statement) {
  std::vector<std::string> queries;
  if (const auto tree = parser_->parse_plpgsql(statement.text)) queries_in(*tree, queries);
  return queries;
}

std::vector<RoutineFact> SqlRoutines::take() {
  for (auto& routine : routines_) {
    if (routine.kind != RoutineFact::Kind::kTrigger) continue;
    for (const auto& other : routines_) {
      if (other.kind != RoutineFact::Kind::kFunction || other.name.name != routine.function) continue;
      routine.reads = other.reads;
      routine.writes = other.writes;
    }
  }
  return std::move(routines_);
}

}  // namespace kingpost::foreign
