#include "kingpost/model/edit.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace kingpost::model {
namespace {

using Kind = ModelEdit::Kind;

/// `text` after the edit whose anchor is the first place where `at` stands; an empty `at` is the root.
std::string edited(std::string_view text, std::string_view at, ModelEdit edit) {
  SourceMap sources;
  const auto file = sources.add("model.yaml", std::string(text));
  if (!at.empty()) {
    const auto found = text.find(at);
    EXPECT_NE(found, std::string_view::npos);
    const auto line = static_cast<std::uint32_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(found), '\n')) + 1;
    const auto begin = text.rfind('\n', found) == std::string_view::npos ? 0 : text.rfind('\n', found) + 1;
    edit.anchor = {file, line, static_cast<std::uint32_t>(found - begin) + 1, line, static_cast<std::uint32_t>(found - begin) + 2};
  }
  const auto change = edit_model(edit, sources);
  if (!change) return "refused: " + change.error().message;
  const auto out = apply_edits(text, file, {*change});
  return out ? *out : out.error().message;
}

struct Case {
  const char* name;
  const char* text;
  const char* at;
  ModelEdit edit;
  const char* wanted;
};

ModelEdit set(std::vector<std::string> path, std::string key, std::string text) {
  return {Kind::kSet, {}, std::move(path), std::move(key), std::move(text)};
}
ModelEdit item(std::string key, std::string text) { return {Kind::kItem, {}, {}, std::move(key), std::move(text)}; }
ModelEdit word(std::string text) { return {Kind::kWord, {}, {}, {}, std::move(text)}; }
ModelEdit type(std::string text) { return {Kind::kType, {}, {}, {}, std::move(text)}; }
ModelEdit gone() { return {Kind::kRemove, {}, {}, {}, {}}; }

TEST(EditModel, ChangesTheMemberAndNothingElse) {
  const Case kCases[] = {
      {"a new member comes last, behind the comment of the last one", "a:\n  b: 1  # why\n  # end\nc: 2\n", "a:", set({}, "d", "x"),
       "a:\n  b: 1  # why\n  d: x\n  # end\nc: 2\n"},
      {"a known member gets the value and keeps its comment", "a:\n  b: 1  # why\n", "a:", set({}, "b", "2"), "a:\n  b: 2  # why\n"},
      {"missing maps are made", "a:\n  b: 1\n", "a:", set({"c", "d"}, "e", "[x]"), "a:\n  b: 1\n  c:\n    d:\n      e: [x]\n"},
      {"a flow map stays one", "a: {b: 1}  # c\n", "a:", set({}, "d", "x, y"), "a: {b: 1, d: 'x, y'}  # c\n"},
      {"a flow map is made inside one", "a: {b: 1}\n", "a:", set({"c"}, "d", "x"), "a: {b: 1, c: {d: x}}\n"},
      {"an empty flow map is filled", "a: {}\n", "a:", set({}, "d", "x"), "a: {d: x}\n"},
      {"a block scalar at the end is passed over", "a:\n  b: |\n    one\n\n    two\n\nc: 1\n", "a:", set({}, "d", "x"),
       "a:\n  b: |\n    one\n\n    two\n  d: x\n\nc: 1\n"},
      {"a section stands apart", "a:\n  b: 1\n", "", set({}, "c", "{v1: {current: true}}"), "a:\n  b: 1\n\nc: {v1: {current: true}}\n"},
      {"a text without a line end at its end", "a:\n  b: 1", "a:", set({}, "c", "2"), "a:\n  b: 1\n  c: 2"},
      {"line ends of another system stay", "a:\r\n  b: 1\r\nc: 2\r\n", "a:", set({}, "d", "x"), "a:\r\n  b: 1\r\n  d: x\r\nc: 2\r\n"},
      {"a step is the map that begins there", "s:\n  - require: x > 0\n  - emit: y\n", "require:", set({}, "else", "{code: c, message: M.}"),
       "s:\n  - require: x > 0\n    else: {code: c, message: M.}\n  - emit: y\n"},
      {"a step in one line", "s:\n  - {require: x}\n", "{require", set({}, "else", "{code: c}"), "s:\n  - {require: x, else: {code: c}}\n"},
      {"a text with a quote is quoted", "a:\n  b: 1\n", "a:", set({}, "c", "row.u.startsWith(\"https://\")"),
       "a:\n  b: 1\n  c: row.u.startsWith(\"https://\")\n"},
      {"a word is added", "f:\n  a: ref(b)  # c\n", "a:", word("on_delete(restrict)"), "f:\n  a: ref(b) on_delete(restrict)  # c\n"},
      {"a word of that name is replaced", "f:\n  a: ref(b) on_delete(cascade) unique\n", "a:", word("on_delete(restrict)"),
       "f:\n  a: ref(b) on_delete(restrict) unique\n"},
      {"the long form gets a key", "f:\n  a:\n    type: ref(b)\n", "a:", word("on_delete(restrict)"),
       "f:\n  a:\n    type: ref(b)\n    on_delete: restrict\n"},
      {"the long form gets a switch", "f:\n  a:\n    type: text\n", "a:", word("optional"), "f:\n  a:\n    type: text\n    optional: true\n"},
      {"the type is the first word", "f:\n  a: float default(0)\n", "a:", type("decimal(12,2)"), "f:\n  a: decimal(12,2) default(0)\n"},
      {"a type with a comma is quoted in a flow map", "f: {a: float, b: int}\n", "a:", type("decimal(12,2)"), "f: {a: 'decimal(12,2)', b: int}\n"},
      {"the long form's type", "f:\n  a:\n    type: float\n", "a:", type("int"), "f:\n  a:\n    type: int\n"},
      {"a member goes with its line", "i:\n  a: [x]  # c\n  b: [y]\n", "a:", gone(), "i:\n  b: [y]\n"},
      {"the last member takes its map along", "e:\n  x: 1\n  i:\n    a: [x]\nz: 1\n", "a:", gone(), "e:\n  x: 1\nz: 1\n"},
      {"a member goes from a flow map", "i: {a: [x], b: [y]}\n", "a:", gone(), "i: {b: [y]}\n"},
      {"the last member goes from a flow map", "i: {a: [x], b: [y]}\n", "b:", gone(), "i: {a: [x]}\n"},
      {"a list is made", "e:\n  x: 1\n", "e:", item("unique", "[a, b]"), "e:\n  x: 1\n  unique:\n    - [a, b]\n"},
      {"a list gets an item", "e:\n  unique:\n    - [c]  # why\n  x: 1\n", "e:", item("unique", "[a, b]"),
       "e:\n  unique:\n    - [c]  # why\n    - [a, b]\n  x: 1\n"},
      {"a flow list gets an item", "e: {unique: [[c]]}\n", "e:", item("unique", "[a, b]"), "e: {unique: [[c], [a, b]]}\n"},
  };
  for (const Case& each : kCases) EXPECT_EQ(edited(each.text, each.at, each.edit), each.wanted) << each.name;
}

TEST(EditModel, RefusesWhatHasAnotherShape) {
  EXPECT_TRUE(edited("a: 1\n", "a:", set({}, "b", "1")).starts_with("refused"));
  EXPECT_TRUE(edited("a:\n  b: |\n    x\n", "a:", set({}, "b", "1")).starts_with("refused"));
  EXPECT_TRUE(edited("a:\n  b:\n    - 1\n", "b:", word("optional")).starts_with("refused"));
  SourceMap sources;
  const auto file = sources.add("m", "a: {b: 1}\n");
  EXPECT_FALSE(edit_model({Kind::kSet, {file, 9, 9, 9, 9}, {}, "x", "y"}, sources).has_value());
  EXPECT_FALSE(edit_model({Kind::kSet, {7, 1, 1, 1, 1}, {}, "x", "y"}, sources).has_value());
}

TEST(EditModel, LooksForASectionInEveryFile) {
  SourceMap sources;
  sources.add("main.yaml", "kingpost: 1\n");
  const auto second = sources.add("part.yaml", "slo:\n  errors: 1%\n");
  const auto change = edit_model({Kind::kSet, {}, {"slo"}, "errors", "0.1%"}, sources);
  ASSERT_TRUE(change.has_value());
  EXPECT_EQ(change->span.file, second);
}

TEST(ApplyEdits, RefusesThoseThatOverlap) {
  const TextEdit one{{0, 1, 1, 1, 4}, "x"};
  const TextEdit two{{0, 1, 3, 1, 5}, "y"};
  EXPECT_FALSE(apply_edits("abcdef\n", 0, {one, two}).has_value());
  const TextEdit apart{{0, 1, 5, 1, 6}, "y"};
  EXPECT_EQ(apply_edits("abcdef\n", 0, {apart, one}).value(), "xdyf\n");
}

}  // namespace
}  // namespace kingpost::model
