#include "kingpost/assess/rules_deploy.hpp"

#include <array>

#include "kingpost/assess/rules.hpp"

namespace kingpost::assess {
namespace {

constexpr std::array kRules{
    Rule{"sec-trust-boundary", 37, "Security", "Callers in the open", "An Ingress without TLS.", rule::deploy_trust_boundary},
    Rule{"sec-secret-literal", 38, "Security", "Secret in a file",
         "Passwords, tokens and keys as literals in compose, Kubernetes and .env files; values that wait to be filled in are none.",
         rule::deploy_secret_literal},
    Rule{"dep-latest-tag", 101, "Deployment", "Image that moves", "Images without a tag or with `latest`.", rule::deploy_latest_tag},
    Rule{"dep-root", 102, "Deployment", "Containers as root", "Containers that say root; pods that nothing keeps from it.", rule::deploy_root},
    Rule{"dep-privileged", 103, "Deployment", "Container that owns its node", "Privileged containers, SYS_ADMIN, all capabilities.",
         rule::deploy_privileged},
    Rule{"dep-no-limits", 104, "Deployment", "Memory without a bound", "Pods without a memory limit; a compose file without any.",
         rule::deploy_no_limits},
    Rule{"dep-no-probe", 105, "Deployment", "Traffic before it is ready", "Deployments and StatefulSets with ports and without a readiness probe.",
         rule::deploy_no_probe},
    Rule{"dep-database-exposed", 106, "Deployment", "Data store open to the network",
         "Databases, caches, brokers and search engines whose ports are published.", rule::deploy_database_exposed},
    Rule{"dep-docker-socket", 107, "Deployment", "The engine in a container's hands", "A mount of the container engine's socket.",
         rule::deploy_docker_socket},
    Rule{"dep-no-persistence", 108, "Deployment", "Data that goes with the container", "Databases without a volume.", rule::deploy_no_persistence},
    Rule{"dep-single-replica", 109, "Deployment", "One pod", "Stateless Deployments behind a Service with one replica and no autoscaler.",
         rule::deploy_single_replica},
    Rule{"dep-stateful-in-deployment", 110, "Deployment", "Data store in a Deployment", "Databases with a volume in a Deployment that rolls.",
         rule::deploy_stateful_in_deployment},
    Rule{"dep-no-network-policy", 111, "Deployment", "Everybody may call everybody", "Manifests with a data store and without a NetworkPolicy.",
         rule::deploy_no_network_policy},
    Rule{"dep-no-disruption-budget", 112, "Deployment", "All pods drained at once", "Workloads of several pods without a PodDisruptionBudget.",
         rule::deploy_no_disruption_budget},
    Rule{"dep-host-network", 113, "Deployment", "The host's network", "Containers on the host's network that are no agents.",
         rule::deploy_host_network},
    Rule{"dep-start-race", 114, "Deployment", "Started before its database",
         "Compose services that depend on a store without waiting for its health.", rule::deploy_start_race},
    Rule{"dep-no-restart", 115, "Deployment", "Stays down", "Compose files in which nothing restarts.", rule::deploy_no_restart},
    Rule{"dep-debug-on", 116, "Deployment", "A developer's mode", "DEBUG, NODE_ENV=development and the like outside of developers' files.",
         rule::deploy_debug_on},
    Rule{"dep-no-authentication", 117, "Deployment", "Data store without a lock", "Settings that switch a data store's authentication off.",
         rule::deploy_no_authentication},
};

}  // namespace

std::span<const Rule> deploy_rules() noexcept { return kRules; }

}  // namespace kingpost::assess
