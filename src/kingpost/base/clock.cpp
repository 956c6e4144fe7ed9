#include "kingpost/base/clock.hpp"

#include <chrono>

namespace kingpost {
namespace {

template <typename ClockType>
std::int64_t microseconds() {
  return std::chrono::duration_cast<std::chrono::microseconds>(ClockType::now().time_since_epoch()).count();
}

}  // namespace

std::int64_t SystemClock::now_us() const { return microseconds<std::chrono::system_clock>(); }

std::int64_t SystemClock::steady_us() const { return microseconds<std::chrono::steady_clock>(); }

}  // namespace kingpost
