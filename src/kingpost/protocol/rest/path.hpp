#pragma once

#include "kingpost/base/result.hpp"
#include "kingpost/protocol/rest/scanner.hpp"
#include "kingpost/request/request.hpp"

namespace kingpost::protocol::rest {

/// Reads the arrows that follow a column name, at most 16. Errors: PGRST100, kp-limit-json-path.
[[nodiscard]] Result<void> read_steps(Scanner& scanner, request::ColumnPath& path);

}  // namespace kingpost::protocol::rest
