#pragma once

#include <string>
#include <string_view>

#include "kingpost/base/error.hpp"

namespace kingpost::store {

/// What PostgreSQL said of a failed statement.
struct PostgresFault {
  std::string sqlstate;
  std::string message;
  std::string detail;
};

/// The SQLSTATE passes through; the detail keeps column and table names and loses every value, because the row may be one that the caller may
/// not see ("Failing row contains (…)").
[[nodiscard]] Error postgres_error(const PostgresFault& fault);

/// kp-database-down; `reason` is libpq's, which never holds the password.
[[nodiscard]] Error database_down_error(std::string_view reason);

}  // namespace kingpost::store
