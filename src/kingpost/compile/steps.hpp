#pragma once

#include "kingpost/compile/expressions.hpp"

namespace kingpost::compile {

/// Reports a write into another service than the writer's own. Diagnostics: writes-across-services.
void check_write(Context& context, ir::EntityId entity, const ReadPlace& place, Span span);

/// Whether `entity` has the move; else reports. Diagnostics: unknown-move.
[[nodiscard]] bool require_move(Context& context, const ir::Entity& entity, const Text& name);

/// Reads `timeout` and `retry` of a call. Diagnostics: unit.
void read_attempts(Context& context, const model::Node& node, ir::Step& step);

}  // namespace kingpost::compile
