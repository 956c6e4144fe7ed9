#include "kingpost/sql/sql.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "harness.hpp"
#include "kingpost/plan/plan.hpp"
#include "kingpost/sql/explain.hpp"

namespace kingpost::contract {
namespace {

std::string explain(const Suite& suite, const Exchange& exchange, dialect::Database database) {
  const Limits limits;
  const auto call = read_call(exchange, limits);
  if (!call) return call.error().code + ": " + call.error().message + "\n";
  const auto plan = plan::make_plan(call->request, suite.callers.at(exchange.caller), *suite.system, limits);
  if (!plan) return plan.error().code + ": " + plan.error().message + "\n";
  const auto program = sql::render_program(*plan, *suite.system, database, limits);
  if (!program) return program.error().code + ": " + program.error().message + "\n";
  return sql::print_program(*program);
}

void expect_golden(const std::string& name, const std::string& text) {
  const auto path = cases_path("sql/" + name + ".txt");
  if (std::getenv("KINGPOST_UPDATE_CASES") != nullptr) {
    std::ofstream(path) << text;
    return;
  }
  std::ifstream in(path);
  std::ostringstream expected;
  expected << in.rdbuf();
  EXPECT_EQ(text, expected.str()) << path;
}

TEST(SqlGolden, ProgramsAreAsPinned) {
  for (const auto* file : {"sql/requests.yaml", "sql/tenancy-requests.yaml"}) {
    const auto suite = load_suite(cases_path(file));
    for (const auto& one : suite.cases) {
      expect_golden(one.name + ".sqlite", explain(suite, one.exchanges.front(), dialect::Database::kSqlite));
      expect_golden(one.name + ".postgres", explain(suite, one.exchanges.front(), dialect::Database::kPostgres));
    }
  }
}

TEST(SqlGolden, NoClientTextReachesAStatement) {
  const auto suite = load_suite(cases_path("sql/requests.yaml"));
  Exchange exchange;
  exchange.caller = "mia";
  exchange.method = "GET";
  for (const auto* target :
       {"/product?sku=eq.%27zzz&select=sku", "/product?sku=in.(%22zzz%22)", "/product?name=like.zzz*", "/product?attributes->>zzz=eq.1",
        "/product?select=attributes->zzz", "/product?tags=cs.{zzz}", "/product?limit=424242&offset=434343&select=sku"}) {
    exchange.target = target;
    const Limits limits;
    const auto call = read_call(exchange, limits);
    ASSERT_TRUE(call) << target << call.error().message;
    const auto plan = plan::make_plan(call->request, suite.callers.at("mia"), *suite.system, limits);
    ASSERT_TRUE(plan) << target << plan.error().message;
    for (const auto database : {dialect::Database::kSqlite, dialect::Database::kPostgres}) {
      const auto program = sql::render_program(*plan, *suite.system, database, limits);
      ASSERT_TRUE(program) << target;
      for (const auto& step : program->steps) {
        EXPECT_EQ(step.sql.find("zzz"), std::string::npos) << step.sql;
        EXPECT_EQ(step.sql.find("4343"), std::string::npos) << step.sql;
      }
    }
  }
}

}  // namespace
}  // namespace kingpost::contract
