#pragma once

#include <cstdint>

#include "kingpost/base/clock.hpp"

namespace kingpost::store {

/// Microseconds on the clock of Job::deadline_us.
[[nodiscard]] inline std::int64_t steady_now_us() { return SystemClock{}.steady_us(); }

}  // namespace kingpost::store
