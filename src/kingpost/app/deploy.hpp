#pragma once

#include "kingpost/ir/system.hpp"
#include "kingpost/serve/deployment.hpp"

namespace kingpost::app {

/// What serve serves of a model: its IR, its design site and a printer of its OpenAPI.
[[nodiscard]] serve::DeploymentPtr make_deployment(const ir::SystemPtr& system, bool dev);

}  // namespace kingpost::app
