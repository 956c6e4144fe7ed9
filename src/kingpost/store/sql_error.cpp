#include "kingpost/store/sql_error.hpp"

#include <fmt/format.h>

#include <utility>

namespace kingpost::store {
namespace {

struct KindRow {
  std::string_view prefix;
  ErrorKind kind;
};

// The first matching prefix wins, so whole states stand before their class.
constexpr KindRow kKinds[] = {
    {"23505", ErrorKind::kAlreadyExists},
    {"23502", ErrorKind::kInvalidArgument},
    {"23514", ErrorKind::kInvalidArgument},
    {"23", ErrorKind::kFailedPrecondition},
    {"42501", ErrorKind::kPermissionDenied},
    {"42P01", ErrorKind::kNotFound},
    {"42883", ErrorKind::kNotFound},
    {"42", ErrorKind::kInvalidArgument},
    {"57014", ErrorKind::kDeadlineExceeded},
    {"57", ErrorKind::kUnavailable},
    {"55P03", ErrorKind::kUnavailable},
    {"55", ErrorKind::kFailedPrecondition},
    {"40", ErrorKind::kAborted},
    {"22", ErrorKind::kInvalidArgument},
    {"25", ErrorKind::kFailedPrecondition},
    {"28", ErrorKind::kPermissionDenied},
    {"08", ErrorKind::kUnavailable},
    {"53", ErrorKind::kResourceExhausted},
    {"54", ErrorKind::kResourceExhausted},
};

constexpr int kUnprocessable = 422;
constexpr int kConflict = 409;

}  // namespace

ErrorKind kind_of_sqlstate(std::string_view sqlstate) {
  for (const KindRow& row : kKinds) {
    if (sqlstate.starts_with(row.prefix)) return row.kind;
  }
  return ErrorKind::kInternal;
}

Error sql_error(std::string_view sqlstate, std::string message) {
  return make_error(kind_of_sqlstate(sqlstate), std::string(sqlstate), std::move(message));
}

bool is_constraint_violation(const Error& error) { return error.code.size() == 5 && error.code.starts_with("23"); }

Error queue_full_error() {
  Error error = make_error(ErrorKind::kUnavailable, "kp-queue-full", "The database has more work queued than it may.");
  error.hint = "Try again in a moment.";
  return error;
}

Error shutting_down_error() { return make_error(ErrorKind::kUnavailable, "kp-shutting-down", "The server is shutting down."); }

Error deadline_error() { return sql_error("57014", "The request's time ran out before the database answered."); }

Error row_limit_error(std::uint64_t max_rows) {
  return make_error(ErrorKind::kResourceExhausted, "kp-limit-rows", fmt::format("A statement yielded more than {} rows.", max_rows));
}

Error byte_limit_error(std::uint64_t max_bytes) {
  return make_error(ErrorKind::kResourceExhausted, "kp-limit-response-bytes", fmt::format("The answer holds more than {} bytes.", max_bytes));
}

Error idempotency_mismatch_error() {
  Error error = make_error(ErrorKind::kInvalidArgument, "kp-idempotency-mismatch", "This idempotency key was used with another request.");
  error.http_status = kUnprocessable;
  return error;
}

Error idempotency_in_flight_error() {
  Error error = make_error(ErrorKind::kAborted, "kp-idempotency-in-flight", "A request with this idempotency key is being worked on.");
  error.http_status = kConflict;
  return error;
}

}  // namespace kingpost::store
