#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "kingpost/base/limits.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/store/admin_connection.hpp"
#include "kingpost/store/idempotency.hpp"
#include "kingpost/store/sqlite_connection.hpp"
#include "kingpost/store/task_queue.hpp"

namespace kingpost::store {

/// The one thread and connection that write to a SQLite file. What is queued together is committed together (one fsync), each request in its own
/// savepoint; an answer is posted only after the commit that makes it durable.
class SqliteWriter {
 public:
  /// Opens the connection, makes the idempotency table and starts the thread.
  [[nodiscard]] static Result<std::unique_ptr<SqliteWriter>> open(const std::string& path, const Limits& limits);

  SqliteWriter(const SqliteWriter&) = delete;
  SqliteWriter& operator=(const SqliteWriter&) = delete;
  ~SqliteWriter();

  /// Any thread. Always answers, also when it refuses.
  void submit(Task task);
  /// Runs `work` over the writing connection between two groups; blocks. Not from the writer's own thread.
  [[nodiscard]] Result<void> administer(const std::function<Result<void>(AdminConnection&)>& work);
  /// Number of commits so far; bumped before the answers of a commit are posted.
  [[nodiscard]] std::uint64_t commits() const noexcept { return commits_.load(std::memory_order_acquire); }
  /// Whether an I/O failure has stopped writing until the store is opened again.
  [[nodiscard]] bool failed() const noexcept { return failed_.load(std::memory_order_acquire); }
  /// Finishes what is queued, checkpoints the WAL and ends the thread. Idempotent; not from the writer's own thread.
  void drain();

 private:
  /// A member of a group while it runs.
  struct Member {
    Task task;
    Result<Outcome> result;
    bool settled = false;  ///< its result stands whatever becomes of the group
  };
  enum class GroupEnd { kCommitted, kRolledBack, kBroken };

  SqliteWriter(std::unique_ptr<Connection> connection, const Limits& limits);
  void loop();
  void run_tasks(std::vector<Task> tasks);
  [[nodiscard]] GroupEnd run_group(std::vector<Member*>& members);
  [[nodiscard]] GroupEnd end_group(int code);
  [[nodiscard]] bool run_member(Member& member, int& code);
  [[nodiscard]] Result<Outcome> execute(const Job& job);
  void run_singly(std::vector<Member*>& members);
  void purge();

  std::mutex connection_mutex_;  ///< held while a group or administer uses the connection
  std::unique_ptr<Connection> connection_;
  Limits limits_;
  TaskQueue queue_;
  InFlightKeys keys_;
  std::atomic<std::uint64_t> commits_{0};
  std::atomic<bool> failed_{false};
  std::int64_t last_purge_us_ = 0;
  std::thread thread_;
};

}  // namespace kingpost::store
