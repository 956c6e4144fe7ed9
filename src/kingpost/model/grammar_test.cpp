#include "kingpost/model/grammar.hpp"

#include <gtest/gtest.h>
#include <re2/re2.h>
#include <simdjson.h>

#include <functional>
#include <map>
#include <set>
#include <string>

#include "kingpost/model/model.hpp"

namespace kingpost::model {
namespace {

void visit(const Rule& rule, std::set<const Rule*>& seen, const std::function<void(const Rule&)>& act) {
  if (!seen.insert(&rule).second) return;
  act(rule);
  for (const KeyRule& key : rule.keys) visit(*key.value, seen, act);
  for (const Rule* part : rule.parts) visit(*part, seen, act);
}

void each_rule(const std::function<void(const Rule&)>& act) {
  std::set<const Rule*> seen;
  visit(model_rule(), seen, act);
}

TEST(Grammar, names_every_rule_once_and_documents_it) {
  std::map<std::string_view, const Rule*> names;
  each_rule([&names](const Rule& rule) {
    EXPECT_TRUE(names.emplace(rule.name, &rule).second) << rule.name;
    EXPECT_FALSE(rule.doc.empty()) << rule.name;
    std::set<std::string_view> keys;
    for (const KeyRule& key : rule.keys) {
      EXPECT_TRUE(keys.insert(key.key).second) << rule.name << "." << key.key;
      EXPECT_FALSE(key.doc.empty()) << rule.name << "." << key.key;
    }
  });
  EXPECT_GT(names.size(), 80U);
}

TEST(Grammar, tells_the_alternatives_of_a_choice_apart_by_shape) {
  const auto shape = [](const Rule& rule) {
    switch (rule.form) {
      case Form::kObject:
      case Form::kVariant:
      case Form::kNamed:
        return 1;
      case Form::kList:
        return 2;
      case Form::kNothing:
        return 3;
      default:
        return 4;
    }
  };
  each_rule([&shape](const Rule& rule) {
    std::set<int> shapes;
    if (rule.form != Form::kChoice) return;
    for (const Rule* part : rule.parts) EXPECT_TRUE(shapes.insert(shape(*part)).second) << rule.name;
  });
}

TEST(Grammar, has_patterns_that_compile) {
  each_rule([](const Rule& rule) {
    if (rule.form != Form::kPattern && rule.form != Form::kNamed) return;
    EXPECT_TRUE(re2::RE2(std::string(rule.pattern)).ok()) << rule.name;
  });
}

TEST(PrintModelSchema, defines_what_it_refers_to_and_closes_every_map) {
  simdjson::dom::parser parser;
  simdjson::dom::element schema;
  const std::string text = print_model_schema();
  ASSERT_EQ(parser.parse(text).get(schema), simdjson::SUCCESS);
  std::set<std::string> defined;
  for (const auto field : schema["$defs"].get_object()) {
    defined.emplace(field.key);
    simdjson::dom::element properties;
    if (field.value["properties"].get(properties) == simdjson::SUCCESS) {
      EXPECT_FALSE(field.value["additionalProperties"].get_bool().value()) << field.key;
    }
  }
  const std::string marker = "\"#/$defs/";
  std::size_t found = 0;
  for (std::size_t at = text.find(marker); at != std::string::npos; at = text.find(marker, at + 1)) {
    const std::size_t begin = at + marker.size();
    EXPECT_EQ(defined.count(text.substr(begin, text.find('"', begin) - begin)), 1U);
    ++found;
  }
  EXPECT_GT(found, 200U);
}

TEST(PrintModelSchema, describes_every_rule_of_the_grammar) {
  const std::string text = print_model_schema();
  each_rule([&text](const Rule& rule) { EXPECT_NE(text.find("    \"" + std::string(rule.name) + "\": {\n"), std::string::npos) << rule.name; });
}

TEST(PrintKeywordReference, names_every_key) {
  const std::string text = print_keyword_reference();
  each_rule([&text](const Rule& rule) {
    for (const KeyRule& key : rule.keys) EXPECT_NE(text.find("| `" + std::string(key.key) + "`"), std::string::npos) << key.key;
  });
}

}  // namespace
}  // namespace kingpost::model
