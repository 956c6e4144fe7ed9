#include <fmt/format.h>

#include "kingpost/emit/behaviour.hpp"
#include "kingpost/emit/sequence.hpp"
#include "kingpost/emit/site_parts.hpp"

namespace kingpost::emit {

namespace {

/// Builds the sequence of one saga: the way forward, then the way back.
class SagaSequence {
 public:
  SagaSequence(const ir::System& system, const ir::Saga& saga) : system_(system), saga_(saga) {
    out_.title = "Saga " + saga.name;
    source_ = out_.party(PartyKind::kQueue, saga.starts_on.valid() ? "Outbox" : "Engine");
    self_ = out_.party(PartyKind::kService, "Saga " + saga.name);
  }

  Sequence build() {
    if (saga_.starts_on.valid()) out_.async(source_, self_, system_.events[saga_.starts_on.index()].name);
    out_.call(self_, self_, "keep the saga's state before each step; a step's id is its idempotency key");
    out_.begin("alt", "every step succeeds");
    for (const ir::Step& step : saga_.steps) forward(step);
    out_.call(self_, self_, "finished");
    out_.otherwise("a step before the point of no return fails for good");
    backward();
    out_.end();
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::size_t target_of(const ir::Step& step) {
    if (step.kind == ir::StepKind::kHttp) return out_.party(PartyKind::kOutside, client_of(step.http));
    return out_.party(PartyKind::kService, service_name(system_, home_of(system_, step)));
  }

  [[nodiscard]] std::string text_of(const ir::Step& step) const {
    std::string out;
    if (step.kind == ir::StepKind::kHttp) {
      out = "call " + step.http;
    } else if (step.command.valid()) {
      out = "run " + system_.commands[step.command.index()].name;
    } else if (step.kind == ir::StepKind::kMove && step.entity.valid()) {
      out = "move " + system_.entity(step.entity).name + " by " + step.move;
    } else if (step.entity.valid()) {
      out = "write " + system_.entity(step.entity).name;
    }
    std::string more;
    if (step.timeout_ms > 0) more += "timeout " + duration_text(step.timeout_ms);
    if (step.retry_times > 0) more += fmt::format("{}at most {} tries, {} backoff", more.empty() ? "" : ", ", step.retry_times, step.retry_backoff);
    return step.id + ": " + out + (more.empty() ? "" : " (" + more + ")");
  }

  void forward(const ir::Step& step) {
    const std::size_t target = target_of(step);
    out_.call(self_, target, text_of(step));
    out_.answer(target, self_, "done");
    if (step.pivot) out_.note(self_, "Point of no return: from here on failures are retried, not undone.");
  }

  void backward() {
    // A step that is undone is one that succeeded, so the last before the pivot stands first.
    std::size_t end = 0;
    while (end < saga_.steps.size() && !saga_.steps[end].pivot) ++end;
    bool any = false;
    for (std::size_t at = end; at-- > 0;) {
      const ir::Step& step = saga_.steps[at];
      if (step.undo.empty()) continue;
      any = true;
      const bool http = step.kind == ir::StepKind::kHttp;
      std::size_t target = http ? out_.party(PartyKind::kOutside, client_of(step.undo)) : target_of(step);
      for (const ir::Command& command : system_.commands) {
        if (command.name == step.undo) target = out_.party(PartyKind::kService, service_name(system_, command.service));
      }
      out_.begin("opt", step.id + " had succeeded");
      out_.call(self_, target, "undo: " + step.undo);
      out_.items.back().undo = true;
      out_.answer(target, self_, "undone");
      out_.end();
    }
    if (!any) out_.note(self_, "No step names an undo: nothing is taken back.");
    if (saga_.on_failed) {
      const std::size_t target = target_of(*saga_.on_failed);
      ir::Step last = *saga_.on_failed;
      last.id = "when it failed";
      out_.call(self_, target, text_of(last));
      out_.items.back().undo = true;
    }
    out_.call(self_, self_, "failed; told to the operator");
  }

  const ir::System& system_;
  const ir::Saga& saga_;
  Sequence out_;
  std::size_t source_ = 0;
  std::size_t self_ = 0;
};

}  // namespace

Sequence make_saga_sequence(const ir::System& system, const ir::Saga& saga) { return SagaSequence(system, saga).build(); }

}  // namespace kingpost::emit
