#include "kingpost/assess/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "kingpost/assess/draft_model.hpp"
#include "kingpost/assess/infer.hpp"
#include "kingpost/assess/markdown.hpp"
#include "kingpost/assess/markdown_html.hpp"
#include "kingpost/compile/compile.hpp"

namespace kingpost::assess {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kSchema =
    "CREATE TYPE mood AS ENUM ('calm', 'busy');\n"
    "CREATE TABLE customer (id bigserial PRIMARY KEY, name varchar(80) NOT NULL, email text UNIQUE, mood mood);\n"
    "CREATE TABLE purchase (id bigserial PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customer ON DELETE CASCADE, total double precision, "
    "tags text[], at timestamptz DEFAULT now());\n"
    "CREATE TABLE log_line (line text);\n"
    "CREATE VIEW big AS SELECT * FROM purchase;\n";

Collected from_texts(const std::vector<std::pair<std::string, std::string>>& texts) {
  Collected out;
  for (const auto& [path, text] : texts) {
    const auto index = out.sources.add(path, text);
    out.files.push_back({{path, text, index}, foreign::kind_of(path, text)});
  }
  return out;
}

class FolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "kingpost-assess-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& path, const std::string& text) const {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path, std::ios::binary) << text;
  }

  [[nodiscard]] std::vector<std::string> collected(const CollectLimits& limits = {}) const {
    const auto found = collect({folder_.string()}, limits);
    EXPECT_TRUE(found.has_value());
    std::vector<std::string> names;
    for (const auto& one : found->files) names.push_back(fs::path(one.file.path).lexically_relative(folder_.filename()).string());
    return names;
  }

  fs::path folder_;
};

TEST_F(FolderTest, MigrationsComeByTheirNumbersAndOthersCodeIsLeftOut) {
  write("db/10_last.sql", kSchema);
  write("db/9_first.sql", kSchema);
  write("node_modules/x/schema.sql", kSchema);
  write(".git/schema.sql", kSchema);
  write("readme.md", "nothing");
  EXPECT_THAT(collected(), ElementsAre("db/9_first.sql", "db/10_last.sql"));
}

TEST_F(FolderTest, SymbolicLinksAreNotFollowed) {
  write("in/schema.sql", kSchema);
  write("out/secret.sql", kSchema);
  fs::create_directory_symlink(folder_ / "out", folder_ / "in" / "link");
  const auto found = collect({(folder_ / "in").string()}, {});
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->files.size(), 1U);
}

TEST_F(FolderTest, BoundsAreToldAndBinaryIsNotRead) {
  write("a.sql", kSchema);
  write("b.sql", kSchema);
  write("c.sql", std::string("SELECT 1;\0", 10));
  CollectLimits limits;
  limits.files = 1;
  const auto found = collect({folder_.string()}, limits);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->files.size(), 1U);
  EXPECT_THAT(found->skipped, Contains(HasSubstr("bound")));
}

TEST_F(FolderTest, BytesThatAreNoUtf8DoNotReachTheReport) {
  write("a.sql", std::string("CREATE TABLE t (id int);\n-- \xff\xfe caf\xc3\xa9\n"));
  const auto found = collect({folder_.string()}, {});
  ASSERT_TRUE(found.has_value());
  EXPECT_THAT(found->files.at(0).file.text, HasSubstr("-- ?? café"));
}

TEST_F(FolderTest, APathThatIsNotThereIsAnError) {
  const auto found = collect({(folder_ / "none").string()}, {});
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, "kp-review-path");
}

TEST(NaturalOrderTest, NumbersCountAsNumbers) {
  EXPECT_TRUE(natural_less("9_x", "10_x"));
  EXPECT_FALSE(natural_less("10_x", "9_x"));
  EXPECT_TRUE(natural_less("a2", "b1"));
  EXPECT_FALSE(natural_less("a", "a"));
}

TEST(AssessTest, FindingsComeInOrderWithPlacesAndTwiceTheSame) {
  const auto texts = std::vector<std::pair<std::string, std::string>>{{"schema.sql", kSchema}, {".env", "DATABASE_PASSWORD=correct-horse-battery\n"}};
  const auto one = assess(from_texts(texts), "x");
  const auto other = assess(from_texts(texts), "x");
  ASSERT_FALSE(one.findings.empty());
  EXPECT_EQ(print_json(one), print_json(other));
  EXPECT_EQ(print_sarif(one), print_sarif(other));
  EXPECT_TRUE(
      std::is_sorted(one.findings.begin(), one.findings.end(), [](const auto& left, const auto& right) { return left.span.file < right.span.file; }));
  EXPECT_THAT(one.findings, Contains(Field(&review::Finding::rule, "sch-float-money")));
  EXPECT_THAT(print_text(one, false, false), HasSubstr("schema.sql:3:"));
}

TEST(AssessTest, WhatDoesNotParseIsAFindingAndTheRestIsJudged) {
  const auto one = assess(from_texts({{"broken.json", "{\"openapi\": \"3.1.0\", "}, {"schema.sql", std::string("CREATE TABL x;\n") + kSchema}}), "x");
  EXPECT_GE(one.unreadable, 2U);
  EXPECT_EQ(one.facts.sql.tables.size(), 3U);
  EXPECT_THAT(one.findings, Contains(Field(&review::Finding::rule, "sch-float-money")));
}

TEST(AssessTest, EveryRuleHasItsOwnIdTitleAndFunction) {
  for (const Rule& rule : all_rules()) {
    EXPECT_FALSE(rule.id.empty());
    EXPECT_FALSE(rule.title.empty()) << rule.id;
    EXPECT_FALSE(rule.looks_for.empty()) << rule.id;
    EXPECT_NE(rule.check, nullptr) << rule.id;
  }
}

TEST(DraftModelTest, TheDraftCompilesAndSaysWhatItLeavesOut) {
  const auto one = assess(from_texts({{"schema.sql", kSchema}}), "x");
  const auto draft = draft_model(one.facts.sql, "x", "schema.sql");
  ASSERT_TRUE(draft.has_value()) << draft.error().message;
  SourceMap sources;
  Diagnostics diagnostics;
  const model::FileReader read = [&](const std::string&) -> Result<std::string> { return draft->yaml; };
  const auto system = compile::compile_file("draft.yaml", read, Limits{}, sources, diagnostics);
  ASSERT_NE(system, nullptr) << print_diagnostics(diagnostics, sources, DiagnosticFormat::kText, false) << draft->yaml;
  EXPECT_EQ(system->entities.size(), 2U);
  EXPECT_THAT(draft->yaml, HasSubstr("ref(customer)"));
  EXPECT_THAT(draft->yaml, HasSubstr("enum(calm, busy)"));
  EXPECT_THAT(draft->yaml, HasSubstr("list(text)"));
  EXPECT_THAT(draft->yaml, HasSubstr("purchases: many(purchase.customer)"));
  EXPECT_THAT(draft->notes, Contains(HasSubstr("log_line")));
  EXPECT_THAT(draft->notes, Contains(HasSubstr("1 view (big)")));
}

TEST(DraftModelTest, WithoutAKeyThereIsNothingToDraft) {
  const auto one = assess(from_texts({{"schema.sql", "CREATE TABLE t (x int);"}}), "x");
  const auto draft = draft_model(one.facts.sql, "x", "x");
  ASSERT_FALSE(draft.has_value());
  EXPECT_EQ(draft.error().code, "kp-review-no-tables");
}

TEST(InferTest, TablesAndReferencesBecomeAnErDiagram) {
  const auto one = assess(from_texts({{"schema.sql", kSchema}}), "x");
  const auto model = infer_er(one.facts.sql, "x");
  ASSERT_EQ(model.entities.size(), 3U);
  ASSERT_EQ(model.lines.size(), 1U);
  EXPECT_FALSE(model.lines[0].optional);
  EXPECT_FALSE(model.lines[0].single);
  EXPECT_THAT(emit::print_er_mermaid(model), HasSubstr("\"customer\" ||--o{ \"purchase\" : \"customer_id\""));
}

TEST(InferTest, ComposeBecomesAContainerDiagram) {
  const auto one = assess(
      from_texts(
          {{"docker-compose.yml", "services:\n  web:\n    build: .\n    ports: ['8080:80']\n    depends_on: [db]\n  db:\n    image: postgres:16\n"}}),
      "x");
  const auto model = infer_c4(one.facts, "x");
  ASSERT_EQ(model.nodes.size(), 3U);
  EXPECT_EQ(model.nodes[1].kind, emit::C4Kind::kDatabase);
  ASSERT_EQ(model.links.size(), 2U);
  EXPECT_EQ(model.links[0].label, "keeps data in");
  EXPECT_EQ(model.links[1].technology, "port 8080");
}

TEST(InferTest, PodsAreNodesByTheirWorkloadAndServicesLeadToThem) {
  const std::string manifest =
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: cart}\nspec:\n  selector: {matchLabels: {app: cart}}\n  template:\n    metadata: "
      "{labels: {app: "
      "cart}}\n    spec:\n      containers:\n      - {name: server, image: 'cart:1'}\n      - {name: proxy, image: 'envoy:1'}\n---\n"
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec:\n  selector: {matchLabels: {app: shop}}\n  template:\n    metadata: "
      "{labels: {app: "
      "shop}}\n    spec:\n      containers:\n      - {name: server, image: 'shop:1'}\n---\n"
      "apiVersion: v1\nkind: Service\nmetadata: {name: front}\nspec: {type: LoadBalancer, selector: {app: shop}}\n";
  const auto one = assess(from_texts({{"all.yaml", manifest}}), "x");
  const auto model = infer_c4(one.facts, "x");
  ASSERT_EQ(model.nodes.size(), 3U);
  EXPECT_EQ(model.nodes[0].name, "cart");
  EXPECT_THAT(model.nodes[0].description, HasSubstr("with proxy"));
  ASSERT_EQ(model.links.size(), 1U);
  EXPECT_EQ(model.links[0].to, 1U);
}

TEST(MarkdownTest, NamesCannotLeaveTheirPlace) {
  EXPECT_EQ(code("a`b|c\nd"), "`a'b\\|c d`");
  EXPECT_EQ(plain("<b>*x*</b>"), "&lt;b>\\*x\\*&lt;/b>");
  EXPECT_EQ(prose("The `a_b` of x_y"), "The `a_b` of x\\_y");
  EXPECT_EQ(prose("one ` alone"), "one \\` alone");
}

TEST(MarkdownTest, OurMarkdownBecomesHtmlAndNothingElseDoes) {
  const auto html = markdown_to_html("# A\n\n- one `<x>`\n- two **b**\n\n| h | n |\n| --- | ---: |\n| `a\\|b` | 3 |\n\n<script>alert(1)</script>\n");
  EXPECT_THAT(html, HasSubstr("<h1>A</h1>"));
  EXPECT_THAT(html, HasSubstr("<li>one <code>&lt;x&gt;</code></li>"));
  EXPECT_THAT(html, HasSubstr("<strong>b</strong>"));
  EXPECT_THAT(html, HasSubstr("<td><code>a|b</code></td><td class=\"n\">3</td>"));
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
}

TEST(ReportTest, AHostileNameBreaksNoFile) {
  const std::string hostile = "CREATE TABLE \"a`|<script>alert(1)</script>\n--- x\" (id bigint PRIMARY KEY, \"x}|b\" text, price real);\n";
  const auto one = assess(from_texts({{"<img src=x>.sql", hostile}}), "<b>\"x");
  const auto report = make_report(one, true);
  for (const auto& file : report.files) {
    if (!file.path.ends_with(".html") && !file.path.ends_with(".svg")) continue;
    EXPECT_THAT(file.bytes, Not(HasSubstr("<script"))) << file.path;
    EXPECT_THAT(file.bytes, Not(HasSubstr("<img"))) << file.path;
  }
}

TEST(ReportTest, EveryFileOfTheReportIsWrittenTheSameTwice) {
  const auto one = assess(from_texts({{"schema.sql", kSchema}, {"docker-compose.yml", "services:\n  db:\n    image: postgres\n"}}), "x");
  const auto first = make_report(one, true);
  const auto second = make_report(one, true);
  std::vector<std::string> paths;
  for (std::size_t at = 0; at < first.files.size(); ++at) {
    paths.push_back(first.files[at].path);
    EXPECT_EQ(first.files[at].bytes, second.files[at].bytes) << first.files[at].path;
  }
  EXPECT_THAT(paths, ElementsAre("boundaries.json", "boundaries.md", "c4-containers.mmd", "c4-containers.svg", "er.mmd", "er.svg", "findings.json",
                                 "findings.sarif", "model.yaml", "report.html", "report.md", "strangler-plan.md"));
}

}  // namespace
}  // namespace kingpost::assess
