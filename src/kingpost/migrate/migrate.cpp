#include "kingpost/migrate/migrate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "kingpost/base/civil_time.hpp"
#include "kingpost/migrate/history.hpp"
#include "kingpost/store/lock_file.hpp"

namespace kingpost::migrate {

using dialect::Database;
using dialect::RelationalSchema;
using store::AdminConnection;

namespace {

/// Any number will do that no other program of the database uses: "kingpost" in ASCII.
constexpr std::int64_t kAdvisoryKey = 0x6b696e67706f7374;
constexpr const char* kLockTimeout = "30s";

/// What is open while a schema changes. The lock outlives the connection.
struct Session {
  std::optional<store::DatabaseLock> lock;
  std::unique_ptr<AdminConnection> connection;
};

Result<Session> open_session(const std::string& url, const Options& options) {
  Session session;
  const auto database = store::database_of(url);
  if (!database) return fail(database.error());
  if (*database == Database::kSqlite && !options.lock_held) {
    auto lock = store::DatabaseLock::acquire(store::sqlite_path(url), "migrate");
    if (!lock) return fail(lock.error());
    session.lock.emplace(std::move(*lock));
  }
  auto connection = store::open_admin(url, store::OpenMode::kCreate);
  if (!connection) return fail(connection.error());
  session.connection = std::move(*connection);
  return session;
}

Result<void> begin(AdminConnection& connection) {
  if (connection.database() == Database::kSqlite) return connection.run("BEGIN IMMEDIATE");
  if (auto done = connection.run("BEGIN"); !done) return done;
  if (auto done = connection.run(fmt::format("SET LOCAL lock_timeout = '{}'", kLockTimeout)); !done) return done;
  // Another node that starts now waits here, and then finds the work done.
  const auto locked = connection.query("SELECT pg_advisory_xact_lock($1::bigint)", {kAdvisoryKey});
  if (!locked) return fail(locked.error());
  return {};
}

Result<void> run_all(AdminConnection& connection, const std::vector<std::string>& statements) {
  for (const auto& statement : statements) {
    if (auto done = connection.run(statement); !done) {
      auto error = done.error();
      error.details = statement;
      return fail(std::move(error));
    }
  }
  return {};
}

/// The part of the wanted schema that is there by name; its constraints are taken on trust.
Result<RelationalSchema> existing_part(AdminConnection& connection, const RelationalSchema& wanted) {
  RelationalSchema part;
  part.database = wanted.database;
  for (const auto& table : wanted.tables) {
    const auto columns = columns_of(connection, table.name);
    if (!columns) return fail(columns.error());
    if (columns->empty()) continue;
    auto kept = table;
    kept.foreign = true;
    std::erase_if(kept.columns,
                  [&](const dialect::SchemaColumn& column) { return std::find(columns->begin(), columns->end(), column.name) == columns->end(); });
    part.tables.push_back(std::move(kept));
  }
  return part;
}

tl::unexpected<Error> refused(const evolve::SchemaDiff& diff) {
  auto error = make_error(ErrorKind::kFailedPrecondition, "kp-migrate-refused",
                          "The model asks for changes of the database that are more than additions, so nothing was changed.");
  error.details = print_changes(diff);
  error.hint = "Change the model as each line says, or start with a new database.";
  return fail(std::move(error));
}

tl::unexpected<Error> no_baseline() {
  auto error =
      make_error(ErrorKind::kFailedPrecondition, "kp-no-baseline", "The database has tables but no history of Kingpost, so nothing was changed.");
  error.hint = "Import it with `kingpost import URL -o FILE`, which tells what is there, or name an empty database.";
  return fail(std::move(error));
}

Result<Applied> apply_in_transaction(AdminConnection& connection, const RelationalSchema& wanted, const Options& options) {
  auto history = read_history(connection);
  if (!history) return fail(history.error());
  Applied applied;
  applied.row = {0, options.now_us, "additive", options.version, options.model_hash, {}};
  RelationalSchema current;
  current.database = wanted.database;
  if (history->schema) {
    current = std::move(*history->schema);
  } else {
    const auto tables = user_tables(connection);
    if (!tables) return fail(tables.error());
    applied.row.kind = "initial";
    if (!tables->empty()) {
      if (!options.adopt) return no_baseline();
      auto part = existing_part(connection, wanted);
      if (!part) return fail(part.error());
      current = std::move(*part);
      applied.row.kind = "baseline";
    }
  }
  applied.diff = evolve::diff_schemas(current, wanted);
  if (!applied.diff.additive()) return refused(applied.diff);
  if (auto done = create_own_tables(connection); !done) return fail(done.error());
  if (history->schema && applied.diff.empty()) return applied;
  const bool first = applied.row.kind == "initial";
  applied.row.statements = first ? dialect::create_statements(wanted) : applied.diff.statements;
  if (auto done = run_all(connection, applied.row.statements); !done) return fail(done.error());
  if (auto done = append_history(connection, applied.row, first ? wanted : applied.diff.result); !done) return fail(done.error());
  applied.changed = true;
  return applied;
}

Result<void> finish(AdminConnection& connection, bool keep) {
  auto done = connection.run(keep ? "COMMIT" : "ROLLBACK");
  // Whatever a statement refused, the session ends with the transaction.
  return keep ? done : Result<void>();
}

std::string when(std::int64_t micros) {
  std::string out;
  append_timestamp(out, micros);
  return out;
}

}  // namespace

Result<Status> read_status(const std::string& url, const RelationalSchema& wanted) {
  Status status;
  auto connection = store::open_admin(url, store::OpenMode::kReadOnly);
  if (!connection) {
    if (connection.error().code != "kp-database-missing") return fail(connection.error());
    status.diff = evolve::diff_schemas(RelationalSchema{wanted.database, {}}, wanted);
    return status;
  }
  auto history = read_history(**connection);
  if (!history) return fail(history.error());
  status.history = std::move(history->rows);
  if (!history->schema) {
    const auto tables = user_tables(**connection);
    if (!tables) return fail(tables.error());
    status.state = tables->empty() ? State::kEmpty : State::kUnknown;
    status.diff = evolve::diff_schemas(RelationalSchema{wanted.database, {}}, wanted);
    return status;
  }
  status.current = std::move(*history->schema);
  status.diff = evolve::diff_schemas(status.current, wanted);
  status.state = status.diff.empty() ? State::kCurrent : status.diff.additive() ? State::kPending : State::kRefused;
  return status;
}

Result<Applied> apply(const std::string& url, const RelationalSchema& wanted, const Options& options) {
  auto session = open_session(url, options);
  if (!session) return fail(session.error());
  return apply_over(*session->connection, wanted, options);
}

Result<Applied> apply_over(AdminConnection& connection, const RelationalSchema& wanted, const Options& options) {
  if (auto begun = begin(connection); !begun) return fail(begun.error());
  auto applied = apply_in_transaction(connection, wanted, options);
  if (auto ended = finish(connection, applied.has_value()); !ended) return fail(ended.error());
  return applied;
}

Result<HistoryRow> record_baseline(const std::string& url, const RelationalSchema& schema, const Options& options) {
  auto session = open_session(url, options);
  if (!session) return fail(session.error());
  auto& connection = *session->connection;
  if (auto begun = begin(connection); !begun) return fail(begun.error());
  HistoryRow row{0, options.now_us, "baseline", options.version, options.model_hash, {}};
  const auto record = [&]() -> Result<void> {
    const auto history = read_history(connection);
    if (!history) return fail(history.error());
    if (history->schema) return fail(ErrorKind::kAlreadyExists, "kp-has-history", "The database has a history already, so it needs no baseline.");
    if (auto done = create_own_tables(connection); !done) return done;
    auto found = schema;
    for (auto& table : found.tables) table.foreign = true;
    return append_history(connection, row, found);
  };
  auto recorded = record();
  if (auto ended = finish(connection, recorded.has_value()); !ended) return fail(ended.error());
  if (!recorded) return fail(recorded.error());
  return row;
}

std::string_view state_name(State state) {
  switch (state) {
    case State::kMissing:
      return "missing";
    case State::kEmpty:
      return "empty";
    case State::kUnknown:
      return "unknown";
    case State::kCurrent:
      return "current";
    case State::kPending:
      return "pending";
    case State::kRefused:
      break;
  }
  return "refused";
}

std::string print_status(const Status& status) {
  std::string out;
  switch (status.state) {
    case State::kMissing:
      out = "There is no database yet; `kingpost migrate apply` creates it.\n";
      break;
    case State::kEmpty:
      out = "The database is empty; `kingpost migrate apply` creates the schema.\n";
      break;
    case State::kUnknown:
      out = "The database has tables but no history of Kingpost; it needs a baseline.\n";
      break;
    case State::kCurrent:
      out = "The database is as the model wants it.\n";
      break;
    case State::kPending:
      out = "Changes wait; `kingpost migrate apply` makes them.\n";
      break;
    case State::kRefused:
      out = "The model asks for more than additions; nothing will be changed until each line below is resolved.\n";
      break;
  }
  for (const auto& row : status.history) {
    out += fmt::format("{:>4}  {}  {:<8}  {} statement{}  Kingpost {}  model {}\n", row.id, when(row.applied_us), row.kind, row.statements.size(),
                       row.statements.size() == 1 ? "" : "s", row.version, row.model_hash);
  }
  if (status.state == State::kPending || status.state == State::kRefused) out += print_changes(status.diff);
  return out;
}

std::string print_plan(const Status& status) {
  if (status.state == State::kCurrent) return "-- nothing to do\n";
  if (status.state == State::kUnknown) return "-- the database has tables but no history of Kingpost; it needs a baseline\n";
  std::string out;
  if (!status.diff.additive()) {
    out = print_changes(status.diff);
    return out;
  }
  for (const auto& statement : status.diff.statements) out += statement + ";\n";
  return out;
}

}  // namespace kingpost::migrate
