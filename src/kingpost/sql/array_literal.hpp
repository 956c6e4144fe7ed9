#pragma once

#include <string>
#include <string_view>

#include "kingpost/base/result.hpp"
#include "kingpost/ir/types.hpp"

namespace kingpost::sql {

/// PostgreSQL's array literal `{a,"b c",NULL}` (one dimension) as JSON text; elements are JSON strings unless `element` is a number, a bool or
/// json. Error 22P02 when malformed.
[[nodiscard]] Result<std::string> array_literal_to_json(std::string_view text, const ir::LogicalType* element);

}  // namespace kingpost::sql
