#include "kingpost/review/review.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "kingpost/compile/compile.hpp"
#include "kingpost/model/edit.hpp"
#include "kingpost/model/model.hpp"

namespace kingpost::review {
namespace {

namespace fs = std::filesystem;

fs::path source_folder() { return KINGPOST_SOURCE_DIR; }
fs::path cases_folder() { return source_folder() / "tests/cases/review"; }

Result<std::string> read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorKind::kNotFound, "kp-file", "cannot read " + path);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

struct Reviewed {
  ir::SystemPtr system;
  SourceMap sources;
  Diagnostics diagnostics;
  std::vector<Finding> findings;
};

/// With `replaced` instead of the texts of those files.
Reviewed review_file(const fs::path& path, const std::map<std::string, std::string>& replaced = {}) {
  Reviewed out;
  const auto name = path.lexically_relative(source_folder()).string();
  const auto read = [&](const std::string& file) -> Result<std::string> {
    const auto found = replaced.find(file);
    return found == replaced.end() ? read_text((source_folder() / file).string()) : found->second;
  };
  out.system = compile::compile_file(name, read, Limits{}, out.sources, out.diagnostics);
  EXPECT_NE(out.system, nullptr) << print_diagnostics(out.diagnostics, out.sources, DiagnosticFormat::kText, false);
  if (out.system != nullptr) out.findings = review(*out.system);
  return out;
}

void expect_text(const fs::path& expected, const std::string& text) {
  if (std::getenv("KINGPOST_UPDATE_CASES") != nullptr) {
    std::ofstream(expected, std::ios::binary) << text;
    return;
  }
  const auto wanted = read_text(expected.string());
  ASSERT_TRUE(wanted.has_value()) << expected << " is missing; run with KINGPOST_UPDATE_CASES=1";
  EXPECT_EQ(*wanted, text);
}

std::vector<std::string> rule_names() {
  std::vector<std::string> names;
  for (const auto& row : rules()) {
    if (row.model) names.emplace_back(row.id);
  }
  return names;
}

class RuleCase : public testing::TestWithParam<std::string> {};

TEST_P(RuleCase, SpeaksOnTheBadModelAndIsSilentOnTheGoodOne) {
  const auto folder = cases_folder() / GetParam();
  const auto bad = review_file(folder / "bad.yaml");
  std::vector<Finding> own;
  std::copy_if(bad.findings.begin(), bad.findings.end(), std::back_inserter(own), [&](const Finding& found) { return found.rule == GetParam(); });
  EXPECT_FALSE(own.empty());
  expect_text(folder / "expected.txt", print_diagnostics(to_diagnostics(own), bad.sources, DiagnosticFormat::kText, false));
  const auto good = review_file(folder / "good.yaml");
  const bool silent = std::none_of(good.findings.begin(), good.findings.end(), [&](const Finding& found) { return found.rule == GetParam(); });
  EXPECT_TRUE(silent) << print_diagnostics(to_diagnostics(good.findings), good.sources, DiagnosticFormat::kText, false);
}

/// How often each rule speaks of each element.
std::map<std::string, int> count_by_element(const std::vector<Finding>& findings) {
  std::map<std::string, int> counts;
  for (const auto& finding : findings) ++counts[finding.rule + ":" + finding.element];
  return counts;
}

std::string apply(const Finding& finding, const SourceMap& sources) {
  std::vector<TextEdit> edits;
  for (const auto& edit : finding.edits) {
    auto made = model::edit_model(edit, sources);
    EXPECT_TRUE(made.has_value()) << made.error().message;
    if (made) edits.push_back(*std::move(made));
  }
  const auto text = model::apply_edits(sources.text(0), 0, edits);
  EXPECT_TRUE(text.has_value());
  return text.value_or("");
}

TEST_P(RuleCase, HasEditsThatRemoveTheFindingAndAddNone) {
  const auto path = cases_folder() / GetParam() / "bad.yaml";
  const auto bad = review_file(path);
  const auto before = count_by_element(bad.findings);
  bool edits = false;
  for (const auto& finding : bad.findings) {
    if (finding.rule != GetParam() || finding.edits.empty()) continue;
    edits = true;
    const auto text = apply(finding, bad.sources);
    const auto after = count_by_element(review_file(path, {{bad.sources.name(0), text}}).findings);
    const auto own = finding.rule + ":" + finding.element;
    const auto left = after.find(own);
    EXPECT_LT(left == after.end() ? 0 : left->second, before.at(own)) << own << "\n" << text;
    for (const auto& [key, count] : after) {
      const auto known = before.find(key);
      EXPECT_LE(count, known == before.end() ? 0 : known->second) << key << " is new\n" << text;
    }
    const auto formatted = model::format_model(text);
    ASSERT_TRUE(formatted.has_value()) << text;
    EXPECT_EQ(*formatted, text);
  }
  EXPECT_EQ(edits, find_rule(GetParam())->edits) << "the table says otherwise";
}

INSTANTIATE_TEST_SUITE_P(Rules, RuleCase, testing::ValuesIn(rule_names()), [](const auto& one) {
  auto name = one.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(Review, FindsInTheFlawedExampleWhatASeniorReviewerWould) {
  const auto flawed = review_file(source_folder() / "examples/flawed/flawed.yaml");
  expect_text(source_folder() / "examples/flawed/findings.txt",
              print_diagnostics(to_diagnostics(flawed.findings), flawed.sources, DiagnosticFormat::kText, false));
}

TEST(Review, SaysLittleAboutTheGoodExamples) {
  for (const char* name : {"examples/shop/shop.yaml", "examples/saas/saas.yaml"}) {
    const auto good = review_file(source_folder() / name);
    const auto text = print_diagnostics(to_diagnostics(good.findings), good.sources, DiagnosticFormat::kText, false);
    EXPECT_LE(good.findings.size(), 5U) << text;
    const bool errors =
        std::any_of(good.findings.begin(), good.findings.end(), [](const Finding& found) { return found.severity == Severity::kError; });
    EXPECT_FALSE(errors) << text;
  }
}

TEST(Review, GivesTheSameFindingsInTheSameOrderEachTime) {
  const auto path = source_folder() / "examples/flawed/flawed.yaml";
  const auto first = review_file(path);
  const auto second = review_file(path);
  EXPECT_EQ(print_diagnostics(to_diagnostics(first.findings), first.sources, DiagnosticFormat::kJson, false),
            print_diagnostics(to_diagnostics(second.findings), second.sources, DiagnosticFormat::kJson, false));
}

TEST(Review, NamesEveryRuleOnceAndInTheOrderOfTheCatalogue) {
  std::set<std::string_view> seen;
  int before = 0;
  for (const auto& row : rules()) {
    EXPECT_TRUE(seen.insert(row.id).second) << row.id;
    EXPECT_GT(row.number, before) << row.id;
    EXPECT_FALSE(row.looks_for.empty() || row.title.empty() || row.group.empty() || row.why.empty() || row.severity.empty()) << row.id;
    EXPECT_TRUE(row.model || row.foreign) << row.id;
    EXPECT_EQ(find_rule(row.id), &row);
    before = row.number;
  }
  EXPECT_GE(std::count_if(rules().begin(), rules().end(), [](const RuleRow& row) { return row.model; }), 54);
  EXPECT_EQ(rules().size(), 64U);
  EXPECT_EQ(find_rule("no-such-rule"), nullptr);
}

TEST(Review, NamesAnElementForEveryFinding) {
  for (const auto& name : rule_names()) {
    for (const auto& finding : review_file(cases_folder() / name / "bad.yaml").findings) EXPECT_FALSE(finding.element.empty()) << finding.message;
  }
}

TEST(Review, HasNoCaseFolderWithoutARule) {
  const auto names = rule_names();
  for (const auto& entry : fs::directory_iterator(cases_folder())) {
    EXPECT_NE(std::find(names.begin(), names.end(), entry.path().filename().string()), names.end()) << entry.path();
  }
}

}  // namespace
}  // namespace kingpost::review
