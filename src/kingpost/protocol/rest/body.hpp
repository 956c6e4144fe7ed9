#pragma once

#include <string_view>

#include "kingpost/base/limits.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/request/request.hpp"

namespace kingpost::protocol::rest {

/// Reads a JSON object or array of objects into `request.rows`. With `request.has_columns` only those keys are kept, else all objects
/// must have the same keys. Errors: PGRST102 malformed, nested too deeply, duplicate or uneven keys; kp-limit-bulk-rows.
[[nodiscard]] Result<void> parse_json_rows(std::string_view body, const Limits& limits, request::Request& request);

/// Reads a flat JSON array of scalars, as cursors hold.
[[nodiscard]] Result<std::vector<RawValue>> parse_json_values(std::string_view text);

}  // namespace kingpost::protocol::rest
