#include "kingpost/wire/server.hpp"

#include <algorithm>
#include <future>
#include <mutex>
#include <thread>

#include "kingpost/wire/listener.hpp"
#include "kingpost/wire/loop_core.hpp"

namespace kingpost::wire {
namespace {

class ServerCore final : public Server {
 public:
  ServerCore(const ServerOptions& options, const Listeners& listeners)
      : options_(options), port_(listeners.port), connections_(std::make_shared<std::atomic<std::int64_t>>(0)) {
    const bool ipv6 = options.address.find(':') != std::string::npos;
    for (const int descriptor : listeners.descriptors) {
      const LoopSettings settings{options.limits, static_cast<unsigned>(loops_.size()), descriptor, ipv6, options.sink, connections_};
      loops_.push_back(std::make_shared<LoopCore>(settings));
    }
  }
  ~ServerCore() override {
    request_stop(false);
    wait();
  }

  /// Starts every loop; the first factory's error when there is one.
  [[nodiscard]] Result<bool> run(const HandlerFactory& factory) {
    std::vector<std::future<Result<bool>>> started;
    for (const auto& loop : loops_) {
      std::promise<Result<bool>> promise;
      started.push_back(promise.get_future());
      threads_.emplace_back([loop, factory, promise = std::move(promise)]() mutable { loop->run(factory, std::move(promise)); });
    }
    Result<bool> all = true;
    for (auto& one : started) {
      Result<bool> result = one.get();
      if (!result && all) {
        all = std::move(result);
      }
    }
    if (all && options_.sink != nullptr) {
      options_.sink->observe(observe::ServerStarted{options_.address, port_, static_cast<unsigned>(loops_.size())});
    }
    return all;
  }

  [[nodiscard]] std::uint16_t port() const noexcept override { return port_; }
  [[nodiscard]] std::int64_t connections() const noexcept override { return connections_->load(std::memory_order_relaxed); }
  void request_stop(bool drain) override {
    for (const auto& loop : loops_) {
      loop->request_stop(drain);
    }
  }
  void wait() override {
    const std::lock_guard lock(mutex_);
    if (threads_.empty()) {
      return;
    }
    for (std::thread& thread : threads_) {
      thread.join();
    }
    threads_.clear();
    if (options_.sink != nullptr) {
      options_.sink->observe(observe::ServerStopped{});
    }
  }

 private:
  ServerOptions options_;
  std::uint16_t port_;
  std::shared_ptr<std::atomic<std::int64_t>> connections_;
  std::vector<std::shared_ptr<LoopCore>> loops_;
  std::mutex mutex_;  ///< guards threads_ against two callers of wait
  std::vector<std::thread> threads_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, const HandlerFactory& factory) {
  const unsigned threads = options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  const auto listeners = open_listeners(options.address, options.port, threads);
  if (!listeners) {
    return fail(listeners.error());
  }
  try {
    auto server = std::make_unique<ServerCore>(options, *listeners);
    if (auto started = server->run(factory); !started) {
      return fail(std::move(started.error()));
    }
    return server;
  } catch (const std::exception& error) {
    return fail(ErrorKind::kUnavailable, "listen-failed", error.what());
  }
}

}  // namespace kingpost::wire
