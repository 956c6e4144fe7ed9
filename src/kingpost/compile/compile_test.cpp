#include "kingpost/compile/compile.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
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

/// The codes in what the cases expect, between `[` and `]` behind the severity.
std::set<std::string> codes_in(const std::string& text) {
  std::set<std::string> codes;
  for (const std::string_view mark : {"error[", "warning["}) {
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
      const auto begin = at + mark.size();
      codes.insert(text.substr(begin, text.find(']', begin) - begin));
    }
  }
  return codes;
}

TEST(CompileTest, EveryCodeOfTheReferenceHasACaseAndEveryCaseACodeOfTheReference) {
  std::set<std::string> seen;
  for (const auto& name : case_names()) seen.merge(codes_in(read_text(cases() / name / "expected.txt")));
  for (const auto& row : diagnostic_codes()) EXPECT_TRUE(seen.contains(std::string(row.code))) << row.code << " has no case";
  for (const auto& code : seen) {
    const auto known = std::any_of(diagnostic_codes().begin(), diagnostic_codes().end(), [&](const CodeRow& row) { return row.code == code; });
    EXPECT_TRUE(known) << code << " is not in codes.cpp";
  }
}

/// Where a fix replaces a name, the place holds exactly one word, another than the proposed one.
TEST(CompileTest, EveryFixReplacesOneWordByTheProposedOne) {
  std::size_t fixes = 0;
  for (const auto& name : case_names()) {
    SourceMap sources;
    Diagnostics diagnostics;
    const auto text = read_text(cases() / name / "model.yaml");
    const model::FileReader read = [&](const std::string&) -> Result<std::string> { return text; };
    static_cast<void>(compile_file("model.yaml", read, Limits{}, sources, diagnostics));
    for (const auto& diagnostic : diagnostics.all()) {
      if (!diagnostic.fix) continue;
      ++fixes;
      const auto& span = diagnostic.fix->span;
      ASSERT_EQ(span.line, span.end_line) << name;
      const auto word = sources.line(span.file, span.line).substr(span.column - 1, span.end_column - span.column);
      EXPECT_NE(word, diagnostic.fix->replacement) << name;
      EXPECT_EQ(word.find_first_of(" \"'(){}:,"), std::string_view::npos) << name << ": " << word;
      EXPECT_NE(diagnostic.suggestion.find(diagnostic.fix->replacement), std::string::npos) << name;
    }
  }
  EXPECT_GE(fixes, 50U);
}

TEST(CompileTest, TheReferenceIsInAlphabeticalOrder) {
  const auto rows = diagnostic_codes();
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(), [](const CodeRow& left, const CodeRow& right) { return left.code < right.code; }));
}

ir::SystemPtr compile_text(const std::string& text, Diagnostics& diagnostics) {
  SourceMap sources;
  const model::FileReader read = [&](const std::string&) -> Result<std::string> { return text; };
  return compile_file("model.yaml", read, Limits{}, sources, diagnostics);
}

TEST(CompileTest, TheExamplesCompileWithoutAnythingButNotExecutedWarnings) {
  for (const char* path : {"examples/shop/shop.yaml", "examples/saas/saas.yaml"}) {
    Diagnostics diagnostics;
    EXPECT_NE(compile_text(read_text(fs::path(KINGPOST_SOURCE_DIR) / path), diagnostics), nullptr) << path;
    for (const auto& diagnostic : diagnostics.all()) EXPECT_EQ(diagnostic.code, "not-executed") << diagnostic.message;
  }
}

TEST(CompileTest, CompilingTwiceGivesTheSameSystem) {
  const auto text = read_text(fs::path(KINGPOST_SOURCE_DIR) / "examples/saas/saas.yaml");
  Diagnostics diagnostics;
  const auto first = compile_text(text, diagnostics);
  const auto second = compile_text(text, diagnostics);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(ir::print_system(*first), ir::print_system(*second));
}

TEST(CompileTest, TheTenantStandsInFrontOfEveryRuleKeyUniqueAndIndex) {
  Diagnostics diagnostics;
  const auto system = compile_text(read_text(fs::path(KINGPOST_SOURCE_DIR) / "examples/saas/saas.yaml"), diagnostics);
  ASSERT_TRUE(system);
  for (const auto& entity : system->entities) {
    if (!entity.tenanted) continue;
    EXPECT_TRUE(entity.tenant_field.valid()) << entity.name;
    for (const auto* rule : {&entity.access.read, &entity.access.create, &entity.access.update, &entity.access.remove}) {
      if (*rule == nullptr) continue;
      EXPECT_TRUE(cel::print_expr(**rule).starts_with("row.organisation == auth.tenant")) << entity.name;
    }
    for (const auto& unique : entity.uniques) EXPECT_EQ(unique.fields.front(), entity.tenant_field) << unique.name;
    for (const auto& index : entity.indexes) EXPECT_EQ(index.parts.front().field, entity.tenant_field) << index.name;
  }
}

TEST(CompileTest, AReferenceWithinATenantCarriesTheTenantsKey) {
  Diagnostics diagnostics;
  const auto system = compile_text(read_text(fs::path(KINGPOST_SOURCE_DIR) / "examples/saas/saas.yaml"), diagnostics);
  ASSERT_TRUE(system);
  const auto& message = system->entity(system->find_entity("message"));
  const auto& relation = system->relation(message.field(message.find_field("ticket")).relation);
  ASSERT_EQ(relation.from_fields.size(), 2U);
  EXPECT_EQ(relation.from_fields.front(), message.tenant_field);
}

TEST(CompileTest, AModelThatIsNoMapCompilesToNothingWithoutACrash) {
  for (const char* text : {"", "[]", "3", "kingpost: 1", "entities: 3", "kingpost: 1\nsystem: t\nentities: {a: 1, b: [x], c: {fields: 3}}"}) {
    Diagnostics diagnostics;
    static_cast<void>(compile_text(text, diagnostics));
    EXPECT_TRUE(diagnostics.has_errors() || std::string_view(text) == "kingpost: 1") << text;
  }
}

}  // namespace
}  // namespace kingpost::compile
