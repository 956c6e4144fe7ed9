#include <mutex>
#include <optional>
#include <utility>

#include "kingpost/store/lock_file.hpp"
#include "kingpost/store/sql_error.hpp"
#include "kingpost/store/sqlite_connection.hpp"
#include "kingpost/store/sqlite_error.hpp"
#include "kingpost/store/sqlite_readers.hpp"
#include "kingpost/store/sqlite_run.hpp"
#include "kingpost/store/sqlite_writer.hpp"
#include "kingpost/store/steady_time.hpp"
#include "kingpost/store/store.hpp"

namespace kingpost::store {
namespace {

/// About a millisecond of SQLite's virtual machine. Counted in operations, so that a busy machine does not send short reads to the pool.
constexpr std::int64_t kInlineThousandOperations = 40;
constexpr std::int64_t kMicrosPerMilli = 1'000;

/// What the lanes and the store share; the threads in it end with the store.
struct Core {
  std::string path;
  Limits limits;
  std::unique_ptr<SqliteWriter> writer;
  std::unique_ptr<SqliteReaders> readers;
};

class SqliteLane final : public Lane {
 public:
  SqliteLane(std::shared_ptr<Core> core, Poster poster) : core_(std::move(core)), poster_(std::make_shared<const Poster>(std::move(poster))) {}

  [[nodiscard]] Result<bool> try_read(const sql::Program& program, const sql::Binding& binding, plan::RowSets& rows) override {
    if (program.lane != sql::Lane::kFastRead) return false;
    if (auto ready = open_tick(); !ready) return fail(std::move(ready.error()));
    connection_->watch(kInlineThousandOperations, 0);
    Result<void> done = run_program(*connection_, program, binding, core_->limits.response_bytes, rows);
    if (done) return true;
    if (connection_->over_budget()) return false;
    return fail(std::move(done.error()));
  }

  void submit(Job job, Completion completion) override {
    if (job.deadline_us == 0) job.deadline_us = steady_now_us() + core_->limits.request_timeout_ms * kMicrosPerMilli;
    const bool writes = job.program->lane == sql::Lane::kWrite;
    Task task{std::move(job), std::move(completion), poster_};
    if (writes) return core_->writer->submit(std::move(task));
    core_->readers->submit(std::move(task));
  }

  void end_tick() override {
    if (connection_ == nullptr || !connection_->in_transaction()) return;
    connection_->watch(0, 0);
    // Nothing was written, so there is nothing that could be lost when this fails.
    static_cast<void>(connection_->run("commit"));
  }

 private:
  /// Opens the tick's read transaction, anew when a commit came in between: who was told of a write sees it.
  [[nodiscard]] Result<void> open_tick() {
    if (connection_ == nullptr) {
      auto opened = Connection::open(core_->path, ConnectionRole::kReader, core_->limits);
      if (!opened) return fail(std::move(opened.error()));
      connection_ = std::move(*opened);
    }
    const std::uint64_t commits = core_->writer->commits();
    if (connection_->in_transaction()) {
      if (commits == seen_commits_) return {};
      end_tick();
    }
    // Read before BEGIN: a commit that lands in between costs one more BEGIN, never a stale read.
    seen_commits_ = commits;
    connection_->watch(0, 0);
    return connection_->run("begin");
  }

  std::shared_ptr<Core> core_;
  std::shared_ptr<const Poster> poster_;
  std::unique_ptr<Connection> connection_;
  std::uint64_t seen_commits_ = 0;
};

class SqliteStore final : public Store {
 public:
  SqliteStore(DatabaseLock lock, std::shared_ptr<Core> core) : lock_(std::move(lock)), core_(std::move(core)) {}
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;
  ~SqliteStore() override { drain(); }

  [[nodiscard]] dialect::Database database() const noexcept override { return dialect::Database::kSqlite; }

  [[nodiscard]] std::unique_ptr<Lane> open_lane(Poster poster) override { return std::make_unique<SqliteLane>(core_, std::move(poster)); }

  [[nodiscard]] Result<void> ping() override {
    if (core_->writer->failed()) return fail(database_io_error());
    const std::lock_guard lock(mutex_);
    return side_connection().and_then([](Connection* connection) -> Result<void> {
      if (connection->moved()) return fail(database_io_error());
      return connection->run("select 1 from sqlite_schema limit 1");
    });
  }

  [[nodiscard]] Result<void> administer(const std::function<Result<void>(AdminConnection&)>& work) override {
    return core_->writer->administer(work);
  }

  void drain() override {
    const std::lock_guard lock(mutex_);
    core_->readers->drain();
    side_.reset();
    core_->writer->drain();
  }

  [[nodiscard]] Result<std::vector<std::string>> explain(const sql::Program& program, const sql::Binding& binding) override;

 private:
  /// The connection of ping and explain, made at the first use. Under mutex_.
  [[nodiscard]] Result<Connection*> side_connection() {
    if (side_ == nullptr) {
      auto opened = Connection::open(core_->path, ConnectionRole::kReader, core_->limits);
      if (!opened) return fail(std::move(opened.error()));
      side_ = std::move(*opened);
    }
    return side_.get();
  }

  DatabaseLock lock_;
  std::shared_ptr<Core> core_;
  std::mutex mutex_;
  std::unique_ptr<Connection> side_;
};

/// One line per node of the plan, indented by its depth.
std::string print_query_plan(const plan::RowSet& rows) {
  constexpr std::size_t kParent = 1;
  constexpr std::size_t kDetail = 3;
  std::vector<std::pair<std::int64_t, std::size_t>> depths;
  std::string text;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    std::size_t depth = 0;
    for (const auto& [id, id_depth] : depths) {
      if (id == rows.at(row, kParent).view().integer) depth = id_depth + 1;
    }
    depths.emplace_back(rows.at(row, 0).view().integer, depth);
    if (!text.empty()) text += '\n';
    text.append(2 * depth, ' ');
    text += rows.at(row, kDetail).view().bytes;
  }
  return text;
}

Result<std::vector<std::string>> SqliteStore::explain(const sql::Program& program, const sql::Binding& /*binding*/) {
  const std::lock_guard lock(mutex_);
  auto connection = side_connection();
  if (!connection) return fail(std::move(connection.error()));
  std::vector<std::string> plans;
  for (const sql::Step& step : program.steps) {
    // Values do not change SQLite's plan here, so nothing is bound.
    sql::Program explained;
    explained.steps.emplace_back();
    explained.steps.back().sql = "explain query plan " + step.sql;
    plan::RowSets rows;
    if (auto done = run_program(**connection, explained, {}, core_->limits.response_bytes, rows); !done) return fail(std::move(done.error()));
    plans.push_back(print_query_plan(rows.front()));
  }
  return plans;
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(const std::string& path, const Limits& limits) {
  auto lock = DatabaseLock::acquire(path, "serve");
  if (!lock) return fail(std::move(lock.error()));
  auto core = std::make_shared<Core>();
  core->path = path;
  core->limits = limits;
  auto writer = SqliteWriter::open(path, limits);
  if (!writer) return fail(std::move(writer.error()));
  core->writer = std::move(*writer);
  core->readers = std::make_unique<SqliteReaders>(path, limits);
  return std::make_unique<SqliteStore>(std::move(*lock), std::move(core));
}

}  // namespace kingpost::store
