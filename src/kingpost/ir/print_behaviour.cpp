#include <fmt/format.h>

#include "kingpost/ir/print_parts.hpp"

namespace kingpost::ir {
namespace {

const char* print_step_kind(StepKind kind) {
  const char* const names[] = {"lock", "require", "create", "update", "delete", "move", "emit", "http", "command"};
  return names[static_cast<std::size_t>(kind)];
}

void print_members(Printer& out, const System& system, std::string_view label, const std::vector<Member>& members) {
  for (const auto& member : members) {
    std::string text = fmt::format("{} {}: ", label, member.name);
    text += member.entity.valid() ? fmt::format("ref({})", system.entity(member.entity).name) : print_logical_type(member.type);
    if (member.nullable) text += " null";
    out.line(text);
  }
}

std::string assignments(const std::vector<Assignment>& list) {
  std::string text;
  for (const auto& item : list) text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", item.name, text_of(item.value));
  return text;
}

void print_step(Printer& out, const System& system, const Step& step) {
  std::string text = print_step_kind(step.kind);
  if (step.entity.valid()) text += " " + system.entity(step.entity).name;
  if (step.event.valid()) text += " " + system.events[step.event.index()].name;
  if (step.command.valid()) text += " " + system.commands[step.command.index()].name;
  if (!step.http.empty()) text += " " + step.http;
  if (!step.move.empty()) text += " " + step.move;
  if (step.target != nullptr) text += " " + text_of(step.target);
  if (!step.id.empty()) text += " as " + step.id;
  if (step.each != nullptr) text += fmt::format(" each {} as {}", text_of(step.each), step.each_name);
  if (step.where != nullptr) text += " where " + text_of(step.where);
  if (!step.set.empty()) text += fmt::format(" set {{{}}}", assignments(step.set));
  if (step.otherwise) text += fmt::format(" else {}", step.otherwise->code);
  if (!step.undo.empty()) text += fmt::format(" undo {} {{{}}}", step.undo, assignments(step.undo_with));
  if (step.timeout_ms != 0) text += fmt::format(" timeout {} ms", step.timeout_ms);
  if (step.retry_times != 0) text += fmt::format(" retry {} {}", step.retry_times, step.retry_backoff);
  if (step.pivot) text += " pivot";
  out.line(text);
}

void print_command(Printer& out, const System& system, const Command& command) {
  out.line(fmt::format("command {}{}{}", command.name,
                       command.service.valid() ? " service " + system.services[command.service.index()].name : std::string(),
                       command.idempotency_required ? " idempotent" : ""));
  out.push();
  print_members(out, system, "input", command.input);
  out.line(fmt::format("allow {}", text_of(command.allow)));
  for (const auto& step : command.steps) print_step(out, system, step);
  out.line(fmt::format("returns {}", text_of(command.returns)));
  out.pop();
}

void print_saga(Printer& out, const System& system, const Saga& saga) {
  out.line(fmt::format("saga {} on {} subject {{{}}}", saga.name, saga.starts_on.valid() ? system.events[saga.starts_on.index()].name : "?",
                       assignments(saga.subject)));
  out.push();
  for (const auto& step : saga.steps) print_step(out, system, step);
  if (saga.on_failed) {
    out.line("on failed");
    out.push();
    print_step(out, system, *saga.on_failed);
    out.pop();
  }
  out.pop();
}

void print_one_step(Printer& out, const System& system, std::string_view head, const Step& step) {
  out.line(head);
  out.push();
  print_step(out, system, step);
  out.pop();
}

void print_http(Printer& out, const System& system, const HttpClient& client) {
  out.line(fmt::format("http {} url {} auth {} breaker {}% of {}", client.name, client.url, client.auth.empty() ? "-" : client.auth,
                       client.breaker_failures, client.breaker_window));
  out.push();
  for (const auto& operation : client.operations) {
    out.line(fmt::format("{}: {} {}", operation.name, operation.method, operation.path));
    out.push();
    print_members(out, system, "body", operation.body);
    print_members(out, system, "returns", operation.returns);
    out.pop();
  }
  out.pop();
}

}  // namespace

std::string print_logical_type(const LogicalType& type) {
  const char* const names[] = {"bool", "int",       "int32",    "decimal", "float", "string", "text", "uuid",  "date",
                               "time", "timestamp", "duration", "json",    "bytes", "enum",   "list", "record"};
  std::string text = names[static_cast<std::size_t>(type.scalar)];
  if (type.scalar == Scalar::kDecimal) return fmt::format("{}({},{})", text, type.precision, type.scale);
  if (type.scalar == Scalar::kList) return fmt::format("{}({})", text, type.element ? print_logical_type(*type.element) : "?");
  if (type.max_length != 0) return fmt::format("{}({})", text, type.max_length);
  return text;
}

void print_behaviour(Printer& out, const System& system) {
  for (const auto& record : system.records) {
    out.line(fmt::format("type {}", record.name));
    out.push();
    print_members(out, system, "member", record.members);
    out.pop();
  }
  for (const auto& event : system.events) {
    out.line(fmt::format("event {} version {} key {}", event.name, event.version, event.key.empty() ? "-" : event.key));
    out.push();
    print_members(out, system, "data", event.data);
    out.pop();
  }
  for (const auto& command : system.commands) print_command(out, system, command);
  for (const auto& saga : system.sagas) print_saga(out, system, saga);
  for (const auto& item : system.consumers) {
    print_one_step(out, system, fmt::format("consumer {} on {}", item.name, item.on.valid() ? system.events[item.on.index()].name : "?"), item.step);
  }
  for (const auto& item : system.schedules) {
    print_one_step(out, system, fmt::format("schedule {} every {} ms{}", item.name, item.every_ms, item.cron.empty() ? "" : " cron " + item.cron),
                   item.step);
  }
  for (const auto& item : system.projections) {
    out.line(fmt::format("projection {} from {} where {} group [{}] set {{{}}} read {}", item.name,
                         item.from.valid() ? system.entity(item.from).name : "?", text_of(item.where), joined(item.group), assignments(item.set),
                         text_of(item.read)));
  }
  for (const auto& client : system.http_clients) print_http(out, system, client);
  for (const auto& flag : system.flags) out.line(fmt::format("flag {} {} rollout {}%", flag.name, flag.default_on ? "on" : "off", flag.rollout));
}

}  // namespace kingpost::ir
