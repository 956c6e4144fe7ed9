#include <fmt/format.h>

#include "kingpost/decide/kinds.hpp"

namespace kingpost::decide {

Ladder topology_ladder() {
  Ladder out{.kind = "topology"};
  const std::string services(kServicesChoice);
  const std::string cost =
      "Every call between services adds a network hop, a time-out and a way to fail; every change over two of them becomes a saga.";
  const std::vector<std::string> consequences = {"Each service owns its tables; what others need of it travels by events or declared calls.",
                                                 "A gateway, a broker and tokens that any service can verify come with it (decisions 30, 15, 28)."};
  out.options = {
      {.choice = services,
       .all = {{"services_declared", Op::kAtLeast, Bound::kOne}, {"services", Op::kAtLeast, Bound::kTwo}},
       .because = "The model says so: `topology: services`.",
       .against = cost,
       .consequences = consequences,
       .status = Status::kDeclared},
      {.choice = services,
       .all = {{"services", Op::kAtLeast, Bound::kTwo},
               {"rows_written", Op::kAbove, Bound::kPrimaryRows},
               {"largest_service_share", Op::kAtMost, Bound::kSplittableShare}},
       .because = "One primary cannot take the writes, and the declared services divide them.",
       .against = cost,
       .consequences = consequences},
      {.choice = std::string(kMonolithChoice),
       .because = "One process and one database carry the load, and transactions stay transactions.",
       .against = "One database takes all the writing, and everything is deployed together.",
       .consequences = {"One deployment, one migration, one backup; joins and transactions over all entities.",
                        "Declared service boundaries stay checked, so that a later split is a change of one line."}},
  };
  return out;
}

void ask_topology(const Evidence&, Ladders& out) { out.push_back(topology_ladder()); }

Ladder database_ladder() {
  Ladder out{.kind = "database"};
  const std::string postgres(kPostgresChoice);
  const std::string cost = "A server to run, patch, back up and reach over the network.";
  const auto row = [&](std::string figure, Op op, Bound limit, std::string because) {
    out.options.push_back({.choice = postgres,
                           .all = {{std::move(figure), op, limit}},
                           .because = std::move(because),
                           .against = cost,
                           .consequences = {"Nodes keep no state and can be added; the database is the one thing to back up."}});
  };
  row("deployables", Op::kAtLeast, Bound::kTwo, "Several processes write.");
  row("tenanted", Op::kAtLeast, Bound::kOne, "Tenants share tables: row-level security is a second wall that SQLite does not have.");
  row("availability", Op::kAbove, Bound::kOneMachinePercent, "One machine with a file cannot be that available; a standby needs a server.");
  row("rows_written", Op::kAbove, Bound::kSqliteRows, "SQLite has one writer.");
  row("requests", Op::kAbove, Bound::kNodeRequests, "More than one node must reach the data, and a file belongs to one.");
  row("bytes", Op::kAbove, Bound::kSqliteBytes, "A file of that size takes too long to restore as a whole.");
  out.options.push_back(
      {.choice = std::string(kSqliteChoice),
       .because = "The data fits into a file beside the process: no server, no network, no pool, and reads inline.",
       .against = "One machine, one writer, no second wall under the policies.",
       .consequences = {"One node serves; it stops while its machine is replaced.", "A backup is a copy of one file, streamed or nightly."}});
  return out;
}

void ask_database(const Evidence&, Ladders& out) { out.push_back(database_ladder()); }

void ask_api_style(const Evidence&, Ladders& out) {
  out.push_back(
      {.kind = "api-style",
       .options = {{.choice = "REST and GraphQL",
                    .all = {{"entities", Op::kAtLeast, Bound::kGraphqlEntities}, {"relations_per_entity", Op::kAtLeast, Bound::kGraphqlRelations}},
                    .because = "Clients walk many relations, and each page wants another shape.",
                    .against = "A cost limit, persisted queries and a cache of its own are needed, because one address answers everything.",
                    .consequences = {"GraphQL depth and cost are bounded; caches work on the REST side only."}},
                   {.choice = "REST",
                    .because = "One request with embeds answers a page; every answer has an address, an ETag and a place in a cache.",
                    .against = "Clients that need another shape need another address or several requests.",
                    .consequences = {"Specification, caching and permissions exist once, in OpenAPI."}}}});
}

void ask_internal_api(const Evidence&, Ladders& out) {
  out.push_back(
      {.kind = "internal-api",
       .options = {{.choice = "gRPC between services",
                    .all = {{"deployables", Op::kAtLeast, Bound::kTwo}, {"internal_calls", Op::kAbove, Bound::kInternalCalls}},
                    .because = "Calls between services are frequent: one connection carries many at once, and the schema is checked at build time.",
                    .against = "A second schema language, and bytes that no browser shows.",
                    .consequences = {"The .proto files of the design are the contract between services."}},
                   {.choice = "REST between services",
                    .all = {{"deployables", Op::kAtLeast, Bound::kTwo}},
                    .because = "Services call each other rarely; the API they have already is enough.",
                    .against = "Coding and connections cost more a call."},
                   {.choice = "not needed",
                    .because = "There is nothing to call: all parts share a process.",
                    .against = "Services that are deployed apart must call each other somehow.",
                    .status = Status::kNotNeeded}}});
}

void ask_gateway(const Evidence&, Ladders& out) {
  out.push_back({.kind = "gateway",
                 .options = {{.choice = "API gateway",
                              .all = {{"deployables", Op::kAtLeast, Bound::kTwo}},
                              .because = "Clients must see one address and one set of limits, whatever is behind.",
                              .against = "One more thing that every request passes and that can fail.",
                              .consequences = {"Routes follow the services; tokens are verified at the gateway and again by each service."}},
                             {.choice = "load balancer",
                              .all = {{"nodes", Op::kAtLeast, Bound::kTwo}},
                              .because = "Several equal nodes need somebody who divides the requests and leaves out those that are not ready.",
                              .against = "With one node it has nothing to divide.",
                              .consequences = {"It asks /health/ready and ends TLS."}},
                             {.choice = "reverse proxy for TLS",
                              .because = "One node needs certificates and nothing else in front of it.",
                              .against = "It knows one address only."}}});
}

void ask_mesh(const Evidence&, Ladders& out) {
  out.push_back({.kind = "mesh",
                 .options = {{.choice = "service mesh",
                              .all = {{"deployables", Op::kAbove, Bound::kMeshServices}},
                              .because = "So many services cannot each be trusted to set time-outs, retries and mutual TLS alike.",
                              .against = "A proxy beside every process: memory, latency and a control plane to run.",
                              .consequences = {"Mutual TLS and retries leave the services' configuration for the mesh's."}},
                             {.choice = "not needed",
                              .because = "Few enough processes talk to each other that their own settings do.",
                              .against = "A fleet of services would repeat its settings in every one.",
                              .status = Status::kNotNeeded}}});
}

void ask_serverless(const Evidence&, Ladders& out) {
  out.push_back({.kind = "serverless",
                 .options = {{.choice = "functions",
                              .all = {{"postgres", Op::kAtLeast, Bound::kOne},
                                      {"burst", Op::kAbove, Bound::kBurstRatio},
                                      {"requests_mean", Op::kBelow, Bound::kServerlessMean}},
                              .because = "Rare calls in bursts: paying by the call is cheaper than a server that waits.",
                              .against = "Cold starts, no state between calls, and a pooler before the database.",
                              .consequences = {"Connections go through a pooler; schedules and the outbox need a runner of their own."}},
                             {.choice = "not needed",
                              .because = "A process that stays keeps its prepared statements, connections and caches warm.",
                              .against = "A server is paid for while it waits.",
                              .status = Status::kNotNeeded}}});
}

void ask_regions(const Evidence&, Ladders& out) {
  out.push_back({.kind = "regions",
                 .options = {{.choice = "a second region that can take over",
                              .all = {{"availability", Op::kAtLeast, Bound::kRegionPercent}},
                              .because = "The objective leaves less time than one outage of a region takes.",
                              .against = "Everything twice, and writes confirmed here may be missing there after a take-over.",
                              .consequences = {"Data is sent there asynchronously; taking over is practised twice a year."}},
                             {.choice = "one region",
                              .because = "The objective survives the outage of a machine and of a site within one region.",
                              .against = "An outage of the region is an outage of the system.",
                              .status = Status::kNotNeeded}}});
}

}  // namespace kingpost::decide
