#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "kingpost/compile/stages.hpp"

namespace kingpost::compile {
namespace {

/// The enum's values, when `name` is one; else reports.
bool require_state(Context& context, const std::vector<std::string>& values, const Text& name) {
  if (std::find(values.begin(), values.end(), name.text) != values.end()) return true;
  report_unknown(context, "unknown-state", name, fmt::format("There is no state `{}`.", name.text), values);
  return false;
}

ir::StateMove compile_move(Context& context, const std::vector<std::string>& values, const model::Member& member) {
  ir::StateMove move;
  move.name = member.key;
  move.span = member.key_span;
  const auto* from = member.value.find("from");
  const auto* to = member.value.find("to");
  if (from != nullptr && from->is_scalar() && require_state(context, values, text_of(*from))) move.from.push_back(from->text);
  bool known = true;
  for (const auto& item : items_of(from)) {
    known = require_state(context, values, text_of(item)) && known;
    move.from.push_back(item.text);
  }
  if (!known) move.from.clear();
  if (to != nullptr && to->is_scalar() && require_state(context, values, text_of(*to))) move.to = to->text;
  if (to != nullptr && std::find(move.from.begin(), move.from.end(), move.to) != move.from.end()) {
    report(context, "state-move", to->span, fmt::format("The move `{}` leads from `{}` to itself.", move.name, move.to),
           "Remove that state from `from`.");
  }
  return move;
}

/// A state that no move leads to is most often a forgotten move.
void check_reachable(Context& context, const ir::StateMachine& states, const std::vector<std::string>& values) {
  const bool read = !states.initial.empty() && std::none_of(states.moves.begin(), states.moves.end(),
                                                            [](const ir::StateMove& move) { return move.from.empty() || move.to.empty(); });
  if (!read) return;
  std::set<std::string> reached{states.initial};
  for (bool grown = true; grown;) {
    grown = false;
    for (const auto& move : states.moves) {
      const bool starts = std::any_of(move.from.begin(), move.from.end(), [&](const std::string& from) { return reached.contains(from); });
      grown = (starts && reached.insert(move.to).second) || grown;
    }
  }
  for (const auto& value : values) {
    if (reached.contains(value)) continue;
    context.diagnostics.warning("unreachable-state", states.span, fmt::format("No move leads to the state `{}`.", value),
                                "Add a move, or remove the value from the enum.");
  }
}

void compile_machine(Context& context, ir::Entity& entity, const model::Node& node) {
  const auto* name = node.find("field");
  if (name == nullptr) return;
  const auto id = require_field(context, entity, text_of(*name));
  if (!id.valid()) return;
  auto& field = entity.fields[id.index()];
  if (!field.type.enumeration.valid() || field.type.scalar != ir::Scalar::kEnum) {
    report(context, "state-field", name->span, fmt::format("`{}` holds no enum, so it cannot hold a state.", field.name),
           "Make it `enum(…)` with the states.");
    return;
  }
  const auto& values = context.system.enums[field.type.enumeration.index()].values;
  ir::StateMachine states;
  states.field = id;
  states.span = name->span;
  const auto* initial = node.find("initial");
  if (initial != nullptr && require_state(context, values, text_of(*initial))) states.initial = initial->text;
  for (const auto& member : members_of(node.find("moves"))) {
    if (member.value.is_map()) states.moves.push_back(compile_move(context, values, member));
  }
  if (field.default_value == nullptr && !states.initial.empty()) {
    cel::Value value;
    value.data = cel::EnumValue{states.initial};
    field.default_value = cel::make_literal(std::move(value), ir::expression_type(field.type, false, context.system), initial->span);
  }
  check_reachable(context, states, values);
  entity.states = std::move(states);
}

}  // namespace

void compile_states(Context& context) {
  for (auto& entity : context.system.entities) {
    const auto* node = context.source(entity.id).node;
    const auto* states = node != nullptr && node->is_map() ? node->find("states") : nullptr;
    if (states != nullptr && states->is_map()) compile_machine(context, entity, *states);
  }
}

}  // namespace kingpost::compile
