#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kingpost/store/postgres_codec.hpp"
#include "kingpost/store/postgres_error.hpp"
#include "kingpost/store/postgres_session.hpp"
#include "kingpost/store/test_postgres.hpp"
#include "kingpost/store/test_program.hpp"

namespace kingpost::store {
namespace {

using ir::Scalar;

TEST(PostgresCodec, ArraysQuoteEveryElement) {
  const std::vector<Datum> items = {std::string("a\"b\\c,{}"), Datum{}, std::string("NULL"), std::string("")};
  EXPECT_EQ(encode_postgres_array(items, "text"), R"({"a\"b\\c,{}",NULL,"NULL",""})");
  EXPECT_EQ(encode_postgres_array(std::vector<Datum>{}, "text"), "{}");
  EXPECT_EQ(encode_postgres_array({Blob{std::string("\0\xff", 2)}}, "bytea"), R"({"\\x00ff"})");
}

TEST(PostgresError, ADetailKeepsNamesAndLosesValues) {
  const Error unique = postgres_error({"23505", "duplicate key", "Key (email)=(x) already exists.) already exists."});
  EXPECT_EQ(unique.details, "Key (email) already exists.");
  const Error foreign = postgres_error({"23503", "violates", "Key (shelf_id)=(9) is not present in table \"shelf\"."});
  EXPECT_EQ(foreign.details, "Key (shelf_id) is not present in table \"shelf\".");
  EXPECT_EQ(foreign.message, "insert, update or delete violates a foreign key constraint");
  const Error referred = postgres_error({"23503", "update or delete on table \"shelf\" violates foreign key constraint \"f\" on table \"secret\"",
                                         "Key (id)=(9) is still referenced from table \"secret\"."});
  EXPECT_EQ(referred.message, "update or delete violates a foreign key constraint");
  EXPECT_FALSE(referred.details.has_value());
  const Error check = postgres_error({"23514", "violates", "Failing row contains (1, secret)."});
  EXPECT_FALSE(check.details.has_value());
}

class PostgresTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { cluster_ = TestPostgres::start(); }
  static void TearDownTestSuite() { cluster_.reset(); }
  void SetUp() override {
    if (cluster_ == nullptr) GTEST_SKIP() << "PostgreSQL is not tested here";
  }
  [[nodiscard]] static Result<Outcome> run(PostgresSession& session, const TestProgram& program) { return session.run(program.job()); }

  static inline std::unique_ptr<TestPostgres> cluster_;
};

std::string row_text(const plan::RowSet& rows) {
  std::string text;
  for (std::size_t column = 0; column < rows.columns(); ++column) text += (column == 0 ? "" : "|") + cell_text(rows, 0, column);
  return text;
}

TEST_F(PostgresTest, EveryTypeArrivesAsItsCanonicalCell) {
  PostgresSession session(cluster_->url(), Limits{});
  TestProgram numbers = TestProgram::read();
  numbers.step(
      "select true, false, 7::smallint, -8::integer, 9::bigint, 0.1::double precision, null::text, 0::numeric, 12.30::numeric(5,2), "
      "-0.0005::numeric, 100000000::numeric, 123456789012345.678::numeric, 10000.0001::numeric");
  auto outcome = run(session, numbers);
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(row_text(outcome->rows[0]), "1|0|7|-8|9|0.100000|null|0|12.30|-0.0005|100000000|123456789012345.678|10000.0001");
  TestProgram others = TestProgram::read();
  others.step(
      "select timestamptz '1970-01-01T00:00:01.5Z', date '2024-02-29', date '1969-12-31', time '01:00', jsonb '{\"a\": 1}', 'x'::text, "
      "interval '1 day 1 second', 'c'::char(1)");
  outcome = run(session, others);
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(row_text(outcome->rows[0]), "1500000|2024-02-29|1969-12-31|3600000000|{\"a\": 1}|x|86401000000|c");
  TestProgram infinite = TestProgram::read();
  infinite.step("select timestamptz 'infinity'");
  EXPECT_EQ(run(session, infinite).error().code, "kp-stored-value");
}

TEST_F(PostgresTest, EveryValueTravelsThereAndBack) {
  PostgresSession session(cluster_->url(), Limits{});
  const std::string uuid("\x01\x8f\x00\x01\x02\x03\x70\x04\x85\x06\x07\x08\x09\x0a\x0b\x0c", 16);
  TestProgram program = TestProgram::read();
  program.step(
      "select $1::boolean, $2::bigint, $3::double precision, $4::text, $5::uuid, $6::timestamptz, $7::date, $8::time, $9::jsonb, $10::bytea, "
      "$11::numeric, ($12::uuid[])[1], ($13::timestamptz[])[2]");
  program.value(std::int64_t{1}, Scalar::kBool).value(std::numeric_limits<std::int64_t>::min(), Scalar::kInt64).value(0.1, Scalar::kFloat);
  program.value(std::string("it's \u00e9"), Scalar::kText).value(Blob{uuid}, Scalar::kUuid).value(std::int64_t{-1'500'000}, Scalar::kTimestamp);
  program.value(std::string("0001-01-01"), Scalar::kDate).value(std::int64_t{86'399'999'999}, Scalar::kTime);
  program.value(std::string("[1]"), Scalar::kJson).value(Blob{std::string("\0\\'", 3)}, Scalar::kBytes).value(std::string("-1.50"), Scalar::kDecimal);
  program.list({Blob{uuid}}, "uuid", Scalar::kUuid).list({Datum{}, std::int64_t{1}}, "timestamptz", Scalar::kTimestamp);
  auto outcome = run(session, program);
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(row_text(outcome->rows[0]), "1|-9223372036854775808|0.100000|it's \u00e9|" + uuid + "|-1500000|0001-01-01|86399999999|[1]|" +
                                            std::string("\0\\'", 3) + "|-1.50|" + uuid + "|1");
}

TEST_F(PostgresTest, ALostConnectionIsOpenedAgain) {
  Limits limits;
  limits.postgres_connections = 1;
  auto store = open_postgres(cluster_->url(), limits);
  ASSERT_TRUE(store.has_value()) << store.error().message;
  TestLoop loop;
  const std::unique_ptr<Lane> lane = (*store)->open_lane(loop.poster());
  TestProgram program = TestProgram::read();
  program.step("select 1");
  ASSERT_TRUE(loop.wait(*lane, program.job()).has_value());
  ASSERT_TRUE(cluster_->crash_and_restart());
  auto again = loop.wait(*lane, program.job());
  EXPECT_TRUE(again.has_value()) << again.error().message;
  EXPECT_TRUE((*store)->ping().has_value());
}

TEST_F(PostgresTest, TheStatementCacheKeepsItsBoundAndSurvivesAChangedTable) {
  Limits limits;
  limits.statement_cache = 2;
  PostgresSession session(cluster_->url(), limits);
  ASSERT_TRUE(run_postgres_script(cluster_->url(), "create table changing(a int); insert into changing values(1)"));
  TestProgram program = TestProgram::read();
  program.step("select * from changing");
  ASSERT_TRUE(run(session, program).has_value());
  ASSERT_TRUE(run_postgres_script(cluster_->url(), "alter table changing add b int default 2"));
  auto outcome = run(session, program);
  ASSERT_TRUE(outcome.has_value()) << outcome.error().message;
  EXPECT_EQ(row_text(outcome->rows[0]), "1|2");
  for (int i = 0; i < 6; ++i) {
    TestProgram other = TestProgram::read();
    other.step("select " + std::to_string(i));
    EXPECT_TRUE(run(session, other).has_value());
  }
}

TEST_F(PostgresTest, AReadCannotWrite) {
  PostgresSession session(cluster_->url(), Limits{});
  TestProgram program = TestProgram::read();
  program.step("create table sneaky(a int)");
  EXPECT_EQ(run(session, program).error().code, "25006");
}

TEST_F(PostgresTest, SerializationFailuresAreTriedAgain) {
  ASSERT_TRUE(run_postgres_script(cluster_->url(), "create table counter(n bigint); insert into counter values(0)"));
  auto store = open_postgres(cluster_->url(), Limits{});
  ASSERT_TRUE(store.has_value());
  TestLoop loop;
  const std::unique_ptr<Lane> lane = (*store)->open_lane(loop.poster());
  TestProgram program = TestProgram::write();
  program.step("select n from counter").step("update counter set n = (select n from counter) + 1").serializable();
  std::int64_t done = 0;
  for (const auto& result : loop.wait_all(*lane, {program.job(), program.job(), program.job()})) done += result.has_value() ? 1 : 0;
  TestProgram read = TestProgram::read();
  read.step("select n from counter");
  auto outcome = loop.wait(*lane, read.job());
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->rows[0].at(0, 0).view().integer, done);
  EXPECT_GE(done, 1);
}

TEST_F(PostgresTest, TheSameKeyInFlightIsAConflict) {
  auto store = open_postgres(cluster_->url(), Limits{});
  ASSERT_TRUE(store.has_value()) << store.error().message;
  TestLoop loop;
  const std::unique_ptr<Lane> lane = (*store)->open_lane(loop.poster());
  TestProgram slow = TestProgram::write();
  slow.step("select pg_sleep(0.3)");
  const auto keyed = [&slow] {
    Job job = slow.job();
    job.idempotency = Idempotency{"anna", "k", "p", 1, 1'000'000, [](const plan::RowSets&) { return StoredAnswer{200, "", "ok"}; }};
    return job;
  };
  int conflicts = 0;
  for (const auto& result : loop.wait_all(*lane, {keyed(), keyed()})) {
    if (!result) {
      EXPECT_EQ(result.error().code, "kp-idempotency-in-flight");
      ++conflicts;
    }
  }
  EXPECT_EQ(conflicts, 1);
}

TEST(PostgresOpen, AServerThatIsNotThereIsSaidWithoutThePassword) {
  auto gone = open_postgres("postgres://anna:geheim@127.0.0.1:1/none", Limits{});
  ASSERT_FALSE(gone.has_value());
  EXPECT_EQ(gone.error().code, "kp-database-down");
  EXPECT_EQ(gone.error().message.find("geheim"), std::string::npos);
  auto malformed = open_postgres("postgres://anna:geheim@[::1", Limits{});
  ASSERT_FALSE(malformed.has_value());
  EXPECT_EQ(malformed.error().message.find("geheim"), std::string::npos);
}

}  // namespace
}  // namespace kingpost::store
