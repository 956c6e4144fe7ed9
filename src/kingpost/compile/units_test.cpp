#include "kingpost/compile/units.hpp"

#include <gtest/gtest.h>

namespace kingpost::compile {
namespace {

TEST(UnitsTest, CountsKnowThousandsMillionsAndMilliards) {
  EXPECT_EQ(parse_count("250"), 250);
  EXPECT_EQ(parse_count("100k"), 100'000);
  EXPECT_EQ(parse_count("1.5M"), 1'500'000);
  EXPECT_EQ(parse_count("2G"), 2e9);
  EXPECT_FALSE(parse_count("1x"));
  EXPECT_FALSE(parse_count(""));
  EXPECT_FALSE(parse_count("k"));
}

TEST(UnitsTest, RatesAreCallsPerSecond) {
  EXPECT_EQ(parse_rate_per_second("1500/s"), 1500);
  EXPECT_EQ(parse_rate_per_second("6k/m"), 100);
  EXPECT_DOUBLE_EQ(parse_rate_per_second("86400/d").value_or(0), 1);
  EXPECT_FALSE(parse_rate_per_second("1500"));
  EXPECT_FALSE(parse_rate_per_second("1500/w"));
}

TEST(UnitsTest, PercentagesEndAtAHundred) {
  EXPECT_DOUBLE_EQ(parse_percent("99.95%").value_or(0), 99.95);
  EXPECT_FALSE(parse_percent("101%"));
  EXPECT_FALSE(parse_percent("99"));
}

TEST(UnitsTest, DurationsAreMicroseconds) {
  EXPECT_EQ(parse_span_us("200ms"), 200'000);
  EXPECT_EQ(parse_span_us("1h"), 3'600'000'000);
  EXPECT_EQ(parse_span_us("7us"), 7);
  EXPECT_FALSE(parse_span_us("999999999999999d"));
  EXPECT_FALSE(parse_span_us("10"));
}

TEST(UnitsTest, ThreeYearsOfMonthsAreAboutThatManyDays) {
  EXPECT_EQ(parse_keep_days("36 months"), 1096);
  EXPECT_EQ(parse_keep_days("1 week"), 7);
  EXPECT_EQ(parse_keep_days("10 years"), 3653);
  EXPECT_FALSE(parse_keep_days("10 moons"));
  EXPECT_FALSE(parse_keep_days("10months"));
}

TEST(UnitsTest, ADayMustBeInTheCalendar) {
  EXPECT_TRUE(is_date("2028-02-29"));
  EXPECT_FALSE(is_date("2027-02-29"));
}

}  // namespace
}  // namespace kingpost::compile
