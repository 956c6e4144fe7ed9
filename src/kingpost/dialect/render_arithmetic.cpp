#include <fmt/format.h>

#include <algorithm>

#include "kingpost/dialect/expr_writer.hpp"

namespace kingpost::dialect {

using cel::Expr;
using cel::Op;

namespace {

std::string_view sign_of(Op op) {
  switch (op) {
    case Op::kAdd:
      return "+";
    case Op::kSubtract:
      return "-";
    case Op::kMultiply:
      return "*";
    case Op::kDivide:
      return "/";
    default:
      return "%";
  }
}

Nulls nulls_of(const Sql& left, const Sql& right) {
  return left.nulls == Nulls::kNever && right.nulls == Nulls::kNever ? Nulls::kNever : Nulls::kError;
}

bool exact(Rep rep) { return rep == Rep::kInt || rep == Rep::kDecimal; }

}  // namespace

void ExprWriter::rescale(Sql& value, std::uint32_t scale) const {
  if (!sqlite() || scale <= value.scale) return;
  const auto more = scale - value.scale;
  value.text = fmt::format("({} * 1{:0>{}})", value.text, "", more);
  value.scale = scale;
  value.digits += more;
  value.unchecked = value.unchecked || value.digits > kSafeDigits;
}

Result<Sql> ExprWriter::render_arithmetic(const Expr& expr) {
  auto left = render(*expr.args[0], false);
  if (!left) return left;
  auto right = render(*expr.args[1], false);
  if (!right) return right;
  const auto time = [](const Sql& sql) { return sql.rep == Rep::kTimestamp || sql.rep == Rep::kDuration; };
  if (time(*left) && time(*right)) return times(expr, std::move(*left), std::move(*right));
  if (exact(left->rep) && exact(right->rep)) return numbers(expr, std::move(*left), std::move(*right));
  Sql sql;
  sql.rep = left->rep;
  sql.nulls = nulls_of(*left, *right);
  if (left->rep == Rep::kDouble && right->rep == Rep::kDouble) {
    if (expr.op == Op::kDivide) {
      // SQLite answers NULL for a zero divisor by itself.
      if (!sqlite()) right->text = fmt::format("nullif({}, 0)", right->text);
      sql.nulls = Nulls::kError;
    }
    sql.text = fmt::format("({} {} {})", left->text, sign_of(expr.op), right->text);
    return sql;
  }
  if (left->rep == Rep::kText && right->rep == Rep::kText && expr.op == Op::kAdd) {
    sql.text = fmt::format("({} || {})", left->text, right->text);
    return sql;
  }
  return no_sql(expr, "This arithmetic has no SQL.");
}

/// Overflow on SQLite makes a REAL, and a REAL in any place makes the whole result a REAL; so the kind is looked at once, where the result is used.
Result<Sql> ExprWriter::numbers(const Expr& expr, Sql left, Sql right) const {
  Sql sql;
  sql.rep = left.rep == Rep::kDecimal || right.rep == Rep::kDecimal ? Rep::kDecimal : Rep::kInt;
  sql.nulls = nulls_of(left, right);
  const bool multiplies = expr.op == Op::kMultiply;
  const bool divides = expr.op == Op::kDivide || expr.op == Op::kModulo;
  if (divides && sql.rep == Rep::kDecimal) return no_sql(expr, "Decimals have no division.");
  if (sql.rep == Rep::kDecimal && !multiplies) {
    const auto scale = std::max(left.scale, right.scale);
    rescale(left, scale);
    rescale(right, scale);
  }
  sql.scale = multiplies ? left.scale + right.scale : left.scale;
  sql.digits = multiplies ? left.digits + right.digits : divides ? left.digits : std::max(left.digits, right.digits) + 1;
  sql.unchecked = sqlite() && (left.unchecked || right.unchecked || sql.digits > kSafeDigits);
  if (divides) {
    // Only the smallest integer divided by -1 overflows; PostgreSQL would fail the statement for a zero divisor.
    sql.nulls = Nulls::kError;
    if (!sqlite()) right.text = fmt::format("nullif({}, 0)", right.text);
  }
  if (!sqlite() && sql.rep == Rep::kInt) {
    // Columns of 32 bits would overflow at 32 bits.
    left.text = fmt::format("{}::bigint", left.text);
    right.text = fmt::format("{}::bigint", right.text);
  }
  sql.text = fmt::format("({} {} {})", left.text, sign_of(expr.op), right.text);
  return sql;
}

Result<Sql> ExprWriter::times(const Expr& expr, Sql left, Sql right) const {
  Sql sql;
  sql.nulls = nulls_of(left, right);
  sql.digits = kIntDigits;
  const bool left_point = left.rep == Rep::kTimestamp;
  const bool right_point = right.rep == Rep::kTimestamp;
  sql.rep = left_point != right_point ? Rep::kTimestamp : Rep::kDuration;
  if (sqlite() || (!left_point && !right_point)) {
    // Timestamps and durations stay within 18 digits each; a sum out of that range is seen where it is stored.
    sql.text = fmt::format("({} {} {})", left.text, sign_of(expr.op), right.text);
    return sql;
  }
  if (left_point && right_point) {
    sql.text = fmt::format("((extract(epoch FROM ({} - {})) * 1000000)::bigint)", left.text, right.text);
  } else if (left_point) {
    sql.text = fmt::format("({} {} {} * interval '1 microsecond')", left.text, sign_of(expr.op), right.text);
  } else {
    sql.text = fmt::format("({} + {} * interval '1 microsecond')", right.text, left.text);
  }
  return sql;
}

Result<Sql> ExprWriter::render_negate(const Expr& expr) {
  auto value = render(*expr.args[0], false);
  if (!value) return value;
  if (value->rep != Rep::kInt && value->rep != Rep::kDecimal && value->rep != Rep::kDouble && value->rep != Rep::kDuration) {
    return no_sql(expr, "This negation has no SQL.");
  }
  if (!sqlite() && value->rep == Rep::kInt) value->text += "::bigint";
  value->text = fmt::format("(- {})", value->text);
  value->unchecked = sqlite() && (value->unchecked || (value->rep != Rep::kDouble && value->digits > kSafeDigits));
  if (value->nulls != Nulls::kNever) value->nulls = Nulls::kError;
  value->ok.clear();
  return value;
}

}  // namespace kingpost::dialect
