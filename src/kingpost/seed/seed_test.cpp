#include "kingpost/seed/seed.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>

#include "kingpost/compile/compile.hpp"
#include "kingpost/dialect/schema.hpp"
#include "kingpost/store/test_postgres.hpp"
#include "kingpost/store/test_program.hpp"

namespace kingpost::seed {
namespace {

using store::TestDirectory;

ir::SystemPtr compile_example(const std::string& name) {
  SourceMap sources;
  Diagnostics diagnostics;
  const model::FileReader read = [](const std::string& path) -> Result<std::string> {
    std::ifstream file(path);
    if (!file) return fail(ErrorKind::kNotFound, "missing", path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  };
  auto system = compile::compile_file(std::string(KINGPOST_SOURCE_DIR) + "/examples/" + name, read, Limits{}, sources, diagnostics);
  if (system == nullptr) ADD_FAILURE() << print_diagnostics(diagnostics, sources, DiagnosticFormat::kText, false);
  return system;
}

std::string ddl_of(const ir::System& system, dialect::Database database) {
  auto schema = dialect::build_schema(system, database);
  if (!schema) {
    ADD_FAILURE() << schema.error().message;
    return {};
  }
  std::string script;
  for (const std::string& statement : dialect::create_statements(*schema)) script += statement + ";\n";
  return script;
}

class SeedTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string make_sqlite(const ir::System& system, const std::string& name) {
    EXPECT_TRUE(store::make_sqlite_file(directory_.file(name), ddl_of(system, dialect::Database::kSqlite)));
    return "sqlite:" + directory_.file(name);
  }
  [[nodiscard]] static std::string ask(const std::string& url, const std::string& sql) {
    auto store = store::open_store(url, Limits{});
    if (!store) return store.error().code;
    store::TestLoop loop;
    const auto lane = (*store)->open_lane(loop.poster());
    auto program = store::TestProgram::slow_read();
    program.step(sql);
    auto outcome = loop.wait(*lane, program.job());
    if (!outcome) return outcome.error().message;
    std::string text;
    for (std::size_t row = 0; row < outcome->rows[0].rows(); ++row) text += (row == 0 ? "" : " ") + store::cell_text(outcome->rows[0], row, 0);
    return text;
  }

  TestDirectory directory_;
};

TEST_F(SeedTest, TheShopGetsRowsThatTheDatabaseAccepts) {
  const auto system = compile_example("shop/shop.yaml");
  ASSERT_NE(system, nullptr);
  const std::string url = make_sqlite(*system, "shop");
  auto report = seed_database(*system, url, SeedOptions{}, Limits{});
  ASSERT_TRUE(report.has_value()) << report.error().code << " " << report.error().message;
  EXPECT_TRUE(report->notes.empty());
  EXPECT_EQ(ask(url, "pragma foreign_key_check"), "");
  EXPECT_EQ(ask(url, "pragma integrity_check"), "ok");
  EXPECT_EQ(ask(url, "select count(*) from \"user\""), "50");
  EXPECT_EQ(ask(url, "select count(*) from product where cost is not null and price < cost"), "0");
  EXPECT_EQ(ask(url, "select count(*) from product"), "150");
  EXPECT_EQ(ask(url, "select email from \"user\" order by id limit 2"), "customer@example.com merchant@example.com");
}

TEST_F(SeedTest, TheFirstUserIsKnownAndHasACartAndOrders) {
  const auto system = compile_example("shop/shop.yaml");
  ASSERT_NE(system, nullptr);
  const std::string url = make_sqlite(*system, "shop");
  ASSERT_TRUE(seed_database(*system, url, SeedOptions{}, Limits{}).has_value());
  std::string hex;
  for (const auto byte : seed_user_id(SeedOptions{}, 0).bytes) {
    constexpr const char* kDigits = "0123456789abcdef";
    hex += kDigits[byte >> 4U];
    hex += kDigits[byte & 15U];
  }
  EXPECT_EQ(ask(url, "select email from \"user\" where id = x'" + hex + "'"), "customer@example.com");
  EXPECT_EQ(ask(url, "select count(*) > 0 from cart join cart_item i on i.cart_id = cart.id where customer_id = x'" + hex + "'"), "1");
  EXPECT_EQ(ask(url, "select count(*) > 1 from \"order\" where customer_id = x'" + hex + "'"), "1");
  EXPECT_EQ(ask(url, "select count(distinct status) || min(status) from \"order\""), "1placed");
}

TEST_F(SeedTest, TheSameSeedYieldsTheSameRows) {
  const auto system = compile_example("shop/shop.yaml");
  ASSERT_NE(system, nullptr);
  SeedOptions options;
  std::string texts[3];
  for (int i = 0; i < 3; ++i) {
    const std::string url = make_sqlite(*system, "same" + std::to_string(i));
    options.seed = i == 2 ? 2 : 1;
    ASSERT_TRUE(seed_database(*system, url, options, Limits{}).has_value());
    texts[i] = ask(url, "select group_concat(hex(id) || name || price, ',') from (select * from product order by id)");
  }
  EXPECT_EQ(texts[0], texts[1]);
  EXPECT_NE(texts[0], texts[2]);
}

TEST_F(SeedTest, TenantsOwnRowsThatReferToTheirOwn) {
  const auto system = compile_example("saas/saas.yaml");
  ASSERT_NE(system, nullptr);
  const std::string url = make_sqlite(*system, "saas");
  auto report = seed_database(*system, url, SeedOptions{}, Limits{});
  ASSERT_TRUE(report.has_value()) << report.error().code << " " << report.error().message;
  EXPECT_EQ(ask(url, "pragma foreign_key_check"), "");
  EXPECT_EQ(ask(url, "select count(distinct organisation_id) from ticket"), "5");
  EXPECT_EQ(ask(url, "select count(*) > 20 from message"), "1");
}

TEST_F(SeedTest, AsManyRowsAsAskedAndProgressIsTold) {
  const auto system = compile_example("shop/shop.yaml");
  ASSERT_NE(system, nullptr);
  const std::string url = make_sqlite(*system, "many");
  SeedOptions options;
  options.rows = {{"order_item", 20'000}, {"category", 7}, {"cart", 1'000'000}};
  std::int64_t told = 0;
  options.progress = [&told](const SeedProgress& progress) { told = progress.rows_done; };
  auto report = seed_database(*system, url, options, Limits{});
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(told, report->total());
  EXPECT_EQ(ask(url, "select count(*) from order_item"), "20000");
  EXPECT_EQ(ask(url, "select count(*) from category"), "7");
  EXPECT_EQ(ask(url, "select count(*) from cart"), "50") << "one for each user";
  ASSERT_EQ(report->notes.size(), 1U);
  EXPECT_NE(report->notes[0].find("cart"), std::string::npos);
}

TEST_F(SeedTest, ATableWithRowsAndAnUnknownEntityAreRefused) {
  const auto system = compile_example("shop/shop.yaml");
  ASSERT_NE(system, nullptr);
  const std::string url = make_sqlite(*system, "twice");
  SeedOptions options;
  options.scale = 0.1;
  ASSERT_TRUE(seed_database(*system, url, options, Limits{}).has_value());
  auto again = seed_database(*system, url, options, Limits{});
  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().code, "kp-seed-not-empty");
  options.rows = {{"nothing", 3}};
  auto unknown = seed_database(*system, url, options, Limits{});
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().code, "kp-seed-entity");
}

TEST_F(SeedTest, PostgresTakesTheSameRows) {
  const auto cluster = store::TestPostgres::start();
  if (cluster == nullptr) GTEST_SKIP() << "PostgreSQL is not tested here";
  for (const std::string name : {"shop", "saas"}) {
    const auto system = compile_example(name + "/" + name + ".yaml");
    ASSERT_NE(system, nullptr);
    const std::string url = cluster->create_database(name);
    ASSERT_TRUE(store::run_postgres_script(url, ddl_of(*system, dialect::Database::kPostgres)));
    auto report = seed_database(*system, url, SeedOptions{}, Limits{});
    ASSERT_TRUE(report.has_value()) << report.error().code << " " << report.error().message;
    EXPECT_EQ(ask(url, "select count(*) from \"user\""), "50");
    EXPECT_EQ(ask(url, "select email from \"user\" order by id limit 1"), "customer@example.com");
  }
}

}  // namespace
}  // namespace kingpost::seed
