#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "kingpost/base/clock.hpp"
#include "kingpost/base/limits.hpp"
#include "kingpost/identity/token.hpp"
#include "kingpost/observe/sink.hpp"
#include "kingpost/serve/deployment.hpp"
#include "kingpost/store/store.hpp"
#include "kingpost/wire/server.hpp"

namespace kingpost::serve {

struct ServeOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  /// Ports tried after `port` when it is taken.
  unsigned further_ports = 0;
  unsigned threads = 1;
  bool dev = false;
  Limits limits;
  observe::Sink* sink = nullptr;
};

/// A served model: the HTTP server over a store, with a monitor that keeps /health/ready true only while the database answers.
class Service {
 public:
  /// Starts to serve. `store` and `authority` outlive the service. Errors: those of wire::Server::start.
  [[nodiscard]] static Result<std::unique_ptr<Service>> start(const ServeOptions& options, DeploymentPtr deployment, store::Store& store,
                                                              const identity::TokenAuthority& authority);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  ~Service();

  [[nodiscard]] std::uint16_t port() const noexcept { return server_->port(); }
  /// Serves another deployment from the next request on. Any thread.
  void replace(DeploymentPtr deployment) { deployments_.replace(std::move(deployment)); }
  /// Answers what is under way, lets the store finish its writes, then returns. Not from a signal handler.
  void stop();

 private:
  Service(const ServeOptions& options, DeploymentPtr deployment, store::Store& store);
  void watch_health();

  SystemClock clock_;
  ServeOptions options_;
  DeploymentSlot deployments_;
  store::Store& store_;
  std::atomic<bool> ready_{true};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::unique_ptr<wire::Server> server_;
  std::thread monitor_;
};

}  // namespace kingpost::serve
