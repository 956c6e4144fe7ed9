#pragma once

#include <string_view>

#include "kingpost/base/limits.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::protocol::rest {

/// Checks the JSON body of a call against the input of `command`: known members only, required ones present, each value of its type and within its
/// bounds. An empty body counts as `{}`. Errors: PGRST102 no JSON object; kp-arguments with one FieldError for every member refused.
[[nodiscard]] Result<void> check_arguments(std::string_view body, const ir::Command& command, const ir::System& system, const Limits& limits);

}  // namespace kingpost::protocol::rest
