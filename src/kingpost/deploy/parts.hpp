#pragma once

#include <string>
#include <vector>

#include "kingpost/deploy/deploy.hpp"
#include "kingpost/deploy/facts.hpp"

namespace kingpost::deploy {

/// One emitter a target; each appends its files.
void add_model(const Options& options, std::vector<File>& out);
void add_image(const Facts& facts, std::vector<File>& out);
void add_compose(const Facts& facts, std::vector<File>& out);
void add_kubernetes(const Facts& facts, std::vector<File>& out);
void add_kubernetes_policy(const Facts& facts, std::vector<File>& out);
void add_systemd(const Facts& facts, std::vector<File>& out);
void add_github(const Facts& facts, std::vector<File>& out);
void add_gitlab(const Facts& facts, std::vector<File>& out);
void add_nginx(const Facts& facts, std::vector<File>& out);
void add_haproxy(const Facts& facts, std::vector<File>& out);
void add_gateway(const Facts& facts, std::vector<File>& out);
/// Nothing where the topology does not say services; the README says why.
void add_istio(const Facts& facts, std::vector<File>& out);
void add_read_me(const Facts& facts, const std::vector<Target>& targets, std::vector<File>& out);

inline constexpr const char* kText = "text/plain; charset=utf-8";
inline constexpr const char* kYaml = "application/yaml; charset=utf-8";

}  // namespace kingpost::deploy
