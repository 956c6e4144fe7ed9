#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/cel/cel.hpp"
#include "kingpost/ir/system.hpp"
#include "kingpost/model/model.hpp"

namespace kingpost::compile {

/// A text of the model with its place, whichever form it was written in.
struct Text {
  std::string text;
  Span span;
  bool quoted = false;
};

/// A modifier of a field, the same from `optional` in the one-line form and from `optional: true` in the long one.
struct Modifier {
  std::string name;
  Span span;
  std::vector<Text> values;
};

/// What the model says about a field; the stages after `fields` read it again.
struct FieldSource {
  std::string name;
  Span name_span;
  model::Word type;
  std::vector<Modifier> modifiers;
  bool derived = false;  ///< made by us: the default key, the tenant's key

  [[nodiscard]] const Modifier* find(std::string_view modifier) const noexcept;
  /// The argument of `ref(entity)`, or nullptr for other types.
  [[nodiscard]] const model::Word* ref() const noexcept;
};

/// What the model says about an entity; `fields` runs in step with Entity::fields.
struct EntitySource {
  const model::Node* node = nullptr;  ///< null for built-in entities
  Span name_span;
  std::vector<FieldSource> fields;
};

struct PolicySource {
  std::string name;
  const model::Node* node = nullptr;
  cel::ExprPtr parsed;  ///< without other policies' names
  bool used = false;
  bool open = false;  ///< being expanded: a second visit is a cycle
};

/// What the stages share: the model, the system that grows, and where to report. Every stage is a free function over it.
struct Context {
  Context(const model::Node& model_root, Diagnostics& sink) : root(model_root), diagnostics(sink), types(system) {}

  const model::Node& root;
  Diagnostics& diagnostics;
  ir::System system;
  ir::SystemTypes types;
  std::vector<EntitySource> entities;  ///< in step with system.entities
  std::vector<PolicySource> policies;

  [[nodiscard]] ir::Entity& entity(ir::EntityId id) { return system.entities[id.index()]; }
  [[nodiscard]] EntitySource& source(ir::EntityId id) { return entities[id.index()]; }
};

/// The names of a list of named things, for proposals.
template <typename Range>
[[nodiscard]] std::vector<std::string> names_of(const Range& range) {
  std::vector<std::string> names;
  names.reserve(range.size());
  for (const auto& item : range) names.push_back(item.name);
  return names;
}
/// The keys of a map's members, in order.
[[nodiscard]] std::vector<std::string> keys_of(const std::vector<model::Member>& members);

/// The members of a section or map; none when it is absent.
[[nodiscard]] const std::vector<model::Member>& members_of(const model::Node* node) noexcept;
[[nodiscard]] const std::vector<model::Node>& items_of(const model::Node* node) noexcept;
/// The text of a scalar member, or empty.
[[nodiscard]] std::string text_at(const model::Node& map, std::string_view key);
[[nodiscard]] bool flag_at(const model::Node& map, std::string_view key);
/// `expected` in the grammar is checked before us, so a scalar of another form is simply not read.
[[nodiscard]] Text text_of(const model::Node& node);

/// Reports a name that is not there, proposing the nearest with an edit that mends it.
void report_unknown(Context& context, std::string_view code, const Text& name, std::string message, const std::vector<std::string>& candidates);
void report(Context& context, std::string_view code, Span span, std::string message, std::string suggestion = {});
/// Reports with the edit that replaces `span`.
void report_with_fix(Context& context, std::string_view code, Span span, std::string message, std::string replacement);

/// Looks names up, reporting the unknown ones. `what` begins the message: "`policy x` names …".
[[nodiscard]] ir::EntityId require_entity(Context& context, const Text& name);
[[nodiscard]] ir::FieldId require_field(Context& context, const ir::Entity& entity, const Text& name);
/// The ids that are declared; the others are reported.
[[nodiscard]] std::vector<std::string> require_requirements(Context& context, const std::vector<Text>& ids);
/// The requirement ids of `for`, reporting unknown ones.
[[nodiscard]] std::vector<std::string> requirements_at(Context& context, const model::Node& map);
/// Keeps the requirements of an element that has no place for them itself.
void note_requirements(Context& context, std::string kind, const model::Member& element);

/// `<parts joined by _>`, cut to PostgreSQL's 63 bytes with a hash of the whole so that two long names stay apart.
[[nodiscard]] std::string bounded_name(std::string_view name);

}  // namespace kingpost::compile
