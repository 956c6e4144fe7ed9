#pragma once

#include "kingpost/base/result.hpp"

struct sqlite3;

namespace kingpost::store {

/// Registers on a connection, replacing SQLite's own where they exist: like(pattern, text[, escape]) case-exact by code point with `\` as the
/// default escape, as PostgreSQL's; ilike(…) the same over folded case; regexp(pattern, text) and iregexp(pattern, text) by RE2 (unanchored).
/// Null arguments yield NULL; a malformed pattern is 2201B or 22025.
[[nodiscard]] Result<void> register_functions(sqlite3* database);

}  // namespace kingpost::store
