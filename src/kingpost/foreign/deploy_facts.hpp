#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/base/span.hpp"

namespace kingpost::foreign {

struct EnvFact {
  std::string name;
  std::string value;         ///< literal; empty when taken from elsewhere
  bool from_secret = false;  ///< a secret reference, a file, or a variable of the caller
  Span span;
};

struct PortFact {
  std::string host;  ///< address bound on the host; empty = every address or none
  int published = 0;
  int target = 0;
  Span span;
};

/// What a container is for, by its image and name.
enum class ContainerRole : std::uint8_t { kApplication, kDatabase, kCache, kBroker, kSearch, kProxy, kObservability, kJob };

/// A container of docker-compose or of a Kubernetes workload.
struct ContainerFact {
  std::string name;
  std::string workload;  ///< Deployment, StatefulSet, DaemonSet, Job, CronJob, Pod; `compose`
  std::string image;     ///< with tag or digest; empty = built here
  ContainerRole role = ContainerRole::kApplication;
  int replicas = 1;
  std::vector<EnvFact> environment;
  std::vector<PortFact> ports;
  std::vector<std::string> depends_on;  ///< names of other containers, said or found in an environment value
  std::vector<std::string> volumes;
  bool has_build = false;
  bool has_health_check = false;  ///< compose healthcheck; liveness
  bool has_readiness = false;
  bool has_memory_limit = false;
  bool has_cpu_request = false;
  bool privileged = false;
  bool runs_as_root = false;  ///< said so, or nothing forbids it (Kubernetes)
  bool root_said = false;
  bool host_network = false;
  bool mounts_docker_socket = false;
  bool restarts = false;
  bool persistent = false;  ///< has a named volume or claim
  Span span;
};

/// A Kubernetes object that is no workload, or a compose network or volume.
struct ResourceFact {
  std::string kind;
  std::string name;
  std::string space;
  std::string type;                   ///< of a Service: ClusterIP, NodePort, LoadBalancer
  std::vector<std::string> backends;  ///< of an Ingress or Service: what it leads to
  bool tls = false;
  Span span;
};

struct DeployFacts {
  std::string kind;  ///< compose, kubernetes, env
  std::string file;
  std::vector<ContainerFact> containers;
  std::vector<ResourceFact> resources;
  std::vector<EnvFact> environment;  ///< of a .env file
};

}  // namespace kingpost::foreign
