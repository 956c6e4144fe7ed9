#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "kingpost/dialect/render_expr.hpp"
#include "kingpost/dialect/test_system.hpp"

namespace kingpost::dialect {
namespace {

/// Numbers placeholders and remembers what was bound, as text.
class ListSink final : public ParamSink {
 public:
  explicit ListSink(Database database) : database_(database) {}
  Result<std::string> constant(const Datum& value, const ir::LogicalType& type, const ir::Storage& storage) override {
    return add(print_literal(value, type, storage, database_), type, storage);
  }
  Result<std::string> named(const cel::Expr& path, const ir::LogicalType& type, const ir::Storage& storage) override {
    return add(cel::print_expr(path), type, storage);
  }
  std::string bound;

 private:
  std::string add(const std::string& what, const ir::LogicalType& type, const ir::Storage& storage) {
    bound += fmt::format(" [{}]", what);
    ++count_;
    return database_ == Database::kSqlite ? fmt::format("?{}", count_) : fmt::format("${}::{}", count_, postgres_type(type, storage));
  }
  Database database_;
  int count_ = 0;
};

std::string rendered(const TestSystem& test, const std::string& text, Database database) {
  ListSink sink(database);
  RenderScope scope;
  scope.system = &test.system();
  scope.database = database;
  scope.rows = {RowName{"row", test.id("task"), "t0"}};
  scope.sink = &sink;
  const auto sql = render_condition(*test.typed(text, "task"), scope);
  return sql ? *sql + sink.bound : sql.error().code + ": " + sql.error().message;
}

/// tests/cases/dialect/render.txt: an expression, then `sqlite:` and `postgres:` with what it becomes. KINGPOST_UPDATE_CASES=1 rewrites it.
TEST(Render, TheTextIsAsRecorded) {
  const std::string path = std::string(KINGPOST_SOURCE_DIR) + "/tests/cases/dialect/render.txt";
  std::ifstream file(path);
  ASSERT_TRUE(file) << path;
  const TestSystem test;
  std::string expected;
  std::string actual;
  for (std::string line; std::getline(file, line);) {
    expected += line + "\n";
    if (line.starts_with("  ")) continue;
    actual += line + "\n";
    if (line.empty() || line.starts_with("#")) continue;
    actual += "  sqlite: " + rendered(test, line, Database::kSqlite) + "\n";
    actual += "  postgres: " + rendered(test, line, Database::kPostgres) + "\n";
  }
  if (std::getenv("KINGPOST_UPDATE_CASES") != nullptr) std::ofstream(path) << actual;
  EXPECT_EQ(actual, expected);
}

TEST(Render, ACheckSeesItsRecordAlone) {
  const TestSystem test;
  LiteralSink sink(Database::kSqlite);
  RenderScope scope;
  scope.system = &test.system();
  scope.rows = {RowName{"row", test.id("task"), ""}};
  scope.sink = &sink;
  EXPECT_EQ(*render_check(*test.typed("row.cost == null || row.price >= row.cost * 1.1", "task"), scope),
            "((\"cost\" IS NULL) OR ((\"price\" * 10) >= (\"cost\" * 11))) IS TRUE");
  EXPECT_EQ(render_check(*test.typed("row.owner.name == 'x'", "task"), scope).error().code, "expr-no-sql");
  EXPECT_EQ(render_check(*test.typed("row.tags.exists(t, t.name == 'x')", "task"), scope).error().code, "expr-no-sql");
  EXPECT_EQ(render_check(*test.typed("row.created_at < now", "task"), scope).error().code, "expr-no-sql");
  EXPECT_EQ(render_check(*test.typed("row.title.matches('a+')", "task"), scope).error().code, "expr-no-sql");
}

}  // namespace
}  // namespace kingpost::dialect
