#include "kingpost/migrate/migrate.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <thread>

#include "kingpost/dialect/test_differential.hpp"
#include "kingpost/dialect/test_system.hpp"
#include "kingpost/store/admin_connection.hpp"
#include "kingpost/store/lock_file.hpp"
#include "kingpost/store/test_postgres.hpp"

namespace kingpost::migrate {
namespace {

using dialect::build_schema;
using dialect::Database;
using dialect::make_field;
using dialect::TestSystem;

/// One PostgreSQL for all tests of this binary.
class PostgresEnvironment final : public testing::Environment {
 public:
  void TearDown() override { server.reset(); }
  static inline std::unique_ptr<store::TestPostgres> server;
};

/// A fresh database of either kind.
class Migrate : public testing::TestWithParam<Database> {
 protected:
  void SetUp() override {
    if (GetParam() == Database::kSqlite) {
      std::string name = "/tmp/kingpost-migrate-XXXXXX";
      ASSERT_NE(mkdtemp(name.data()), nullptr);
      directory_ = name;
      url = "sqlite:" + name + "/shop.db";
      return;
    }
    if (!PostgresEnvironment::server) PostgresEnvironment::server = store::TestPostgres::start();
    if (!PostgresEnvironment::server) GTEST_SKIP() << "no PostgreSQL";
    static int count = 0;
    url = PostgresEnvironment::server->create_database("migrate" + std::to_string(++count));
    ASSERT_FALSE(url.empty());
  }
  void TearDown() override {
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
  }

  [[nodiscard]] dialect::RelationalSchema schema(const TestSystem& test) const { return *build_schema(test.system(), GetParam()); }
  [[nodiscard]] std::unique_ptr<store::AdminConnection> open() const { return std::move(*store::open_admin(url, store::OpenMode::kCreate)); }
  [[nodiscard]] State state(const TestSystem& test) const { return read_status(url, schema(test))->state; }
  static Options options() {
    Options options;
    options.version = "0.1.0";
    options.model_hash = "abc";
    options.now_us = 1'700'000'000'000'000;
    return options;
  }

  std::string url;

 private:
  std::filesystem::path directory_;
};

/// What only one of them has.
class MigrateSqlite : public Migrate {};
class MigratePostgres : public Migrate {};

TEST_P(Migrate, AnEmptyDatabaseGetsTheSchemaOnce) {
  const TestSystem test;
  EXPECT_EQ(state(test), GetParam() == Database::kSqlite ? State::kMissing : State::kEmpty);
  const auto first = apply(url, schema(test), options());
  ASSERT_TRUE(first) << first.error().message << first.error().details.value_or("");
  EXPECT_TRUE(first->changed);
  EXPECT_EQ(first->row.kind, "initial");
  EXPECT_EQ(state(test), State::kCurrent);
  const auto second = apply(url, schema(test), options());
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_FALSE(second->changed);
  const auto status = read_status(url, schema(test));
  ASSERT_EQ(status->history.size(), 1U);
  EXPECT_EQ(status->history[0].statements, dialect::create_statements(schema(test)));
  EXPECT_EQ(print_status(*status).substr(0, 38), "The database is as the model wants it.");
  EXPECT_EQ(print_plan(*status), "-- nothing to do\n");
}

TEST_P(Migrate, AdditionsAreAppliedOverRows) {
  TestSystem test;
  ASSERT_TRUE(apply(url, schema(test), options()));
  const dialect::TestRows rows(test.system(), GetParam(), 1, 3);
  for (const auto* name : {"team", "person", "tag"}) {
    for (std::size_t row = 0; row < 3; ++row) {
      const auto done = open()->run(rows.insert(test.id(name), row));
      ASSERT_TRUE(done) << done.error().message;
    }
  }
  auto level = make_field("level", ir::Scalar::kInt64);
  level.default_value = cel::make_literal(cel::Value{std::int64_t{3}}, cel::make_type(cel::TypeKind::kInt));
  level.summary = "How far";
  test.add_field("person", level);
  const auto mail = test.add_field("person", make_field("mail", ir::Scalar::kText, true));
  auto& person = test.system().entities[test.id("person").index()];
  person.uniques.push_back({{mail}, "person_mail_key", {}});
  person.indexes.push_back({"person_name_idx", {{person.find_field("name"), true}}, false, false, "query by_name", "", {}});
  test.add_reference("tag", "author", "person", "authored", true);
  test.system().enums[0].values.emplace_back("wait'ing");
  test.add_entity("extra");
  test.add_reference("extra", "other", "tag", "extras", false);
  EXPECT_EQ(state(test), State::kPending);
  const auto applied = apply(url, schema(test), options());
  ASSERT_TRUE(applied) << applied.error().message << applied.error().details.value_or("");
  EXPECT_EQ(applied->row.kind, "additive");
  EXPECT_EQ(applied->row.id, 2);
  EXPECT_EQ(state(test), State::kCurrent);
  const auto levels = open()->query("SELECT CAST(sum(level) AS bigint) FROM person", {});
  ASSERT_TRUE(levels);
  EXPECT_EQ(std::get<std::int64_t>((*levels)[0][0]), 9);
  EXPECT_TRUE(open()->run("UPDATE person SET mail = 'x' WHERE name = (SELECT max(name) FROM person) AND id = (SELECT id FROM person LIMIT 1)"));
}

TEST_P(Migrate, MoreThanAdditionsIsRefusedAndChangesNothing) {
  TestSystem test;
  ASSERT_TRUE(apply(url, schema(test), options()));
  TestSystem other;
  other.add_entity("extra");
  other.system().entities[other.id("tag").index()].fields.pop_back();
  EXPECT_EQ(state(other), State::kRefused);
  const auto refused = apply(url, schema(other), options());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "kp-migrate-refused");
  EXPECT_NE(refused.error().details->find("tag.weight"), std::string::npos);
  EXPECT_EQ(state(test), State::kCurrent);
  EXPECT_NE(print_plan(*read_status(url, schema(other))).find("Keep the field"), std::string::npos);
}

TEST_P(Migrate, AFailedStatementLeavesTheOldSchema) {
  TestSystem test;
  ASSERT_TRUE(apply(url, schema(test), options()));
  // Somebody has made by hand what the model wants next.
  ASSERT_TRUE(open()->run("CREATE TABLE extra (x integer)"));
  TestSystem next;
  next.add_entity("another");
  next.add_entity("extra");
  const auto failed = apply(url, schema(next), options());
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().details->find("extra"), std::string::npos);
  EXPECT_EQ(state(test), State::kCurrent);
  EXPECT_FALSE(open()->run("SELECT 1 FROM another"));
}

TEST_P(Migrate, AForeignDatabaseNeedsABaseline) {
  const TestSystem test;
  for (const auto& statement : dialect::create_statements(schema(test))) ASSERT_TRUE(open()->run(statement));
  EXPECT_EQ(state(test), State::kUnknown);
  EXPECT_EQ(apply(url, schema(test), options()).error().code, "kp-no-baseline");
  ASSERT_TRUE(record_baseline(url, schema(test), options()));
  EXPECT_EQ(state(test), State::kCurrent);
  EXPECT_EQ(record_baseline(url, schema(test), options()).error().code, "kp-has-history");
  // A constraint in the text of somebody else's SQLite table is not rewritten.
  TestSystem wider;
  wider.system().enums[0].values.emplace_back("waiting");
  EXPECT_EQ(state(wider), GetParam() == Database::kSqlite ? State::kRefused : State::kPending);
}

TEST_P(Migrate, AForeignDatabaseIsAdoptedWhenAsked) {
  TestSystem test;
  for (const auto& statement : dialect::create_statements(schema(test))) ASSERT_TRUE(open()->run(statement));
  test.add_field("tag", make_field("extra", ir::Scalar::kText, true));
  auto adopting = options();
  adopting.adopt = true;
  const auto applied = apply(url, schema(test), adopting);
  ASSERT_TRUE(applied) << applied.error().message;
  EXPECT_EQ(applied->row.kind, "baseline");
  EXPECT_EQ(applied->row.statements.size(), 1U);
  EXPECT_EQ(state(test), State::kCurrent);
}

TEST_P(Migrate, SeveralNodesMayStartAtOnce) {
  const TestSystem test;
  const auto wanted = schema(test);
  std::vector<std::thread> nodes;
  std::vector<std::string> codes(4);
  for (auto& code : codes) {
    nodes.emplace_back([&]() {
      const auto applied = apply(url, wanted, options());
      code = applied ? "ok" : applied.error().code;
    });
  }
  for (auto& node : nodes) node.join();
  for (const auto& code : codes) {
    // A SQLite file has one server; the others are told so.
    EXPECT_TRUE(code == "ok" || (GetParam() == Database::kSqlite && code == "kp-database-locked")) << code;
  }
  EXPECT_EQ(read_status(url, wanted)->history.size(), 1U);
}

TEST_P(MigrateSqlite, AServedFileIsLeftAlone) {
  const TestSystem test;
  const auto lock = store::DatabaseLock::acquire(store::sqlite_path(url), "serve");
  ASSERT_TRUE(lock);
  const auto refused = apply(url, schema(test), options());
  EXPECT_EQ(refused.error().code, "kp-database-locked");
  EXPECT_NE(refused.error().message.find("serve (process"), std::string::npos);
  EXPECT_NE(refused.error().hint->find("Stop the server"), std::string::npos);
  auto held = options();
  held.lock_held = true;
  EXPECT_TRUE(apply(url, schema(test), held));
}

// The same over SQLite is a test of dialect itself.
TEST_P(MigratePostgres, TheEvaluatorAndTheDatabaseAgreeOnEveryRow) {
  const TestSystem test;
  ASSERT_TRUE(apply(url, schema(test), options()));
  const auto connection = open();
  for (unsigned seed = 1; seed <= 3; ++seed) {
    ASSERT_TRUE(connection->run("TRUNCATE team, person, task, tag, task_tag"));
    const dialect::TestRows rows(test.system(), Database::kPostgres, seed, 12);
    ASSERT_TRUE(connection->run("BEGIN"));
    ASSERT_TRUE(connection->run("SET LOCAL session_replication_role = replica"));
    for (const auto& entity : test.system().entities) {
      for (std::size_t row = 0; row < rows.size(entity.id); ++row) {
        const auto done = connection->run(rows.insert(entity.id, row));
        ASSERT_TRUE(done) << done.error().message << rows.insert(entity.id, row);
      }
    }
    ASSERT_TRUE(connection->run("COMMIT"));
    std::size_t overflowed = 0;
    std::size_t held = 0;
    for (const auto& text : dialect::test_expressions(seed, 100)) {
      const auto expr = test.typed(text, "task");
      const auto sql = dialect::selecting(rows, *expr);
      ASSERT_TRUE(sql) << text << ": " << sql.error().message;
      const auto found = connection->query(*sql, {});
      // An integer overflow fails the statement, which denies every row.
      if (!found && found.error().code == "22003") {
        ++overflowed;
        continue;
      }
      ASSERT_TRUE(found) << found.error().message << "\n" << *sql;
      std::set<std::size_t> ids;
      for (const auto& row : *found) ids.insert(std::stoul(std::get<std::string>(row[0]).substr(34), nullptr, 16));
      EXPECT_EQ(ids, dialect::evaluated(rows, *expr)) << text << "\n" << *sql;
      held += ids.size();
    }
    EXPECT_LT(overflowed, 60U);
    EXPECT_GT(held, 200U);
  }
}

std::string database_name(const testing::TestParamInfo<Database>& one) { return one.param == Database::kSqlite ? "Sqlite" : "Postgres"; }

INSTANTIATE_TEST_SUITE_P(Databases, Migrate, testing::Values(Database::kSqlite, Database::kPostgres), database_name);

INSTANTIATE_TEST_SUITE_P(Database, MigrateSqlite, testing::Values(Database::kSqlite), database_name);
INSTANTIATE_TEST_SUITE_P(Database, MigratePostgres, testing::Values(Database::kPostgres), database_name);

// NOLINTNEXTLINE(cppcoreguidelines-owning-memory): GoogleTest owns it
const auto* const kEnvironment = testing::AddGlobalTestEnvironment(new PostgresEnvironment);

}  // namespace
}  // namespace kingpost::migrate
