#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
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
  std::string graphql;  ///< GraphQL field name, unique in the entity together with its relations'
  std::string proto;    ///< protobuf field name, unique in the entity also as JSON
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
  std::string graphql;
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
  std::size_t key_fields = 0;    ///< of the stored key, whether visible or not; 0 for a view
  std::vector<ApiField> fields;  ///< those the audience can read or write
  std::vector<ApiRelation> relations;

  [[nodiscard]] const ApiField* find(std::string_view field_name) const noexcept;
};

struct ApiMember {
  std::string name;
  std::string graphql;
  std::string proto;
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
  std::string service;
  std::vector<ApiMember> input;
  std::string returns;  ///< wire name of the entity, or empty
  /// What the steps' `else` may answer: code and message, each code once, in the order of the steps.
  std::vector<std::pair<std::string, std::string>> errors;
  ir::CommandId command;
};

/// A named type of inputs and event data.
struct ApiRecord {
  std::string name;
  std::string type_name;
  ir::RecordId record;
  std::vector<ApiMember> members;
};

/// An enum that something described here uses.
struct ApiEnum {
  std::string type_name;
  ir::EnumId enumeration;
  std::vector<std::string> values;
};

struct ApiEvent {
  std::string name;
  std::string type_name;
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
  std::vector<ApiEvent> events;    ///< of the whole only: no caller subscribes to the system's own events
  std::vector<ApiRecord> records;  ///< those that commands and events here use
  std::vector<ApiEnum> enums;      ///< those that anything here uses

  [[nodiscard]] const ApiEntity* find(std::string_view entity_name) const noexcept;
  [[nodiscard]] const ApiRecord* find(ir::RecordId record) const noexcept;
  [[nodiscard]] const ApiEnum* find(ir::EnumId enumeration) const noexcept;
};

/// Describes what `audience` can do with `contract`. Pure and deterministic.
[[nodiscard]] Api describe(const ir::System& system, const ir::Contract& contract, const Audience& audience);

/// A policy as far as an audience decides it: kNever denies whatever the row, kAlways allows, kDepends needs the row.
enum class Verdict : std::uint8_t { kNever, kDepends, kAlways };
[[nodiscard]] Verdict judge(const cel::ExprPtr& policy, const Audience& audience);

/// Name forms: order_item → OrderItem, orderItem. Letters and digits only; a leading digit gets an underscore.
[[nodiscard]] std::string pascal_case(std::string_view name);
[[nodiscard]] std::string snake_case(std::string_view name);
/// As snake_case, and never with the two leading underscores that GraphQL keeps for itself.
[[nodiscard]] std::string graphql_case(std::string_view name);
/// Lower-case words joined by single underscores, a letter first: AlbumId → album_id, 2fa → n2fa. Legal in protobuf and its linters.
[[nodiscard]] std::string word_case(std::string_view name);

/// Names already given in one scope. Two that agree after `fold` (which drops underscores and case where asked) get numbers.
class NameTable {
 public:
  enum class Fold : std::uint8_t { kExact, kLoose };
  explicit NameTable(Fold fold = Fold::kExact) : fold_(fold) {}

  /// `wanted`, or with the lowest number from 2 that is free: a2, or a_2 where names are loose.
  std::string claim(const std::string& wanted);
  /// The same for a family: the name and the name with each suffix must be free, and all are taken.
  std::string claim(const std::string& wanted, std::initializer_list<std::string_view> suffixes);

 private:
  [[nodiscard]] std::string folded(const std::string& name) const;

  Fold fold_;
  std::set<std::string, std::less<>> taken_;
};

}  // namespace kingpost::surface
