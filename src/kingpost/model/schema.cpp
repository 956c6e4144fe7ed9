#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "kingpost/base/text.hpp"
#include "kingpost/model/grammar.hpp"
#include "kingpost/model/model.hpp"
#include "kingpost/model/validate_words.hpp"

namespace kingpost::model {
namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

/// Whether a number, read as text, fits a pattern: an editor sees `10` as a number where the model reads a text.
bool fits(std::string_view number, std::string_view pattern) {
  return re2::RE2::FullMatch(re2::StringPiece(number.data(), number.size()),
                             re2::RE2(re2::StringPiece(pattern.data(), pattern.size()), re2::RE2::Quiet));
}

/// Prints every rule once, as a definition that others refer to.
class SchemaPrinter {
 public:
  std::string print() {
    collect(model_rule());
    out_ =
        "{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n  \"title\": \"Kingpost model\",\n  \"$ref\": \"#/$defs/model\",\n  "
        "\"$defs\": {\n";
    for (std::size_t i = 0; i < rules_.size(); ++i) {
      print_rule(*rules_[i]);
      out_ += i + 1 < rules_.size() ? ",\n" : "\n";
    }
    out_ += "  }\n}\n";
    return std::move(out_);
  }

 private:
  void collect(const Rule& rule) {
    if (std::find(rules_.begin(), rules_.end(), &rule) != rules_.end()) return;
    rules_.push_back(&rule);
    for (const KeyRule& key : rule.keys) collect(*key.value);
    for (const Rule* part : rule.parts) collect(*part);
  }

  void line(std::string_view name, std::string_view json) { fmt::format_to(std::back_inserter(out_), ",\n      \"{}\": {}", name, json); }
  static std::string reference(const Rule& rule) { return fmt::format("{{\"$ref\": \"#/$defs/{}\"}}", rule.name); }
  static std::string whole(std::string_view pattern) { return quoted(fmt::format("^(?:{})$", pattern)); }

  void print_rule(const Rule& rule) {
    fmt::format_to(std::back_inserter(out_), "    \"{}\": {{\n      \"description\": {}", rule.name, quoted(rule.doc));
    switch (rule.form) {
      case Form::kObject:
        print_object(rule);
        break;
      case Form::kVariant:
      case Form::kChoice:
        print_parts(rule);
        break;
      case Form::kNamed:
        line("type", "\"object\"");
        line("propertyNames", fmt::format("{{\"pattern\": {}}}", whole(rule.pattern)));
        line("additionalProperties", reference(*rule.parts[0]));
        break;
      case Form::kList:
        line("type", "\"array\"");
        line("items", reference(*rule.parts[0]));
        break;
      case Form::kBool:
        line("type", "\"boolean\"");
        break;
      case Form::kEnum:
        print_enum(rule);
        break;
      case Form::kPattern:
        print_pattern(rule);
        break;
      case Form::kText:
      case Form::kExpression:
        line("type", R"(["string", "number", "boolean"])");
        break;
      case Form::kField:
      case Form::kType:
        print_words(rule.form == Form::kField);
        break;
      case Form::kRelation:
        line("type", "\"string\"");
        line("pattern", quoted("^\\s*(?:many|one)\\("));
        break;
      case Form::kNothing:
        line("type", "\"null\"");
        break;
    }
    out_ += "\n    }";
  }

  void print_object(const Rule& rule) {
    line("type", "\"object\"");
    line("properties", "{\n");
    std::string required;
    for (std::size_t i = 0; i < rule.keys.size(); ++i) {
      const KeyRule& key = rule.keys[i];
      fmt::format_to(std::back_inserter(out_), "        {}: {{\"$ref\": \"#/$defs/{}\", \"description\": {}}}{}\n", quoted(key.key), key.value->name,
                     quoted(key.doc), i + 1 < rule.keys.size() ? "," : "");
      if (key.need == Need::kRequired) required += fmt::format("{}{}", required.empty() ? "" : ", ", quoted(key.key));
    }
    out_ += "      }";
    if (!required.empty()) line("required", fmt::format("[{}]", required));
    line("additionalProperties", "false");
  }

  void print_parts(const Rule& rule) {
    std::string parts;
    for (const Rule* part : rule.parts) parts += fmt::format("{}{}", parts.empty() ? "" : ", ", reference(*part));
    line("oneOf", fmt::format("[{}]", parts));
  }

  void print_enum(const Rule& rule) {
    std::string words;
    for (const std::string& word : split_words(rule.pattern)) {
      if (!words.empty()) words += ", ";
      if (word.find_first_not_of("0123456789") == std::string::npos) words += word + ", ";
      words += quoted(word);
    }
    line("enum", fmt::format("[{}]", words));
  }

  void print_pattern(const Rule& rule) {
    std::string types = "\"string\"";
    if (fits("1.5", rule.pattern)) {
      types = R"(["string", "number"])";
    } else if (fits("10", rule.pattern)) {
      types = R"(["string", "integer"])";
    }
    line("type", types);
    line("pattern", whole(rule.pattern));
  }

  /// The one-line form as far as a pattern can tell: a type, then modifiers whose arguments stand in parentheses.
  void print_words(bool with_modifiers) {
    std::string modifiers;
    for (const KeyRule& key : field_keys()) {
      if (key.min_args < 0) continue;
      modifiers += fmt::format("{}{}{}", modifiers.empty() ? "" : "|", key.key, key.max_args == 0 ? "" : "\\(.+\\)");
    }
    print_type_examples();
    const std::string tail = with_modifiers ? fmt::format("(?:\\s+(?:{}))*", modifiers) : std::string();
    line("pattern", quoted(fmt::format("^\\s*[a-z][a-z0-9_]*(?:\\(.+\\))?{}\\s*$", tail)));
  }

  void print_type_examples() {
    std::string examples;
    for (const WordRule& type : type_words()) {
      static constexpr std::string_view kArguments[] = {"", "(80)", "(12,2)"};
      std::string text = fmt::format("{}{}", type.name, type.min_args < 3 ? kArguments[static_cast<std::size_t>(type.min_args)] : "");
      if (type.name == "enum") text = "enum(a, b)";
      if (type.name == "list") text = "list(string(80))";
      if (type.name == "ref") text = "ref(user)";
      examples += fmt::format("{}{}", examples.empty() ? "" : ", ", quoted(text));
    }
    line("type", "\"string\"");
    line("examples", fmt::format("[{}]", examples));
  }

  std::vector<const Rule*> rules_;
  std::string out_;
};

}  // namespace

std::string print_model_schema() { return SchemaPrinter().print(); }

}  // namespace kingpost::model
