#pragma once

#include <string>

#include "kingpost/base/result.hpp"
#include "kingpost/emit/design.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::app {

/// Adds deploy/… to a design: what `design --deploy LIST` asks for, with copies of the model's files. Errors kp-deploy-target, kp-deploy-model.
[[nodiscard]] Result<void> add_deployment(const std::string& targets, const std::string& model, const ir::System& system, emit::Design& design);

}  // namespace kingpost::app
