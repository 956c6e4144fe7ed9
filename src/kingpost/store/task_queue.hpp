#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "kingpost/store/delivery.hpp"

namespace kingpost::store {

/// A bounded queue of tasks between loops and a store's threads. Thread-safe.
class TaskQueue {
 public:
  enum class Push { kTaken, kFull, kClosed };

  explicit TaskQueue(std::size_t capacity) : capacity_(capacity) {}

  /// Takes the task only when it answers kTaken.
  [[nodiscard]] Push push(Task& task) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return Push::kClosed;
      if (tasks_.size() >= capacity_) return Push::kFull;
      tasks_.push_back(std::move(task));
    }
    ready_.notify_one();
    return Push::kTaken;
  }

  /// Waits for tasks and takes at most `count`; empty when the queue is closed and done.
  [[nodiscard]] std::vector<Task> pop(std::size_t count) {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [this] { return closed_ || !tasks_.empty(); });
    std::vector<Task> taken;
    while (!tasks_.empty() && taken.size() < count) {
      taken.push_back(std::move(tasks_.front()));
      tasks_.pop_front();
    }
    return taken;
  }

  /// No more pushes; what is queued is still handed out.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    ready_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Task> tasks_;
  std::size_t capacity_;
  bool closed_ = false;
};

}  // namespace kingpost::store
