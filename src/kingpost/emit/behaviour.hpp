#pragma once

#include <string>
#include <vector>

#include "kingpost/ir/system.hpp"

namespace kingpost::emit {

/// Questions about behaviour that several diagrams ask. All pure; an invalid id where there is no answer.

/// The service that runs a step: its command's, or that of the entity that it writes.
[[nodiscard]] ir::ServiceId home_of(const ir::System& system, const ir::Step& step);
/// The service that coordinates a saga: of the first record that it moves, else of whoever emits the event that starts it.
[[nodiscard]] ir::ServiceId home_of(const ir::System& system, const ir::Saga& saga);
/// Events that a command emits, each once.
[[nodiscard]] std::vector<ir::EventId> emitted_by(const ir::Command& command);
/// Commands and sagas that make a move of an entity: their names, `command place_order`.
[[nodiscard]] std::vector<std::string> movers_of(const ir::System& system, ir::EntityId entity, const std::string& move);
/// Whether a thing that lives in `home` belongs to `service`; everything belongs to an invalid one.
[[nodiscard]] bool belongs(ir::ServiceId service, ir::ServiceId home);
/// `name` before the point of `client.operation`.
[[nodiscard]] std::string client_of(const std::string& operation);
/// A step of a saga that another service runs.
struct SagaCall {
  ir::ServiceId from;
  ir::ServiceId to;
  std::string what;  ///< a command, or client.operation
};
/// Every such step, forward ones before undoing ones; each once.
[[nodiscard]] std::vector<SagaCall> saga_calls(const ir::System& system);
/// Whether services run apart, each over a database of its own.
[[nodiscard]] bool split(const ir::System& system);
/// The database that a service stores in.
[[nodiscard]] std::string store_name(const ir::System& system, ir::ServiceId service);
/// The service that declares an HTTP client; invalid when none does.
[[nodiscard]] ir::ServiceId owner_of_client(const ir::System& system, const std::string& client);
/// The service's name, or the server's where there is none.
[[nodiscard]] std::string service_name(const ir::System& system, ir::ServiceId service);
/// Canonical text of an expression, at most 160 bytes; empty for none.
[[nodiscard]] std::string brief(const cel::ExprPtr& expression);
/// `a, b, c and 4 more`.
[[nodiscard]] std::string listed(const std::vector<std::string>& names, std::size_t most);

}  // namespace kingpost::emit
