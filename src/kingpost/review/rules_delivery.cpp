#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "kingpost/review/audience.hpp"
#include "kingpost/review/rules.hpp"

// The rules of the group "Events" about what arrives: everything that happened, where it can be taken, or at a place for failures.
namespace kingpost::review::rule {
namespace {

bool is_heard(const ir::System& system, ir::EventId event) {
  return std::any_of(system.consumers.begin(), system.consumers.end(), [&](const auto& consumer) { return consumer.on == event; }) ||
         std::any_of(system.sagas.begin(), system.sagas.end(), [&](const auto& saga) { return saga.starts_on == event; });
}

struct Announced {
  ir::EntityId entity;
  ir::EventId event;
  const char* operation;
  cel::ExprPtr ir::Access::*rule;
};

/// What a command changes of the record that its event is about.
std::vector<Announced> announced(const ir::System& system, const ir::Command& command) {
  std::vector<Announced> out;
  for (const auto& emit : command.steps) {
    if (emit.kind != ir::StepKind::kEmit || !emit.event.valid() || !is_heard(system, emit.event)) continue;
    const auto& event = system.events[emit.event.index()];
    for (const auto& step : command.steps) {
      if (!step.entity.valid()) continue;
      const auto& name = system.entity(step.entity).name;
      if (event.key != name && event.name.substr(0, name.size()) != name) continue;
      if (step.kind == ir::StepKind::kCreate) out.push_back({step.entity, emit.event, "create", &ir::Access::create});
      if (step.kind == ir::StepKind::kUpdate) out.push_back({step.entity, emit.event, "update", &ir::Access::update});
      if (step.kind == ir::StepKind::kDelete) out.push_back({step.entity, emit.event, "delete", &ir::Access::remove});
    }
  }
  return out;
}

}  // namespace

void evt_dual_write(const ir::System& system, Report& report) {
  const Callers callers(system);
  std::set<std::pair<std::uint32_t, std::uint32_t>> told;
  for (const auto& command : system.commands) {
    for (const auto& one : announced(system, command)) {
      const auto& entity = system.entity(one.entity);
      const auto& rule = entity.access.*one.rule;
      if (callers.of(without_tenant(rule)) <= Audience::kEngine || !told.insert({one.entity.value, one.event.value}).second) continue;
      report.add(
          {.severity = Severity::kWarning,
           .span = rule->span.known() ? rule->span : entity.span,
           .message = fmt::format("Who hears of `{}` drifts from the truth: `{}` sends it when it {}s {}, a plain {} by a caller does the same "
                                  "without a word.",
                                  system.events[one.event.index()].name, command.name, one.operation, with_article(entity.name), one.operation),
           .fix = fmt::format("Remove the `{}` rule of `{}` and let the command be the only way, or give the fields concerned a `write` rule.",
                              one.operation, entity.name)});
    }
  }
}

void evt_no_dlq(const ir::System& system, Report& report) {
  for (const auto& saga : system.sagas) {
    if (saga.on_failed || saga.steps.empty()) continue;
    report.add({.severity = Severity::kWarning,
                .span = saga.span,
                .message = fmt::format("A `{}` that fails ends unseen after undoing up to {} step{}: nothing marks its record, so nobody can find, "
                                       "repeat or refund it.",
                                       saga.name, saga.steps.size(), saga.steps.size() == 1 ? "" : "s"),
                .fix = "Add `on_failed: {move: …}` to a state that people look through."});
  }
  for (const auto& consumer : system.consumers) {
    if (consumer.step.kind != ir::StepKind::kHttp || consumer.step.retry_times > 0 || !consumer.on.valid()) continue;
    report.add(
        {.severity = Severity::kWarning,
         .span = consumer.span,
         .message = fmt::format("`{}` gives up on `{}` at the first failed call of `{}`: a restart over there is enough, and no attempt follows.",
                                consumer.name, system.events[consumer.on.index()].name, consumer.step.http),
         .fix = "Add `retry: {times: 5, backoff: exponential}`; what still fails is kept with its error.",
         .edits = {edit_set(consumer.span, {}, "retry", "{times: 5, backoff: exponential}")}});
  }
}

namespace {

double length_of(const ir::LogicalType& type) {
  if (type.scalar != ir::Scalar::kString && type.scalar != ir::Scalar::kText) return 0;
  return type.max_length == 0 ? ir::kDefaultTextLength : type.max_length;
}

/// Why a value of `from` may not fit into `into`; empty when it always does.
std::string misfit(const ir::Member& from, const ir::Member& into) {
  if (from.nullable && !into.nullable) return "it may be absent, and the input requires it";
  const double wide = length_of(from.type);
  const double narrow = length_of(into.type);
  if (wide > 0 && narrow > 0 && wide > narrow) return fmt::format("it holds {} characters, the input {}", amount_text(wide), amount_text(narrow));
  const auto whole = [](const ir::LogicalType& type) { return type.precision - type.scale; };
  if (from.type.scalar == ir::Scalar::kDecimal && into.type.scalar == ir::Scalar::kDecimal && whole(from.type) > whole(into.type))
    return fmt::format("it holds {} digits before the point, the input {}", whole(from.type), whole(into.type));
  if (from.type.scalar == ir::Scalar::kInt64 && into.type.scalar == ir::Scalar::kInt32) return "it holds 64 bits, the input 32";
  if (into.min && (!from.min || kingpost::compare(*from.min, *into.min) < 0)) return "it has no such minimum as the input";
  if (into.max && (!from.max || kingpost::compare(*into.max, *from.max) < 0)) return "it has no such maximum as the input";
  return {};
}

void compare_inputs(const ir::System& system, const ir::Event& event, const ir::Step& step, const Span& place, Report& report) {
  if (step.kind != ir::StepKind::kCommand || !step.command.valid()) return;
  const auto& command = system.commands[step.command.index()];
  for (const auto& set : step.set) {
    const auto* value = set.value.get();
    const bool direct =
        value != nullptr && value->kind == cel::ExprKind::kSelect && value->args[0]->kind == cel::ExprKind::kIdent && value->args[0]->name == "event";
    if (!direct) continue;
    const auto named = [](const std::string& name) { return [&name](const ir::Member& member) { return member.name == name; }; };
    const auto from = std::find_if(event.data.begin(), event.data.end(), named(value->name));
    const auto into = std::find_if(command.input.begin(), command.input.end(), named(set.name));
    if (from == event.data.end() || into == command.input.end()) continue;
    const auto why = misfit(*from, *into);
    if (why.empty()) continue;
    report.add({.severity = from->nullable && !into->nullable ? Severity::kError : Severity::kWarning,
                .span = set.span.known() ? set.span : place,
                .message = fmt::format("Some `{}` can never be taken by `{}` and fail at every delivery: of `{}`, {}.", event.name, command.name,
                                       from->name, why),
                .fix = fmt::format("Give `{}` of the event and `{}` of `{}` the same bounds.", from->name, into->name, command.name)});
  }
}

}  // namespace

void evt_incompatible(const ir::System& system, Report& report) {
  for (const auto& consumer : system.consumers) {
    if (consumer.on.valid()) compare_inputs(system, system.events[consumer.on.index()], consumer.step, consumer.span, report);
  }
  for (const auto& saga : system.sagas) {
    if (!saga.starts_on.valid()) continue;
    for (const auto& step : saga.steps) compare_inputs(system, system.events[saga.starts_on.index()], step, saga.span, report);
  }
}

}  // namespace kingpost::review::rule
