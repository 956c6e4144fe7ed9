#include <gtest/gtest.h>

#include "kingpost/request/request.hpp"

namespace kingpost::request {
namespace {

Request list_of(const char* name) {
  Request request;
  request.root.name = name;
  Filter filter;
  filter.kind = FilterKind::kCompare;
  filter.path.column = "sku";
  request.root.where = filter;
  return request;
}

TEST(RequestShape, ValuesAreNoPartOfTheShape) {
  auto one = list_of("product");
  auto other = list_of("product");
  one.values.push_back({RawValue::Kind::kText, "a"});
  other.values.push_back({RawValue::Kind::kText, "b"});
  EXPECT_EQ(shape_of(one), shape_of(other));
}

TEST(RequestShape, NamesOperatorsAndPagesAre) {
  const auto base = shape_of(list_of("product"));
  EXPECT_NE(base, shape_of(list_of("category")));
  auto limited = list_of("product");
  limited.root.limit = 10;
  EXPECT_NE(base, shape_of(limited));
  auto other_op = list_of("product");
  other_op.root.where->op = FilterOp::kLess;
  EXPECT_NE(base, shape_of(other_op));
}

TEST(RequestShape, TextsCannotRunIntoEachOther) {
  auto one = list_of("product");
  one.on_conflict = {"ab", "c"};
  auto other = list_of("product");
  other.on_conflict = {"a", "bc"};
  EXPECT_NE(shape_of(one), shape_of(other));
}

TEST(PrincipalShape, TellsRolesAndKnownUsersButNotWhichUser) {
  Principal anonymous;
  Principal user;
  user.user = Uuid{};
  user.roles = {"customer"};
  auto other = user;
  other.user->bytes[3] = 7;
  EXPECT_EQ(shape_of(user), shape_of(other));
  EXPECT_NE(shape_of(user), shape_of(anonymous));
  EXPECT_TRUE(user.has_role("customer"));
  EXPECT_FALSE(user.has_role("merchant"));
  EXPECT_TRUE(anonymous.anonymous());
}

}  // namespace
}  // namespace kingpost::request
