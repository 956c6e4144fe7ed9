#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/ir/behaviour.hpp"
#include "kingpost/ir/contract.hpp"
#include "kingpost/ir/entity.hpp"
#include "kingpost/ir/types.hpp"

namespace kingpost::ir {

struct Requirement {
  std::string id;
  std::string text;
  Span span;
};

struct Role {
  std::string name;
  std::vector<std::string> inherits;  ///< direct
  std::vector<std::string> implies;   ///< itself and all it inherits, sorted
  Span span;
};

struct NamedPolicy {
  std::string name;
  std::string text;
  Span span;
};

struct EnumType {
  std::string name;  ///< entity.field, or the named type's name
  std::vector<std::string> values;
};

struct ServiceUse {
  EntityId entity;
  std::vector<FieldId> fields;  ///< empty: the key alone
};

struct Service {
  std::string name;
  std::vector<ServiceUse> uses;
  std::vector<std::string> http;
  Span span;
};

enum class Isolation : std::uint8_t { kShared, kSchema, kDatabase };

struct Tenancy {
  EntityId entity;
  std::string claim;
  Isolation isolation = Isolation::kShared;
  Span span;
};

struct LoadPeak {
  std::string operation;  ///< entity.get, entity.query, command
  double per_second = 0;
  Span span;
};

struct Load {
  std::int64_t users = 0;
  std::vector<LoadPeak> peaks;
  double multiply = 1;
  Span span;
};

struct SloTarget {
  std::string operation;  ///< empty for the system
  double p50_ms = 0;
  double p99_ms = 0;
};

struct Slo {
  double availability_percent = 0;
  double error_percent = 0;
  std::vector<SloTarget> targets;
  Span span;
};

enum class Topology : std::uint8_t { kMonolith, kServices };

/// An element that was accepted but that this version does not execute. Safety features make `serve` refuse.
struct NotExecuted {
  std::string feature;  ///< encrypted, audit, commands, sagas, …
  std::string element;  ///< order.card_hint
  EntityId entity;      ///< set when writes to that entity must be refused under --dev
  bool safety = false;
  Span span;
};

/// What sagas, consumers, schedules, projections, events and services say they are for.
struct ServedRequirements {
  std::string kind;  ///< saga, consumer, schedule, projection, event, service
  std::string name;
  std::vector<std::string> ids;
  Span span;
};

/// The compiled system. Immutable once built; shared as shared_ptr<const System>. It carries every public name.
struct System {
  std::string name;
  std::string summary;
  std::vector<Requirement> requirements;
  std::vector<ServedRequirements> served;  ///< of elements that have no list of their own; only those that name one
  std::vector<Role> roles;
  std::vector<NamedPolicy> policies;
  std::vector<EnumType> enums;
  std::vector<RecordType> records;
  std::vector<Service> services;
  std::vector<Entity> entities;
  std::vector<Relation> relations;
  std::vector<Command> commands;
  std::vector<Event> events;
  std::vector<Saga> sagas;
  std::vector<Consumer> consumers;
  std::vector<Projection> projections;
  std::vector<HttpClient> http_clients;
  std::vector<Schedule> schedules;
  std::vector<Flag> flags;
  std::vector<Contract> contracts;
  std::optional<Tenancy> tenancy;
  std::optional<Load> load;
  std::optional<Slo> slo;
  Topology topology = Topology::kMonolith;
  EntityId user;  ///< the built-in entity
  std::vector<NotExecuted> not_executed;

  [[nodiscard]] const Entity& entity(EntityId id) const { return entities[id.index()]; }
  [[nodiscard]] const Relation& relation(RelationId id) const { return relations[id.index()]; }
  [[nodiscard]] EntityId find_entity(std::string_view entity_name) const;
  [[nodiscard]] const Role* find_role(std::string_view role_name) const;
  [[nodiscard]] const Contract& current_contract() const;
  [[nodiscard]] const Contract* find_contract(std::string_view contract_name) const;
};

using SystemPtr = std::shared_ptr<const System>;

/// Record names used in expression types: an entity's is its name; `auth` has uid, tenant, roles, claims; a named type's is its name.
inline constexpr std::string_view kAuthRecord = "auth";
/// The record names of a command's input, an event's data, and what `client.operation` answers.
[[nodiscard]] std::string input_record(std::string_view command);
[[nodiscard]] std::string event_record(std::string_view event);
[[nodiscard]] std::string returns_record(std::string_view client_operation);
/// The expression type of a member: the record where it is a ref.
[[nodiscard]] cel::Type member_type(const Member& member, const System& system);

/// Answers the checker from a System: entity fields (by model name; refs as records), relations (to-one record, to-many relation list),
/// named types, auth. The system must outlive it.
class SystemTypes final : public cel::TypeProvider {
 public:
  explicit SystemTypes(const System& system) : system_(&system) {}
  [[nodiscard]] std::optional<cel::Type> field(std::string_view record, std::string_view field) const override;
  [[nodiscard]] std::vector<std::string> field_names(std::string_view record) const override;
  [[nodiscard]] std::optional<cel::Type> key_of(std::string_view record) const override;
  [[nodiscard]] bool enum_has(std::string_view enumeration, std::string_view value) const override;
  [[nodiscard]] std::vector<std::string> enum_values(std::string_view enumeration) const override;

 private:
  const System* system_;
};

/// An indented text of everything the system holds, in its own order: for golden tests and for reading. Same system, same bytes.
[[nodiscard]] std::string print_system(const System& system);

}  // namespace kingpost::ir
