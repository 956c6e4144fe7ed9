#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kingpost/base/limits.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/store/postgres_codec.hpp"
#include "kingpost/store/store.hpp"

struct pg_conn;
struct pg_result;

namespace kingpost::store {

/// Whether libpq can read the URL; its own complaint would repeat it, password and all. Errors: kp-database-url.
[[nodiscard]] Result<void> check_postgres_url(const std::string& url);

/// One connection to PostgreSQL with its prepared statements; it connects when it is needed and again, with growing pauses, when it was lost.
/// Used by one thread at a time. Nothing of a request survives in the session: every request is one transaction and settings are local to it.
class PostgresSession {
 public:
  PostgresSession(std::string url, const Limits& limits);
  PostgresSession(const PostgresSession&) = delete;
  PostgresSession& operator=(const PostgresSession&) = delete;
  ~PostgresSession();

  /// Errors: kp-database-down.
  [[nodiscard]] Result<void> connect();
  /// Runs a job in a transaction, again when it met a serialization failure or deadlock or when the connection had died while it was idle.
  [[nodiscard]] Result<Outcome> run(const Job& job);
  /// Makes the table of stored answers when it is missing.
  [[nodiscard]] Result<void> make_idempotency_table();
  [[nodiscard]] Result<void> ping();
  [[nodiscard]] Result<std::string> explain(const sql::Step& step, const std::vector<sql::BoundValue>& values);

 private:
  using ResultPtr = std::unique_ptr<pg_result, void (*)(pg_result*)>;
  struct Entry {
    std::string sql;
    std::string name;
  };
  /// Parameters in text format; `pointers` point into `texts`.
  struct Arguments {
    std::vector<PostgresText> texts;
    std::vector<const char*> pointers;
  };

  [[nodiscard]] Result<Outcome> attempt(const Job& job, bool& began);
  [[nodiscard]] Result<Outcome> run_in_transaction(const Job& job);
  [[nodiscard]] Result<void> run_program(const sql::Program& program, const sql::Binding& binding, plan::RowSets& rows);
  [[nodiscard]] Result<void> run_step(const sql::Program& program, std::size_t index, const sql::Binding& binding, plan::RowSets& rows);
  [[nodiscard]] Error judge_failure(const sql::Program& program, const sql::Binding& binding, plan::RowSets& rows, Error error);
  [[nodiscard]] Result<void> take_idempotency_lock(const Idempotency& idempotency);
  [[nodiscard]] Result<void> execute(const std::string& sql);
  [[nodiscard]] Result<std::string> prepare(const std::string& sql);
  [[nodiscard]] Result<void> check(const pg_result* result);
  [[nodiscard]] Result<void> store_rows(const pg_result* result, plan::RowSet& rows) const;
  void roll_back();
  void forget_statements();
  void disconnect();

  std::string url_;
  Limits limits_;
  pg_conn* connection_ = nullptr;
  bool lost_ = false;         ///< the server said goodbye, though libpq may not have noticed yet
  std::list<Entry> entries_;  ///< most recently used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_sql_;
  std::uint64_t next_name_ = 0;
  std::int64_t next_connect_us_ = 0;
  std::int64_t timeout_ms_ = 0;  ///< of a statement of the attempt under way
  std::int64_t connect_pause_us_ = 0;
};

}  // namespace kingpost::store
