#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/plan/row_set.hpp"

namespace kingpost::plan {

/// The strong version of one row over `columns`: of one integer column (the version field) its number, otherwise 32 hex digits of XXH3-128
/// over the cells with their kinds and lengths. Equal cells yield equal texts on any machine; it is a validator, not a secret.
[[nodiscard]] std::string row_version(const RowSet& rows, std::size_t row, const std::vector<std::uint32_t>& columns);
/// The same over `count` columns from `first`.
[[nodiscard]] std::string row_version(const RowSet& rows, std::size_t row, std::uint32_t first, std::size_t count);

}  // namespace kingpost::plan
