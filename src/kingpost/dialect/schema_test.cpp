#include "kingpost/dialect/schema.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "kingpost/dialect/test_system.hpp"

namespace kingpost::dialect {
namespace {

std::string run_all(const std::vector<std::string>& statements) {
  sqlite3* db = nullptr;
  sqlite3_open(":memory:", &db);
  std::string error;
  for (const auto& statement : statements) {
    char* message = nullptr;
    if (sqlite3_exec(db, statement.c_str(), nullptr, nullptr, &message) != SQLITE_OK && error.empty())
      error = std::string(message) + "\n" + statement;
    sqlite3_free(message);
  }
  sqlite3_close(db);
  return error;
}

TEST(Schema, TheDdlRunsOnSqlite) {
  TestSystem test;
  const auto schema = build_schema(test.system(), Database::kSqlite);
  ASSERT_TRUE(schema) << schema.error().message;
  EXPECT_EQ(run_all(create_statements(*schema)), "");
}

TEST(Schema, HostileNamesAndTextsStayQuoted) {
  TestSystem test;
  auto& entity = test.system().entities[0];
  entity.table = "te\"am; drop table x; --";
  entity.summary = "it's\n; drop table person; \\";
  auto field = make_field("na'me", ir::Scalar::kText);
  field.column = "a\"b', c -- ";
  field.default_value = cel::make_literal(cel::Value{std::string("x'); drop table person; --")}, cel::make_type(cel::TypeKind::kString));
  field.type.max_length = 40;
  test.add_field("team", field);
  test.system().enums[0].values.push_back("it's \"so\"");
  const auto schema = build_schema(test.system(), Database::kSqlite);
  ASSERT_TRUE(schema) << schema.error().message;
  EXPECT_EQ(run_all(create_statements(*schema)), "");
  EXPECT_EQ(run_all({print_ddl(*schema)}), "");
  EXPECT_EQ(print_ddl(*schema).find("\n; drop"), std::string::npos);
}

TEST(Schema, ANameThatADatabaseCannotCarryIsRefused) {
  TestSystem test;
  test.system().entities[0].table = std::string(64, 'x');
  EXPECT_TRUE(build_schema(test.system(), Database::kSqlite));
  EXPECT_EQ(build_schema(test.system(), Database::kPostgres).error().code, "kp-name");
  test.system().entities[0].table = "team";
  test.system().entities[0].fields[1].storage.declared = "TEXT); DROP TABLE x; --";
  EXPECT_EQ(build_schema(test.system(), Database::kSqlite).error().code, "kp-name");
}

TEST(Schema, ItComesBackFromItsJson) {
  TestSystem test;
  auto& task = test.system().entities[test.id("task").index()];
  task.checks.push_back({"price_above_cost", test.typed("row.cost == null || row.price >= row.cost", "task"), "", {}});
  task.indexes.push_back(
      {"task_owner_idx", {{task.find_field("owner"), false}, {task.find_field("created_at"), true}}, false, false, "foreign key owner", "", {}});
  task.uniques.push_back({{task.find_field("title"), task.find_field("owner")}, "", {}});
  for (const auto database : {Database::kSqlite, Database::kPostgres}) {
    const auto schema = build_schema(test.system(), database);
    ASSERT_TRUE(schema) << schema.error().message;
    const auto text = serialize_schema(*schema);
    const auto again = parse_schema(text);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(serialize_schema(*again), text);
    EXPECT_EQ(print_ddl(*again), print_ddl(*schema));
    EXPECT_FALSE(parse_schema(text.substr(0, text.size() / 2)));
  }
}

TEST(Schema, LongGeneratedNamesStayDistinct) {
  TestSystem test;
  auto& task = test.system().entities[test.id("task").index()];
  const std::string prefix(70, 'n');
  for (const auto* end : {"a", "b"}) {
    ir::Index index;
    index.name = prefix + end;
    index.parts = {{task.find_field("title"), false}};
    task.indexes.push_back(index);
  }
  const auto schema = build_schema(test.system(), Database::kPostgres);
  ASSERT_TRUE(schema);
  const auto& indexes = schema->find_table("task")->indexes;
  ASSERT_EQ(indexes.size(), 2U);
  EXPECT_LE(indexes[0].name.size(), kMaxPostgresNameBytes);
  EXPECT_NE(indexes[0].name, indexes[1].name);
}

TEST(Schema, ConstraintsHoldOnSqlite) {
  TestSystem test;
  auto field = make_decimal_field("rate", 6, 3);
  field.min = Decimal{5, 1};
  field.max = Decimal{2, 0};
  test.add_field("tag", field);
  const auto schema = build_schema(test.system(), Database::kSqlite);
  ASSERT_TRUE(schema);
  auto statements = create_statements(*schema);
  const auto insert = [&](const char* values) {
    auto all = statements;
    all.push_back(std::string("INSERT INTO tag VALUES ") + values);
    return run_all(all).empty();
  };
  EXPECT_TRUE(insert("(zeroblob(16), 'a', 1, 500)"));
  EXPECT_FALSE(insert("(zeroblob(16), 'a', 1, 499)"));
  EXPECT_FALSE(insert("(zeroblob(16), 'a', 1, 2001)"));
  EXPECT_FALSE(insert("(zeroblob(15), 'a', 1, 500)"));
  EXPECT_FALSE(insert("(zeroblob(16), 'a', 9223372036854775807 + 1, 500)"));
}

TEST(Schema, PostgresDdlReadsAsWritten) {
  TestSystem test;
  const auto schema = build_schema(test.system(), Database::kPostgres);
  ASSERT_TRUE(schema);
  EXPECT_EQ(
      print_create_table(*schema->find_table("tag"), Database::kPostgres),
      "CREATE TABLE \"tag\" (\n  \"id\" uuid NOT NULL,\n  \"name\" text COLLATE \"C\" NOT NULL,\n  \"weight\" bigint,\n  PRIMARY KEY (\"id\")\n)");
}

}  // namespace
}  // namespace kingpost::dialect
