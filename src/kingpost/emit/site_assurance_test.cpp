#include "kingpost/emit/site_assurance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "kingpost/compile/compile.hpp"
#include "kingpost/emit/flow.hpp"
#include "kingpost/emit/slo_alerts.hpp"

namespace kingpost::emit {
namespace {

using testing::HasSubstr;
using testing::Not;

Result<std::string> read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorKind::kNotFound, "file", path);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

ir::SystemPtr load(const std::string& path) {
  SourceMap sources;
  Diagnostics diagnostics;
  return compile::compile_file(std::string(KINGPOST_SOURCE_DIR) + "/" + path, read_text, Limits{}, sources, diagnostics);
}

std::string bytes_of(const Design& design, const std::string& path) {
  for (const Artefact& one : design.files) {
    if (one.path == path) return one.bytes;
  }
  ADD_FAILURE() << path;
  return {};
}

TEST(Assurance, FlowsAreThoseOfTheDiagram) {
  for (const char* path : {"examples/shop/shop.yaml", "examples/saas/saas.yaml", "examples/flawed/flawed.yaml", "tests/cases/decide/tiny.yaml"}) {
    const auto system = load(path);
    ASSERT_NE(system, nullptr);
    const Flow diagram = make_data_flow(*system);
    std::set<std::string> drawn;
    for (const FlowNode& node : diagram.nodes) drawn.insert(node.name);
    const auto matrix = assure::permission_matrix(*system);
    std::set<std::string> named;
    for (const assure::DataFlow& flow : assure::data_flows(*system, matrix)) {
      named.insert(flow.from);
      named.insert(flow.to);
      // Services that run apart are reached through what stands in front of them.
      const bool apart = system->topology == ir::Topology::kServices;
      if (flow.kind == assure::FlowKind::kOperator || (apart && flow.kind == assure::FlowKind::kCaller)) continue;
      EXPECT_TRUE(drawn.contains(flow.from)) << path << ": " << flow.from;
    }
    for (const FlowNode& node : diagram.nodes) {
      if (node.shape == FlowShape::kOutside || node.shape == FlowShape::kStore || node.shape == FlowShape::kPerson) {
        EXPECT_TRUE(named.contains(node.name)) << path << ": " << node.name;
      }
    }
  }
}

TEST(Assurance, NamesTestsThatTheContractSuiteHas) {
  const auto shop = load("examples/shop/shop.yaml");
  const auto design = make_design(*shop, {.pictures = false});
  ASSERT_TRUE(design);
  EXPECT_THAT(bytes_of(*design, "requirements.md"), HasSubstr("`contract-tests/v2/cases.json: order/…`"));
  EXPECT_THAT(bytes_of(*design, "contract-tests/v2/cases.json"), HasSubstr("\"order/"));
  EXPECT_THAT(bytes_of(*design, "contract-tests/v2/cases.json"), HasSubstr("\"rpc/place_order/"));
  EXPECT_THAT(bytes_of(*design, "permissions.csv"), HasSubstr("\"product\",\"read\",\"always\""));
  EXPECT_THAT(bytes_of(*design, "slo.md"), HasSubstr("21.6 minutes in 30 days"));
}

TEST(Assurance, CsvCellsAreNoFormulas) {
  ir::System system = *load("examples/shop/shop.yaml");
  system.entities[0].name = "=cmd|' /C calc'!A0\"";
  const std::string csv = print_permissions_csv(system, assure::permission_matrix(system));
  EXPECT_THAT(csv, Not(HasSubstr("\"=cmd")));
  EXPECT_THAT(csv, HasSubstr("\"'=cmd|' /C calc'!A0\"\"\""));
}

TEST(Assurance, OperationsWithQuotesAndBracesStayTextInRules) {
  ir::System system = *load("examples/shop/shop.yaml");
  system.slo->targets.push_back({"a\"} or vector(1) # {{ $value }}\n", 0, 100});
  const std::string rules = print_slo_rules(system, assure::plan_slos(system));
  EXPECT_THAT(rules, Not(HasSubstr("\"a\"}")));
  EXPECT_THAT(rules, HasSubstr("{ { $value }}"));
  std::istringstream lines(rules);
  for (std::string line; std::getline(lines, line);) EXPECT_EQ(line.front() == '#' || line.front() == ' ' || line.front() == 'g', true) << line;
}

}  // namespace
}  // namespace kingpost::emit
