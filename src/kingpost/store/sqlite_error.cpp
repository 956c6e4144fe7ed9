#include "kingpost/store/sqlite_error.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kingpost/store/sql_error.hpp"

namespace kingpost::store {
namespace {

constexpr int kInsufficientStorage = 507;
constexpr int kPrimaryCodeMask = 0xff;

struct Columns {
  std::string table;
  std::string list;
};

/// Reads "t.a, t.b" as SQLite names the columns of a constraint.
Columns read_columns(std::string_view text) {
  Columns columns;
  while (!text.empty()) {
    const std::size_t comma = text.find(", ");
    const std::string_view item = text.substr(0, comma);
    const std::size_t dot = item.find('.');
    if (dot != std::string_view::npos) columns.table = item.substr(0, dot);
    if (!columns.list.empty()) columns.list += ", ";
    columns.list += dot == std::string_view::npos ? item : item.substr(dot + 1);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 2);
  }
  return columns;
}

std::string_view after_colon(std::string_view message) {
  const std::size_t colon = message.find(": ");
  return colon == std::string_view::npos ? std::string_view{} : message.substr(colon + 2);
}

Error unique_error(std::string_view what) {
  constexpr std::string_view kIndexPrefix = "index '";
  if (what.starts_with(kIndexPrefix)) {
    std::string name(what.substr(kIndexPrefix.size()));
    if (!name.empty() && name.back() == '\'') name.pop_back();
    return sql_error("23505", fmt::format("duplicate key value violates unique constraint \"{}\"", name));
  }
  const Columns columns = read_columns(what);
  std::string name = fmt::format("{}_{}_key", columns.table, columns.list);
  for (std::size_t at = name.find(", "); at != std::string::npos; at = name.find(", ")) name.replace(at, 2, "_");
  Error error = sql_error("23505", fmt::format("duplicate key value violates unique constraint \"{}\"", name));
  error.details = fmt::format("Key ({}) already exists.", columns.list);
  return error;
}

Error constraint_error(int code, std::string_view message) {
  const std::string_view what = after_colon(message);
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return unique_error(what);
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return sql_error("23503", "insert, update or delete violates a foreign key constraint");
    case SQLITE_CONSTRAINT_NOTNULL: {
      const Columns columns = read_columns(what);
      return sql_error("23502",
                       fmt::format("null value in column \"{}\" of relation \"{}\" violates not-null constraint", columns.list, columns.table));
    }
    case SQLITE_CONSTRAINT_CHECK:
      return sql_error("23514", fmt::format("new row violates check constraint \"{}\"", what));
    case SQLITE_CONSTRAINT_DATATYPE:
      return sql_error("22P02", std::string(message));
    case SQLITE_CONSTRAINT_TRIGGER:
      // RESTRICT is a trigger inside SQLite.
      if (message.starts_with("FOREIGN KEY")) return sql_error("23503", "update or delete violates a foreign key constraint");
      return sql_error("P0001", std::string(message));
    default:
      return sql_error("23000", std::string(message));
  }
}

/// Functions of ours say `kp:SQLSTATE:message`.
Error plain_error(std::string_view message) {
  constexpr std::string_view kOurs = "kp:";
  constexpr std::size_t kStateLength = 5;
  if (message.starts_with(kOurs) && message.size() > kOurs.size() + kStateLength) {
    return sql_error(message.substr(kOurs.size(), kStateLength), std::string(message.substr(kOurs.size() + kStateLength + 1)));
  }
  if (message == "integer overflow") return sql_error("22003", "integer out of range");
  return sql_error("XX000", fmt::format("The database refused a statement: {}", message));
}

}  // namespace

bool is_io_failure(int code) {
  const int primary = code & kPrimaryCodeMask;
  return primary == SQLITE_IOERR || primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB;
}

bool is_interrupted(int code) { return (code & kPrimaryCodeMask) == SQLITE_INTERRUPT; }

Error database_io_error() {
  return make_error(ErrorKind::kUnavailable, "kp-database-io",
                    "The database file could not be written; it takes no writes until it is opened again.");
}

Error sqlite_error(sqlite3* database, int code) {
  const std::string message = sqlite3_errmsg(database);
  switch (code & kPrimaryCodeMask) {
    case SQLITE_CONSTRAINT:
      return constraint_error(code, message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return sql_error("55P03", "The database is locked by another writer.");
    case SQLITE_READONLY:
      return sql_error("25006", "The database is read-only.");
    case SQLITE_INTERRUPT:
      return deadline_error();
    case SQLITE_FULL: {
      Error error = sql_error("53100", "The disk or the database file is full.");
      error.http_status = kInsufficientStorage;
      return error;
    }
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return make_error(ErrorKind::kDataLoss, "XX001", "The database file is damaged.");
    case SQLITE_IOERR:
      return database_io_error();
    case SQLITE_CANTOPEN:
      return make_error(ErrorKind::kUnavailable, "kp-database-down", "The database file cannot be opened.");
    case SQLITE_MISMATCH:
      return sql_error("22P02", "A value does not have the type of its column.");
    case SQLITE_TOOBIG:
      return sql_error("54000", "A value is larger than the database takes.");
    case SQLITE_NOMEM:
      return sql_error("53200", "The database ran out of memory.");
    default:
      return plain_error(message);
  }
}

}  // namespace kingpost::store
