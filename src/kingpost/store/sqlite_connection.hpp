#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "kingpost/base/limits.hpp"
#include "kingpost/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace kingpost::store {

enum class ConnectionRole {
  kReader,  ///< query_only, memory-mapped, never checkpoints
  kWriter,  ///< synchronous=FULL, WAL, foreign keys; the only one that writes or checkpoints
};

/// One SQLite connection with its statement cache. Used by one thread at a time.
class Connection {
 public:
  /// The file must exist. Errors: kp-database-missing, kp-database-down and those of sqlite_error().
  [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const std::string& path, ConnectionRole role, const Limits& limits);

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  [[nodiscard]] sqlite3* handle() const noexcept { return database_; }
  /// A prepared statement, reset, out of the cache or prepared into it. Valid until limits.statement_cache others were asked for.
  [[nodiscard]] Result<sqlite3_stmt*> statement(std::string_view sql);
  /// Runs a statement without parameters or rows, through the cache.
  [[nodiscard]] Result<void> run(std::string_view sql);
  /// Whether a transaction is open.
  [[nodiscard]] bool in_transaction() const noexcept;
  /// Whether deferred foreign keys of the open transaction are unresolved; they would fail its COMMIT.
  [[nodiscard]] bool has_open_foreign_keys() const noexcept;
  /// SQLite's extended result code of the last call.
  [[nodiscard]] int last_code() const noexcept;
  /// Whether the file was removed or replaced since it was opened: what is written then is gone when it is closed.
  [[nodiscard]] bool moved() const noexcept;
  /// Copies the write-ahead log into the file and empties it, as far as readers let it. The writer's only.
  void checkpoint() noexcept;
  /// Closing will leave the write-ahead log as it is.
  void never_checkpoint() noexcept;

  /// Interrupts what runs after about `thousand_operations` (0 = no budget) or at `deadline_us` on the steady clock (0 = none).
  void watch(std::int64_t thousand_operations, std::int64_t deadline_us) noexcept;
  [[nodiscard]] bool over_budget() const noexcept { return over_budget_; }
  [[nodiscard]] std::size_t cached_statements() const noexcept { return entries_.size(); }

 private:
  struct Entry {
    std::string sql;
    sqlite3_stmt* statement = nullptr;
  };
  struct TextHash {
    std::size_t operator()(std::string_view text) const noexcept;
  };

  Connection() = default;
  [[nodiscard]] Result<void> configure(ConnectionRole role);
  [[nodiscard]] Result<void> execute(const char* sql);
  static int on_progress(void* self);

  sqlite3* database_ = nullptr;
  std::size_t capacity_ = 0;
  std::list<Entry> entries_;  ///< most recently used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator, TextHash> by_sql_;
  std::int64_t operations_left_ = 0;
  std::int64_t deadline_us_ = 0;
  bool budgeted_ = false;
  bool over_budget_ = false;
};

}  // namespace kingpost::store
