#include <algorithm>
#include <array>
#include <utility>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/plan/resolve.hpp"

namespace kingpost::plan {
namespace {

/// Digits of a numeric made by a cast: what a scaled 64 bit integer can hold.
constexpr std::uint32_t kMaxCastDigits = 18;

struct CastName {
  std::string_view name;
  std::string_view canonical;
  ir::Scalar scalar;
};

/// Every cast a client may ask for; a name that is not here never reaches SQL.
constexpr std::array<CastName, 27> kCasts{{
    {"text", "text", ir::Scalar::kText},
    {"varchar", "text", ir::Scalar::kText},
    {"character varying", "text", ir::Scalar::kText},
    {"int", "int4", ir::Scalar::kInt32},
    {"int4", "int4", ir::Scalar::kInt32},
    {"integer", "int4", ir::Scalar::kInt32},
    {"int2", "int4", ir::Scalar::kInt32},
    {"smallint", "int4", ir::Scalar::kInt32},
    {"int8", "int8", ir::Scalar::kInt64},
    {"bigint", "int8", ir::Scalar::kInt64},
    {"float", "float8", ir::Scalar::kFloat},
    {"float4", "float8", ir::Scalar::kFloat},
    {"float8", "float8", ir::Scalar::kFloat},
    {"real", "float8", ir::Scalar::kFloat},
    {"double precision", "float8", ir::Scalar::kFloat},
    {"numeric", "numeric", ir::Scalar::kDecimal},
    {"decimal", "numeric", ir::Scalar::kDecimal},
    {"bool", "bool", ir::Scalar::kBool},
    {"boolean", "bool", ir::Scalar::kBool},
    {"date", "date", ir::Scalar::kDate},
    {"time", "time", ir::Scalar::kTime},
    {"timestamptz", "timestamptz", ir::Scalar::kTimestamp},
    {"timestamp with time zone", "timestamptz", ir::Scalar::kTimestamp},
    {"timestamp", "timestamptz", ir::Scalar::kTimestamp},
    {"uuid", "uuid", ir::Scalar::kUuid},
    {"json", "json", ir::Scalar::kJson},
    {"jsonb", "json", ir::Scalar::kJson},
}};

/// The logical type of a contract view's expression, where it is no longer its field's.
ir::LogicalType type_of(const cel::Type& type, const ir::LogicalType& fallback) {
  ir::LogicalType result;
  switch (type.kind) {
    case cel::TypeKind::kBool:
      result.scalar = ir::Scalar::kBool;
      break;
    case cel::TypeKind::kInt:
      result.scalar = ir::Scalar::kInt64;
      break;
    case cel::TypeKind::kDouble:
      result.scalar = ir::Scalar::kFloat;
      break;
    case cel::TypeKind::kDecimal:
      result.scalar = ir::Scalar::kDecimal;
      result.precision = type.precision == 0 ? 18 : type.precision;
      result.scale = type.scale;
      break;
    case cel::TypeKind::kString:
      result.scalar = ir::Scalar::kText;
      break;
    case cel::TypeKind::kUuid:
      result.scalar = ir::Scalar::kUuid;
      break;
    case cel::TypeKind::kDate:
      result.scalar = ir::Scalar::kDate;
      break;
    case cel::TypeKind::kTime:
      result.scalar = ir::Scalar::kTime;
      break;
    case cel::TypeKind::kTimestamp:
      result.scalar = ir::Scalar::kTimestamp;
      break;
    case cel::TypeKind::kDuration:
      result.scalar = ir::Scalar::kDuration;
      break;
    case cel::TypeKind::kJson:
      result.scalar = ir::Scalar::kJson;
      break;
    default:
      return fallback;
  }
  return result;
}

bool has_members(const ir::LogicalType& type) { return type.scalar == ir::Scalar::kJson || type.scalar == ir::Scalar::kList; }

}  // namespace

const ir::ViewField* find_visible(const Context& context, const ir::ViewEntity& view, std::string_view name) {
  const auto* field = view.find_field(name);
  if (field == nullptr) return nullptr;
  return context.policies.field_read(context.entity(view).field(field->field)).denied ? nullptr : field;
}

Column stored_column(const ir::Entity& entity, ir::FieldId field_id) {
  const auto& field = entity.field(field_id);
  Column column;
  column.field = field_id;
  column.expression = field.computed;
  column.type = field.type;
  column.storage = field.storage;
  column.nullable = field.nullable || field.computed != nullptr;
  return column;
}

Column column_of(const Context& context, const ir::ViewEntity& view, const ir::ViewField& view_field) {
  const auto& entity = context.entity(view);
  auto column = stored_column(entity, view_field.field);
  if (view_field.expression != nullptr) {
    column.expression = view_field.expression;
    column.type = type_of(view_field.expression->type, column.type);
    column.storage = ir::default_storage(column.type);
    column.nullable = true;
  }
  column.visible_if = context.policies.field_read(entity.field(view_field.field)).condition;
  if (column.visible_if != nullptr) column.nullable = true;
  return column;
}

Error unknown_column(const Context& context, const ir::ViewEntity& view, const std::string& name) {
  auto error = make_error(ErrorKind::kInvalidArgument, "42703", "column " + view.name + "." + name + " does not exist");
  std::vector<std::string> visible;
  for (const auto& field : view.fields) {
    if (find_visible(context, view, field.name) != nullptr) visible.push_back(field.name);
  }
  if (const auto nearest = nearest_name(name, visible)) error.hint = "Perhaps you meant the column \"" + view.name + "." + *nearest + "\".";
  return error;
}

Result<Column> resolve_column(const Context& context, const ir::ViewEntity& view, const request::ColumnPath& path) {
  const auto* field = find_visible(context, view, path.column);
  if (field == nullptr) return fail(unknown_column(context, view, path.column));
  auto column = column_of(context, view, *field);
  if (path.steps.empty()) return column;
  if (!has_members(column.type)) {
    return fail(ErrorKind::kInvalidArgument, "42883", "operator does not exist: a path into " + view.name + "." + path.column + ", which is no JSON");
  }
  for (const auto& step : path.steps) {
    // SQLite's paths cannot quote a quotation mark; no database takes a NUL.
    if (!step.is_position && step.member.find_first_of(std::string_view("\"\\\0", 3)) != std::string::npos) {
      return fail(ErrorKind::kUnimplemented, "PGRST127", "a JSON path with a quotation mark, backslash or NUL in a member's name is not supported");
    }
  }
  column.steps = path.steps;
  column.as_text = path.as_text;
  column.type = {};
  column.type.scalar = path.as_text ? ir::Scalar::kText : ir::Scalar::kJson;
  column.storage = ir::default_storage(column.type);
  column.nullable = true;
  return column;
}

Result<Column> cast_column(Column column, const std::string& cast) {
  if (cast.empty()) return column;
  const auto* found = std::find_if(kCasts.begin(), kCasts.end(), [&](const CastName& entry) { return entry.name == cast; });
  if (found == kCasts.end()) return fail(ErrorKind::kInvalidArgument, "42704", "type \"" + cast + "\" does not exist");
  const bool text_like =
      column.type.scalar == ir::Scalar::kText || column.type.scalar == ir::Scalar::kString || column.type.scalar == ir::Scalar::kEnum;
  if (found->scalar == column.type.scalar || (found->scalar == ir::Scalar::kText && text_like)) return column;
  column.cast = found->canonical;
  column.uncast_type = std::exchange(column.type, {});
  column.uncast_storage = column.storage;
  column.type.scalar = found->scalar;
  if (found->scalar == ir::Scalar::kDecimal) column.type.precision = kMaxCastDigits;
  column.storage = ir::default_storage(column.type);
  return column;
}

}  // namespace kingpost::plan
