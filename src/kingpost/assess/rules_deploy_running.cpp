#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "kingpost/assess/rules_deploy.hpp"

namespace kingpost::assess::rule {
namespace {

using foreign::ContainerFact;
using foreign::ContainerRole;
using foreign::DeployFacts;

bool serves_for_long(const ContainerFact& container) {
  return !container.init && container.role != ContainerRole::kJob && container.workload != "Job" && container.workload != "CronJob" &&
         container.workload != "Pod";
}

/// Long-running containers of all manifests, because people write one file an object.
std::vector<const ContainerFact*> pods_of(const foreign::Facts& facts) {
  std::vector<const ContainerFact*> out;
  for (const auto& file : facts.deployments) {
    for (const auto& container : file.containers) {
      if (is_kubernetes(file) && serves_for_long(container)) out.push_back(&container);
    }
  }
  return out;
}

template <typename Test>
std::vector<Hit> pods_that(const std::vector<const ContainerFact*>& pods, Test test) {
  std::vector<Hit> out;
  std::set<std::string> seen;
  for (const auto* pod : pods) {
    if (test(*pod) && seen.insert(pod->space + "/" + name_of(*pod)).second) out.push_back({name_of(*pod), pod->span});
  }
  return out;
}

}  // namespace

void deploy_no_limits(const foreign::Facts& facts, review::Report& report) {
  const auto pods = pods_of(facts);
  const auto hits = pods_that(pods, [](const ContainerFact& one) { return !one.has_memory_limit; });
  if (!hits.empty()) {
    report.add({.severity = Severity::kWarning,
                .span = hits.front().span,
                .message = fmt::format(
                    "{} of {} may take all memory of their node: {}. A leak in one is then an outage of its neighbours, which the kernel picks.",
                    hits.size(), counted(pods.size(), "container"), first_of(hits)),
                .fix = "Set `resources.requests` to what is used and `limits.memory` to what is tolerated."});
  }
  std::vector<Hit> services;
  std::size_t files = 0;
  for (const auto& file : facts.deployments) {
    if (is_kubernetes(file) || file.development || file.containers.size() < 2) continue;
    const auto unbounded = containers_that(file, [](const DeployFacts&, const ContainerFact& one) { return !one.has_memory_limit; });
    if (unbounded.size() != file.containers.size()) continue;
    services.insert(services.end(), unbounded.begin(), unbounded.end());
    ++files;
  }
  if (services.empty()) return;
  report.add({.severity = Severity::kNote,
              .span = services.front().span,
              .message = fmt::format("{} of {} have no memory limit: {}. A leak in one takes its neighbours on the host down.",
                                     counted(services.size(), "service"), counted(files, "compose file"), first_of(services)),
              .fix = "Set `mem_limit` (or `deploy.resources.limits.memory`), first beside a data store."});
}

void deploy_no_probe(const foreign::Facts& facts, review::Report& report) {
  const auto pods = pods_of(facts);
  const auto hits = pods_that(pods, [](const ContainerFact& one) {
    return !one.has_readiness && !one.ports.empty() && (one.workload == "Deployment" || one.workload == "StatefulSet");
  });
  if (hits.empty()) return;
  report.add(
      {.severity = Severity::kWarning,
       .span = hits.front().span,
       .message = fmt::format(
           "{} of {} take traffic as soon as their process runs: {}. Each roll-out answers with errors until the new pods have started up, and a pod "
           "that lost its database stays in the pool.",
           hits.size(), counted(pods.size(), "container"), first_of(hits)),
       .fix = "Add a readinessProbe that asks what a request needs, and a livenessProbe that asks only whether the process still moves."});
}

void deploy_no_persistence(const foreign::Facts& facts, review::Report& report) {
  for (const auto& file : facts.deployments) {
    const auto hits = containers_that(file, [](const DeployFacts&, const ContainerFact& one) {
      // Tools that speak to a database run its image too.
      if (says(name_of(one), " admin client cli proxy backup migrate migration migrations seed init console ")) return false;
      return one.role == ContainerRole::kDatabase && !one.persistent && !one.init && !one.has_build && one.workload != "Job" &&
             one.workload != "CronJob";
    });
    if (hits.empty()) continue;
    report.add({.severity = file.development ? Severity::kNote : Severity::kError,
                .span = hits.front().span,
                .message = fmt::format("{} its data in the container: {}. It is gone with the next version, node or `down`.",
                                       hits.size() == 1 ? "A database keeps" : "Each of several databases keeps", first_of(hits)),
                .fix = is_kubernetes(file) ? "Use a StatefulSet with a volumeClaimTemplate (or a managed database), and back it up."
                                           : "Mount a named volume at its data folder, and back it up."});
  }
}

void deploy_single_replica(const foreign::Facts& facts, review::Report& report) {
  const auto services = resources_of(facts, "Service");
  std::set<std::string> scaled;
  for (const auto* scaler : resources_of(facts, "HorizontalPodAutoscaler")) scaled.insert(scaler->backends.begin(), scaler->backends.end());
  const auto pods = pods_of(facts);
  const auto hits = pods_that(pods, [&](const ContainerFact& one) {
    const bool called = std::any_of(services.begin(), services.end(), [&](const foreign::ResourceFact* service) { return selects(*service, one); });
    const bool stateless = one.role == ContainerRole::kApplication || one.role == ContainerRole::kProxy;
    return one.workload == "Deployment" && one.replicas == 1 && stateless && called && !scaled.contains(one.owner);
  });
  if (hits.empty()) return;
  report.add({.severity = Severity::kNote,
              .span = hits.front().span,
              .message = fmt::format("{} behind a Service {} of one pod: {}. Every drain of a node is an outage.", counted(hits.size(), "deployment"),
                                     hits.size() == 1 ? "consists" : "consist", first_of(hits)),
              .fix = "Run two and more on different nodes (topologySpreadConstraints), with a PodDisruptionBudget; one is enough where minutes of "
                     "outage are."});
}

void deploy_stateful_in_deployment(const foreign::Facts& facts, review::Report& report) {
  const auto pods = pods_of(facts);
  const auto hits = pods_that(
      pods, [](const ContainerFact& one) { return one.workload == "Deployment" && one.persistent && !one.recreates && (keeps_state(one.role)); });
  if (hits.empty()) return;
  report.add(
      {.severity = Severity::kWarning,
       .span = hits.front().span,
       .message = fmt::format(
           "{} with a volume in a Deployment: {}. A rolling update starts the new pod beside the old one: both open the same files, or the new one "
           "waits for the volume for ever.",
           hits.size() == 1 ? "A data store runs" : fmt::format("{} data stores run", hits.size()), first_of(hits)),
       .fix = "Use a StatefulSet with a volumeClaimTemplate; at the least `strategy: {type: Recreate}`."});
}

void deploy_no_network_policy(const foreign::Facts& facts, review::Report& report) {
  const auto pods = pods_of(facts);
  if (!resources_of(facts, "NetworkPolicy").empty() || pods.size() < 3) return;
  const auto data = pods_that(pods, [](const ContainerFact& one) { return keeps_state(one.role) || one.role == ContainerRole::kCache; });
  if (data.empty()) return;
  report.add(
      {.severity = Severity::kNote,
       .span = data.front().span,
       .message = fmt::format(
           "Every pod of the cluster may call every other one, among them {} with data: {}. Whoever takes over the least of {} containers is beside "
           "the database.",
           data.size(), first_of(data), pods.size()),
       .fix = "Add a NetworkPolicy that denies by default, and one for each flow that is meant."});
}

void deploy_no_disruption_budget(const foreign::Facts& facts, review::Report& report) {
  const auto budgets = resources_of(facts, "PodDisruptionBudget");
  const auto hits = pods_that(pods_of(facts), [&](const ContainerFact& one) {
    const bool kept = std::any_of(budgets.begin(), budgets.end(), [&](const foreign::ResourceFact* budget) { return selects(*budget, one); });
    return one.replicas > 1 && !kept && (one.workload == "Deployment" || one.workload == "StatefulSet");
  });
  if (hits.empty()) return;
  report.add({.severity = Severity::kNote,
              .span = hits.front().span,
              .message = fmt::format("{} of several pods {} no PodDisruptionBudget: {}. An upgrade of the nodes may drain all of them at once.",
                                     counted(hits.size(), "workload"), hits.size() == 1 ? "has" : "have", first_of(hits)),
              .fix = "Add a PodDisruptionBudget with `maxUnavailable: 1`."});
}

void deploy_start_race(const foreign::Facts& facts, review::Report& report) {
  for (const auto& file : facts.deployments) {
    if (file.kind != "compose" || says(file.file.substr(file.file.rfind('/') + 1), " test tests e2e ")) continue;
    const auto hits = containers_that(file, [](const DeployFacts& all, const ContainerFact& one) {
      if (one.waits_for_health || one.restarts || one.role != ContainerRole::kApplication) return false;
      return std::any_of(all.containers.begin(), all.containers.end(), [&](const ContainerFact& other) {
        const bool needed = std::find(one.depends_on.begin(), one.depends_on.end(), other.name) != one.depends_on.end();
        return needed && (other.role == ContainerRole::kDatabase || other.role == ContainerRole::kBroker);
      });
    });
    if (hits.empty()) continue;
    report.add(
        {.severity = Severity::kNote,
         .span = hits.front().span,
         .message = fmt::format("{} before the database or broker accepts connections, and nothing starts {} again: {}. `depends_on` alone waits for "
                                "the process, not for "
                                "the service.",
                                hits.size() == 1 ? "A service starts" : fmt::format("{} services start", hits.size()),
                                hits.size() == 1 ? "it" : "them", first_of(hits)),
         .fix = "Give the store a `healthcheck`, depend on it with `condition: service_healthy`, and let the service retry its first connection."});
  }
}

void deploy_no_restart(const foreign::Facts& facts, review::Report& report) {
  std::vector<Hit> services;
  for (const auto& file : facts.deployments) {
    if (file.kind != "compose" || file.development || file.containers.size() < 2) continue;
    const auto down = containers_that(file, [](const DeployFacts&, const ContainerFact& one) { return !one.restarts; });
    if (down.size() == file.containers.size()) services.insert(services.end(), down.begin(), down.end());
  }
  if (services.empty()) return;
  report.add({.severity = Severity::kNote,
              .span = services.front().span,
              .message = fmt::format("None of {} comes back after a crash or a reboot of the host: {}.", counted(services.size(), "service"),
                                     first_of(services)),
              .fix = "Write `restart: unless-stopped`."});
}

void deploy_debug_on(const foreign::Facts& facts, review::Report& report) {
  const auto debugs = [](const foreign::EnvFact& variable) {
    const auto name = folded(variable.name);
    const auto value = folded(variable.value);
    const bool yes = value == "true" || value == "1" || value == "on" || value == "yes";
    const bool flag = name == "debug" || name == "appdebug" || name == "flaskdebug" || name == "djangodebug";
    const bool mode =
        name == "nodeenv" || name == "railsenv" || name == "rackenv" || name == "flaskenv" || name == "appenv" || name == "aspnetcoreenvironment";
    return (flag && yes) || (mode && (value == "development" || value == "dev" || value == "local"));
  };
  for (const auto& file : facts.deployments) {
    if (file.development || file.example || (file.kind == "env" && !file.file.ends_with("prod") && !file.file.ends_with("production"))) continue;
    std::vector<Hit> hits;
    for (const auto& container : file.containers) {
      for (const auto& variable : container.environment) {
        if (debugs(variable)) hits.push_back({fmt::format("{}: {}", container.name, variable.name), variable.span});
      }
    }
    for (const auto& variable : file.environment) {
      if (debugs(variable)) hits.push_back({variable.name, variable.span});
    }
    if (hits.empty()) continue;
    report.add(
        {.severity = Severity::kWarning,
         .span = hits.front().span,
         .message = fmt::format(
             "A developer's mode is on where nothing says that this is a developer's machine: {}. Error pages then show code, settings and queries.",
             first_of(hits)),
         .fix = "Take it from the environment with production as the default, and keep the developer's value in an override file."});
  }
}

}  // namespace kingpost::assess::rule
