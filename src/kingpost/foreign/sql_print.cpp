#include "kingpost/foreign/sql_print.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kingpost::foreign {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 18> kTypes = {{
    {"int2", "smallint"},
    {"int4", "integer"},
    {"int", "integer"},
    {"int8", "bigint"},
    {"float4", "real"},
    {"float8", "double precision"},
    {"bool", "boolean"},
    {"varchar", "character varying"},
    {"bpchar", "character"},
    {"timestamp", "timestamp without time zone"},
    {"timestamptz", "timestamp with time zone"},
    {"time", "time without time zone"},
    {"timetz", "time with time zone"},
    {"decimal", "numeric"},
    {"varbit", "bit varying"},
    {"serial4", "serial"},
    {"serial8", "bigserial"},
    {"serial2", "smallserial"},
}};

// Of PostgreSQL's built-in functions that stand in defaults: the same for the whole statement.
constexpr std::array<std::string_view, 22> kStable = {"now",
                                                      "current_setting",
                                                      "transaction_timestamp",
                                                      "statement_timestamp",
                                                      "to_timestamp",
                                                      "to_char",
                                                      "lower",
                                                      "upper",
                                                      "md5",
                                                      "coalesce",
                                                      "make_interval",
                                                      "date_trunc",
                                                      "jsonb_build_object",
                                                      "length",
                                                      "to_tsvector",
                                                      "timezone",
                                                      "jsonb_build_array",
                                                      "json_build_object",
                                                      "json_build_array",
                                                      "decode",
                                                      "encode",
                                                      "concat"};

std::string constant(const Node& node) {
  if (node["isnull"].flag()) return "NULL";
  if (const auto& value = node["sval"]; value.exists()) {
    std::string out = "'";
    for (const char c : value["sval"].text()) out.append(c == '\'' ? 2 : 1, c);
    return out + "'";
  }
  if (const auto& value = node["boolval"]; value.exists()) return value["boolval"].flag() ? "true" : "false";
  if (const auto& value = node["fval"]; value.exists()) return value["fval"].text();
  if (const auto& value = node["bsval"]; value.exists()) return value["bsval"].text();
  return fmt::to_string(node["ival"]["ival"].number());
}

std::string list_of(const Node& list, std::string_view separator = ", ") {
  std::string out;
  for (const auto& item : list.items()) {
    if (!out.empty()) out += separator;
    out += print_expression(item);
  }
  return out;
}

std::string column(const Node& node) {
  std::string out;
  for (const auto& field : node["fields"].items()) {
    if (!out.empty()) out += '.';
    out += field.type() == "A_Star" ? std::string("*") : field.body()["sval"].text();
  }
  return out;
}

std::string operand(const Node& node) {
  const auto type = node.type();
  const bool compound = type == "A_Expr" || type == "BoolExpr" || type == "NullTest" || type == "BooleanTest";
  return compound ? "(" + print_expression(node) + ")" : print_expression(node);
}

std::string operation(const Node& node) {
  const auto name = strings_of(node["name"]);
  const std::string& op = name.empty() ? std::string() : name.back();
  const auto& kind = node["kind"].text();
  const auto& right = node["rexpr"];
  if (kind == "AEXPR_IN") return fmt::format("{} {} ({})", operand(node["lexpr"]), op == "<>" ? "NOT IN" : "IN", list_of(right["List"]["items"]));
  if (kind == "AEXPR_LIKE") return fmt::format("{} {} {}", operand(node["lexpr"]), op == "!~~" ? "NOT LIKE" : "LIKE", operand(right));
  if (kind == "AEXPR_ILIKE") return fmt::format("{} {} {}", operand(node["lexpr"]), op == "!~~*" ? "NOT ILIKE" : "ILIKE", operand(right));
  if (kind == "AEXPR_OP_ANY") return fmt::format("{} {} ANY ({})", operand(node["lexpr"]), op, print_expression(right));
  if (kind == "AEXPR_OP_ALL") return fmt::format("{} {} ALL ({})", operand(node["lexpr"]), op, print_expression(right));
  if (kind == "AEXPR_BETWEEN" || kind == "AEXPR_NOT_BETWEEN") {
    return fmt::format("{} {} {}", operand(node["lexpr"]), op, list_of(right["List"]["items"], " AND "));
  }
  if (kind == "AEXPR_DISTINCT") return fmt::format("{} IS DISTINCT FROM {}", operand(node["lexpr"]), operand(right));
  if (kind == "AEXPR_NOT_DISTINCT") return fmt::format("{} IS NOT DISTINCT FROM {}", operand(node["lexpr"]), operand(right));
  if (kind == "AEXPR_NULLIF") return fmt::format("nullif({}, {})", print_expression(node["lexpr"]), print_expression(right));
  if (!node["lexpr"].exists()) return op + operand(right);
  return fmt::format("{} {} {}", operand(node["lexpr"]), op, operand(right));
}

std::string boolean(const Node& node) {
  if (node["boolop"].is("NOT_EXPR")) return node["args"].items().empty() ? "NOT" : "NOT " + operand(node["args"].items().front());
  const std::string_view word = node["boolop"].is("OR_EXPR") ? " OR " : " AND ";
  std::string out;
  for (const auto& arg : node["args"].items()) {
    if (!out.empty()) out += word;
    out += arg.type() == "BoolExpr" ? "(" + print_expression(arg) + ")" : print_expression(arg);
  }
  return out;
}

std::string cases(const Node& node) {
  std::string out = "CASE";
  if (node["arg"].exists()) out += " " + print_expression(node["arg"]);
  for (const auto& when : node["args"].items()) {
    out += fmt::format(" WHEN {} THEN {}", print_expression(when.body()["expr"]), print_expression(when.body()["result"]));
  }
  if (node["defresult"].exists()) out += " ELSE " + print_expression(node["defresult"]);
  return out + " END";
}

std::string value_function(const Node& node) {
  const auto& op = node["op"].text();
  constexpr std::string_view kPrefix = "SVFOP_";
  std::string name = op.starts_with(kPrefix) ? op.substr(kPrefix.size()) : op;
  if (name.ends_with("_N")) name.resize(name.size() - 2);
  return name;
}

std::string subscript(const Node& node) {
  std::string out = operand(node["arg"]);
  for (const auto& step : node["indirection"].items()) {
    const auto& body = step.body();
    if (step.type() == "String") out += "." + body["sval"].text();
    if (step.type() == "A_Indices") out += fmt::format("[{}]", print_expression(body["uidx"]));
  }
  return out;
}

using Printer = std::string (*)(const Node&);
constexpr std::array<std::pair<std::string_view, Printer>, 18> kPrinters = {{
    {"A_Const", constant},
    {"ColumnRef", column},
    {"A_Expr", operation},
    {"BoolExpr", boolean},
    {"CaseExpr", cases},
    {"SQLValueFunction", value_function},
    {"A_Indirection", subscript},
    {"FuncCall",
     [](const Node& node) {
       const auto name = name_of(node["funcname"]);
       return fmt::format("{}{}{}({})", name.schema, name.schema.empty() ? "" : ".", name.name,
                          node["agg_star"].flag() ? "*" : list_of(node["args"]));
     }},
    {"TypeCast", [](const Node& node) { return operand(node["arg"]) + "::" + print_type(node["typeName"]); }},
    {"NullTest", [](const Node& node) { return operand(node["arg"]) + (node["nulltesttype"].is("IS_NOT_NULL") ? " IS NOT NULL" : " IS NULL"); }},
    {"BooleanTest",
     [](const Node& node) {
       std::string test = node["booltesttype"].text();
       std::replace(test.begin(), test.end(), '_', ' ');
       return operand(node["arg"]) + " " + test;
     }},
    {"CoalesceExpr", [](const Node& node) { return "coalesce(" + list_of(node["args"]) + ")"; }},
    {"MinMaxExpr", [](const Node& node) { return (node["op"].is("IS_LEAST") ? "least(" : "greatest(") + list_of(node["args"]) + ")"; }},
    {"A_ArrayExpr", [](const Node& node) { return "ARRAY[" + list_of(node["elements"]) + "]"; }},
    {"RowExpr", [](const Node& node) { return "ROW(" + list_of(node["args"]) + ")"; }},
    {"CollateClause", [](const Node& node) { return operand(node["arg"]) + " COLLATE " + name_of(node["collname"]).name; }},
    {"SubLink", [](const Node&) { return std::string("(SELECT …)"); }},
    {"SetToDefault", [](const Node&) { return std::string("DEFAULT"); }},
}};

}  // namespace

std::vector<std::string> strings_of(const Node& list) {
  std::vector<std::string> out;
  for (const auto& item : list.items()) out.push_back(item.body()["sval"].text());
  return out;
}

TableName name_of(const Node& list) {
  auto parts = strings_of(list);
  TableName name;
  if (parts.empty()) return name;
  name.name = std::move(parts.back());
  if (parts.size() > 1 && parts[parts.size() - 2] != "public" && parts[parts.size() - 2] != "pg_catalog") name.schema = parts[parts.size() - 2];
  return name;
}

TableName table_of(const Node& range) {
  const auto& schema = range["schemaname"].text();
  return {schema == "public" ? std::string() : schema, range["relname"].text()};
}

std::string print_type(const Node& type) {
  const auto name = name_of(type["names"]);
  std::string out = name.schema.empty() ? name.name : name.schema + "." + name.name;
  const auto known = std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& entry) { return entry.first == out; });
  std::string_view rest;
  if (known != kTypes.end()) {
    out = known->second;
    if (const auto space = out.find(" with"); space != std::string::npos) rest = known->second.substr(space);
    out.resize(out.size() - rest.size());
  }
  // The grammar gives CHAR a length of its own, and INTERVAL a mask of fields.
  if (!type["typmods"].items().empty() && out != "interval") out += "(" + list_of(type["typmods"], ",") + ")";
  out += rest;
  for (std::size_t i = 0; i < type["arrayBounds"].items().size(); ++i) out += "[]";
  return out;
}

std::string print_expression(const Node& expression) {
  const auto type = expression.type();
  const auto printer = std::find_if(kPrinters.begin(), kPrinters.end(), [&](const auto& entry) { return entry.first == type; });
  return printer == kPrinters.end() ? "…" : printer->second(expression.body());
}

bool is_volatile(const Node& expression) {
  if (expression.type() == "FuncCall") {
    const auto name = name_of(expression.body()["funcname"]).name;
    if (std::find(kStable.begin(), kStable.end(), name) == kStable.end()) return true;
  }
  const auto any = [](const Node& node) { return is_volatile(node); };
  return std::any_of(expression.items().begin(), expression.items().end(), any) ||
         std::any_of(expression.members().begin(), expression.members().end(), [&](const auto& member) {
           // The `FuncCall` member itself was judged above, by its owner.
           return is_volatile(member.second);
         });
}

}  // namespace kingpost::foreign
