#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "kingpost/assure/permissions.hpp"

namespace kingpost::assure {

/// The widest kind of caller that an operation lets in.
enum class Reach : std::uint8_t { kEngine, kRole, kSignedIn, kAnonymous };
[[nodiscard]] std::string_view reach_name(Reach reach) noexcept;

/// A row of the matrix with what follows from the model about it.
struct Operation {
  const Permission* permission = nullptr;
  Reach reach = Reach::kEngine;
  bool owned = false;                   ///< the record, or a record among a command's input, belongs to a person
  std::vector<std::string> everything;  ///< callers other than staff that reach every record
  std::vector<std::string> staff;       ///< callers of staff that reach every record
  std::vector<std::string> personal;    ///< sensitive fields that it shows or takes, as entity.field
  std::vector<std::size_t> clients;     ///< HTTP clients that it leads to, by index
};

/// Operations of the matrix, in its order. `matrix` must outlive them.
[[nodiscard]] std::vector<Operation> operations_of(const ir::System& system, const PermissionMatrix& matrix);

/// Roles that some rule lets in beside the owner of a record (`own || staff`), and those that inherit one.
[[nodiscard]] std::set<std::string> staff_roles(const ir::System& system, const PermissionMatrix& matrix);
/// Whether records say whose they are: a reference to a person, or to a record that has one.
[[nodiscard]] bool is_owned(const ir::System& system, const ir::Entity& entity);
/// Whether the rule compares something with the caller's own id.
[[nodiscard]] bool names_caller(const cel::ExprPtr& rule);
/// HTTP clients that a command leads to: its own calls, and those of sagas and consumers of its events; indices, sorted.
[[nodiscard]] std::vector<std::size_t> clients_of(const ir::System& system, ir::CommandId command);
/// Steps of commands, sagas, consumers and schedules that call a client.
[[nodiscard]] std::vector<const ir::Step*> calls_of(const ir::System& system, const std::string& client);
/// Events that a command emits.
[[nodiscard]] std::vector<ir::EventId> events_of(const ir::Command& command);

}  // namespace kingpost::assure
