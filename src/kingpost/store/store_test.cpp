#include "kingpost/store/store.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kingpost/store/steady_time.hpp"
#include "kingpost/store/test_postgres.hpp"
#include "kingpost/store/test_program.hpp"

namespace kingpost::store {
namespace {

using sql::AssertionKind;

constexpr const char* kSchema =
    "create table shelf(id bigint primary key, name text not null unique);"
    "create table book(id bigint primary key, shelf_id bigint not null references shelf(id), title text not null, price bigint check (price >= 0));"
    "insert into shelf values(1, 'fiction'), (2, 'science');"
    "insert into book values(1, 1, 'Emma', 900), (2, 2, 'Optics', 1200), (3, 1, 'Persuasion', null);";

/// The cluster of this run's PostgreSQL tests; null when there is none, which was then said.
std::unique_ptr<TestPostgres> g_cluster;

class ClusterEnvironment final : public ::testing::Environment {
 public:
  void SetUp() override { g_cluster = TestPostgres::start(); }
  void TearDown() override { g_cluster.reset(); }
};

class StoreTest : public ::testing::TestWithParam<dialect::Database> {
 protected:
  void SetUp() override {
    if (GetParam() == dialect::Database::kPostgres && g_cluster == nullptr) GTEST_SKIP() << "PostgreSQL is not tested here";
    start(Limits{});
  }
  void start(const Limits& limits) {
    const std::string name = "bench" + std::to_string(++databases_);
    if (GetParam() == dialect::Database::kSqlite) {
      url_ = "sqlite:" + directory_.file(name);
      ASSERT_TRUE(make_sqlite_file(directory_.file(name), kSchema));
    } else {
      url_ = g_cluster->create_database(name + "_" + std::to_string(++all_databases_));
      ASSERT_FALSE(url_.empty());
      ASSERT_TRUE(run_postgres_script(url_, kSchema));
    }
    auto store = open_store(url_, limits);
    ASSERT_TRUE(store.has_value()) << store.error().message;
    store_ = std::move(*store);
    lane_ = store_->open_lane(loop_.poster());
  }
  [[nodiscard]] bool sqlite() const { return GetParam() == dialect::Database::kSqlite; }
  [[nodiscard]] std::string in_list(const std::string& type) const {
    return sqlite() ? "in (select value from kp_list($1))" : "= any($1::" + type + "[])";
  }
  [[nodiscard]] Result<Outcome> run(TestProgram& program) { return loop_.wait(*lane_, program.job()); }
  [[nodiscard]] std::string one(const std::string& sql) {
    TestProgram program = TestProgram::slow_read();
    program.step(sql);
    auto outcome = run(program);
    if (!outcome) return outcome.error().code;
    return outcome->rows[0].rows() == 0 ? "none" : cell_text(outcome->rows[0], 0, 0);
  }
  static TestProgram insert_shelf(std::int64_t id, const std::string& name) {
    TestProgram program = TestProgram::write();
    program.step("insert into shelf(id, name) values($1, $2)").value(id, ir::Scalar::kInt64).value(name);
    return program;
  }

  TestLoop loop_;
  TestDirectory directory_;
  std::string url_;
  int databases_ = 0;
  static inline int all_databases_ = 0;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Lane> lane_;
};

TEST_P(StoreTest, ReadsRowsOfEveryStepWithKeysOfAnEarlierOne) {
  TestProgram program = TestProgram::slow_read();
  program.step("select id, name from shelf order by id");
  program.step("select title from book where shelf_id " + in_list("bigint") + " order by id").keys(0, 0, "bigint", ir::Scalar::kInt64);
  auto outcome = run(program);
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->rows[0].rows(), 2U);
  ASSERT_EQ(outcome->rows[1].rows(), 3U);
  EXPECT_EQ(cell_text(outcome->rows[1], 1, 0), "Optics");
}

TEST_P(StoreTest, WritesAndAnswersHowManyRowsChanged) {
  TestProgram program = TestProgram::write();
  program.step("update book set price = 5 where shelf_id = $1").value(std::int64_t{1}, ir::Scalar::kInt64);
  auto outcome = run(program);
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->rows[0].rows(), 2U);
  EXPECT_EQ(one("select sum(price) from book"), "1210");
}

TEST_P(StoreTest, AFailingMemberOfAGroupHarmsNoOther) {
  std::vector<Job> jobs;
  for (std::int64_t id = 10; id < 20; ++id) jobs.push_back(insert_shelf(id, id == 15 ? "fiction" : "shelf " + std::to_string(id)).job());
  const auto results = loop_.wait_all(*lane_, std::move(jobs));
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (i == 5) {
      ASSERT_FALSE(results[i].has_value());
      EXPECT_EQ(results[i].error().code, "23505");
      EXPECT_EQ(results[i].error().kind, ErrorKind::kAlreadyExists);
      EXPECT_EQ(results[i].error().details, "Key (name) already exists.");
    } else {
      EXPECT_TRUE(results[i].has_value());
    }
  }
  EXPECT_EQ(one("select count(*) from shelf"), "11");
}

TEST_P(StoreTest, AProgramThatFailsHalfWayLeavesNothing) {
  TestProgram program = insert_shelf(7, "half");
  program.step("insert into book(id, shelf_id, title) values(9, 999, 'Nowhere')");
  auto outcome = run(program);
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, "23503");
  EXPECT_EQ(one("select count(*) from shelf where id = 7"), "0");
}

TEST_P(StoreTest, MapsConstraintsToSqlStates) {
  TestProgram check = TestProgram::write();
  check.step("update book set price = -1 where id = 1");
  TestProgram missing = TestProgram::write();
  missing.step("update book set title = null where id = 1");
  TestProgram parent = TestProgram::write();
  parent.step("delete from shelf where id = 1");
  auto checked = run(check);
  auto missed = run(missing);
  auto referenced = run(parent);
  ASSERT_TRUE(!checked && !missed && !referenced);
  EXPECT_EQ(checked.error().code, "23514");
  EXPECT_EQ(missed.error().code, "23502");
  EXPECT_NE(missed.error().message.find("title"), std::string::npos);
  EXPECT_EQ(referenced.error().code, "23503");
}

TEST_P(StoreTest, AnAssertionThatFailsRollsBackAndAnswersItsOwnError) {
  TestProgram rows = insert_shelf(30, "asserted");
  rows.step("select id from shelf").expect(AssertionKind::kAtMost, 1, "too-many");
  auto outcome = run(rows);
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, "too-many");
  TestProgram truth = TestProgram::write();
  truth.step("select name = 'fiction' from shelf order by id").expect(AssertionKind::kAllTrue, 0, "not-all");
  EXPECT_EQ(run(truth).error().code, "not-all");
  TestProgram none = TestProgram::write();
  none.step("select 1 from shelf where id = 77").expect(AssertionKind::kNoRows, 0, "some");
  none.step("update shelf set name = 'prose' where id = 1").expect(AssertionKind::kRowCount, 1, "not-one");
  EXPECT_TRUE(run(none).has_value());
  EXPECT_EQ(one("select count(*) from shelf where id = 30"), "0");
}

TEST_P(StoreTest, AWriteAgainstAnotherVersionIsRefused) {
  TestProgram program = TestProgram::write();
  program.step("select price from book where id = 1").expect(AssertionKind::kVersion, 0, "stale");
  program.step("update book set price = 901 where id = 1");
  program.binding().if_match = {"899"};
  EXPECT_EQ(run(program).error().code, "stale");
  program.binding().if_match = {"899", "900"};
  EXPECT_TRUE(run(program).has_value());
  program.binding().if_match = {"*"};
  EXPECT_TRUE(run(program).has_value());
}

TEST_P(StoreTest, RefusesMoreRowsOrBytesThanItsBounds) {
  TestProgram rows = TestProgram::slow_read();
  rows.step("select id from book").max_rows(2);
  EXPECT_EQ(run(rows).error().code, "kp-limit-rows");
  Limits limits;
  limits.response_bytes = 8;
  lane_.reset();
  store_.reset();
  start(limits);
  TestProgram bytes = TestProgram::slow_read();
  bytes.step("select title from book");
  EXPECT_EQ(run(bytes).error().code, "kp-limit-response-bytes");
}

Job idempotent(TestProgram program, const std::string& payload, std::int64_t now_us = 1'000) {
  Job job = program.job();
  Idempotency idempotency;
  idempotency.principal = "anna";
  idempotency.key = "k1";
  idempotency.payload_hash = payload;
  idempotency.now_us = now_us;
  idempotency.expires_us = now_us + 1'000'000;
  idempotency.make_answer = [](const plan::RowSets& rows) { return StoredAnswer{201, "Location: /shelf", "rows " + std::to_string(rows[0].rows())}; };
  job.idempotency = std::move(idempotency);
  return job;
}

TEST_P(StoreTest, AnIdempotencyKeyReplaysItsAnswerAndWritesOnce) {
  auto first = loop_.wait(*lane_, idempotent(insert_shelf(40, "once"), "p"));
  ASSERT_TRUE(first.has_value()) << first.error().message;
  EXPECT_FALSE(first->replayed.has_value());
  ASSERT_TRUE(first->stored.has_value());
  auto second = loop_.wait(*lane_, idempotent(insert_shelf(40, "once"), "p"));
  ASSERT_TRUE(second.has_value()) << second.error().message;
  ASSERT_TRUE(second->replayed.has_value());
  EXPECT_EQ(second->replayed->status, 201);
  EXPECT_EQ(second->replayed->headers, "Location: /shelf");
  EXPECT_EQ(second->replayed->body, "rows 1");
  auto other = loop_.wait(*lane_, idempotent(insert_shelf(41, "other"), "q"));
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().code, "kp-idempotency-mismatch");
  EXPECT_EQ(other.error().http_status, 422);
  auto expired = loop_.wait(*lane_, idempotent(insert_shelf(42, "later"), "q", 2'000'000));
  ASSERT_TRUE(expired.has_value());
  EXPECT_FALSE(expired->replayed.has_value());
}

TEST_P(StoreTest, AnIdempotentWriteThatFailedMayBeTriedAgain) {
  auto first = loop_.wait(*lane_, idempotent(insert_shelf(50, "fiction"), "p"));
  ASSERT_FALSE(first.has_value());
  EXPECT_EQ(first.error().code, "23505");
  auto second = loop_.wait(*lane_, idempotent(insert_shelf(50, "fresh"), "p"));
  ASSERT_TRUE(second.has_value());
  EXPECT_FALSE(second->replayed.has_value());
}

TEST_P(StoreTest, AJobWhoseTimeIsOverIsNotRun) {
  Job job = insert_shelf(60, "late").job();
  job.deadline_us = 1;
  auto outcome = loop_.wait(*lane_, std::move(job));
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, "57014");
  EXPECT_EQ(one("select count(*) from shelf where id = 60"), "0");
}

TEST_P(StoreTest, ARunawayStatementEndsAtItsDeadlineAndHarmsNoNeighbour) {
  TestProgram runaway = TestProgram::write();
  runaway.step(
      "insert into shelf(id, name) with recursive n(i) as (select 1000 union all select i + 1 from n where i < 1000000000) "
      "select i, cast(i as text) from n");
  std::vector<Job> jobs;
  jobs.push_back(insert_shelf(61, "before").job());
  jobs.push_back(runaway.job());
  jobs.back().deadline_us = steady_now_us() + 50'000;
  jobs.push_back(insert_shelf(62, "after").job());
  const auto results = loop_.wait_all(*lane_, std::move(jobs));
  EXPECT_TRUE(results[0].has_value());
  ASSERT_FALSE(results[1].has_value());
  EXPECT_EQ(results[1].error().code, "57014");
  EXPECT_TRUE(results[2].has_value());
  EXPECT_EQ(one("select count(*) from shelf where id > 60"), "2");
}

TEST_P(StoreTest, AfterDrainNothingIsTaken) {
  store_->drain();
  TestProgram program = insert_shelf(70, "late");
  auto outcome = run(program);
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, "kp-shutting-down");
}

TEST_P(StoreTest, AnswersPingAndExplainsItsStatements) {
  EXPECT_TRUE(store_->ping().has_value());
  TestProgram program = TestProgram::read();
  program.step("select * from book where id = $1").value(std::int64_t{1}, ir::Scalar::kInt64);
  auto plans = store_->explain(program.program(), program.binding());
  ASSERT_TRUE(plans.has_value()) << plans.error().message;
  ASSERT_EQ(plans->size(), 1U);
  EXPECT_NE(plans->front().find("book"), std::string::npos);
}

std::string database_name(const ::testing::TestParamInfo<dialect::Database>& info) {
  return info.param == dialect::Database::kSqlite ? "Sqlite" : "Postgres";
}

INSTANTIATE_TEST_SUITE_P(BothDatabases, StoreTest, ::testing::Values(dialect::Database::kSqlite, dialect::Database::kPostgres), database_name);

}  // namespace
}  // namespace kingpost::store

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  ::testing::AddGlobalTestEnvironment(new kingpost::store::ClusterEnvironment);
  return RUN_ALL_TESTS();
}
