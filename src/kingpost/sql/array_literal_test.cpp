#include "kingpost/sql/array_literal.hpp"

#include <gtest/gtest.h>

namespace kingpost::sql {
namespace {

TEST(ArrayLiteral, BecomesAJsonArrayOfTexts) {
  EXPECT_EQ(array_literal_to_json(R"({a,"b, c","say \"x\"",NULL})", nullptr).value(), R"(["a","b, c","say \"x\"",null])");
  EXPECT_EQ(array_literal_to_json("{}", nullptr).value(), "[]");
}

TEST(ArrayLiteral, KeepsNumbersBare) {
  ir::LogicalType element;
  element.scalar = ir::Scalar::kInt64;
  EXPECT_EQ(array_literal_to_json("{1, 2}", &element).value(), "[1,2]");
}

TEST(ArrayLiteral, RefusesWhatIsNone) {
  for (const auto* text : {"", "{", "{a", "{a,}", "{,a}", "{\"a}", "{a}b", "{{a},{b}}", "{a\"b\"}"}) {
    const auto json = array_literal_to_json(text, nullptr);
    ASSERT_FALSE(json) << text;
    EXPECT_EQ(json.error().code, "22P02");
  }
}

}  // namespace
}  // namespace kingpost::sql
