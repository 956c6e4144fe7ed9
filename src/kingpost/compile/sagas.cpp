#include <fmt/format.h>

#include <algorithm>

#include "kingpost/compile/arguments.hpp"
#include "kingpost/compile/expressions.hpp"
#include "kingpost/compile/stages.hpp"
#include "kingpost/compile/steps.hpp"
#include "kingpost/compile/units.hpp"

namespace kingpost::compile {
namespace {

/// What a command or an HTTP operation answers, for the names of later steps.
std::optional<cel::Type> answer_of(const Context& context, const ir::Step& step) {
  if (step.kind == ir::StepKind::kHttp && !step.http.empty()) return cel::make_record(ir::returns_record(step.http));
  if (step.kind != ir::StepKind::kCommand || !step.command.valid()) return std::nullopt;
  const auto& returns = context.system.commands[step.command.index()].returns;
  return returns == nullptr ? std::nullopt : std::optional(returns->type);
}

class SagaSteps {
 public:
  SagaSteps(Context& context, ir::Saga& saga) : context_(context), saga_(saga), scope_(base_scope(context)) {
    const auto event = saga.starts_on.valid() ? cel::make_record(ir::event_record(context.system.events[saga.starts_on.index()].name))
                                              : cel::make_type(cel::TypeKind::kDyn);
    scope_.names.emplace_back("event", event);
  }

  /// `subject: {order: event.order}`: by entity, the key of the record that moves.
  void read_subject(const model::Node* node) {
    for (const auto& member : members_of(node)) {
      const auto id = require_entity(context_, {member.key, member.key_span, false});
      if (!id.valid() || !member.value.is_scalar()) continue;
      auto value = compile_expression(context_, text_of(member.value), scope_, cel::make_record(context_.entity(id).name));
      saga_.subject.push_back({member.key, {}, std::move(value), member.key_span});
    }
  }

  ir::Step read(const std::string& id, const model::Node& node) {
    ir::Step step;
    step.id = id;
    step.span = node.span;
    read_limits(node, step);
    if (const auto* command = node.find("command")) run_command(node, *command, step);
    if (const auto* http = node.find("http")) call_http(node, *http, step);
    if (const auto* move = node.find("move")) move_subject(node, *move, step);
    if (const auto answer = answer_of(context_, step); answer && !id.empty()) {
      const bool taken = std::any_of(scope_.names.begin(), scope_.names.end(), [&](const auto& entry) { return entry.first == id; });
      if (taken)
        report(context_, "duplicate-step", node.span, fmt::format("`{}` already names something else here.", id),
               "Choose another name for the step.");
      scope_.names.emplace_back(id, *answer);
    }
    read_undo(node, step);
    return step;
  }

 private:
  void read_limits(const model::Node& node, ir::Step& step) {
    step.pivot = flag_at(node, "pivot");
    read_attempts(context_, node, step);
  }

  [[nodiscard]] AssignPlace place_of(const Text& name, const model::Node& step) const {
    AssignPlace place;
    place.what = fmt::format("`{}`", name.text);
    place.reader = fmt::format("The saga `{}`", saga_.name);
    place.span = name.span.known() ? name.span : step.span;
    place.texts = name.text.find('.') != std::string::npos;
    return place;
  }

  void run_command(const model::Node& node, const model::Node& name, ir::Step& step) {
    step.kind = ir::StepKind::kCommand;
    step.command = require_command(context_, text_of(name));
    if (!step.command.valid()) return;
    const auto& input = context_.system.commands[step.command.index()].input;
    step.set = compile_arguments(context_, input, node.find("with"), scope_, place_of(text_of(name), node));
  }

  void call_http(const model::Node& node, const model::Node& name, ir::Step& step) {
    step.kind = ir::StepKind::kHttp;
    const auto* body = require_operation_body(context_, text_of(name));
    if (body == nullptr) return;
    step.http = name.text;
    step.set = compile_arguments(context_, *body, node.find("with"), scope_, place_of(text_of(name), node));
  }

  void move_subject(const model::Node& node, const model::Node& name, ir::Step& step) {
    step.kind = ir::StepKind::kMove;
    const auto dot = name.text.find('.');
    const Text entity{name.text.substr(0, dot), name.span, name.quoted};
    if (dot == std::string::npos) {
      report(context_, "step-target", name.span, "A saga's move names its subject and the move.", "Write `move: order.pay`.");
      return;
    }
    const auto subjects = names_of(saga_.subject);
    const auto known = std::find(subjects.begin(), subjects.end(), entity.text) != subjects.end();
    if (!known) {
      report_unknown(context_, "unknown-subject", entity, fmt::format("The saga `{}` has no subject `{}`.", saga_.name, entity.text), subjects);
      return;
    }
    step.entity = context_.system.find_entity(entity.text);
    if (!step.entity.valid()) return;
    if (require_move(context_, context_.entity(step.entity), {name.text.substr(dot + 1), name.span, name.quoted}))
      step.move = name.text.substr(dot + 1);
    step.set = compile_set(context_, step.entity, node, scope_, WriteKind::kMove);
  }

  void read_undo(const model::Node& node, ir::Step& step) {
    const auto* undo = node.find("undo");
    if (undo == nullptr) return;
    if (step.pivot)
      report(context_, "saga-pivot", undo->span, "After the pivot the saga only goes forward, so the step is never undone.",
             "Remove `undo` or `pivot`.");
    const auto name = text_of(*undo);
    const std::vector<ir::Member>* members = nullptr;
    if (name.text.find('.') != std::string::npos) {
      members = require_operation_body(context_, name);
    } else if (const auto id = require_command(context_, name); id.valid()) {
      members = &context_.system.commands[id.index()].input;
    }
    if (members == nullptr) return;
    step.undo = name.text;
    const auto* own = node.find("undo_with");
    auto place = place_of(name, node);
    place.partial = own == nullptr;
    step.undo_with = compile_arguments(context_, *members, own != nullptr ? own : node.find("with"), scope_, place);
  }

  Context& context_;
  ir::Saga& saga_;
  cel::Scope scope_;
};

}  // namespace

void compile_sagas(Context& context) {
  for (const auto& member : members_of(context.root.find("sagas"))) {
    if (!member.value.is_map()) continue;
    ir::Saga saga;
    saga.name = member.key;
    saga.span = member.key_span;
    note_requirements(context, "saga", member);
    if (const auto* event = member.value.find("starts_on")) saga.starts_on = require_event(context, text_of(*event));
    SagaSteps steps(context, saga);
    steps.read_subject(member.value.find("subject"));
    bool forward_only = false;
    for (const auto& item : members_of(member.value.find("steps"))) {
      if (!item.value.is_map()) continue;
      saga.steps.push_back(steps.read(item.key, item.value));
      if (forward_only && saga.steps.back().pivot) {
        report(context, "saga-pivot", item.key_span, fmt::format("The saga `{}` has a second pivot.", saga.name), "Keep the first alone.");
      }
      forward_only = forward_only || saga.steps.back().pivot;
    }
    if (const auto* failed = member.value.find("on_failed"); failed != nullptr && failed->is_map()) saga.on_failed = steps.read({}, *failed);
    context.system.sagas.push_back(std::move(saga));
  }
}

}  // namespace kingpost::compile
