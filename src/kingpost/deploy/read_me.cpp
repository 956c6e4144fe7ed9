#include <fmt/format.h>

#include <algorithm>

#include "kingpost/deploy/escape.hpp"
#include "kingpost/deploy/parts.hpp"

namespace kingpost::deploy {

namespace {

constexpr std::string_view kExposed = R"(
## What the server exposes

| what | value | where it is used |
| --- | --- | --- |
| port | @PORT@ | image, compose, Service, probes, proxies |
| alive | `GET /health/live` | HEALTHCHECK, liveness and startup probe |
| ready | `GET /health/ready`, 503 while the database does not answer | readiness probe, compose, HAProxy, gateway |
| API | `/rest/v1/` | Ingress, proxies |
| secret | `KINGPOST_SECRET` in the environment; signs and checks tokens | Secret, `.env`, EnvironmentFile |
| database | `--database`; the password in `PGPASSWORD` | Secret, `.env` |
| stop | SIGTERM; running requests get @DRAIN@ s (`drain-timeout-ms`), then the store ends its writes | grace periods of @STOP@ s and more |
| open files | @FILES@: connections and 256 | `ulimits`, `LimitNOFILE` |
| bodies, targets, heads | @BODY@, @TARGET@, @HEAD@ bytes | proxies, Ingress |
| wait for an answer | @WAIT@ s (`request-timeout-ms`) | proxies wait 5 s longer |

Sizes come from @BASIS@ (`kingpost capacity`): @LEAST@ to @MOST@ servers, @CPU@ m of a processor and @MEMORY@ MiB each, @DISK@ GiB of disk. They are
estimates until you measure.
)";

std::string print_left_out(const Facts& facts) {
  std::string out = "\n## What is not here\n\n";
  if (!facts.refused.empty()) {
    out += "- **This version refuses to serve this model**, because it does not execute what the model asks for its safety:\n";
    for (const std::string& one : facts.refused) out += fmt::format("  `{}`\n", one);
    out += "  No file here switches that off.\n";
  }
  out +=
      "- Metrics: the server serves no `/metrics` in this version; Prometheus and Grafana are a profile of the compose file and watch themselves.\n";
  out += "- A cache: the server uses none in this version; Redis is a profile of the compose file.\n";
  for (const ClientVariable& one : facts.variables) {
    out += fmt::format("- `{}` ({} of another system): set, but this version does not call other systems.\n", one.name,
                       one.secret ? "token" : "address");
  }
  out += "- Comparing contracts in the pipelines: this version has no command for it; the migration of the tables is planned instead.\n";
  if (!facts.services) {
    out +=
        "- Istio: the topology is a monolith. One process has nobody to authenticate to but its database, which its password and the network\n"
        "  policies do.\n";
  }
  return out;
}

}  // namespace

void add_read_me(const Facts& facts, const std::vector<Target>& targets, std::vector<File>& out) {
  std::string text =
      fmt::format("# Deploying {}\n\nWritten by `kingpost design --deploy` ({}); edit the model, not these files.\n\n", facts.name, facts.version);
  text += "| target | files |\n| --- | --- |\n";
  for (const TargetRow& row : target_table()) {
    const bool there = std::find(targets.begin(), targets.end(), row.target) != targets.end();
    if (!there) continue;
    const bool empty = row.target == Target::kIstio && !facts.services;
    text += fmt::format("| {} | {} |\n", row.name, empty ? "none: see below" : row.meaning);
  }
  const auto number = [](std::int64_t value) { return std::to_string(value); };
  text += fill(kExposed, {{"PORT", number(kPort)},
                          {"DRAIN", number(facts.drain_seconds)},
                          {"STOP", number(facts.stop_seconds)},
                          {"FILES", number(facts.files)},
                          {"BODY", number(facts.limits.body_bytes)},
                          {"TARGET", number(facts.limits.target_bytes)},
                          {"HEAD", number(facts.limits.head_bytes)},
                          {"WAIT", number(facts.request_seconds)},
                          {"BASIS", facts.load_basis},
                          {"LEAST", number(facts.replicas)},
                          {"MOST", number(facts.most_replicas)},
                          {"CPU", number(facts.cpu_millis)},
                          {"MEMORY", number(facts.memory_mib)},
                          {"DISK", number(facts.disk_gib)}});
  out.push_back({"README.md", "text/markdown; charset=utf-8", text + print_left_out(facts), "Deployment"});
}

}  // namespace kingpost::deploy
