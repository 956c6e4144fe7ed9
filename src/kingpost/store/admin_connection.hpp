#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/datum.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/dialect/dialect.hpp"

namespace kingpost::store {

/// Rows of a query in memory. Integers and booleans come as int64, floats as double, everything else as text or, on SQLite, blobs.
using AdminRows = std::vector<std::vector<Datum>>;

/// A plain connection for what no request does: schema, history, catalogue. Slow paths only; one thread at a time. It rolls an open
/// transaction back when it goes.
class AdminConnection {
 public:
  AdminConnection() = default;
  AdminConnection(const AdminConnection&) = delete;
  AdminConnection& operator=(const AdminConnection&) = delete;
  virtual ~AdminConnection() = default;

  [[nodiscard]] virtual dialect::Database database() const noexcept = 0;
  /// Runs one statement without parameters or rows. Errors: the database's SQLSTATE with its message.
  [[nodiscard]] virtual Result<void> run(const std::string& sql) = 0;
  /// Runs one statement with parameters: ?1… on SQLite, $1… on PostgreSQL, where they travel as text and need a cast when they are no text.
  [[nodiscard]] virtual Result<AdminRows> query(const std::string& sql, const std::vector<Datum>& parameters) = 0;
};

enum class OpenMode { kReadOnly, kMustExist, kCreate };

/// Which database a URL means: sqlite:PATH, postgres://… or postgresql://…. Error kp-database-url.
[[nodiscard]] Result<dialect::Database> database_of(std::string_view url);
/// The file of a sqlite: URL.
[[nodiscard]] std::string sqlite_path(std::string_view url);

/// Opens by URL. A SQLite file that is written to must be locked by DatabaseLock. Errors: kp-database-url, kp-database-missing, kp-database-down.
[[nodiscard]] Result<std::unique_ptr<AdminConnection>> open_admin(const std::string& url, OpenMode mode);
[[nodiscard]] Result<std::unique_ptr<AdminConnection>> open_admin_sqlite(const std::string& path, OpenMode mode);
[[nodiscard]] Result<std::unique_ptr<AdminConnection>> open_admin_postgres(const std::string& url);
/// A view of a connection that somebody else owns and will close; nobody else uses it meanwhile. `handle` is a sqlite3*.
[[nodiscard]] std::unique_ptr<AdminConnection> borrow_admin_sqlite(void* handle);

}  // namespace kingpost::store
