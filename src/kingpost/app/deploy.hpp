#pragma once

#include "kingpost/ir/system.hpp"
#include "kingpost/serve/deployment.hpp"

namespace kingpost::app {

/// What serve serves of a model: its IR, a printer of its OpenAPI and, if `with_design`, its design site, which shows policies and hidden
/// fields to whoever reaches it. One thread at a time.
[[nodiscard]] serve::DeploymentPtr make_deployment(const ir::SystemPtr& system, bool with_design);

}  // namespace kingpost::app
