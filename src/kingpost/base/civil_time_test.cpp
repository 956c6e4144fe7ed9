#include "kingpost/base/civil_time.hpp"

#include <gtest/gtest.h>

#include <random>

namespace kingpost {
namespace {

std::string date(std::int32_t days) {
  std::string out;
  append_date(out, days);
  return out;
}
std::string timestamp(std::int64_t micros) {
  std::string out;
  append_timestamp(out, micros);
  return out;
}
std::string time(std::int64_t micros) {
  std::string out;
  append_time(out, micros);
  return out;
}
std::string duration(std::int64_t micros) {
  std::string out;
  append_duration(out, micros);
  return out;
}

TEST(CivilTime, EveryDayOfTheCalendarIsCountedOneByOneAndReadsBack) {
  constexpr int kLengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  std::int32_t days = -719'162;
  char text[] = "0000-00-00";
  for (int year = 1; year <= 9999; ++year) {
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    for (int month = 1; month <= 12; ++month) {
      const int length = kLengths[month - 1] + (month == 2 && leap ? 1 : 0);
      for (int day = 1; day <= length; ++day, ++days) {
        const int parts[] = {year / 1000, year / 100 % 10, year / 10 % 10, year % 10, -1, month / 10, month % 10, -1, day / 10, day % 10};
        for (int i = 0; i < 10; ++i) text[i] = parts[i] < 0 ? '-' : static_cast<char>('0' + parts[i]);
        ASSERT_EQ(parse_date(text), days) << text;
        ASSERT_EQ(date(days), text);
      }
    }
  }
  EXPECT_EQ(days, 2'932'897);
}

TEST(CivilTime, DaysThatDoNotExistAreRefused) {
  for (const std::string_view text :
       {"2023-02-29", "1900-02-29", "2024-02-30", "2024-04-31", "2024-00-10", "2024-13-01", "2024-01-00", "2024-01-32", "0000-01-01", "10000-01-01",
        "2024-1-1", "24-01-01", "2024/01/01", "2024-01-01 ", "", "-024-01-01", "2024-01-0a"}) {
    EXPECT_FALSE(parse_date(text)) << text;
  }
  EXPECT_TRUE(parse_date("2000-02-29"));
}

TEST(Timestamp, TheFormsOfTheWireAreRead) {
  constexpr std::int64_t kNoon = 1'704'110'400'000'000;
  for (const std::string_view text :
       {"2024-01-01T12:00:00Z", "2024-01-01t12:00:00z", "2024-01-01 12:00:00", "2024-01-01T12:00", "2024-01-01T14:30:00+02:30",
        "2024-01-01T11:00:00-0100", "2024-01-01 12:00:00+00", "2023-12-31T23:00:00.000000000-13:00"}) {
    EXPECT_EQ(parse_timestamp(text), kNoon) << text;
  }
  EXPECT_EQ(parse_timestamp("2024-01-01"), kNoon - kMicrosPerDay / 2);
  EXPECT_EQ(parse_timestamp("2024-01-01T12:00:00.5Z"), kNoon + 500'000);
  EXPECT_EQ(parse_timestamp("2024-01-01T12:00:00.123456499Z"), kNoon + 123'456);
  EXPECT_EQ(parse_timestamp("2024-01-01T12:00:00.999999500Z"), kNoon + 1'000'000);
}

TEST(Timestamp, MalformedAndOutOfRangeTextsAreRefused) {
  for (const std::string_view text :
       {"", "now", "2024-01-01T", "2024-01-01T24:00:00Z", "2024-01-01T12:60:00Z", "2024-01-01T12:00:60Z", "2024-01-01T12:00:00.Z",
        "2024-01-01T12:00:00.1234567890Z", "2024-01-01T12:00:00+24:00", "2024-01-01T12:00:00+01:60", "2024-01-01T12:00:00+1", "2024-01-01T12:00:00ZZ",
        "2024-01-01T12:00:00 Z", "2024-01-01T1:00:00Z", "2024-01-01Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
        "9999-12-31T23:59:59.999999999Z", "2024-01-01_12:00:00"}) {
    EXPECT_FALSE(parse_timestamp(text)) << text;
  }
}

TEST(Timestamp, PrintedOnesUseNoneThreeOrSixFractionDigits) {
  EXPECT_EQ(timestamp(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(timestamp(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(timestamp(500'000), "1970-01-01T00:00:00.500Z");
  EXPECT_EQ(timestamp(1), "1970-01-01T00:00:00.000001Z");
  EXPECT_EQ(timestamp(-62'135'596'800'000'000), "0001-01-01T00:00:00Z");
  EXPECT_EQ(timestamp(253'402'300'799'999'999), "9999-12-31T23:59:59.999999Z");
}

TEST(Timestamp, RandomOnesReadBackWithAnyOffset) {
  std::mt19937_64 random(5);
  constexpr std::uint64_t kSpan = 253'402'300'799'999'999U + 62'135'596'800'000'000U;
  for (int i = 0; i < 100'000; ++i) {
    std::int64_t micros = static_cast<std::int64_t>(random() % kSpan) - 62'135'596'800'000'000;
    if (i % 3 == 0) micros -= micros % kMicrosPerSecond;
    if (i % 3 == 1) micros -= micros % 1'000;
    const std::string text = timestamp(micros);
    ASSERT_EQ(parse_timestamp(text), micros) << text;
  }
}

TEST(TimeOfDay, EverySecondReadsBackAndMidnightDoesNotRepeat) {
  for (std::int64_t second = 0; second < 86'400; ++second) {
    const std::int64_t micros = second * kMicrosPerSecond + (second % 7) * 1'000 + (second % 2) * 13;
    ASSERT_EQ(parse_time(time(micros)), micros);
  }
  EXPECT_EQ(parse_time("09:30"), 34'200 * kMicrosPerSecond);
  for (const std::string_view text : {"24:00:00", "23:59:59.9999999", "9:30", "09:30:00Z", "09:30:", "09-30", ""})
    EXPECT_FALSE(parse_time(text)) << text;
}

TEST(Duration, BothFormsAreRead) {
  constexpr std::int64_t kSecond = kMicrosPerSecond;
  const std::pair<std::string_view, std::int64_t> cases[] = {{"PT0S", 0},
                                                             {"0", 0},
                                                             {"0s", 0},
                                                             {"P1D", kMicrosPerDay},
                                                             {"P2W", 14 * kMicrosPerDay},
                                                             {"PT1.5S", 1'500'000},
                                                             {"P1DT2H3.5S", kMicrosPerDay + 7'203'500'000},
                                                             {"-PT1M", -60 * kSecond},
                                                             {"PT-1M30S", -30 * kSecond},
                                                             {"720h", 30 * kMicrosPerDay},
                                                             {"1.5s", 1'500'000},
                                                             {"1h30m", 5'400 * kSecond},
                                                             {"10ms", 10'000},
                                                             {"7us", 7},
                                                             {"7µs", 7},
                                                             {"1500ns", 2},
                                                             {"-1.5h", -5'400 * kSecond},
                                                             {"+2s", 2 * kSecond},
                                                             {".5s", 500'000},
                                                             {"315576000000s", kMaxDurationMicros}};
  for (const auto& [text, micros] : cases) EXPECT_EQ(parse_duration(text), micros) << text;
}

TEST(Duration, MonthsYearsWrongOrderAndOverflowAreRefused) {
  for (const std::string_view text : {"",
                                      "P",
                                      "PT",
                                      "P1DT",
                                      "P1Y",
                                      "P1M",
                                      "P1DT1D",
                                      "PT1S1M",
                                      "PT1H1H",
                                      "P1.5D",
                                      "1",
                                      "1d",
                                      "s",
                                      "1.s",
                                      "1 s",
                                      "-",
                                      "--1s",
                                      "P1W1W",
                                      "1h-5m",
                                      "315576000001s",
                                      "99999999999999999999s",
                                      "P999999999999999999D",
                                      "PT1"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Duration, RandomOnesReadBack) {
  EXPECT_EQ(duration(kMicrosPerDay + 7'203'500'000), "P1DT2H3.5S");
  EXPECT_EQ(duration(-1), "-PT0.000001S");
  EXPECT_EQ(duration(60 * kMicrosPerSecond), "PT1M");
  EXPECT_EQ(duration(kMicrosPerDay), "P1D");
  std::mt19937_64 random(9);
  for (int i = 0; i < 50'000; ++i) {
    const std::int64_t micros = static_cast<std::int64_t>(random()) % kMaxDurationMicros >> (random() % 40);
    ASSERT_EQ(parse_duration(duration(micros)), micros) << duration(micros);
  }
}

}  // namespace
}  // namespace kingpost
