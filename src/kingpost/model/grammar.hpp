#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace kingpost::model {

/// What a rule accepts.
enum class Form : std::uint8_t {
  kObject,      ///< a map of the listed keys
  kVariant,     ///< one of `parts`, told apart by the first key of each
  kNamed,       ///< a map of freely named members; names match `pattern`, values `parts[0]`
  kList,        ///< a list of `parts[0]`
  kChoice,      ///< one of `parts`, told apart by shape
  kBool,        ///< true or false
  kEnum,        ///< one of the words of `pattern`, separated by blanks
  kPattern,     ///< a scalar that matches `pattern` (RE2, whole text)
  kText,        ///< any text
  kExpression,  ///< a CEL expression, checked by the compiler
  kField,       ///< TYPE modifier(…) …
  kType,        ///< TYPE alone
  kRelation,    ///< many(…) or one(…) with modifiers
  kNothing,     ///< no value
};

enum class Need : std::uint8_t { kOptional, kRequired };

struct Rule;

/// A key of a map. Keys of a field are its modifiers too: `min_args` and `max_args` bound their arguments in the one-line form, and
/// −1 marks a key of the long form alone.
struct KeyRule {
  std::string_view key;
  const Rule* value = nullptr;
  std::string_view doc;
  Need need = Need::kOptional;
  int min_args = -1;
  int max_args = -1;
};

/// A construct of the language. `name` names it in the schema, the reference and in messages ("an entity"); it is unique.
struct Rule {
  Form form = Form::kText;
  std::string_view name;
  std::string_view doc;
  std::string_view pattern = {};
  std::span<const KeyRule> keys = {};
  std::span<const Rule* const> parts = {};
};

/// A word of the one-line form with the number of its arguments.
struct WordRule {
  std::string_view name;
  int min_args;
  int max_args;
  std::string_view doc;
};

/// The rule of a whole model file.
[[nodiscard]] const Rule& model_rule() noexcept;
/// The built-in types.
[[nodiscard]] std::span<const WordRule> type_words() noexcept;
/// The words that begin a relation, and those that may follow.
[[nodiscard]] std::span<const WordRule> relation_words() noexcept;
[[nodiscard]] std::span<const WordRule> relation_modifiers() noexcept;
/// The keys of a field's long form; those with `min_args` ≥ 0 are modifiers of its one-line form.
[[nodiscard]] std::span<const KeyRule> field_keys() noexcept;

}  // namespace kingpost::model
