#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/assess/rules_api.hpp"
#include "kingpost/foreign/foreign.hpp"
#include "kingpost/review/facts.hpp"

namespace kingpost::assess {

/// How much a literal looks like something that opens a door.
enum class Secrecy { kNone, kWeak, kReal };

/// Judges a variable by its name and value: `changeme` is none, `postgres` as a password is weak, a known issuer's key or a long mixed text is
/// real.
[[nodiscard]] Secrecy secrecy_of(std::string_view name, std::string_view value);

[[nodiscard]] bool keeps_state(foreign::ContainerRole role) noexcept;
[[nodiscard]] bool is_kubernetes(const foreign::DeployFacts& file) noexcept;
/// Whether a Service or budget in `space` chooses the container's pods.
[[nodiscard]] bool selects(const foreign::ResourceFact& resource, const foreign::ContainerFact& container);
/// Every object of that kind in all manifests.
[[nodiscard]] std::vector<const foreign::ResourceFact*> resources_of(const foreign::Facts& facts, std::string_view kind);
/// The name that people know a container by.
[[nodiscard]] std::string name_of(const foreign::ContainerFact& container);

using ContainerTest = std::function<bool(const foreign::DeployFacts&, const foreign::ContainerFact&)>;
[[nodiscard]] std::vector<Hit> containers_that(const foreign::DeployFacts& file, const ContainerTest& test);

namespace rule {

void deploy_latest_tag(const foreign::Facts& facts, review::Report& report);
void deploy_root(const foreign::Facts& facts, review::Report& report);
void deploy_privileged(const foreign::Facts& facts, review::Report& report);
void deploy_no_limits(const foreign::Facts& facts, review::Report& report);
void deploy_no_probe(const foreign::Facts& facts, review::Report& report);
void deploy_database_exposed(const foreign::Facts& facts, review::Report& report);
void deploy_docker_socket(const foreign::Facts& facts, review::Report& report);
void deploy_no_persistence(const foreign::Facts& facts, review::Report& report);
void deploy_single_replica(const foreign::Facts& facts, review::Report& report);
void deploy_stateful_in_deployment(const foreign::Facts& facts, review::Report& report);
void deploy_no_network_policy(const foreign::Facts& facts, review::Report& report);
void deploy_no_disruption_budget(const foreign::Facts& facts, review::Report& report);
void deploy_host_network(const foreign::Facts& facts, review::Report& report);
void deploy_start_race(const foreign::Facts& facts, review::Report& report);
void deploy_no_restart(const foreign::Facts& facts, review::Report& report);
void deploy_debug_on(const foreign::Facts& facts, review::Report& report);
void deploy_no_authentication(const foreign::Facts& facts, review::Report& report);
void deploy_secret_literal(const foreign::Facts& facts, review::Report& report);
void deploy_trust_boundary(const foreign::Facts& facts, review::Report& report);

}  // namespace rule
}  // namespace kingpost::assess
