#pragma once

#include <string>

#include "kingpost/surface/surface.hpp"

namespace kingpost::emit {

/// AsyncAPI 3.0 of the events of a system, each in a CloudEvents 1.0 envelope (structured mode): a channel an event and version, what commands
/// send and what sagas and consumers receive. With `service` only what that service sends and receives; empty for all. `whole` is what everybody
/// together can reach. JSON, deterministic. Thread-safe.
[[nodiscard]] std::string print_asyncapi(const ir::System& system, const surface::Api& whole, const std::string& service);

}  // namespace kingpost::emit
