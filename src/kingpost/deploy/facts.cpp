#include "kingpost/deploy/facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kingpost/capacity/plan.hpp"
#include "kingpost/deploy/escape.hpp"

namespace kingpost::deploy {

namespace {

constexpr double kGiB = 1024.0 * 1024 * 1024;
constexpr double kMiB = 1024.0 * 1024;
constexpr std::int64_t kMostReplicas = 50;
constexpr std::int64_t kCpuTargetPercent = 70;

std::uint64_t fingerprint(const std::vector<ModelFile>& files) {
  std::uint64_t hash = 14'695'981'039'346'656'037U;
  const auto mix = [&hash](std::string_view text) {
    for (const char byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * 1'099'511'628'211U;
    hash = (hash ^ 0xFFU) * 1'099'511'628'211U;
  };
  for (const ModelFile& file : files) {
    mix(file.path);
    mix(file.text);
  }
  return hash;
}

std::int64_t seconds_up(std::int64_t ms) { return (ms + 999) / 1000; }

/// `value` up to the next multiple of `step`, between `least` and `most`.
std::int64_t rounded(double value, std::int64_t step, std::int64_t least, std::int64_t most) {
  if (!std::isfinite(value)) return most;
  const double steps = std::ceil(std::clamp(value, 0.0, static_cast<double>(most)) / static_cast<double>(step));
  return std::clamp(static_cast<std::int64_t>(steps) * step, least, most);
}

void size(const ir::System& system, Facts& facts) {
  capacity::PlanOptions options;
  options.sensitivity = false;
  const capacity::Plan plan = capacity::make_plan(system, options);
  const capacity::Sizing& one = plan.once;
  const double cores = plan.prices[capacity::Price::kServerCores];
  const double working = std::max(1.0, one.servers_for_rate);
  facts.threads = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(cores)));
  // Two, because one is replaced, drained or lost while the other answers.
  facts.replicas = rounded(one.servers, 1, 2, kMostReplicas);
  facts.most_replicas = rounded(plan.ten.servers, 1, facts.replicas + 1, kMostReplicas + 1);
  const double busy = one.demand.total.app_cpu_seconds_per_second / working;
  facts.cpu_millis = rounded(busy * 1000 * 100 / kCpuTargetPercent, 50, 100, facts.threads * 1000);
  facts.memory_mib = rounded(one.server_memory_bytes / kMiB, 32, 64, 65'536);
  // Each loop may hold one answer of the largest size beside twice what the plan says.
  const double largest = static_cast<double>(facts.limits.response_bytes) / kMiB * static_cast<double>(facts.threads);
  facts.most_memory_mib = rounded(2 * static_cast<double>(facts.memory_mib) + largest, 64, 256, 131'072);
  facts.disk_gib = rounded(1.5 * (one.disk.data[1] + one.disk.log_bytes_per_day) / kGiB, 1, 1, 65'536);
  facts.pool = facts.limits.postgres_connections;
  // A rolling update runs one pod more; ten stay for people and the migration.
  facts.database_connections = (facts.most_replicas + 1) * facts.pool + 10;
  facts.database_memory_mib = rounded(1.25 * one.working_set_bytes[1] / kMiB, 256, 512, 262'144);
  facts.database_cpu_millis = rounded(one.demand.total.cpu_seconds_per_second * 1000 * 100 / kCpuTargetPercent, 50, 250, 64'000);
  facts.load_basis = system.load ? "the load that the model declares, on paper" : "an assumed load: the model declares none";
}

void list_variables(const ir::System& system, Facts& facts) {
  for (const ir::HttpClient& client : system.http_clients) {
    for (const bool secret : {false, true}) {
      const std::string name(env_name(secret ? client.auth : client.url));
      const bool known = std::any_of(facts.variables.begin(), facts.variables.end(), [&](const ClientVariable& one) { return one.name == name; });
      // The server's own are set already.
      if (!name.empty() && !known && name != "KINGPOST_SECRET" && !name.starts_with("PG")) {
        facts.variables.push_back({name, one_line(client.name, 60), secret});
      }
    }
  }
}

}  // namespace

Facts derive_facts(const ir::System& system, const Options& options) {
  Facts facts;
  facts.name = dns_label(system.name, 40, "backend");
  facts.database = facts.name;
  std::replace(facts.database.begin(), facts.database.end(), '-', '_');
  facts.title = one_line(system.summary.empty() ? system.name : system.name + ": " + system.summary, 120);
  facts.version = one_line(options.version, 40);
  facts.short_hash = fmt::format("{:08x}", static_cast<std::uint32_t>(fingerprint(options.model) >> 32U));
  facts.tag = fmt::format("{}-{}", dns_label("v" + facts.version, 40, "v0"), facts.short_hash);
  facts.root = options.model.front().path;
  for (const ModelFile& file : options.model) facts.model.push_back(file.path);
  facts.limits = options.limits;
  facts.drain_seconds = seconds_up(facts.limits.drain_timeout_ms);
  // After the drain the store finishes its writes; nothing bounds those but the disk.
  facts.stop_seconds = facts.drain_seconds + 15;
  facts.request_seconds = seconds_up(facts.limits.request_timeout_ms);
  facts.body_seconds = seconds_up(facts.limits.body_timeout_ms);
  facts.idle_seconds = seconds_up(facts.limits.idle_timeout_ms);
  // 256 is what `serve` asks for beside its connections.
  facts.files = facts.limits.connections + 256;
  size(system, facts);
  list_variables(system, facts);
  for (const ir::NotExecuted& item : system.not_executed) {
    if (item.safety) facts.refused.push_back(one_line(item.element + " (" + item.feature + ")", 120));
  }
  facts.services = system.topology == ir::Topology::kServices;
  facts.calls_others = !system.http_clients.empty();
  return facts;
}

std::vector<std::string> serve_arguments(const Facts& facts, const std::string& model, const std::string& database, const std::string& address) {
  return {"serve",      model,
          "--database", database,
          "--address",  address,
          "--port",     std::to_string(kPort),
          "--threads",  std::to_string(facts.threads),
          "--log",      "json",
          "--limit",    fmt::format("drain-timeout-ms={}", facts.limits.drain_timeout_ms),
          "--limit",    fmt::format("connections={}", facts.limits.connections),
          "--limit",    fmt::format("postgres-connections={}", facts.pool)};
}

std::string flow_list(const std::vector<std::string>& words) {
  std::string out = "[";
  for (const std::string& word : words) {
    if (out.size() > 1) out += ", ";
    out += yaml_quoted(word);
  }
  return out + "]";
}

std::string health_command(std::string_view path) {
  // The first line of the answer, read by the shell itself.
  return fmt::format(
      "exec 3<>/dev/tcp/127.0.0.1/{} && printf 'GET {} HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && "
      "read -r _ status _ <&3 && test \"$status\" = 200",
      kPort, path);
}

}  // namespace kingpost::deploy
