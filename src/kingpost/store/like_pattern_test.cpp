#include "kingpost/store/like_pattern.hpp"

#include <gtest/gtest.h>

#include <string>

namespace kingpost::store {
namespace {

bool like(const std::string& pattern, const std::string& text, bool fold = false) {
  const auto compiled = LikePattern::compile(pattern, '\\', fold);
  return compiled && compiled->matches(fold ? fold_case(text) : text);
}

TEST(LikePattern, MatchesPercentAsAnyTextAndUnderscoreAsOneCodePoint) {
  EXPECT_TRUE(like("a%c", "abbbc"));
  EXPECT_TRUE(like("a%c", "ac"));
  EXPECT_FALSE(like("a%c", "acb"));
  EXPECT_TRUE(like("%", ""));
  EXPECT_TRUE(like("", ""));
  EXPECT_FALSE(like("", "a"));
  EXPECT_TRUE(like("a_c", "a\u00e9c"));
  EXPECT_FALSE(like("a_c", "ac"));
  EXPECT_TRUE(like("%_x%y", "aaxbbxcy"));
  EXPECT_TRUE(like("%ab%ab", "ababxab"));
  EXPECT_FALSE(like("%ab_", "ab"));
}

TEST(LikePattern, IsExactAboutCaseUnlessItFolds) {
  EXPECT_FALSE(like("Lamp%", "lamp shade"));
  EXPECT_TRUE(like("Lamp%", "lAMP shade", true));
  EXPECT_TRUE(like("STRASSE", "stra\u00dfe", true));
  EXPECT_TRUE(like("\u00c4%", "\u00e4pfel", true));
}

TEST(LikePattern, TakesTheCharacterAfterTheEscapeLiterally) {
  EXPECT_TRUE(like("100\\%", "100%"));
  EXPECT_FALSE(like("100\\%", "1000"));
  EXPECT_TRUE(like("a\\_b", "a_b"));
  EXPECT_FALSE(LikePattern::compile("broken\\", '\\', false).has_value());
  EXPECT_TRUE(LikePattern::compile("fine\\", '\0', false).has_value());
}

TEST(LikePattern, RefusesPatternsAboveItsBound) {
  EXPECT_FALSE(LikePattern::compile(std::string(LikePattern::kMaxBytes + 1, 'a'), '\\', false).has_value());
}

}  // namespace
}  // namespace kingpost::store
