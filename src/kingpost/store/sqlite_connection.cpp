#include "kingpost/store/sqlite_connection.hpp"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <xxhash.h>

#include <mutex>
#include <utility>

#include "kingpost/store/sqlite_error.hpp"
#include "kingpost/store/sqlite_functions.hpp"
#include "kingpost/store/sqlite_list.hpp"
#include "kingpost/store/steady_time.hpp"

namespace kingpost::store {
namespace {

constexpr int kProgressOperations = 1'000;
constexpr int kMaxStatementBytes = 1 << 20;

// Memory statistics take a global mutex on every allocation. Refused (and harmless) when SQLite already runs.
void configure_library() {
  static std::once_flag once;
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

// busy_timeout stands first: the pragmas after it may meet another process's lock. A reader sits on an event loop, so it waits less.
constexpr const char* kReaderPragmas =
    "pragma busy_timeout=100; pragma query_only=on; pragma wal_autocheckpoint=0; pragma mmap_size=268435456; pragma cache_size=-4000; "
    "pragma trusted_schema=off; pragma temp_store=memory";
constexpr const char* kWriterPragmas =
    "pragma busy_timeout=5000; pragma journal_mode=wal; pragma synchronous=full; pragma foreign_keys=on; pragma wal_autocheckpoint=1000; "
    "pragma mmap_size=0; pragma trusted_schema=off; pragma temp_store=memory";

}  // namespace

std::size_t Connection::TextHash::operator()(std::string_view text) const noexcept { return XXH3_64bits(text.data(), text.size()); }

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, ConnectionRole role, const Limits& limits) {
  configure_library();
  struct stat information {};
  if (::stat(path.c_str(), &information) != 0) {
    Error error = make_error(ErrorKind::kNotFound, "kp-database-missing", fmt::format("There is no database file {}.", path));
    error.hint = "Create it with: kingpost migrate apply";
    return fail(std::move(error));
  }
  std::unique_ptr<Connection> connection(new Connection);
  connection->capacity_ = static_cast<std::size_t>(limits.statement_cache < 1 ? 1 : limits.statement_cache);
  // A reader opens for writing too, because the WAL index is shared memory that it may have to make; query_only keeps it from the file.
  const int code =
      sqlite3_open_v2(path.c_str(), &connection->database_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  if (code != SQLITE_OK) {
    return fail(ErrorKind::kUnavailable, "kp-database-down", fmt::format("The database file {} cannot be opened: {}.", path, sqlite3_errstr(code)));
  }
  if (auto configured = connection->configure(role); !configured) return fail(std::move(configured.error()));
  return connection;
}

Connection::~Connection() {
  for (Entry& entry : entries_) sqlite3_finalize(entry.statement);
  sqlite3_close(database_);
}

Result<void> Connection::configure(ConnectionRole role) {
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  // Only the writer checkpoints, also at the end (SQLite 3.40 can damage a WAL that two connections reset).
  if (role == ConnectionRole::kReader) never_checkpoint();
  sqlite3_limit(database_, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(database_, SQLITE_LIMIT_SQL_LENGTH, kMaxStatementBytes);
  return register_functions(database_)
      .and_then([this] { return register_list(database_); })
      .and_then([this, role] { return execute(role == ConnectionRole::kReader ? kReaderPragmas : kWriterPragmas); })
      // Reading the schema here tells a damaged or foreign file at opening rather than at the first request.
      .and_then([this] { return execute("select count(*) from sqlite_schema"); });
}

bool Connection::moved() const noexcept {
  int moved = 0;
  return sqlite3_file_control(database_, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0;
}

Result<void> Connection::execute(const char* sql) {
  const int code = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return fail(sqlite_error(database_, code));
  return {};
}

Result<sqlite3_stmt*> Connection::statement(std::string_view sql) {
  if (const auto found = by_sql_.find(sql); found != by_sql_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    sqlite3_reset(found->second->statement);
    return found->second->statement;
  }
  sqlite3_stmt* prepared = nullptr;
  const int code = sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  if (code != SQLITE_OK) return fail(sqlite_error(database_, code));
  if (entries_.size() >= capacity_) {
    by_sql_.erase(entries_.back().sql);
    sqlite3_finalize(entries_.back().statement);
    entries_.pop_back();
  }
  entries_.push_front({std::string(sql), prepared});
  by_sql_.emplace(entries_.front().sql, entries_.begin());
  return prepared;
}

Result<void> Connection::run(std::string_view sql) {
  auto prepared = statement(sql);
  if (!prepared) return fail(std::move(prepared.error()));
  int code = sqlite3_step(*prepared);
  while (code == SQLITE_ROW) code = sqlite3_step(*prepared);
  if (code != SQLITE_DONE) {
    Error error = sqlite_error(database_, code);
    sqlite3_reset(*prepared);
    return fail(std::move(error));
  }
  sqlite3_reset(*prepared);
  return {};
}

bool Connection::in_transaction() const noexcept { return sqlite3_get_autocommit(database_) == 0; }

bool Connection::has_open_foreign_keys() const noexcept {
  int current = 0;
  int highest = 0;
  return sqlite3_db_status(database_, SQLITE_DBSTATUS_DEFERRED_FKS, &current, &highest, 0) == SQLITE_OK && current != 0;
}

int Connection::last_code() const noexcept { return sqlite3_extended_errcode(database_); }

void Connection::checkpoint() noexcept { sqlite3_wal_checkpoint_v2(database_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr); }

void Connection::never_checkpoint() noexcept { sqlite3_db_config(database_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr); }

void Connection::watch(std::int64_t thousand_operations, std::int64_t deadline_us) noexcept {
  operations_left_ = thousand_operations;
  budgeted_ = thousand_operations > 0;
  deadline_us_ = deadline_us;
  over_budget_ = false;
  const bool watched = budgeted_ || deadline_us_ > 0;
  sqlite3_progress_handler(database_, watched ? kProgressOperations : 0, watched ? &Connection::on_progress : nullptr, this);
}

int Connection::on_progress(void* self) {
  auto* connection = static_cast<Connection*>(self);
  if (connection->budgeted_ && --connection->operations_left_ <= 0) {
    connection->over_budget_ = true;
    return 1;
  }
  return connection->deadline_us_ > 0 && steady_now_us() > connection->deadline_us_ ? 1 : 0;
}

}  // namespace kingpost::store
