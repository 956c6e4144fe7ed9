#pragma once

#include <string>
#include <string_view>

#include "kingpost/base/error.hpp"

namespace kingpost::store {

/// The kind an SQLSTATE belongs to (class 08, 22, 23, 25, 28, 40, 42, 53, 54, 55, 57); anything else is internal.
[[nodiscard]] ErrorKind kind_of_sqlstate(std::string_view sqlstate);

/// An error whose code is an SQLSTATE.
[[nodiscard]] Error sql_error(std::string_view sqlstate, std::string message);

/// Class 23: what is stored already stands against what was to be stored.
[[nodiscard]] bool is_constraint_violation(const Error& error);

[[nodiscard]] Error queue_full_error();
[[nodiscard]] Error shutting_down_error();
[[nodiscard]] Error deadline_error();
[[nodiscard]] Error row_limit_error(std::uint64_t max_rows);
[[nodiscard]] Error byte_limit_error(std::uint64_t max_bytes);
[[nodiscard]] Error idempotency_mismatch_error();
[[nodiscard]] Error idempotency_in_flight_error();

}  // namespace kingpost::store
