#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "kingpost/ir/system.hpp"
#include "kingpost/request/principal.hpp"

namespace kingpost::serve {

struct StaticFile {
  std::string content_type;
  std::string bytes;
};

/// What is served at one time; replaced as a whole when the model changes. Immutable, shared by all loops.
struct Deployment {
  ir::SystemPtr system;
  /// OpenAPI of a contract as far as a caller may see it; handed in by app, because serve does not know emit. Thread-safe.
  std::function<std::string(const ir::Contract&, const request::Principal&)> openapi;
  /// The design site by path below /design/; empty when it is not to be served.
  std::map<std::string, StaticFile, std::less<>> design;
  /// Commands are not executed: what they get is checked, and what they answer is some record that their caller may read.
  bool mock_commands = false;
};

using DeploymentPtr = std::shared_ptr<const Deployment>;

/// The current deployment. Loops keep their own pointer and look here only when `generation` moved. Any thread.
class DeploymentSlot {
 public:
  explicit DeploymentSlot(DeploymentPtr first) : current_(std::move(first)) {}

  void replace(DeploymentPtr next) {
    const std::scoped_lock lock(mutex_);
    current_ = std::move(next);
    generation_.fetch_add(1, std::memory_order_release);
  }
  [[nodiscard]] DeploymentPtr get() const {
    const std::scoped_lock lock(mutex_);
    return current_;
  }
  [[nodiscard]] std::uint64_t generation() const noexcept { return generation_.load(std::memory_order_acquire); }

 private:
  mutable std::mutex mutex_;
  DeploymentPtr current_;
  std::atomic<std::uint64_t> generation_{1};
};

}  // namespace kingpost::serve
