#include "kingpost/emit/graphql_names.hpp"

#include <array>

namespace kingpost::emit {

using surface::ApiEntity;
using surface::ApiField;

namespace {

constexpr GraphqlScalar kBoolean{"Boolean", "", "", false};
constexpr GraphqlScalar kInt{"Int", "", ""};
constexpr GraphqlScalar kFloat{"Float", "", ""};
constexpr GraphqlScalar kString{"String", "", ""};
constexpr GraphqlScalar kBigInt{"BigInt", "https://www.w3.org/TR/xmlschema-2/#long", "A 64-bit integer, as a string of digits."};
constexpr GraphqlScalar kDecimal{"Decimal", "https://www.w3.org/TR/xmlschema-2/#decimal", "An exact decimal number, as a string."};
constexpr GraphqlScalar kUuid{"UUID", "https://www.rfc-editor.org/rfc/rfc9562#section-4", "Thirty-six characters."};
constexpr GraphqlScalar kDate{"Date", "https://www.rfc-editor.org/rfc/rfc3339#section-5.6", "full-date."};
constexpr GraphqlScalar kTime{"Time", "https://www.rfc-editor.org/rfc/rfc3339#section-5.6", "partial-time."};
constexpr GraphqlScalar kTimestamp{"Timestamp", "https://www.rfc-editor.org/rfc/rfc3339#section-5.6", "date-time, to the microsecond."};
constexpr GraphqlScalar kDuration{"Duration", "https://www.rfc-editor.org/rfc/rfc3339#appendix-A", "dur-time and dur-day; no months."};
constexpr GraphqlScalar kJson{"JSON", "https://www.rfc-editor.org/rfc/rfc8259", "Any JSON value.", false};
constexpr GraphqlScalar kBytes{"Bytes", "https://www.rfc-editor.org/rfc/rfc4648#section-4", "Base64.", false};

/// Types of every schema that no entity may take.
constexpr std::array kReserved = {"Query",   "Mutation", "Subscription", "Node", "PageInfo", "OrderBy",  "OnConflict",       "ConflictResolution",
                                  "Boolean", "Int",      "Float",        "ID",   "String",   "BigInt",   "Decimal",          "UUID",
                                  "Date",    "Time",     "Timestamp",    "JSON", "Bytes",    "Duration", "ListComparisonExp"};
constexpr std::array kCompared = {"Boolean", "Int",  "Float",     "String", "BigInt", "Decimal", "UUID",
                                  "Date",    "Time", "Timestamp", "JSON",   "Bytes",  "Duration"};

}  // namespace

const GraphqlScalar* graphql_scalar(ir::Scalar scalar) {
  switch (scalar) {
    case ir::Scalar::kBool:
      return &kBoolean;
    case ir::Scalar::kInt64:
      return &kBigInt;
    case ir::Scalar::kInt32:
      return &kInt;
    case ir::Scalar::kDecimal:
      return &kDecimal;
    case ir::Scalar::kFloat:
      return &kFloat;
    case ir::Scalar::kString:
    case ir::Scalar::kText:
      return &kString;
    case ir::Scalar::kUuid:
      return &kUuid;
    case ir::Scalar::kDate:
      return &kDate;
    case ir::Scalar::kTime:
      return &kTime;
    case ir::Scalar::kTimestamp:
      return &kTimestamp;
    case ir::Scalar::kDuration:
      return &kDuration;
    case ir::Scalar::kJson:
      return &kJson;
    case ir::Scalar::kBytes:
      return &kBytes;
    case ir::Scalar::kEnum:
    case ir::Scalar::kList:
    case ir::Scalar::kRecord:
      return nullptr;
  }
  return nullptr;
}

const std::vector<const GraphqlScalar*>& custom_graphql_scalars() {
  static const std::vector<const GraphqlScalar*> all = {&kBigInt, &kDecimal, &kUuid, &kDate, &kTime, &kTimestamp, &kDuration, &kJson, &kBytes};
  return all;
}

GraphqlNames::GraphqlNames(const surface::Api& api) : api_(api) {
  for (const char* name : kReserved) types_.claim(name);
  for (const char* name : kCompared) types_.claim(std::string(name) + "ComparisonExp");
  queries_.claim("node");
  for (const ApiEntity& one : api_.entities) {
    by_name_.emplace(one.name, &one);
    entities_.emplace(one.name, entity(one));
  }
  for (const surface::ApiCommand& command : api_.commands) commands_.emplace(command.name, types_.claim(command.type_name, {"Input", "Payload"}));
  for (const surface::ApiRecord& one : api_.records) records_.emplace(one.name, types_.claim(one.type_name, {"Input"}));
  for (const surface::ApiEnum& one : api_.enums) enums_.emplace(one.enumeration.value, types_.claim(one.type_name, {"ComparisonExp"}));
}

GraphqlEntity GraphqlNames::entity(const ApiEntity& entity) {
  GraphqlEntity out;
  out.type =
      types_.claim(entity.type_name, {"Node", "Connection", "Edge", "BoolExp", "OrderBy", "InsertInput", "SetInput", "PkInput", "MutationResponse"});
  out.root = queries_.claim(surface::graphql_case(entity.name), {"_by_pk", "_connection"});
  out.by_pk = out.root + "_by_pk";
  out.connection_root = out.root + "_connection";
  bool any = false;
  for (const ApiField& field : entity.fields) {
    any = any || field.readable;
    out.insertable = out.insertable || field.creatable;
    out.updatable = out.updatable || field.updatable;
    if (field.key && field.readable && !field.conditional) out.key.push_back(&field);
  }
  out.readable = entity.readable && any;
  out.insertable = out.insertable && entity.creatable;
  // Rows that nobody sees cannot be selected for a change either.
  out.updatable = out.updatable && entity.updatable && out.readable;
  out.removable = entity.removable && out.readable;
  if (!out.readable || out.key.size() != entity.key_fields) out.key.clear();
  if (!out.key.empty()) out.node = out.type + "Node";
  return out;
}

const GraphqlEntity& GraphqlNames::of(const ApiEntity& entity) const { return entities_.at(entity.name); }

const ApiEntity* GraphqlNames::readable(std::string_view wire_name) const {
  const auto found = by_name_.find(std::string(wire_name));
  return found != by_name_.end() && entities_.at(found->first).readable ? found->second : nullptr;
}

}  // namespace kingpost::emit
