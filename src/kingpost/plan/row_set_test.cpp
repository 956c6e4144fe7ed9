#include "kingpost/plan/row_set.hpp"

#include <gtest/gtest.h>

#include <string>

#include "kingpost/plan/row_version.hpp"

namespace kingpost::plan {
namespace {

TEST(RowSet, KeepsCellsOfEveryKindInRowOrder) {
  RowSet rows;
  rows.reset(5);
  rows.push_null();
  rows.push_int(-7);
  rows.push_real(0.5);
  rows.push_text("snail");
  rows.push_blob(std::string_view("\0\1", 2));
  ASSERT_EQ(rows.rows(), 1U);
  EXPECT_EQ(rows.at(0, 0).view().kind, CellView::Kind::kNull);
  EXPECT_EQ(rows.at(0, 1).view().integer, -7);
  EXPECT_EQ(rows.at(0, 2).view().real, 0.5);
  EXPECT_EQ(rows.at(0, 3).view().bytes, "snail");
  EXPECT_EQ(rows.at(0, 4).view().bytes.size(), 2U);
  EXPECT_EQ(sizeof(Cell), 16U);
}

TEST(RowSet, TextsStayWhereTheyAreWhileTheArenaGrows) {
  RowSet rows;
  rows.reset(1);
  for (int i = 0; i < 5'000; ++i) rows.push_text(std::string(50, static_cast<char>('a' + i % 26)));
  rows.push_text(std::string(100'000, 'z'));
  EXPECT_EQ(rows.at(0, 0).view().bytes, std::string(50, 'a'));
  EXPECT_EQ(rows.at(5'000, 0).view().bytes.size(), 100'000U);
  EXPECT_EQ(rows.bytes(), 350'000U);
  rows.reset(1);
  EXPECT_EQ(rows.rows(), 0U);
  EXPECT_EQ(rows.bytes(), 0U);
  rows.push_text("again");
  EXPECT_EQ(rows.at(0, 0).view().bytes, "again");
}

TEST(RowVersion, OfAVersionFieldIsItsNumber) {
  RowSet rows;
  rows.reset(2);
  rows.push_text("x");
  rows.push_int(42);
  EXPECT_EQ(row_version(rows, 0, {1}), "42");
}

TEST(RowVersion, TellsValuesKindsAndBoundariesApart) {
  RowSet rows;
  rows.reset(2);
  rows.push_text("ab");
  rows.push_text("c");
  rows.push_text("a");
  rows.push_text("bc");
  rows.push_blob("ab");
  rows.push_text("c");
  rows.push_text("ab");
  rows.push_null();
  const auto first = row_version(rows, 0, 0, 2);
  EXPECT_EQ(first.size(), 32U);
  for (std::size_t row = 1; row < 4; ++row) EXPECT_NE(first, row_version(rows, row, 0, 2));
  EXPECT_EQ(first, row_version(rows, 0, {0, 1}));
}

}  // namespace
}  // namespace kingpost::plan
