#include "kingpost/model/validate_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>

#include "kingpost/model/grammar.hpp"
#include "kingpost/model/model.hpp"

namespace kingpost::model {
namespace {

struct ArgumentBounds {
  int min;
  int max;
};

void check_argument_count(const Word& word, ArgumentBounds bounds, std::string_view doc, Diagnostics& diagnostics) {
  const int count = static_cast<int>(word.args.size());
  const bool parentheses_fit = bounds.max > 0 || !word.call;
  if (count >= bounds.min && count <= bounds.max && parentheses_fit) return;
  std::string expected = fmt::format("takes {} to {} arguments", bounds.min, bounds.max);
  if (bounds.min == bounds.max)
    expected = bounds.max == 0 ? "takes no arguments" : fmt::format("takes {} argument{}", bounds.max, bounds.max == 1 ? "" : "s");
  diagnostics.error("wrong-arguments", word.span, fmt::format("`{}` {}, found {}.", word.name, expected, count), std::string(doc));
}

const WordRule* find_word(std::span<const WordRule> rules, const Word& word) {
  for (const WordRule& rule : rules) {
    if (rule.name == word.name && !word.quoted) return &rule;
  }
  return nullptr;
}

bool is_size(const Word& word) {
  return !word.call && !word.quoted && !word.name.empty() && word.name.size() <= 9 &&
         std::all_of(word.name.begin(), word.name.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void check_type(const Word& word, Diagnostics& diagnostics) {
  const WordRule* known = find_word(type_words(), word);
  if (word.quoted) {
    diagnostics.error("field-syntax", word.span, "A type is a word, not a quoted text.");
    return;
  }
  if (known == nullptr) {
    if (!word.call) return;  // the name of a type of the section `types`: the compiler knows them
    std::vector<std::string> names;
    for (const WordRule& each : type_words()) names.emplace_back(each.name);
    const auto nearest = nearest_name(word.name, names);
    diagnostics.error("unknown-type", word.span, fmt::format("There is no type `{}` with arguments.", word.name),
                      nearest ? fmt::format("Did you mean `{}`?", *nearest) : std::string());
    return;
  }
  check_argument_count(word, {known->min_args, known->max_args}, known->doc, diagnostics);
  if (word.name == "list" && word.args.size() == 1) check_type(word.args[0], diagnostics);
  if (word.name != "decimal" && word.name != "string") return;
  for (const Word& size : word.args) {
    if (!is_size(size)) diagnostics.error("wrong-arguments", size.span, fmt::format("`{}` is not a size.", size.text), std::string(known->doc));
  }
}

void check_modifier_value(const Word& word, const KeyRule& rule, Diagnostics& diagnostics) {
  if (rule.value->form != Form::kEnum || word.args.size() != 1) return;
  const std::vector<std::string> allowed = split_words(rule.value->pattern);
  const Word& value = word.args[0];
  if (!value.call && std::find(allowed.begin(), allowed.end(), value.name) != allowed.end()) return;
  const auto nearest = nearest_name(value.name, allowed);
  diagnostics.error("bad-value", value.span, fmt::format("`{}` is not a value of `{}`.", value.text, word.name),
                    nearest ? fmt::format("Did you mean `{}`?", *nearest) : fmt::format("Write {}.", fmt::join(allowed, ", ")));
}

void check_modifier(const Word& word, Diagnostics& diagnostics) {
  std::vector<std::string> names;
  for (const KeyRule& rule : field_keys()) {
    if (rule.min_args < 0) continue;
    if (rule.key == word.name && !word.quoted) {
      check_argument_count(word, {rule.min_args, rule.max_args}, rule.doc, diagnostics);
      check_modifier_value(word, rule, diagnostics);
      return;
    }
    names.emplace_back(rule.key);
  }
  Diagnostic diagnostic{Severity::kError, "unknown-modifier", fmt::format("`{}` is not a modifier of a field.", word.name), word.span, {}, {}};
  if (const auto nearest = nearest_name(word.name, names)) {
    diagnostic.suggestion = fmt::format("Did you mean `{}`?", *nearest);
  } else {
    diagnostic.suggestion = fmt::format("The modifiers are {}.", fmt::join(names, ", "));
  }
  diagnostics.add(std::move(diagnostic));
}

void check_repeats(const std::vector<Word>& words, Diagnostics& diagnostics) {
  std::set<std::string_view> seen;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (!seen.insert(words[i].name).second)
      diagnostics.error("repeated-modifier", words[i].span, fmt::format("`{}` is written twice.", words[i].name));
  }
}

}  // namespace

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.size(), text.find(' ', at));
    if (end > at) words.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

void check_field_words(const Node& node, Diagnostics& diagnostics) {
  const std::vector<Word> words = parse_words(node.text, node.span, diagnostics);
  if (words.empty()) return;
  check_type(words[0], diagnostics);
  for (std::size_t i = 1; i < words.size(); ++i) check_modifier(words[i], diagnostics);
  check_repeats(words, diagnostics);
}

void check_type_words(const Node& node, Diagnostics& diagnostics) {
  const std::vector<Word> words = parse_words(node.text, node.span, diagnostics);
  if (words.empty()) return;
  check_type(words[0], diagnostics);
  for (std::size_t i = 1; i < words.size(); ++i) {
    diagnostics.error("field-syntax", words[i].span, fmt::format("`{}` does not belong to the type.", words[i].text),
                      "In the long form every modifier is a key of its own.");
  }
}

void check_relation_words(const Node& node, Diagnostics& diagnostics) {
  const std::vector<Word> words = parse_words(node.text, node.span, diagnostics);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto rules = i == 0 ? relation_words() : relation_modifiers();
    const WordRule* rule = find_word(rules, words[i]);
    if (rule != nullptr) {
      check_argument_count(words[i], {rule->min_args, rule->max_args}, rule->doc, diagnostics);
      continue;
    }
    diagnostics.error(i == 0 ? "wrong-relation" : "unknown-modifier", words[i].span,
                      i == 0 ? fmt::format("A relation starts with many(…) or one(…), not `{}`.", words[i].text)
                             : fmt::format("`{}` is not a modifier of a relation.", words[i].text),
                      i == 0 ? "For example many(order_item.order)." : "The modifier is through(entity).");
  }
  check_repeats(words, diagnostics);
}

}  // namespace kingpost::model
