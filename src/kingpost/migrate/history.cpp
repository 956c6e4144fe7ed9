#include "kingpost/migrate/history.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kingpost/store/idempotency.hpp"

namespace kingpost::migrate {

using dialect::Database;

namespace {

constexpr std::string_view kPrefix = "_kingpost_";

std::string text_of(const Datum& cell) {
  const auto* text = std::get_if<std::string>(&cell);
  return text == nullptr ? std::string() : *text;
}

std::int64_t integer_of(const Datum& cell) {
  const auto* integer = std::get_if<std::int64_t>(&cell);
  return integer == nullptr ? 0 : *integer;
}

bool sqlite(const store::AdminConnection& connection) { return connection.database() == Database::kSqlite; }

Result<std::vector<std::string>> texts(store::AdminConnection& connection, const std::string& sql, const std::vector<Datum>& parameters) {
  const auto rows = connection.query(sql, parameters);
  if (!rows) return fail(rows.error());
  std::vector<std::string> out;
  for (const auto& row : *rows) out.push_back(text_of(row[0]));
  return out;
}

/// Statements hold line breaks but never this character, which separates them.
constexpr char kSeparator = '\x1e';

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> out;
  std::size_t from = 0;
  while (from < text.size()) {
    const auto to = std::min(text.find(kSeparator, from), text.size());
    out.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return out;
}

}  // namespace

Result<std::vector<std::string>> user_tables(store::AdminConnection& connection) {
  auto names =
      texts(connection,
            sqlite(connection) ? "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
                               : "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1",
            {});
  if (names) std::erase_if(*names, [](const std::string& name) { return name.starts_with(kPrefix); });
  return names;
}

Result<bool> has_table(store::AdminConnection& connection, const std::string& table) {
  const auto rows = connection.query(sqlite(connection) ? "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1"
                                                        : "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1",
                                     {table});
  if (!rows) return fail(rows.error());
  return !rows->empty();
}

Result<std::vector<std::string>> columns_of(store::AdminConnection& connection, const std::string& table) {
  return texts(connection,
               sqlite(connection)
                   ? "SELECT name FROM pragma_table_info(?1)"
                   : "SELECT column_name::text FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1",
               {table});
}

Result<History> read_history(store::AdminConnection& connection) {
  History history;
  const auto there = has_table(connection, "_kingpost_migration");
  if (!there) return fail(there.error());
  if (!*there) return history;
  const auto rows =
      connection.query("SELECT id, applied_us, kind, version, model_hash, statements, schema_json FROM _kingpost_migration ORDER BY id", {});
  if (!rows) return fail(rows.error());
  for (const auto& row : *rows) {
    history.rows.push_back({integer_of(row[0]), integer_of(row[1]), text_of(row[2]), text_of(row[3]), text_of(row[4]), split(text_of(row[5]))});
  }
  if (rows->empty()) return history;
  auto schema = dialect::parse_schema(text_of(rows->back()[6]));
  if (!schema) return fail(schema.error());
  history.schema = std::move(*schema);
  return history;
}

Result<void> create_own_tables(store::AdminConnection& connection) {
  std::vector<std::string> statements = {
      "CREATE TABLE IF NOT EXISTS _kingpost_migration (id bigint PRIMARY KEY, applied_us bigint NOT NULL, kind text NOT NULL, version text NOT NULL, "
      "model_hash text NOT NULL, statements text NOT NULL, schema_json text NOT NULL)"};
  for (auto& statement : store::idempotency_ddl(connection.database())) statements.push_back(std::move(statement));
  for (const auto& statement : statements) {
    if (auto done = connection.run(statement); !done) return done;
  }
  return {};
}

Result<void> append_history(store::AdminConnection& connection, HistoryRow& row, const dialect::RelationalSchema& schema) {
  const auto last = connection.query("SELECT coalesce(max(id), 0) FROM _kingpost_migration", {});
  if (!last) return fail(last.error());
  row.id = integer_of((*last)[0][0]) + 1;
  const auto statements = fmt::format("{}", fmt::join(row.statements, std::string(1, kSeparator)));
  const std::string sql = sqlite(connection) ? "INSERT INTO _kingpost_migration (id, applied_us, kind, version, model_hash, statements, schema_json) "
                                               "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
                                             : "INSERT INTO _kingpost_migration (id, applied_us, kind, version, model_hash, statements, schema_json) "
                                               "VALUES ($1::bigint, $2::bigint, $3, $4, $5, $6, $7)";
  const auto done =
      connection.query(sql, {row.id, row.applied_us, row.kind, row.version, row.model_hash, statements, dialect::serialize_schema(schema)});
  if (!done) return fail(done.error());
  return {};
}

}  // namespace kingpost::migrate
