#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/plan/row_set.hpp"

namespace kingpost::plan {

/// The strong version (ETag) of one row: 32 hex digits, the XXH3-128 of the named cells with their kinds and lengths. Equal cells give
/// equal versions on one database. It detects lost updates; it is no protection against forgery.
[[nodiscard]] std::string row_version(const RowSet& rows, std::size_t row, const std::vector<std::uint32_t>& columns);

}  // namespace kingpost::plan
