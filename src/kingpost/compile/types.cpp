#include "kingpost/compile/types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "kingpost/compile/stages.hpp"

namespace kingpost::compile {
namespace {

struct PlainType {
  std::string_view name;
  ir::Scalar scalar;
};
constexpr PlainType kPlainTypes[] = {
    {"bool", ir::Scalar::kBool},           {"int", ir::Scalar::kInt64}, {"int32", ir::Scalar::kInt32},       {"float", ir::Scalar::kFloat},
    {"text", ir::Scalar::kText},           {"uuid", ir::Scalar::kUuid}, {"date", ir::Scalar::kDate},         {"time", ir::Scalar::kTime},
    {"timestamp", ir::Scalar::kTimestamp}, {"json", ir::Scalar::kJson}, {"duration", ir::Scalar::kDuration}, {"bytes", ir::Scalar::kBytes},
};
constexpr std::uint32_t kLongestString = 1'000'000;
constexpr std::uint32_t kMostDigits = 18;  // a scaled 64-bit INTEGER of SQLite; NUMERIC there would round

std::optional<std::uint32_t> read_size(const model::Word& word) {
  std::uint32_t value = 0;
  const auto* end = word.name.data() + word.name.size();
  const auto [stop, fault] = std::from_chars(word.name.data(), end, value);
  if (fault != std::errc() || stop != end || word.call) return std::nullopt;
  return value;
}

std::optional<ir::LogicalType> decimal_type(Context& context, const model::Word& word) {
  if (word.args.size() != 2) return std::nullopt;  // the grammar has said so
  const auto precision = read_size(word.args[0]);
  const auto scale = read_size(word.args[1]);
  if (!precision || !scale) return std::nullopt;
  if (*precision == 0 || *precision > kMostDigits) {
    report(context, "decimal-digits", word.args[0].span,
           fmt::format("decimal({},{}) has {} digits; SQLite keeps exact decimals of 1 to {} digits.", *precision, *scale, *precision, kMostDigits),
           fmt::format("Write decimal({},{}) or fewer digits.", kMostDigits, std::min(*scale, kMostDigits)));
    return std::nullopt;
  }
  if (*scale > *precision) {
    report(context, "type-argument", word.args[1].span, fmt::format("decimal({},{}) has more fraction digits than digits.", *precision, *scale),
           "The second number counts the digits behind the point and is at most the first.");
    return std::nullopt;
  }
  ir::LogicalType type;
  type.scalar = ir::Scalar::kDecimal;
  type.precision = *precision;
  type.scale = *scale;
  return type;
}

std::optional<ir::LogicalType> string_type(Context& context, const model::Word& word) {
  if (word.args.size() != 1) return std::nullopt;
  const auto length = read_size(word.args[0]);
  if (!length) return std::nullopt;
  if (*length == 0 || *length > kLongestString) {
    report(context, "type-argument", word.args[0].span,
           fmt::format("A string is 1 to {} characters long, not {}.", kLongestString, word.args[0].name), "For longer texts write `text max(n)`.");
    return std::nullopt;
  }
  ir::LogicalType type;
  type.scalar = ir::Scalar::kString;
  type.max_length = *length;
  return type;
}

std::optional<ir::LogicalType> enum_type(Context& context, const model::Word& word, const std::string& enum_name) {
  ir::EnumType enumeration{enum_name, {}};
  for (const auto& value : word.args) {
    const bool plain = !value.call && !value.quoted && !value.name.empty() && std::all_of(value.name.begin(), value.name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    }) && !(value.name[0] >= '0' && value.name[0] <= '9');
    if (!plain) {
      report(context, "enum-value", value.span, fmt::format("`{}` cannot be a value of an enum.", value.text.empty() ? value.name : value.text),
             "Values are lower-case letters, digits and underscores, starting with a letter.");
      continue;
    }
    if (std::find(enumeration.values.begin(), enumeration.values.end(), value.name) != enumeration.values.end()) {
      report(context, "enum-value", value.span, fmt::format("The value `{}` is listed twice.", value.name), "Remove one of them.");
      continue;
    }
    enumeration.values.push_back(value.name);
  }
  ir::LogicalType type;
  type.scalar = ir::Scalar::kEnum;
  type.enumeration = ir::EnumId{static_cast<std::uint32_t>(context.system.enums.size())};
  context.system.enums.push_back(std::move(enumeration));
  return type;
}

std::optional<ir::LogicalType> list_type(Context& context, const model::Word& word, const std::string& enum_name, TypePlace place) {
  if (word.args.size() != 1) return std::nullopt;
  const auto& element = word.args.front();
  if (element.name == "list" || element.name == "ref") {
    report(context, "type-place", element.span, fmt::format("A list cannot hold {}.", element.name == "ref" ? "references" : "lists"),
           element.name == "ref" ? "Hold keys with list(uuid), or make an entity that refers to both." : "Use json for nested lists.");
    return std::nullopt;
  }
  auto inner = compile_type(context, element, enum_name, place);
  if (!inner) return std::nullopt;
  ir::LogicalType type;
  type.scalar = ir::Scalar::kList;
  type.element = std::make_shared<const ir::LogicalType>(std::move(*inner));
  return type;
}

std::vector<std::string> type_names(const Context& context, TypePlace place) {
  std::vector<std::string> names{"decimal", "string", "enum", "list", "ref"};
  for (const auto& plain : kPlainTypes) names.emplace_back(plain.name);
  if (place == TypePlace::kMember) {
    for (const auto& record : context.system.records) names.push_back(record.name);
  }
  return names;
}

std::optional<ir::LogicalType> named_type(Context& context, const model::Word& word, TypePlace place) {
  for (std::size_t i = 0; i < context.system.records.size(); ++i) {
    if (context.system.records[i].name != word.name) continue;
    if (place == TypePlace::kField) {
      report(context, "type-place", word.span, fmt::format("An entity's field cannot be of the named type `{}`.", word.name),
             "Named types are for inputs and events; store json, or make an entity.");
      return std::nullopt;
    }
    ir::LogicalType type;
    type.scalar = ir::Scalar::kRecord;
    type.record = ir::RecordId{static_cast<std::uint32_t>(i)};
    return type;
  }
  const Text name{word.name, word.span, word.quoted};
  if (context.system.find_entity(word.name).valid()) {
    report_with_fix(context, "unknown-type", word.span, fmt::format("`{}` is an entity, not a type.", word.name), fmt::format("ref({})", word.name));
  } else if (!word.call) {
    report_unknown(context, "unknown-type", name, fmt::format("There is no type `{}`.", word.name), type_names(context, place));
  }
  return std::nullopt;
}

void add_modifiers(FieldSource& source, const model::Node& map) {
  for (const auto& member : members_of(&map)) {
    if (member.key == "type") continue;
    // `optional: false` says the same as leaving it out.
    if (member.value.is_scalar() && !member.value.quoted && member.value.text == "false" && member.key != "default" && member.key != "read" &&
        member.key != "write") {
      continue;
    }
    Modifier modifier{member.key, member.key_span, {}};
    if (member.value.is_list()) {
      for (const auto& item : member.value.items) modifier.values.push_back(text_of(item));
    } else {
      modifier.values.push_back(text_of(member.value));
    }
    source.modifiers.push_back(std::move(modifier));
  }
}

void add_modifiers(FieldSource& source, const std::vector<model::Word>& words) {
  for (std::size_t i = 1; i < words.size(); ++i) {
    Modifier modifier{words[i].name, words[i].span, {}};
    for (const auto& argument : words[i].args) {
      modifier.values.push_back({argument.quoted || argument.text.empty() ? argument.name : argument.text, argument.span, argument.quoted});
    }
    source.modifiers.push_back(std::move(modifier));
  }
}

}  // namespace

bool is_text(ir::Scalar scalar) noexcept { return scalar == ir::Scalar::kString || scalar == ir::Scalar::kText; }

bool is_number(ir::Scalar scalar) noexcept {
  return scalar == ir::Scalar::kInt64 || scalar == ir::Scalar::kInt32 || scalar == ir::Scalar::kDecimal || scalar == ir::Scalar::kFloat;
}

std::optional<ir::LogicalType> compile_type(Context& context, const model::Word& word, const std::string& enum_name, TypePlace place) {
  for (const auto& plain : kPlainTypes) {
    if (plain.name != word.name) continue;
    ir::LogicalType type;
    type.scalar = plain.scalar;
    return type;
  }
  if (word.name == "decimal") return decimal_type(context, word);
  if (word.name == "string") return string_type(context, word);
  if (word.name == "enum") return enum_type(context, word, enum_name);
  if (word.name == "list") return list_type(context, word, enum_name, place);
  if (word.name == "ref") {
    if (word.args.size() != 1) return std::nullopt;
    ir::LogicalType type;
    type.scalar = ir::Scalar::kUuid;
    return type;
  }
  return named_type(context, word, place);
}

std::optional<FieldSource> read_field_source(Context& context, const model::Member& member) {
  FieldSource source;
  source.name = member.key;
  source.name_span = member.key_span;
  const auto* type = member.value.is_map() ? member.value.find("type") : &member.value;
  if (type == nullptr || !type->is_scalar()) return std::nullopt;
  // The grammar has read the same words and reported their faults.
  Diagnostics repeated;
  const auto words = model::parse_words(type->text, type->span, repeated);
  if (words.empty() || repeated.has_errors()) return std::nullopt;
  source.type = words.front();
  add_modifiers(source, words);
  if (member.value.is_map()) add_modifiers(source, member.value);
  static_cast<void>(context);
  return source;
}

namespace {

std::optional<Decimal> read_bound(Context& context, const Modifier& modifier) {
  if (modifier.values.size() != 1) return std::nullopt;
  auto value = parse_decimal(modifier.values[0].text);
  if (value) return *value;
  report(context, "modifier-value", modifier.values[0].span, fmt::format("`{}` takes a number, not `{}`.", modifier.name, modifier.values[0].text),
         "For anything else write a check.");
  return std::nullopt;
}

/// `max` of a text, list or bytes is its greatest length.
void apply_length(Context& context, const Modifier& modifier, ir::LogicalType& type) {
  const auto bound = read_bound(context, modifier);
  if (!bound) return;
  const auto whole = rescale(*bound, 0);
  if (modifier.name == "min") {
    report(context, "modifier-place", modifier.span, "`min` bounds numbers, not lengths.",
           "For a least length write a check, for example `size(row.name) >= 3`.");
  } else if (!whole || whole->unscaled < 1 || whole->unscaled > kLongestString) {
    report(context, "modifier-value", modifier.values[0].span, fmt::format("A length is a whole number from 1 to {}.", kLongestString));
  } else {
    type.max_length = static_cast<std::uint32_t>(whole->unscaled);
  }
}

}  // namespace

void apply_bounds(Context& context, const FieldSource& source, ir::LogicalType& type, const Bounds& bounds) {
  for (const std::string_view name : {"min", "max"}) {
    const auto* modifier = source.find(name);
    if (modifier == nullptr) continue;
    const bool sized = is_text(type.scalar) || type.scalar == ir::Scalar::kList || type.scalar == ir::Scalar::kBytes;
    if (sized) {
      apply_length(context, *modifier, type);
    } else if (!is_number(type.scalar) || source.ref() != nullptr) {
      report(context, "modifier-place", modifier->span, fmt::format("`{}` has no meaning for {}.", name, ir::print_logical_type(type)),
             "Write a check instead.");
    } else {
      *(name == "min" ? bounds.min : bounds.max) = read_bound(context, *modifier);
    }
  }
  if (*bounds.min && *bounds.max && compare(**bounds.min, **bounds.max) > 0) {
    report(context, "modifier-value", source.find("max")->span,
           fmt::format("No value of `{}` is at least its `min` and at most its `max`.", source.name), "Exchange the two.");
  }
}

std::vector<ir::Member> compile_member_list(Context& context, const model::Node* node, const std::string& owner) {
  static constexpr std::string_view kAllowed[] = {"optional", "min", "max", "sensitive", "summary", "for", "pattern"};
  std::vector<ir::Member> members;
  for (const auto& item : members_of(node)) {
    const auto source = read_field_source(context, item);
    if (!source) continue;
    const auto type = compile_type(context, source->type, owner + "." + item.key, TypePlace::kMember);
    ir::Member member;
    member.name = item.key;
    member.span = item.key_span;
    if (const auto* ref = source->ref()) member.entity = require_entity(context, {ref->name, ref->span, ref->quoted});
    if (type) member.type = *type;
    for (const auto& modifier : source->modifiers) {
      if (std::find(std::begin(kAllowed), std::end(kAllowed), modifier.name) == std::end(kAllowed)) {
        report(context, "modifier-place", modifier.span, fmt::format("`{}` has no meaning for `{}`, which is not stored.", modifier.name, item.key),
               "Remove it.");
      }
      if (modifier.name == "optional") member.nullable = true;
    }
    if (!type) continue;
    apply_bounds(context, *source, member.type, {&member.min, &member.max});
    members.push_back(std::move(member));
  }
  return members;
}

}  // namespace kingpost::compile
