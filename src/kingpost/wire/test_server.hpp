#pragma once

#include <atomic>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "kingpost/wire/server.hpp"

namespace kingpost::wire {

/// What the handlers of a test's server saw and keep.
struct Seen {
  std::mutex mutex;
  std::vector<std::string> requests;  ///< "METHOD target body-bytes"
  std::vector<Responder> held;
  std::shared_ptr<Loop> loop;
  std::atomic<int> ticks = 0;

  std::vector<std::string> all() {
    const std::lock_guard lock(mutex);
    return requests;
  }
  std::size_t count() {
    const std::lock_guard lock(mutex);
    return requests.size();
  }
};

/// Answers 200 with method, target and body; some paths behave otherwise.
class EchoHandler final : public Handler {
 public:
  EchoHandler(Seen& seen, std::shared_ptr<Loop> loop) : seen_(seen), loop_(std::move(loop)) {}

  void handle(const HttpRequest& request, Responder responder) override {
    const std::string path(request.path());
    {
      const std::lock_guard lock(seen_.mutex);
      seen_.requests.push_back(std::string(request.method) + " " + std::string(request.target) + " " + std::to_string(request.body.size()));
      seen_.loop = loop_;
      if (path == "/hold") {
        seen_.held.push_back(std::move(responder));
        return;
      }
    }
    if (path == "/drop") {
      return;
    }
    if (path == "/throw") {
      throw std::runtime_error("a handler's mistake");
    }
    response_.clear();
    response_.add_header("Content-Type", "text/plain");
    response_.body.append(request.method).append(" ").append(request.target).append(" ").append(request.body);
    if (path == "/later") {
      loop_->run_after(5, [this, owed = std::move(responder)]() mutable { owed.send(response_); });
    } else if (path == "/tick") {
      collected_.push_back(std::move(responder));
    } else {
      answer_special(path, request);
      responder.send(response_);
    }
  }
  void end_tick() override {
    ++seen_.ticks;
    for (Responder& responder : collected_) {
      response_.clear();
      response_.body = "tick";
      responder.send(response_);
    }
    collected_.clear();
  }

 private:
  void answer_special(std::string_view path, const HttpRequest& request) {
    if (path == "/big") {
      response_.body.assign(8 << 20, 'x');
    } else if (path == "/none") {
      response_.status = 204;
    } else if (path == "/close") {
      response_.close = true;
    } else if (path == "/cookies") {
      response_.body = request.headers.joined("cookie");
    } else if (path == "/peer") {
      response_.body = std::string(request.peer);
    }
  }

  Seen& seen_;
  std::shared_ptr<Loop> loop_;
  HttpResponse response_;
  std::vector<Responder> collected_;
};

[[nodiscard]] inline std::unique_ptr<Server> start_echo(Seen& seen, const Limits& limits = {}, unsigned threads = 1) {
  ServerOptions options;
  options.limits = limits;
  options.threads = threads;
  auto server = Server::start(
      options, [&seen](const std::shared_ptr<Loop>& loop) -> Result<std::unique_ptr<Handler>> { return std::make_unique<EchoHandler>(seen, loop); });
  return server ? std::move(*server) : nullptr;
}

}  // namespace kingpost::wire
