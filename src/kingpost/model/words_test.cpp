#include <gtest/gtest.h>

#include <string>

#include "kingpost/model/model.hpp"

namespace kingpost::model {
namespace {

std::string shown(const Word& word) {
  std::string out = word.quoted ? "'" + word.name + "'" : word.name;
  if (!word.call) return out;
  out += '(';
  for (std::size_t i = 0; i < word.args.size(); ++i) out += (i == 0 ? "" : "|") + shown(word.args[i]);
  return out + ')';
}

std::string read(const std::string& text) {
  Diagnostics diagnostics;
  std::string out;
  for (const Word& word : parse_words(text, {}, diagnostics)) out += (out.empty() ? "" : " ") + shown(word);
  for (const Diagnostic& diagnostic : diagnostics.all()) out += " ! " + diagnostic.code;
  return out;
}

TEST(ParseWords, splits_a_type_and_its_modifiers) {
  EXPECT_EQ(read("enum(free, team) default(free)"), "enum(free|team) default(free)");
  EXPECT_EQ(read("list(string(200)) optional"), "list(string(200)) optional");
  EXPECT_EQ(read("ref(user) optional on_delete(set_null)"), "ref(user) optional on_delete(set_null)");
  EXPECT_EQ(read("  int   min( -1 )  max(1.5)  "), "int min(-1) max(1.5)");
}

TEST(ParseWords, reads_quoted_literals) {
  EXPECT_EQ(read("string(9) default('it''s (ok), yes')"), "string(9) default('it's (ok), yes')");
  EXPECT_EQ(read(R"(text default("a\"b"))"), "text default('a\"b')");
}

TEST(ParseWords, takes_an_argument_with_blanks_or_operators_as_an_expression) {
  EXPECT_EQ(read(R"(int read(has_role("a") || row.b == auth.uid))"), R"(int read(has_role("a") || row.b == auth.uid))");
  EXPECT_EQ(read("timestamp default(now + duration('1h'))"), "timestamp default(now + duration('1h'))");
  EXPECT_EQ(read("int default((1 + 2) * f(3, 4))"), "int default((1 + 2) * f(3, 4))");
  EXPECT_EQ(read("list(int) default([1, 2])"), "list(int) default([1, 2])");
}

TEST(ParseWords, knows_the_place_of_each_word) {
  Diagnostics diagnostics;
  const auto words = parse_words("string(80) unique", {0, 3, 10, 3, 27}, diagnostics);
  ASSERT_EQ(words.size(), 2U);
  EXPECT_EQ(words[0].span, (Span{0, 3, 10, 3, 20}));
  EXPECT_EQ(words[0].args.at(0).span, (Span{0, 3, 17, 3, 19}));
  EXPECT_EQ(words[1].span, (Span{0, 3, 21, 3, 27}));
  EXPECT_EQ(words[0].text, "string(80)");
  const auto quoted = parse_words("int unique", {0, 3, 10, 3, 22}, diagnostics);
  EXPECT_EQ(quoted.at(1).span, (Span{0, 3, 15, 3, 21}));
}

TEST(ParseWords, reports_what_it_cannot_read) {
  for (const char* text : {"", "int min(", "int min(1", "int )", "int min(1))", "string('a", "enum(a,,b)", "int, optional", "enum(,)", "(a)"}) {
    const std::string out = read(text);
    EXPECT_NE(out.find("! field-syntax"), std::string::npos) << text << " gave " << out;
  }
}

TEST(ParseWords, bounds_the_depth_of_parentheses) {
  EXPECT_NE(read("a" + std::string(100'000, '(')).find("field-syntax"), std::string::npos);
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "a(";
  EXPECT_NE(read(deep).find("field-syntax"), std::string::npos);
}

}  // namespace
}  // namespace kingpost::model
