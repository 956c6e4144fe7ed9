#include "kingpost/base/decimal.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace kingpost {
namespace {

const std::string kNines(38, '9');

std::string printed(std::string_view text) {
  const auto value = parse_decimal(text);
  return value ? print_decimal(*value) : value.error().code;
}

TEST(Decimal, NumbersKeepTheScaleTheyWereWrittenWith) {
  for (const std::string_view text :
       {"0", "0.00", "12.30", "-0.001", "100", "99999999999999999999999999999999999999", "0.00000000000000000000000000000000000001"}) {
    EXPECT_EQ(printed(text), text);
  }
  EXPECT_EQ(printed("+007.50"), "7.50");
  EXPECT_EQ(printed("-0.0"), "0.0");
}

TEST(Decimal, ExponentsMoveThePoint) {
  EXPECT_EQ(printed("1.5e3"), "1500");
  EXPECT_EQ(printed("1.50E1"), "15.0");
  EXPECT_EQ(printed("15e-3"), "0.015");
  EXPECT_EQ(printed("1e37"), "1" + std::string(37, '0'));
  EXPECT_EQ(printed("0e999999999999999999999"), "0");
  EXPECT_EQ(printed("1000e-2"), "10.00");
}

TEST(Decimal, ZerosAtTheEndNeverOverflow) {
  EXPECT_EQ(printed("1." + std::string(500, '0')), "1." + std::string(37, '0'));
  EXPECT_EQ(printed(std::string(500, '0') + "1"), "1");
  EXPECT_EQ(printed("1" + std::string(500, '0') + "e-500"), "1." + std::string(37, '0'));
}

TEST(Decimal, MoreThan38DigitsAreOutOfRange) {
  for (const std::string& text : {"1" + std::string(38, '0'), kNines + "0", kNines + ".5", std::string("1e38"), std::string("1e-39"),
                                  "0." + kNines + "9", std::string("1e99999999999999999999"), std::string("1e-99999999999999999999")}) {
    EXPECT_EQ(printed(text), "22003") << text;
  }
  EXPECT_EQ(printed("-" + kNines), "-" + kNines);
}

TEST(Decimal, MalformedTextsAreRefused) {
  for (const std::string_view text :
       {"", "-", ".", ".5", "5.", "1e", "1e+", "1.e2", "--1", "1 ", " 1", "0x10", "1_000", "NaN", "Infinity", "1e5.0", "1,5"}) {
    EXPECT_EQ(printed(text), "22P02") << text;
  }
}

TEST(Decimal, TheShortPrinterAgreesWithTheLongOne) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    auto value = static_cast<std::int64_t>(random());
    if (i < 3) value = i == 0 ? std::numeric_limits<std::int64_t>::min() : i == 1 ? std::numeric_limits<std::int64_t>::max() : 0;
    const auto scale = static_cast<std::uint32_t>(random() % 20);
    std::string out;
    append_decimal(out, value >> (random() % 60), scale);
    const auto read = parse_decimal(out);
    ASSERT_TRUE(read) << out;
    ASSERT_EQ(read->scale, scale) << out;
    ASSERT_EQ(print_decimal(*read), out);
  }
}

TEST(Decimal, RoundingIsHalfToEven) {
  const auto rounded = [](std::string_view text, std::uint32_t scale) { return print_decimal(*round_to(*parse_decimal(text), scale)); };
  EXPECT_EQ(rounded("0.5", 0), "0");
  EXPECT_EQ(rounded("1.5", 0), "2");
  EXPECT_EQ(rounded("2.5", 0), "2");
  EXPECT_EQ(rounded("-2.5", 0), "-2");
  EXPECT_EQ(rounded("-3.5", 0), "-4");
  EXPECT_EQ(rounded("2.51", 0), "3");
  EXPECT_EQ(rounded("2.449", 1), "2.4");
  EXPECT_EQ(rounded("2", 2), "2.00");
  EXPECT_EQ(rounded("0." + kNines, 0), "1");
  EXPECT_FALSE(round_to(*parse_decimal(kNines), 1));
}

TEST(Decimal, RescalingNeverLosesDigits) {
  EXPECT_FALSE(rescale(*parse_decimal("1.25"), 1));
  EXPECT_EQ(print_decimal(*rescale(*parse_decimal("1.20"), 1)), "1.2");
  EXPECT_FALSE(rescale(*parse_decimal("1"), 38));
  EXPECT_FALSE(rescale(*parse_decimal("1"), 39));
}

TEST(Decimal, ComparingIgnoresTheScaleAndNeverOverflows) {
  const auto cmp = [](std::string_view a, std::string_view b) { return compare(*parse_decimal(a), *parse_decimal(b)); };
  EXPECT_EQ(cmp("1.0", "1"), 0);
  EXPECT_EQ(cmp("-0.1", "0.1"), -1);
  EXPECT_EQ(cmp(kNines, "0." + kNines), 1);
  EXPECT_EQ(cmp("-" + kNines, "-0." + kNines), -1);
  EXPECT_EQ(cmp("-0.5", "-0.25"), -1);
  EXPECT_EQ(cmp("9.9", "9.90000000000000000000000000000000001"), -1);
}

TEST(Decimal, ArithmeticIsExactAndChecked) {
  const auto d = [](std::string_view text) { return *parse_decimal(text); };
  EXPECT_EQ(print_decimal(*add(d("0.1"), d("0.2"))), "0.3");
  EXPECT_EQ(print_decimal(*add(d("1.25"), d("1"))), "2.25");
  EXPECT_EQ(print_decimal(*subtract(d("1"), d("1.00"))), "0.00");
  EXPECT_EQ(print_decimal(*multiply(d("19.99"), d("3"))), "59.97");
  EXPECT_EQ(print_decimal(*multiply(d("-0.5"), d("0.5"))), "-0.25");
  EXPECT_FALSE(add(d(kNines), d("1")));
  EXPECT_FALSE(subtract(d("-" + kNines), d("1")));
  EXPECT_FALSE(multiply(d(kNines), d("2")));
  EXPECT_FALSE(add(d(kNines), d("0.5")));
  EXPECT_EQ(print_decimal(*add(d(kNines), d("0.00"))), kNines);
  EXPECT_EQ(print_decimal(*multiply(d("1." + std::string(30, '0')), d("2." + std::string(30, '0')))), "2");
}

TEST(Decimal, RandomNumbersObeyTheLawsOfArithmetic) {
  std::mt19937_64 random(3);
  const auto make = [&] {
    const auto digits = static_cast<std::int64_t>(random()) >> (random() % 50 + 10);
    return Decimal{digits, static_cast<std::uint32_t>(random() % 8)};
  };
  const auto same = [](const std::optional<Decimal>& a, const std::optional<Decimal>& b) { return a && b && compare(*a, *b) == 0; };
  for (int i = 0; i < 20'000; ++i) {
    const Decimal a = make();
    const Decimal b = make();
    const Decimal c{static_cast<std::int64_t>(random() % 2'000'000) - 1'000'000, static_cast<std::uint32_t>(random() % 6)};
    ASSERT_TRUE(same(add(a, b), add(b, a)));
    ASSERT_TRUE(same(subtract(*add(a, b), b), a));
    ASSERT_TRUE(same(multiply(a, c), multiply(c, a)));
    ASSERT_TRUE(same(multiply(*add(a, b), c), add(*multiply(a, c), *multiply(b, c))));
    ASSERT_EQ(compare(a, b), -compare(b, a));
    const auto difference = subtract(a, b);
    ASSERT_EQ(compare(a, b), difference->unscaled < 0 ? -1 : difference->unscaled > 0 ? 1 : 0);
    ASSERT_EQ(compare(*parse_decimal(print_decimal(a)), a), 0);
  }
}

}  // namespace
}  // namespace kingpost
