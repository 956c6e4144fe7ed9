#pragma once

#include "kingpost/emit/proto.hpp"
#include "kingpost/ir/system.hpp"
#include "kingpost/serve/deployment.hpp"

namespace kingpost::app {

/// What serve serves of a model: its IR, a printer of its OpenAPI and, if asked for, its design site, which shows policies and hidden
/// fields to whoever reaches it. With `mock`, commands are answered without being executed. One thread at a time.
struct DeploymentOptions {
  bool design = false;
  bool mock = false;
  emit::ProtoNumbers proto_numbers = {};  ///< as the model's lock keeps them
};
[[nodiscard]] serve::DeploymentPtr make_deployment(const ir::SystemPtr& system, const DeploymentOptions& options);

}  // namespace kingpost::app
