#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace kingpost::observe {

struct ServerStarted {
  std::string address;
  std::uint16_t port = 0;
  unsigned threads = 0;
};
struct ServerDraining {
  std::int64_t connections = 0;
};
struct ServerStopped {};

/// A connection that got no service: over the limit, or out of descriptors.
struct ConnectionRefused {
  std::string_view reason;
};

/// A request refused before any handler saw it.
struct RequestRefused {
  int status = 0;
  std::string_view code;
  std::string peer;
};

/// A request answered. `route` is a template, never the target as sent, so no value of a row or a token gets into a log.
struct RequestServed {
  std::string method;
  std::string route;
  int status = 0;
  std::int64_t duration_us = 0;
  std::int64_t response_bytes = 0;
};

/// Something an operator should know; `code` is stable.
struct Warning {
  std::string_view room;
  std::string code;
  std::string message;
};
/// Something that went wrong on our side.
struct Failure {
  std::string_view room;
  std::string code;
  std::string message;
};

using Event = std::variant<ServerStarted, ServerDraining, ServerStopped, ConnectionRefused, RequestRefused, RequestServed, Warning, Failure>;

}  // namespace kingpost::observe
