#pragma once

#include <string>

#include "kingpost/ir/system.hpp"

namespace kingpost::emit {

/// A Structurizr DSL workspace: people, the system with its containers and components, what lies outside, and the context, container and component
/// views. Texts cannot end a string, continue a line or name a variable of the reader's environment. Deterministic. Thread-safe.
[[nodiscard]] std::string print_structurizr(const ir::System& system);

}  // namespace kingpost::emit
