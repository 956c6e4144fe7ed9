#include <fmt/format.h>

#include <algorithm>

#include "kingpost/dialect/expr_writer.hpp"

namespace kingpost::dialect {

using ir::Scalar;
using ir::SqliteCodec;

namespace {

bool accepts(Scalar scalar, Rep rep) {
  switch (scalar) {
    case Scalar::kBool:
      return rep == Rep::kBool;
    case Scalar::kInt64:
    case Scalar::kInt32:
      return rep == Rep::kInt;
    case Scalar::kDecimal:
      return rep == Rep::kDecimal || rep == Rep::kInt;
    case Scalar::kFloat:
      return rep == Rep::kDouble || rep == Rep::kInt;
    case Scalar::kString:
    case Scalar::kText:
    case Scalar::kEnum:
      return rep == Rep::kText;
    case Scalar::kUuid:
      return rep == Rep::kUuid;
    case Scalar::kDate:
      return rep == Rep::kDate;
    case Scalar::kTime:
      return rep == Rep::kTime;
    case Scalar::kTimestamp:
      return rep == Rep::kTimestamp;
    case Scalar::kDuration:
      return rep == Rep::kDuration;
    case Scalar::kBytes:
      return rep == Rep::kBytes;
    case Scalar::kJson:
    case Scalar::kList:
    case Scalar::kRecord:
      break;
  }
  return rep == Rep::kJson;
}

ir::LogicalType of_scalar(Scalar scalar) {
  ir::LogicalType type;
  type.scalar = scalar;
  return type;
}

Result<Scalar> plain_scalar(const cel::Type& type) {
  switch (type.kind) {
    case cel::TypeKind::kBool:
      return Scalar::kBool;
    case cel::TypeKind::kInt:
    case cel::TypeKind::kUint:
      return Scalar::kInt64;
    case cel::TypeKind::kDouble:
      return Scalar::kFloat;
    case cel::TypeKind::kString:
    case cel::TypeKind::kNull:
      return Scalar::kText;
    case cel::TypeKind::kBytes:
      return Scalar::kBytes;
    case cel::TypeKind::kUuid:
      return Scalar::kUuid;
    case cel::TypeKind::kDate:
      return Scalar::kDate;
    case cel::TypeKind::kTime:
      return Scalar::kTime;
    case cel::TypeKind::kTimestamp:
      return Scalar::kTimestamp;
    case cel::TypeKind::kDuration:
      return Scalar::kDuration;
    case cel::TypeKind::kJson:
      return Scalar::kJson;
    default:
      return fail(ErrorKind::kInvalidArgument, "expr-no-sql", fmt::format("A value of type {} has no SQL.", cel::print_type(type)));
  }
}

}  // namespace

Result<ir::LogicalType> logical_type(const cel::Type& type, const ir::System& system) {
  if (type.kind == cel::TypeKind::kDecimal) {
    auto logical = of_scalar(Scalar::kDecimal);
    logical.precision = type.precision == 0 ? kMaxDecimalDigits : type.precision;
    logical.scale = type.scale;
    return logical;
  }
  if (type.kind == cel::TypeKind::kEnum) {
    auto logical = of_scalar(Scalar::kEnum);
    const auto found = std::find_if(system.enums.begin(), system.enums.end(), [&](const ir::EnumType& one) { return one.name == type.name; });
    if (found != system.enums.end()) logical.enumeration = ir::EnumId{static_cast<std::uint32_t>(found - system.enums.begin())};
    return logical;
  }
  if (type.kind == cel::TypeKind::kRecord) {
    const auto id = system.find_entity(type.name);
    if (id.valid() && system.entity(id).key.size() == 1) return system.entity(id).field(system.entity(id).key.front()).type;
  }
  if (type.kind == cel::TypeKind::kList && !type.relation && type.element) {
    auto element = logical_type(*type.element, system);
    if (!element) return element;
    auto logical = of_scalar(Scalar::kList);
    logical.element = std::make_shared<const ir::LogicalType>(std::move(*element));
    return logical;
  }
  const auto scalar = plain_scalar(type);
  if (!scalar) return fail(scalar.error());
  return of_scalar(*scalar);
}

Result<std::string> ExprWriter::store(Sql value, const ir::LogicalType& type, const ir::Storage& storage, const cel::Expr& expr) const {
  if (value.rep == Rep::kNull) {
    return sqlite() ? std::string("NULL") : fmt::format("NULL::{}", postgres_type(type, storage));
  }
  if (!accepts(type.scalar, value.rep)) return no_sql(expr, "The value is of another type than its column.");
  if (type.scalar == Scalar::kDecimal && value.scale > type.scale) return no_sql(expr, "The value has more fraction digits than its column.");
  if (!sqlite()) {
    if (storage.postgres == ir::PostgresCodec::kTimestampNoZone) return fmt::format("({} AT TIME ZONE 'UTC')", value.text);
    return std::move(value.text);
  }
  if (type.scalar == Scalar::kDecimal) rescale(value, type.scale);
  value = checked(std::move(value));
  switch (storage.sqlite) {
    case SqliteCodec::kReal:
      if (type.scalar == Scalar::kDecimal) return fmt::format("(CAST({} AS REAL) / 1{:0>{}})", value.text, "", type.scale);
      break;
    case SqliteCodec::kDecimalText:
      return no_sql(expr, "A decimal kept as text cannot be computed in SQL.");
    case SqliteCodec::kUuidText:
      if (!value.uuid_text) return no_sql(expr, "A key kept as bytes is not stored as text.");
      break;
    case SqliteCodec::kUuidBlob:
      if (value.uuid_text) return no_sql(expr, "A key kept as text is not stored as bytes.");
      break;
    case SqliteCodec::kUnixSeconds:
      return fmt::format("({} / 1000000)", value.text);
    case SqliteCodec::kTimestampText:
      return fmt::format("strftime('%Y-%m-%d %H:%M:%S', {} / 1000000, 'unixepoch')", value.text);
    default:
      break;
  }
  return std::move(value.text);
}

}  // namespace kingpost::dialect
