#include <fmt/format.h>

#include <algorithm>

#include "kingpost/compile/stages.hpp"
#include "kingpost/compile/types.hpp"
#include "kingpost/compile/units.hpp"

namespace kingpost::compile {
namespace {

constexpr std::string_view kMethods[] = {"get", "post", "put", "patch", "delete"};

/// Named types that hold themselves would have no end.
bool reaches(const ir::System& system, const ir::LogicalType& type, std::size_t record, int depth) {
  if (depth > 64) return true;
  if (type.scalar == ir::Scalar::kList) return type.element != nullptr && reaches(system, *type.element, record, depth + 1);
  if (type.scalar != ir::Scalar::kRecord) return false;
  if (type.record.index() == record) return true;
  const auto& members = system.records[type.record.index()].members;
  return std::any_of(members.begin(), members.end(), [&](const ir::Member& member) { return reaches(system, member.type, record, depth + 1); });
}

void compile_events(Context& context) {
  const auto& members = members_of(context.root.find("events"));
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (!members[i].value.is_map()) continue;
    auto& event = context.system.events[i];
    event.data = compile_member_list(context, members[i].value.find("data"), event.name);
    event.key = text_at(members[i].value, "key");
    const auto version = parse_count(text_at(members[i].value, "version"));
    if (version) event.version = static_cast<std::int64_t>(*version);
    note_requirements(context, "event", members[i]);
    const auto names = names_of(event.data);
    const auto* key = members[i].value.find("key");
    if (key != nullptr && std::find(names.begin(), names.end(), event.key) == names.end()) {
      report_unknown(context, "event-key", text_of(*key), fmt::format("The event `{}` has no member `{}` to keep order by.", event.name, event.key),
                     names);
    }
  }
}

ir::HttpOperation compile_operation(Context& context, const std::string& client, const model::Member& member) {
  ir::HttpOperation operation;
  operation.name = member.key;
  operation.span = member.key_span;
  for (const auto method : kMethods) {
    if (const auto* path = member.value.find(method)) {
      operation.method = std::string(method);
      operation.path = path->text;
    }
  }
  const auto owner = client + "." + member.key;
  operation.body = compile_member_list(context, member.value.find("body"), owner);
  operation.returns = compile_member_list(context, member.value.find("returns"), ir::returns_record(owner));
  return operation;
}

void compile_http(Context& context) {
  for (const auto& member : members_of(context.root.find("http"))) {
    ir::HttpClient client;
    client.name = member.key;
    client.span = member.key_span;
    if (member.value.is_map()) {
      client.url = text_at(member.value, "url");
      client.auth = text_at(member.value, "auth");
      if (client.auth == "none") client.auth.clear();
      if (const auto* breaker = member.value.find("breaker"); breaker != nullptr && breaker->is_map()) {
        client.breaker_failures = parse_percent(text_at(*breaker, "failures")).value_or(0);
        client.breaker_window = static_cast<std::int64_t>(parse_count(text_at(*breaker, "window")).value_or(0));
      }
      for (const auto& item : members_of(member.value.find("operations"))) {
        if (item.value.is_map()) client.operations.push_back(compile_operation(context, client.name, item));
      }
    }
    context.system.http_clients.push_back(std::move(client));
  }
}

}  // namespace

void compile_types(Context& context) {
  const auto& members = members_of(context.root.find("types"));
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto& name = members[i].key;
    if (context.system.find_entity(name).valid() || name == ir::kAuthRecord) {
      report(context, "built-in-name", members[i].key_span, fmt::format("`{}` is already the name of an entity.", name),
             "Choose another name for the type.");
    }
    context.system.records[i].members = compile_member_list(context, &members[i].value, name);
  }
  for (std::size_t i = 0; i < context.system.records.size(); ++i) {
    const auto& record = context.system.records[i];
    const auto looped = std::any_of(record.members.begin(), record.members.end(),
                                    [&](const ir::Member& member) { return reaches(context.system, member.type, i, 0); });
    if (looped) report(context, "type-cycle", record.span, fmt::format("The type `{}` holds itself.", record.name), "Hold a key or json instead.");
  }
}

void compile_members(Context& context) {
  compile_events(context);
  compile_http(context);
  const auto& commands = members_of(context.root.find("commands"));
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (!commands[i].value.is_map()) continue;
    context.system.commands[i].input = compile_member_list(context, commands[i].value.find("input"), ir::input_record(commands[i].key));
  }
}

}  // namespace kingpost::compile
