#pragma once

#include "kingpost/base/result.hpp"
#include "kingpost/plan/row_set.hpp"
#include "kingpost/sql/program.hpp"
#include "kingpost/sql/sql.hpp"

namespace kingpost::store {

/// Whether the rows of a step satisfy its assertions; else the error of the first that does not hold.
[[nodiscard]] Result<void> check_assertions(const sql::Step& step, const sql::Binding& binding, const plan::RowSet& rows);

}  // namespace kingpost::store
