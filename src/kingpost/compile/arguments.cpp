#include "kingpost/compile/arguments.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kingpost/compile/expressions.hpp"
#include "kingpost/compile/types.hpp"

namespace kingpost::compile {
namespace {

bool is_word(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }) &&
         text != "true" && text != "false" && text != "null";
}

bool in_scope(const cel::Scope& scope, std::string_view name) {
  return name == "now" || name == "system" ||
         std::any_of(scope.names.begin(), scope.names.end(), [&](const auto& entry) { return entry.first == name; });
}

cel::ExprPtr compile_argument(Context& context, const ir::Member& member, const model::Node& value, const cel::Scope& scope,
                              const AssignPlace& place) {
  const auto text = text_of(value);
  const auto type = ir::member_type(member, context.system);
  if (place.texts && is_text(member.type.scalar) && !member.entity.valid() && is_word(text.text) && !in_scope(scope, text.text)) {
    cel::Value word;
    word.data = text.text;
    return cel::make_literal(std::move(word), cel::make_type(cel::TypeKind::kString), text.span);
  }
  auto checked = compile_expression(context, text, scope, type);
  check_reads(context, checked, {place.service, place.reader});
  return checked;
}

/// Why a field cannot be set by a step, or empty.
std::string refusal(const ir::Entity& entity, ir::FieldId id, WriteKind kind) {
  const auto& field = entity.field(id);
  const bool key = std::find(entity.key.begin(), entity.key.end(), id) != entity.key.end();
  if (!field.stored()) return "it is computed";
  if (field.generated == ir::Generated::kCreatedAt || field.generated == ir::Generated::kUpdatedAt) return "the engine sets it";
  if (id == entity.tenant_field) return "the engine sets it to the caller's tenant";
  if (key && kind != WriteKind::kCreate) return "it is part of the key";
  return {};
}

bool is_state(const ir::Entity& entity, ir::FieldId id) { return entity.states && entity.states->field == id; }

void check_state(Context& context, const ir::Entity& entity, const ir::Assignment& assignment, WriteKind kind) {
  if (kind != WriteKind::kCreate) {
    report(context, "state-by-move", assignment.span,
           fmt::format("`{}.{}` holds a state, which changes by moves alone.", entity.name, assignment.name),
           "Write a step `move: NAME` with `on:`.");
    return;
  }
  const auto* literal = assignment.value != nullptr ? std::get_if<cel::EnumValue>(&assignment.value->value.data) : nullptr;
  const bool initial = literal != nullptr && literal->name == entity.states->initial;
  if (assignment.value != nullptr && !initial) {
    report(context, "state-by-move", assignment.span, fmt::format("A new `{}` starts in the state `{}`.", entity.name, entity.states->initial),
           "Leave the field out.");
  }
}

void check_complete(Context& context, const ir::Entity& entity, const std::vector<ir::Assignment>& given, Span place) {
  for (std::size_t i = 0; i < entity.fields.size(); ++i) {
    const auto& field = entity.fields[i];
    const ir::FieldId id{static_cast<std::uint32_t>(i)};
    const bool made =
        !field.stored() || field.nullable || field.default_value != nullptr || field.generated != ir::Generated::kNo || id == entity.tenant_field;
    const bool set = std::any_of(given.begin(), given.end(), [&](const ir::Assignment& item) { return item.field == id; });
    if (made || set) continue;
    report(context, "missing-assignment", place, fmt::format("A new `{}` needs `{}`, which has no default.", entity.name, field.name),
           fmt::format("Add `{}` to `set`.", field.name));
  }
}

}  // namespace

std::vector<ir::Assignment> compile_arguments(Context& context, const std::vector<ir::Member>& members, const model::Node* node,
                                              const cel::Scope& scope, const AssignPlace& place) {
  std::vector<ir::Assignment> assignments;
  const auto names = names_of(members);
  bool all_known = true;
  for (const auto& item : members_of(node)) {
    const auto found = std::find_if(members.begin(), members.end(), [&](const ir::Member& member) { return member.name == item.key; });
    if (found == members.end()) {
      all_known = all_known && place.partial;
      if (!place.partial)
        report_unknown(context, "unknown-argument", {item.key, item.key_span, false}, fmt::format("`{}` is no member of {}.", item.key, place.what),
                       names);
      continue;
    }
    if (!item.value.is_scalar()) continue;
    assignments.push_back({item.key, {}, compile_argument(context, *found, item.value, scope, place), item.key_span});
  }
  for (const auto& member : members) {
    const bool given = std::any_of(assignments.begin(), assignments.end(), [&](const ir::Assignment& item) { return item.name == member.name; });
    if (given || member.nullable || !all_known) continue;
    report(context, "missing-argument", place.span, fmt::format("`{}` of {} is missing.", member.name, place.what),
           fmt::format("Add `{}`.", member.name));
  }
  return assignments;
}

std::vector<ir::Assignment> compile_set(Context& context, ir::EntityId entity_id, const model::Node& step, const cel::Scope& scope, WriteKind kind) {
  const auto& entity = context.entity(entity_id);
  std::vector<ir::Assignment> assignments;
  const auto* set = step.find("set");
  bool all_known = true;
  for (const auto& item : members_of(set)) {
    const auto id = require_field(context, entity, {item.key, item.key_span, false});
    all_known = all_known && id.valid();
    if (!id.valid() || !item.value.is_scalar()) continue;
    if (const auto why = refusal(entity, id, kind); !why.empty()) {
      report(context, "set-field", item.key_span, fmt::format("`{}.{}` cannot be set here: {}.", entity.name, item.key, why), "Remove it.");
      continue;
    }
    const auto& field = entity.field(id);
    const auto type = field.relation.valid() ? cel::make_record(context.entity(context.system.relation(field.relation).to).name, field.nullable)
                                             : ir::expression_type(field.type, field.nullable, context.system);
    assignments.push_back({item.key, id, compile_expression(context, text_of(item.value), scope, type), item.key_span});
    if (is_state(entity, id)) check_state(context, entity, assignments.back(), kind);
  }
  // A misspelt field would be reported as missing, too.
  if (kind == WriteKind::kCreate && all_known) {
    const auto* create = step.find("create");
    check_complete(context, entity, assignments, create != nullptr ? create->span : step.span);
  }
  return assignments;
}

const std::vector<ir::Member>* require_operation_body(Context& context, const Text& name) {
  const auto dot = name.text.find('.');
  std::vector<std::string> known;
  for (const auto& client : context.system.http_clients) {
    for (const auto& operation : client.operations) {
      known.push_back(client.name + "." + operation.name);
      if (dot != std::string::npos && known.back() == name.text) return &operation.body;
    }
  }
  report_unknown(context, "unknown-http", name, fmt::format("There is no HTTP operation `{}`.", name.text), known);
  return nullptr;
}

ir::CommandId require_command(Context& context, const Text& name) {
  std::vector<std::string> known;
  for (std::size_t i = 0; i < context.system.commands.size(); ++i) {
    known.push_back(context.system.commands[i].name);
    if (known.back() == name.text) return ir::CommandId{static_cast<std::uint32_t>(i)};
  }
  report_unknown(context, "unknown-command", name, fmt::format("There is no command `{}`.", name.text), known);
  return {};
}

ir::EventId require_event(Context& context, const Text& name) {
  std::vector<std::string> known;
  for (std::size_t i = 0; i < context.system.events.size(); ++i) {
    known.push_back(context.system.events[i].name);
    if (known.back() == name.text) return ir::EventId{static_cast<std::uint32_t>(i)};
  }
  report_unknown(context, "unknown-event", name, fmt::format("There is no event `{}`.", name.text), known);
  return {};
}

void add_entities(cel::Scope& scope, const Context& context) {
  for (const auto& entity : context.system.entities) scope.names.emplace_back(entity.name, cel::make_list(cel::make_record(entity.name), true));
}

}  // namespace kingpost::compile
