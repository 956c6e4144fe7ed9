#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "kingpost/model/grammar.hpp"
#include "kingpost/model/model.hpp"
#include "kingpost/model/validate_words.hpp"

namespace kingpost::model {
namespace {

/// A text inside a cell of a Markdown table.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out;
}

bool has_section(const Rule& rule) { return !rule.keys.empty(); }

class ReferencePrinter {
 public:
  std::string print() {
    out_ =
        "# Keywords of the model language\n\n"
        "Printed from the grammar that `kingpost check` and the JSON Schema use.\n";
    collect(model_rule());
    for (const Rule* rule : rules_) print_rule(*rule);
    print_words("Types", "The first word of a field.", type_words());
    print_words("Relations", "The first word of a member of `has`.", relation_words());
    print_words("Modifiers of relations", "What may follow it.", relation_modifiers());
    print_values();
    return std::move(out_);
  }

 private:
  void collect(const Rule& rule) {
    auto& seen = has_section(rule) ? rules_ : others_;
    if (std::find(seen.begin(), seen.end(), &rule) != seen.end()) return;
    seen.push_back(&rule);
    for (const KeyRule& key : rule.keys) collect(*key.value);
    for (const Rule* part : rule.parts) collect(*part);
  }

  static std::string title(const Rule& rule) {
    std::string name(rule.name);
    std::replace(name.begin(), name.end(), '_', ' ');
    return name;
  }

  static std::string link(const Rule& rule) {
    std::string anchor(rule.name);
    std::replace(anchor.begin(), anchor.end(), '_', '-');
    return fmt::format("[{}](#{})", title(rule), anchor);
  }

  static std::string value_of(const Rule& rule) {
    switch (rule.form) {
      case Form::kObject:
        return link(rule);
      case Form::kVariant:
      case Form::kChoice: {
        std::string out;
        for (const Rule* part : rule.parts) out += fmt::format("{}{}", out.empty() ? "" : ", or ", value_of(*part));
        return out;
      }
      case Form::kNamed:
        return fmt::format("named: {}", value_of(*rule.parts[0]));
      case Form::kList:
        return fmt::format("list of {}", value_of(*rule.parts[0]));
      case Form::kEnum: {
        std::string out;
        for (const std::string& word : split_words(rule.pattern)) out += fmt::format("{}`{}`", out.empty() ? "" : ", ", word);
        return out;
      }
      case Form::kField:
        return "[one line](#field-long)";
      default:
        return title(rule);
    }
  }

  void print_rule(const Rule& rule) {
    const bool field = rule.keys.data() == field_keys().data();
    fmt::format_to(std::back_inserter(out_), "\n## {}\n\n{}\n\n", title(rule), rule.doc);
    out_ += field ? "| Key | In one line | Value | Meaning |\n|---|---|---|---|\n" : "| Key | Value | Meaning |\n|---|---|---|\n";
    for (const KeyRule& key : rule.keys) {
      const std::string one_line = key.min_args < 0 ? "" : key.max_args == 0 ? fmt::format("`{}`", key.key) : fmt::format("`{}(…)`", key.key);
      fmt::format_to(std::back_inserter(out_), "| `{}`{} | {}{} | {} |\n", key.key, key.need == Need::kRequired ? " (required)" : "",
                     field ? one_line + " | " : std::string(), cell(value_of(*key.value)), cell(key.doc));
    }
  }

  void print_words(std::string_view heading, std::string_view doc, std::span<const WordRule> words) {
    fmt::format_to(std::back_inserter(out_), "\n## {}\n\n{}\n\n| Word | Meaning |\n|---|---|\n", heading, doc);
    for (const WordRule& word : words) fmt::format_to(std::back_inserter(out_), "| `{}` | {} |\n", word.name, cell(word.doc));
  }

  void print_values() {
    out_ += "\n## Values\n\n| Value | Meaning | Pattern |\n|---|---|---|\n";
    for (const Rule* rule : others_) {
      const bool pattern = rule->form == Form::kPattern;
      if (!pattern && rule->form != Form::kText && rule->form != Form::kExpression && rule->form != Form::kBool) continue;
      fmt::format_to(std::back_inserter(out_), "| {} | {} | {} |\n", title(*rule), cell(rule->doc),
                     pattern ? fmt::format("`{}`", cell(rule->pattern)) : std::string());
    }
  }

  std::vector<const Rule*> rules_;
  std::vector<const Rule*> others_;
  std::string out_;
};

}  // namespace

std::string print_keyword_reference() { return ReferencePrinter().print(); }

}  // namespace kingpost::model
