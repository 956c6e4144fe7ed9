#pragma once

#include <string>
#include <vector>

#include "rows.hpp"

namespace kingpost::oracle {

/// The JSON array of a level's rows among `candidates`: filtered, sorted, paged.
[[nodiscard]] Result<std::string> read_root(const Reader& reader, const plan::Plan& plan, const std::vector<RowView>& candidates);

}  // namespace kingpost::oracle
