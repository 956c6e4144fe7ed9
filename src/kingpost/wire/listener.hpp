#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/base/result.hpp"

namespace kingpost::wire {

/// Listening sockets of one address and port, one a loop (SO_REUSEPORT), non-blocking; whoever takes a descriptor closes it.
struct Listeners {
  std::vector<int> descriptors;
  std::uint16_t port = 0;
};

/// Errors: listen-in-use, listen-address, listen-failed.
[[nodiscard]] Result<Listeners> open_listeners(const std::string& address, std::uint16_t port, unsigned count);

}  // namespace kingpost::wire
