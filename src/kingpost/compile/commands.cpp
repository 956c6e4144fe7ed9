#include <fmt/format.h>

#include <algorithm>

#include "kingpost/compile/arguments.hpp"
#include "kingpost/compile/expressions.hpp"
#include "kingpost/compile/stages.hpp"
#include "kingpost/compile/steps.hpp"

namespace kingpost::compile {
namespace {

/// The steps of one command, with the names they leave behind for later ones.
class CommandSteps {
 public:
  CommandSteps(Context& context, ir::Command& command) : context_(context), command_(command), scope_(caller_scope(context)) {
    add_entities(scope_, context);
    scope_.names.emplace_back("input", cel::make_record(ir::input_record(command.name)));
    reader_ = fmt::format("The command `{}`", command.name);
  }

  [[nodiscard]] cel::ExprPtr expression(const model::Node* node, const cel::Scope& scope, const std::optional<cel::Type>& expected) {
    if (node == nullptr || !node->is_scalar()) return nullptr;
    auto checked = compile_expression(context_, text_of(*node), scope, expected);
    check_reads(context_, checked, {command_.service, reader_});
    return checked;
  }

  [[nodiscard]] const cel::Scope& scope() const { return scope_; }

  void add(const model::Node& node) {
    if (!node.is_map() || node.members.empty()) return;
    ir::Step step;
    step.span = node.span;
    step.otherwise = read_else(node);
    auto inner = scope_;
    read_each(node, step, inner);
    const auto& kind = node.members;
    const auto has = [&](std::string_view key) {
      return std::any_of(kind.begin(), kind.end(), [&](const model::Member& member) { return member.key == key; });
    };
    if (has("lock")) lock(node, step);
    if (has("require")) require(node, step);
    if (has("create")) create(node, step, inner);
    if (has("update")) update(node, step, inner);
    if (has("delete")) remove(node, step, inner);
    if (has("emit")) emit(node, step, inner);
    if (has("move")) move(node, step);
    command_.steps.push_back(std::move(step));
  }

 private:
  static std::optional<ir::ElseError> read_else(const model::Node& node) {
    const auto* otherwise = node.find("else");
    if (otherwise == nullptr || !otherwise->is_map()) return std::nullopt;
    return ir::ElseError{text_at(*otherwise, "code"), text_at(*otherwise, "message")};
  }

  /// `each: EXPRESSION as NAME`
  void read_each(const model::Node& node, ir::Step& step, cel::Scope& inner) {
    const auto* each = node.find("each");
    if (each == nullptr || !each->is_scalar()) return;
    const auto at = each->text.rfind(" as ");
    const auto name = at == std::string::npos ? std::string() : each->text.substr(at + 4);
    const bool plain =
        !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
    if (!plain) {
      report(context_, "each-syntax", each->span, "`each` names what it runs over and its item.", "Write `each: input.lines as line`.");
      return;
    }
    auto text = text_of(*each);
    text.text.resize(at);
    if (text.span.line == text.span.end_line && !text.quoted) text.span.end_column = text.span.column + static_cast<std::uint32_t>(at);
    step.each = compile_expression(context_, text, scope_, std::nullopt);
    check_reads(context_, step.each, {command_.service, reader_});
    step.each_name = name;
    if (step.each == nullptr) {
      inner.names.emplace_back(name, cel::make_type(cel::TypeKind::kDyn));
      return;
    }
    const auto& type = step.each->type;
    if (type.kind != cel::TypeKind::kList || type.element == nullptr) {
      report(context_, "each-syntax", each->span, fmt::format("`each` runs over a list, not over {}.", cel::print_type(type)),
             "Name a to-many relation or a list of the input.");
      inner.names.emplace_back(name, cel::make_type(cel::TypeKind::kDyn));
      return;
    }
    inner.names.emplace_back(name, *type.element);
  }

  /// The entity that a step writes, which must belong to the command's own service.
  ir::EntityId written(const model::Node& node, std::string_view key) {
    const auto* name = node.find(key);
    if (name == nullptr) return {};
    const auto id = require_entity(context_, text_of(*name));
    check_write(context_, id, {command_.service, reader_}, name->span);
    return id;
  }

  void name_result(const model::Node& node, ir::Step& step) {
    const auto* as = node.find("as");
    if (as == nullptr) return;
    step.id = as->text;
    const auto taken = std::any_of(command_.steps.begin(), command_.steps.end(), [&](const ir::Step& other) { return other.id == step.id; });
    if (taken || step.id == "input" || step.id == "auth" || step.id == "row" || step.id == "now" || step.id == "system") {
      report(context_, "duplicate-step", as->span, fmt::format("`{}` already names something else here.", step.id), "Choose another name.");
      return;
    }
    if (!step.entity.valid()) {
      scope_.names.emplace_back(step.id, cel::make_type(cel::TypeKind::kDyn));
      return;
    }
    auto record = cel::make_record(context_.entity(step.entity).name);
    const bool one = step.kind == ir::StepKind::kCreate && step.each_name.empty();
    scope_.names.emplace_back(step.id, one ? record : cel::make_list(record, true));
  }

  void lock(const model::Node& node, ir::Step& step) {
    step.kind = ir::StepKind::kLock;
    step.target = expression(node.find("lock"), scope_, std::nullopt);
    if (step.target == nullptr) return;
    const auto& type = step.target->type;
    const bool rows = type.kind == cel::TypeKind::kList && type.relation && type.element != nullptr;
    step.entity = context_.system.find_entity(rows ? type.element->name : type.name);
    if ((!rows && type.kind != cel::TypeKind::kRecord) || !step.entity.valid()) {
      report(context_, "step-target", step.target->span, fmt::format("`lock` takes a record, not {}.", cel::print_type(type)),
             "Name a ref of the input or a relation.");
      return;
    }
    check_write(context_, step.entity, {command_.service, reader_}, step.target->span);
  }

  void require(const model::Node& node, ir::Step& step) {
    step.kind = ir::StepKind::kRequire;
    step.target = expression(node.find("require"), scope_, cel::make_type(cel::TypeKind::kBool));
  }

  void create(const model::Node& node, ir::Step& step, const cel::Scope& inner) {
    step.kind = ir::StepKind::kCreate;
    step.entity = written(node, "create");
    if (step.entity.valid()) step.set = checked_set(node, step.entity, inner, WriteKind::kCreate);
    name_result(node, step);
  }

  void update(const model::Node& node, ir::Step& step, cel::Scope& inner) {
    step.kind = ir::StepKind::kUpdate;
    step.entity = written(node, "update");
    if (step.entity.valid()) {
      add_row(inner, "row", context_.entity(step.entity));
      step.where = expression(node.find("where"), inner, cel::make_type(cel::TypeKind::kBool));
      step.set = checked_set(node, step.entity, inner, WriteKind::kUpdate);
    }
    name_result(node, step);
  }

  void remove(const model::Node& node, ir::Step& step, cel::Scope& inner) {
    step.kind = ir::StepKind::kDelete;
    step.entity = written(node, "delete");
    if (!step.entity.valid()) return;
    add_row(inner, "row", context_.entity(step.entity));
    step.where = expression(node.find("where"), inner, cel::make_type(cel::TypeKind::kBool));
  }

  void emit(const model::Node& node, ir::Step& step, const cel::Scope& inner) {
    step.kind = ir::StepKind::kEmit;
    const auto* name = node.find("emit");
    if (name == nullptr) return;
    step.event = require_event(context_, text_of(*name));
    if (!step.event.valid()) return;
    const auto& event = context_.system.events[step.event.index()];
    AssignPlace place;
    place.what = fmt::format("the event `{}`", event.name);
    place.service = command_.service;
    place.reader = reader_;
    place.span = name->span;
    step.set = compile_arguments(context_, event.data, node.find("data"), inner, place);
  }

  void move(const model::Node& node, ir::Step& step) {
    step.kind = ir::StepKind::kMove;
    const auto* name = node.find("move");
    step.target = expression(node.find("on"), scope_, std::nullopt);
    if (step.target == nullptr || name == nullptr) return;
    step.entity = context_.system.find_entity(step.target->type.name);
    if (step.target->type.kind != cel::TypeKind::kRecord || !step.entity.valid()) {
      report(context_, "step-target", step.target->span, fmt::format("`move` acts on a record, not on {}.", cel::print_type(step.target->type)),
             "Name a ref of the input.");
      return;
    }
    check_write(context_, step.entity, {command_.service, reader_}, name->span);
    if (require_move(context_, context_.entity(step.entity), text_of(*name))) step.move = name->text;
    step.set = checked_set(node, step.entity, scope_, WriteKind::kMove);
  }

  std::vector<ir::Assignment> checked_set(const model::Node& node, ir::EntityId entity, const cel::Scope& scope, WriteKind kind) {
    auto set = compile_set(context_, entity, node, scope, kind);
    for (const auto& item : set) check_reads(context_, item.value, {command_.service, reader_});
    return set;
  }

  Context& context_;
  ir::Command& command_;
  cel::Scope scope_;
  std::string reader_;
};

}  // namespace

void check_write(Context& context, ir::EntityId id, const ReadPlace& place, Span span) {
  if (!id.valid() || !place.service.valid()) return;
  const auto& entity = context.entity(id);
  if (!entity.service.valid() || entity.service == place.service) return;
  const auto& own = context.system.services[place.service.index()].name;
  const auto& other = context.system.services[entity.service.index()].name;
  report(context, "writes-across-services", span,
         fmt::format("{} belongs to the service `{}` and cannot write `{}` of `{}`.", place.what, own, entity.name, other),
         fmt::format("Give `{}` a command for it and join the two in a saga.", other));
}

bool require_move(Context& context, const ir::Entity& entity, const Text& name) {
  std::vector<std::string> known;
  if (entity.states) {
    for (const auto& move : entity.states->moves) known.push_back(move.name);
  }
  if (std::find(known.begin(), known.end(), name.text) != known.end()) return true;
  if (entity.states) {
    report_unknown(context, "unknown-move", name, fmt::format("`{}` has no move `{}`.", entity.name, name.text), known);
  } else {
    report(context, "unknown-move", name.span, fmt::format("`{}` has no states, so nothing moves.", entity.name),
           fmt::format("Add `states` to `{}`, or update it.", entity.name));
  }
  return false;
}

void compile_commands(Context& context) {
  const auto& members = members_of(context.root.find("commands"));
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto& node = members[i].value;
    if (!node.is_map()) continue;
    auto& command = context.system.commands[i];
    command.idempotency_required = text_at(node, "idempotency") == "required";
    CommandSteps steps(context, command);
    if (const auto* allow = node.find("allow"); allow == nullptr || allow->text != "none") {
      command.allow = steps.expression(allow, steps.scope(), cel::make_type(cel::TypeKind::kBool));
    }
    for (const auto& item : items_of(node.find("steps"))) steps.add(item);
    command.returns = steps.expression(node.find("returns"), steps.scope(), std::nullopt);
  }
}

}  // namespace kingpost::compile
