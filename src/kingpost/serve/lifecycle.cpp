#include "kingpost/serve/lifecycle.hpp"

#include <chrono>

#include "kingpost/serve/pipeline.hpp"

namespace kingpost::serve {

namespace {

constexpr std::chrono::milliseconds kHealthInterval{1'000};

}  // namespace

Service::Service(const ServeOptions& options, DeploymentPtr deployment, store::Store& store)
    : options_(options), deployments_(std::move(deployment)), store_(store) {}

Result<std::unique_ptr<Service>> Service::start(const ServeOptions& options, DeploymentPtr deployment, store::Store& store,
                                                const identity::TokenAuthority& authority) {
  std::unique_ptr<Service> service(new Service(options, std::move(deployment), store));
  const Shared shared{service->deployments_, store, authority, service->clock_, service->options_.limits, options.dev, service->ready_, options.sink};
  wire::ServerOptions wire_options;
  wire_options.address = options.address;
  wire_options.threads = options.threads;
  wire_options.limits = options.limits;
  wire_options.sink = options.sink;
  const auto factory = [shared](const std::shared_ptr<wire::Loop>& loop) -> Result<std::unique_ptr<wire::Handler>> {
    return std::make_unique<Pipeline>(shared, loop);
  };
  for (unsigned attempt = 0;; ++attempt) {
    wire_options.port = static_cast<std::uint16_t>(options.port + attempt);
    auto server = wire::Server::start(wire_options, factory);
    if (server) {
      service->server_ = std::move(*server);
      break;
    }
    if (server.error().code != "listen-in-use" || attempt >= options.further_ports || wire_options.port == 65'535) {
      return fail(std::move(server.error()));
    }
  }
  service->monitor_ = std::thread([raw = service.get()] { raw->watch_health(); });
  return service;
}

void Service::watch_health() {
  std::unique_lock lock(mutex_);
  bool answered_before = true;
  while (!stopping_) {
    lock.unlock();
    const auto answered = store_.ping();
    const bool answers = answered.has_value();
    lock.lock();
    if (options_.sink != nullptr && answers != answered_before && !stopping_) {
      options_.sink->observe(observe::Warning{"serve", answers ? "database-answers-again" : answered.error().code,
                                              answers ? "The database answers again." : answered.error().message});
    }
    answered_before = answers;
    ready_.store(answers && !stopping_, std::memory_order_relaxed);
    wake_.wait_for(lock, kHealthInterval, [this] { return stopping_; });
  }
}

void Service::stop() {
  {
    const std::scoped_lock lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    ready_.store(false, std::memory_order_relaxed);
  }
  wake_.notify_all();
  server_->request_stop(true);
  server_->wait();
  store_.drain();
}

Service::~Service() {
  if (server_) stop();
  if (monitor_.joinable()) monitor_.join();
}

}  // namespace kingpost::serve
