#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "kingpost/base/civil_time.hpp"
#include "kingpost/cel/checker.hpp"
#include "kingpost/cel/lexer.hpp"

namespace kingpost::cel {

namespace {

bool is_scalar_key(TypeKind kind) {
  return kind == TypeKind::kUuid || kind == TypeKind::kInt || kind == TypeKind::kString || kind == TypeKind::kUint || kind == TypeKind::kDate ||
         kind == TypeKind::kEnum;
}

std::uint32_t digits_of(const Type& type) {
  if (type.kind == TypeKind::kInt || type.kind == TypeKind::kUint) return 19;
  return type.precision;
}

Type decimal_result(Op op, const Type& left, const Type& right) {
  const bool known = digits_of(left) != 0 && digits_of(right) != 0;
  std::uint32_t scale = std::max(left.scale, right.scale);
  std::uint32_t digits = 0;
  if (op == Op::kMultiply) {
    scale = left.scale + right.scale;
    digits = digits_of(left) + digits_of(right);
  } else {
    const std::uint32_t whole_left = digits_of(left) - std::min(digits_of(left), left.scale);
    const std::uint32_t whole_right = digits_of(right) - std::min(digits_of(right), right.scale);
    digits = std::max(whole_left, whole_right) + scale + 1;
  }
  return make_decimal(known ? std::min(digits, kMaxDecimalDigits) : 0, scale);
}

std::optional<Type> time_result(Op op, TypeKind left, TypeKind right) {
  const bool add = op == Op::kAdd;
  if (!add && op != Op::kSubtract) return std::nullopt;
  if (left == TypeKind::kTimestamp && right == TypeKind::kDuration) return make_type(TypeKind::kTimestamp);
  if (add && left == TypeKind::kDuration && right == TypeKind::kTimestamp) return make_type(TypeKind::kTimestamp);
  if (!add && left == TypeKind::kTimestamp && right == TypeKind::kTimestamp) return make_type(TypeKind::kDuration);
  if (left == TypeKind::kDuration && right == TypeKind::kDuration) return make_type(TypeKind::kDuration);
  return std::nullopt;
}

/// What a JSON text can hold, so that a json field may equal it.
bool is_json_value(TypeKind kind) {
  return kind == TypeKind::kJson || kind == TypeKind::kString || kind == TypeKind::kBool || kind == TypeKind::kInt || kind == TypeKind::kDouble ||
         kind == TypeKind::kList || kind == TypeKind::kMap;
}

bool is_exact(TypeKind kind) { return kind == TypeKind::kDecimal || kind == TypeKind::kInt || kind == TypeKind::kUint; }

/// The type of `left op right`, without regard to null; empty when there is no such operation.
std::optional<Type> arithmetic_result(Op op, const Type& left, const Type& right) {
  if (std::optional<Type> time = time_result(op, left.kind, right.kind)) return time;
  const bool decimal = left.kind == TypeKind::kDecimal || right.kind == TypeKind::kDecimal;
  if (decimal && is_exact(left.kind) && is_exact(right.kind)) {
    // Division and remainder of decimals would have to round.
    if (op == Op::kDivide || op == Op::kModulo) return std::nullopt;
    const Type result = decimal_result(op, left, right);
    if (result.scale > kMaxDecimalDigits) return std::nullopt;
    return result;
  }
  if (left.kind != right.kind) return std::nullopt;
  switch (left.kind) {
    case TypeKind::kInt:
    case TypeKind::kUint:
      return left;
    case TypeKind::kDouble:
      return op == Op::kModulo ? std::nullopt : std::optional<Type>(left);
    case TypeKind::kString:
    case TypeKind::kBytes:
      return op == Op::kAdd ? std::optional<Type>(left) : std::nullopt;
    case TypeKind::kList:
      return op == Op::kAdd ? std::optional<Type>(make_list(*make_list(join_types(*left.element, *right.element)).element)) : std::nullopt;
    default:
      return std::nullopt;
  }
}

Type fraction_type(const Decimal& value) {
  std::uint32_t digits = 1;
  Int128 rest = value.unscaled < 0 ? -value.unscaled : value.unscaled;
  for (rest /= 10; rest != 0; rest /= 10) ++digits;
  return make_decimal(std::max(digits, value.scale), value.scale);
}

std::string_view op_sign(Op op) {
  switch (op) {
    case Op::kAdd:
      return "+";
    case Op::kSubtract:
      return "-";
    case Op::kMultiply:
      return "*";
    case Op::kDivide:
      return "/";
    case Op::kModulo:
      return "%";
    default:
      return "==";
  }
}

ExprPtr replaced(const Expr& expr, Value value, Type type) {
  Expr node;
  node.kind = ExprKind::kLiteral;
  node.span = expr.span;
  node.value = std::move(value);
  node.type = std::move(type);
  return std::make_shared<const Expr>(std::move(node));
}

ExprPtr retyped(const Expr& expr, Type type) {
  Expr node = expr;
  node.type = std::move(type);
  return std::make_shared<const Expr>(std::move(node));
}

}  // namespace

bool is_open(const Type& type) { return type.kind == TypeKind::kError || type.kind == TypeKind::kDyn; }

bool is_number(TypeKind kind) { return kind == TypeKind::kInt || kind == TypeKind::kUint || kind == TypeKind::kDouble || kind == TypeKind::kDecimal; }

bool is_ordered(TypeKind kind) {
  switch (kind) {
    case TypeKind::kBool:
    case TypeKind::kString:
    case TypeKind::kBytes:
    case TypeKind::kUuid:
    case TypeKind::kDate:
    case TypeKind::kTime:
    case TypeKind::kTimestamp:
    case TypeKind::kDuration:
      return true;
    default:
      return is_number(kind);
  }
}

Type join_types(const Type& left, const Type& right) {
  if (left.kind == TypeKind::kError) return right;
  if (right.kind == TypeKind::kError) return left;
  const bool nullable = left.nullable || right.nullable;
  Type type = left.kind == TypeKind::kNull ? right : left;
  type.nullable = nullable;
  if (left.kind == TypeKind::kNull || right.kind == TypeKind::kNull) return type;
  const bool decimal = left.kind == TypeKind::kDecimal || right.kind == TypeKind::kDecimal;
  if (decimal && is_exact(left.kind) && is_exact(right.kind) && left.kind != right.kind) {
    return make_decimal(left.precision == 0 || right.precision == 0 ? 0 : std::max(left.precision, right.precision),
                        std::max(left.scale, right.scale), nullable);
  }
  if (left.kind != right.kind || left.name != right.name) return make_type(TypeKind::kDyn);
  if (left.kind == TypeKind::kDecimal) {
    type.precision = left.precision == 0 || right.precision == 0 ? 0 : std::max(left.precision, right.precision);
    type.scale = std::max(left.scale, right.scale);
  }
  if (type.key != nullptr && right.key != nullptr) type.key = std::make_shared<const Type>(join_types(*left.key, *right.key));
  if (type.element != nullptr && right.element != nullptr) type.element = std::make_shared<const Type>(join_types(*left.element, *right.element));
  type.relation = left.relation && right.relation;
  return type;
}

bool Checker::assignable(const Type& from, const Type& to) const {
  if (is_open(from) || is_open(to)) return true;
  if (from.kind == TypeKind::kNull) return to.nullable || to.kind == TypeKind::kNull || to.kind == TypeKind::kJson;
  if (to.kind == TypeKind::kJson) return from.kind != TypeKind::kBytes;
  if (to.kind == TypeKind::kDecimal && from.kind == TypeKind::kInt) return true;
  if (from.kind == TypeKind::kRecord && is_scalar_key(to.kind)) {
    const std::optional<Type> key = scope_.provider == nullptr ? std::nullopt : scope_.provider->key_of(from.name);
    return key.has_value() && assignable(*key, to);
  }
  if (to.kind == TypeKind::kRecord && is_scalar_key(from.kind)) {
    const std::optional<Type> key = scope_.provider == nullptr ? std::nullopt : scope_.provider->key_of(to.name);
    return key.has_value() && key->kind == from.kind;
  }
  if (from.kind != to.kind) return false;
  if (from.kind == TypeKind::kDecimal) return from.scale <= to.scale || to.precision == 0;
  if (from.kind == TypeKind::kEnum || from.kind == TypeKind::kRecord) return from.name == to.name;
  const auto inner = [this](const std::shared_ptr<const Type>& one, const std::shared_ptr<const Type>& other) {
    return one == nullptr || other == nullptr || assignable(*one, *other);
  };
  return inner(from.key, to.key) && inner(from.element, to.element);
}

bool Checker::comparable(const Type& left, const Type& right, bool ordered) const {
  if (is_open(left) || is_open(right)) return true;
  const bool null = left.kind == TypeKind::kNull || right.kind == TypeKind::kNull;
  if (ordered) {
    if (null || !is_ordered(left.kind)) return false;
    if (left.kind == right.kind) return true;
    if (is_exact(left.kind) && is_exact(right.kind)) return true;
    // CEL orders int, uint and double among each other.
    return is_number(left.kind) && is_number(right.kind) && left.kind != TypeKind::kDecimal && right.kind != TypeKind::kDecimal;
  }
  if (null) return true;
  if (left.kind == TypeKind::kJson || right.kind == TypeKind::kJson) return is_json_value(left.kind) && is_json_value(right.kind);
  if (left.kind == TypeKind::kDecimal || right.kind == TypeKind::kDecimal) return is_exact(left.kind) && is_exact(right.kind);
  if (left.kind != right.kind || left.name != right.name) return false;
  const auto inner = [this](const std::shared_ptr<const Type>& one, const std::shared_ptr<const Type>& other) {
    return one == nullptr || other == nullptr || comparable(*one, *other, false);
  };
  return inner(left.key, right.key) && inner(left.element, right.element);
}

ExprPtr Checker::as_key(const ExprPtr& expr) const {
  if (expr->type.kind != TypeKind::kRecord || scope_.provider == nullptr) return expr;
  std::optional<Type> key = scope_.provider->key_of(expr->type.name);
  if (!key.has_value()) return expr;
  key->nullable = expr->type.nullable;
  return retyped(*expr, *std::move(key));
}

ExprPtr Checker::soften_number(const ExprPtr& expr, const Type& target) const {
  const auto* number = std::get_if<double>(&expr->value.data);
  const auto* integer = std::get_if<std::int64_t>(&expr->value.data);
  if (number != nullptr && is_exact(target.kind) && !expr->name.empty()) {
    const Result<Decimal> decimal = parse_decimal(expr->name);
    if (decimal.has_value()) return replaced(*expr, Value{*decimal}, fraction_type(*decimal));
  }
  if (integer != nullptr && target.kind == TypeKind::kDouble)
    return replaced(*expr, Value{static_cast<double>(*integer)}, make_type(TypeKind::kDouble));
  if (integer != nullptr && target.kind == TypeKind::kUint && *integer >= 0) {
    return replaced(*expr, Value{static_cast<std::uint64_t>(*integer)}, make_type(TypeKind::kUint));
  }
  return expr;
}

ExprPtr Checker::soften_text(const ExprPtr& expr, const Type& target) const {
  const std::string& text = std::get<std::string>(expr->value.data);
  const Type plain = make_type(target.kind);
  if (target.kind == TypeKind::kUuid) {
    if (const std::optional<Uuid> uuid = parse_uuid(text)) return replaced(*expr, Value{*uuid}, plain);
  } else if (target.kind == TypeKind::kDate) {
    if (const std::optional<std::int32_t> days = parse_date(text)) return replaced(*expr, Value{Date{*days}}, plain);
  } else if (target.kind == TypeKind::kTime) {
    if (const std::optional<std::int64_t> micros = parse_time(text)) return replaced(*expr, Value{Time{*micros}}, plain);
  } else if (target.kind == TypeKind::kEnum && scope_.provider != nullptr && scope_.provider->enum_has(target.name, text)) {
    return replaced(*expr, Value{EnumValue{text}}, make_enum(target.name));
  }
  return expr;
}

ExprPtr Checker::soften(const ExprPtr& expr, const Type& target) const {
  if (is_open(target) || is_open(expr->type)) return expr;
  if (expr->kind == ExprKind::kLiteral) {
    if (std::holds_alternative<std::string>(expr->value.data)) return soften_text(expr, target);
    return soften_number(expr, target);
  }
  if (expr->type.kind == TypeKind::kRecord && target.kind != TypeKind::kRecord && target.kind != TypeKind::kJson) return as_key(expr);
  const bool lists = expr->type.kind == TypeKind::kList && target.kind == TypeKind::kList && target.element != nullptr;
  if (lists && expr->type.element->kind == TypeKind::kRecord && is_scalar_key(target.element->kind) && assignable(expr->type, target)) {
    Type type = make_list(*target.element, expr->type.relation);
    type.nullable = expr->type.nullable;
    return retyped(*expr, std::move(type));
  }
  if (expr->kind == ExprKind::kOperator && expr->op == Op::kNegate && expr->type.kind != target.kind) {
    Expr node = *expr;
    node.args[0] = soften(node.args[0], target);
    node.type = node.args[0]->type;
    return std::make_shared<const Expr>(std::move(node));
  }
  return expr;
}

ExprPtr Checker::assign(const ExprPtr& expr, const Type& target) {
  const ExprPtr soft = soften(expr, target);
  if (assignable(soft->type, target)) return soft;
  std::string suggestion;
  if (soft->type.kind == TypeKind::kDecimal && target.kind == TypeKind::kDecimal) suggestion = fmt::format("write round(…, {})", target.scale);
  if (soft->type.kind == TypeKind::kString && (target.kind == TypeKind::kTimestamp || target.kind == TypeKind::kDuration)) {
    suggestion = fmt::format("write {}(\"…\")", target.kind == TypeKind::kDuration ? "duration" : "timestamp");
  }
  if (target.kind == TypeKind::kString && soft->type.kind != TypeKind::kNull && soft->type.kind != TypeKind::kList) suggestion = "write string(…)";
  if (soft->type.kind == TypeKind::kNull) suggestion = "mark the target optional, or give a value";
  return fail(*soft, "cel-type", fmt::format("this should be of type {}, but is {}", print_type(target), print_type(soft->type)),
              std::move(suggestion));
}

bool Checker::is_free_name(const Expr& expr) const {
  return expr.kind == ExprKind::kIdent && find_name(expr.name) == nullptr && expr.name != "now" && expr.name != "system" && !is_type_name(expr.name);
}

ExprPtr Checker::visit_operator(const Expr& expr, const Type* hint) {
  switch (expr.op) {
    case Op::kAnd:
    case Op::kOr:
    case Op::kNot:
      return visit_logic(expr);
    case Op::kEqual:
    case Op::kNotEqual:
    case Op::kLess:
    case Op::kLessEqual:
    case Op::kGreater:
    case Op::kGreaterEqual:
      return visit_comparison(expr);
    case Op::kIn:
      return visit_in(expr);
    case Op::kNegate:
      return visit_negate(expr);
    case Op::kConditional:
      return visit_conditional(expr, hint);
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kModulo:
      return visit_arithmetic(expr);
  }
  return visit_arithmetic(expr);
}

ExprPtr Checker::visit_logic(const Expr& expr) {
  Expr node = expr;
  const Type boolean = make_type(TypeKind::kBool);
  for (ExprPtr& arg : node.args) {
    arg = visit(arg, &boolean);
    if (!assignable(arg->type, boolean)) {
      arg = fail(*arg, "cel-type", fmt::format("a condition should be true or false, but this is {}", print_type(arg->type)));
    }
  }
  return done(std::move(node), boolean);
}

/// Visits both sides, each with the other's type as a hint, and softens literals, bare enum values and records.
void Checker::visit_pair(Expr& node, const Expr& source) {
  const std::size_t first = is_free_name(*source.args[0]) ? 1 : 0;
  const std::size_t second = 1 - first;
  node.args[first] = visit(source.args[first], nullptr);
  const Type type = node.args[first]->type;
  node.args[second] = visit(source.args[second], &type);
  node.args[second] = soften(node.args[second], type);
  node.args[first] = soften(node.args[first], node.args[second]->type);
  if (node.args[0]->type.kind == TypeKind::kRecord && node.args[1]->type.kind == TypeKind::kRecord &&
      node.args[0]->type.name == node.args[1]->type.name) {
    node.args[0] = as_key(node.args[0]);
    node.args[1] = as_key(node.args[1]);
  }
}

void Checker::mismatch(const Expr& expr, const Type& left, const Type& right, std::string_view action) {
  std::string suggestion;
  const auto one_is = [&left, &right](TypeKind kind) { return left.kind == kind || right.kind == kind; };
  if (one_is(TypeKind::kDecimal) && one_is(TypeKind::kDouble)) {
    suggestion = "convert the decimal with double(…)";
  } else if (one_is(TypeKind::kTimestamp) && one_is(TypeKind::kString)) {
    suggestion = "write timestamp(\"…\")";
  } else if (one_is(TypeKind::kDuration) && one_is(TypeKind::kString)) {
    suggestion = "write duration(\"…\")";
  } else if (is_number(left.kind) && is_number(right.kind) && left.kind != right.kind) {
    suggestion = fmt::format("convert one side with {}(…)", print_type(make_type(left.kind)));
  } else if (left.kind == TypeKind::kRecord || right.kind == TypeKind::kRecord) {
    suggestion = "compare with the record's key";
  }
  diagnostics_.error("cel-type", expr.span, fmt::format("{} and {} cannot be {}", print_type(left), print_type(right), action),
                     std::move(suggestion));
}

ExprPtr Checker::visit_comparison(const Expr& expr) {
  Expr node = expr;
  visit_pair(node, expr);
  const Type& left = node.args[0]->type;
  const Type& right = node.args[1]->type;
  const bool ordered = expr.op != Op::kEqual && expr.op != Op::kNotEqual;
  if (!comparable(left, right, ordered)) mismatch(node, left, right, ordered ? "put in order" : "compared");
  return done(std::move(node), make_type(TypeKind::kBool));
}

ExprPtr Checker::visit_in(const Expr& expr) {
  Expr node = expr;
  const bool right_first = is_free_name(*expr.args[0]);
  if (!right_first) node.args[0] = as_key(visit(expr.args[0], nullptr));
  const Type list = right_first ? make_type(TypeKind::kDyn) : make_list(node.args[0]->type);
  node.args[1] = visit(expr.args[1], &list);
  const Type& range = node.args[1]->type;
  Type member = make_type(TypeKind::kDyn);
  if (range.kind == TypeKind::kList && range.element != nullptr) member = *range.element;
  if (range.kind == TypeKind::kMap && range.key != nullptr) member = *range.key;
  if (member.kind == TypeKind::kRecord && scope_.provider != nullptr) member = scope_.provider->key_of(member.name).value_or(member);
  if (right_first) node.args[0] = visit(expr.args[0], &member);
  node.args[0] = soften(node.args[0], member);
  if (!is_open(range) && range.kind != TypeKind::kList && range.kind != TypeKind::kMap && range.kind != TypeKind::kJson) {
    return fail(std::move(node), "cel-type", fmt::format("'in' looks into a list or a map, not into {}", print_type(range)),
                range.kind == TypeKind::kString ? "a part of a text is found with .contains(…)" : "");
  }
  const bool numeric_keys = range.kind == TypeKind::kMap && is_number(member.kind) && is_number(node.args[0]->type.kind);
  if (!numeric_keys && !comparable(node.args[0]->type, member, false)) mismatch(node, node.args[0]->type, member, "compared");
  return done(std::move(node), make_type(TypeKind::kBool));
}

ExprPtr Checker::visit_arithmetic(const Expr& expr) {
  Expr node = expr;
  visit_pair(node, expr);
  const Type& left = node.args[0]->type;
  const Type& right = node.args[1]->type;
  if (left.kind == TypeKind::kError || right.kind == TypeKind::kError) return done(std::move(node), make_type(TypeKind::kError));
  if (is_open(left) || is_open(right)) return done(std::move(node), make_type(TypeKind::kDyn));
  std::optional<Type> type = arithmetic_result(expr.op, left, right);
  if (!type.has_value()) {
    const bool decimals = (left.kind == TypeKind::kDecimal || right.kind == TypeKind::kDecimal) && is_exact(left.kind) && is_exact(right.kind);
    if (decimals) {
      return fail(std::move(node), "cel-type", fmt::format("decimals have no '{}', because the result would have to be rounded", op_sign(expr.op)),
                  "multiply by a decimal, or compute with double(…)");
    }
    mismatch(node, left, right, fmt::format("combined with '{}'", op_sign(expr.op)));
    return done(std::move(node), make_type(TypeKind::kError));
  }
  type->nullable = left.nullable || right.nullable;
  return done(std::move(node), *std::move(type));
}

ExprPtr Checker::visit_negate(const Expr& expr) {
  Expr node = expr;
  node.args[0] = visit(expr.args[0], nullptr);
  Type type = node.args[0]->type;
  if (!is_open(type) && (!is_number(type.kind) || type.kind == TypeKind::kUint) && type.kind != TypeKind::kDuration) {
    return fail(std::move(node), "cel-type", fmt::format("a value of type {} cannot be negated", print_type(type)),
                type.kind == TypeKind::kBool ? "not is written !" : "");
  }
  return done(std::move(node), std::move(type));
}

ExprPtr Checker::visit_conditional(const Expr& expr, const Type* hint) {
  Expr node = expr;
  const Type boolean = make_type(TypeKind::kBool);
  node.args[0] = assign(visit(expr.args[0], &boolean), boolean);
  const bool free = is_free_name(*expr.args[1]);
  const std::size_t first = free && hint == nullptr ? 2 : 1;
  const std::size_t second = 3 - first;
  node.args[first] = visit(expr.args[first], hint);
  const Type type = node.args[first]->type;
  node.args[second] = visit(expr.args[second], hint != nullptr ? hint : &type);
  for (const std::size_t i : {first, second}) {
    if (hint != nullptr) node.args[i] = soften(node.args[i], *hint);
  }
  if (hint == nullptr) {
    node.args[second] = soften(node.args[second], type);
    node.args[first] = soften(node.args[first], node.args[second]->type);
  }
  const Type& yes = node.args[1]->type;
  const Type& no = node.args[2]->type;
  Type joined = join_types(yes, no);
  if (joined.kind == TypeKind::kDyn && !is_open(yes) && !is_open(no)) {
    mismatch(node, yes, no, "alternatives of one value");
    joined = make_type(TypeKind::kError);
  }
  return done(std::move(node), std::move(joined));
}

}  // namespace kingpost::cel
