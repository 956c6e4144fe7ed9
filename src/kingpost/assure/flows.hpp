#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/assure/permissions.hpp"

namespace kingpost::assure {

enum class FlowKind : std::uint8_t { kCaller, kStore, kClient, kEvents, kBetween, kOperator };
[[nodiscard]] std::string_view flow_kind_name(FlowKind kind) noexcept;

/// Data that crosses from one part to another. `from` and `to` are the names that the data-flow diagram gives them; the diagram draws all
/// callers with a token as one, and leaves operators out.
struct DataFlow {
  FlowKind kind = FlowKind::kCaller;
  std::string name;  ///< unique: `customer to the server`
  std::string from;
  std::string to;
  std::string boundary;  ///< of trust, crossed
  std::string carries;
  std::size_t caller = 0;              ///< kCaller: index into the matrix's callers
  std::size_t client = 0;              ///< kClient: index into System::http_clients
  ir::ServiceId service;               ///< of the sender, or the store's owner; invalid without services
  ir::EntityId entity;                 ///< kBetween: what is read
  std::vector<std::string> sensitive;  ///< fields marked personal or secret that it carries or holds
};

/// The flows of a system: callers, stores, events, clients, reads between services that run apart, operators. Pure, in a fixed order.
[[nodiscard]] std::vector<DataFlow> data_flows(const ir::System& system, const PermissionMatrix& matrix);

}  // namespace kingpost::assure
