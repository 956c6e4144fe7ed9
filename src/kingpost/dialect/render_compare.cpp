#include <fmt/format.h>

#include <algorithm>

#include "kingpost/dialect/expr_writer.hpp"

namespace kingpost::dialect {

using cel::Expr;
using cel::ExprKind;
using cel::ExprPtr;
using cel::Op;

namespace {

std::string_view sign_of(Op op) {
  switch (op) {
    case Op::kEqual:
      return "=";
    case Op::kNotEqual:
      return "<>";
    case Op::kLess:
      return "<";
    case Op::kLessEqual:
      return "<=";
    case Op::kGreater:
      return ">";
    default:
      return ">=";
  }
}

Op mirrored(Op op) {
  switch (op) {
    case Op::kLess:
      return Op::kGreater;
    case Op::kLessEqual:
      return Op::kGreaterEqual;
    case Op::kGreater:
      return Op::kLess;
    case Op::kGreaterEqual:
      return Op::kLessEqual;
    default:
      return op;
  }
}

/// SQLite 3.40 has no unhex(), so a blob is written as text to meet one.
std::string uuid_as_text(const std::string& blob) {
  return fmt::format(
      "lower(substr(hex({0}), 1, 8) || '-' || substr(hex({0}), 9, 4) || '-' || substr(hex({0}), 13, 4) || '-' || substr(hex({0}), 17, 4) || '-' || "
      "substr(hex({0}), 21))",
      blob);
}

void add_guard(std::string& guards, const std::string& condition) {
  if (!guards.empty()) guards += " AND ";
  guards += condition;
}

/// The expression with `base`, a part of its select chain, replaced by a name.
ExprPtr with_base(const Expr& expr, const Expr& base, const std::string& name) {
  if (&expr == &base) {
    Expr ident;
    ident.kind = ExprKind::kIdent;
    ident.span = expr.span;
    ident.type = expr.type;
    ident.name = name;
    return std::make_shared<const Expr>(std::move(ident));
  }
  Expr copy = expr;
  copy.args[0] = with_base(*expr.args[0], base, name);
  return std::make_shared<const Expr>(std::move(copy));
}

}  // namespace

void ExprWriter::unify(Sql& left, Sql& right) const {
  if (left.rep == Rep::kDecimal || right.rep == Rep::kDecimal) {
    const bool exact = left.rep != Rep::kDouble && right.rep != Rep::kDouble && left.rep != Rep::kNull && right.rep != Rep::kNull;
    if (exact) {
      const auto scale = std::max(left.scale, right.scale);
      rescale(left, scale);
      rescale(right, scale);
      left.rep = right.rep = Rep::kDecimal;
    }
  }
  if (left.rep == Rep::kUuid && right.rep == Rep::kUuid && left.uuid_text != right.uuid_text) {
    auto& blob = left.uuid_text ? right : left;
    blob.text = uuid_as_text(blob.text);
    blob.uuid_text = true;
  }
}

Result<Sql> ExprWriter::render_comparison(const Expr& expr, bool loose) {
  if (loose) {
    auto keyed = compare_through_key(expr);
    if (!keyed) return fail(keyed.error());
    if (*keyed) return std::move(**keyed);
  }
  return compare_pair(expr.op, *expr.args[0], *expr.args[1], loose);
}

Result<Sql> ExprWriter::compare_pair(Op op, const Expr& left, const Expr& right, bool loose) {
  // A value takes the form of the column that it meets, so that the column's index serves.
  const bool left_later = is_constant(left);
  const Expr& first = left_later ? right : left;
  const Expr& second = left_later ? left : right;
  auto one = render(first, false);
  if (!one) return one;
  auto other = is_constant(second) ? render_constant(second, one->uuid_text) : render(second, false);
  if (!other) return other;
  if (left_later) std::swap(*one, *other);
  auto result = compare(op, checked(std::move(*one)), checked(std::move(*other)), loose);
  if (!result) result.error().span = left.span;
  return result;
}

Result<Sql> ExprWriter::compare(Op op, Sql left, Sql right, bool loose) {
  unify(left, right);
  left = checked(std::move(left));
  right = checked(std::move(right));
  if (left.rep == Rep::kJson || right.rep == Rep::kJson) {
    if (left.rep != Rep::kNull && right.rep != Rep::kNull) {
      return fail(ErrorKind::kInvalidArgument, "expr-no-sql", "JSON values and lists cannot be compared in SQL.");
    }
  }
  if (op == Op::kEqual || op == Op::kNotEqual) return equality(op == Op::kEqual, left, right, loose);
  Sql sql;
  sql.rep = Rep::kBool;
  sql.nulls = left.nulls == Nulls::kNever && right.nulls == Nulls::kNever ? Nulls::kNever : Nulls::kError;
  sql.text = fmt::format("({} {} {})", left.text, sign_of(op), right.text);
  return sql;
}

Sql ExprWriter::equality(bool equal, const Sql& left, const Sql& right, bool loose) const {
  Sql sql;
  sql.rep = Rep::kBool;
  const bool no_values = left.nulls != Nulls::kValue && right.nulls != Nulls::kValue;
  const bool one_sided = left.nulls != Nulls::kValue || right.nulls != Nulls::kValue;
  if (no_values || (loose && equal && one_sided)) {
    const bool never = left.nulls == Nulls::kNever && right.nulls == Nulls::kNever;
    sql.nulls = never ? Nulls::kNever : Nulls::kError;
    sql.text = fmt::format("({} {} {})", left.text, equal ? "=" : "<>", right.text);
    return sql;
  }
  std::string guards;
  for (const auto* side : {&left, &right}) {
    if (!side->ok.empty()) add_guard(guards, side->ok);
    if (side->nulls == Nulls::kError) add_guard(guards, side->text + " IS NOT NULL");
  }
  if (left.rep == Rep::kNull || right.rep == Rep::kNull) {
    const auto& value = left.rep == Rep::kNull ? right.text : left.text;
    sql.text = fmt::format("({} {})", value, equal ? "IS NULL" : "IS NOT NULL");
  } else if (sqlite()) {
    sql.text = fmt::format("({} {} {})", left.text, equal ? "IS" : "IS NOT", right.text);
  } else {
    sql.text = fmt::format("({} {} {})", left.text, equal ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM", right.text);
  }
  if (!guards.empty()) {
    sql.text = fmt::format("(CASE WHEN {} THEN {} END)", guards, sql.text);
    sql.nulls = Nulls::kError;
  }
  return sql;
}

/// `row.cart.customer == auth.uid` as `cart_id IN (SELECT id FROM cart WHERE customer_id = ?)`: both databases can start from either side of it,
/// which they cannot with a correlated subselect. Only where null and false may be confused.
Result<std::optional<Sql>> ExprWriter::compare_through_key(const Expr& expr) {
  if (expr.op == Op::kNotEqual) return std::optional<Sql>();
  const bool flip = is_constant(*expr.args[0]);
  const Expr& path = flip ? *expr.args[1] : *expr.args[0];
  const Expr& value = flip ? *expr.args[0] : *expr.args[1];
  const bool null_literal = value.kind == ExprKind::kLiteral && value.value.is_null();
  if (path.kind != ExprKind::kSelect || !is_constant(value) || value.type.nullable || null_literal) return std::optional<Sql>();
  const Expr* base = path.args[0].get();
  while (base->kind == ExprKind::kSelect && base->args[0]->kind == ExprKind::kSelect) base = base->args[0].get();
  const auto* relation = relation_of(*base);
  const auto* found = base->kind == ExprKind::kSelect ? find_row(base->args[0]->name) : nullptr;
  if (relation == nullptr || found == nullptr || relation->kind != ir::RelationKind::kToOne || relation->reverse || found->alias.empty()) {
    return std::optional<Sql>();
  }
  const RowName row = *found;
  const auto& target = scope_.system->entity(relation->to);
  if (path.args[0].get() == base) {
    // The foreign key holds the value itself, so there is nothing to look up.
    auto field = target.find_field(path.name);
    const auto held = [&](ir::FieldId id) {
      return std::find(relation->to_fields.begin(), relation->to_fields.end(), id) != relation->to_fields.end();
    };
    if (field.valid() && !relation_of(path) && held(field)) return std::optional<Sql>();
  }
  auto alias = next_alias(expr);
  if (!alias) return fail(alias.error());
  const auto name = "." + *alias;
  rows_.push_back(RowName{name, relation->to, *alias});
  Expr inner = expr;
  inner.op = flip ? mirrored(expr.op) : expr.op;
  inner.args = {with_base(path, *base, name), flip ? expr.args[0] : expr.args[1]};
  auto condition = render_comparison(inner, true);
  rows_.pop_back();
  if (!condition) return fail(condition.error());
  std::string from_columns;
  std::string to_columns;
  const auto& holder = scope_.system->entity(row.entity);
  for (std::size_t i = 0; i < relation->to_fields.size(); ++i) {
    from_columns += fmt::format("{}{}.{}", i == 0 ? "" : ", ", row.alias, quote_name(holder.field(relation->from_fields[i]).column));
    to_columns += fmt::format("{}{}.{}", i == 0 ? "" : ", ", *alias, quote_name(target.field(relation->to_fields[i]).column));
  }
  if (relation->to_fields.size() > 1) from_columns = "(" + from_columns + ")";
  Sql sql;
  sql.rep = Rep::kBool;
  sql.nulls = Nulls::kError;
  sql.text = fmt::format("({} IN (SELECT {} FROM {} AS {} WHERE {}))", from_columns, to_columns, quote_name(target.table), *alias, condition->text);
  return std::optional<Sql>(std::move(sql));
}

Result<Sql> ExprWriter::render_in(const Expr& expr, bool loose) {
  const Expr& range = *expr.args[1];
  if (range.kind == ExprKind::kList) return render_in_list(expr, loose);
  const bool rows = range.type.relation || (range.kind == ExprKind::kMacro && range.args[0]->type.relation);
  if (rows) return render_in_rows(expr);
  if (range.type.kind == cel::TypeKind::kList && !is_constant(range)) return render_in_json(expr);
  return no_sql(expr, "'in' this value has no SQL.");
}

Result<Sql> ExprWriter::render_in_list(const Expr& expr, bool loose) {
  const auto& items = expr.args[1]->args;
  if (items.empty()) return Sql{truth(false), Rep::kBool, Nulls::kNever, {}, 0, 0, false, false};
  auto value = render(*expr.args[0], false);
  if (!value) return value;
  *value = checked(std::move(*value));
  std::string list;
  bool plain = true;
  for (const auto& item : items) {
    auto member = is_constant(*item) ? render_constant(*item, value->uuid_text) : render(*item, false);
    if (!member) return member;
    const bool alike = member->rep == value->rep && member->scale == value->scale && member->uuid_text == value->uuid_text;
    plain = plain && alike && member->nulls == Nulls::kNever && !member->unchecked;
    list += (list.empty() ? "" : ", ") + member->text;
  }
  if (plain) {
    Sql sql{fmt::format("({} IN ({}))", value->text, list), Rep::kBool, value->nulls, {}, 0, 0, false, false};
    if (value->nulls == Nulls::kValue && !loose) {
      sql.text = fmt::format("({} IS NOT NULL AND {})", value->text, sql.text);
      if (!value->ok.empty()) sql.text = fmt::format("(CASE WHEN {} THEN {} END)", value->ok, sql.text);
      sql.nulls = value->ok.empty() ? Nulls::kNever : Nulls::kError;
    }
    return sql;
  }
  Sql any{"(", Rep::kBool, Nulls::kNever, {}, 0, 0, false, false};
  std::string guards;
  for (const auto& item : items) {
    // A member that fails makes the list fail, whatever else is in it.
    const auto member = render(*item, false);
    if (!member) return member;
    if (!member->ok.empty()) add_guard(guards, member->ok);
    if (member->nulls == Nulls::kError || member->unchecked) add_guard(guards, checked(*member).text + " IS NOT NULL");
    const auto same = compare_pair(Op::kEqual, *expr.args[0], *item, loose);
    if (!same) return same;
    if (any.text.size() > 1) any.text += " OR ";
    any.text += same->text;
    if (same->nulls != Nulls::kNever) any.nulls = Nulls::kError;
  }
  any.text += ")";
  if (!guards.empty()) {
    any.text = fmt::format("(CASE WHEN {} THEN {} END)", guards, any.text);
    any.nulls = Nulls::kError;
  }
  return any;
}

/// A list column is JSON text; only texts and integers compare there as they do outside.
Result<Sql> ExprWriter::render_in_json(const Expr& expr) {
  const Expr& range = *expr.args[1];
  const auto kind = range.type.element ? range.type.element->kind : cel::TypeKind::kDyn;
  if (kind != cel::TypeKind::kString && kind != cel::TypeKind::kInt) return no_sql(expr, "'in' a list of this type has no SQL.");
  auto value = render(*expr.args[0], false);
  if (!value) return value;
  *value = checked(std::move(*value));
  const auto list = render(range, false);
  if (!list) return list;
  Sql sql;
  sql.rep = Rep::kBool;
  sql.nulls = value->nulls == Nulls::kNever && list->nulls == Nulls::kNever ? Nulls::kNever : Nulls::kError;
  if (sqlite()) {
    auto alias = next_alias(expr);
    if (!alias) return fail(alias.error());
    sql.text = fmt::format("(EXISTS (SELECT 1 FROM json_each({}) AS {} WHERE {}.value = {}))", list->text, *alias, *alias, value->text);
    if (sql.nulls != Nulls::kNever)
      sql.text = fmt::format("(CASE WHEN {} IS NOT NULL AND {} IS NOT NULL THEN {} END)", list->text, value->text, sql.text);
  } else {
    sql.text = fmt::format("({} @> to_jsonb({}))", list->text, value->text);
  }
  return sql;
}

}  // namespace kingpost::dialect
