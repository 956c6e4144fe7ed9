#include "kingpost/dialect/dialect.hpp"

#include <gtest/gtest.h>

namespace kingpost::dialect {
namespace {

TEST(Names, HostileNamesStayNames) {
  EXPECT_EQ(quote_name("a\"; drop table x; --"), "\"a\"\"; drop table x; --\"");
  EXPECT_EQ(quote_name(std::string_view("a\0b", 3)), "\"ab\"");
}

TEST(Names, WhatNoDatabaseCarriesIsRefused) {
  EXPECT_FALSE(check_name("", Database::kSqlite));
  EXPECT_FALSE(check_name(std::string_view("a\0b", 3), Database::kSqlite));
  EXPECT_FALSE(check_name("\xff", Database::kSqlite));
  EXPECT_TRUE(check_name(std::string(64, 'x'), Database::kSqlite));
  EXPECT_FALSE(check_name(std::string(64, 'x'), Database::kPostgres));
}

TEST(Literals, TextIsQuotedForEachDatabase) {
  EXPECT_EQ(quote_text("it's", Database::kSqlite), "'it''s'");
  EXPECT_EQ(quote_text("a\\b'c", Database::kSqlite), "'a\\b''c'");
  EXPECT_EQ(quote_text("a\\b'c", Database::kPostgres), "E'a\\\\b''c'");
}

TEST(Types, AnImportedDeclarationIsRepeatedWhereItMeansTheSame) {
  ir::LogicalType text;
  text.scalar = ir::Scalar::kString;
  text.max_length = 160;
  ir::Storage storage;
  storage.declared = "NVARCHAR(160)";
  EXPECT_EQ(column_type(text, storage, Database::kSqlite), "NVARCHAR(160)");
  EXPECT_EQ(column_type(text, storage, Database::kPostgres), "text");
  storage.declared = "citext";
  EXPECT_EQ(column_type(text, storage, Database::kPostgres), "citext");
}

}  // namespace
}  // namespace kingpost::dialect
