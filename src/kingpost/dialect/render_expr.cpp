#include "kingpost/dialect/render_expr.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kingpost/cel/cel.hpp"
#include "kingpost/dialect/expr_writer.hpp"

namespace kingpost::dialect {

using cel::Expr;
using cel::ExprKind;
using cel::Op;

std::string ExprWriter::truth(bool value) const {
  if (sqlite()) return value ? "1" : "0";
  return value ? "true" : "false";
}

Sql ExprWriter::checked(Sql value) const {
  if (!value.unchecked) return value;
  value.text = fmt::format("CASE typeof({0}) WHEN 'integer' THEN {0} END", value.text);
  value.text = "(" + value.text + ")";
  value.nulls = Nulls::kError;
  value.unchecked = false;
  return value;
}

Result<Sql> ExprWriter::render(const Expr& expr, bool loose) {
  switch (expr.kind) {
    case ExprKind::kLiteral:
      return render_constant(expr, false);
    case ExprKind::kIdent:
      return render_name_or_row(expr);
    case ExprKind::kSelect:
      return render_select(expr);
    case ExprKind::kOperator:
      return render_operator(expr, loose);
    case ExprKind::kCall:
      return render_call(expr);
    case ExprKind::kMacro:
      return render_macro(expr, loose);
    case ExprKind::kFailure: {
      Sql failure{sqlite() ? "NULL" : "NULL::boolean", Rep::kBool, Nulls::kError, {}, 0, 0, false, false};
      if (expr.type.kind != cel::TypeKind::kBool) failure = {"NULL", Rep::kNull, Nulls::kError, {}, 0, 0, false, false};
      return failure;
    }
    case ExprKind::kIndex:
      return no_sql(expr, "Indexing into a list or map has no SQL.");
    case ExprKind::kList:
    case ExprKind::kMap:
      break;
  }
  return no_sql(expr, "A list or map as a value has no SQL.");
}

Result<Sql> ExprWriter::render_operator(const Expr& expr, bool loose) {
  switch (expr.op) {
    case Op::kAnd:
    case Op::kOr:
    case Op::kNot:
      return render_logic(expr, loose);
    case Op::kEqual:
    case Op::kNotEqual:
    case Op::kLess:
    case Op::kLessEqual:
    case Op::kGreater:
    case Op::kGreaterEqual:
      return render_comparison(expr, loose);
    case Op::kIn:
      return render_in(expr, loose);
    case Op::kConditional:
      return render_conditional(expr);
    case Op::kNegate:
      return render_negate(expr);
    case Op::kAdd:
    case Op::kSubtract:
    case Op::kMultiply:
    case Op::kDivide:
    case Op::kModulo:
      break;
  }
  return render_arithmetic(expr);
}

Result<Sql> ExprWriter::render_logic(const Expr& expr, bool loose) {
  if (expr.op == Op::kNot) {
    auto inner = render(*expr.args[0], false);
    if (!inner) return inner;
    inner->text = fmt::format("(NOT {})", inner->text);
    if (inner->nulls != Nulls::kNever) inner->nulls = Nulls::kError;
    inner->ok.clear();
    return inner;
  }
  Sql all;
  all.rep = Rep::kBool;
  all.text = "(";
  for (std::size_t i = 0; i < expr.args.size(); ++i) {
    const auto part = render(*expr.args[i], loose);
    if (!part) return part;
    if (part->rep != Rep::kBool) return no_sql(*expr.args[i], "This is no condition.");
    if (i > 0) all.text += expr.op == Op::kAnd ? " AND " : " OR ";
    all.text += part->text;
    if (part->nulls != Nulls::kNever) all.nulls = Nulls::kError;
  }
  all.text += ")";
  return all;
}

Result<Sql> ExprWriter::render_conditional(const Expr& expr) {
  const auto condition = render(*expr.args[0], false);
  if (!condition) return condition;
  auto yes = render(*expr.args[1], false);
  if (!yes) return yes;
  auto no = render(*expr.args[2], false);
  if (!no) return no;
  *yes = checked(std::move(*yes));
  *no = checked(std::move(*no));
  unify(*yes, *no);
  const auto pick = [&](const std::string& one, const std::string& other) {
    if (condition->nulls == Nulls::kNever) return fmt::format("(CASE WHEN {} THEN {} ELSE {} END)", condition->text, one, other);
    return fmt::format("(CASE {} WHEN {} THEN {} WHEN {} THEN {} END)", condition->text, truth(true), one, truth(false), other);
  };
  Sql sql = yes->rep == Rep::kNull ? *no : *yes;
  sql.digits = std::max(yes->digits, no->digits);
  sql.text = pick(yes->text, no->text);
  sql.ok.clear();
  const bool fails =
      condition->nulls != Nulls::kNever || yes->nulls == Nulls::kError || no->nulls == Nulls::kError || !yes->ok.empty() || !no->ok.empty();
  if (yes->nulls != Nulls::kValue && no->nulls != Nulls::kValue) {
    sql.nulls = fails ? Nulls::kError : Nulls::kNever;
    return sql;
  }
  sql.nulls = Nulls::kValue;
  const auto fine = [this](const Sql& branch) {
    if (branch.nulls == Nulls::kError) return fmt::format("({} IS NOT NULL)", branch.text);
    return branch.ok.empty() ? truth(true) : branch.ok;
  };
  if (fails) sql.ok = pick(fine(*yes), fine(*no));
  return sql;
}

Result<Sql> ExprWriter::render_call(const Expr& expr) {
  if (expr.name == "size") return render_size(expr);
  if (expr.name == "startsWith" || expr.name == "endsWith" || expr.name == "contains") return render_text_test(expr);
  if (expr.name == "matches") {
    if (!sqlite()) return no_sql(expr, "matches() is RE2, which PostgreSQL does not have.");
    if (std::any_of(scope_.rows.begin(), scope_.rows.end(), [](const RowName& row) { return row.alias.empty(); })) {
      return no_sql(expr, "matches() in a check would need a function that only this server has.");
    }
    const auto text = render(*expr.args[0], false);
    if (!text) return text;
    const auto pattern = render(*expr.args[1], false);
    if (!pattern) return pattern;
    const bool never = text->nulls == Nulls::kNever && pattern->nulls == Nulls::kNever;
    return Sql{fmt::format("regexp({}, {})", pattern->text, text->text), Rep::kBool, never ? Nulls::kNever : Nulls::kError, {}, 0, 0, false, false};
  }
  if (expr.name == "round") return render_round(expr);
  return render_conversion(expr);
}

Result<Sql> ExprWriter::render_size(const Expr& expr) {
  const Expr& of = *expr.args[0];
  if (of.type.kind == cel::TypeKind::kList && of.type.relation) {
    auto source = source_of(of);
    if (!source) return fail(source.error());
    return guarded(*source, count_of(*source));
  }
  auto value = render(of, false);
  if (!value) return value;
  Sql sql;
  sql.rep = Rep::kInt;
  sql.digits = 10;
  sql.nulls = value->nulls == Nulls::kNever ? Nulls::kNever : Nulls::kError;
  switch (value->rep) {
    case Rep::kText:
      sql.text = fmt::format("{}({})", sqlite() ? "length" : "char_length", value->text);
      return sql;
    case Rep::kBytes:
      sql.text = fmt::format("{}({})", sqlite() ? "length" : "octet_length", value->text);
      return sql;
    case Rep::kJson:
      if (of.type.kind != cel::TypeKind::kList) break;
      sql.text = fmt::format("{}({})", sqlite() ? "json_array_length" : "jsonb_array_length", value->text);
      return sql;
    default:
      break;
  }
  return no_sql(expr, "size() of this value has no SQL.");
}

Result<Sql> ExprWriter::render_text_test(const Expr& expr) {
  const auto text = render(*expr.args[0], false);
  if (!text) return text;
  const auto part = render(*expr.args[1], false);
  if (!part) return part;
  Sql sql;
  sql.rep = Rep::kBool;
  sql.nulls = text->nulls == Nulls::kNever && part->nulls == Nulls::kNever ? Nulls::kNever : Nulls::kError;
  const auto& a = text->text;
  const auto& b = part->text;
  if (expr.name == "contains") {
    sql.text = fmt::format("({}({}, {}) > 0)", sqlite() ? "instr" : "strpos", a, b);
  } else if (expr.name == "startsWith") {
    sql.text = sqlite() ? fmt::format("(substr({0}, 1, length({1})) = {1})", a, b) : fmt::format("starts_with({}, {})", a, b);
  } else {
    // substr(x, -0) is the whole text, so the empty ending is asked for first.
    sql.text = sqlite() ? fmt::format("(length({1}) = 0 OR substr({0}, -length({1})) = {1})", a, b)
                        : fmt::format("(right({0}, char_length({1})) = {1})", a, b);
    if (sqlite() && text->nulls != Nulls::kNever) sql.text = fmt::format("({} IS NOT NULL AND {})", a, sql.text);
    if (sqlite() && text->nulls != Nulls::kNever) sql.text = fmt::format("(CASE WHEN {} IS NOT NULL THEN {} END)", a, sql.text);
  }
  return sql;
}

Result<Sql> ExprWriter::render_conversion(const Expr& expr) {
  if (expr.args.size() != 1) return no_sql(expr, fmt::format("{}() has no SQL.", expr.name));
  const Expr& of = *expr.args[0];
  if (of.kind == ExprKind::kLiteral) {
    auto& literal = converted_[&expr];
    if (literal == nullptr) {
      auto value = cel::evaluate(expr, {});
      if (!value) return no_sql(expr, value.error().message);
      literal = cel::make_literal(std::move(*value), expr.type, expr.span);
    }
    return render_constant(*literal, false);
  }
  auto value = render(of, false);
  if (!value) return value;
  if (expr.name == "dyn") return value;
  const bool same = (expr.name == "int" && value->rep == Rep::kInt) || (expr.name == "string" && value->rep == Rep::kText) ||
                    (expr.name == "double" && value->rep == Rep::kDouble) || (expr.name == "bool" && value->rep == Rep::kBool) ||
                    (expr.name == "timestamp" && value->rep == Rep::kTimestamp) || (expr.name == "duration" && value->rep == Rep::kDuration) ||
                    (expr.name == "uuid" && value->rep == Rep::kUuid) || (expr.name == "date" && value->rep == Rep::kDate) ||
                    (expr.name == "decimal" && (value->rep == Rep::kDecimal || value->rep == Rep::kInt));
  if (same) {
    if (expr.name == "decimal") value->rep = Rep::kDecimal;
    return value;
  }
  const bool fails = value->nulls != Nulls::kNever;
  if (expr.name == "double" && value->rep == Rep::kInt) {
    *value = checked(std::move(*value));
    return Sql{fmt::format("CAST({} AS {})", value->text, sqlite() ? "REAL" : "double precision"),
               Rep::kDouble,
               fails ? Nulls::kError : value->nulls,
               {},
               0,
               0,
               false,
               false};
  }
  if (expr.name == "string" && value->rep == Rep::kInt) {
    *value = checked(std::move(*value));
    return Sql{fmt::format("CAST({} AS {})", value->text, sqlite() ? "TEXT" : "text"),
               Rep::kText,
               fails ? Nulls::kError : value->nulls,
               {},
               0,
               0,
               false,
               false};
  }
  return no_sql(expr, fmt::format("{}() of this value has no SQL.", expr.name));
}

Result<Sql> ExprWriter::render_round(const Expr& expr) { return no_sql(expr, "round() has no SQL that rounds half to even on both databases."); }

namespace {

Result<Sql> render_bool(ExprWriter& writer, const Expr& expr, bool loose) {
  auto sql = writer.render(expr, loose);
  if (sql && sql->rep != Rep::kBool && sql->rep != Rep::kNull) {
    auto error = make_error(ErrorKind::kInvalidArgument, "expr-no-sql", "This expression is no condition.");
    error.span = expr.span;
    return fail(std::move(error));
  }
  return sql;
}

}  // namespace

Result<std::string> render_condition(const Expr& expr, const RenderScope& scope) {
  ExprWriter writer(scope);
  auto sql = render_bool(writer, expr, true);
  if (!sql) return fail(sql.error());
  return std::move(sql->text);
}

Result<std::string> render_check(const Expr& expr, const RenderScope& scope) {
  ExprWriter writer(scope);
  auto sql = render_bool(writer, expr, true);
  if (!sql) return fail(sql.error());
  return fmt::format("{} IS TRUE", sql->text.starts_with('(') ? sql->text : "(" + sql->text + ")");
}

Result<std::string> render_value(const Expr& expr, const ir::LogicalType& type, const ir::Storage& storage, const RenderScope& scope) {
  ExprWriter writer(scope);
  auto sql = writer.render(expr, false);
  if (!sql) return fail(sql.error());
  return writer.store(std::move(*sql), type, storage, expr);
}

Result<std::string> LiteralSink::constant(const Datum& value, const ir::LogicalType& type, const ir::Storage& storage) {
  auto text = print_literal(value, type, storage, database_);
  // A minus sign would not bind as tightly as the renderer expects.
  return text.starts_with('-') ? "(" + text + ")" : text;
}

Result<std::string> LiteralSink::named(const Expr& path, const ir::LogicalType& /*type*/, const ir::Storage& /*storage*/) {
  auto error =
      make_error(ErrorKind::kInvalidArgument, "expr-no-sql", fmt::format("'{}' is not known where the database checks this.", print_expr(path)));
  error.span = path.span;
  return fail(std::move(error));
}

}  // namespace kingpost::dialect
