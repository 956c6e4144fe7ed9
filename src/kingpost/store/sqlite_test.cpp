#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kingpost/store/sqlite_connection.hpp"
#include "kingpost/store/steady_time.hpp"
#include "kingpost/store/store.hpp"
#include "kingpost/store/test_program.hpp"

namespace kingpost::store {
namespace {

constexpr const char* kSchema =
    "create table item(id integer primary key, name text not null, tag blob);"
    "create table part(id integer primary key, item_id integer not null references item(id) deferrable initially deferred);"
    "insert into item values(1, 'Lamp', x'00ff'), (2, 'lamp', x''), (3, 'Chair', null);";

class SqliteTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = directory_.file("test.sqlite");
    ASSERT_TRUE(make_sqlite_file(path_, kSchema));
    open(Limits{});
  }
  void open(const Limits& limits) {
    auto store = open_sqlite(path_, limits);
    ASSERT_TRUE(store.has_value()) << store.error().message;
    store_ = std::move(*store);
    lane_ = store_->open_lane(loop_.poster());
  }
  [[nodiscard]] std::string read_now(Lane& lane, TestProgram& program) {
    plan::RowSets rows;
    auto done = lane.try_read(program.program(), program.binding(), rows);
    if (!done) return done.error().code;
    if (!*done) return "submit";
    std::string text;
    for (std::size_t row = 0; row < rows[0].rows(); ++row) {
      if (row != 0) text += ' ';
      text += cell_text(rows[0], row, 0);
    }
    return text;
  }
  [[nodiscard]] std::string read_now(Lane& lane, const std::string& sql) {
    TestProgram program = TestProgram::read();
    program.step(sql);
    return read_now(lane, program);
  }
  [[nodiscard]] Result<Outcome> write(const std::string& sql) {
    TestProgram program = TestProgram::write();
    program.step(sql);
    return loop_.wait(*lane_, program.job());
  }

  TestDirectory directory_;
  std::string path_;
  TestLoop loop_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Lane> lane_;
};

TEST_F(SqliteTest, ListsTravelAsOneParameterAndKeepBlobs) {
  TestProgram program = TestProgram::read();
  program.step("select id from item where tag in (select value from kp_list($1)) order by id")
      .list({Blob{std::string("\0\xff", 2)}, Blob{}}, "bytea");
  EXPECT_EQ(read_now(*lane_, program), "1 2");
  TestProgram empty = TestProgram::read();
  empty.step("select count(*) from item where id in (select value from kp_list($1))").list({}, "bigint");
  EXPECT_EQ(read_now(*lane_, empty), "0");
}

TEST_F(SqliteTest, ListsJoinIntoRowsByPosition) {
  TestProgram program = TestProgram::write();
  program
      .step(
          "insert into item(id, name, tag) select a.value, b.value, c.value from kp_list($1) a join kp_list($2) b on b.position = a.position "
          "join kp_list($3) c on c.position = a.position order by a.position")
      .list({std::int64_t{10}, std::int64_t{11}}, "bigint")
      .list({std::string("ten"), std::string("")}, "text")
      .list({Datum{}, Blob{"x"}}, "bytea");
  auto outcome = loop_.wait(*lane_, program.job());
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(outcome->rows[0].rows(), 2U);
  EXPECT_EQ(read_now(*lane_, "select group_concat(quote(name) || quote(tag)) from item where id >= 10"), "'ten'NULL,''X'78'");
}

TEST_F(SqliteTest, AJoinOfListsLooksUpByPositionRatherThanScanning) {
  TestProgram program = TestProgram::read();
  program.step("select a.value, b.value from kp_list($1) a join kp_list($2) b on b.position = a.position").list({}, "").list({}, "");
  auto plans = store_->explain(program.program(), program.binding());
  ASSERT_TRUE(plans.has_value()) << plans.error().message;
  EXPECT_NE(plans->front().find("VIRTUAL TABLE INDEX 1:"), std::string::npos) << plans->front();
}

TEST_F(SqliteTest, LikeIsExactIlikeFoldsAndRegularExpressionsAreRe2) {
  EXPECT_EQ(read_now(*lane_, "select id from item where name like 'L%'"), "1");
  EXPECT_EQ(read_now(*lane_, "select id from item where ilike('l%', name) order by id"), "1 2");
  EXPECT_EQ(read_now(*lane_, "select id from item where name regexp '^[Cc]h'"), "3");
  EXPECT_EQ(read_now(*lane_, "select id from item where iregexp('^LAM', name) order by id"), "1 2");
  EXPECT_EQ(read_now(*lane_, "select id from item where name regexp '('"), "2201B");
  EXPECT_EQ(read_now(*lane_, "select id from item where name like 'x\\'"), "22025");
}

TEST_F(SqliteTest, ATickReadsOneSnapshotAndTheNextTickSeesTheCommit) {
  const std::unique_ptr<Lane> other = store_->open_lane(loop_.poster());
  EXPECT_EQ(read_now(*other, "select count(*) from item"), "3");
  EXPECT_TRUE(write("insert into item(id, name) values(4, 'Desk')").has_value());
  // The commit was acknowledged before this read began, so even inside a tick it must be seen.
  EXPECT_EQ(read_now(*other, "select count(*) from item"), "4");
  other->end_tick();
  EXPECT_EQ(read_now(*other, "select count(*) from item"), "4");
}

TEST_F(SqliteTest, TwoReadsOfATickSeeTheSameRowsWhileAnotherProcessWrites) {
  EXPECT_EQ(read_now(*lane_, "select count(*) from item"), "3");
  ASSERT_TRUE(make_sqlite_file(path_, "pragma busy_timeout=1000; insert into item(id, name) values(5, 'Shelf')"));
  EXPECT_EQ(read_now(*lane_, "select count(*) from item"), "3");
  lane_->end_tick();
  EXPECT_EQ(read_now(*lane_, "select count(*) from item"), "4");
}

TEST_F(SqliteTest, ALongReadLeavesTheLoopAndRunsInThePool) {
  const std::string sql = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 300000) select count(*) from n";
  EXPECT_EQ(read_now(*lane_, sql), "submit");
  TestProgram program = TestProgram::read();
  program.step(sql);
  auto outcome = loop_.wait(*lane_, program.job());
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(cell_text(outcome->rows[0], 0, 0), "300000");
  EXPECT_EQ(read_now(*lane_, "select 1"), "1");
}

TEST_F(SqliteTest, AReadInThePoolEndsAtItsDeadline) {
  TestProgram program = TestProgram::slow_read();
  program.step("with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n");
  Job job = program.job();
  job.deadline_us = steady_now_us() + 20'000;
  auto outcome = loop_.wait(*lane_, std::move(job));
  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().code, "57014");
}

TEST_F(SqliteTest, AnUnresolvedDeferredForeignKeyFailsItsOwnMemberOnly) {
  TestProgram good = TestProgram::write();
  good.step("insert into item(id, name) values(6, 'Bench')");
  TestProgram bad = TestProgram::write();
  bad.step("insert into part values(1, 999)");
  TestProgram late = TestProgram::write();
  late.step("insert into part values(2, 7)").step("insert into item(id, name) values(7, 'Stool')");
  std::vector<Job> jobs;
  jobs.push_back(good.job());
  jobs.push_back(bad.job());
  jobs.push_back(late.job());
  const auto results = loop_.wait_all(*lane_, std::move(jobs));
  EXPECT_TRUE(results[0].has_value());
  ASSERT_FALSE(results[1].has_value());
  EXPECT_EQ(results[1].error().code, "23503");
  EXPECT_TRUE(results[2].has_value());
}

TEST_F(SqliteTest, AReaderCannotWrite) { EXPECT_EQ(read_now(*lane_, "insert into item(id, name) values(8, 'x') returning id"), "25006"); }

TEST_F(SqliteTest, AWriteAboveTheQueueBoundIsRefused) {
  lane_.reset();
  store_.reset();
  Limits limits;
  limits.write_queue = 2;
  open(limits);
  TestProgram slow = TestProgram::write();
  slow.step("with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000000) select count(*) from n");
  std::vector<Job> jobs;
  for (int i = 0; i < 8; ++i) jobs.push_back(slow.job());
  std::size_t full = 0;
  for (const auto& result : loop_.wait_all(*lane_, std::move(jobs))) {
    if (!result) {
      EXPECT_EQ(result.error().code, "kp-queue-full");
      ++full;
    }
  }
  EXPECT_GE(full, 1U);
}

TEST_F(SqliteTest, TheSameKeyInFlightIsAConflict) {
  TestProgram slow = TestProgram::write();
  slow.step("with recursive n(i) as (select 1 union all select i + 1 from n where i < 500000) select count(*) from n");
  const auto keyed = [&slow] {
    Job job = slow.job();
    job.idempotency = Idempotency{"anna", "k", "p", 1, 1'000'000, [](const plan::RowSets&) { return StoredAnswer{200, "", "ok"}; }};
    return job;
  };
  std::vector<Job> jobs;
  jobs.push_back(keyed());
  jobs.push_back(keyed());
  const auto results = loop_.wait_all(*lane_, std::move(jobs));
  EXPECT_TRUE(results[0].has_value());
  ASSERT_FALSE(results[1].has_value());
  EXPECT_EQ(results[1].error().code, "kp-idempotency-in-flight");
  EXPECT_EQ(results[1].error().http_status, 409);
}

TEST_F(SqliteTest, AnAnswerOverItsBoundIsStoredWithoutItsBody) {
  TestProgram program = TestProgram::write();
  program.step("update item set name = 'x' where id = 1");
  const auto keyed = [&program] {
    Job job = program.job();
    job.idempotency =
        Idempotency{"anna", "big", "p", 1, 1'000'000, [](const plan::RowSets&) { return StoredAnswer{200, "h", std::string(300 << 10, 'b')}; }};
    return job;
  };
  ASSERT_TRUE(loop_.wait(*lane_, keyed()).has_value());
  auto again = loop_.wait(*lane_, keyed());
  ASSERT_TRUE(again.has_value() && again->replayed.has_value());
  EXPECT_EQ(again->replayed->headers, "h");
  EXPECT_EQ(again->replayed->body, "");
}

TEST_F(SqliteTest, ASecondStoreOverTheSameFileIsRefused) {
  auto second = open_sqlite(path_, Limits{});
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, "kp-database-locked");
}

TEST_F(SqliteTest, AMissingOrForeignFileIsSaidAtOpening) {
  auto missing = open_sqlite(directory_.file("none.sqlite"), Limits{});
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, "kp-database-missing");
  auto scheme = open_store("mysql://x", Limits{});
  ASSERT_FALSE(scheme.has_value());
  EXPECT_EQ(scheme.error().code, "kp-database-url");
}

TEST_F(SqliteTest, TheStatementCacheKeepsItsBound) {
  Limits limits;
  limits.statement_cache = 4;
  auto connection = Connection::open(path_, ConnectionRole::kReader, limits);
  ASSERT_TRUE(connection.has_value());
  for (int i = 0; i < 20; ++i) EXPECT_TRUE((*connection)->run("select " + std::to_string(i)).has_value());
  EXPECT_EQ((*connection)->cached_statements(), 4U);
}

TEST_F(SqliteTest, DrainLeavesNoWriteAheadLogBehind) {
  EXPECT_TRUE(write("insert into item(id, name) values(9, 'Sofa')").has_value());
  lane_.reset();
  store_.reset();
  auto reopened = open_sqlite(path_, Limits{});
  ASSERT_TRUE(reopened.has_value());
  const std::unique_ptr<Lane> lane = (*reopened)->open_lane(loop_.poster());
  EXPECT_EQ(read_now(*lane, "select name from item where id = 9"), "Sofa");
}

}  // namespace
}  // namespace kingpost::store
