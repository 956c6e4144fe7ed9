#pragma once

#include <string>
#include <vector>

#include "kingpost/ir/system.hpp"

namespace kingpost::emit {

/// One end of an event: a command that emits it, a saga that starts on it, a consumer.
struct EventEnd {
  std::string kind;  ///< command, saga, consumer
  std::string name;
  std::string service;  ///< empty where the model names none
  std::string does;     ///< what happens there, one sentence
  const ir::Command* command = nullptr;
  const ir::Saga* saga = nullptr;
  const ir::Consumer* consumer = nullptr;
};

struct EventFlow {
  const ir::Event* event = nullptr;
  std::vector<EventEnd> senders;
  std::vector<EventEnd> receivers;
};

/// Where each event comes from and goes to, in the model's order. The system must outlive it.
[[nodiscard]] std::vector<EventFlow> event_flows(const ir::System& system);

/// `shop.order_placed.v1`: the type in CloudEvents and the address of the channel, in words that every broker takes.
[[nodiscard]] std::string event_type(const ir::System& system, const ir::Event& event);

/// Where the JSON Schema of an event's data lies in the design.
[[nodiscard]] std::string event_schema_path(const ir::Event& event);

/// What a step does, one sentence without a full stop: `calls reserve_stock, undone by release_stock`.
[[nodiscard]] std::string step_text(const ir::System& system, const ir::Step& step);

}  // namespace kingpost::emit
