#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "kingpost/assess/rules.hpp"
#include "kingpost/assess/rules_deploy.hpp"

namespace kingpost::assess {
namespace {

namespace fs = std::filesystem;

fs::path cases_folder() { return fs::path(KINGPOST_SOURCE_DIR) / "tests/cases/assess"; }
const std::vector<std::string>& kinds() {
  static const std::vector<std::string> kAll{"openapi", "swagger", "graphql", "proto", "compose", "kubernetes", "env"};
  return kAll;
}

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

std::vector<Rule> all_rules() {
  std::vector<Rule> out(api_rules().begin(), api_rules().end());
  out.insert(out.end(), deploy_rules().begin(), deploy_rules().end());
  return out;
}

/// What a file of any kind says, beside the texts for printing.
foreign::Facts read(const fs::path& path, SourceMap& sources, Diagnostics& diagnostics) {
  using foreign::FileKind;
  foreign::File file{path.filename().string(), text_of(path), 0};
  file.index = sources.add(file.path, file.text);
  foreign::Facts facts;
  switch (foreign::kind_of(file.path, file.text)) {
    case FileKind::kOpenApi:
    case FileKind::kSwagger:
      facts.apis.push_back(read_openapi(file, diagnostics));
      break;
    case FileKind::kGraphql:
      facts.apis.push_back(read_graphql(file, diagnostics));
      break;
    case FileKind::kProto:
      facts.apis.push_back(read_proto(file, diagnostics));
      break;
    case FileKind::kCompose:
      facts.deployments.push_back(read_compose(file, diagnostics));
      break;
    case FileKind::kKubernetes:
      facts.deployments.push_back(read_kubernetes(file, diagnostics));
      break;
    case FileKind::kEnv:
      facts.deployments.push_back(read_env(file, diagnostics));
      break;
    case FileKind::kSql:
    case FileKind::kUnknown:
      ADD_FAILURE() << path << " is of no kind that these rules judge";
      break;
  }
  return facts;
}

std::string judged(const fs::path& path, const std::string& id) {
  SourceMap sources;
  Diagnostics diagnostics;
  const auto facts = read(path, sources, diagnostics);
  EXPECT_TRUE(diagnostics.all().empty()) << print_diagnostics(diagnostics, sources, DiagnosticFormat::kText, false);
  std::vector<review::Finding> findings;
  for (const auto& rule : all_rules()) {
    if (rule.id != id) continue;
    review::Report report(findings, rule.id, rule.number);
    rule.check(facts, report);
  }
  Diagnostics told;
  for (const auto& finding : findings) {
    const auto message = finding.evidence.empty() ? finding.message : finding.message + " (" + finding.evidence + ")";
    told.add({finding.severity, finding.rule, message, finding.span, finding.fix, {}});
  }
  return findings.empty() ? std::string{} : print_diagnostics(told, sources, DiagnosticFormat::kText, false);
}

/// The file of a case whose name holds `word`.
fs::path file_with(const fs::path& folder, const std::string& word) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().filename().string().find(word) != std::string::npos) return entry.path();
  }
  return folder / word;
}

std::vector<std::string> all_cases() {
  std::vector<std::string> out;
  for (const auto& kind : kinds()) {
    for (const auto& entry : fs::directory_iterator(cases_folder() / kind)) out.push_back(kind + "/" + entry.path().filename().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

class ForeignRule : public testing::TestWithParam<std::string> {};

TEST_P(ForeignRule, SpeaksOnTheBadFileAndIsSilentOnTheGoodOne) {
  const auto folder = cases_folder() / GetParam();
  const auto id = GetParam().substr(GetParam().find('/') + 1);
  const auto told = judged(file_with(folder, "bad"), id);
  EXPECT_FALSE(told.empty());
  EXPECT_EQ(judged(file_with(folder, "good"), id), "");
  const auto expected = folder / "expected.txt";
  if (std::getenv("KINGPOST_UPDATE_CASES") != nullptr) std::ofstream(expected, std::ios::binary) << told;
  EXPECT_EQ(text_of(expected), told);
}

INSTANTIATE_TEST_SUITE_P(Rules, ForeignRule, testing::ValuesIn(all_cases()), [](const auto& one) {
  auto name = one.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '-' || c == '/'; }, '_');
  return name;
});

TEST(ForeignRules, EachHaveACase) {
  std::set<std::string> seen;
  for (const auto& name : all_cases()) seen.insert(name.substr(name.find('/') + 1));
  for (const auto& rule : all_rules()) EXPECT_TRUE(seen.contains(std::string(rule.id))) << rule.id;
}

TEST(ForeignRules, StandInTheTableInTheOrderOfTheirNumbers) {
  for (const auto rules : {api_rules(), deploy_rules()}) {
    EXPECT_TRUE(std::is_sorted(rules.begin(), rules.end(), [](const Rule& left, const Rule& right) { return left.number < right.number; }));
    for (const auto& rule : rules) EXPECT_FALSE(rule.title.empty() || rule.looks_for.empty() || rule.group.empty()) << rule.id;
  }
}

TEST(Secrecy, TellsWhatOpensADoorFromWhatWaitsToBeFilledIn) {
  EXPECT_EQ(secrecy_of("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), Secrecy::kNone);
  EXPECT_EQ(secrecy_of("AWS_ACCESS_KEY_ID", std::string("AKIA") + "Q7Z3K9XW2M5T8R1B"), Secrecy::kReal);
  EXPECT_EQ(secrecy_of("JWT_SECRET", "f3a9c1e87b2d4650a8c7e19b3d5f7082"), Secrecy::kReal);
  EXPECT_EQ(secrecy_of("POSTGRES_PASSWORD", "postgres"), Secrecy::kWeak);
  EXPECT_EQ(secrecy_of("DATABASE_URL", "postgres://app:hunter2@db.shop.io/shop"), Secrecy::kWeak);
  EXPECT_EQ(secrecy_of("DATABASE_URL", "postgres://app@db.shop.io/shop"), Secrecy::kNone);
  for (const char* value : {"", "changeme", "your-key-here", "<password>", "xxxxxxxx", "${PASSWORD}", "/run/secrets/password", "REPLACE_ME"}) {
    EXPECT_EQ(secrecy_of("DB_PASSWORD", value), Secrecy::kNone) << value;
  }
  for (const char* name : {"PASSWORD_FILE", "TOKEN_TTL", "SECRET_NAME", "JWT_ISSUER", "PASSWORD_HASH_ALGORITHM"}) {
    EXPECT_EQ(secrecy_of(name, "something"), Secrecy::kNone) << name;
  }
}

TEST(Names, FallIntoWordsInAnySpelling) {
  const std::vector<std::string> expected{"get", "user", "ids"};
  EXPECT_EQ(words_of("getUserIds"), expected);
  EXPECT_EQ(words_of("get-user_ids"), expected);
  EXPECT_EQ(words_of("HTTPServer2"), (std::vector<std::string>{"http", "server2"}));
  EXPECT_EQ(first_of({{"a", {}}, {"b", {}}, {"c", {}}, {"d", {}}, {"e", {}}}), "`a`, `b`, `c` and 2 more");
  EXPECT_EQ(first_of({{"a", {}}, {"b", {}}}), "`a` and `b`");
}

}  // namespace
}  // namespace kingpost::assess
