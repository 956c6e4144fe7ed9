#include "kingpost/app/database.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <cstdio>

#include "kingpost/app/version.hpp"
#include "kingpost/base/clock.hpp"
#include "kingpost/introspect/read_schema.hpp"
#include "kingpost/migrate/migrate.hpp"
#include "kingpost/store/admin_connection.hpp"

namespace kingpost::app {

namespace {

/// Takes a database that Kingpost never saw as it is, if the model says exactly what its catalogue says.
Result<void> adopt(const std::string& url, const dialect::RelationalSchema& wanted) {
  if (wanted.database != dialect::Database::kSqlite) return {};
  auto found = introspect::read_schema(store::sqlite_path(url));
  if (!found) return fail(std::move(found.error()));
  const evolve::SchemaDiff diff = evolve::diff_schemas(*found, wanted);
  if (!diff.empty()) {
    Error error = make_error(ErrorKind::kFailedPrecondition, "kp-no-baseline",
                             "The database has tables that Kingpost did not make, and the model differs from them");
    error.details = evolve::print_changes(diff);
    error.hint = "Import it with `kingpost import " + url + " -o MODEL`, or name a new database.";
    return fail(std::move(error));
  }
  auto recorded = migrate::record_baseline(url, *found, migration_options(wanted));
  if (!recorded) return fail(std::move(recorded.error()));
  return {};
}

}  // namespace

Result<dialect::RelationalSchema> wanted_schema(const std::string& url, const ir::System& system) {
  auto database = store::database_of(url);
  if (!database) return fail(std::move(database.error()));
  return dialect::build_schema(system, *database);
}

migrate::Options migration_options(const dialect::RelationalSchema& wanted) {
  migrate::Options options;
  options.version = kVersion;
  const std::string text = dialect::serialize_schema(wanted);
  options.model_hash = fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
  options.now_us = SystemClock().now_us();
  return options;
}

Result<migrate::Applied> apply_schema(const std::string& url, const dialect::RelationalSchema& wanted) {
  auto status = migrate::read_status(url, wanted);
  if (!status) return fail(std::move(status.error()));
  if (status->state == migrate::State::kUnknown) {
    if (auto adopted = adopt(url, wanted); !adopted) return fail(std::move(adopted.error()));
  }
  return migrate::apply(url, wanted, migration_options(wanted));
}

Result<void> migrate_at_start(const std::string& url, const ir::System& system) {
  auto wanted = wanted_schema(url, system);
  if (!wanted) return fail(std::move(wanted.error()));
  auto applied = apply_schema(url, *wanted);
  if (!applied) return fail(std::move(applied.error()));
  if (applied->changed) fmt::print(stderr, "kingpost: database brought up to date ({})\n", applied->row.kind);
  return {};
}

Result<void> migrate_served(const std::string& url, const ir::System& system, store::Store& store) {
  auto wanted = wanted_schema(url, system);
  if (!wanted) return fail(std::move(wanted.error()));
  return store.administer([&wanted](store::AdminConnection& connection) -> Result<void> {
    auto applied = migrate::apply_over(connection, *wanted, migration_options(*wanted));
    if (!applied) return fail(std::move(applied.error()));
    if (applied->changed) fmt::print(stderr, "kingpost: database brought up to date\n{}", evolve::print_changes(applied->diff));
    return {};
  });
}

}  // namespace kingpost::app
