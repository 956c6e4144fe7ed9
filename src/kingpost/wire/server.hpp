#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "kingpost/base/limits.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/observe/sink.hpp"
#include "kingpost/wire/message.hpp"
#include "kingpost/wire/task.hpp"

namespace kingpost::wire {

/// Where an answer goes: a connection, or a recorder in a test. Both calls are safe from any thread.
class Exchange {
 public:
  Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  virtual ~Exchange() = default;
  virtual void answer(const HttpResponse& response) = 0;
  /// Nobody will answer: the connection says 500 for itself.
  virtual void abandon() noexcept = 0;
};

/// The right to answer one request, once. Dropped without an answer it becomes a 500; answering when the connection has gone
/// does nothing. Cheapest on the loop's thread (inside handle, end_tick, a posted or timed task); from another thread the answer
/// is copied and posted.
class Responder {
 public:
  Responder() = default;
  explicit Responder(std::shared_ptr<Exchange> exchange) noexcept : exchange_(std::move(exchange)) {}
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&& other) noexcept {
    if (this != &other) {
      drop();
      exchange_ = std::move(other.exchange_);
    }
    return *this;
  }
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;
  ~Responder() { drop(); }

  /// Answers; the views of the request die. The response is copied out, so the caller may reuse it at once.
  void send(const HttpResponse& response) {
    if (const auto exchange = std::move(exchange_)) {
      exchange->answer(response);
    }
  }
  /// Whether the answer is still owed.
  [[nodiscard]] bool pending() const noexcept { return exchange_ != nullptr; }

 private:
  void drop() noexcept {
    if (const auto exchange = std::move(exchange_)) {
      exchange->abandon();
    }
  }
  std::shared_ptr<Exchange> exchange_;
};

/// One event loop, one thread. Shared, so that another thread may keep it to post to; after the server has stopped, posting does nothing.
class Loop {
 public:
  Loop() = default;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  virtual ~Loop() = default;
  /// Runs the task on the loop's thread, in the order of posting. Any thread. False when the loop has ended (the task is dropped).
  virtual bool post(Task task) = 0;
  /// Runs the task on the loop's thread not earlier than in `delay_ms`; dropped when the loop ends. Loop's thread only.
  virtual void run_after(std::int64_t delay_ms, Task task) = 0;
  [[nodiscard]] virtual bool on_thread() const noexcept = 0;
  /// 0 … threads - 1.
  [[nodiscard]] virtual unsigned index() const noexcept = 0;
};

/// What serves the requests of one loop. Created, called and destroyed on that loop's thread.
class Handler {
 public:
  Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  virtual ~Handler() = default;
  /// Answers now through `responder`, or keeps it and answers later. Requests of one connection come one at a time, in order: the
  /// next is read only when this one is answered.
  virtual void handle(const HttpRequest& request, Responder responder) = 0;
  /// After everything that was ready has run and before answers given outside handle are written: the place to send collected
  /// reads together and to close what was opened for this tick. Called after any tick in which handle or a task ran.
  virtual void end_tick() {}
};

using HandlerFactory = std::function<Result<std::unique_ptr<Handler>>(const std::shared_ptr<Loop>&)>;

struct ServerOptions {
  /// A numeric IPv4 or IPv6 address.
  std::string address = "127.0.0.1";
  /// 0 takes a free one.
  std::uint16_t port = 0;
  /// Loops; 0 means one per processor.
  unsigned threads = 1;
  Limits limits;
  /// Outlives the server; may be null.
  observe::Sink* sink = nullptr;
};

/// An HTTP/1.1 server: one loop, thread and listening socket (SO_REUSEPORT) per core. Strict about heads (RFC 9112), bounded in
/// everything (`Limits`).
class Server {
 public:
  Server() = default;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  /// Stops without draining when still running.
  virtual ~Server() = default;

  /// Listens and serves. Errors: `listen-in-use` (another socket listens there), `listen-address` (no such address),
  /// `listen-failed`, or what a factory returned.
  [[nodiscard]] static Result<std::unique_ptr<Server>> start(const ServerOptions& options, const HandlerFactory& factory);

  [[nodiscard]] virtual std::uint16_t port() const noexcept = 0;
  /// Open connections of all loops.
  [[nodiscard]] virtual std::int64_t connections() const noexcept = 0;
  /// Stops accepting; with `drain`, requests under way are answered (with `Connection: close`) for at most drain_timeout_ms,
  /// without it connections are cut. Any thread, not from a signal handler. A second call may turn draining into cutting.
  virtual void request_stop(bool drain) = 0;
  /// Returns when every loop has ended.
  virtual void wait() = 0;
};

}  // namespace kingpost::wire
