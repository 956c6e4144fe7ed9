#include "kingpost/compile/compile.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace kingpost::compile {
namespace {

namespace fs = std::filesystem;

std::string read_text(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

bool updating() { return std::getenv("KINGPOST_UPDATE_CASES") != nullptr; }

/// The diagnostics of the model in `folder` as a person sees them, or `compiles` and a dump where the folder asks for one.
std::string compile_folder(const fs::path& folder, bool dump) {
  SourceMap sources;
  Diagnostics diagnostics;
  const model::FileReader read = [&](const std::string& path) -> Result<std::string> {
    if (!fs::exists(folder / path)) return fail(ErrorKind::kNotFound, "file", "there is no such file");
    return read_text(folder / path);
  };
  const auto system = compile_file("model.yaml", read, Limits{}, sources, diagnostics);
  std::string text = print_diagnostics(diagnostics, sources, DiagnosticFormat::kText, false);
  if (system != nullptr && dump) text += "\n" + ir::print_system(*system);
  return text;
}

fs::path cases() { return fs::path(KINGPOST_SOURCE_DIR) / "tests/cases/compile"; }

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  if (!fs::exists(cases())) return names;
  for (const auto& entry : fs::directory_iterator(cases())) {
    if (fs::exists(entry.path() / "model.yaml")) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

void expect_case(const fs::path& expected, const std::string& actual) {
  if (updating()) std::ofstream(expected, std::ios::binary) << actual;
  EXPECT_EQ(read_text(expected), actual) << "KINGPOST_UPDATE_CASES=1 rewrites it when the change is meant";
}

class CompileCase : public testing::TestWithParam<std::string> {};

TEST_P(CompileCase, SaysWhatItsFolderExpects) {
  const auto folder = cases() / GetParam();
  expect_case(folder / "expected.txt", compile_folder(folder, GetParam().starts_with("ok_")));
}

INSTANTIATE_TEST_SUITE_P(Cases, CompileCase, testing::ValuesIn(case_names()), [](const auto& param_info) { return param_info.param; });

}  // namespace
}  // namespace kingpost::compile
