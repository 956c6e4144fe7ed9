#include <fmt/format.h>

#include <algorithm>

#include "kingpost/assess/rules_deploy.hpp"

namespace kingpost::assess::rule {
namespace {

using foreign::ContainerFact;
using foreign::ContainerRole;
using foreign::DeployFacts;

bool is_moving(std::string_view image) {
  if (image.empty() || image.find('@') != std::string_view::npos || image.find('$') != std::string_view::npos ||
      image.find('{') != std::string_view::npos)
    return false;
  const auto slash = image.rfind('/');
  const auto name = image.substr(slash == std::string_view::npos ? 0 : slash + 1);
  const auto colon = name.find(':');
  return colon == std::string_view::npos || name.substr(colon + 1) == "latest";
}

bool is_agent(const ContainerFact& container) {
  return container.workload == "DaemonSet" || container.role == ContainerRole::kObservability ||
         says(container.image, " portainer watchtower traefik cadvisor runner dind agent csi ");
}

/// What a password is set by, so that a database without one is told apart.
bool has_password(const ContainerFact& container) {
  return std::any_of(container.environment.begin(), container.environment.end(), [](const foreign::EnvFact& variable) {
    return says(variable.name, " password passwd pass username auth neo4j_auth ") && !says(variable.name, " empty allow ");
  });
}

}  // namespace

namespace {

/// An image called like its workload, without registry or tag: a build tool writes what stands here.
bool is_written_by_build(const ContainerFact& container) {
  return container.workload != "compose" && (container.image == container.owner || container.image == container.name);
}

struct Moving {
  std::vector<Hit> hits;
  bool state = false;  ///< a data store is among them

  void look_at(const DeployFacts& file) {
    for (const auto& container : file.containers) {
      // On a developer's machine the newest is what he wants, unless it has files to open.
      if (container.has_build || is_written_by_build(container) || !is_moving(container.image) || (file.development && !keeps_state(container.role)))
        continue;
      hits.push_back({name_of(container), container.span});
      state = state || keeps_state(container.role);
    }
  }
  void tell(review::Report& report, const char* harm) const {
    if (hits.empty()) return;
    report.add({.severity = Severity::kWarning,
                .span = hits.front().span,
                .message = fmt::format("{} whatever image is newest on the day: {}. {}",
                                       hits.size() == 1 ? "A container runs" : fmt::format("{} containers run", hits.size()), first_of(hits),
                                       state ? "A database that meets another major version's files on a restart does not start." : harm),
                .fix = "Name the version, or the digest, and raise it on purpose."});
  }
};

}  // namespace

void deploy_latest_tag(const foreign::Facts& facts, review::Report& report) {
  Moving cluster;
  for (const auto& file : facts.deployments) {
    if (is_kubernetes(file)) {
      cluster.look_at(file);
      continue;
    }
    Moving host;
    host.look_at(file);
    host.tell(report, "The next pull brings other code, and there is no name for what ran before.");
  }
  cluster.tell(report, "Two nodes run different code, and there is nothing to go back to.");
}

void deploy_root(const foreign::Facts& facts, review::Report& report) {
  std::vector<Hit> said;
  std::vector<Hit> allowed;
  std::size_t pods = 0;
  for (const auto& file : facts.deployments) {
    for (const auto& container : file.containers) {
      if (container.init || is_agent(container)) continue;
      if (is_kubernetes(file)) ++pods;
      if (container.root_said) {
        said.push_back({name_of(container), container.span});
      } else if (is_kubernetes(file) && container.runs_as_root) {
        allowed.push_back({name_of(container), container.span});
      }
    }
  }
  if (!said.empty()) {
    report.add({.severity = Severity::kWarning,
                .span = said.front().span,
                .message = fmt::format(
                    "{} as root on purpose: {}. A hole in the program is then one in the node, where one more in the kernel or a mount suffices.",
                    said.size() == 1 ? "A container runs" : fmt::format("{} containers run", said.size()), first_of(said)),
                .fix = "Give the image a user of its own, and change the owner of its volumes."});
  }
  if (allowed.empty()) return;
  report.add(
      {.severity = Severity::kNote,
       .span = allowed.front().span,
       .message = fmt::format("{} of {} may run as root, because nothing forbids it: {}. Whether they do is decided by whoever builds the image.",
                              allowed.size(), counted(pods, "container"), first_of(allowed)),
       .fix = "Write `securityContext: {runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}`."});
}

void deploy_privileged(const foreign::Facts& facts, review::Report& report) {
  for (const auto& file : facts.deployments) {
    for (const auto& container : file.containers) {
      const auto strong = std::find_if(container.capabilities.begin(), container.capabilities.end(), [](const std::string& name) {
        return name == "ALL" || name == "SYS_ADMIN" || name == "CAP_SYS_ADMIN" || name == "SYS_PTRACE";
      });
      if (!container.privileged && strong == container.capabilities.end()) continue;
      report.add({.severity = is_agent(container) || container.init ? Severity::kNote : Severity::kError,
                  .span = container.span,
                  .message = fmt::format("`{}` {}: whoever takes over the program owns the node and every other container on it.", name_of(container),
                                         container.privileged ? std::string("runs privileged") : "has the capability " + *strong),
                  .fix = "Take it away and add only the capability that something fails without."});
    }
  }
}

void deploy_docker_socket(const foreign::Facts& facts, review::Report& report) {
  for (const auto& file : facts.deployments) {
    for (const auto& container : file.containers) {
      if (!container.mounts_docker_socket) continue;
      report.add({.severity = is_agent(container) ? Severity::kNote
                              : file.development  ? Severity::kWarning
                                                  : Severity::kError,
                  .span = container.span,
                  .message = fmt::format(
                      "`{}` holds the socket of the container engine: whoever takes it over starts a privileged container, which is root on the host "
                      "(read-only mounts do not change that).",
                      name_of(container)),
                  .fix = "Put a proxy between them that lets only the calls through that are needed, or use what the platform offers instead."});
    }
  }
}

void deploy_host_network(const foreign::Facts& facts, review::Report& report) {
  for (const auto& file : facts.deployments) {
    const auto hits =
        containers_that(file, [](const DeployFacts&, const ContainerFact& one) { return one.host_network && !one.init && !is_agent(one); });
    if (hits.empty()) continue;
    report.add({.severity = Severity::kWarning,
                .span = hits.front().span,
                .message = fmt::format(
                    "{} the host's network: {}. Every port is open on every address of the node, no policy applies, and local services trust it.",
                    hits.size() == 1 ? "A container shares" : fmt::format("{} containers share", hits.size()), first_of(hits)),
                .fix = "Publish the ports that are needed, or give the host's network to agents of the node alone."});
  }
}

void deploy_database_exposed(const foreign::Facts& facts, review::Report& report) {
  const auto services = resources_of(facts, "Service");
  for (const auto& file : facts.deployments) {
    std::vector<Hit> hits;
    bool open = false;
    for (const auto& container : file.containers) {
      if (!keeps_state(container.role) && container.role != ContainerRole::kCache) continue;
      const bool published = std::any_of(container.ports.begin(), container.ports.end(), [&](const foreign::PortFact& port) {
        const bool everywhere = port.host.empty() || port.host == "0.0.0.0" || port.host == "[::]" || port.host == "::";
        return port.published != 0 && everywhere;
      });
      const bool service = std::any_of(services.begin(), services.end(), [&](const foreign::ResourceFact* one) {
        return (one->type == "LoadBalancer" || one->type == "NodePort") && selects(*one, container);
      });
      if (!published && !service) continue;
      hits.push_back({name_of(container), container.span});
      open = open || !has_password(container);
    }
    if (hits.empty()) continue;
    const auto severity = file.development ? Severity::kNote : open ? Severity::kError : Severity::kWarning;
    report.add({.severity = severity,
                .span = hits.front().span,
                .message = fmt::format("{} reachable from outside on every address of the host: {}. {}",
                                       hits.size() == 1 ? "A data store is" : fmt::format("{} data stores are", hits.size()), first_of(hits),
                                       is_kubernetes(file) ? "Only pods of the application need it."
                                       : open              ? "No password is set here, and published ports go around the host's firewall rules."
                                              : "Published ports go around the host's firewall rules; its password is then all there is."),
                .fix = is_kubernetes(file) ? "Use a Service of type ClusterIP; reach it by `kubectl port-forward`."
                                           : "Leave `ports` out: services of one network reach each other. For a developer, bind to 127.0.0.1."});
  }
}

void deploy_no_authentication(const foreign::Facts& facts, review::Report& report) {
  const auto opens = [](const foreign::EnvFact& variable) {
    const auto name = folded(variable.name);
    const auto& value = variable.value;
    const bool yes = value == "yes" || value == "true" || value == "1" || value == "True";
    const bool empty = name.find("allowemptypassword") != std::string::npos || name.find("allowanonymouslogin") != std::string::npos ||
                       name == "mysqlallowemptypassword" || name.find("allowplaintextlistener") != std::string::npos;
    return (name == "postgreshostauthmethod" && value == "trust") || (empty && yes) || (name.ends_with("securityenabled") && value == "false") ||
           (name.ends_with("disablesecurityplugin") && yes) || (name == "neo4jauth" && value == "none");
  };
  for (const auto& file : facts.deployments) {
    std::vector<Hit> hits;
    for (const auto& container : file.containers) {
      for (const auto& variable : container.environment) {
        if (opens(variable)) hits.push_back({fmt::format("{}: {}", container.name, variable.name), variable.span});
      }
    }
    if (hits.empty()) continue;
    report.add({.severity = file.development ? Severity::kNote : Severity::kError,
                .span = hits.front().span,
                .message = fmt::format("A data store lets everybody in who reaches its port: {}.", first_of(hits)),
                .fix = "Set a password or certificates; where this is for tests alone, say so by the file's name and keep its ports unpublished."});
  }
}

}  // namespace kingpost::assess::rule
