#include <fmt/chrono.h>
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <iterator>

#include "kingpost/observe/sink.hpp"

namespace kingpost::observe {
namespace {

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte < 0x20 || byte == 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
    } else {
      out.push_back(c);
    }
  }
}

/// Writes one event's members; the two formats differ only in punctuation.
class Line {
 public:
  Line(LogFormat format, std::int64_t now_us) : json_(format == LogFormat::kJson) {
    const auto seconds = std::time_t{now_us / 1'000'000};
    const std::string time = fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds), now_us / 1000 % 1000);
    text_ = json_ ? fmt::format("{{\"time\":\"{}\"", time) : time;
  }
  void start(std::string_view level, std::string_view name) {
    text_ += json_ ? fmt::format(",\"level\":\"{}\",\"event\":\"{}\"", level, name) : fmt::format(" {:<5} {}", level, name);
  }
  void text(std::string_view name, std::string_view value) {
    text_ += json_ ? fmt::format(",\"{}\":\"", name) : fmt::format(" {}=\"", name);
    append_escaped(text_, value);
    text_.push_back('"');
  }
  void number(std::string_view name, std::int64_t value) {
    text_ += json_ ? fmt::format(",\"{}\":{}", name, value) : fmt::format(" {}={}", name, value);
  }
  std::string finish() {
    if (json_) {
      text_.push_back('}');
    }
    return std::move(text_);
  }

 private:
  bool json_;
  std::string text_;
};

struct Printer {
  Line& line;

  void operator()(const ServerStarted& event) const {
    line.start("info", "server-started");
    line.text("address", event.address);
    line.number("port", event.port);
    line.number("threads", event.threads);
  }
  void operator()(const ServerDraining& event) const {
    line.start("info", "server-draining");
    line.number("connections", event.connections);
  }
  void operator()(const ServerStopped& /*event*/) const { line.start("info", "server-stopped"); }
  void operator()(const ConnectionRefused& event) const {
    line.start("warn", "connection-refused");
    line.text("reason", event.reason);
  }
  void operator()(const RequestRefused& event) const {
    line.start("info", "request-refused");
    line.number("status", event.status);
    line.text("code", event.code);
    line.text("peer", event.peer);
  }
  void operator()(const RequestServed& event) const {
    line.start("info", "request-served");
    line.text("method", event.method);
    line.text("route", event.route);
    line.number("status", event.status);
    line.number("duration_us", event.duration_us);
    line.number("bytes", event.response_bytes);
  }
  void operator()(const Warning& event) const { note("warn", "warning", event); }
  void operator()(const Failure& event) const { note("error", "failure", event); }

 private:
  template <typename Note>
  void note(std::string_view level, std::string_view name, const Note& event) const {
    line.start(level, name);
    line.text("room", event.room);
    line.text("code", event.code);
    line.text("message", event.message);
  }
};

class LogSink final : public Sink {
 public:
  explicit LogSink(LogOptions options) : options_(options) {}
  void observe(const Event& event) noexcept override {
    if (std::holds_alternative<RequestServed>(event) && !options_.requests) {
      return;
    }
    try {
      const auto now = std::chrono::system_clock::now().time_since_epoch();
      if (is_refusal(event) && !may_print(std::chrono::duration_cast<std::chrono::seconds>(now).count())) {
        return;
      }
      std::string line = print_event(event, options_.format, std::chrono::duration_cast<std::chrono::microseconds>(now).count());
      line.push_back('\n');
      // One fwrite is one locked operation of the stream, so lines of several threads never interleave.
      std::fwrite(line.data(), 1, line.size(), stderr);
    } catch (...) {
      std::fputs("an event could not be printed\n", stderr);
    }
  }
  [[nodiscard]] bool wants_requests() const noexcept override { return options_.requests; }

 private:
  static bool is_refusal(const Event& event) {
    return std::holds_alternative<RequestRefused>(event) || std::holds_alternative<ConnectionRefused>(event);
  }
  /// Whoever sends nonsense must not be able to fill the log. Two threads at a second's turn may print a few lines more.
  bool may_print(std::int64_t second) noexcept {
    if (refusal_second_.exchange(second, std::memory_order_relaxed) != second) {
      refusals_.store(0, std::memory_order_relaxed);
    }
    return refusals_.fetch_add(1, std::memory_order_relaxed) < kRefusalsPerSecond;
  }

  static constexpr int kRefusalsPerSecond = 20;
  LogOptions options_;
  std::atomic<std::int64_t> refusal_second_ = 0;
  std::atomic<int> refusals_ = 0;
};

class NullSink final : public Sink {
 public:
  void observe(const Event& /*event*/) noexcept override {}
};

}  // namespace

std::string print_event(const Event& event, LogFormat format, std::int64_t now_us) {
  Line line(format, now_us);
  std::visit(Printer{line}, event);
  return line.finish();
}

std::unique_ptr<Sink> make_log_sink(LogOptions options) { return std::make_unique<LogSink>(options); }
std::unique_ptr<Sink> make_null_sink() { return std::make_unique<NullSink>(); }

}  // namespace kingpost::observe
