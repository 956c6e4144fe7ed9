#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "kingpost/base/limits.hpp"
#include "kingpost/store/sqlite_connection.hpp"
#include "kingpost/store/task_queue.hpp"

namespace kingpost::store {

/// The threads that run reads which are too long for an event loop. Connections open with the first read.
class SqliteReaders {
 public:
  SqliteReaders(std::string path, const Limits& limits);
  SqliteReaders(const SqliteReaders&) = delete;
  SqliteReaders& operator=(const SqliteReaders&) = delete;
  ~SqliteReaders();

  /// Any thread. Always answers, also when it refuses.
  void submit(Task task);
  /// Finishes what is queued and ends the threads. Idempotent.
  void drain();

 private:
  void loop();

  std::string path_;
  Limits limits_;
  TaskQueue queue_;
  std::vector<std::thread> threads_;
};

/// Runs a read in a transaction of its own within its deadline.
[[nodiscard]] Result<Outcome> run_read(Connection& connection, const Job& job, const Limits& limits);

}  // namespace kingpost::store
