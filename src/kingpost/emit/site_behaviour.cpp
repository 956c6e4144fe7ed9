#include <fmt/format.h>

#include "kingpost/emit/html.hpp"
#include "kingpost/emit/site_parts.hpp"

namespace kingpost::emit {

namespace {

std::string members_text(const ir::System& system, const std::vector<ir::Member>& members) {
  std::string out;
  for (const ir::Member& member : members) {
    if (!out.empty()) out += ", ";
    const std::string type = member.entity.valid() ? "ref(" + system.entity(member.entity).name + ")" : type_text(system, member.type);
    out += fmt::format("{} {}{}", member.name, type, member.nullable ? " optional" : "");
  }
  return out;
}

std::string entity_name(const ir::System& system, ir::EntityId id) { return id.valid() ? " " + code(system.entity(id).name) : std::string(); }

std::string step_head(const ir::System& system, const ir::Step& step) {
  switch (step.kind) {
    case ir::StepKind::kLock:
      return "lock " + code(expression_text(step.target));
    case ir::StepKind::kRequire:
      return "require " + code(expression_text(step.target));
    case ir::StepKind::kCreate:
      return "create" + entity_name(system, step.entity);
    case ir::StepKind::kUpdate:
      return "update" + entity_name(system, step.entity);
    case ir::StepKind::kDelete:
      return "delete" + entity_name(system, step.entity);
    case ir::StepKind::kMove:
      return "move" + entity_name(system, step.entity) + " by " + code(step.move);
    case ir::StepKind::kEmit:
      return "emit " + (step.event.valid() ? code(system.events[step.event.index()].name) : std::string());
    case ir::StepKind::kHttp:
      return "call " + code(step.http);
    case ir::StepKind::kCommand:
      return "run " + (step.command.valid() ? code(system.commands[step.command.index()].name) : std::string());
  }
  return "";
}

std::string step_text(const ir::System& system, const ir::Step& step) {
  std::string out = step_head(system, step);
  if (!step.id.empty()) out += " as " + code(step.id);
  if (step.each != nullptr) out += ", for each " + code(step.each_name) + " in " + code(expression_text(step.each));
  if (step.where != nullptr) out += ", where " + code(expression_text(step.where));
  if (step.otherwise) out += fmt::format(", else {} “{}”", code(step.otherwise->code), escape_html(step.otherwise->message));
  if (!step.undo.empty()) out += ", undone by " + code(step.undo);
  if (step.pivot) out += " (the point of no return)";
  return out;
}

void write_steps(Page& page, const ir::System& system, const std::vector<ir::Step>& steps) {
  page.raw("<ol>\n");
  for (const ir::Step& step : steps) page.raw(fmt::format("<li>{}</li>\n", step_text(system, step)));
  page.raw("</ol>\n");
}

void write_commands(Page& page, const SiteInput& input) {
  const ir::System& system = *input.system;
  for (const ir::Command& command : system.commands) {
    page.raw(fmt::format("<article id=\"{}\"{}>\n<h2>{}<span class=\"badges\">{}", command_anchor(command.name), findable("command", command.name),
                         escape_html(command.name), badge("command")));
    if (command.service.valid()) page.raw(badge(system.services[command.service.index()].name));
    if (command.idempotency_required) page.raw(badge("idempotency key required"));
    page.raw("</span></h2>\n");
    if (!command.summary.empty()) page.element("p", command.summary);
    page.raw("<dl class=\"policies\">\n");
    page.raw(fmt::format("<div><dt>input</dt><dd>{}</dd></div>\n", command.input.empty() ? "nothing" : code(members_text(system, command.input))));
    page.raw(fmt::format("<div><dt>allow</dt><dd>{}</dd></div>\n", who(command.allow)));
    if (command.returns != nullptr) page.raw(fmt::format("<div><dt>returns</dt><dd>{}</dd></div>\n", code(expression_text(command.returns))));
    page.raw("</dl>\n");
    write_steps(page, system, command.steps);
    if (const SiteDiagram* diagram = find_diagram(input, "command-" + file_segment(command.name) + "-sequence")) write_figure(page, *diagram);
    page.raw("</article>\n");
  }
}

void write_sagas(Page& page, const SiteInput& input) {
  const ir::System& system = *input.system;
  for (const ir::Saga& saga : system.sagas) {
    page.raw(fmt::format("<article id=\"saga-{}\"{}>\n<h2>{}<span class=\"badges\">{}</span></h2>\n", file_segment(saga.name),
                         findable("saga", saga.name), escape_html(saga.name), badge("saga")));
    if (saga.starts_on.valid()) page.raw(fmt::format("<p>Starts on {}.</p>\n", code(system.events[saga.starts_on.index()].name)));
    write_steps(page, system, saga.steps);
    if (saga.on_failed) page.raw(fmt::format("<p>When it fails: {}.</p>\n", step_text(system, *saga.on_failed)));
    if (const SiteDiagram* diagram = find_diagram(input, "saga-" + file_segment(saga.name) + "-sequence")) write_figure(page, *diagram);
    page.raw("</article>\n");
  }
}

void write_events(Page& page, const ir::System& system) {
  if (system.events.empty()) return;
  page.raw("<h2 id=\"events\">Events</h2>\n");
  page.open_table("Events", {"Event", "Version", "Ordered by", "Data"});
  for (const ir::Event& event : system.events) {
    page.raw(fmt::format("<tr id=\"event-{}\"{}><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>\n", file_segment(event.name),
                         findable("event", event.name), code(event.name), event.version, code(event.key), code(members_text(system, event.data))));
  }
  page.close_table();
}

void write_rest(Page& page, const ir::System& system) {
  if (system.consumers.empty() && system.schedules.empty() && system.projections.empty() && system.http_clients.empty()) return;
  page.raw("<h2>Consumers, schedules, projections and outside systems</h2>\n");
  page.open_table("Consumers, schedules, projections and outside systems", {"Name", "Kind", "What"});
  const auto row = [&page](std::string_view name, std::string_view kind, const std::string& what) {
    page.raw(fmt::format("<tr id=\"{1}-{3}\"{4}><th scope=\"row\">{0}</th><td>{1}</td><td>{2}</td></tr>\n", code(name), kind, what,
                         file_segment(name), findable(kind, name)));
  };
  for (const ir::Consumer& one : system.consumers) {
    const std::string event = one.on.valid() ? code(system.events[one.on.index()].name) : "";
    row(one.name, "consumer", fmt::format("on {}: {}", event, step_text(system, one.step)));
  }
  for (const ir::Schedule& one : system.schedules) {
    const std::string when = one.cron.empty() ? "every " + duration_text(one.every_ms) : "at " + code(one.cron);
    row(one.name, "schedule", when + ": " + step_text(system, one.step));
  }
  for (const ir::Projection& one : system.projections) row(one.name, "projection", "kept from" + entity_name(system, one.from));
  for (const ir::HttpClient& one : system.http_clients) {
    std::string what = code(one.url);
    for (const ir::HttpOperation& operation : one.operations) what += fmt::format(" · {}", code(operation.method + " " + operation.path));
    row(one.name, "client", what);
  }
  page.close_table();
}

}  // namespace

void write_behaviour(Page& page, const SiteInput& input) {
  const ir::System& system = *input.system;
  if (system.commands.empty() && system.events.empty() && system.schedules.empty() && system.projections.empty() && system.http_clients.empty())
    return;
  page.open_section("behaviour", "Behaviour",
                    "Commands are transactions of set-based steps; sagas run them across services and undo them in reverse.");
  write_commands(page, input);
  write_sagas(page, input);
  write_events(page, system);
  write_rest(page, system);
  page.close_section();
}

}  // namespace kingpost::emit
