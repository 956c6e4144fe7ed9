#include <fmt/format.h>

#include "kingpost/compile/arguments.hpp"
#include "kingpost/compile/expressions.hpp"
#include "kingpost/compile/stages.hpp"
#include "kingpost/compile/steps.hpp"
#include "kingpost/compile/units.hpp"

namespace kingpost::compile {
namespace {

/// A step that runs a command or calls another system with arguments.
ir::Step compile_call(Context& context, const model::Node& node, const cel::Scope& scope, std::string reader) {
  ir::Step step;
  step.span = node.span;
  step.timeout_ms = parse_span_us(text_at(node, "timeout")).value_or(0) / 1'000;
  const bool http = node.find("http") != nullptr;
  const auto* name = http ? node.find("http") : node.find("command");
  if (name == nullptr) return step;
  step.kind = http ? ir::StepKind::kHttp : ir::StepKind::kCommand;
  const std::vector<ir::Member>* members = nullptr;
  if (http) {
    members = require_operation_body(context, text_of(*name));
    if (members != nullptr) step.http = name->text;
  } else {
    step.command = require_command(context, text_of(*name));
    if (step.command.valid()) members = &context.system.commands[step.command.index()].input;
  }
  if (members == nullptr) return step;
  AssignPlace place;
  place.what = fmt::format("`{}`", name->text);
  place.reader = std::move(reader);
  place.span = name->span;
  place.texts = http;
  step.set = compile_arguments(context, *members, node.find("with"), scope, place);
  return step;
}

/// `delete` or `update` with `where`, over one entity of one service.
ir::Step compile_sweep(Context& context, const model::Node& node, const std::string& reader) {
  ir::Step step;
  step.span = node.span;
  const auto* name = node.find("delete") != nullptr ? node.find("delete") : node.find("update");
  step.kind = node.find("delete") != nullptr ? ir::StepKind::kDelete : ir::StepKind::kUpdate;
  if (name == nullptr) return step;
  step.entity = require_entity(context, text_of(*name));
  if (!step.entity.valid()) return step;
  auto place = ReadPlace{context.entity(step.entity).service, reader};
  if (const auto* service = node.find("service")) {
    for (std::size_t i = 0; i < context.system.services.size(); ++i) {
      if (context.system.services[i].name == service->text) place.service = ir::ServiceId{static_cast<std::uint32_t>(i)};
    }
    check_write(context, step.entity, place, name->span);
  }
  auto scope = base_scope(context);
  scope.names.emplace_back("system", cel::make_type(cel::TypeKind::kBool));
  add_entities(scope, context);
  add_row(scope, "row", context.entity(step.entity));
  if (const auto* where = node.find("where"); where != nullptr && where->is_scalar()) {
    step.where = compile_expression(context, text_of(*where), scope, cel::make_type(cel::TypeKind::kBool));
    check_reads(context, step.where, place);
  }
  if (step.kind == ir::StepKind::kUpdate) step.set = compile_set(context, step.entity, node, scope, WriteKind::kUpdate);
  return step;
}

}  // namespace

void read_attempts(Context& context, const model::Node& node, ir::Step& step) {
  step.timeout_ms = parse_span_us(text_at(node, "timeout")).value_or(0) / 1'000;
  const auto* retry = node.find("retry");
  if (retry == nullptr || !retry->is_map()) return;
  const auto times = parse_count(text_at(*retry, "times")).value_or(0);
  if (times < 1 || times > 100) report(context, "unit", retry->span, "A step is tried again 1 to 100 times.", "Write `times: 5`.");
  step.retry_times = static_cast<std::int64_t>(times);
  step.retry_backoff = text_at(*retry, "backoff");
}

void compile_consumers(Context& context) {
  for (const auto& member : members_of(context.root.find("consumers"))) {
    if (!member.value.is_map()) continue;
    ir::Consumer consumer;
    consumer.name = member.key;
    consumer.span = member.key_span;
    note_requirements(context, "consumer", member);
    if (const auto* event = member.value.find("on")) consumer.on = require_event(context, text_of(*event));
    auto scope = base_scope(context);
    scope.names.emplace_back("event", consumer.on.valid() ? cel::make_record(ir::event_record(context.system.events[consumer.on.index()].name))
                                                          : cel::make_type(cel::TypeKind::kDyn));
    consumer.step = compile_call(context, member.value, scope, fmt::format("The consumer `{}`", member.key));
    read_attempts(context, member.value, consumer.step);
    context.system.consumers.push_back(std::move(consumer));
  }
}

void compile_schedules(Context& context) {
  for (const auto& member : members_of(context.root.find("schedules"))) {
    if (!member.value.is_map()) continue;
    ir::Schedule schedule;
    schedule.name = member.key;
    schedule.span = member.key_span;
    note_requirements(context, "schedule", member);
    if (const auto* every = member.value.find("every")) {
      schedule.every_ms = parse_span_us(every->text).value_or(0) / 1'000;
      if (schedule.every_ms < 1'000) report(context, "unit", every->span, "A schedule runs at most once a second.", "Write `every: 1m`.");
    }
    const auto reader = fmt::format("The schedule `{}`", member.key);
    schedule.step = member.value.find("command") != nullptr ? compile_call(context, member.value, base_scope(context), reader)
                                                            : compile_sweep(context, member.value, reader);
    context.system.schedules.push_back(std::move(schedule));
  }
}

}  // namespace kingpost::compile
