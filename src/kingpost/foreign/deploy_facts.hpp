#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "kingpost/base/span.hpp"

namespace kingpost::foreign {

struct EnvFact {
  std::string name;
  std::string value;         ///< literal, or the default of a variable; empty when taken from elsewhere
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

using Labels = std::vector<std::pair<std::string, std::string>>;

/// A container of docker-compose or of a Kubernetes workload.
struct ContainerFact {
  std::string name;
  std::string workload;  ///< Deployment, StatefulSet, DaemonSet, Job, CronJob, Pod, ReplicaSet; `compose`
  std::string owner;     ///< name of the workload
  std::string space;     ///< Kubernetes namespace
  std::string image;     ///< with tag or digest; empty = built here
  ContainerRole role = ContainerRole::kApplication;
  int replicas = 1;
  Labels labels;  ///< of the pod
  std::vector<EnvFact> environment;
  std::vector<PortFact> ports;
  std::vector<std::string> depends_on;    ///< names of other containers, said or found in an environment value
  std::vector<std::string> volumes;       ///< where they are mounted
  std::vector<std::string> capabilities;  ///< added
  bool init = false;                      ///< runs before the others and ends
  bool waits_for_health = false;          ///< every dependency is waited for until healthy
  bool has_build = false;
  bool has_health_check = false;  ///< compose healthcheck; liveness or startup probe
  bool has_readiness = false;
  bool has_memory_limit = false;
  bool has_cpu_request = false;
  bool privileged = false;
  bool runs_as_root = false;  ///< said so, or nothing forbids it (Kubernetes)
  bool root_said = false;
  bool host_network = false;
  bool mounts_docker_socket = false;
  bool mounts_source = false;  ///< the folder of the source is mounted: a developer's set-up
  bool restarts = false;
  bool recreates = false;   ///< a Deployment that ends the old pods before it starts new ones
  bool persistent = false;  ///< has a named volume, a folder of the host or a claim
  Span span;
};

/// A Kubernetes object that is no workload, or a compose network or volume.
struct ResourceFact {
  std::string kind;
  std::string name;
  std::string space;
  std::string type;                   ///< of a Service: ClusterIP, NodePort, LoadBalancer
  std::vector<std::string> backends;  ///< of an Ingress or an autoscaler: what it leads to
  Labels selector;
  std::vector<EnvFact> entries;  ///< of a Secret (decoded) or ConfigMap
  bool tls = false;
  Span span;
};

struct DeployFacts {
  std::string kind;  ///< compose, kubernetes, env
  std::string file;
  bool development = false;  ///< by its name or place meant for a developer's machine or a test
  bool example = false;      ///< an .env that is there to be copied
  std::vector<ContainerFact> containers;
  std::vector<ResourceFact> resources;
  std::vector<EnvFact> environment;  ///< of a .env file
};

}  // namespace kingpost::foreign
