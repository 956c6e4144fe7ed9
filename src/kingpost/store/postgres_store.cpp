#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "kingpost/store/postgres_session.hpp"
#include "kingpost/store/sql_error.hpp"
#include "kingpost/store/steady_time.hpp"
#include "kingpost/store/store.hpp"
#include "kingpost/store/task_queue.hpp"

namespace kingpost::store {
namespace {

constexpr std::int64_t kMicrosPerMilli = 1'000;

/// A bounded queue and the threads that empty it, one session each.
class PostgresPool {
 public:
  PostgresPool(const std::string& url, const Limits& limits) : limits_(limits), queue_(static_cast<std::size_t>(limits.write_queue)) {
    const auto count = static_cast<std::size_t>(limits.postgres_connections < 1 ? 1 : limits.postgres_connections);
    for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this, url] { loop(url); });
  }
  PostgresPool(const PostgresPool&) = delete;
  PostgresPool& operator=(const PostgresPool&) = delete;
  ~PostgresPool() { drain(); }

  void submit(Task task) {
    if (task.job.deadline_us == 0) task.job.deadline_us = steady_now_us() + limits_.request_timeout_ms * kMicrosPerMilli;
    const TaskQueue::Push pushed = queue_.push(task);
    if (pushed == TaskQueue::Push::kTaken) return;
    deliver(std::move(task), fail(pushed == TaskQueue::Push::kFull ? queue_full_error() : shutting_down_error()));
  }

  void drain() {
    queue_.close();
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }

 private:
  void loop(const std::string& url) {
    PostgresSession session(url, limits_);
    while (true) {
      std::vector<Task> tasks = queue_.pop(1);
      if (tasks.empty()) return;
      Result<Outcome> result = session.run(tasks.front().job);
      deliver(std::move(tasks.front()), std::move(result));
    }
  }

  Limits limits_;
  TaskQueue queue_;
  std::vector<std::thread> threads_;
};

class PostgresLane final : public Lane {
 public:
  PostgresLane(std::shared_ptr<PostgresPool> pool, Poster poster)
      : pool_(std::move(pool)), poster_(std::make_shared<const Poster>(std::move(poster))) {}

  /// The answer always comes over the network, so nothing is read inline.
  [[nodiscard]] Result<bool> try_read(const sql::Program& /*program*/, const sql::Binding& /*binding*/, plan::RowSets& /*rows*/) override {
    return false;
  }
  void submit(Job job, Completion completion) override { pool_->submit({std::move(job), std::move(completion), poster_}); }
  void end_tick() override {}

 private:
  std::shared_ptr<PostgresPool> pool_;
  std::shared_ptr<const Poster> poster_;
};

class PostgresStore final : public Store {
 public:
  PostgresStore(std::unique_ptr<PostgresSession> session, const std::string& url, const Limits& limits)
      : url_(url), session_(std::move(session)), pool_(std::make_shared<PostgresPool>(url, limits)) {}
  PostgresStore(const PostgresStore&) = delete;
  PostgresStore& operator=(const PostgresStore&) = delete;
  ~PostgresStore() override { pool_->drain(); }

  [[nodiscard]] dialect::Database database() const noexcept override { return dialect::Database::kPostgres; }
  [[nodiscard]] std::unique_ptr<Lane> open_lane(Poster poster) override { return std::make_unique<PostgresLane>(pool_, std::move(poster)); }
  [[nodiscard]] Result<void> ping() override {
    const std::lock_guard lock(mutex_);
    return session_->ping();
  }
  [[nodiscard]] Result<void> administer(const std::function<Result<void>(AdminConnection&)>& work) override {
    auto connection = open_admin_postgres(url_);
    if (!connection) return fail(std::move(connection.error()));
    return work(**connection);
  }
  void drain() override {
    const std::lock_guard lock(mutex_);
    pool_->drain();
  }
  [[nodiscard]] Result<std::vector<std::string>> explain(const sql::Program& program, const sql::Binding& binding) override {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> plans;
    for (std::size_t i = 0; i < program.steps.size(); ++i) {
      auto plan = session_->explain(program.steps[i], i < binding.steps.size() ? binding.steps[i] : std::vector<sql::BoundValue>{});
      if (!plan) return fail(std::move(plan.error()));
      plans.push_back(std::move(*plan));
    }
    return plans;
  }

 private:
  std::string url_;
  std::mutex mutex_;
  std::unique_ptr<PostgresSession> session_;  ///< of ping and explain; under mutex_
  std::shared_ptr<PostgresPool> pool_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_postgres(const std::string& url, const Limits& limits) {
  auto session = std::make_unique<PostgresSession>(url, limits);
  if (auto made = session->make_idempotency_table(); !made) return fail(std::move(made.error()));
  return std::make_unique<PostgresStore>(std::move(session), url, limits);
}

}  // namespace kingpost::store
