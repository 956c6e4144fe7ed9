#include "kingpost/base/uuid.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace kingpost {
namespace {

constexpr std::string_view kExample = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";

std::int64_t time_of(const Uuid& value) {
  std::int64_t ms = 0;
  for (std::size_t i = 0; i < 6; ++i) ms = ms * 256 + value.bytes[i];
  return ms;
}

TEST(Uuid, BothTextFormsOfAnyCaseAreReadAndPrintedLowerCase) {
  const auto value = parse_uuid(kExample);
  ASSERT_TRUE(value);
  EXPECT_EQ(print_uuid(*value), kExample);
  EXPECT_EQ(parse_uuid("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), value);
  EXPECT_EQ(parse_uuid("017f22e279b07cc398c4dc0c0c07398f"), value);
  EXPECT_EQ(time_of(*value), 1'645'557'742'000);
}

TEST(Uuid, AnythingElseIsRefused) {
  const std::string good(kExample);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = bad[i] == '-' ? '0' : 'g';
    EXPECT_FALSE(parse_uuid(bad)) << bad;
    EXPECT_FALSE(parse_uuid(good.substr(0, i))) << i;
  }
  EXPECT_FALSE(parse_uuid(good + "0"));
  EXPECT_FALSE(parse_uuid("{" + good + "}"));
}

TEST(UuidV7, CarriesItsTimeVersionAndVariant) {
  const std::int64_t ms = 4'000'000'000'000;
  const Uuid value = make_uuid_v7(ms);
  EXPECT_EQ(time_of(value), ms);
  EXPECT_EQ(value.bytes[6] >> 4, 7);
  EXPECT_EQ(value.bytes[8] >> 6, 2);
}

TEST(UuidV7, LaterCallsOfAThreadSortLaterEvenWhenTheClockStandsOrStepsBack) {
  const std::int64_t start = 5'000'000'000'000;
  Uuid last = make_uuid_v7(start);
  for (int i = 0; i < 200'000; ++i) {
    const Uuid next = make_uuid_v7(i % 3 == 0 ? start : start - i);
    ASSERT_LT(last, next) << i;
    ASSERT_LT(print_uuid(last), print_uuid(next)) << i;
    ASSERT_EQ(next.bytes[6] >> 4, 7);
    ASSERT_EQ(next.bytes[8] >> 6, 2);
    last = next;
  }
  EXPECT_LT(time_of(last), start + 200);
}

TEST(UuidV7, ThreadsNeverMakeTheSameOne) {
  std::set<Uuid> all;
  std::mutex mutex;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      std::vector<Uuid> mine;
      for (int i = 0; i < 5'000; ++i) mine.push_back(make_uuid_v7(6'000'000'000'000));
      const std::lock_guard lock(mutex);
      all.insert(mine.begin(), mine.end());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(all.size(), 20'000U);
}

}  // namespace
}  // namespace kingpost
