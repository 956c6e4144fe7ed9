#pragma once

#include <string>

#include "kingpost/ir/system.hpp"

namespace kingpost::capacity {

/// For tests: a compiled model of examples/, or of a text; null with a test failure when it has errors.
[[nodiscard]] ir::SystemPtr compile_example(const std::string& name);
[[nodiscard]] ir::SystemPtr compile_text(const std::string& text);

}  // namespace kingpost::capacity
