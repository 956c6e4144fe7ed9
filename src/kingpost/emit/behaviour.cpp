#include "kingpost/emit/behaviour.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kingpost/emit/svg.hpp"

namespace kingpost::emit {

namespace {

constexpr std::size_t kMaxBrief = 160;

void add_mover(std::vector<std::string>& out, std::string name) {
  if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(std::move(name));
}

bool moves(const ir::Step& step, ir::EntityId entity, const std::string& move) {
  return step.kind == ir::StepKind::kMove && step.entity == entity && step.move == move;
}

}  // namespace

ir::ServiceId home_of(const ir::System& system, const ir::Step& step) {
  if (step.command.valid()) return system.commands[step.command.index()].service;
  if (step.entity.valid()) return system.entity(step.entity).service;
  return {};
}

ir::ServiceId home_of(const ir::System& system, const ir::Saga& saga) {
  for (const ir::Step& step : saga.steps) {
    if (step.kind == ir::StepKind::kMove && step.entity.valid()) return system.entity(step.entity).service;
  }
  for (const ir::Command& command : system.commands) {
    const std::vector<ir::EventId> events = emitted_by(command);
    if (std::find(events.begin(), events.end(), saga.starts_on) != events.end()) return command.service;
  }
  return {};
}

std::vector<ir::EventId> emitted_by(const ir::Command& command) {
  std::vector<ir::EventId> out;
  for (const ir::Step& step : command.steps) {
    if (step.kind != ir::StepKind::kEmit || !step.event.valid()) continue;
    if (std::find(out.begin(), out.end(), step.event) == out.end()) out.push_back(step.event);
  }
  return out;
}

std::vector<std::string> movers_of(const ir::System& system, ir::EntityId entity, const std::string& move) {
  std::vector<std::string> out;
  for (const ir::Command& command : system.commands) {
    for (const ir::Step& step : command.steps) {
      if (moves(step, entity, move)) add_mover(out, "command " + command.name);
    }
  }
  for (const ir::Saga& saga : system.sagas) {
    for (const ir::Step& step : saga.steps) {
      if (moves(step, entity, move)) add_mover(out, "saga " + saga.name);
    }
    if (saga.on_failed && moves(*saga.on_failed, entity, move)) add_mover(out, "saga " + saga.name + ", when it fails");
  }
  for (const ir::Schedule& one : system.schedules) {
    if (moves(one.step, entity, move)) add_mover(out, "schedule " + one.name);
  }
  for (const ir::Consumer& one : system.consumers) {
    if (moves(one.step, entity, move)) add_mover(out, "consumer " + one.name);
  }
  return out;
}

bool belongs(ir::ServiceId service, ir::ServiceId home) { return !service.valid() || service == home; }

std::string client_of(const std::string& operation) { return operation.substr(0, operation.find('.')); }

std::string service_name(const ir::System& system, ir::ServiceId service) {
  return service.valid() ? system.services[service.index()].name : system.name + " server";
}

std::vector<SagaCall> saga_calls(const ir::System& system) {
  std::vector<SagaCall> out;
  const auto service_of = [&system](const std::string& what) {
    for (const ir::Command& command : system.commands) {
      if (command.name == what) return command.service;
    }
    return owner_of_client(system, client_of(what));
  };
  const auto add = [&](ir::ServiceId from, const std::string& what) {
    if (what.empty()) return;
    const ir::ServiceId to = service_of(what);
    if (!from.valid() || !to.valid() || from == to) return;
    const auto same = [&](const SagaCall& one) { return one.from == from && one.to == to && one.what == what; };
    if (std::none_of(out.begin(), out.end(), same)) out.push_back({from, to, what});
  };
  for (const ir::Saga& saga : system.sagas) {
    const ir::ServiceId home = home_of(system, saga);
    for (const ir::Step& step : saga.steps) add(home, step.command.valid() ? system.commands[step.command.index()].name : step.http);
    for (const ir::Step& step : saga.steps) add(home, step.undo);
  }
  return out;
}

bool split(const ir::System& system) { return system.topology == ir::Topology::kServices && !system.services.empty(); }

std::string store_name(const ir::System& system, ir::ServiceId service) {
  return (split(system) && service.valid() ? system.services[service.index()].name : system.name) + " database";
}

ir::ServiceId owner_of_client(const ir::System& system, const std::string& client) {
  for (std::uint32_t at = 0; at < system.services.size(); ++at) {
    const std::vector<std::string>& used = system.services[at].http;
    if (std::find(used.begin(), used.end(), client) != used.end()) return ir::ServiceId{at};
  }
  return {};
}

std::string brief(const cel::ExprPtr& expression) {
  return expression == nullptr ? std::string() : shortened(cel::print_expr(*expression), kMaxBrief);
}

std::string listed(const std::vector<std::string>& names, std::size_t most) {
  std::string out;
  const std::size_t shown = names.size() <= most + 1 ? names.size() : most;
  for (std::size_t at = 0; at < shown; ++at) out += (at == 0 ? "" : ", ") + names[at];
  return shown == names.size() ? out : fmt::format("{} and {} more", out, names.size() - shown);
}

}  // namespace kingpost::emit
