// A child acknowledges rows through the writer while its parent kills it at random instants; every acknowledged row must be in the file
// afterwards. Rounds: KINGPOST_CRASH_ROUNDS, default 20.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "kingpost/store/store.hpp"
#include "kingpost/store/test_program.hpp"

namespace kingpost::store {
namespace {

constexpr int kDefaultRounds = 20;
constexpr std::int64_t kBatch = 16;
constexpr unsigned kSeed = 20'240'101;

int rounds() {
  const char* wish = std::getenv("KINGPOST_CRASH_ROUNDS");
  return wish == nullptr ? kDefaultRounds : std::atoi(wish);
}

Job insert_row(std::int64_t id) {
  TestProgram program = TestProgram::write();
  program.step("insert into acked(id, text) values($1, $2)").value(id, ir::Scalar::kInt64).value(std::string(200, 'x'));
  program.step("update total set rows = rows + 1");
  return program.job();
}

/// The child: writes from `first` on and tells each acknowledged id through the pipe, until it is killed.
[[noreturn]] void write_until_killed(const std::string& path, std::int64_t first, int pipe) {
  auto store = open_sqlite(path, Limits{});
  if (!store) ::_exit(1);
  TestLoop loop;
  const std::unique_ptr<Lane> lane = (*store)->open_lane(loop.poster());
  for (std::int64_t next = first;; next += kBatch) {
    std::vector<Job> jobs;
    for (std::int64_t id = next; id < next + kBatch; ++id) jobs.push_back(insert_row(id));
    const auto results = loop.wait_all(*lane, std::move(jobs));
    for (std::size_t i = 0; i < results.size(); ++i) {
      const std::int64_t id = next + static_cast<std::int64_t>(i);
      if (!results[i] || ::write(pipe, &id, sizeof id) != static_cast<ssize_t>(sizeof id)) ::_exit(1);
    }
  }
}

std::vector<std::int64_t> read_acknowledged(int pipe) {
  std::vector<std::int64_t> ids;
  std::int64_t id = 0;
  while (::read(pipe, &id, sizeof id) == static_cast<ssize_t>(sizeof id)) ids.push_back(id);
  return ids;
}

/// Runs one child for `life` and answers what it acknowledged.
std::vector<std::int64_t> run_round(const std::string& path, std::int64_t first, std::chrono::microseconds life) {
  int ends[2] = {-1, -1};
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    write_until_killed(path, first, ends[1]);
  }
  ::close(ends[1]);
  std::vector<std::int64_t> acknowledged;
  std::thread killer([child, life] {
    std::this_thread::sleep_for(life);
    ::kill(child, SIGKILL);
  });
  acknowledged = read_acknowledged(ends[0]);
  killer.join();
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(ends[0]);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child ended by itself";
  return acknowledged;
}

std::string read_one(Store& store, TestLoop& loop, const TestProgram& program) {
  const std::unique_ptr<Lane> lane = store.open_lane(loop.poster());
  auto outcome = loop.wait(*lane, program.job());
  return outcome ? cell_text(outcome->rows[0], 0, 0) : outcome.error().code;
}

TEST(StoreCrash, NothingAcknowledgedIsLostAndNothingIsHalfWritten) {
  const TestDirectory directory;
  const std::string path = directory.file("crash.sqlite");
  ASSERT_TRUE(
      make_sqlite_file(path, "create table acked(id integer primary key, text text); create table total(rows integer); insert into total values(0)"));
  std::mt19937 random(kSeed);
  std::uniform_int_distribution<int> life_us(2'000, 120'000);
  std::int64_t acknowledged = 0;
  for (int round = 0; round < rounds(); ++round) {
    const std::int64_t first = (round + 1) * 10'000'000LL;
    const auto ids = run_round(path, first, std::chrono::microseconds(life_us(random)));
    acknowledged += static_cast<std::int64_t>(ids.size());
    auto store = open_sqlite(path, Limits{});
    ASSERT_TRUE(store.has_value()) << store.error().message;
    TestLoop loop;
    TestProgram lost = TestProgram::slow_read();
    std::vector<Datum> list(ids.begin(), ids.end());
    lost.step("select count(*) from kp_list($1) where value not in (select id from acked)").list(std::move(list), "bigint");
    ASSERT_EQ(read_one(**store, loop, lost), "0") << "round " << round;
    TestProgram halves = TestProgram::slow_read();
    halves.step("select (select rows from total) - (select count(*) from acked)");
    ASSERT_EQ(read_one(**store, loop, halves), "0") << "round " << round;
    TestProgram sound = TestProgram::slow_read();
    sound.step("pragma integrity_check");
    ASSERT_EQ(read_one(**store, loop, sound), "ok") << "round " << round;
  }
  EXPECT_GT(acknowledged, 0);
  RecordProperty("acknowledged", static_cast<int>(acknowledged));
  std::printf("acknowledged %lld rows in %d rounds, lost 0\n", static_cast<long long>(acknowledged), rounds());
}

/// The child: writes until the file may not grow any more, which SQLite meets as a failed write. Exit code 0 when the store then stops writing.
[[noreturn]] void write_until_full(const std::string& path) {
  constexpr rlim_t kFileBytes = 1 << 20;
  const rlimit limit{kFileBytes, kFileBytes};
  std::signal(SIGXFSZ, SIG_IGN);
  auto store = open_sqlite(path, Limits{});
  if (!store || ::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(1);
  TestLoop loop;
  const std::unique_ptr<Lane> lane = (*store)->open_lane(loop.poster());
  std::string code;
  for (std::int64_t id = 1; id < 10'000 && code.empty(); ++id) {
    const auto result = loop.wait(*lane, insert_row(id));
    if (!result) code = result.error().code;
  }
  const auto after = loop.wait(*lane, insert_row(20'000));
  const bool stopped = !after && after.error().code == "kp-database-io" && !(*store)->ping();
  ::_exit(code == "kp-database-io" && stopped ? 0 : 2);
}

TEST(StoreCrash, AfterAFailedWriteTheStoreStopsWritingAndTheFileIsSound) {
  const TestDirectory directory;
  const std::string path = directory.file("full.sqlite");
  ASSERT_TRUE(
      make_sqlite_file(path, "create table acked(id integer primary key, text text); create table total(rows integer); insert into total values(0)"));
  const pid_t child = ::fork();
  if (child == 0) write_until_full(path);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  auto store = open_sqlite(path, Limits{});
  ASSERT_TRUE(store.has_value()) << store.error().message;
  TestLoop loop;
  TestProgram halves = TestProgram::slow_read();
  halves.step("select (select rows from total) - (select count(*) from acked)");
  EXPECT_EQ(read_one(**store, loop, halves), "0");
  TestProgram sound = TestProgram::slow_read();
  sound.step("pragma integrity_check");
  EXPECT_EQ(read_one(**store, loop, sound), "ok");
}

}  // namespace
}  // namespace kingpost::store
