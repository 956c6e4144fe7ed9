#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "kingpost/base/result.hpp"

namespace kingpost::app {

/// Reads `product=100k,order=2M`. Error kp-usage.
[[nodiscard]] Result<std::map<std::string, std::int64_t>> read_seed_rows(std::string_view text);

}  // namespace kingpost::app
