#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kingpost/base/span.hpp"

namespace kingpost {

/// The gRPC canonical codes (google.rpc.Code). One file, protocol/status.cpp, maps them to HTTP, gRPC and GraphQL.
enum class ErrorKind {
  kCancelled,
  kInvalidArgument,
  kDeadlineExceeded,
  kNotFound,
  kAlreadyExists,
  kPermissionDenied,
  kResourceExhausted,
  kFailedPrecondition,
  kAborted,
  kOutOfRange,
  kUnimplemented,
  kInternal,
  kUnavailable,
  kDataLoss,
  kUnauthenticated,
};

/// One refused member of a request body. `pointer` is a JSON pointer (RFC 6901).
struct FieldError {
  std::string pointer;
  std::string code;
  std::string detail;
};

/// Why something could not be done. `code` is stable and documented (SQLSTATE, PGRSTnnn or a name of ours); `message` is one
/// sentence; `details` and `hint` are shown to the caller, so they never carry data the caller may not see.
struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string code;
  std::string message;
  std::optional<std::string> details;
  std::optional<std::string> hint;
  std::vector<FieldError> errors;
  /// When not 0, the HTTP status to answer instead of the one that `kind` and `code` map to (3xx and 4xx/5xx only).
  int http_status = 0;
  Span span;
};

[[nodiscard]] inline Error make_error(ErrorKind kind, std::string code, std::string message) {
  Error error;
  error.kind = kind;
  error.code = std::move(code);
  error.message = std::move(message);
  return error;
}

}  // namespace kingpost
