#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/decimal.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::surface {

/// For whom an API is described. `whole`: everything that anybody can reach, as the design shows it.
struct Audience {
  bool whole = true;
  bool anonymous = false;
  std::vector<std::string> roles;  ///< with what they inherit
};

/// A member of an entity as clients see it.
struct ApiField {
  std::string name;     ///< on the REST wire, in SQL-like filters
  std::string graphql;  ///< GraphQL field name (legal in every language that reads SDL)
  std::string proto;    ///< protobuf field name
  std::string summary;
  ir::FieldId field;
  ir::LogicalType type;
  bool nullable = false;
  bool key = false;
  bool unique = false;
  bool computed = false;
  bool generated = false;  ///< made by the server when absent
  bool readable = true;
  bool conditional = false;  ///< may be null for a caller that its policy denies the value
  bool creatable = false;
  bool updatable = false;
  bool required = false;  ///< at create: not null, no default, not generated
  bool has_default = false;
  ir::Sensitivity sensitivity = ir::Sensitivity::kNone;
  std::optional<Decimal> min;
  std::optional<Decimal> max;
  std::uint32_t max_length = 0;     ///< code points, bytes or items; 0 = none applies
  std::vector<std::string> values;  ///< of an enum
  std::string references;           ///< wire name of the entity whose key this is
};

struct ApiRelation {
  std::string name;
  std::string target;  ///< wire name
  bool many = false;
  bool nullable = false;
  ir::RelationId relation;
};

struct ApiEntity {
  std::string name;       ///< REST path segment
  std::string type_name;  ///< PascalCase, unique in the contract: GraphQL type, protobuf message, OpenAPI schema
  std::string summary;
  ir::EntityId entity;
  std::string service;
  bool readable = false;
  bool creatable = false;
  bool updatable = false;
  bool removable = false;
  std::vector<ApiField> fields;  ///< those the audience can read or write
  std::vector<ApiRelation> relations;

  [[nodiscard]] const ApiField* find(std::string_view field_name) const noexcept;
};

struct ApiMember {
  std::string name;
  ir::LogicalType type;
  bool nullable = false;
  std::optional<Decimal> min;
  std::optional<Decimal> max;
  std::string references;  ///< wire name of the entity whose key this is
};

struct ApiCommand {
  std::string name;
  std::string type_name;
  std::string summary;
  bool idempotent = false;
  std::vector<ApiMember> input;
  std::string returns;  ///< wire name of the entity, or empty
  ir::CommandId command;
};

struct ApiEvent {
  std::string name;
  std::int64_t version = 1;
  std::string key;
  std::vector<ApiMember> data;
};

/// One contract's whole public surface, derived once: REST serves it, specs print it, so they cannot disagree.
struct Api {
  std::string system;
  std::string summary;
  std::string contract;
  bool current = false;
  std::string deprecated;
  std::string sunset;
  Audience audience;
  std::vector<ApiEntity> entities;  ///< with at least one operation, in the contract's order
  std::vector<ApiCommand> commands;
  std::vector<ApiEvent> events;

  [[nodiscard]] const ApiEntity* find(std::string_view entity_name) const noexcept;
};

/// Describes what `audience` can do with `contract`. Pure and deterministic.
[[nodiscard]] Api describe(const ir::System& system, const ir::Contract& contract, const Audience& audience);

/// A policy as far as an audience decides it: kNever denies whatever the row, kAlways allows, kDepends needs the row.
enum class Verdict : std::uint8_t { kNever, kDepends, kAlways };
[[nodiscard]] Verdict judge(const cel::ExprPtr& policy, const Audience& audience);

/// Name forms: order_item → OrderItem, orderItem. Letters and digits only; a leading digit gets an underscore.
[[nodiscard]] std::string pascal_case(std::string_view name);
[[nodiscard]] std::string snake_case(std::string_view name);

}  // namespace kingpost::surface
