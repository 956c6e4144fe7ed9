#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "kingpost/model/model.hpp"

namespace kingpost::model {
namespace {

std::string formatted(const std::string& text) {
  const auto out = format_model(text);
  EXPECT_TRUE(out.has_value()) << out.error().message << " in line " << out.error().span.line << "\n" << text;
  if (!out) return {};
  const auto again = format_model(*out);
  EXPECT_TRUE(again.has_value()) << again.error().message;
  if (again) {
    EXPECT_EQ(*again, *out);
  }
  return *out;
}

std::string example(const std::string& name) {
  std::ifstream in(std::string(KINGPOST_SOURCE_DIR) + "/examples/" + name, std::ios::binary);
  EXPECT_TRUE(in.good()) << name;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

TEST(FormatModel, leaves_the_examples_as_they_are) {
  for (const char* name : {"shop/shop.yaml", "saas/saas.yaml"}) {
    const std::string text = example(name);
    EXPECT_TRUE(formatted(text) == text) << name << " is not canonical: run kingpost fmt";
  }
}

TEST(FormatModel, indents_by_two_and_spaces_sections) {
  EXPECT_EQ(formatted("kingpost:   1\nsystem: a\nroles:\n    admin:\n    support:\n        inherits:   [ admin ]\ntopology: monolith\n"),
            "kingpost: 1\nsystem: a\n\nroles:\n  admin:\n  support:\n    inherits: [admin]\n\ntopology: monolith\n");
}

TEST(FormatModel, separates_entities_by_a_blank_line) {
  EXPECT_EQ(formatted("entities:\n  a:\n    fields:\n      b: int\n  # about c\n  c:\n    fields:\n\n      d: int\n\n\n      e: int\n"),
            "entities:\n  a:\n    fields:\n      b: int\n\n  # about c\n  c:\n    fields:\n      d: int\n\n      e: int\n");
}

TEST(FormatModel, keeps_comments_at_their_entries) {
  EXPECT_EQ(
      formatted(
          "# top\n\nkingpost: 1 # one\nroles:       # who\n      # first\n    admin:        # a\n    # last\n  # out\n# next\nsystem: b\n# end\n"),
      "# top\n\nkingpost: 1  # one\n\nroles:  # who\n  # first\n  admin:  # a\n  # last\n\n# out\n# next\nsystem: b\n# end\n");
}

TEST(FormatModel, leaves_a_comment_at_its_entry_when_the_one_before_has_no_value) {
  EXPECT_EQ(formatted("system: x\nservices:\n\nsummary: |+  # why\n  a\n"), "system: x\nservices:\n\nsummary: |+  # why\n  a\n");
  EXPECT_EQ(formatted("roles:\n  -\n  - b  # c\n"), "roles:\n  - null\n  - b  # c\n");
}

TEST(FormatModel, writes_flow_collections_of_several_lines_as_blocks) {
  EXPECT_EQ(formatted("slo: {availability: 99%,   # most\n  p99: 300ms,\n  operations: {a.get: {p50: 5ms,p99: 6ms}} } # end\ntopology: monolith\n"),
            "slo:  # most\n  availability: 99%\n  p99: 300ms\n  operations: {a.get: {p50: 5ms, p99: 6ms}}  # end\n\ntopology: monolith\n");
}

TEST(FormatModel, keeps_block_scalars_and_paragraphs) {
  EXPECT_EQ(formatted("summary: |\n     one # no comment\n       two\n\n     three\nrequirements:\n    R1: first\n      second\n\n      third\n    "
                      "R2: >-\n      folded\n      text\n"),
            "summary: |\n  one # no comment\n    two\n\n  three\n\nrequirements:\n  R1: first second\n\n    third\n  R2: >-\n    folded\n    text\n");
}

TEST(FormatModel, keeps_quotes_because_they_mean_something_but_prefers_single_ones) {
  EXPECT_EQ(formatted("\"system\": \"a\"\nsummary: \"it's\"\nimport: ['b.yaml', \"c.yaml\"]\n"),
            "system: 'a'\nsummary: \"it's\"\nimport: ['b.yaml', 'c.yaml']\n");
}

TEST(FormatModel, separates_no_entry_because_the_one_before_holds_a_line_end_in_quotes) {
  EXPECT_EQ(formatted("system: 'x\n\n  y'\n#\nsummary: z\n"), "system: \"x\\ny\"\n#\nsummary: z\n");
}

TEST(FormatModel, writes_lists_below_their_key) {
  EXPECT_EQ(formatted("commands:\n  a:\n    steps:\n    - lock: x   # why\n      as:   y\n\n    -   require: z\n    - - deep\n      - list\n"),
            "commands:\n  a:\n    steps:\n      - lock: x  # why\n        as: y\n\n      - require: z\n      - - deep\n        - list\n");
}

TEST(FormatModel, refuses_what_is_no_readable_model) {
  for (const char* text : {"", "a: [", "- a\n", "a: &x 1\n", "a: 1\na: 2\n", "a: {b: decimal(12,2)}\n", "a: 1\n---\nb: 2\n"}) {
    const auto out = format_model(text);
    ASSERT_FALSE(out.has_value()) << text;
    EXPECT_EQ(out.error().code, "format-refused");
  }
}

}  // namespace
}  // namespace kingpost::model
