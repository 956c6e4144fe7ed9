#include "kingpost/serve/shape_cache.hpp"

#include <gtest/gtest.h>

namespace kingpost::serve {
namespace {

TEST(ShapeCache, keeps_the_most_recently_used_shapes_up_to_its_capacity) {
  ShapeCache<int> cache(2);
  cache.insert("a", std::make_shared<const int>(1));
  cache.insert("b", std::make_shared<const int>(2));
  EXPECT_EQ(*cache.find("a"), 1);
  cache.insert("c", std::make_shared<const int>(3));
  EXPECT_EQ(cache.find("b"), nullptr);
  EXPECT_EQ(*cache.find("a"), 1);
  EXPECT_EQ(*cache.find("c"), 3);
  EXPECT_EQ(cache.size(), 2U);
  cache.clear();
  EXPECT_EQ(cache.find("a"), nullptr);
}

}  // namespace
}  // namespace kingpost::serve
