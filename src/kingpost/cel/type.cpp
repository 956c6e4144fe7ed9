#include "kingpost/cel/type.hpp"

#include <fmt/format.h>

#include <utility>

namespace kingpost::cel {

namespace {

std::string_view kind_name(TypeKind kind) {
  switch (kind) {
    case TypeKind::kError:
    case TypeKind::kDyn:
      return "dyn";
    case TypeKind::kNull:
      return "null";
    case TypeKind::kBool:
      return "bool";
    case TypeKind::kInt:
      return "int";
    case TypeKind::kUint:
      return "uint";
    case TypeKind::kDouble:
      return "double";
    case TypeKind::kDecimal:
      return "decimal";
    case TypeKind::kString:
      return "string";
    case TypeKind::kBytes:
      return "bytes";
    case TypeKind::kUuid:
      return "uuid";
    case TypeKind::kDate:
      return "date";
    case TypeKind::kTime:
      return "time";
    case TypeKind::kTimestamp:
      return "timestamp";
    case TypeKind::kDuration:
      return "duration";
    case TypeKind::kJson:
      return "json";
    case TypeKind::kEnum:
      return "enum";
    case TypeKind::kList:
      return "list";
    case TypeKind::kMap:
      return "map";
    case TypeKind::kRecord:
      return "record";
    case TypeKind::kType:
      return "type";
  }
  return "dyn";
}

std::string print_inner(const std::shared_ptr<const Type>& type) { return type == nullptr ? std::string("dyn") : print_type(*type); }

}  // namespace

Type make_type(TypeKind kind, bool nullable) {
  Type type;
  type.kind = kind;
  type.nullable = nullable || kind == TypeKind::kNull;
  return type;
}

Type make_list(Type element, bool relation) {
  Type type = make_type(TypeKind::kList);
  type.relation = relation;
  type.element = std::make_shared<const Type>(std::move(element));
  return type;
}

Type make_map(Type key, Type element) {
  Type type = make_type(TypeKind::kMap);
  type.key = std::make_shared<const Type>(std::move(key));
  type.element = std::make_shared<const Type>(std::move(element));
  return type;
}

Type make_record(std::string name, bool nullable) {
  Type type = make_type(TypeKind::kRecord, nullable);
  type.name = std::move(name);
  return type;
}

Type make_enum(std::string name, bool nullable) {
  Type type = make_type(TypeKind::kEnum, nullable);
  type.name = std::move(name);
  return type;
}

Type make_decimal(std::uint32_t precision, std::uint32_t scale, bool nullable) {
  Type type = make_type(TypeKind::kDecimal, nullable);
  type.precision = precision;
  type.scale = scale;
  return type;
}

std::string print_type(const Type& type) {
  std::string text;
  switch (type.kind) {
    case TypeKind::kDecimal:
      text = type.precision == 0 ? fmt::format("decimal(…,{})", type.scale) : fmt::format("decimal({},{})", type.precision, type.scale);
      break;
    case TypeKind::kEnum:
    case TypeKind::kRecord:
      text = type.name.empty() ? std::string(kind_name(type.kind)) : type.name;
      break;
    case TypeKind::kList:
      text = fmt::format("list({})", print_inner(type.element));
      break;
    case TypeKind::kMap:
      text = fmt::format("map({}, {})", print_inner(type.key), print_inner(type.element));
      break;
    default:
      text = kind_name(type.kind);
  }
  if (type.nullable && type.kind != TypeKind::kNull) text += '?';
  return text;
}

}  // namespace kingpost::cel
