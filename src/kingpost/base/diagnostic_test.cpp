#include "kingpost/base/diagnostic.hpp"

#include <gtest/gtest.h>

namespace kingpost {
namespace {

struct Sample {
  SourceMap sources;
  Diagnostics diagnostics;
};

Sample sample() {
  Sample s;
  const FileIndex file = s.sources.add("shop.yaml", "entities:\r\n  größe: {pric: int}\n\tx");
  s.diagnostics.error("unknown-key", {file, 2, 13, 2, 17}, "The key `pric` is unknown.", "Did you mean `price`?");
  s.diagnostics.warning("odd", {}, "No place.");
  return s;
}

TEST(SourceMap, LinesAreFoundWithoutTheirEndings) {
  const Sample s = sample();
  EXPECT_EQ(s.sources.line(0, 1), "entities:");
  EXPECT_EQ(s.sources.line(0, 3), "\tx");
  EXPECT_EQ(s.sources.line(0, 4), "");
  EXPECT_EQ(s.sources.line(0, 0), "");
  EXPECT_EQ(s.sources.line(7, 1), "");
}

TEST(Diagnostics, TextShowsTheLineAndACaretUnderTheRightCharacters) {
  const Sample s = sample();
  EXPECT_EQ(print_diagnostics(s.diagnostics, s.sources, DiagnosticFormat::kText, false),
            "shop.yaml:2:13: error[unknown-key]: The key `pric` is unknown.\n"
            " 2 |   größe: {pric: int}\n"
            "   |           ^~~~\n"
            "  help: Did you mean `price`?\n"
            "warning[odd]: No place.\n");
}

TEST(Diagnostics, ControlCharactersOfAModelNeverReachTheTerminal) {
  SourceMap sources;
  sources.add("a\x1b.yaml", "x\x1b[2J");
  Diagnostics diagnostics;
  diagnostics.error("c", {0, 1, 1, 1, 2}, "bad \x1b[31m");
  const std::string text = print_diagnostics(diagnostics, sources, DiagnosticFormat::kText, false);
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << text;
  EXPECT_NE(print_diagnostics(diagnostics, sources, DiagnosticFormat::kText, true).find("\x1b[1;31m"), std::string::npos);
}

TEST(Diagnostics, JsonIsOneDocumentWithPlaces) {
  const Sample s = sample();
  EXPECT_EQ(
      print_diagnostics(s.diagnostics, s.sources, DiagnosticFormat::kJson, false),
      "{\"diagnostics\":[\n"
      "  {\"severity\":\"error\",\"code\":\"unknown-key\",\"message\":\"The key `pric` is unknown.\",\"file\":\"shop.yaml\",\"line\":2,\"column\":13,"
      "\"end_line\":2,\"end_column\":17,\"suggestion\":\"Did you mean `price`?\"},\n"
      "  {\"severity\":\"warning\",\"code\":\"odd\",\"message\":\"No place.\"}\n"
      "],\"errors\":1,\"dropped\":0}\n");
}

TEST(Diagnostics, GithubCommandsEscapeWhatWouldEndThem) {
  SourceMap sources;
  sources.add("a,b:c.yaml", "x");
  Diagnostics diagnostics;
  diagnostics.error("c", {0, 1, 1, 1, 2}, "100% of\nit");
  EXPECT_EQ(print_diagnostics(diagnostics, sources, DiagnosticFormat::kGithub, false),
            "::error file=a%2Cb%3Ac.yaml,line=1,col=1,endLine=1,endColumn=2,title=c::100%25 of%0Ait\n");
}

TEST(Diagnostics, SortingOrdersByPlaceAndRemovesRepeats) {
  Diagnostics diagnostics;
  diagnostics.error("b", {0, 2, 1, 2, 2}, "second");
  diagnostics.error("a", {0, 1, 5, 1, 6}, "first");
  diagnostics.error("b", {0, 2, 1, 2, 2}, "second");
  diagnostics.error("a", {0, 2, 1, 2, 2}, "before b");
  diagnostics.sort();
  ASSERT_EQ(diagnostics.all().size(), 3U);
  EXPECT_EQ(diagnostics.error_count(), 3U);
  EXPECT_EQ(diagnostics.all()[0].message, "first");
  EXPECT_EQ(diagnostics.all()[1].message, "before b");
  EXPECT_EQ(diagnostics.all()[2].message, "second");
}

TEST(Diagnostics, TooManyAreCountedAndAnErrorAmongThemStillCounts) {
  Diagnostics diagnostics;
  for (std::size_t i = 0; i < Diagnostics::kMaxDiagnostics; ++i) diagnostics.warning("w", {}, "w");
  EXPECT_FALSE(diagnostics.has_errors());
  diagnostics.error("e", {}, "e");
  EXPECT_TRUE(diagnostics.has_errors());
  EXPECT_EQ(diagnostics.dropped(), 1U);
  EXPECT_EQ(diagnostics.all().size(), Diagnostics::kMaxDiagnostics);
}

TEST(NearestName, SlipsAreMendedAndStrangersAreNot) {
  const std::vector<std::string> names = {"customer", "merchant", "price", "id", "description"};
  EXPECT_EQ(nearest_name("custmoer", names), "customer");
  EXPECT_EQ(nearest_name("pric", names), "price");
  EXPECT_EQ(nearest_name("PRICE", names), "price");
  EXPECT_EQ(nearest_name("decription", names), "description");
  EXPECT_EQ(nearest_name("di", names), "id");
  EXPECT_FALSE(nearest_name("warehouse", names));
  EXPECT_FALSE(nearest_name("x", names));
  EXPECT_FALSE(nearest_name("", names));
  EXPECT_FALSE(nearest_name(std::string(10'000, 'a'), names));
}

}  // namespace
}  // namespace kingpost
