#pragma once

#include <string>
#include <string_view>

#include "kingpost/base/error.hpp"

namespace kingpost::protocol {

/// The HTTP status of an error: its own, or by its code (SQLSTATE classes and PGRST codes of the dialect), or by its kind. The one
/// place where errors meet HTTP; gRPC and GraphQL statuses will stand beside it.
[[nodiscard]] int http_status(const Error& error);

/// application/problem+json (RFC 9457) with the keys that clients of the dialect expect: code, message, details, hint.
/// `instance` is the request's target without its query.
[[nodiscard]] std::string print_problem(const Error& error, int status, std::string_view instance);

}  // namespace kingpost::protocol
