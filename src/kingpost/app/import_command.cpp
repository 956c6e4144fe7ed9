#include <fmt/format.h>

#include <cstdio>

#include "kingpost/app/commands.hpp"
#include "kingpost/app/loading.hpp"
#include "kingpost/introspect/introspect.hpp"
#include "kingpost/store/admin_connection.hpp"

namespace kingpost::app {

int run_import(const ImportOptions& options) {
  const auto database = store::database_of(options.url);
  if (!database) return complain(database.error());
  if (*database == dialect::Database::kPostgres) {
    auto error =
        make_error(ErrorKind::kUnimplemented, "kp-import", "Importing PostgreSQL comes with a later version; this one imports SQLite files.");
    error.hint = "kingpost import sqlite:PATH -o FILE";
    return complain(error);
  }
  const auto imported = introspect::import_sqlite(store::sqlite_path(options.url));
  if (!imported) return complain(imported.error());
  if (auto written = write_file(options.output, imported->model_yaml); !written) return complain(written.error());
  fmt::print(stderr, "Wrote {}.\n", options.output);
  if (!imported->notes.empty()) fmt::print(stderr, "\nWhat the model does not say (also as comments in it):\n");
  for (const auto& note : imported->notes) fmt::print(stderr, "  {}\n", note);
  fmt::print(stderr,
             "\nNext:\n  kingpost check {0}\n  kingpost serve {0} --database {1} --dev\n"
             "The entities have no access rules yet, so without --dev every request is denied.\n",
             options.output, options.url);
  return kExitOk;
}

}  // namespace kingpost::app
