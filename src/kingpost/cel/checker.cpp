#include "kingpost/cel/checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

namespace kingpost::cel {

namespace {

const Type& dyn_type_of(const std::shared_ptr<const Type>& type, const Type& fallback) { return type == nullptr ? fallback : *type; }

/// Replaces what stayed open (the element of an empty list) by dyn.
Type close_type(const Type& type) {
  Type closed = type;
  if (closed.kind == TypeKind::kError) closed.kind = TypeKind::kDyn;
  if (closed.key != nullptr) closed.key = std::make_shared<const Type>(close_type(*closed.key));
  if (closed.element != nullptr) closed.element = std::make_shared<const Type>(close_type(*closed.element));
  return closed;
}

ExprPtr close_types(const ExprPtr& expr) {
  Expr copy = *expr;
  copy.type = close_type(copy.type);
  for (ExprPtr& arg : copy.args) arg = close_types(arg);
  return std::make_shared<const Expr>(std::move(copy));
}

}  // namespace

ExprPtr Checker::done(Expr node, Type type) {
  node.type = std::move(type);
  return std::make_shared<const Expr>(std::move(node));
}

ExprPtr Checker::fail(Expr node, std::string_view code, std::string message, std::string suggestion) {
  diagnostics_.error(std::string(code), node.span, std::move(message), std::move(suggestion));
  return done(std::move(node), make_type(TypeKind::kError));
}

ExprPtr Checker::visit(const ExprPtr& expr, const Type* hint) {
  switch (expr->kind) {
    case ExprKind::kLiteral:
      return visit_literal(*expr);
    case ExprKind::kIdent:
      return visit_ident(*expr, hint);
    case ExprKind::kSelect:
      return visit_select(*expr);
    case ExprKind::kIndex:
      return visit_index(*expr);
    case ExprKind::kOperator:
      return visit_operator(*expr, hint);
    case ExprKind::kCall:
      return visit_call(*expr);
    case ExprKind::kList:
      return visit_list(*expr, hint);
    case ExprKind::kMap:
      return visit_map(*expr, hint);
    case ExprKind::kMacro:
      return visit_macro(*expr, hint);
    case ExprKind::kFailure:
      return expr;
  }
  return expr;
}

ExprPtr Checker::visit_literal(const Expr& expr) {
  // An enum's literal and a folded literal already know more than their value says.
  if (expr.type.kind != TypeKind::kDyn) return std::make_shared<const Expr>(expr);
  return done(expr, type_of_value(expr.value));
}

const Type* Checker::find_name(std::string_view name) const {
  const auto found = std::find_if(names_.rbegin(), names_.rend(), [name](const auto& one) { return one.first == name; });
  return found == names_.rend() ? nullptr : &found->second;
}

ExprPtr Checker::visit_ident(const Expr& expr, const Type* hint) {
  const Type* known = find_name(expr.name);
  const bool enum_wanted = hint != nullptr && hint->kind == TypeKind::kEnum && scope_.provider != nullptr;
  const bool already_enum = known != nullptr && (known->kind == TypeKind::kEnum || known->kind == TypeKind::kDyn);
  if (enum_wanted && !already_enum && scope_.provider->enum_has(hint->name, expr.name)) {
    Expr node = expr;
    node.kind = ExprKind::kLiteral;
    node.value.data = EnumValue{expr.name};
    node.name.clear();
    return done(std::move(node), make_enum(hint->name));
  }
  if (known != nullptr) return done(expr, *known);
  if (expr.name == "now") return done(expr, make_type(TypeKind::kTimestamp));
  if (expr.name == "system") return done(expr, make_type(TypeKind::kBool));
  if (is_type_name(expr.name)) return done(expr, make_type(TypeKind::kType));
  unknown_name(expr, hint);
  return done(expr, make_type(TypeKind::kError));
}

void Checker::unknown_name(const Expr& expr, const Type* hint) {
  std::vector<std::string> candidates;
  for (const auto& [name, type] : names_) candidates.push_back(name);
  std::string message = fmt::format("there is no name '{}' here", expr.name);
  if (hint != nullptr && hint->kind == TypeKind::kEnum && scope_.provider != nullptr) {
    message = fmt::format("'{}' is neither a value of {} nor a name", expr.name, print_type(make_enum(hint->name)));
    const std::vector<std::string> values = scope_.provider->enum_values(hint->name);
    candidates.insert(candidates.begin(), values.begin(), values.end());
  }
  candidates.emplace_back("now");
  const std::optional<std::string> nearest = nearest_name(expr.name, candidates);
  diagnostics_.error("cel-unknown-name", expr.span, std::move(message), nearest ? fmt::format("did you mean '{}'?", *nearest) : std::string());
}

std::optional<Type> Checker::field_type(const Expr& select, const Type& record) {
  if (scope_.provider == nullptr) return make_type(TypeKind::kDyn);
  std::optional<Type> type = scope_.provider->field(record.name, select.name);
  if (type.has_value()) {
    type->nullable = type->nullable || record.nullable;
    return type;
  }
  const std::optional<std::string> nearest = nearest_name(select.name, scope_.provider->field_names(record.name));
  diagnostics_.error("cel-unknown-field", select.span, fmt::format("'{}' has no field '{}'", print_type(make_record(record.name)), select.name),
                     nearest ? fmt::format("did you mean '{}'?", *nearest) : std::string());
  return std::nullopt;
}

ExprPtr Checker::visit_select(const Expr& expr) {
  Expr node = expr;
  node.args[0] = visit(expr.args[0], nullptr);
  const Type& from = node.args[0]->type;
  switch (from.kind) {
    case TypeKind::kError:
      return done(std::move(node), make_type(TypeKind::kError));
    case TypeKind::kDyn:
      return done(std::move(node), make_type(TypeKind::kDyn));
    case TypeKind::kJson:
      return done(std::move(node), make_type(TypeKind::kJson, true));
    case TypeKind::kRecord: {
      std::optional<Type> type = field_type(node, from);
      return done(std::move(node), type.value_or(make_type(TypeKind::kError)));
    }
    case TypeKind::kMap:
      if (from.key == nullptr || assignable(make_type(TypeKind::kString), *from.key)) {
        Type type = dyn_type_of(from.element, make_type(TypeKind::kDyn));
        return done(std::move(node), std::move(type));
      }
      break;
    default:
      break;
  }
  std::string suggestion;
  if (from.kind == TypeKind::kList) suggestion = fmt::format("ask over its members, for example .exists(i, i.{} == …)", expr.name);
  std::string message = fmt::format("a value of type {} has no fields", print_type(from));
  return fail(std::move(node), "cel-type", std::move(message), std::move(suggestion));
}

ExprPtr Checker::visit_index(const Expr& expr) {
  Expr node = expr;
  node.args[0] = visit(expr.args[0], nullptr);
  const Type from = node.args[0]->type;
  const Type key = from.kind == TypeKind::kMap && from.key != nullptr ? *from.key : make_type(TypeKind::kInt);
  node.args[1] = visit(expr.args[1], &key);
  const Type& index = node.args[1]->type;
  if (is_open(from) || from.kind == TypeKind::kJson) {
    return done(std::move(node), from.kind == TypeKind::kJson ? make_type(TypeKind::kJson, true) : from);
  }
  if (from.kind != TypeKind::kList && from.kind != TypeKind::kMap) {
    return fail(std::move(node), "cel-type", fmt::format("a value of type {} has no members to index", print_type(from)));
  }
  const bool numeric = from.kind == TypeKind::kMap && is_number(key.kind) && is_number(index.kind);
  if (!is_open(index) && !numeric && !assignable(index, key)) {
    return fail(std::move(node), "cel-type", fmt::format("the index should be of type {}, not {}", print_type(key), print_type(index)));
  }
  if (!numeric) node.args[1] = soften(node.args[1], key);
  return done(std::move(node), dyn_type_of(from.element, make_type(TypeKind::kDyn)));
}

ExprPtr Checker::visit_list(const Expr& expr, const Type* hint) {
  Expr node = expr;
  const Type* element_hint = hint != nullptr && hint->kind == TypeKind::kList ? hint->element.get() : nullptr;
  Type element = make_type(TypeKind::kError);
  open_types_ = open_types_ || expr.args.empty();
  for (ExprPtr& arg : node.args) {
    arg = visit(arg, element_hint);
    if (element_hint != nullptr) arg = soften(arg, *element_hint);
    element = join_types(element, arg->type);
  }
  if (node.args.empty() && element_hint != nullptr) element = *element_hint;
  return done(std::move(node), make_list(std::move(element)));
}

ExprPtr Checker::visit_map(const Expr& expr, const Type* hint) {
  if (hint != nullptr && hint->kind == TypeKind::kRecord && scope_.provider != nullptr) return visit_map_as_record(expr, *hint);
  Expr node = expr;
  const bool hinted = hint != nullptr && hint->kind == TypeKind::kMap;
  Type key = make_type(TypeKind::kError);
  Type element = make_type(TypeKind::kError);
  open_types_ = open_types_ || expr.args.empty();
  for (std::size_t i = 0; i + 1 < node.args.size(); i += 2) {
    node.args[i] = visit(node.args[i], hinted ? hint->key.get() : nullptr);
    node.args[i + 1] = visit(node.args[i + 1], hinted ? hint->element.get() : nullptr);
    if (hinted && hint->element != nullptr) node.args[i + 1] = soften(node.args[i + 1], *hint->element);
    key = join_types(key, node.args[i]->type);
    element = join_types(element, node.args[i + 1]->type);
  }
  return done(std::move(node), make_map(std::move(key), std::move(element)));
}

ExprPtr Checker::visit_map_as_record(const Expr& expr, const Type& record) {
  Expr node = expr;
  for (std::size_t i = 0; i + 1 < node.args.size(); i += 2) {
    Expr key = *node.args[i];
    const auto* name = std::get_if<std::string>(&key.value.data);
    if (key.kind != ExprKind::kLiteral || name == nullptr) {
      node.args[i] =
          fail(std::move(key), "cel-type", fmt::format("the fields of {} are named by texts", print_type(record)), "write {\"field\": value}");
      node.args[i + 1] = visit(node.args[i + 1], nullptr);
      continue;
    }
    Expr select;
    select.span = key.span;
    select.name = *name;
    Type plain = record;
    plain.nullable = false;
    const std::optional<Type> type = field_type(select, plain);
    node.args[i] = done(std::move(key), make_type(TypeKind::kString));
    node.args[i + 1] = visit(node.args[i + 1], type.has_value() ? &*type : nullptr);
    if (type.has_value()) node.args[i + 1] = assign(node.args[i + 1], *type);
  }
  missing_fields(node, record);
  Type type = record;
  type.nullable = false;
  return done(std::move(node), std::move(type));
}

void Checker::missing_fields(const Expr& map, const Type& record) {
  for (const std::string& field : scope_.provider->field_names(record.name)) {
    const std::optional<Type> type = scope_.provider->field(record.name, field);
    // What may be null may be left out; a relation is not written with its record.
    if (!type.has_value() || type->nullable || (type->kind == TypeKind::kList && type->relation)) continue;
    bool given = false;
    for (std::size_t i = 0; i + 1 < map.args.size(); i += 2) {
      const auto* name = std::get_if<std::string>(&map.args[i]->value.data);
      given = given || (name != nullptr && *name == field);
    }
    if (!given) diagnostics_.error("cel-type", map.span, fmt::format("the field '{}' of {} is missing", field, print_type(make_record(record.name))));
  }
}

std::optional<Type> Checker::macro_element(const Expr& node) {
  const Type& range = node.args[0]->type;
  if (is_open(range)) return make_type(TypeKind::kDyn);
  if (range.kind == TypeKind::kJson) return make_type(TypeKind::kDyn);
  if (range.kind == TypeKind::kList) return dyn_type_of(range.element, make_type(TypeKind::kDyn));
  if (range.kind == TypeKind::kMap) return dyn_type_of(range.key, make_type(TypeKind::kDyn));
  diagnostics_.error("cel-type", node.args[0]->span, fmt::format("{}() runs over a list or a map, not over {}", node.name, print_type(range)));
  return std::nullopt;
}

ExprPtr Checker::visit_macro(const Expr& expr, const Type* hint) {
  if (expr.name == "has") return visit_has(expr);
  Expr node = expr;
  const bool keeps = expr.name == "filter" || expr.name == "where";
  node.args[0] = visit(expr.args[0], keeps ? hint : nullptr);
  const std::optional<Type> found = macro_element(node);
  const Type element = found.value_or(make_type(TypeKind::kError));
  const Type* body_hint = expr.name == "map" && hint != nullptr && hint->kind == TypeKind::kList ? hint->element.get() : nullptr;
  if (!expr.variable.empty()) {
    names_.emplace_back(expr.variable, element);
    body(node, expr, element, body_hint);
    names_.pop_back();
  }
  if (!found.has_value()) return done(std::move(node), make_type(TypeKind::kError));
  if (keeps) {
    Type type = node.args[0]->type;
    if (type.kind != TypeKind::kList) type = make_list(element);
    return done(std::move(node), std::move(type));
  }
  if (expr.name == "map") {
    Type type = make_list(node.args.back()->type);
    return done(std::move(node), std::move(type));
  }
  if (expr.name == "count") return done(std::move(node), make_type(TypeKind::kInt));
  if (expr.name == "sum" || expr.name == "min" || expr.name == "max") return visit_aggregate(std::move(node), element);
  return done(std::move(node), make_type(TypeKind::kBool));
}

void Checker::body(Expr& node, const Expr& source, const Type& element, const Type* hint) {
  static_cast<void>(element);
  const Type boolean = make_type(TypeKind::kBool);
  const bool value = node.name == "map" || node.name == "sum" || node.name == "min" || node.name == "max";
  for (std::size_t i = 1; i < source.args.size(); ++i) {
    const bool last = i + 1 == source.args.size();
    if (value && last) {
      node.args[i] = visit(source.args[i], hint);
      if (hint != nullptr) node.args[i] = soften(node.args[i], *hint);
    } else {
      node.args[i] = assign(visit(source.args[i], &boolean), boolean);
    }
  }
}

ExprPtr Checker::visit_aggregate(Expr node, const Type& element) {
  Type type = node.variable.empty() ? element : node.args.back()->type;
  if (is_open(type)) return done(std::move(node), std::move(type));
  if (node.name == "sum") {
    if (!is_number(type.kind) && type.kind != TypeKind::kDuration) {
      std::string suggestion = node.variable.empty() ? "name what to add: .sum(i, i.field)" : "";
      return fail(std::move(node), "cel-type", fmt::format("sum() adds numbers or durations, not {}", print_type(type)), std::move(suggestion));
    }
    type.nullable = false;
    if (type.kind == TypeKind::kDecimal) type.precision = kMaxDecimalDigits;
    return done(std::move(node), std::move(type));
  }
  if (!is_ordered(type.kind)) {
    std::string message = fmt::format("values of type {} have no order for {}()", print_type(type), node.name);
    return fail(std::move(node), "cel-type", std::move(message));
  }
  // Over no rows there is no least or greatest value.
  type.nullable = true;
  return done(std::move(node), std::move(type));
}

ExprPtr Checker::visit_has(const Expr& expr) {
  Expr node = expr;
  node.args[0] = visit_select(*expr.args[0]);
  return done(std::move(node), make_type(TypeKind::kBool));
}

ExprPtr check(const ExprPtr& expr, const Scope& scope, const std::optional<Type>& expected, Diagnostics& diagnostics) {
  if (expr == nullptr) return nullptr;
  const std::size_t before = diagnostics.error_count();
  Checker checker(scope, diagnostics);
  ExprPtr typed = checker.visit(expr, expected.has_value() ? &*expected : nullptr);
  if (expected.has_value()) typed = checker.assign(typed, *expected);
  if (diagnostics.error_count() != before) return nullptr;
  return checker.has_open_types() ? close_types(typed) : typed;
}

}  // namespace kingpost::cel
