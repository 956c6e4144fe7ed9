#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kingpost/base/limits.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/plan/row_set.hpp"
#include "kingpost/sql/program.hpp"
#include "kingpost/sql/sql.hpp"
#include "kingpost/store/admin_connection.hpp"

namespace kingpost::store {

/// A stored answer to an idempotency key.
struct StoredAnswer {
  int status = 0;
  std::string headers;
  std::string body;
};

/// An idempotent write: looked up and stored in the effect's own transaction. `make_answer` renders the answer inside it, on the
/// store's thread, from the Program's rows; an answer over the bound is stored without its body.
struct Idempotency {
  std::string principal;  ///< tenant and user, or "anonymous"
  std::string key;
  std::string payload_hash;
  std::int64_t now_us = 0;
  std::int64_t expires_us = 0;
  std::function<StoredAnswer(const plan::RowSets&)> make_answer;
};

/// What an execution came to. Exactly one of `rows` (by step) and `replayed` is meaningful.
struct Outcome {
  plan::RowSets rows;
  std::optional<StoredAnswer> replayed;
  std::optional<StoredAnswer> stored;  ///< what make_answer yielded for a first execution
};

using Completion = std::function<void(Result<Outcome>)>;

struct Job {
  sql::ProgramPtr program;
  sql::Binding binding;
  std::optional<Idempotency> idempotency;
  std::int64_t deadline_us = 0;  ///< steady clock; 0 = the store's default
};

/// One loop's way into the database. Used by that loop's thread only.
class Lane {
 public:
  Lane() = default;
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;
  virtual ~Lane() = default;

  /// Runs a fast read at once when the database allows it (SQLite): the answer is in `rows` on return (value true), and the caller
  /// renders before its next call. False: use submit(). Errors as for submit.
  [[nodiscard]] virtual Result<bool> try_read(const sql::Program& program, const sql::Binding& binding, plan::RowSets& rows) = 0;
  /// Runs a job; the completion is called on the loop's thread, once, also on failure. Errors: 23505, 23503, 23502, 23514, 42501, 40001,
  /// 55P03, 57014, kp-limit-*, kp-queue-full (unavailable), kp-database-down, the assertions' own, kp-idempotency-* .
  virtual void submit(Job job, Completion completion) = 0;
  /// The loop has run what was ready: closes the tick's read transaction.
  virtual void end_tick() = 0;
};

/// Calls a function later on a loop's thread.
using Poster = std::function<void(std::function<void()>)>;

/// A database. Opening checks that it is there; the schema is migrate's business. Threads are the store's own and end with it.
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  [[nodiscard]] virtual dialect::Database database() const noexcept = 0;
  [[nodiscard]] virtual std::unique_ptr<Lane> open_lane(Poster poster) = 0;
  /// Whether the database answers now; any thread. Bounded to a second.
  [[nodiscard]] virtual Result<void> ping() = 0;
  /// Runs a change of schema (--watch) while nobody else writes, over the store's own writing connection on SQLite and over a fresh one on
  /// PostgreSQL. Blocks until `work` returned; `work` begins and ends its transaction. Any thread but a loop's.
  [[nodiscard]] virtual Result<void> administer(const std::function<Result<void>(AdminConnection&)>& work) = 0;
  /// Stops taking writes, finishes those taken, checkpoints. After it submit answers kp-shutting-down.
  virtual void drain() = 0;
  /// The plan of each step's statement as the database tells it, for `explain`.
  [[nodiscard]] virtual Result<std::vector<std::string>> explain(const sql::Program& program, const sql::Binding& binding) = 0;
};

/// Opens `sqlite:PATH` (the file must exist) as the one writer, under the writer's lock file. Errors: kp-database-missing, kp-database-locked,
/// kp-database-down.
[[nodiscard]] Result<std::unique_ptr<Store>> open_sqlite(const std::string& path, const Limits& limits);
/// Opens `postgres://…`. Errors: kp-database-down with libpq's reason (never the password).
[[nodiscard]] Result<std::unique_ptr<Store>> open_postgres(const std::string& url, const Limits& limits);
/// By URL scheme. Error kp-database-url.
[[nodiscard]] Result<std::unique_ptr<Store>> open_store(const std::string& url, const Limits& limits);

}  // namespace kingpost::store
