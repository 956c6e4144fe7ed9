#pragma once

#include <memory>

#include "kingpost/observe/event.hpp"

namespace kingpost::observe {

/// Decides what becomes of events. Called from any thread.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;
  virtual void observe(const Event& event) noexcept = 0;
  /// Whether RequestServed is wanted at all; emitters ask first, since building it costs.
  [[nodiscard]] virtual bool wants_requests() const noexcept { return false; }
};

enum class LogFormat { kText, kJson };

struct LogOptions {
  LogFormat format = LogFormat::kText;
  bool requests = false;
};

/// One line per event on standard error: a time, a level, the event's name, then its members. Control characters are escaped; refusals are
/// limited to 20 lines a second.
[[nodiscard]] std::unique_ptr<Sink> make_log_sink(LogOptions options);
/// Drops everything.
[[nodiscard]] std::unique_ptr<Sink> make_null_sink();

/// The line make_log_sink prints for an event at `now_us` (microseconds since 1970), without its line ending.
[[nodiscard]] std::string print_event(const Event& event, LogFormat format, std::int64_t now_us);

}  // namespace kingpost::observe
