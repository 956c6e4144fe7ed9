#include "kingpost/compile/context.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kingpost::compile {

const Modifier* FieldSource::find(std::string_view modifier) const noexcept {
  for (const auto& candidate : modifiers) {
    if (candidate.name == modifier) return &candidate;
  }
  return nullptr;
}

const model::Word* FieldSource::ref() const noexcept { return type.name == "ref" && type.args.size() == 1 ? &type.args.front() : nullptr; }

const std::vector<model::Member>& members_of(const model::Node* node) noexcept {
  static const std::vector<model::Member> none;
  return node != nullptr && node->is_map() ? node->members : none;
}

const std::vector<model::Node>& items_of(const model::Node* node) noexcept {
  static const std::vector<model::Node> none;
  return node != nullptr && node->is_list() ? node->items : none;
}

std::string text_at(const model::Node& map, std::string_view key) {
  const auto* node = map.is_map() ? map.find(key) : nullptr;
  return node != nullptr && node->is_scalar() ? node->text : std::string();
}

bool flag_at(const model::Node& map, std::string_view key) { return text_at(map, key) == "true"; }

Text text_of(const model::Node& node) { return {node.is_scalar() ? node.text : std::string(), node.span, node.quoted}; }

void report(Context& context, std::string_view code, Span span, std::string message, std::string suggestion) {
  context.diagnostics.error(std::string(code), span, std::move(message), std::move(suggestion));
}

void report_with_fix(Context& context, std::string_view code, Span span, std::string message, std::string replacement) {
  Diagnostic diagnostic{Severity::kError, std::string(code), std::move(message), span, fmt::format("Write `{}`.", replacement), {}};
  diagnostic.fix = TextEdit{span, std::move(replacement)};
  context.diagnostics.add(std::move(diagnostic));
}

void report_unknown(Context& context, std::string_view code, const Text& name, std::string message, const std::vector<std::string>& candidates) {
  Diagnostic diagnostic{Severity::kError, std::string(code), std::move(message), name.span, {}, {}};
  if (const auto nearest = nearest_name(name.text, candidates)) {
    diagnostic.suggestion = fmt::format("Did you mean `{}`?", *nearest);
    const bool exact = name.span.line == name.span.end_line && name.span.end_column - name.span.column == name.text.size();
    if (exact && !name.quoted) diagnostic.fix = TextEdit{name.span, *nearest};
  } else if (candidates.empty()) {
    diagnostic.suggestion = "None is defined.";
  } else if (candidates.size() <= 12) {
    diagnostic.suggestion = fmt::format("Known: {}.", fmt::join(candidates, ", "));
  }
  context.diagnostics.add(std::move(diagnostic));
}

std::vector<std::string> keys_of(const std::vector<model::Member>& members) {
  std::vector<std::string> keys;
  keys.reserve(members.size());
  for (const auto& member : members) keys.push_back(member.key);
  return keys;
}

ir::EntityId require_entity(Context& context, const Text& name) {
  const auto id = context.system.find_entity(name.text);
  if (!id.valid() && !name.text.empty()) {
    report_unknown(context, "unknown-entity", name, fmt::format("There is no entity `{}`.", name.text), names_of(context.system.entities));
  }
  return id;
}

ir::FieldId require_field(Context& context, const ir::Entity& entity, const Text& name) {
  const auto id = entity.find_field(name.text);
  if (id.valid() || name.text.empty()) return id;
  report_unknown(context, "unknown-field", name, fmt::format("`{}` has no field `{}`.", entity.name, name.text), names_of(entity.fields));
  return id;
}

std::vector<std::string> require_requirements(Context& context, const std::vector<Text>& ids) {
  std::vector<std::string> found;
  std::vector<std::string> known;
  known.reserve(context.system.requirements.size());
  for (const auto& requirement : context.system.requirements) known.push_back(requirement.id);
  for (const auto& id : ids) {
    if (std::find(known.begin(), known.end(), id.text) != known.end()) {
      found.push_back(id.text);
    } else {
      report_unknown(context, "unknown-requirement", id, fmt::format("There is no requirement `{}`.", id.text), known);
    }
  }
  return found;
}

void note_requirements(Context& context, std::string kind, const model::Member& element) {
  auto ids = requirements_at(context, element.value);
  if (!ids.empty()) context.system.served.push_back({std::move(kind), element.key, std::move(ids), element.key_span});
}

std::vector<std::string> requirements_at(Context& context, const model::Node& map) {
  const auto& items = items_of(map.is_map() ? map.find("for") : nullptr);
  std::vector<Text> ids;
  ids.reserve(items.size());
  for (const auto& item : items) ids.push_back(text_of(item));
  return require_requirements(context, ids);
}

std::string bounded_name(std::string_view name) {
  constexpr std::size_t kMostBytes = 63;  // NAMEDATALEN - 1 of PostgreSQL, which cuts longer names without a word
  if (name.size() <= kMostBytes) return std::string(name);
  std::uint32_t hash = 2'166'136'261U;  // FNV-1a: not for security, only to keep names apart
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
  return fmt::format("{}_{:08x}", name.substr(0, kMostBytes - 9), hash);
}

}  // namespace kingpost::compile
