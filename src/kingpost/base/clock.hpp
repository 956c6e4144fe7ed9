#pragma once

#include <cstdint>

namespace kingpost {

/// Where the engine reads the time; tests hand in their own. Implementations are safe to call from any thread.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  /// Microseconds since 1970-01-01T00:00:00Z.
  [[nodiscard]] virtual std::int64_t now_us() const = 0;
  /// Microseconds on a clock that never steps back, for deadlines.
  [[nodiscard]] virtual std::int64_t steady_us() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] std::int64_t now_us() const override;
  [[nodiscard]] std::int64_t steady_us() const override;
};

}  // namespace kingpost
