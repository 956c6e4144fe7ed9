#include "kingpost/emit/decisions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "kingpost/base/text.hpp"
#include "kingpost/compile/compile.hpp"
#include "kingpost/emit/caching_plan.hpp"
#include "kingpost/emit/markdown.hpp"

namespace kingpost::emit {
namespace {

using testing::HasSubstr;
using testing::Not;

Result<std::string> read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorKind::kNotFound, "kp-file", "cannot read " + path);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

std::string source_path(const std::string& path) { return std::string(KINGPOST_SOURCE_DIR) + "/" + path; }

ir::SystemPtr load(const std::string& path) {
  SourceMap sources;
  Diagnostics diagnostics;
  return compile::compile_file(source_path(path), read_text, Limits{}, sources, diagnostics);
}

void expect_text(const std::string& path, const std::string& text) {
  if (std::getenv("KINGPOST_UPDATE_CASES") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  const auto wanted = read_text(path);
  ASSERT_TRUE(wanted.has_value()) << path << " is missing; run with KINGPOST_UPDATE_CASES=1";
  EXPECT_EQ(*wanted, text);
}

TEST(Decisions, ArePrintedAsTheyAreWrittenDown) {
  for (const auto& [name, path] : {std::pair<std::string, std::string>{"shop", "examples/shop/shop.yaml"},
                                   {"saas", "examples/saas/saas.yaml"},
                                   {"tiny", "tests/cases/decide/tiny.yaml"}}) {
    const auto system = load(path);
    ASSERT_NE(system, nullptr) << path;
    const DecisionSet set = make_decisions(*system, 1);
    expect_text(source_path("tests/cases/decide/printed/" + name + ".md"), print_decisions_index(set));
    expect_text(source_path("tests/cases/decide/printed/" + name + "-caching.md"), print_caching_plan_markdown(set));
  }
}

TEST(Decisions, HaveOneFileAKindWhoseNumberNeverDependsOnTheModel) {
  const auto system = load("examples/shop/shop.yaml");
  const DecisionSet set = make_decisions(*system, 1);
  const auto files = print_decision_files(set);
  std::size_t records = 0;
  for (const Artefact& file : files) {
    if (!file.path.starts_with("decisions/0")) continue;
    ++records;
    EXPECT_THAT(file.bytes, HasSubstr("## Question"));
    EXPECT_THAT(file.bytes, HasSubstr("## Figures"));
    EXPECT_THAT(file.bytes, HasSubstr("hanges"));
  }
  EXPECT_EQ(records, decide::kinds().size());
  const auto tiny = print_decision_files(make_decisions(*load("tests/cases/decide/tiny.yaml"), 1));
  EXPECT_TRUE(std::any_of(tiny.begin(), tiny.end(), [](const Artefact& file) { return file.path == "decisions/0032-serverless.md"; }));
}

TEST(Decisions, AreTheSameBytesEachTime) {
  const auto system = load("examples/saas/saas.yaml");
  const auto first = print_decision_files(make_decisions(*system, 10));
  const auto second = print_decision_files(make_decisions(*system, 10));
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t at = 0; at < first.size(); ++at) {
    EXPECT_EQ(first[at].path, second[at].path);
    EXPECT_EQ(first[at].bytes, second[at].bytes) << first[at].path;
  }
}

TEST(Decisions, KeepHostileNamesFromBecomingMarkup) {
  ir::System system = *load("examples/shop/shop.yaml");
  const std::string hostile = "x|`</details><script>alert(1)</script>\n# [a](javascript:1)\n| b |";
  system.name = hostile;
  for (ir::Entity& entity : system.entities) entity.name += hostile;
  for (ir::Command& command : system.commands) command.name += hostile;
  for (const Artefact& file : print_decision_files(make_decisions(system, 1))) {
    if (!file.path.ends_with(".md")) continue;
    EXPECT_THAT(file.bytes, Not(HasSubstr("\n# [a]"))) << file.path;
    EXPECT_THAT(file.bytes, Not(HasSubstr("\n| b |"))) << file.path;
    // A tag that is not escaped, outside of code.
    std::size_t at = file.bytes.find("<script>");
    for (; at != std::string::npos; at = file.bytes.find("<script>", at + 1)) EXPECT_EQ(file.bytes[at - 1], '\\') << file.path;
    std::istringstream lines(file.bytes);
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("| ")) {
        EXPECT_THAT(line, testing::EndsWith(" |")) << file.path;
      }
    }
  }
}

TEST(Markdown, EscapesMarkupButKeepsPairedCodeSpans) {
  EXPECT_EQ(markdown_text("a `b_c|d` e_f"), "a `b_c\\|d` e\\_f");
  EXPECT_EQ(markdown_text("one ` alone <b>"), "one \\` alone \\<b>");
  EXPECT_EQ(markdown_text("two\nlines"), "two lines");
  EXPECT_EQ(markdown_code("a_b"), "`a_b`");
  EXPECT_EQ(markdown_code("a`b"), "a\\`b");
}

TEST(Decisions, NameTheFigureTheBoundAndWhatIsNowWhereTheyChange) {
  const auto text = print_decisions_text(make_decisions(*load("examples/shop/shop.yaml"), 1));
  EXPECT_THAT(text, HasSubstr("rows written at peak > 5,200 rows/s (now "));
  EXPECT_THAT(text, HasSubstr("modular monolith"));
}

}  // namespace
}  // namespace kingpost::emit
