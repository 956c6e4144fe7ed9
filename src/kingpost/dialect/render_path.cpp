#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "kingpost/dialect/codec.hpp"
#include "kingpost/dialect/expr_writer.hpp"

namespace kingpost::dialect {

using cel::Expr;
using cel::ExprKind;
using ir::Scalar;
using ir::SqliteCodec;

namespace {

/// A computed field may read another one; compile refuses cycles, this only bounds the stack.
constexpr std::uint32_t kMaxComputedDepth = 16;

Rep rep_of(Scalar scalar) {
  switch (scalar) {
    case Scalar::kBool:
      return Rep::kBool;
    case Scalar::kInt64:
    case Scalar::kInt32:
      return Rep::kInt;
    case Scalar::kDecimal:
      return Rep::kDecimal;
    case Scalar::kFloat:
      return Rep::kDouble;
    case Scalar::kUuid:
      return Rep::kUuid;
    case Scalar::kDate:
      return Rep::kDate;
    case Scalar::kTime:
      return Rep::kTime;
    case Scalar::kTimestamp:
      return Rep::kTimestamp;
    case Scalar::kDuration:
      return Rep::kDuration;
    case Scalar::kBytes:
      return Rep::kBytes;
    case Scalar::kJson:
    case Scalar::kList:
    case Scalar::kRecord:
      return Rep::kJson;
    case Scalar::kString:
    case Scalar::kText:
    case Scalar::kEnum:
      break;
  }
  return Rep::kText;
}

std::uint32_t digits_of(Int128 value) {
  std::uint32_t digits = 1;
  for (value /= 10; value != 0; value /= 10) ++digits;
  return digits;
}

std::string power_of_ten(std::uint32_t exponent) { return "1" + std::string(exponent, '0'); }

/// Microseconds of a 'YYYY-MM-DD HH:MM:SS[.ffffff]' text, by SQLite's own calendar.
std::string micros_of_text(const std::string& text) {
  return fmt::format(
      "(CAST(strftime('%s', substr({0}, 1, 19)) AS INTEGER) * 1000000 + CASE WHEN length({0}) > 20 THEN CAST(substr(substr({0}, 21) || '000000', 1, "
      "6) AS "
      "INTEGER) ELSE 0 END)",
      text);
}

}  // namespace

tl::unexpected<Error> ExprWriter::no_sql(const Expr& expr, std::string message) {
  auto error = make_error(ErrorKind::kInvalidArgument, "expr-no-sql", std::move(message));
  error.span = expr.span;
  return fail(std::move(error));
}

const RowName* ExprWriter::find_row(const std::string& name) const {
  const auto found = std::find_if(rows_.rbegin(), rows_.rend(), [&](const RowName& row) { return row.name == name; });
  return found == rows_.rend() ? nullptr : &*found;
}

const RowName* ExprWriter::root_row(const Expr& expr) const {
  const auto* at = &expr;
  while (at->kind == ExprKind::kSelect) at = at->args[0].get();
  return at->kind == ExprKind::kIdent ? find_row(at->name) : nullptr;
}

bool ExprWriter::is_constant(const Expr& expr) const {
  if (expr.kind == ExprKind::kLiteral) return true;
  const auto* at = &expr;
  while (at->kind == ExprKind::kSelect) {
    // A field of a record that a value only names lies in the database.
    if (at != &expr && at->type.kind == cel::TypeKind::kRecord && scope_.system->find_entity(at->type.name).valid()) return false;
    at = at->args[0].get();
  }
  return at->kind == ExprKind::kIdent && find_row(at->name) == nullptr && !expr.type.relation;
}

const ir::Relation* ExprWriter::relation_of(const Expr& expr) const {
  if (expr.kind != ExprKind::kSelect) return nullptr;
  const auto* holder = entity_of(*expr.args[0]);
  if (holder == nullptr) return nullptr;
  for (const auto id : holder->relations) {
    const auto& relation = scope_.system->relation(id);
    if (relation.name == expr.name) return &relation;
  }
  return nullptr;
}

const ir::Entity* ExprWriter::entity_of(const Expr& expr) const {
  if (expr.kind == ExprKind::kIdent) {
    if (const auto* row = find_row(expr.name)) return &scope_.system->entity(row->entity);
  }
  if (const auto* relation = relation_of(expr)) {
    return relation->kind == ir::RelationKind::kToOne ? &scope_.system->entity(relation->to) : nullptr;
  }
  if (expr.type.kind != cel::TypeKind::kRecord) return nullptr;
  const auto id = scope_.system->find_entity(expr.type.name);
  return id.valid() ? &scope_.system->entity(id) : nullptr;
}

Result<std::string> ExprWriter::next_alias(const Expr& expr) {
  const bool bare = std::any_of(scope_.rows.begin(), scope_.rows.end(), [](const RowName& row) { return row.alias.empty(); });
  if (bare) return no_sql(expr, "A check sees one record only; it cannot look at another one.");
  return fmt::format("{}{}", scope_.alias_prefix, ++alias_count_);
}

Result<Sql> ExprWriter::render_literal(const Expr& expr, bool uuid_text) {
  if (expr.value.is_null()) return Sql{"NULL", Rep::kNull, Nulls::kValue, {}, 0, 0, false, false};
  if (const auto* truth_value = std::get_if<bool>(&expr.value.data))
    return Sql{truth(*truth_value), Rep::kBool, Nulls::kNever, {}, 0, 0, false, false};
  Sql sql;
  cel::Value value = expr.value;
  if (const auto* natural = std::get_if<std::uint64_t>(&value.data)) {
    if (*natural > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return no_sql(expr, "The number is beyond 64 signed bits.");
    value.data = static_cast<std::int64_t>(*natural);
  }
  ir::LogicalType type;
  if (const auto* integer = std::get_if<std::int64_t>(&value.data)) {
    type.scalar = Scalar::kInt64;
    sql.digits = digits_of(*integer);
  } else if (const auto* decimal = std::get_if<Decimal>(&value.data)) {
    type.scalar = Scalar::kDecimal;
    type.precision = kMaxDecimalDigits;
    type.scale = decimal->scale;
    sql.scale = decimal->scale;
    sql.digits = digits_of(decimal->unscaled);
  } else if (std::holds_alternative<cel::EnumValue>(value.data) || std::holds_alternative<std::string>(value.data)) {
    type.scalar = Scalar::kText;
  } else {
    auto known = logical_type(expr.type, *scope_.system);
    if (!known) return no_sql(expr, known.error().message);
    type = std::move(*known);
  }
  auto storage = ir::default_storage(type);
  if (uuid_text && type.scalar == Scalar::kUuid) storage.sqlite = SqliteCodec::kUuidText;
  const auto datum = encode(value, type, storage, {scope_.system, scope_.database});
  if (!datum) return no_sql(expr, datum.error().message);
  auto text = scope_.sink->constant(*datum, type, storage);
  if (!text) return fail(text.error());
  sql.text = std::move(*text);
  sql.rep = rep_of(type.scalar);
  sql.uuid_text = storage.sqlite == SqliteCodec::kUuidText;
  return sql;
}

Result<Sql> ExprWriter::render_named(const Expr& expr, bool uuid_text) {
  auto type = logical_type(expr.type, *scope_.system);
  if (!type) return no_sql(expr, type.error().message);
  auto storage = ir::default_storage(*type);
  if (uuid_text && type->scalar == Scalar::kUuid) storage.sqlite = SqliteCodec::kUuidText;
  auto text = scope_.sink->named(expr, *type, storage);
  if (!text) return fail(text.error());
  Sql sql;
  sql.text = std::move(*text);
  sql.rep = rep_of(type->scalar);
  sql.nulls = expr.type.nullable ? Nulls::kValue : Nulls::kNever;
  sql.scale = type->scale;
  sql.digits = type->scalar == Scalar::kDecimal ? type->precision : kIntDigits;
  sql.uuid_text = storage.sqlite == SqliteCodec::kUuidText;
  return sql;
}

Result<Sql> ExprWriter::render_constant(const Expr& expr, bool uuid_text) {
  const auto known = bound_.find({&expr, uuid_text});
  if (known != bound_.end()) return known->second;
  auto sql = expr.kind == ExprKind::kLiteral ? render_literal(expr, uuid_text) : render_named(expr, uuid_text);
  if (sql) bound_.emplace(std::pair{&expr, uuid_text}, *sql);
  return sql;
}

Result<Sql> ExprWriter::render_name_or_row(const Expr& expr) {
  if (const auto* row = find_row(expr.name)) return key_of(expr, scope_.system->entity(row->entity));
  return render_constant(expr, false);
}

Result<Sql> ExprWriter::key_of(const Expr& record, const ir::Entity& entity) {
  if (entity.key.size() != 1) return no_sql(record, fmt::format("'{}' has no single key to compare.", entity.name));
  return column_of(record, entity.key.front());
}

Result<Sql> ExprWriter::render_select(const Expr& expr) {
  if (const auto* relation = relation_of(expr)) {
    if (relation->kind != ir::RelationKind::kToOne) return no_sql(expr, fmt::format("'{}' is many records, not a value.", expr.name));
    return key_of(expr, scope_.system->entity(relation->to));
  }
  const auto* holder = entity_of(*expr.args[0]);
  if (holder == nullptr) {
    if (root_row(expr) != nullptr) return no_sql(expr, fmt::format("'{}' lies inside a value and has no SQL.", expr.name));
    return render_constant(expr, false);
  }
  const auto field = holder->find_field(expr.name);
  if (!field.valid()) return no_sql(expr, fmt::format("'{}' is no field of '{}'.", expr.name, holder->name));
  return column_of(*expr.args[0], field);
}

Result<Sql> ExprWriter::column_of(const Expr& record, ir::FieldId field) {
  if (record.kind == ExprKind::kIdent) {
    if (const auto* row = find_row(record.name)) return column_of_row(*row, field);
  }
  const auto* relation = relation_of(record);
  if (relation == nullptr) {
    const auto* entity = entity_of(record);
    if (entity == nullptr || !is_constant(record)) return no_sql(record, "This record has no SQL.");
    return column_by_key(record, *entity, field);
  }
  const Expr& base = *record.args[0];
  for (std::size_t i = 0; !relation->reverse && i < relation->to_fields.size(); ++i) {
    // The foreign key holds the value itself.
    if (relation->to_fields[i] == field) return column_of(base, relation->from_fields[i]);
  }
  auto alias = next_alias(record);
  if (!alias) return fail(alias.error());
  const auto& target = scope_.system->entity(relation->to);
  const RowName row{"", relation->to, *alias};
  auto column = column_of_row(row, field);
  if (!column) return column;
  std::string where;
  bool nullable = relation->nullable || relation->reverse;
  for (std::size_t i = 0; i < relation->to_fields.size(); ++i) {
    const auto held = column_of(base, relation->from_fields[i]);
    if (!held) return held;
    nullable = nullable || held->nulls != Nulls::kNever;
    where += fmt::format("{}{}.{} = {}", i == 0 ? "" : " AND ", *alias, quote_name(target.field(relation->to_fields[i]).column), held->text);
  }
  column->text = fmt::format("(SELECT {} FROM {} AS {} WHERE {})", column->text, quote_name(target.table), *alias, where);
  if (nullable && column->nulls == Nulls::kNever) column->nulls = Nulls::kValue;
  return column;
}

Result<Sql> ExprWriter::column_by_key(const Expr& record, const ir::Entity& entity, ir::FieldId field) {
  if (entity.key.size() != 1) return no_sql(record, fmt::format("'{}' has no single key to find it by.", entity.name));
  const auto key = entity.key.front();
  const bool text_key = sqlite() && entity.field(key).storage.sqlite == SqliteCodec::kUuidText;
  auto value = render_constant(record, text_key);
  if (!value || key == field) return value;
  auto alias = next_alias(record);
  if (!alias) return fail(alias.error());
  auto column = column_of_row(RowName{"", entity.id, *alias}, field);
  if (!column) return column;
  column->text = fmt::format("(SELECT {} FROM {} AS {} WHERE {}.{} = {})", column->text, quote_name(entity.table), *alias, *alias,
                             quote_name(entity.field(key).column), value->text);
  // The key may name no record.
  if (column->nulls == Nulls::kNever) column->nulls = Nulls::kValue;
  return column;
}

Result<Sql> ExprWriter::column_of_row(const RowName& row, ir::FieldId id) {
  const auto& field = scope_.system->entity(row.entity).field(id);
  if (field.computed != nullptr) {
    if (++computed_depth_ > kMaxComputedDepth) return no_sql(*field.computed, "Computed fields are nested too deeply.");
    const std::vector<RowName> only{RowName{"row", row.entity, row.alias}};
    const auto outer = std::exchange(rows_, only);
    auto value = render(*field.computed, false);
    rows_ = outer;
    --computed_depth_;
    return value;
  }
  const auto column = quote_name(field.column);
  return stored_column(field, row.alias.empty() ? column : row.alias + "." + column);
}

Sql ExprWriter::stored_column(const ir::Field& field, std::string text) const {
  Sql sql;
  sql.rep = rep_of(field.type.scalar);
  sql.nulls = field.nullable ? Nulls::kValue : Nulls::kNever;
  sql.scale = field.type.scale;
  sql.digits = field.type.scalar == Scalar::kDecimal ? field.type.precision : field.type.scalar == Scalar::kInt32 ? 10 : kIntDigits;
  if (!sqlite()) {
    if (field.storage.postgres == ir::PostgresCodec::kTimestampNoZone) text = fmt::format("({} AT TIME ZONE 'UTC')", text);
    sql.text = std::move(text);
    return sql;
  }
  switch (field.storage.sqlite) {
    case SqliteCodec::kReal:
      if (field.type.scalar == Scalar::kDecimal) text = fmt::format("CAST(round({} * {}) AS INTEGER)", text, power_of_ten(field.type.scale));
      break;
    case SqliteCodec::kDecimalText:
      text = fmt::format("CAST(round(CAST({} AS REAL) * {}) AS INTEGER)", text, power_of_ten(field.type.scale));
      break;
    case SqliteCodec::kUuidText:
      sql.uuid_text = true;
      break;
    case SqliteCodec::kTimestampText:
      text = micros_of_text(text);
      break;
    case SqliteCodec::kUnixSeconds:
      text = fmt::format("({} * 1000000)", text);
      break;
    default:
      break;
  }
  sql.text = std::move(text);
  return sql;
}

}  // namespace kingpost::dialect
