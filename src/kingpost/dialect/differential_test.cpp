#include <gtest/gtest.h>
#include <sqlite3.h>

#include "kingpost/dialect/schema.hpp"
#include "kingpost/dialect/test_differential.hpp"

namespace kingpost::dialect {
namespace {

class Sqlite {
 public:
  Sqlite() { sqlite3_open(":memory:", &db_); }
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;
  ~Sqlite() { sqlite3_close(db_); }

  void run(const std::string& sql) {
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK) << message << "\n" << sql;
    sqlite3_free(message);
  }

  /// Row numbers (the last byte of the id); a statement that fails selects none.
  std::set<std::size_t> select(const std::string& sql) {
    std::set<std::size_t> out;
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr), SQLITE_OK) << sqlite3_errmsg(db_) << "\n" << sql;
    while (sqlite3_step(statement) == SQLITE_ROW) out.insert(static_cast<const unsigned char*>(sqlite3_column_blob(statement, 0))[15]);
    sqlite3_finalize(statement);
    return out;
  }

  std::string explain(const std::string& sql) {
    std::string out;
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(db_, ("EXPLAIN QUERY PLAN " + sql).c_str(), -1, &statement, nullptr);
    while (sqlite3_step(statement) == SQLITE_ROW) {
      out += std::string(static_cast<const char*>(sqlite3_column_blob(statement, 3)), static_cast<std::size_t>(sqlite3_column_bytes(statement, 3))) +
             "\n";
    }
    sqlite3_finalize(statement);
    return out;
  }

 private:
  sqlite3* db_ = nullptr;
};

TEST(Differential, APolicyThroughForeignKeysStartsFromItsIndexes) {
  TestSystem test;
  const auto add_index = [&](const char* entity, const char* field) {
    auto& one = test.system().entities[test.id(entity).index()];
    one.indexes.push_back({std::string(entity) + "_" + field + "_idx", {{one.find_field(field), false}}, false, false, "", "", {}});
  };
  add_index("task", "owner");
  add_index("person", "team");
  add_index("task", "parent");
  Sqlite db;
  for (const auto& statement : create_statements(*build_schema(test.system(), Database::kSqlite))) db.run(statement);
  const TestRows rows(test.system(), Database::kSqlite, 1, 1);
  for (const auto* text : {"row.owner == auth.uid", "row.owner.team == auth.uid", "row.parent.owner == auth.uid || row.owner.team == auth.uid"}) {
    const auto plan = db.explain(*selecting(rows, *test.typed(text, "task")));
    EXPECT_EQ(plan.find("SCAN"), std::string::npos) << text << "\n" << plan;
  }
}

TEST(Differential, TheEvaluatorAndSqliteAgreeOnEveryRow) {
  const TestSystem test;
  std::size_t compared = 0;
  std::size_t held = 0;
  for (unsigned seed = 1; seed <= 6; ++seed) {
    const TestRows rows(test.system(), Database::kSqlite, seed, 12);
    Sqlite db;
    const auto schema = build_schema(test.system(), Database::kSqlite);
    ASSERT_TRUE(schema) << schema.error().message;
    for (const auto& statement : create_statements(*schema)) db.run(statement);
    for (const auto& entity : test.system().entities) {
      for (std::size_t row = 0; row < rows.size(entity.id); ++row) db.run(rows.insert(entity.id, row));
    }
    for (const auto& text : test_expressions(seed, 150)) {
      const auto expr = test.typed(text, "task");
      const auto sql = selecting(rows, *expr);
      ASSERT_TRUE(sql) << text << ": " << sql.error().message;
      const auto expected = evaluated(rows, *expr);
      ASSERT_EQ(db.select(*sql), expected) << "seed " << seed << "\n" << text << "\n" << *sql;
      ++compared;
      held += expected.size();
    }
  }
  // A test that never holds proves nothing.
  EXPECT_GT(held, compared);
}

}  // namespace
}  // namespace kingpost::dialect
