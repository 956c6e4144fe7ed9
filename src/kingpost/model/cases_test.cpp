#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "kingpost/model/model.hpp"

namespace kingpost::model {
namespace {

namespace fs = std::filesystem;

fs::path cases_folder() { return fs::path(KINGPOST_SOURCE_DIR) / "tests/cases/model"; }

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(cases_folder())) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::string> slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in.good()) return fail(ErrorKind::kNotFound, "not-found", "no such file");
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// A folder holds model.yaml, perhaps files it imports, and the diagnostics it must yield. KINGPOST_UPDATE_CASES=1 rewrites them.
class ModelCase : public testing::TestWithParam<std::string> {};

TEST_P(ModelCase, yields_its_expected_diagnostics) {
  const fs::path folder = cases_folder() / GetParam();
  SourceMap sources;
  Diagnostics diagnostics;
  const auto document = parse_model(
      "model.yaml", [&folder](const std::string& path) { return slurp(folder / path); }, Limits{}, sources, diagnostics);
  const std::string printed = print_diagnostics(diagnostics, sources, DiagnosticFormat::kText, false);
  const char* update = std::getenv("KINGPOST_UPDATE_CASES");
  if (update != nullptr && std::string(update) == "1") {
    std::ofstream(folder / "expected.txt", std::ios::binary) << printed;
    return;
  }
  const auto expected = slurp(folder / "expected.txt");
  ASSERT_TRUE(expected.has_value()) << "expected.txt is missing; write it with KINGPOST_UPDATE_CASES=1";
  EXPECT_EQ(printed, *expected);
  EXPECT_FALSE(printed.empty()) << "a failing model must say something";
}

INSTANTIATE_TEST_SUITE_P(Models, ModelCase, testing::ValuesIn(case_names()), [](const auto& param) {
  std::string name = param.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace kingpost::model
