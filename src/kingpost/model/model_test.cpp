#include "kingpost/model/model.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

namespace kingpost::model {
namespace {

using Files = std::map<std::string, std::string>;

struct Parsed {
  Document document;
  SourceMap sources;
  Diagnostics diagnostics;
  [[nodiscard]] std::string text() const { return print_diagnostics(diagnostics, sources, DiagnosticFormat::kText, false); }
};

Parsed parse(const Files& files, const std::string& root = "model.yaml", const Limits& limits = {}) {
  Parsed parsed;
  const FileReader read = [&files](const std::string& path) -> Result<std::string> {
    const auto found = files.find(path);
    if (found == files.end()) return fail(ErrorKind::kNotFound, "not-found", "no such file");
    return found->second;
  };
  parsed.document = parse_model(root, read, limits, parsed.sources, parsed.diagnostics);
  return parsed;
}

std::string slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::string example(const std::string& name) { return slurp(std::string(KINGPOST_SOURCE_DIR) + "/examples/" + name); }

TEST(ParseModel, reads_the_shop_without_a_complaint) {
  const Parsed parsed = parse({{"model.yaml", example("shop/shop.yaml")}});
  EXPECT_EQ(parsed.text(), "");
  const Node* entities = parsed.document.root.find("entities");
  ASSERT_NE(entities, nullptr);
  const Node* price = entities->find("product")->find("fields")->find("price");
  ASSERT_NE(price, nullptr);
  EXPECT_EQ(price->text, "decimal(12,2) min(0)");
  EXPECT_EQ(parsed.sources.line(0, price->span.line).substr(price->span.column - 1, price->text.size()), price->text);
}

TEST(ParseModel, reads_the_saas_without_a_complaint) {
  const Parsed parsed = parse({{"model.yaml", example("saas/saas.yaml")}});
  EXPECT_EQ(parsed.text(), "");
}

TEST(ParseModel, knows_quoted_scalars_and_their_places) {
  const Parsed parsed =
      parse({{"model.yaml", "kingpost: 1\nsystem: a\nrequirements:\n  R1: 'it''s'\n  R2: \"a\\\"b\"\n  R3: ü x\n  R4: |\n    one\n    two\n"}});
  EXPECT_EQ(parsed.text(), "");
  const Node& requirements = *parsed.document.root.find("requirements");
  EXPECT_TRUE(requirements.find("R1")->quoted);
  EXPECT_EQ(requirements.find("R1")->text, "it's");
  EXPECT_EQ(requirements.find("R1")->span, (Span{0, 4, 7, 4, 14}));
  EXPECT_EQ(requirements.find("R2")->span, (Span{0, 5, 7, 5, 13}));
  EXPECT_FALSE(requirements.find("R3")->quoted);
  EXPECT_EQ(requirements.find("R3")->span, (Span{0, 6, 7, 6, 11}));
  EXPECT_EQ(requirements.find("R4")->text, "one\ntwo\n");
  EXPECT_TRUE(requirements.find("R4")->quoted);
}

TEST(ParseModel, reads_windows_line_ends_and_a_byte_order_mark) {
  const Parsed parsed = parse({{"model.yaml", "\xEF\xBB\xBFkingpost: 1\r\nsystem: a\r\nsummary: b\r\n"}});
  EXPECT_EQ(parsed.text(), "");
  EXPECT_EQ(parsed.document.root.find("summary")->text, "b");
  EXPECT_EQ(parsed.document.root.find("summary")->span, (Span{0, 3, 10, 3, 11}));
}

TEST(ParseModel, merges_imported_sections_after_its_own) {
  const Parsed parsed = parse({{"m/model.yaml", "kingpost: 1\nsystem: a\nimport: [parts/b.yaml]\npolicies:\n  one: 'true'\n"},
                               {"m/parts/b.yaml", "kingpost: 1\nimport: [c.yaml]\npolicies:\n  two: 'true'\n"},
                               {"m/parts/c.yaml", "roles:\n  admin:\n"}},
                              "m/model.yaml");
  EXPECT_EQ(parsed.text(), "");
  ASSERT_EQ(parsed.document.files, (std::vector<std::string>{"m/model.yaml", "m/parts/b.yaml", "m/parts/c.yaml"}));
  ASSERT_NE(parsed.document.root.find("policies"), nullptr);
  EXPECT_EQ(parsed.document.root.find("policies")->members.at(1).key, "two");
  EXPECT_EQ(parsed.document.root.find("policies")->members.at(1).value.span.file, 1U);
  EXPECT_NE(parsed.document.root.find("roles"), nullptr);
}

TEST(ParseModel, refuses_a_model_that_is_too_large_before_reading_it) {
  const Parsed parsed = parse({{"model.yaml", "kingpost: 1\nsystem: a\n#" + std::string(10U << 20U, 'x') + "\n"}});
  ASSERT_EQ(parsed.diagnostics.all().size(), 1U);
  EXPECT_EQ(parsed.diagnostics.all()[0].code, "model-too-large");
}

TEST(ParseModel, counts_imported_files_into_the_size_of_the_model) {
  Limits limits;
  limits.model_bytes = 100;
  const Parsed parsed = parse({{"model.yaml", "kingpost: 1\nsystem: a\nimport: [b.yaml, c.yaml]\n"},
                               {"b.yaml", "#" + std::string(40, 'x')},
                               {"c.yaml", "#" + std::string(40, 'x')}},
                              "model.yaml", limits);
  EXPECT_NE(parsed.text().find("c.yaml:1:1: error[model-too-large]"), std::string::npos) << parsed.text();
}

TEST(ParseModel, survives_a_million_brackets) {
  for (const char* opening : {"[", "{", "- ", "? "}) {
    std::string text = "kingpost: 1\nsystem: a\nsummary:\n  ";
    for (int i = 0; i < 200'000; ++i) text += opening;
    const Parsed parsed = parse({{"model.yaml", text}});
    EXPECT_NE(parsed.text().find("model-too-deep"), std::string::npos) << opening;
  }
}

TEST(ParseModel, says_that_the_root_cannot_be_read) {
  const Parsed parsed = parse({});
  EXPECT_EQ(parsed.text(), "error[model-not-found]: The model model.yaml cannot be read: no such file\n");
  EXPECT_TRUE(parsed.document.root.members.empty());
}

TEST(ParseModel, offers_fixes_that_mend) {
  std::string text =
      "kingpost: 1\nsystem: My-Shop\ntopolgy: monolith\ntypes:\n  t: {amount: decimal(12,2), state: enum(a, b)}\nflags:\n  f: {default: yes}\n";
  const Parsed broken = parse({{"model.yaml", text}});
  const auto& all = broken.diagnostics.all();
  ASSERT_EQ(all.size(), 5U);
  for (auto diagnostic = all.rbegin(); diagnostic != all.rend(); ++diagnostic) {
    ASSERT_TRUE(diagnostic->fix.has_value()) << diagnostic->code;
    const Span& span = diagnostic->fix->span;
    ASSERT_EQ(span.line, span.end_line);
    std::size_t at = 0;
    for (std::uint32_t line = 1; line < span.line; ++line) at = text.find('\n', at) + 1;
    text.replace(at + span.column - 1, span.end_column - span.column, diagnostic->fix->replacement);
  }
  EXPECT_EQ(parse({{"model.yaml", text}}).text(), "") << text;
}

}  // namespace
}  // namespace kingpost::model
