#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "kingpost/emit/behaviour.hpp"
#include "kingpost/emit/flow.hpp"
#include "kingpost/emit/html.hpp"

namespace kingpost::emit {

namespace {

/// Whether `name` is a command of the system, and which.
const ir::Command* find_command(const ir::System& system, const std::string& name) {
  const auto found = std::find_if(system.commands.begin(), system.commands.end(), [&name](const ir::Command& one) { return one.name == name; });
  return found == system.commands.end() ? nullptr : &*found;
}

class EventFlowBuilder {
 public:
  explicit EventFlowBuilder(const ir::System& system) : system_(system) {
    flow_.title = "Events of " + system.name;
    flow_.left_to_right = true;
  }

  Flow build() {
    if (system_.events.empty()) return std::move(flow_);
    for (const ir::Event& event : system_.events) {
      events_.push_back(flow_.add({FlowShape::kEvent, event.name, fmt::format("event, version {}", event.version), "ordered by " + event.key,
                                   "event-" + file_segment(event.name), kNoGroup}));
    }
    for (const ir::Command& command : system_.commands) {
      for (const ir::EventId event : emitted_by(command)) flow_.edges.push_back({command_node(command), events_[event.index()], "emits", {}});
    }
    for (const ir::Saga& saga : system_.sagas) add_saga(saga);
    for (const ir::Consumer& one : system_.consumers) {
      const std::size_t node = flow_.add({FlowShape::kBox, one.name, "consumer", {}, "consumer-" + file_segment(one.name), kNoGroup});
      if (one.on.valid()) flow_.edges.push_back({events_[one.on.index()], node, "handled once", {}, true});
      act(node, one.step);
    }
    return std::move(flow_);
  }

 private:
  std::size_t command_node(const ir::Command& command) {
    const auto found = commands_.find(command.name);
    if (found != commands_.end()) return found->second;
    const std::string service = command.service.valid() ? ", " + service_name(system_, command.service) : "";
    return commands_[command.name] =
               flow_.add({FlowShape::kBox, command.name, "command" + service, {}, "command-" + file_segment(command.name), kNoGroup});
  }

  std::size_t client_node(const std::string& client) {
    const auto found = clients_.find(client);
    if (found != clients_.end()) return found->second;
    return clients_[client] = flow_.add({FlowShape::kOutside, client, "outside system", {}, "client-" + file_segment(client), kNoGroup});
  }

  void add_saga(const ir::Saga& saga) {
    const std::size_t node = flow_.add({FlowShape::kBox, saga.name, "saga", {}, "saga-" + file_segment(saga.name), kNoGroup});
    if (saga.starts_on.valid()) flow_.edges.push_back({events_[saga.starts_on.index()], node, "starts", {}, true});
    for (const ir::Step& step : saga.steps) act(node, step);
  }

  void act(std::size_t node, const ir::Step& step) {
    if (step.command.valid()) {
      flow_.edges.push_back({node, command_node(system_.commands[step.command.index()]), step.id.empty() ? "runs" : step.id, {}});
    } else if (step.kind == ir::StepKind::kHttp) {
      flow_.edges.push_back({node, client_node(client_of(step.http)), step.http, {}});
    }
    if (step.undo.empty()) return;
    if (const ir::Command* undo = find_command(system_, step.undo)) {
      flow_.edges.push_back({node, command_node(*undo), "undoes " + step.id, {}, true});
    } else {
      flow_.edges.push_back({node, client_node(client_of(step.undo)), "undoes: " + step.undo, {}, true});
    }
  }

  const ir::System& system_;
  Flow flow_;
  std::vector<std::size_t> events_;
  std::map<std::string, std::size_t> commands_;
  std::map<std::string, std::size_t> clients_;
};

}  // namespace

Flow make_event_flow(const ir::System& system) { return EventFlowBuilder(system).build(); }

Flow make_states(const ir::System& system, const ir::Entity& entity) {
  Flow flow;
  flow.title = "States of " + entity.name;
  flow.left_to_right = true;
  if (!entity.states) return flow;
  const ir::StateMachine& machine = *entity.states;
  const ir::LogicalType& type = entity.field(machine.field).type;
  const std::size_t start = flow.add({FlowShape::kStart, "start", {}, {}, {}, kNoGroup});
  std::map<std::string, std::size_t> states;
  if (type.enumeration.valid()) {
    for (const std::string& value : system.enums[type.enumeration.index()].values) {
      states[value] = flow.add({FlowShape::kState, value, {}, {}, {}, kNoGroup});
    }
  }
  const auto state = [&](const std::string& name) {
    const auto found = states.find(name);
    return found != states.end() ? found->second : states[name] = flow.add({FlowShape::kState, name, {}, {}, {}, kNoGroup});
  };
  flow.edges.push_back({start, state(machine.initial), {}, {}});
  for (const ir::StateMove& move : machine.moves) {
    const std::vector<std::string> movers = movers_of(system, entity.id, move.name);
    for (const std::string& from : move.from) {
      flow.edges.push_back({state(from), state(move.to), move.name, movers.empty() ? "nothing makes this move" : "by " + listed(movers, 3)});
    }
  }
  return flow;
}

}  // namespace kingpost::emit
