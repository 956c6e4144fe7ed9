#include "kingpost/review/print.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include "kingpost/review/review.hpp"

namespace kingpost::review {
namespace {

struct Sample {
  SourceMap sources;
  std::vector<Finding> findings;
};

Sample sample() {
  Sample out;
  const auto file = out.sources.add("a b/é.yaml", "x: \"\xC3\xA4\" y\nz: 1\n");
  Finding open;
  open.rule = "sch-int32-pk";
  open.number = 12;
  open.severity = Severity::kError;
  open.span = {file, 1, 8, 1, 9};
  open.message = "says \"this\"\n<b>";
  open.fix = "Write it.";
  open.element = "thing.id";
  open.text_edits = {{{file, 2, 4, 2, 5}, "2"}};
  out.findings.push_back(open);
  Finding accepted = open;
  accepted.text_edits.clear();
  accepted.accepted = "it is a toy";
  out.findings.push_back(accepted);
  return out;
}

TEST(PrintSarif, NamesRulesPlacesInCodePointsFixesAndSuppressions) {
  const auto data = sample();
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  ASSERT_FALSE(parser.parse(print_sarif(data.findings, data.sources, "1.2.3")).get(document));
  simdjson::dom::element run = document["runs"].at(0);
  EXPECT_EQ(run["tool"]["driver"]["rules"].get_array().value().size(), rules().size());
  simdjson::dom::element first = run["results"].at(0);
  EXPECT_EQ(std::string_view(first["locations"].at(0)["physicalLocation"]["artifactLocation"]["uri"]), "a%20b/%C3%A9.yaml");
  EXPECT_EQ(std::int64_t(first["locations"].at(0)["physicalLocation"]["region"]["startColumn"]), 7);
  const auto index = std::int64_t(first["ruleIndex"]);
  EXPECT_EQ(std::string_view(run["tool"]["driver"]["rules"].at(static_cast<std::size_t>(index))["id"]), "sch-int32-pk");
  simdjson::dom::element change = first["fixes"].at(0)["artifactChanges"].at(0)["replacements"].at(0);
  EXPECT_EQ(std::string_view(change["insertedContent"]["text"]), "2");
  EXPECT_EQ(std::int64_t(change["deletedRegion"]["startLine"]), 2);
  EXPECT_EQ(std::string_view(run["results"].at(1)["suppressions"].at(0)["justification"]), "it is a toy");
}

TEST(PrintJson, CountsWhatIsOpenAndKeepsWhatIsAccepted) {
  const auto data = sample();
  const StaleAcceptance stale[] = {{"api-no-version", "shop"}};
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  ASSERT_FALSE(parser.parse(print_json(data.findings, data.sources, stale)).get(document));
  EXPECT_EQ(std::int64_t(document["errors"]), 1);
  EXPECT_EQ(std::int64_t(document["accepted"]), 1);
  EXPECT_EQ(std::string_view(document["diagnostics"].at(1)["accepted"]), "it is a toy");
  EXPECT_EQ(std::string_view(document["stale"].at(0)["rule"]), "api-no-version");
}

TEST(Diagnostics, LeaveAcceptedFindingsOut) {
  const auto data = sample();
  EXPECT_EQ(to_diagnostics(data.findings).all().size(), 1U);
}

}  // namespace
}  // namespace kingpost::review
