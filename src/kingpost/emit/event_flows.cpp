#include "kingpost/emit/event_flows.hpp"

#include <fmt/format.h>

#include "kingpost/emit/html.hpp"
#include "kingpost/surface/surface.hpp"

namespace kingpost::emit {

namespace {

std::string service_name(const ir::System& system, ir::ServiceId id) { return id.valid() ? system.services[id.index()].name : std::string(); }

/// A saga belongs to the service of the first entity or command it acts on; the model does not say it otherwise.
std::string service_of(const ir::System& system, const std::vector<ir::Step>& steps) {
  for (const ir::Step& step : steps) {
    if (step.command.valid()) return service_name(system, system.commands[step.command.index()].service);
    if (step.entity.valid()) return service_name(system, system.entity(step.entity).service);
  }
  return {};
}

bool emits(const ir::System& system, const ir::Command& command, const ir::Event& event) {
  for (const ir::Step& step : command.steps) {
    if (step.kind == ir::StepKind::kEmit && step.event.valid() && &system.events[step.event.index()] == &event) return true;
  }
  return false;
}

std::string action(const ir::System& system, const ir::Step& step) {
  const auto entity = [&] { return step.entity.valid() ? system.entity(step.entity).name : std::string("record"); };
  switch (step.kind) {
    case ir::StepKind::kLock:
      return "locks what it works on";
    case ir::StepKind::kRequire:
      return "requires a condition";
    case ir::StepKind::kCreate:
      return "creates " + entity();
    case ir::StepKind::kUpdate:
      return "updates " + entity();
    case ir::StepKind::kDelete:
      return "deletes " + entity();
    case ir::StepKind::kMove:
      return fmt::format("moves {} by {}", entity(), step.move);
    case ir::StepKind::kEmit:
      return "emits " + (step.event.valid() ? system.events[step.event.index()].name : std::string("an event"));
    case ir::StepKind::kHttp:
      return "calls " + step.http + " over HTTP";
    case ir::StepKind::kCommand:
      return "runs " + (step.command.valid() ? system.commands[step.command.index()].name : std::string("a command"));
  }
  return "acts";
}

}  // namespace

std::string step_text(const ir::System& system, const ir::Step& step) {
  std::string out = action(system, step);
  if (step.timeout_ms > 0) out += fmt::format(", waits at most {} ms", step.timeout_ms);
  if (step.retry_times > 0) {
    out += fmt::format(", tries again {} times", step.retry_times);
    if (!step.retry_backoff.empty()) out += fmt::format(" with {} backoff", step.retry_backoff);
  }
  if (!step.undo.empty()) out += ", undone by " + step.undo;
  if (step.pivot) out += "; from here there is no way back";
  return out;
}

std::string event_schema_path(const ir::Event& event) { return fmt::format("event-schemas/{}.v{}.json", file_segment(event.name), event.version); }

std::string event_type(const ir::System& system, const ir::Event& event) {
  return fmt::format("{}.{}.v{}", surface::word_case(system.name), surface::word_case(event.name), event.version);
}

std::vector<EventFlow> event_flows(const ir::System& system) {
  std::vector<EventFlow> out;
  for (const ir::Event& event : system.events) {
    EventFlow flow;
    flow.event = &event;
    for (const ir::Command& command : system.commands) {
      if (!emits(system, command, event)) continue;
      flow.senders.push_back(
          {"command", command.name, service_name(system, command.service), "emits it in its transaction", &command, nullptr, nullptr});
    }
    const auto mine = [&](ir::EventId id) { return id.valid() && &system.events[id.index()] == &event; };
    for (const ir::Saga& saga : system.sagas) {
      if (!mine(saga.starts_on)) continue;
      flow.receivers.push_back(
          {"saga", saga.name, service_of(system, saga.steps), fmt::format("starts, {} steps", saga.steps.size()), nullptr, &saga, nullptr});
    }
    for (const ir::Consumer& consumer : system.consumers) {
      if (!mine(consumer.on)) continue;
      flow.receivers.push_back(
          {"consumer", consumer.name, service_of(system, {consumer.step}), step_text(system, consumer.step), nullptr, nullptr, &consumer});
    }
    out.push_back(std::move(flow));
  }
  return out;
}

}  // namespace kingpost::emit
