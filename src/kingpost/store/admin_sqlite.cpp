#include <fmt/format.h>
#include <sqlite3.h>

#include <filesystem>

#include "kingpost/store/admin_connection.hpp"

namespace kingpost::store {
namespace {

constexpr int kBusyTimeoutMs = 5'000;

class AdminSqlite final : public AdminConnection {
 public:
  AdminSqlite(sqlite3* database, bool owned) : database_(database), owned_(owned) {}
  AdminSqlite(const AdminSqlite&) = delete;
  AdminSqlite& operator=(const AdminSqlite&) = delete;
  ~AdminSqlite() override {
    if (owned_) {
      sqlite3_close_v2(database_);
    } else if (sqlite3_get_autocommit(database_) == 0) {
      sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
    }
  }

  [[nodiscard]] dialect::Database database() const noexcept override { return dialect::Database::kSqlite; }

  [[nodiscard]] Result<void> run(const std::string& sql) override {
    auto rows = query(sql, {});
    if (!rows) return fail(rows.error());
    return {};
  }

  [[nodiscard]] Result<AdminRows> query(const std::string& sql, const std::vector<Datum>& parameters) override {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(database_, sql.c_str(), static_cast<int>(sql.size()), &raw, nullptr) != SQLITE_OK) return failure();
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(raw, sqlite3_finalize);
    for (std::size_t i = 0; i < parameters.size(); ++i) bind(raw, static_cast<int>(i) + 1, parameters[i]);
    AdminRows rows;
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(raw)) == SQLITE_ROW) {
      auto& row = rows.emplace_back();
      for (int column = 0; column < sqlite3_column_count(raw); ++column) row.push_back(cell(raw, column));
    }
    if (code != SQLITE_DONE) return failure();
    return rows;
  }

 private:
  [[nodiscard]] tl::unexpected<Error> failure() const {
    const bool busy = sqlite3_errcode(database_) == SQLITE_BUSY;
    return fail(busy ? ErrorKind::kUnavailable : ErrorKind::kFailedPrecondition, busy ? "55P03" : "kp-database-refused",
                fmt::format("SQLite says: {}.", sqlite3_errmsg(database_)));
  }

  static void bind(sqlite3_stmt* statement, int at, const Datum& value) {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      sqlite3_bind_int64(statement, at, *integer);
    } else if (const auto* real = std::get_if<double>(&value)) {
      sqlite3_bind_double(statement, at, *real);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      sqlite3_bind_text(statement, at, text->data(), static_cast<int>(text->size()), SQLITE_STATIC);
    } else if (const auto* blob = std::get_if<Blob>(&value)) {
      sqlite3_bind_blob(statement, at, blob->bytes.data(), static_cast<int>(blob->bytes.size()), SQLITE_STATIC);
    }
  }

  static Datum cell(sqlite3_stmt* statement, int column) {
    const auto bytes = [&]() {
      const auto* data = static_cast<const char*>(sqlite3_column_blob(statement, column));
      return data == nullptr ? std::string() : std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
    };
    switch (sqlite3_column_type(statement, column)) {
      case SQLITE_INTEGER:
        return std::int64_t{sqlite3_column_int64(statement, column)};
      case SQLITE_FLOAT:
        return sqlite3_column_double(statement, column);
      case SQLITE_TEXT:
        return bytes();
      case SQLITE_BLOB:
        return Blob{bytes()};
      default:
        return {};
    }
  }

  sqlite3* database_;
  bool owned_;
};

}  // namespace

Result<dialect::Database> database_of(std::string_view url) {
  if (url.starts_with("sqlite:") && url.size() > 7) return dialect::Database::kSqlite;
  if (url.starts_with("postgres://") || url.starts_with("postgresql://")) return dialect::Database::kPostgres;
  return fail(ErrorKind::kInvalidArgument, "kp-database-url", "A database is named sqlite:PATH or postgres://….");
}

std::string sqlite_path(std::string_view url) { return std::string(url.starts_with("sqlite:") ? url.substr(7) : url); }

Result<std::unique_ptr<AdminConnection>> open_admin(const std::string& url, OpenMode mode) {
  const auto database = database_of(url);
  if (!database) return fail(database.error());
  return *database == dialect::Database::kSqlite ? open_admin_sqlite(sqlite_path(url), mode) : open_admin_postgres(url);
}

Result<std::unique_ptr<AdminConnection>> open_admin_sqlite(const std::string& path, OpenMode mode) {
  std::error_code ignored;
  if (mode != OpenMode::kCreate && !std::filesystem::exists(path, ignored)) {
    return fail(ErrorKind::kNotFound, "kp-database-missing", fmt::format("There is no database file {}.", path));
  }
  const int flags = mode == OpenMode::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | (mode == OpenMode::kCreate ? SQLITE_OPEN_CREATE : 0);
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &database, flags, nullptr);
  auto connection = std::make_unique<AdminSqlite>(database, true);
  if (code != SQLITE_OK) {
    return fail(ErrorKind::kUnavailable, "kp-database-down", fmt::format("The database file {} cannot be opened: {}.", path, sqlite3_errstr(code)));
  }
  // Before any pragma, because the first one already reads the file.
  sqlite3_busy_timeout(database, kBusyTimeoutMs);
  if (mode != OpenMode::kReadOnly) {
    for (const auto* pragma : {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON"}) {
      if (auto done = connection->run(pragma); !done) return fail(done.error());
    }
  } else {
    // A reader that closes last would checkpoint, which only the writer may.
    sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  }
  return connection;
}

std::unique_ptr<AdminConnection> borrow_admin_sqlite(void* handle) { return std::make_unique<AdminSqlite>(static_cast<sqlite3*>(handle), false); }

}  // namespace kingpost::store
