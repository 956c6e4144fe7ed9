#include "kingpost/emit/capacity_print.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "kingpost/compile/compile.hpp"
#include "kingpost/emit/capacity_report.hpp"

namespace kingpost::emit {
namespace {

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

ir::SystemPtr compile(const std::string& path) {
  SourceMap sources;
  Diagnostics diagnostics;
  const model::FileReader read = [](const std::string& name) -> Result<std::string> { return read_text(name); };
  auto system = compile::compile_file(std::string(KINGPOST_SOURCE_DIR) + "/" + path, read, Limits{}, sources, diagnostics);
  if (system == nullptr) ADD_FAILURE() << print_diagnostics(diagnostics, sources, DiagnosticFormat::kText, false);
  return system;
}

struct Case {
  const char* name;
  const char* model;
  capacity::Database database;
};

constexpr Case kCases[] = {
    {"shop-postgres", "examples/shop/shop.yaml", capacity::Database::kPostgres},
    {"shop-sqlite", "examples/shop/shop.yaml", capacity::Database::kSqlite},
    {"saas-postgres", "examples/saas/saas.yaml", capacity::Database::kPostgres},
    {"tiny-sqlite", "tests/cases/capacity/tiny.yaml", capacity::Database::kSqlite},
};

capacity::Plan plan_of(const ir::System& system, const Case& one) {
  capacity::PlanOptions options;
  options.database = one.database;
  return capacity::make_plan(system, options);
}

TEST(CapacityPrint, PlansReadAsExpectedAndFitAHundredColumns) {
  for (const Case& one : kCases) {
    const auto system = compile(one.model);
    ASSERT_NE(system, nullptr);
    const auto text = print_capacity_text(*system, plan_of(*system, one));
    const auto path = std::string(KINGPOST_SOURCE_DIR) + "/tests/cases/capacity/" + one.name + ".txt";
    if (std::getenv("KINGPOST_UPDATE_CASES") != nullptr) std::ofstream(path, std::ios::binary) << text;
    EXPECT_EQ(read_text(path), text) << one.name;
    std::stringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const auto columns = std::count_if(line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
      EXPECT_LE(columns, 100) << one.name << ": " << line;
    }
  }
}

TEST(CapacityPrint, NamesOfTheModelBecomeNoMarkup) {
  const auto compiled = compile("examples/shop/shop.yaml");
  ASSERT_NE(compiled, nullptr);
  // The language takes no such names; an imported catalogue may once.
  ir::System hostile = *compiled;
  const std::string name = "<img src=x onerror=alert(1)>|`*_[a](b)\n\"\x01";
  hostile.name = "</title><script>alert(1)</script>";
  for (auto& entity : hostile.entities) {
    if (entity.name != "product") continue;
    entity.name = name;
    for (auto& index : entity.indexes) index.name = name;
  }
  for (auto& peak : hostile.load->peaks) peak.operation = name + ".get";
  const auto plan = plan_of(hostile, kCases[0]);
  const auto* system = &hostile;
  for (const auto& text : {print_capacity_html(*system, plan), print_capacity_body(*system, plan)}) {
    EXPECT_EQ(text.find("<script"), std::string::npos);
    EXPECT_EQ(text.find("<img"), std::string::npos);
    EXPECT_NE(text.find("&lt;img"), std::string::npos) << "the name is shown as it is";
    EXPECT_EQ(text.find("http://"), std::string::npos) << "no network";
    EXPECT_EQ(text.find("https://"), std::string::npos) << "no network";
  }
  const auto markdown = print_capacity_markdown(*system, plan);
  EXPECT_EQ(markdown.find("<img"), std::string::npos);
  EXPECT_NE(markdown.find("&lt;img"), std::string::npos);
  const auto json = print_capacity_json(*system, plan);
  EXPECT_EQ(json.find('\x01'), std::string::npos);
  EXPECT_EQ(print_capacity_text(*system, plan).find('\x01'), std::string::npos);
}

TEST(CapacityPrint, EveryTableRowSaysWhatItIsBasedOn) {
  for (const Case& one : kCases) {
    const auto system = compile(one.model);
    ASSERT_NE(system, nullptr);
    for (const auto& table : make_capacity_report(*system, plan_of(*system, one)).tables) {
      for (const auto& row : table.rows) {
        ASSERT_EQ(row.size(), table.columns.size()) << table.id;
        const bool based =
            std::any_of(row.begin(), row.end(), [](const auto& cell) { return cell == "declared" || cell == "measured" || cell == "assumed"; });
        EXPECT_TRUE(based || row.front() == "in all") << table.id << ": " << row.front();
      }
    }
  }
}

TEST(CapacityPrint, TheSamePlanHasTheSameBytes) {
  const auto system = compile("examples/shop/shop.yaml");
  ASSERT_NE(system, nullptr);
  EXPECT_EQ(print_capacity_json(*system, plan_of(*system, kCases[0])), print_capacity_json(*system, plan_of(*system, kCases[0])));
  EXPECT_EQ(print_capacity_html(*system, plan_of(*system, kCases[0])), print_capacity_html(*system, plan_of(*system, kCases[0])));
}

TEST(CapacityPrint, AmountsKeepThreeDigits) {
  const std::pair<double, const char*> kAmounts[] = {{0, "0"},         {0.00001, "1.0e-05"}, {0.0774, "0.0774"}, {0.5, "0.5"},
                                                     {1, "1"},         {9.996, "10"},        {11.53, "11.5"},    {999.4, "999"},
                                                     {999.6, "1,000"}, {1234, "1,230"},      {12'345, "12,300"}, {54'787'500, "54,800,000"}};
  for (const auto& [value, text] : kAmounts) EXPECT_EQ(amount_text(value), text);
  EXPECT_EQ(bytes_text(1023), "1 KiB");
  EXPECT_EQ(bytes_text(512), "512 B");
  EXPECT_EQ(bytes_text(5.0 * 1024 * 1024 * 1024), "5 GiB");
}

}  // namespace
}  // namespace kingpost::emit
