#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>

#include "kingpost/cel/checker.hpp"
#include "kingpost/cel/convert.hpp"
#include "kingpost/cel/regex.hpp"

namespace kingpost::cel {

namespace {

constexpr std::array<std::string_view, 11> kTypeNames = {"bool", "int", "uint", "double",    "string", "bytes",
                                                         "list", "map", "type", "null_type", "dyn"};
constexpr std::array<std::string_view, 3> kTextMethods = {"contains", "startsWith", "endsWith"};
constexpr std::array<std::string_view, 4> kGroupFunctions = {"count", "sum", "min", "max"};
constexpr std::array<std::string_view, 10> kTimeParts = {"getFullYear",  "getMonth", "getDate",    "getDayOfMonth", "getDayOfWeek",
                                                         "getDayOfYear", "getHours", "getMinutes", "getSeconds",    "getMilliseconds"};
constexpr std::array<std::string_view, 4> kDurationParts = {"getHours", "getMinutes", "getSeconds", "getMilliseconds"};
constexpr std::array<std::string_view, 24> kFunctions = {
    "size", "contains", "startsWith", "endsWith", "matches", "int",  "uint", "double", "decimal",  "string",      "bytes",    "bool",
    "type", "dyn",      "timestamp",  "duration", "date",    "time", "uuid", "round",  "has_role", "getFullYear", "getMonth", "getHours"};
constexpr std::array<std::string_view, 11> kMacros = {"has", "all", "exists", "exists_one", "map", "filter", "where", "sum", "min", "max", "count"};

template <std::size_t size>
bool one_of(const std::array<std::string_view, size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// What each conversion takes, besides dyn.
bool converts(std::string_view name, TypeKind from) {
  using K = TypeKind;
  const auto any = [from](std::initializer_list<K> kinds) { return std::find(kinds.begin(), kinds.end(), from) != kinds.end(); };
  if (name == "dyn" || name == "type") return true;
  if (name == "int") return any({K::kInt, K::kUint, K::kDouble, K::kDecimal, K::kString, K::kTimestamp});
  if (name == "uint") return any({K::kInt, K::kUint, K::kDouble, K::kDecimal, K::kString});
  if (name == "double") return any({K::kInt, K::kUint, K::kDouble, K::kDecimal, K::kString});
  if (name == "decimal") return any({K::kInt, K::kUint, K::kDecimal, K::kString});
  if (name == "string") {
    return any({K::kInt, K::kUint, K::kDouble, K::kDecimal, K::kString, K::kBytes, K::kBool, K::kTimestamp, K::kDuration, K::kUuid, K::kDate,
                K::kTime, K::kEnum});
  }
  if (name == "bytes") return any({K::kString, K::kBytes});
  if (name == "bool") return any({K::kBool, K::kString});
  if (name == "timestamp") return any({K::kTimestamp, K::kString, K::kInt});
  if (name == "duration") return any({K::kDuration, K::kString});
  if (name == "date") return any({K::kDate, K::kString, K::kTimestamp});
  if (name == "time") return any({K::kTime, K::kString, K::kTimestamp});
  if (name == "uuid") return any({K::kUuid, K::kString});
  return false;
}

TypeKind conversion_kind(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, TypeKind>, 14> kKinds = {{{"int", TypeKind::kInt},
                                                                             {"uint", TypeKind::kUint},
                                                                             {"double", TypeKind::kDouble},
                                                                             {"decimal", TypeKind::kDecimal},
                                                                             {"string", TypeKind::kString},
                                                                             {"bytes", TypeKind::kBytes},
                                                                             {"bool", TypeKind::kBool},
                                                                             {"type", TypeKind::kType},
                                                                             {"dyn", TypeKind::kDyn},
                                                                             {"timestamp", TypeKind::kTimestamp},
                                                                             {"duration", TypeKind::kDuration},
                                                                             {"date", TypeKind::kDate},
                                                                             {"time", TypeKind::kTime},
                                                                             {"uuid", TypeKind::kUuid}}};
  const auto* const found = std::find_if(kKinds.begin(), kKinds.end(), [name](const auto& one) { return one.first == name; });
  return found == kKinds.end() ? TypeKind::kError : found->second;
}

}  // namespace

bool is_type_name(std::string_view name) { return name != "dyn" && one_of(kTypeNames, name); }

Type type_of_value(const Value& value) {
  struct Visitor {
    Type operator()(const Null&) const { return make_type(TypeKind::kNull); }
    Type operator()(bool) const { return make_type(TypeKind::kBool); }
    Type operator()(std::int64_t) const { return make_type(TypeKind::kInt); }
    Type operator()(std::uint64_t) const { return make_type(TypeKind::kUint); }
    Type operator()(double) const { return make_type(TypeKind::kDouble); }
    Type operator()(const Decimal& decimal) const { return make_decimal(0, decimal.scale); }
    Type operator()(const std::string&) const { return make_type(TypeKind::kString); }
    Type operator()(const Blob&) const { return make_type(TypeKind::kBytes); }
    Type operator()(const Uuid&) const { return make_type(TypeKind::kUuid); }
    Type operator()(const Date&) const { return make_type(TypeKind::kDate); }
    Type operator()(const Time&) const { return make_type(TypeKind::kTime); }
    Type operator()(const Timestamp&) const { return make_type(TypeKind::kTimestamp); }
    Type operator()(const Duration&) const { return make_type(TypeKind::kDuration); }
    Type operator()(const EnumValue&) const { return make_type(TypeKind::kDyn); }
    Type operator()(const Json&) const { return make_type(TypeKind::kJson); }
    Type operator()(const TypeValue&) const { return make_type(TypeKind::kType); }
    Type operator()(const List&) const { return make_list(make_type(TypeKind::kDyn)); }
    Type operator()(const Map&) const { return make_map(make_type(TypeKind::kDyn), make_type(TypeKind::kDyn)); }
    Type operator()(const RecordPtr&) const { return make_type(TypeKind::kDyn); }
  };
  return std::visit(Visitor{}, value.data);
}

ExprPtr Checker::visit_call(const Expr& expr) {
  Expr node = expr;
  for (ExprPtr& arg : node.args) arg = visit(arg, nullptr);
  if (node.name == "size") return call_size(std::move(node));
  if (node.name == "matches") return call_matches(std::move(node));
  if (node.method && one_of(kTextMethods, node.name)) return call_text_method(std::move(node));
  if (node.method && one_of(kTimeParts, node.name)) return call_time_part(std::move(node));
  if (!node.method && node.name == "has_role") return call_has_role(std::move(node));
  if (!node.method && node.name == "round") return call_round(std::move(node));
  if (!node.method && one_of(kGroupFunctions, node.name)) return call_group(std::move(node));
  if (!node.method && conversion_kind(node.name) != TypeKind::kError) return call_conversion(std::move(node));
  return unknown_function(std::move(node));
}

ExprPtr Checker::unknown_function(Expr node) {
  std::string suggestion;
  if (one_of(kMacros, node.name)) {
    suggestion = fmt::format("write it over a list: items.{}(i, …)", node.name);
  } else if (one_of(kFunctions, node.name)) {
    suggestion = fmt::format(fmt::runtime(node.method ? "write it as {}(…)" : "write it as text.{}(…)"), node.name);
  } else {
    std::vector<std::string> candidates(kFunctions.begin(), kFunctions.end());
    candidates.insert(candidates.end(), kMacros.begin(), kMacros.end());
    const std::optional<std::string> nearest = nearest_name(node.name, candidates);
    if (nearest.has_value()) suggestion = fmt::format("did you mean '{}'?", *nearest);
  }
  std::string message = fmt::format("there is no {} '{}'", node.method ? "method" : "function", node.name);
  return fail(std::move(node), "cel-unknown-function", std::move(message), std::move(suggestion));
}

bool Checker::arity(const Expr& node, std::size_t least, std::size_t most) {
  const std::size_t count = node.args.size();
  if (count >= least && count <= most) return true;
  const std::size_t own = node.method ? 1 : 0;
  diagnostics_.error("cel-type", node.span,
                     fmt::format("{}() takes {} argument{}, not {}", node.name,
                                 least == most ? fmt::format("{}", least - own) : fmt::format("{} or {}", least - own, most - own),
                                 most - own == 1 ? "" : "s", count - own));
  return false;
}

ExprPtr Checker::wrong_argument(Expr node, const Expr& argument, std::string_view wanted) {
  diagnostics_.error("cel-type", argument.span, fmt::format("{}() takes {}, not {}", node.name, wanted, print_type(argument.type)));
  return done(std::move(node), make_type(TypeKind::kError));
}

ExprPtr Checker::call_size(Expr node) {
  Type type = make_type(TypeKind::kInt);
  if (!arity(node, 1, 1)) return done(std::move(node), std::move(type));
  const Type& from = node.args[0]->type;
  const bool sized = from.kind == TypeKind::kString || from.kind == TypeKind::kBytes || from.kind == TypeKind::kList || from.kind == TypeKind::kMap;
  if (!is_open(from) && !sized) {
    const ExprPtr argument = node.args[0];
    return wrong_argument(std::move(node), *argument, "a text, bytes, a list or a map");
  }
  type.nullable = from.nullable;
  return done(std::move(node), std::move(type));
}

ExprPtr Checker::call_text_method(Expr node) {
  Type type = make_type(TypeKind::kBool);
  if (!arity(node, 2, 2)) return done(std::move(node), std::move(type));
  for (const ExprPtr& arg : node.args) {
    if (is_open(arg->type) || arg->type.kind == TypeKind::kString) continue;
    const ExprPtr argument = arg;
    return wrong_argument(std::move(node), *argument, "texts");
  }
  type.nullable = node.args[0]->type.nullable || node.args[1]->type.nullable;
  return done(std::move(node), std::move(type));
}

ExprPtr Checker::call_matches(Expr node) {
  ExprPtr typed = call_text_method(std::move(node));
  if (typed->args.size() != 2 || typed->args[1]->kind != ExprKind::kLiteral) return typed;
  const auto* pattern = std::get_if<std::string>(&typed->args[1]->value.data);
  if (pattern == nullptr) return typed;
  if (const std::optional<std::string> error = regex_error(*pattern)) {
    return fail(*typed->args[1], "cel-type", fmt::format("this is not an RE2 pattern: {}", *error));
  }
  return typed;
}

ExprPtr Checker::call_conversion(Expr node) {
  Type type = make_type(conversion_kind(node.name));
  if (!arity(node, 1, 1)) return done(std::move(node), std::move(type));
  if (node.args[0]->type.kind == TypeKind::kRecord && node.name != "dyn" && node.name != "type") node.args[0] = as_key(node.args[0]);
  const ExprPtr argument = node.args[0];
  const Type& from = argument->type;
  if (node.name == "decimal" && from.kind == TypeKind::kDouble) node.args[0] = soften(argument, make_decimal(0, 0));
  if (!is_open(from) && !converts(node.name, node.args[0]->type.kind)) {
    std::string message = fmt::format("{} cannot be made of a {}", node.name, print_type(from));
    return fail(std::move(node), "cel-type", std::move(message));
  }
  type.nullable = from.nullable && node.name != "type";
  if (node.name == "decimal") {
    type.scale = node.args[0]->type.scale;
    if (from.kind == TypeKind::kString) {
      const auto* text = argument->kind == ExprKind::kLiteral ? std::get_if<std::string>(&argument->value.data) : nullptr;
      if (text == nullptr) return fail(std::move(node), "cel-type", "decimal() of a text needs a literal, so that its scale is known");
      if (const Result<Decimal> decimal = parse_decimal(*text)) type.scale = decimal->scale;
    }
  }
  check_constant(node);
  return done(std::move(node), std::move(type));
}

/// A conversion of a literal either succeeds always or never; the latter is said now.
void Checker::check_constant(const Expr& node) {
  if (node.args[0]->kind != ExprKind::kLiteral || node.args[0]->type.kind != TypeKind::kString) return;
  const Result<Value> value = convert(node.name, node.args[0]->value);
  if (value.has_value()) return;
  std::string suggestion;
  if (node.name == "duration") suggestion = "for example duration(\"720h\") or duration(\"1.5s\")";
  if (node.name == "timestamp") suggestion = "for example timestamp(\"2024-01-31T12:00:00Z\")";
  diagnostics_.error("cel-type", node.args[0]->span, value.error().message, std::move(suggestion));
}

ExprPtr Checker::call_has_role(Expr node) {
  const Type type = make_type(TypeKind::kBool);
  if (!arity(node, 1, 1)) return done(std::move(node), type);
  const Expr& argument = *node.args[0];
  const auto* role = argument.kind == ExprKind::kLiteral ? std::get_if<std::string>(&argument.value.data) : nullptr;
  if (role == nullptr) {
    diagnostics_.error("cel-type", argument.span, "has_role() takes a role's name as a text literal", "write has_role(\"…\")");
  } else if (scope_.roles.has_value() && std::find(scope_.roles->begin(), scope_.roles->end(), *role) == scope_.roles->end()) {
    const std::optional<std::string> nearest = nearest_name(*role, *scope_.roles);
    diagnostics_.error("cel-unknown-role", argument.span, fmt::format("there is no role '{}'", *role),
                       nearest ? fmt::format("did you mean '{}'?", *nearest) : std::string());
  }
  return done(std::move(node), type);
}

ExprPtr Checker::call_time_part(Expr node) {
  Type type = make_type(TypeKind::kInt);
  if (!arity(node, 1, 2)) return done(std::move(node), std::move(type));
  const ExprPtr receiver = node.args[0];
  const bool duration = receiver->type.kind == TypeKind::kDuration && node.args.size() == 1 && one_of(kDurationParts, node.name);
  if (!is_open(receiver->type) && receiver->type.kind != TypeKind::kTimestamp && !duration) {
    return wrong_argument(std::move(node), *receiver, "a timestamp");
  }
  if (node.args.size() == 2 && !is_open(node.args[1]->type) && node.args[1]->type.kind != TypeKind::kString) {
    const ExprPtr zone = node.args[1];
    return wrong_argument(std::move(node), *zone, "an offset from UTC as a text (\"+02:00\")");
  }
  type.nullable = receiver->type.nullable;
  return done(std::move(node), std::move(type));
}

ExprPtr Checker::call_round(Expr node) {
  if (!arity(node, 2, 2)) return done(std::move(node), make_type(TypeKind::kError));
  node.args[0] = soften(node.args[0], make_decimal(0, 0));
  const ExprPtr number = node.args[0];
  const auto* scale = node.args[1]->kind == ExprKind::kLiteral ? std::get_if<std::int64_t>(&node.args[1]->value.data) : nullptr;
  if (scale == nullptr || *scale < 0 || *scale > static_cast<std::int64_t>(kMaxDecimalDigits)) {
    const ExprPtr wrong = node.args[1];
    return wrong_argument(std::move(node), *wrong, "the number of fraction digits as a literal from 0 to 38");
  }
  if (!is_open(number->type) && number->type.kind != TypeKind::kDecimal && number->type.kind != TypeKind::kInt) {
    return wrong_argument(std::move(node), *number, "a decimal");
  }
  const bool nullable = number->type.nullable;
  const auto digits = static_cast<std::uint32_t>(*scale);
  std::uint32_t precision = number->type.kind == TypeKind::kInt ? 19 : number->type.precision;
  // Rounding up may carry into one more digit before the point.
  if (precision != 0)
    precision = std::min(precision - std::min(precision, number->type.scale) + (digits < number->type.scale ? 1 : 0) + digits, kMaxDecimalDigits);
  return done(std::move(node), make_decimal(precision, digits, nullable));
}

ExprPtr Checker::call_group(Expr node) {
  if (!scope_.aggregates) return unknown_function(std::move(node));
  if (node.name == "count") {
    arity(node, 0, 0);
    return done(std::move(node), make_type(TypeKind::kInt));
  }
  if (!arity(node, 1, 1)) return done(std::move(node), make_type(TypeKind::kError));
  Type element = node.args[0]->type;
  // The aggregate over the rows of a group is typed like the macro over a list.
  return visit_aggregate(std::move(node), element);
}

}  // namespace kingpost::cel
