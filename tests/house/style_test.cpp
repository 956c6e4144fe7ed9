#include "style.hpp"

#include <gtest/gtest.h>

namespace kingpost::house {
namespace {

using Rules = std::vector<std::string>;

// A room that breaks nothing, to which each test adds one seed.
SourceTree clean() {
  return {{"src/kingpost/ir/CMakeLists.txt", "kp_room(ir\n  SOURCES a.cpp deep/b.cpp\n  ROOMS base)\n"},
          {"src/kingpost/ir/README.md", "# ir\n"},
          {"src/kingpost/ir/a.hpp", "#pragma once\n\n[[nodiscard]] Result<int> f();\n"},
          {"src/kingpost/ir/a.cpp", "#include \"kingpost/ir/a.hpp\"\n\n#include <vector>\n\nint f() { return 1'000; }\n"},
          {"src/kingpost/ir/deep/b.cpp", "// TODO(#12): more of these\n"}};
}

Rules seeded(const std::string& path, const std::string& text) {
  SourceTree tree = clean();
  tree[path] = text;
  Rules rules;
  for (const Violation& v : check_style(tree)) rules.push_back(v.rule);
  return rules;
}

Rules seeded_cpp(const std::string& text) { return seeded("src/kingpost/ir/a.cpp", text); }
Rules seeded_hpp(const std::string& text) { return seeded("src/kingpost/ir/a.hpp", "#pragma once\n" + text); }

std::string repeat(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Style, TheRepositoryObeysTheHouse) {
  const auto found = check_style(read_source_tree(KINGPOST_SOURCE_DIR));
  EXPECT_TRUE(found.empty()) << print_violations(found);
}

TEST(Style, ACleanRoomPasses) { EXPECT_EQ(check_style(clean()).size(), 0U); }

TEST(Style, LongFilesAndLinesAreFound) {
  EXPECT_EQ(seeded_cpp(repeat("int x;\n", 601)), Rules{"file-length"});
  EXPECT_EQ(seeded_cpp("// " + repeat("ü", 147) + "\n"), Rules{});
  EXPECT_EQ(seeded_cpp("// " + repeat("x", 148) + "\n"), Rules{"line-length"});
}

TEST(Style, LongFunctionsAndLongParameterListsAreFound) {
  const std::string body = repeat("  call();\n", 68);
  EXPECT_EQ(seeded_cpp("int f() {\n" + body + "}\n"), Rules{});
  EXPECT_EQ(seeded_cpp("int f() {\n" + body + "  more();\n}\n"), Rules{"function-length"});
  EXPECT_EQ(seeded_cpp("namespace a {\nclass C : public D {\n public:\n  C() : x_{1}, y_(2) {\n" + body + "    if (x) { y(); }\n  }\n};\n}\n"),
            Rules{"function-length"});
  EXPECT_EQ(seeded_cpp("constexpr int kTable[] = {\n" + repeat("  f(1),\n", 100) + "};\n"), Rules{});
  EXPECT_EQ(seeded_cpp("TEST(A, B) {\n  const char* c = \"{\"; // {\n" + body + "}\n"), Rules{"function-length"});
  EXPECT_EQ(seeded_cpp("int f(int a, std::map<int, int> b, int c, int d, int e) { return 1; }\n"), Rules{});
  EXPECT_EQ(seeded_cpp("int f(int a, int b, int c, int d, int e, int f) { return 1; }\n"), Rules{"function-parameters"});
}

TEST(Style, HeadersWithoutPragmaOnceAreFound) { EXPECT_EQ(seeded("src/kingpost/ir/a.hpp", "#ifndef A\n#endif\n"), Rules{"pragma-once"}); }

TEST(Style, IncludesOfAnotherFormAreFound) {
  EXPECT_EQ(seeded_cpp("#include <kingpost/ir/a.hpp>\n"), Rules{"include-form"});
  EXPECT_EQ(seeded_cpp("#include \"a.hpp\"\n"), Rules{"include-form"});
  EXPECT_EQ(seeded_cpp("#include \"kingpost/ir/gone.hpp\"\n"), Rules{"include-form"});
}

TEST(Style, WordsThatHideWorkAreFound) {
  EXPECT_EQ(seeded_cpp("// TODO: later\n"), Rules{"todo"});
  EXPECT_EQ(seeded_cpp("// FIXME\n"), Rules{"todo"});
  EXPECT_EQ(seeded_cpp("// good enough for now\n"), Rules{"unfinished"});
  EXPECT_EQ(seeded_cpp("int x;  // NOLINT\n"), Rules{"nolint"});
  EXPECT_EQ(seeded_cpp("int x;  // NOLINT(bugprone-x): the table is constant\n"), Rules{});
}

TEST(Style, NamesThatSayNothingAreFound) {
  EXPECT_EQ(seeded_cpp("class ThingManager;\n"), Rules{"type-name"});
  EXPECT_EQ(seeded_cpp("using namespace std;\n"), Rules{"using-namespace"});
  EXPECT_EQ(seeded("src/kingpost/ir/utils.hpp", "#pragma once\n"), Rules{"file-name"});
  EXPECT_EQ(seeded("src/kingpost/ir/CamelCase.hpp", "#pragma once\n"), Rules{"file-name"});
}

TEST(Style, PathsOfOneMachineAreFound) {
  EXPECT_EQ(seeded("docs/a.md", "see /home/jane/kingpost\n"), Rules{"machine-path"});
  EXPECT_EQ(seeded("scripts/a", "#!/bin/sh\nset -eu\ncd /root/x\n"), Rules{"machine-path"});
  EXPECT_EQ(seeded("docs/a.md", "see $HOME/work/ and example.org/work/ and ./work/\n"), Rules{});
}

TEST(Style, ResultsThatCouldBeIgnoredAreFound) {
  EXPECT_EQ(seeded_hpp("Result<int> f();\n"), Rules{"nodiscard"});
  EXPECT_EQ(seeded_hpp("  virtual Result<std::vector<int>> f(int x) = 0;\n"), Rules{"nodiscard"});
  EXPECT_EQ(seeded_hpp("  [[nodiscard]] static Result<int> f();\n"), Rules{});
}

TEST(Style, WhiteSpaceIsKeptTidy) {
  EXPECT_EQ(seeded_cpp("int x; \n"), Rules{"white-space"});
  EXPECT_EQ(seeded_cpp("\tint x;\n"), Rules{"white-space"});
  EXPECT_EQ(seeded_cpp("int x;\r\n"), Rules{"white-space"});
  EXPECT_EQ(seeded_cpp("int x;"), Rules{"white-space"});
}

TEST(Style, SourcesThatNobodyBuildsAndListsThatNameNobodyAreFound) {
  EXPECT_EQ(seeded("src/kingpost/ir/c.cpp", ""), Rules{"orphan"});
  EXPECT_EQ(seeded("src/kingpost/ir/deep/a.cpp", ""), Rules{"orphan"});
  EXPECT_EQ(seeded("src/kingpost/ir/CMakeLists.txt", "kp_room(ir SOURCES a.cpp gone.cpp deep/b.cpp ROOMS base)\n"), Rules{"orphan"});
}

TEST(Style, SourcesOfAnotherFolderAndOfTheBuildMayBeListed) {
  EXPECT_EQ(seeded("tests/e2e/CMakeLists.txt",
                   "add_executable(x ../../src/kingpost/ir/a.cpp ${PROJECT_SOURCE_DIR}/src/kingpost/ir/deep/b.cpp\n"
                   "  ${CMAKE_CURRENT_BINARY_DIR}/made.cpp)\n"),
            Rules{});
  EXPECT_EQ(seeded("tests/e2e/CMakeLists.txt", "add_executable(x ../gone.cpp)\n"), Rules{"orphan"});
}

TEST(Style, ARoomWithoutReadmeIsFound) { EXPECT_EQ(seeded("src/kingpost/cel/cel.hpp", "#pragma once\n"), Rules{"readme"}); }

TEST(Style, ScriptsThatGoOnAfterAnErrorAreFound) { EXPECT_EQ(seeded("scripts/a", "#!/bin/sh\necho x\n"), Rules{"script"}); }

TEST(Style, FunctionsAreSeenWithTheirLinesAndParameters) {
  const auto found =
      find_functions("struct A {\n  int g(int x) const\n  {\n    return x;\n  }\n  bool operator()(int a, int b) { return a < b; }\n};\n");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].line, 2);
  EXPECT_EQ(found[0].lines, 4);
  EXPECT_EQ(found[0].parameters, 1);
  EXPECT_EQ(found[1].lines, 1);
  EXPECT_EQ(found[1].parameters, 2);
}

}  // namespace
}  // namespace kingpost::house
