#include <limits>
#include <memory>
#include <utility>

#include "kingpost/cel/convert.hpp"
#include "kingpost/cel/operations.hpp"

namespace kingpost::cel {

namespace {

tl::unexpected<Error> overflow() { return cel_error("cel-overflow", "the result does not fit its type"); }
tl::unexpected<Error> divide_by_zero(Op op) { return cel_error("cel-divide-by-zero", op == Op::kModulo ? "modulus by zero" : "division by zero"); }

std::string_view verb(Op op) {
  switch (op) {
    case Op::kAdd:
      return "sum";
    case Op::kSubtract:
      return "difference";
    case Op::kMultiply:
      return "product";
    case Op::kDivide:
      return "quotient";
    default:
      return "remainder";
  }
}

/// Also for uint64: its smallest value is 0 and there is no -1.
template <typename Number>
Result<Value> integers(Op op, Number left, Number right) {
  Number result = 0;
  bool bad = false;
  if (op == Op::kAdd) {
    bad = __builtin_add_overflow(left, right, &result);
  } else if (op == Op::kSubtract) {
    bad = __builtin_sub_overflow(left, right, &result);
  } else if (op == Op::kMultiply) {
    bad = __builtin_mul_overflow(left, right, &result);
  } else {
    if (right == 0) return divide_by_zero(op);
    if constexpr (std::numeric_limits<Number>::is_signed) {
      if (right == -1) {
        if (left == std::numeric_limits<Number>::min()) return overflow();
        return Value{op == Op::kDivide ? static_cast<Number>(-left) : Number{0}};
      }
    }
    result = op == Op::kDivide ? left / right : left % right;
  }
  if (bad) return overflow();
  return Value{result};
}

Result<Value> doubles(Op op, double left, double right) {
  switch (op) {
    case Op::kAdd:
      return Value{left + right};
    case Op::kSubtract:
      return Value{left - right};
    case Op::kMultiply:
      return Value{left * right};
    case Op::kDivide:
      return Value{left / right};
    default:
      return cel_error("cel-overload", "there is no remainder of doubles");
  }
}

const Decimal* exact(const Value& value, Decimal& buffer) {
  if (const auto* decimal = std::get_if<Decimal>(&value.data)) return decimal;
  if (const auto* number = std::get_if<std::int64_t>(&value.data)) {
    buffer = {*number, 0};
    return &buffer;
  }
  if (const auto* number = std::get_if<std::uint64_t>(&value.data)) {
    buffer = {static_cast<Int128>(*number), 0};
    return &buffer;
  }
  return nullptr;
}

Result<Value> decimals(Op op, const Value& left, const Value& right) {
  Decimal left_buffer;
  Decimal right_buffer;
  const Decimal* one = exact(left, left_buffer);
  const Decimal* other = exact(right, right_buffer);
  if (one == nullptr || other == nullptr) return no_overload(verb(op), left, right);
  std::optional<Decimal> result;
  if (op == Op::kAdd) {
    result = add(*one, *other);
  } else if (op == Op::kSubtract) {
    result = subtract(*one, *other);
  } else if (op == Op::kMultiply) {
    result = multiply(*one, *other);
  } else {
    return no_overload(verb(op), left, right);
  }
  if (!result.has_value()) return overflow();
  return Value{*result};
}

Result<Value> in_time(bool timestamp, std::int64_t left, std::int64_t right, bool subtracts) {
  std::int64_t micros = 0;
  const bool bad = subtracts ? __builtin_sub_overflow(left, right, &micros) : __builtin_add_overflow(left, right, &micros);
  if (bad || (timestamp ? !timestamp_in_range(micros) : !duration_in_range(micros))) {
    return cel_error("cel-range", timestamp ? "the timestamp leaves the years 0001 to 9999" : "the duration is too long");
  }
  return timestamp ? Value{Timestamp{micros}} : Value{Duration{micros}};
}

std::optional<Result<Value>> times(Op op, const Value& left, const Value& right) {
  if (op != Op::kAdd && op != Op::kSubtract) return std::nullopt;
  const bool subtracts = op == Op::kSubtract;
  const auto* left_point = std::get_if<Timestamp>(&left.data);
  const auto* right_point = std::get_if<Timestamp>(&right.data);
  const auto* left_span = std::get_if<Duration>(&left.data);
  const auto* right_span = std::get_if<Duration>(&right.data);
  if (left_point != nullptr && right_span != nullptr) return in_time(true, left_point->micros, right_span->micros, subtracts);
  if (left_span != nullptr && right_point != nullptr && !subtracts) return in_time(true, left_span->micros, right_point->micros, false);
  if (left_point != nullptr && right_point != nullptr && subtracts) return in_time(false, left_point->micros, right_point->micros, true);
  if (left_span != nullptr && right_span != nullptr) return in_time(false, left_span->micros, right_span->micros, subtracts);
  return std::nullopt;
}

Result<Value> joined(const Value& left, const Value& right) {
  if (const auto* text = std::get_if<std::string>(&left.data)) return Value{*text + std::get<std::string>(right.data)};
  if (const auto* blob = std::get_if<Blob>(&left.data)) return Value{Blob{blob->bytes + std::get<Blob>(right.data).bytes}};
  if (const auto* list = std::get_if<List>(&left.data)) {
    std::vector<Value> items(**list);
    const List& more = std::get<List>(right.data);
    items.insert(items.end(), more->begin(), more->end());
    return Value{std::make_shared<const std::vector<Value>>(std::move(items))};
  }
  return no_overload("sum", left, right);
}

}  // namespace

Result<Value> arithmetic(Op op, const Value& left, const Value& right) {
  if (std::optional<Result<Value>> time = times(op, left, right)) return *std::move(time);
  if (std::holds_alternative<Decimal>(left.data) || std::holds_alternative<Decimal>(right.data)) return decimals(op, left, right);
  if (left.data.index() != right.data.index()) return no_overload(verb(op), left, right);
  if (const auto* number = std::get_if<std::int64_t>(&left.data)) return integers(op, *number, std::get<std::int64_t>(right.data));
  if (const auto* number = std::get_if<std::uint64_t>(&left.data)) return integers(op, *number, std::get<std::uint64_t>(right.data));
  if (const auto* number = std::get_if<double>(&left.data)) return doubles(op, *number, std::get<double>(right.data));
  if (op == Op::kAdd) return joined(left, right);
  return no_overload(verb(op), left, right);
}

Result<Value> negate(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value.data)) return integers<std::int64_t>(Op::kSubtract, 0, *number);
  if (const auto* number = std::get_if<double>(&value.data)) return Value{-*number};
  if (const auto* number = std::get_if<Decimal>(&value.data)) return Value{Decimal{-number->unscaled, number->scale}};
  if (const auto* span = std::get_if<Duration>(&value.data)) return Value{Duration{-span->micros}};
  return cel_error("cel-overload", "a value of type " + type_name(value) + " cannot be negated");
}

}  // namespace kingpost::cel
