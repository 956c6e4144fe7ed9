#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "kingpost/compile/compile.hpp"
#include "kingpost/migrate/migrate.hpp"
#include "kingpost/store/test_postgres.hpp"

namespace kingpost::migrate {
namespace {

ir::SystemPtr compiled(const std::string& example) {
  const auto read = [](const std::string& path) -> Result<std::string> {
    std::ifstream file(path);
    if (!file) return fail(ErrorKind::kNotFound, "no-file", path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  };
  SourceMap sources;
  Diagnostics diagnostics;
  return compile::compile_file(std::string(KINGPOST_SOURCE_DIR) + "/examples/" + example, read, Limits{}, sources, diagnostics);
}

/// Lets the databases themselves judge the DDL of the examples.
TEST(Models, TheExamplesDdlIsAcceptedByBothDatabases) {
  std::string directory = "/tmp/kingpost-models-XXXXXX";
  ASSERT_NE(mkdtemp(directory.data()), nullptr);
  const auto postgres = store::TestPostgres::start();
  for (const auto* name : {"shop", "saas"}) {
    const auto system = compiled(std::string(name) + "/" + name + ".yaml");
    ASSERT_NE(system, nullptr) << name;
    for (const auto database : {dialect::Database::kSqlite, dialect::Database::kPostgres}) {
      const bool sqlite = database == dialect::Database::kSqlite;
      if (!sqlite && !postgres) continue;
      const auto wanted = dialect::build_schema(*system, database);
      ASSERT_TRUE(wanted) << wanted.error().message;
      if (getenv("KINGPOST_SHOW_DDL") != nullptr) std::cout << dialect::print_ddl(*wanted);
      const auto url = sqlite ? "sqlite:" + directory + "/" + name + ".db" : postgres->create_database(name);
      const auto applied = apply(url, *wanted, {});
      ASSERT_TRUE(applied) << applied.error().message << applied.error().details.value_or("");
      const auto again = apply(url, *wanted, {});
      ASSERT_TRUE(again) << again.error().message;
      EXPECT_FALSE(again->changed);
    }
  }
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace kingpost::migrate
