#include <algorithm>

#include "kingpost/assess/rules_deploy.hpp"

namespace kingpost::assess {

bool keeps_state(foreign::ContainerRole role) noexcept {
  return role == foreign::ContainerRole::kDatabase || role == foreign::ContainerRole::kBroker || role == foreign::ContainerRole::kSearch;
}

bool is_kubernetes(const foreign::DeployFacts& file) noexcept { return file.kind == "kubernetes"; }

bool selects(const foreign::ResourceFact& resource, const foreign::ContainerFact& container) {
  if (resource.selector.empty() || resource.space != container.space) return false;
  return std::all_of(resource.selector.begin(), resource.selector.end(),
                     [&](const auto& label) { return std::find(container.labels.begin(), container.labels.end(), label) != container.labels.end(); });
}

std::vector<const foreign::ResourceFact*> resources_of(const foreign::Facts& facts, std::string_view kind) {
  std::vector<const foreign::ResourceFact*> out;
  for (const auto& file : facts.deployments) {
    for (const auto& resource : file.resources) {
      if (resource.kind == kind) out.push_back(&resource);
    }
  }
  return out;
}

std::string name_of(const foreign::ContainerFact& container) {
  if (container.workload == "compose" || container.owner.empty() || container.owner == container.name) return container.name;
  return container.owner + "/" + container.name;
}

std::vector<Hit> containers_that(const foreign::DeployFacts& file, const ContainerTest& test) {
  std::vector<Hit> out;
  for (const auto& container : file.containers) {
    if (test(file, container)) out.push_back({name_of(container), container.span});
  }
  return out;
}

}  // namespace kingpost::assess
