#pragma once

#include "kingpost/compile/expressions.hpp"

namespace kingpost::compile {

/// Reports a write into another service than the writer's own. Diagnostics: writes-across-services.
void check_write(Context& context, ir::EntityId entity, const ReadPlace& place, Span span);

/// Whether `entity` has the move; else reports. Diagnostics: unknown-move.
[[nodiscard]] bool require_move(Context& context, const ir::Entity& entity, const Text& name);

}  // namespace kingpost::compile
