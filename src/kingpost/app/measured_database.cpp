#include "kingpost/app/measured_database.hpp"

#include <fmt/format.h>

#include <charconv>

#include "kingpost/dialect/dialect.hpp"
#include "kingpost/store/admin_connection.hpp"

namespace kingpost::app {
namespace {

double number_of(const Datum& datum) {
  if (const auto* integer = std::get_if<std::int64_t>(&datum)) return static_cast<double>(*integer);
  if (const auto* real = std::get_if<double>(&datum)) return *real;
  double value = 0;
  if (const auto* text = std::get_if<std::string>(&datum)) std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

bool is_postgres(const store::AdminConnection& database) { return database.database() == dialect::Database::kPostgres; }

/// Zero columns when the table is not there.
Result<bool> has_table(store::AdminConnection& database, const ir::Entity& entity) {
  const char* sql = is_postgres(database) ? "SELECT count(*) FROM pg_class WHERE oid = to_regclass($1::text) AND relkind IN ('r', 'p')"
                                          : "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?1";
  auto rows = database.query(sql, {is_postgres(database) ? dialect::quote_name(entity.table) : entity.table});
  if (!rows) return fail(std::move(rows.error()));
  return !rows->empty() && number_of((*rows)[0][0]) > 0;
}

Result<RealSize> size_of(store::AdminConnection& database, const ir::Entity& entity) {
  const std::string table = dialect::quote_name(entity.table);
  std::string sql;
  if (is_postgres(database)) {
    sql = fmt::format(
        "SELECT (SELECT count(*) FROM {0}), pg_relation_size(c.oid) + coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0), "
        "pg_indexes_size(c.oid) FROM pg_class c WHERE c.oid = to_regclass($1::text)",
        table);
  } else {
    sql = fmt::format(
        "SELECT (SELECT count(*) FROM {0}), (SELECT sum(pgsize) FROM dbstat WHERE name = ?1), (SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE "
        "name IN "
        "(SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ?1))",
        table);
  }
  auto rows = database.query(sql, {is_postgres(database) ? table : entity.table});
  if (!rows) return fail(std::move(rows.error()));
  RealSize size{entity.id, 0, 0, 0};
  if (rows->empty()) return size;
  size.rows = number_of((*rows)[0][0]);
  size.table_bytes = number_of((*rows)[0][1]);
  size.index_bytes = number_of((*rows)[0][2]);
  return size;
}

/// SQL of the bytes that one value takes without its header.
std::string width_sql(const std::string& column, bool postgres) {
  if (postgres) return fmt::format("pg_column_size({0}) - CASE WHEN pg_column_size({0}) <= 127 THEN 1 ELSE 4 END", column);
  return fmt::format(
      "CASE typeof({0}) WHEN 'integer' THEN CASE WHEN {0} IN (0, 1) THEN 0 WHEN {0} BETWEEN -128 AND 127 THEN 1 WHEN {0} BETWEEN -32768 AND 32767 "
      "THEN 2 WHEN {0} BETWEEN -8388608 AND 8388607 THEN 3 WHEN {0} BETWEEN -2147483648 AND 2147483647 THEN 4 WHEN {0} BETWEEN -140737488355328 AND "
      "140737488355327 THEN 6 ELSE 8 END WHEN 'real' THEN 8 ELSE length(CAST({0} AS BLOB)) END",
      column);
}

Result<void> columns_of(store::AdminConnection& database, const ir::Entity& entity, std::size_t sample, capacity::Assumptions& assume) {
  std::string list;
  std::vector<const ir::Field*> fields;
  for (const auto& field : entity.fields) {
    if (!field.stored()) continue;
    const auto column = dialect::quote_name(field.column);
    list += fmt::format(", avg({}), avg(CASE WHEN {} IS NULL THEN 1.0 ELSE 0.0 END)", width_sql(column, is_postgres(database)), column);
    fields.push_back(&field);
  }
  const auto table = dialect::quote_name(entity.table);
  auto rows =
      database.query(fmt::format("SELECT (SELECT count(*) FROM {0}){1} FROM (SELECT * FROM {0} LIMIT {2}) AS sample", table, list, sample), {});
  if (!rows) return fail(std::move(rows.error()));
  if (rows->empty()) return {};
  const auto& row = (*rows)[0];
  const auto source = fmt::format("the database, {} rows of {}", std::min(static_cast<double>(sample), number_of(row[0])), entity.name);
  const auto set = [&](const std::string& name, double value) { return assume.set(name, value, capacity::Basis::kMeasured, source); };
  if (auto done = set("rows." + entity.name, number_of(row[0])); !done) return done;
  if (number_of(row[0]) == 0) return {};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto name = fmt::format("{}.{}", entity.name, fields[i]->name);
    if (auto done = set("nulls." + name, number_of(row[2 + 2 * i])); !done) return done;
    if (std::holds_alternative<std::monostate>(row[1 + 2 * i])) continue;  // no value at all
    if (auto done = set("bytes." + name, number_of(row[1 + 2 * i])); !done) return done;
  }
  return {};
}

}  // namespace

Result<std::vector<RealSize>> measure_sizes(const ir::System& system, const std::string& url) {
  auto database = store::open_admin(url, store::OpenMode::kReadOnly);
  if (!database) return fail(std::move(database.error()));
  std::vector<RealSize> sizes;
  for (const auto& entity : system.entities) {
    const auto there = has_table(**database, entity);
    if (!there) return fail(there.error());
    if (!*there) continue;
    auto size = size_of(**database, entity);
    if (!size) return fail(std::move(size.error()));
    sizes.push_back(*size);
  }
  return sizes;
}

Result<void> measure_columns(const ir::System& system, const std::string& url, std::size_t sample, capacity::Assumptions& assume) {
  auto database = store::open_admin(url, store::OpenMode::kReadOnly);
  if (!database) return fail(std::move(database.error()));
  for (const auto& entity : system.entities) {
    const auto there = has_table(**database, entity);
    if (!there) return fail(there.error());
    if (!*there) continue;
    if (auto done = columns_of(**database, entity, sample, assume); !done) return done;
  }
  return {};
}

}  // namespace kingpost::app
