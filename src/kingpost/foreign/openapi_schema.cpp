#include "kingpost/foreign/openapi_schema.hpp"

#include <algorithm>
#include <array>

#include "kingpost/base/text.hpp"

namespace kingpost::foreign {
namespace {

/// What stands where nothing does.
const Value& nothing() {
  static const Value kNothing;
  return kNothing;
}
constexpr std::size_t kMaxHops = 32;
constexpr std::size_t kMaxCompositionDepth = 24;
constexpr std::size_t kMaxMembers = 2'000;
/// Objects written inside objects are looked into so far.
constexpr std::size_t kMaxNesting = 3;

std::string pointer_part(std::string_view raw) {
  std::string text = percent_decode(raw, PlusSign::kLiteral).value_or(std::string(raw));
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '~' && at + 1 < text.size() && (text[at + 1] == '0' || text[at + 1] == '1')) {
      out.push_back(text[++at] == '0' ? '~' : '/');
    } else {
      out.push_back(text[at]);
    }
  }
  return out;
}

/// The type, and whether null is one of them (3.1 lists types, 3.0 has a flag).
std::string type_of(const Value& schema, bool& nullable) {
  const auto& type = schema["type"];
  nullable = schema["nullable"].is_true() || schema["x-nullable"].is_true();
  if (type.is_text()) return type.text;
  std::string first;
  for (const auto& item : type.items) {
    if (item.text == "null") {
      nullable = true;
    } else if (first.empty()) {
      first = item.text;
    }
  }
  if (!first.empty()) return first;
  if (schema.has("properties")) return "object";
  if (schema.has("items")) return "array";
  return schema.has("enum") ? "string" : "";
}

bool is_bounded(const Value& schema, const std::string& type) {
  if (schema.has("enum") || schema.has("const")) return true;
  if (type == "array") return schema.has("maxItems");
  if (type != "string") return true;
  static constexpr std::array<std::string_view, 10> kFormats{"date", "date-time", "time", "uuid",    "ipv4",
                                                             "ipv6", "duration",  "year", "decimal", "binary"};
  if (std::find(kFormats.begin(), kFormats.end(), schema.text_of("format")) != kFormats.end() || schema.has("maxLength")) return true;
  const auto& pattern = schema.text_of("pattern");
  return pattern.ends_with('$') && pattern.find_first_of("*+") == std::string::npos && pattern.find(",}") == std::string::npos;
}

}  // namespace

const Value& SchemaReader::resolve(const std::string& reference) {
  const auto found = resolved_.find(reference);
  if (found != resolved_.end()) return *found->second;
  const Value* at = &nothing();
  if (reference.starts_with('#')) {
    at = &root_;
    std::string_view rest = std::string_view(reference).substr(1);
    while (rest.starts_with('/')) {
      rest.remove_prefix(1);
      const auto part = pointer_part(rest.substr(0, rest.find('/')));
      rest.remove_prefix(std::min(rest.size(), rest.find('/')));
      at = &(*at)[part];
    }
  } else {
    ++elsewhere_;
  }
  resolved_.emplace(reference, at);
  return *at;
}

const Value& SchemaReader::follow(const Value& value) {
  const Value* at = &value;
  for (std::size_t hop = 0; hop < kMaxHops; ++hop) {
    const auto& reference = at->text_of("$ref");
    if (reference.empty()) return *at;
    at = &resolve(reference);
  }
  return nothing();
}

std::string SchemaReader::name_of(const Value& schema) {
  const auto& reference = schema.text_of("$ref");
  return reference.empty() ? std::string{} : pointer_part(std::string_view(reference).substr(reference.rfind('/') + 1));
}

ApiMember SchemaReader::member(const std::string& name, const Value& schema, const Span& span) {
  const Value& real = follow(schema);
  ApiMember out;
  out.name = name;
  out.span = span;
  const auto reference = name_of(schema);
  out.type = type_of(real, out.nullable);
  out.format = real.text_of("format");
  // What stands in another file may be bounded there.
  out.bounded = real.kind == Value::Kind::kNull || is_bounded(real, out.type);
  out.closed_enum = out.type == "string" && real["enum"].items.size() > 1 && !real.has("x-extensible-enum");
  out.read_only = real["readOnly"].is_true() || schema["readOnly"].is_true();
  out.write_only = real["writeOnly"].is_true() || schema["writeOnly"].is_true();
  out.deprecated = real["deprecated"].is_true();
  if (out.type == "array") {
    const auto& items = real["items"];
    bool ignored = false;
    out.list = true;
    out.limited = real.has("maxItems");
    out.item_type = name_of(items);
    if (out.item_type.empty()) out.item_type = type_of(follow(items), ignored);
  } else if (!reference.empty() && (out.type == "object" || out.type.empty())) {
    out.type = reference;
  }
  return out;
}

void SchemaReader::collect_properties(const Value& schema, const std::string& prefix, Walk& walk) {
  const auto& required = schema["required"];
  for (const auto& property : schema["properties"].members) {
    if (walk.members.size() >= kMaxMembers) return;
    const std::string name = prefix + property.name;
    const auto same = [&](const ApiMember& member) { return member.name == name; };
    if (walk.members.size() < 200 && std::any_of(walk.members.begin(), walk.members.end(), same)) continue;
    auto member = this->member(name, property.value, property.span(file_));
    member.required = std::any_of(required.items.begin(), required.items.end(), [&](const Value& item) { return item.text == property.name; });
    const bool nested = name_of(property.value).empty() && (member.type == "object" || member.list);
    walk.members.push_back(std::move(member));
    if (!nested || static_cast<std::size_t>(std::count(name.begin(), name.end(), '.')) >= kMaxNesting) continue;
    const auto& items = property.value["items"];
    if (items.is_map()) {
      if (name_of(items).empty()) collect(items, name + "[].", walk);
    } else {
      collect(property.value, name + ".", walk);
    }
  }
}

void SchemaReader::collect(const Value& schema, const std::string& prefix, Walk& walk) {
  const Value& real = follow(schema);
  if (walk.depth >= kMaxCompositionDepth || walk.members.size() >= kMaxMembers || !walk.open.insert(&real).second) return;
  ++walk.depth;
  collect_properties(real, prefix, walk);
  for (const char* word : {"allOf", "oneOf", "anyOf"}) {
    for (const auto& part : real[word].items) collect(part, prefix, walk);
  }
  --walk.depth;
}

std::vector<ApiMember> SchemaReader::members_of(const Value& schema) {
  Walk walk;
  collect(schema, {}, walk);
  return std::move(walk.members);
}

const Value& SchemaReader::items_of(const Value& schema) {
  const Value& real = follow(schema);
  bool ignored = false;
  if (type_of(real, ignored) == "array") return real["items"];
  for (const char* word : {"allOf", "oneOf", "anyOf"}) {
    for (const auto& part : real[word].items) {
      const Value& inner = follow(part);
      if (type_of(inner, ignored) == "array") return inner["items"];
    }
  }
  return nothing();
}

void SchemaReader::reach(const Value& schema, std::unordered_set<const Value*>& seen) {
  std::vector<const Value*> waiting{&schema};
  while (!waiting.empty()) {
    const Value& real = follow(*waiting.back());
    waiting.pop_back();
    if (!real.is_map() || !seen.insert(&real).second) continue;
    for (const auto& property : real["properties"].members) waiting.push_back(&property.value);
    for (const char* word : {"allOf", "oneOf", "anyOf", "prefixItems"}) {
      for (const auto& part : real[word].items) waiting.push_back(&part);
    }
    for (const char* word : {"items", "additionalProperties"}) waiting.push_back(&real[word]);
  }
}

}  // namespace kingpost::foreign
