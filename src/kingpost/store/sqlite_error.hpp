#pragma once

#include "kingpost/base/error.hpp"

struct sqlite3;

namespace kingpost::store {

/// What SQLite's `code` (extended) on this connection means to a caller: constraints as PostgreSQL's SQLSTATEs with messages that name
/// tables and columns but never values, busy 55P03, read-only 25006, interrupted 57014, full 53100, corrupt XX001, I/O kp-database-io.
/// Functions of ours report `kp:SQLSTATE:message`. To be called before the next use of the connection.
[[nodiscard]] Error sqlite_error(sqlite3* database, int code);

/// Whether the file can no longer be trusted to keep what is written: an I/O or sync failure, or a damaged file.
[[nodiscard]] bool is_io_failure(int code);
/// Whether the statement was stopped at its deadline or budget.
[[nodiscard]] bool is_interrupted(int code);

[[nodiscard]] Error database_io_error();

}  // namespace kingpost::store
