#include "kingpost/assess/rules_sql.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace kingpost::assess {
namespace {

namespace fs = std::filesystem;

const fs::path& cases() {
  static const fs::path kPath = fs::path(KINGPOST_SOURCE_DIR) / "tests/cases/assess/sql";
  return kPath;
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// `-- file: path` begins another file of the case.
std::vector<foreign::File> files_of(const fs::path& path) {
  std::vector<foreign::File> files;
  std::istringstream in(read(path));
  for (std::string line; std::getline(in, line);) {
    constexpr std::string_view kMark = "-- file: ";
    if (line.starts_with(kMark)) {
      files.push_back({line.substr(kMark.size()), {}, static_cast<FileIndex>(files.size())});
      continue;
    }
    if (files.empty()) files.push_back({path.filename().string(), {}, 0});
    files.back().text += line + "\n";
  }
  return files;
}

std::string judge(const fs::path& path, std::string_view id) {
  const auto files = files_of(path);
  Diagnostics diagnostics;
  foreign::Facts facts;
  facts.sql = foreign::read_sql(files, diagnostics);
  for (const auto& diagnostic : diagnostics.all()) ADD_FAILURE() << path << ": " << diagnostic.message;
  std::vector<review::Finding> findings;
  for (const auto table : {sql_rules(), migration_rules()}) {
    for (const auto& rule : table) {
      review::Report report(findings, rule.id, rule.number);
      if (rule.id == id) rule.check(facts, report);
    }
  }
  constexpr std::array kNames = {"error", "warning", "note"};
  std::string out;
  for (const auto& finding : findings) {
    EXPECT_TRUE(finding.span.known()) << finding.message;
    out += fmt::format("{} {}:{}\n  {}\n  fix: {}\n", kNames.at(static_cast<std::size_t>(finding.severity)), files.at(finding.span.file).path,
                       finding.span.line, finding.message, finding.fix);
    if (!finding.evidence.empty()) out += fmt::format("  evidence: {}\n", finding.evidence);
  }
  return out;
}

TEST(SqlRules, EachSpeaksOfItsBadCaseAndIsSilentOnItsGoodOne) {
  for (const auto table : {sql_rules(), migration_rules()}) {
    for (const auto& rule : table) {
      const fs::path folder = cases() / rule.id;
      const std::string said = judge(folder / "bad.sql", rule.id);
      EXPECT_FALSE(said.empty()) << rule.id;
      EXPECT_EQ(judge(folder / "good.sql", rule.id), "") << rule.id;
      if (std::getenv("KINGPOST_UPDATE_CASES") != nullptr) std::ofstream(folder / "expected.txt", std::ios::binary) << said;
      EXPECT_EQ(said, read(folder / "expected.txt")) << rule.id;
    }
  }
}

TEST(SqlRules, OfALongSeriesOnlyTheLatestMigrationsAreToldOneByOne) {
  std::vector<foreign::File> files = {{"db/migrations/000_base.sql", "CREATE TABLE orders (id bigint PRIMARY KEY, a int, b int);", 0}};
  for (FileIndex i = 1; i <= 40; ++i) {
    files.push_back({fmt::format("db/migrations/{:03}_x.sql", i), fmt::format("CREATE INDEX i{} ON orders (a, b);", i), i});
  }
  Diagnostics diagnostics;
  foreign::Facts facts;
  facts.sql = foreign::read_sql(files, diagnostics);
  std::vector<review::Finding> findings;
  review::Report report(findings, "mig-index-blocking", 51);
  rule::mig_index_blocking(facts, report);
  EXPECT_EQ(findings.size(), 16U);
  EXPECT_NE(findings.back().message.find("In 25 earlier migrations"), std::string::npos);
}

}  // namespace
}  // namespace kingpost::assess
