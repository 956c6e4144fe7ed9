#include <fmt/format.h>

#include <algorithm>

#include "kingpost/cel/cel.hpp"
#include "kingpost/review/rules.hpp"

namespace kingpost::review::rule {
namespace {

/// Whether the created rows carry a unique that the event's own values fill, so that a repeat is refused.
bool is_refused_twice(const ir::System& system, const ir::Step& step) {
  const auto& entity = system.entity(step.entity);
  const auto from_input = [&](ir::FieldId id) {
    return std::any_of(step.set.begin(), step.set.end(),
                       [&](const ir::Assignment& set) { return set.field == id && set.value != nullptr && cel::mentions(*set.value, "input"); });
  };
  const auto covered = [&](const std::vector<ir::FieldId>& fields) { return std::any_of(fields.begin(), fields.end(), from_input); };
  const bool own_key = !entity.key.empty() && covered(entity.key);
  return own_key || std::any_of(entity.uniques.begin(), entity.uniques.end(), [&](const ir::Unique& unique) { return covered(unique.fields); });
}

const ir::Step* repeatable_effect(const ir::System& system, const ir::Command& command) {
  for (const auto& step : command.steps) {
    if (is_relative(step) || (step.kind == ir::StepKind::kCreate && !is_refused_twice(system, step))) return &step;
  }
  return nullptr;
}

std::string_view first_word(std::string_view name) { return name.substr(0, name.find('_')); }

const ir::Member* member_of(const ir::Event& event, std::string_view name) {
  const auto found = std::find_if(event.data.begin(), event.data.end(), [&](const ir::Member& member) { return member.name == name; });
  return found == event.data.end() ? nullptr : &*found;
}

bool has_effect(const ir::System& system, const ir::Step& step) {
  if (step.kind == ir::StepKind::kCommand && step.command.valid()) {
    const auto& steps = system.commands[step.command.index()].steps;
    return std::any_of(steps.begin(), steps.end(),
                       [](const ir::Step& inner) { return inner.kind != ir::StepKind::kLock && inner.kind != ir::StepKind::kRequire; });
  }
  if (step.kind != ir::StepKind::kHttp) return false;
  for (const auto& client : system.http_clients) {
    for (const auto& operation : client.operations) {
      if (client.name + "." + operation.name == step.http) return operation.method != "GET" && operation.method != "get";
    }
  }
  return true;
}

}  // namespace

void evt_no_dedup(const ir::System& system, Report& report) {
  for (const auto& consumer : system.consumers) {
    if (consumer.step.kind != ir::StepKind::kCommand || !consumer.step.command.valid() || !consumer.on.valid()) continue;
    const auto& command = system.commands[consumer.step.command.index()];
    const auto* effect = repeatable_effect(system, command);
    if (command.idempotency_required || effect == nullptr) continue;
    report.add({.severity = Severity::kWarning,
                .span = consumer.span,
                .message = fmt::format("The event `{}` delivered twice {} `{}` twice: delivery is at least once, and `{}` neither asks for a key nor "
                                       "meets a unique.",
                                       system.events[consumer.on.index()].name, effect->kind == ir::StepKind::kCreate ? "creates" : "counts on",
                                       system.entity(effect->entity).name, command.name),
                .fix = fmt::format("Add `idempotency: required` to `{}` so that the event's id can be the key, or a unique over the event's key.",
                                   command.name),
                .edits = {edit_set(command.span, {}, "idempotency", "required")}});
  }
}

void evt_no_order_key(const ir::System& system, Report& report) {
  for (const auto& event : system.events) {
    const auto* key = member_of(event, event.key);
    const bool few = key != nullptr && (key->type.scalar == ir::Scalar::kEnum || key->type.scalar == ir::Scalar::kBool);
    if (few) {
      report.add(
          {.severity = Severity::kWarning,
           .span = event.span,
           .message = fmt::format("All `{}` queue up behind a handful of keys: order is kept by `{}`, which has few values, so one slow consumer "
                                  "stops the rest.",
                                  event.name, event.key),
           .fix = "Use the key of the record the event is about."});
      continue;
    }
    for (const auto& other : system.events) {
      if (other.key == event.key || first_word(other.name) != first_word(event.name)) continue;
      // The record's own name is the better key; the event that has it and orders by something else is to blame.
      if (other.key != first_word(event.name) || member_of(event, other.key) == nullptr) continue;
      report.add(
          {.severity = Severity::kError,
           .span = event.span,
           .message = fmt::format("`{}` can overtake `{}` of the same `{}`: one is ordered by `{}`, the other by `{}`, and order holds within a "
                                  "key alone.",
                                  event.name, other.name, other.key, event.key, other.key),
           .fix = fmt::format("Write `key: {}` for every event of {}.", other.key, with_article(other.key)),
           .edits = {edit_set(event.span, {}, "key", other.key)}});
      break;
    }
  }
}

void evt_no_compensation(const ir::System& system, Report& report) {
  for (const auto& saga : system.sagas) {
    const auto pivot = std::find_if(saga.steps.begin(), saga.steps.end(), [](const ir::Step& step) { return step.pivot; });
    const auto last = pivot != saga.steps.end() ? pivot : saga.steps.empty() ? saga.steps.end() : saga.steps.end() - 1;
    for (auto step = saga.steps.begin(); step != last; ++step) {
      if (!step->undo.empty() || !has_effect(system, *step)) continue;
      const auto what = step->kind == ir::StepKind::kHttp ? step->http : system.commands[step->command.index()].name;
      const auto& next = *(step + 1);
      report.add({.severity = Severity::kError,
                  .span = step->span,
                  .message = fmt::format("When `{}` fails, what `{}` did stays done: the step `{}` of `{}` has an effect and nothing takes it back.",
                                         next.id, what, step->id, saga.name),
                  .fix = "Name its `undo`, or move the step behind the pivot."});
    }
  }
}

}  // namespace kingpost::review::rule
