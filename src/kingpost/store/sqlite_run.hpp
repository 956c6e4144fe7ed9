#pragma once

#include <cstdint>

#include "kingpost/base/result.hpp"
#include "kingpost/plan/row_set.hpp"
#include "kingpost/sql/program.hpp"
#include "kingpost/sql/sql.hpp"

namespace kingpost::store {

class Connection;

/// Runs the steps of a Program in order on the connection's open transaction and checks their assertions; `rows` gets one RowSet a step.
/// On an error the caller rolls back; where a statement failed, Connection::last_code() still tells why.
[[nodiscard]] Result<void> run_program(Connection& connection, const sql::Program& program, const sql::Binding& binding, std::int64_t response_bytes,
                                       plan::RowSets& rows);

}  // namespace kingpost::store
