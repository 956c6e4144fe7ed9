#include "kingpost/wire/listener.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <system_error>

namespace kingpost::wire {
namespace {

constexpr int kBacklog = 1024;

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  [[nodiscard]] sockaddr* generic() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
};

Result<Address> make_address(const std::string& text, std::uint16_t port) {
  Address address;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&address.storage, &v4, sizeof v4);
    address.size = sizeof v4;
  } else if (inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&address.storage, &v6, sizeof v6);
    address.size = sizeof v6;
  } else {
    return fail(ErrorKind::kInvalidArgument, "listen-address", fmt::format("{} is not a numeric IPv4 or IPv6 address.", text));
  }
  return address;
}

Error system_error(const std::string& address, std::uint16_t port) {
  const int number = errno;
  const std::string reason = std::generic_category().message(number);
  if (number == EADDRINUSE) {
    return make_error(ErrorKind::kFailedPrecondition, "listen-in-use", fmt::format("{} port {} is taken.", address, port));
  }
  if (number == EADDRNOTAVAIL) {
    return make_error(ErrorKind::kInvalidArgument, "listen-address", fmt::format("This machine does not have the address {}.", address));
  }
  return make_error(ErrorKind::kUnavailable, "listen-failed", fmt::format("Cannot listen on {} port {}: {}.", address, port, reason));
}

/// A bound socket, or -1 with errno set.
int open_bound(Address& address, bool shared) {
  const int descriptor = socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) {
    return -1;
  }
  const int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (shared) {
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  }
  if (bind(descriptor, address.generic(), address.size) != 0) {
    const int number = errno;
    close(descriptor);
    errno = number;
    return -1;
  }
  return descriptor;
}

std::uint16_t bound_port(int descriptor) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size) != 0) {
    return 0;
  }
  static_assert(offsetof(sockaddr_in, sin_port) == offsetof(sockaddr_in6, sin6_port));
  in_port_t port = 0;
  std::memcpy(&port, reinterpret_cast<const char*>(&storage) + offsetof(sockaddr_in, sin_port), sizeof port);
  return ntohs(port);
}

void close_all(const std::vector<int>& descriptors) {
  for (const int descriptor : descriptors) {
    close(descriptor);
  }
}

}  // namespace

Result<Listeners> open_listeners(const std::string& text, std::uint16_t port, unsigned count) {
  Listeners listeners;
  listeners.port = port;
  // SO_REUSEPORT would let a second server of the same user join a port silently; a probe without it is refused there.
  if (port != 0) {
    auto address = make_address(text, port);
    if (!address) {
      return fail(address.error());
    }
    const int probe = open_bound(*address, false);
    if (probe < 0 || listen(probe, 1) != 0) {
      Error error = system_error(text, port);
      if (probe >= 0) {
        close(probe);
      }
      return fail(std::move(error));
    }
    close(probe);
  }
  for (unsigned index = 0; index < count; ++index) {
    auto address = make_address(text, listeners.port);
    if (!address) {
      return fail(address.error());
    }
    const int descriptor = open_bound(*address, true);
    if (descriptor >= 0) {
      listeners.descriptors.push_back(descriptor);
      listeners.port = bound_port(descriptor);
    }
    if (descriptor < 0 || listen(descriptor, kBacklog) != 0) {
      Error error = system_error(text, listeners.port);
      close_all(listeners.descriptors);
      return fail(std::move(error));
    }
  }
  return listeners;
}

}  // namespace kingpost::wire
