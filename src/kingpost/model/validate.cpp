#include "kingpost/model/validate.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <memory>
#include <string>

#include "kingpost/model/grammar_parts.hpp"
#include "kingpost/model/validate_words.hpp"

namespace kingpost::model {
namespace {

constexpr std::size_t kMaxShownText = 60;

std::string shown(std::string_view text) {
  std::string out(text.substr(0, kMaxShownText));
  while (text.size() > kMaxShownText && !out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0U) == 0x80U) out.pop_back();
  std::replace(out.begin(), out.end(), '\n', ' ');
  return text.size() > kMaxShownText ? out + "…" : out;
}

std::string_view shape_of(const Node& node) {
  switch (node.kind) {
    case NodeKind::kNull:
      return "nothing";
    case NodeKind::kScalar:
      return "a single value";
    case NodeKind::kMap:
      return "a map";
    case NodeKind::kList:
      return "a list";
  }
  return "nothing";
}

NodeKind kind_of(Form form) {
  switch (form) {
    case Form::kObject:
    case Form::kVariant:
    case Form::kNamed:
      return NodeKind::kMap;
    case Form::kList:
      return NodeKind::kList;
    case Form::kNothing:
      return NodeKind::kNull;
    default:
      return NodeKind::kScalar;
  }
}

std::string_view shape_of(const Rule& rule) {
  Node node;
  node.kind = kind_of(rule.form);
  return shape_of(node);
}

bool is_yaml11_boolean(std::string_view text) {
  static constexpr std::string_view kWords[] = {"yes", "Yes", "YES", "no", "No", "NO", "on",   "On",   "ON",    "off",
                                                "Off", "OFF", "y",   "Y",  "n",  "N",  "True", "TRUE", "False", "FALSE"};
  return std::find(std::begin(kWords), std::end(kWords), text) != std::end(kWords);
}

bool means_true(std::string_view text) {
  return text.size() > 1 ? text[0] == 'y' || text[0] == 'Y' || text[0] == 't' || text[0] == 'T' || text[1] == 'n' || text[1] == 'N'
                         : text == "y" || text == "Y";
}

class Validator {
 public:
  Validator(TreeState state, Diagnostics& diagnostics) : complete_(state == TreeState::kComplete), diagnostics_(diagnostics) {}

  void check(const Node& node, const Rule& rule) {
    if (rule.form == Form::kChoice) return check_choice(node, rule);
    if (node.kind != kind_of(rule.form)) return wrong_shape(node, rule);
    switch (rule.form) {
      case Form::kObject:
        return check_object(node, rule);
      case Form::kVariant:
        return check_variant(node, rule);
      case Form::kNamed:
        return check_named(node, rule);
      case Form::kList:
        for (const Node& item : node.items) check(item, *rule.parts[0]);
        return;
      default:
        return check_scalar(node, rule);
    }
  }

 private:
  void wrong_shape(const Node& node, const Rule& rule) {
    const std::string_view found = shape_of(node);
    diagnostics_.error("wrong-shape", node.span, fmt::format("Expected {}, found {}.", shape_of(rule), found), fmt::format("{}", rule.doc));
  }

  void check_choice(const Node& node, const Rule& rule) {
    std::string expected;
    for (const Rule* part : rule.parts) {
      if (node.kind == kind_of(part->form)) return check(node, *part);
      expected += fmt::format("{}{}", expected.empty() ? "" : " or ", shape_of(*part));
    }
    diagnostics_.error("wrong-shape", node.span, fmt::format("Expected {}, found {}.", expected, shape_of(node)), fmt::format("{}", rule.doc));
  }

  void unknown_key(const Member& member, const Rule& rule, std::span<const KeyRule> keys) {
    std::vector<std::string> names;
    names.reserve(keys.size());
    for (const KeyRule& key : keys) names.emplace_back(key.key);
    Diagnostic diagnostic{
        Severity::kError, "unknown-key", fmt::format("`{}` is not a key of the {}.", shown(member.key), title(rule)), member.key_span, {}, {}};
    if (const auto nearest = nearest_name(member.key, names)) {
      diagnostic.suggestion = fmt::format("Did you mean `{}`?", *nearest);
      diagnostic.fix = TextEdit{member.key_span, *nearest};
    } else {
      diagnostic.suggestion = fmt::format("Its keys are {}.", fmt::join(names, ", "));
    }
    diagnostics_.add(std::move(diagnostic));
  }

  static std::string title(const Rule& rule) {
    std::string name(rule.name);
    std::replace(name.begin(), name.end(), '_', ' ');
    static constexpr std::string_view kSuffixes[] = {" map", " long"};
    for (const std::string_view suffix : kSuffixes) {
      if (name.size() > suffix.size() && name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0)
        name.resize(name.size() - suffix.size());
    }
    return name;
  }

  static std::string described(const Rule& rule) {
    const std::string name = title(rule);
    const bool vowel = std::string_view("aeiou").find(name[0]) != std::string_view::npos || name.rfind("http", 0) == 0;
    return fmt::format("{} {}", vowel ? "an" : "a", name);
  }

  void check_object(const Node& node, const Rule& rule) {
    for (const Member& member : node.members) {
      const KeyRule* key = find_key(rule, member.key);
      if (key == nullptr) {
        unknown_key(member, rule, rule.keys);
      } else {
        check(member.value, *key->value);
      }
    }
    for (const KeyRule& key : rule.keys) {
      if (!complete_) return;
      if (key.need != Need::kRequired || node.find(key.key) != nullptr) continue;
      diagnostics_.error("missing-key", start_of(node.span), fmt::format("The key `{}` is missing in the {}.", key.key, title(rule)),
                         fmt::format("{}", key.doc));
    }
  }

  static const KeyRule* find_key(const Rule& rule, std::string_view name) {
    for (const KeyRule& key : rule.keys) {
      if (key.key == name) return &key;
    }
    return nullptr;
  }

  static Span start_of(Span span) {
    span.end_line = span.line;
    span.end_column = span.column + 1;
    return span;
  }

  void check_variant(const Node& node, const Rule& rule) {
    std::vector<std::string> kinds;
    for (const Rule* part : rule.parts) {
      if (node.find(part->keys[0].key) != nullptr) return check_object(node, *part);
      kinds.emplace_back(part->keys[0].key);
    }
    for (const Member& member : node.members) {
      const auto nearest = nearest_name(member.key, kinds);
      if (!nearest) continue;
      diagnostics_.add({Severity::kError, "unknown-key", fmt::format("`{}` is not a kind of {}.", shown(member.key), title(rule)), member.key_span,
                        fmt::format("Did you mean `{}`?", *nearest), TextEdit{member.key_span, *nearest}});
      return;
    }
    if (!complete_ && node.members.empty()) return;
    diagnostics_.error("missing-key", start_of(node.span), fmt::format("The key that tells the kind of {} is missing.", title(rule)),
                       fmt::format("One of {}.", fmt::join(kinds, ", ")));
  }

  void check_named(const Node& node, const Rule& rule) {
    for (const Member& member : node.members) {
      if (!matches(member.key, rule.pattern)) bad_name(member.key, member.key_span, rule.pattern == kName.pattern);
      check(member.value, *rule.parts[0]);
    }
  }

  void bad_name(const std::string& name, const Span& span, bool plain) {
    if (!plain) {
      diagnostics_.error("bad-name", span, fmt::format("`{}` cannot be a name here.", shown(name)),
                         "Start with a letter and use letters, digits and underscores, at most 63.");
      return;
    }
    const std::string mended = snake_name(name);
    Diagnostic diagnostic{Severity::kError,
                          "bad-name",
                          fmt::format("`{}` cannot be a name.", shown(name)),
                          span,
                          "Use lower-case letters, digits and underscores, starting with a letter, at most 63.",
                          {}};
    if (!mended.empty() && matches(mended, kName.pattern)) {
      diagnostic.suggestion = fmt::format("Write `{}`: lower-case letters, digits and underscores.", mended);
      diagnostic.fix = TextEdit{span, mended};
    }
    diagnostics_.add(std::move(diagnostic));
  }

  /// `OrderItem` and `order-item` become `order_item`.
  static std::string snake_name(std::string_view name) {
    std::string out;
    for (const char c : name) {
      const auto byte = static_cast<unsigned char>(c);
      if (std::isupper(byte) != 0) {
        if (!out.empty() && out.back() != '_' && std::islower(static_cast<unsigned char>(out.back())) != 0) out += '_';
        out += static_cast<char>(std::tolower(byte));
      } else if (c == '-' || c == ' ') {
        out += '_';
      } else {
        out += c;
      }
    }
    return out;
  }

  void check_scalar(const Node& node, const Rule& rule) {
    switch (rule.form) {
      case Form::kBool:
        return check_bool(node);
      case Form::kEnum:
        return check_enum(node, rule);
      case Form::kPattern:
        if (matches(node.text, rule.pattern)) return;
        if (rule.pattern == kName.pattern) return bad_name(node.text, node.span, true);
        diagnostics_.error("bad-value", node.span, fmt::format("`{}` is not {}.", shown(node.text), described(rule)), fmt::format("{}", rule.doc));
        return;
      case Form::kField:
        return check_field_words(node, diagnostics_);
      case Form::kType:
        return check_type_words(node, diagnostics_);
      case Form::kRelation:
        return check_relation_words(node, diagnostics_);
      default:
        return;
    }
  }

  void check_bool(const Node& node) {
    if (!node.quoted && (node.text == "true" || node.text == "false")) return;
    Diagnostic diagnostic{Severity::kError, "bad-value", fmt::format("Expected true or false, found `{}`.", shown(node.text)), node.span, {}, {}};
    const bool meant = is_yaml11_boolean(node.text) || node.text == "true" || node.text == "false";
    if (meant) {
      const std::string_view word = means_true(node.text) ? "true" : "false";
      if (!node.quoted) {
        diagnostic.code = "yaml-boolean";
        diagnostic.message = fmt::format("`{}` is not how a boolean is written.", node.text);
      }
      diagnostic.suggestion = fmt::format("Write {}.", word);
      diagnostic.fix = TextEdit{node.span, std::string(word)};
    }
    diagnostics_.add(std::move(diagnostic));
  }

  void check_enum(const Node& node, const Rule& rule) {
    const std::vector<std::string> words = split_words(rule.pattern);
    if (std::find(words.begin(), words.end(), node.text) != words.end()) return;
    Diagnostic diagnostic{Severity::kError,
                          "bad-value",
                          fmt::format("`{}` is not allowed here.", shown(node.text)),
                          node.span,
                          fmt::format("Write {}.", fmt::join(words, ", ")),
                          {}};
    if (const auto nearest = nearest_name(node.text, words)) {
      diagnostic.suggestion = fmt::format("Did you mean `{}`?", *nearest);
      diagnostic.fix = TextEdit{node.span, *nearest};
    }
    diagnostics_.add(std::move(diagnostic));
  }

  bool matches(const std::string& text, std::string_view pattern) {
    auto& compiled = patterns_[pattern];
    if (!compiled) compiled = std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), re2::RE2::Quiet);
    return re2::RE2::FullMatch(text, *compiled);
  }

  bool complete_;
  Diagnostics& diagnostics_;
  std::map<std::string_view, std::unique_ptr<re2::RE2>> patterns_;
};

}  // namespace

void validate_tree(const Node& node, const Rule& rule, TreeState state, Diagnostics& diagnostics) { Validator(state, diagnostics).check(node, rule); }

}  // namespace kingpost::model
