#include "kingpost/base/limits.hpp"

#include <gtest/gtest.h>

#include <set>

namespace kingpost {
namespace {

TEST(Limits, EveryMemberHasARowWithAUniqueNameAndAPositiveDefault) {
  const Limits defaults;
  std::set<std::string_view> names;
  std::set<const std::int64_t*> members;
  for (const LimitRow& row : limit_table()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_TRUE(members.insert(&(defaults.*row.member)).second) << row.name;
    EXPECT_GT(defaults.*row.member, 0) << row.name;
    EXPECT_FALSE(row.unit.empty());
    EXPECT_FALSE(row.meaning.empty());
  }
  EXPECT_EQ(members.size() * sizeof(std::int64_t), sizeof(Limits));
}

}  // namespace
}  // namespace kingpost
