#include "kingpost/store/sqlite_readers.hpp"

#include <utility>

#include "kingpost/store/sql_error.hpp"
#include "kingpost/store/sqlite_run.hpp"
#include "kingpost/store/steady_time.hpp"

namespace kingpost::store {
namespace {

constexpr std::size_t kThreads = 2;

}  // namespace

Result<Outcome> run_read(Connection& connection, const Job& job, const Limits& limits) {
  if (job.deadline_us > 0 && job.deadline_us <= steady_now_us()) return fail(deadline_error());
  if (auto begun = connection.run("begin"); !begun) return fail(std::move(begun.error()));
  connection.watch(0, job.deadline_us);
  Outcome outcome;
  Result<void> done = run_program(connection, *job.program, job.binding, limits.response_bytes, outcome.rows);
  connection.watch(0, 0);
  if (connection.in_transaction()) static_cast<void>(connection.run("rollback"));
  if (!done) return fail(std::move(done.error()));
  return outcome;
}

SqliteReaders::SqliteReaders(std::string path, const Limits& limits)
    : path_(std::move(path)), limits_(limits), queue_(static_cast<std::size_t>(limits.write_queue)) {
  for (std::size_t i = 0; i < kThreads; ++i) threads_.emplace_back([this] { loop(); });
}

SqliteReaders::~SqliteReaders() { drain(); }

void SqliteReaders::submit(Task task) {
  const TaskQueue::Push pushed = queue_.push(task);
  if (pushed == TaskQueue::Push::kTaken) return;
  deliver(std::move(task), fail(pushed == TaskQueue::Push::kFull ? queue_full_error() : shutting_down_error()));
}

void SqliteReaders::drain() {
  queue_.close();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void SqliteReaders::loop() {
  std::unique_ptr<Connection> connection;
  while (true) {
    std::vector<Task> tasks = queue_.pop(1);
    if (tasks.empty()) return;
    if (connection == nullptr) {
      auto opened = Connection::open(path_, ConnectionRole::kReader, limits_);
      if (!opened) {
        deliver(std::move(tasks.front()), fail(std::move(opened.error())));
        continue;
      }
      connection = std::move(*opened);
    }
    Result<Outcome> result = run_read(*connection, tasks.front().job, limits_);
    deliver(std::move(tasks.front()), std::move(result));
  }
}

}  // namespace kingpost::store
