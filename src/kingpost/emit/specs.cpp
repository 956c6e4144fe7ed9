#include <fmt/format.h>

#include <algorithm>

#include "kingpost/emit/asyncapi.hpp"
#include "kingpost/emit/dbml.hpp"
#include "kingpost/emit/design_parts.hpp"
#include "kingpost/emit/event_catalogue.hpp"
#include "kingpost/emit/event_flows.hpp"
#include "kingpost/emit/graphql_sdl.hpp"
#include "kingpost/emit/html.hpp"
#include "kingpost/emit/proto.hpp"
#include "kingpost/emit/schemas.hpp"
#include "kingpost/emit/structurizr.hpp"

namespace kingpost::emit {

namespace {

constexpr std::string_view kGraphql = "application/graphql; charset=utf-8";
constexpr std::string_view kSchemaJson = "application/schema+json";
constexpr std::string_view kAsyncapi = "application/vnd.aai.asyncapi+json;version=3.0.0";
constexpr std::string_view kPlain = "text/plain; charset=utf-8";
constexpr std::string_view kMarkdown = "text/markdown; charset=utf-8";
constexpr std::string_view kYaml = "application/yaml";

/// Every audience is a module of its own, because all hold the same packages.
constexpr std::string_view kBufModule = "version: v2\nlint:\n  use:\n    - STANDARD\nbreaking:\n  use:\n    - FILE\n";

struct Reader {
  std::string segment;  ///< of paths; empty for the whole
  std::string title;
  surface::Audience audience;
};

std::vector<Reader> readers(const ir::System& system) {
  std::vector<Reader> out;
  out.push_back({"", "everybody", {}});
  out.push_back({"anonymous", "anonymous", {.whole = false, .anonymous = true, .roles = {}}});
  for (const ir::Role& role : system.roles) {
    // The anonymous caller's files have that name already.
    const std::string segment = role.name == "anonymous" ? "~anonymous" : file_segment(role.name);
    out.push_back({segment, role.name, {.whole = false, .anonymous = false, .roles = role.implies}});
  }
  return out;
}

void add_contract(Files& files, const SiteInput& input, std::size_t at, const ProtoNumbers& numbers) {
  const SiteContract& shown = input.contracts[at];
  const ir::Contract& contract = *shown.contract;
  const std::string package = proto_packages(*input.system)[at];
  for (const Reader& reader : readers(*input.system)) {
    const surface::Api own = reader.segment.empty() ? surface::Api{} : surface::describe(*input.system, contract, reader.audience);
    const surface::Api& api = reader.segment.empty() ? shown.whole : own;
    const std::string suffix = reader.segment.empty() ? "" : "." + reader.segment;
    files.add(fmt::format("graphql/{}{}.graphql", file_segment(contract.name), suffix), kGraphql, print_graphql(api),
              fmt::format("GraphQL schema of {} for {}", contract.name, reader.title));
    const std::string root = reader.segment.empty() ? "proto/everybody" : "proto/for-" + reader.segment;
    files.add(fmt::format("{}/{}", root, proto_path(package)), kPlain, print_proto(api, package, numbers),
              fmt::format("Protocol buffers of {} for {}", contract.name, reader.title));
  }
  for (const surface::ApiCommand& command : shown.whole.commands) {
    files.add(fmt::format("command-schemas/{}/{}.json", file_segment(contract.name), file_segment(command.name)), kSchemaJson,
              print_command_schema(shown.whole, command), fmt::format("Input of {} in {}", command.name, contract.name));
  }
}

void add_events(Files& files, const SiteInput& input) {
  const ir::System& system = *input.system;
  const surface::Api& whole = input.contracts.front().whole;
  files.add("events.md", kMarkdown, print_event_catalogue(system, whole), "Event catalogue and flows");
  if (system.events.empty()) return;
  files.add("asyncapi/events.json", kAsyncapi, print_asyncapi(system, whole, ""), "AsyncAPI of all events");
  for (const ir::Service& service : system.services) {
    bool any = false;
    for (const EventFlow& flow : event_flows(system)) {
      for (const EventEnd& end : flow.senders) any = any || end.service == service.name;
      for (const EventEnd& end : flow.receivers) any = any || end.service == service.name;
    }
    if (!any) continue;
    files.add(fmt::format("asyncapi/services/{}.json", file_segment(service.name)), kAsyncapi, print_asyncapi(system, whole, service.name),
              fmt::format("AsyncAPI of {}", service.name));
  }
  for (std::size_t at = 0; at < system.events.size(); ++at) {
    files.add(event_schema_path(system.events[at]), kSchemaJson, print_event_schema(whole, whole.events[at]),
              fmt::format("Data of {}", system.events[at].name));
  }
}

}  // namespace

void add_specs(Files& files, const SiteInput& input) {
  const ir::System& system = *input.system;
  const ProtoNumbers numbers = assign_proto_numbers(system, input.options.proto_numbers);
  for (std::size_t at = 0; at < input.contracts.size(); ++at) add_contract(files, input, at, numbers);
  for (const Reader& reader : readers(system)) {
    const std::string root = reader.segment.empty() ? "proto/everybody" : "proto/for-" + reader.segment;
    files.add(root + "/buf.yaml", kYaml, std::string(kBufModule), fmt::format("buf's settings for the module of {}", reader.title));
  }
  if (!input.contracts.empty()) add_events(files, input);
  files.add("dbml/tables.dbml", kPlain, print_dbml(system, *input.postgres, ""), "Tables (DBML)");
  for (std::size_t at = 0; at < system.services.size(); ++at) {
    const auto owned = [at](const ir::Entity& entity) { return entity.service.valid() && entity.service.index() == at; };
    if (std::none_of(system.entities.begin(), system.entities.end(), owned)) continue;
    const std::string& name = system.services[at].name;
    files.add(fmt::format("dbml/services/{}.dbml", file_segment(name)), kPlain, print_dbml(system, *input.postgres, name),
              fmt::format("Tables of {} (DBML)", name));
  }
  files.add("structurizr/workspace.dsl", kPlain, print_structurizr(system), "C4 workspace (Structurizr DSL)");
}

}  // namespace kingpost::emit
