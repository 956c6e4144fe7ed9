#include "kingpost/store/sqlite_writer.hpp"

#include <utility>

#include "kingpost/base/clock.hpp"
#include "kingpost/store/sql_error.hpp"
#include "kingpost/store/sqlite_error.hpp"
#include "kingpost/store/sqlite_run.hpp"
#include "kingpost/store/steady_time.hpp"

namespace kingpost::store {
namespace {

constexpr std::int64_t kPurgeEveryUs = 60'000'000;

}  // namespace

Result<std::unique_ptr<SqliteWriter>> SqliteWriter::open(const std::string& path, const Limits& limits) {
  auto connection = Connection::open(path, ConnectionRole::kWriter, limits);
  if (!connection) return fail(std::move(connection.error()));
  for (const std::string& statement : idempotency_ddl(dialect::Database::kSqlite)) {
    if (auto made = (*connection)->run(statement); !made) return fail(std::move(made.error()));
  }
  return std::unique_ptr<SqliteWriter>(new SqliteWriter(std::move(*connection), limits));
}

SqliteWriter::SqliteWriter(std::unique_ptr<Connection> connection, const Limits& limits)
    : connection_(std::move(connection)), limits_(limits), queue_(static_cast<std::size_t>(limits.write_queue)), thread_([this] { loop(); }) {}

SqliteWriter::~SqliteWriter() { drain(); }

void SqliteWriter::submit(Task task) {
  if (failed()) return deliver(std::move(task), fail(database_io_error()));
  const std::optional<Idempotency> idempotency = task.job.idempotency;
  if (idempotency && !keys_.insert(*idempotency)) return deliver(std::move(task), fail(idempotency_in_flight_error()));
  const TaskQueue::Push pushed = queue_.push(task);
  if (pushed == TaskQueue::Push::kTaken) return;
  if (idempotency) keys_.erase(*idempotency);
  deliver(std::move(task), fail(pushed == TaskQueue::Push::kFull ? queue_full_error() : shutting_down_error()));
}

void SqliteWriter::drain() {
  queue_.close();
  if (!thread_.joinable()) return;
  thread_.join();
  const std::lock_guard lock(connection_mutex_);
  if (failed()) {
    // What the kernel dropped after a failed sync must not be copied over good pages.
    connection_->never_checkpoint();
  } else {
    connection_->checkpoint();
  }
  // Closed here rather than with the object: lanes may outlive the store, whose lock another process may take by then.
  connection_.reset();
}

void SqliteWriter::loop() {
  while (true) {
    std::vector<Task> tasks = queue_.pop(static_cast<std::size_t>(limits_.write_group));
    if (tasks.empty()) return;
    run_tasks(std::move(tasks));
  }
}

Result<void> SqliteWriter::administer(const std::function<Result<void>(AdminConnection&)>& work) {
  const std::lock_guard lock(connection_mutex_);
  if (failed()) return fail(database_io_error());
  if (connection_ == nullptr) return fail(shutting_down_error());
  auto done = work(*borrow_admin_sqlite(connection_->handle()));
  commits_.fetch_add(1, std::memory_order_release);
  return done;
}

void SqliteWriter::run_tasks(std::vector<Task> tasks) {
  const std::lock_guard lock(connection_mutex_);
  std::vector<Member> members;
  members.reserve(tasks.size());
  for (Task& task : tasks) members.push_back({std::move(task), Outcome{}, false});
  const std::int64_t now = steady_now_us();
  std::vector<Member*> active;
  for (Member& member : members) {
    const std::int64_t deadline = member.task.job.deadline_us;
    if (deadline > 0 && deadline <= now) {
      member.result = fail(deadline_error());
    } else {
      active.push_back(&member);
    }
  }
  if (!active.empty() && run_group(active) == GroupEnd::kRolledBack && active.size() > 1) run_singly(active);
  Delivery delivery;
  for (Member& member : members) {
    if (member.task.job.idempotency) keys_.erase(*member.task.job.idempotency);
    delivery.add(std::move(member.task), std::move(member.result));
  }
  delivery.post();
}

/// Nobody was answered yet, so each may run again in a transaction of its own: one that breaks its transaction harms no other.
void SqliteWriter::run_singly(std::vector<Member*>& members) {
  for (Member* member : members) {
    if (member->settled) continue;
    std::vector<Member*> alone{member};
    static_cast<void>(run_group(alone));
  }
}

SqliteWriter::GroupEnd SqliteWriter::run_group(std::vector<Member*>& members) {
  const auto settle_all = [&members](const Error& error) {
    for (Member* member : members) {
      if (!member->settled) member->result = fail(error);
    }
  };
  if (connection_->moved()) failed_.store(true, std::memory_order_release);
  if (failed()) {
    settle_all(database_io_error());
    return GroupEnd::kBroken;
  }
  if (auto begun = connection_->run("begin immediate"); !begun) {
    settle_all(begun.error());
    return GroupEnd::kCommitted;
  }
  purge();
  GroupEnd end = GroupEnd::kCommitted;
  for (Member* member : members) {
    int code = 0;
    if (run_member(*member, code)) continue;
    end = end_group(code);
    // An interrupted write takes its whole transaction with it; running it again would only waste its time again.
    member->settled = is_interrupted(code);
    break;
  }
  if (end == GroupEnd::kCommitted) {
    if (auto committed = connection_->run("commit"); !committed) {
      end = end_group(connection_->last_code());
      settle_all(committed.error());
    } else {
      commits_.fetch_add(1, std::memory_order_release);
    }
  }
  if (end == GroupEnd::kBroken) settle_all(database_io_error());
  return end;
}

/// Takes back the whole transaction after `code`; an I/O failure stops all writing.
SqliteWriter::GroupEnd SqliteWriter::end_group(int code) {
  if (is_io_failure(code)) failed_.store(true, std::memory_order_release);
  if (connection_->in_transaction()) static_cast<void>(connection_->run("rollback"));
  return is_io_failure(code) ? GroupEnd::kBroken : GroupEnd::kRolledBack;
}

/// Runs a member in its savepoint. False when the group's transaction is gone or must go; `code` is then SQLite's reason.
bool SqliteWriter::run_member(Member& member, int& code) {
  if (auto marked = connection_->run("savepoint kp"); !marked) {
    code = connection_->last_code();
    member.result = fail(std::move(marked.error()));
    return false;
  }
  connection_->watch(0, member.task.job.deadline_us);
  member.result = execute(member.task.job);
  if (!member.result) code = connection_->last_code();
  connection_->watch(0, 0);
  if (!connection_->in_transaction() || is_io_failure(code)) return false;
  if (member.result && connection_->has_open_foreign_keys()) {
    member.result = fail(sql_error("23503", "insert, update or delete violates a foreign key constraint"));
  }
  if (!member.result) {
    if (!connection_->run("rollback to kp")) return false;
  }
  return connection_->run("release kp").has_value();
}

Result<Outcome> SqliteWriter::execute(const Job& job) {
  const ProgramRunner run = [this](const sql::Program& program, plan::RowSets& rows) {
    return run_program(*connection_, program, {}, limits_.response_bytes, rows);
  };
  Outcome outcome;
  if (job.idempotency) {
    auto found = find_answer(run, *job.idempotency);
    if (!found) return fail(std::move(found.error()));
    if (*found) {
      outcome.replayed = std::move(*found);
      return outcome;
    }
  }
  if (auto done = run_program(*connection_, *job.program, job.binding, limits_.response_bytes, outcome.rows); !done) {
    return fail(std::move(done.error()));
  }
  if (job.idempotency) {
    auto stored = store_answer(run, *job.idempotency, outcome.rows, limits_);
    if (!stored) return fail(std::move(stored.error()));
    outcome.stored = std::move(*stored);
  }
  return outcome;
}

/// Forgets expired answers now and then, in the group's transaction so that it costs no sync of its own.
void SqliteWriter::purge() {
  const std::int64_t now = steady_now_us();
  if (last_purge_us_ != 0 && now - last_purge_us_ < kPurgeEveryUs) return;
  last_purge_us_ = now;
  const ProgramRunner run = [this](const sql::Program& program, plan::RowSets& rows) {
    return run_program(*connection_, program, {}, limits_.response_bytes, rows);
  };
  // A failure here is met again, and told, by the members.
  static_cast<void>(purge_answers(run, SystemClock{}.now_us()));
}

}  // namespace kingpost::store
