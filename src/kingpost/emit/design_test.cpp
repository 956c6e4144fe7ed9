#include "kingpost/emit/design.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "kingpost/compile/compile.hpp"
#include "kingpost/emit/diagrams.hpp"
#include "kingpost/emit/graph_layout.hpp"
#include "kingpost/emit/html.hpp"

namespace kingpost::emit {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorKind::kNotFound, "file", path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

ir::SystemPtr example(const std::string& name) {
  SourceMap sources;
  Diagnostics diagnostics;
  const std::string path = std::string(KINGPOST_SOURCE_DIR) + "/examples/" + name + "/" + name + ".yaml";
  return compile::compile_file(path, read_file, Limits{}, sources, diagnostics);
}

std::vector<Artefact> designed(const ir::System& system, const DesignOptions& options = {}) {
  auto design = make_design(system, options);
  EXPECT_TRUE(design) << (design ? "" : design.error().message);
  return design ? std::move(design->files) : std::vector<Artefact>{};
}

std::string bytes_of(const std::vector<Artefact>& design, const std::string& path) {
  const auto found = std::find_if(design.begin(), design.end(), [&path](const Artefact& one) { return one.path == path; });
  EXPECT_NE(found, design.end()) << path;
  return found == design.end() ? "" : found->bytes;
}

/// Names that a model text cannot give, but an import or a later language might.
constexpr std::string_view kHostile = "</script><script>alert(\"1\")</script>'&../..\\%%{};\n--";

ir::System hostile() {
  ir::System system = *example("shop");
  system.name = kHostile;
  system.summary = kHostile;
  for (ir::Role& role : system.roles) role.name += kHostile;
  for (ir::Requirement& requirement : system.requirements) requirement.text = kHostile;
  for (ir::Entity& entity : system.entities) {
    entity.name += kHostile;
    for (ir::Field& field : entity.fields) field.summary = kHostile;
  }
  for (ir::Relation& relation : system.relations) relation.name += kHostile;
  for (ir::Command& command : system.commands) command.name += kHostile;
  for (ir::Contract& contract : system.contracts) contract.name += kHostile;
  return system;
}

TEST(Design, IsTheSameTwice) {
  for (const std::string name : {"shop", "saas"}) {
    const ir::SystemPtr system = example(name);
    ASSERT_NE(system, nullptr);
    const std::vector<Artefact> first = designed(*system);
    const std::vector<Artefact> second = designed(*example(name));
    ASSERT_EQ(first.size(), second.size());
    for (std::size_t at = 0; at < first.size(); ++at) {
      EXPECT_EQ(first[at].path, second[at].path);
      EXPECT_EQ(first[at].bytes, second[at].bytes) << first[at].path;
    }
  }
}

TEST(Design, HasEveryKindOfFileForEachContractAndAudience) {
  std::vector<std::string> paths;
  for (const Artefact& artefact : designed(*example("shop"))) paths.push_back(artefact.path);
  for (const char* path : {"index.html", "openapi/v2.json", "openapi/v2.anonymous.json", "openapi/v2.merchant.json", "openapi/v1.support.json",
                           "ddl/sqlite.sql", "ddl/postgres.sql", "schemas/v1/order.json", "diagrams/er.mmd", "diagrams/er.svg",
                           "diagrams/c4-container.mmd", "diagrams/c4-container.svg"}) {
    EXPECT_THAT(paths, Contains(path));
  }
  std::sort(paths.begin(), paths.end());
  EXPECT_EQ(std::adjacent_find(paths.begin(), paths.end()), paths.end());
}

TEST(Design, ASpecNamesNothingThatItsAudienceMayNotSee) {
  const std::vector<Artefact> design = designed(*example("shop"));
  EXPECT_THAT(bytes_of(design, "openapi/v2.merchant.json"), HasSubstr("\"cost\""));
  EXPECT_THAT(bytes_of(design, "openapi/v2.customer.json"), Not(HasSubstr("\"cost\"")));
  EXPECT_THAT(bytes_of(design, "openapi/v2.anonymous.json"), Not(HasSubstr("/cart")));
  EXPECT_THAT(bytes_of(design, "openapi/v1.json"), Not(HasSubstr("card_hint")));
  EXPECT_THAT(bytes_of(design, "openapi/v1.json"), HasSubstr("\"amount\""));
}

TEST(Design, EveryIndexSaysWhyItExists) {
  const std::vector<Artefact> design = designed(*example("shop"));
  EXPECT_THAT(bytes_of(design, "ddl/postgres.sql"), HasSubstr("foreign key"));
  EXPECT_THAT(bytes_of(design, "entities.html"), HasSubstr("query mine"));
}

TEST(Design, MermaidDrawsKeysAndCardinality) {
  const std::string text = print_er_mermaid(*example("shop"));
  EXPECT_THAT(text, HasSubstr("  \"category\" ||--o{ \"product\" : \"category\"\n"));
  EXPECT_THAT(text, HasSubstr("  \"category\" |o--o{ \"category\" : \"parent\"\n"));
  EXPECT_THAT(text, HasSubstr("  \"user\" ||--o| \"cart\" : \"customer\"\n"));
  EXPECT_THAT(text, HasSubstr("    uuid product_id PK, FK\n"));
}

TEST(Design, HostileTextsBecomeNoMarkup) {
  const ir::System system = hostile();
  for (const Artefact& artefact : designed(system)) {
    EXPECT_EQ(artefact.path.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-~./"), std::string::npos)
        << artefact.path;
    EXPECT_EQ(artefact.path.find(".."), std::string::npos) << artefact.path;
    if (artefact.content_type.find("html") == std::string::npos && artefact.content_type.find("svg") == std::string::npos) continue;
    EXPECT_THAT(artefact.bytes, Not(HasSubstr("alert(\"1\")"))) << artefact.path;
    EXPECT_THAT(artefact.bytes, Not(HasSubstr("<script>alert"))) << artefact.path;
  }
}

TEST(Design, HostileNamesBreakNoLineOfADiagram) {
  const ir::System system = hostile();
  for (const std::string& text : {print_er_mermaid(system), print_c4_mermaid(system)}) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_EQ(std::count(line.begin(), line.end(), '"') % 2, 0) << line;
      EXPECT_EQ(line.find("%%"), std::string::npos) << line;
      EXPECT_NE(line.rfind("--", 0), 0U) << line;
    }
  }
}

TEST(Html, EscapesWhatMarkupReads) {
  EXPECT_EQ(escape_html("<a href='x'>&\"\x01\x7F"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Html, FileSegmentsKeepDifferentNamesApart) {
  EXPECT_EQ(file_segment("order_item"), "order_item");
  EXPECT_EQ(file_segment("../x"), "~2E~2E~2Fx");
  EXPECT_EQ(file_segment(""), "~");
  EXPECT_NE(file_segment("a b"), file_segment("a_b"));
  const std::string much(400, 'a');
  EXPECT_LE(file_segment(much).size(), 160U);
  EXPECT_NE(file_segment(much), file_segment(much + "a"));
}

TEST(GraphLayout, PlacesEveryNodeAndEdge) {
  Graph graph;
  graph.clusters = {{kNoCluster, {80, 20}}};
  for (int at = 0; at < 4; ++at) graph.nodes.push_back({{100, 40}, at == 1 ? 0 : kNoCluster});
  graph.edges = {{0, 1, {50, 30}}, {1, 2, {}}, {1, 1, {}}};
  const Layout layout = lay_out(graph);
  ASSERT_EQ(layout.centres.size(), 4U);
  ASSERT_EQ(layout.edges.size(), 3U);
  EXPECT_LT(layout.centres[0].y, layout.centres[1].y);
  ASSERT_EQ(layout.clusters.size(), 1U);
  EXPECT_GT(layout.clusters[0].size.width, 100);
  EXPECT_TRUE(layout.ranked);
  for (const EdgePath& edge : layout.edges) EXPECT_EQ(edge.points.size() % 3, 1U);
}

TEST(GraphLayout, StandsInRowsWhenThereAreTooMany) {
  Graph graph;
  graph.clusters = {{kNoCluster, {80, 20}}};
  graph.nodes.assign(kMaxRanked + 1, {{100, 40}, kNoCluster});
  graph.nodes[7].cluster = 0;
  graph.edges.push_back({0, kMaxRanked, {}});
  const Layout layout = lay_out(graph);
  EXPECT_EQ(layout.centres.size(), kMaxRanked + 1);
  EXPECT_GT(layout.size.height, 40);
  EXPECT_FALSE(layout.ranked);
  EXPECT_GT(layout.clusters[0].size.width, 100);
}

TEST(GraphLayout, OfNothingIsNothing) { EXPECT_TRUE(lay_out(Graph{}).centres.empty()); }

}  // namespace
}  // namespace kingpost::emit
