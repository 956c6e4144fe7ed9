#include <fmt/format.h>

#include <algorithm>

#include "kingpost/emit/behaviour.hpp"
#include "kingpost/emit/sequence.hpp"
#include "kingpost/emit/site_parts.hpp"

namespace kingpost::emit {

namespace {

std::string inputs_of(const ir::Command& command) {
  std::vector<std::string> names;
  for (const ir::Member& member : command.input) names.push_back(member.name);
  return names.empty() ? "" : " {" + listed(names, 5) + "}";
}

bool engine_only(const ir::Command& command) { return expression_text(command.allow) == "system"; }

/// Builds the sequence of one command.
class CommandSequence {
 public:
  CommandSequence(const ir::System& system, const ir::Command& command) : system_(system), command_(command) {
    out_.title = "Command " + command.name;
    const std::string caller = engine_only(command) ? "Engine (saga, schedule)" : "Caller";
    caller_ = out_.party(engine_only(command) ? PartyKind::kService : PartyKind::kActor, caller);
    api_ = out_.party(PartyKind::kService, service_name(system, command.service));
    store_ = out_.party(PartyKind::kStore, store_name(system, command.service));
  }

  Sequence build() {
    out_.call(caller_, api_, (engine_only(command_) ? "run " + command_.name : "POST /rest/v1/rpc/" + command_.name) + inputs_of(command_));
    admit();
    out_.call(api_, store_, "begin transaction");
    if (command_.idempotency_required) idempotency();
    allow();
    for (const ir::Step& step : command_.steps) write_step(step);
    finish();
    deliver();
    return std::move(out_);
  }

 private:
  void admit() {
    if (engine_only(command_)) return;
    out_.call(api_, api_, "verify the token, check the input's types and bounds");
  }

  void idempotency() {
    out_.call(api_, store_, "claim the Idempotency-Key of this principal");
    out_.begin("alt", "the key was used before");
    out_.answer(store_, api_, "stored answer");
    out_.answer(api_, caller_, "the same answer again; 422 for another payload, 409 while it runs");
    out_.otherwise("the key is new");
    open_ = true;
  }

  void allow() {
    const std::string text = brief(command_.allow);
    if (engine_only(command_) || text.empty()) return;
    out_.call(api_, store_, "allow: " + text);
    out_.begin("opt", "not allowed");
    out_.answer(api_, caller_, "403 (401 for anonymous callers), rolled back");
    out_.end();
  }

  [[nodiscard]] std::string entity(const ir::Step& step) const {
    return step.entity.valid() ? system_.entity(step.entity).name : std::string("record");
  }

  [[nodiscard]] std::string assignments(const ir::Step& step) const {
    std::vector<std::string> names;
    for (const ir::Assignment& one : step.set) names.push_back(one.name);
    return names.empty() ? "" : " (" + listed(names, 5) + ")";
  }

  [[nodiscard]] std::string text_of(const ir::Step& step) const {
    switch (step.kind) {
      case ir::StepKind::kLock:
        return "lock " + brief(step.target);
      case ir::StepKind::kRequire:
        return "require " + brief(step.target);
      case ir::StepKind::kCreate:
        return "insert " + entity(step) + assignments(step);
      case ir::StepKind::kUpdate:
        return "update " + entity(step) + assignments(step);
      case ir::StepKind::kDelete:
        return "delete " + entity(step);
      case ir::StepKind::kMove:
        return "move " + entity(step) + " by " + step.move;
      case ir::StepKind::kEmit:
        return "outbox: " + (step.event.valid() ? system_.events[step.event.index()].name : std::string("event")) + assignments(step);
      case ir::StepKind::kHttp:
        return step.http + assignments(step);
      case ir::StepKind::kCommand:
        return "run " + (step.command.valid() ? system_.commands[step.command.index()].name : std::string("command")) + assignments(step);
    }
    return "";
  }

  void write_step(const ir::Step& step) {
    std::string text = text_of(step);
    if (step.where != nullptr) text += ", where " + brief(step.where);
    if (step.each != nullptr) text += ", for each " + step.each_name + " in " + brief(step.each) + ", as one statement";
    const std::size_t target = step.kind == ir::StepKind::kHttp ? out_.party(PartyKind::kOutside, client_of(step.http)) : store_;
    out_.call(api_, target, text);
    if (step.kind == ir::StepKind::kEmit && step.event.valid()) emitted_.push_back(step.event);
    if (!step.otherwise && step.kind != ir::StepKind::kMove) return;
    const std::string error = step.otherwise ? fmt::format("error {}: {}", step.otherwise->code, step.otherwise->message)
                                             : "error: the record is not in a state that this move starts from";
    out_.begin("opt", step.kind == ir::StepKind::kRequire ? "it does not hold" : "it cannot");
    out_.answer(api_, caller_, "rolled back; " + error);
    out_.end();
  }

  void finish() {
    if (command_.idempotency_required) out_.call(api_, store_, "keep the answer under the key");
    out_.call(api_, store_, "commit");
    out_.answer(store_, api_, "durable");
    out_.answer(api_, caller_, command_.returns == nullptr ? "done" : fmt::format("{}, as far as the caller may read it", brief(command_.returns)));
    if (open_) out_.end();
  }

  void deliver() {
    for (const ir::EventId event : emitted_) {
      const std::string& name = system_.events[event.index()].name;
      const std::size_t outbox = out_.party(PartyKind::kQueue, "Outbox relay");
      out_.async(store_, outbox, name + ", after commit, in order per " + system_.events[event.index()].key);
      for (const ir::Saga& saga : system_.sagas) {
        if (saga.starts_on == event) out_.async(outbox, out_.party(PartyKind::kService, "Saga " + saga.name), "starts on " + name);
      }
      for (const ir::Consumer& one : system_.consumers) {
        if (one.on == event) out_.async(outbox, out_.party(PartyKind::kService, "Consumer " + one.name), name);
      }
    }
  }

  const ir::System& system_;
  const ir::Command& command_;
  Sequence out_;
  std::size_t caller_ = 0;
  std::size_t api_ = 0;
  std::size_t store_ = 0;
  std::vector<ir::EventId> emitted_;
  bool open_ = false;  ///< the frame of the idempotency key
};

}  // namespace

Sequence make_command_sequence(const ir::System& system, const ir::Command& command) { return CommandSequence(system, command).build(); }

}  // namespace kingpost::emit
