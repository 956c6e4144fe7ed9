#include "kingpost/ir/types.hpp"

#include "kingpost/ir/system.hpp"

namespace kingpost::ir {

Storage default_storage(const LogicalType& type) {
  Storage storage;
  switch (type.scalar) {
    case Scalar::kDecimal:
      storage.sqlite = SqliteCodec::kScaledInteger;
      break;
    case Scalar::kUuid:
      storage.sqlite = SqliteCodec::kUuidBlob;
      break;
    case Scalar::kDate:
      storage.sqlite = SqliteCodec::kDateText;
      break;
    case Scalar::kTime:
    case Scalar::kTimestamp:
      storage.sqlite = SqliteCodec::kMicros;
      break;
    case Scalar::kDuration:
      storage.sqlite = SqliteCodec::kMicros;
      storage.postgres = PostgresCodec::kDurationMicros;
      break;
    case Scalar::kBool:
    case Scalar::kInt64:
    case Scalar::kInt32:
    case Scalar::kFloat:
    case Scalar::kString:
    case Scalar::kText:
    case Scalar::kJson:
    case Scalar::kBytes:
    case Scalar::kEnum:
    case Scalar::kList:
    case Scalar::kRecord:
      break;
  }
  return storage;
}

namespace {

cel::TypeKind kind_of(Scalar scalar) {
  switch (scalar) {
    case Scalar::kBool:
      return cel::TypeKind::kBool;
    case Scalar::kInt64:
    case Scalar::kInt32:
      return cel::TypeKind::kInt;
    case Scalar::kDecimal:
      return cel::TypeKind::kDecimal;
    case Scalar::kFloat:
      return cel::TypeKind::kDouble;
    case Scalar::kString:
    case Scalar::kText:
      return cel::TypeKind::kString;
    case Scalar::kUuid:
      return cel::TypeKind::kUuid;
    case Scalar::kDate:
      return cel::TypeKind::kDate;
    case Scalar::kTime:
      return cel::TypeKind::kTime;
    case Scalar::kTimestamp:
      return cel::TypeKind::kTimestamp;
    case Scalar::kDuration:
      return cel::TypeKind::kDuration;
    case Scalar::kJson:
      return cel::TypeKind::kJson;
    case Scalar::kBytes:
      return cel::TypeKind::kBytes;
    case Scalar::kEnum:
      return cel::TypeKind::kEnum;
    case Scalar::kList:
      return cel::TypeKind::kList;
    case Scalar::kRecord:
      return cel::TypeKind::kRecord;
  }
  return cel::TypeKind::kDyn;
}

}  // namespace

cel::Type expression_type(const LogicalType& type, bool nullable, const System& system) {
  switch (type.scalar) {
    case Scalar::kDecimal:
      return cel::make_decimal(type.precision, type.scale, nullable);
    case Scalar::kEnum:
      return type.enumeration.valid() ? cel::make_enum(system.enums[type.enumeration.index()].name, nullable) : cel::make_type(cel::TypeKind::kError);
    case Scalar::kRecord:
      return type.record.valid() ? cel::make_record(system.records[type.record.index()].name, nullable) : cel::make_type(cel::TypeKind::kError);
    case Scalar::kList: {
      auto list = cel::make_list(type.element ? expression_type(*type.element, false, system) : cel::make_type(cel::TypeKind::kError));
      list.nullable = nullable;
      return list;
    }
    default:
      return cel::make_type(kind_of(type.scalar), nullable);
  }
}

}  // namespace kingpost::ir
