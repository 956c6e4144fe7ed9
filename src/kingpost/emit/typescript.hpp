#pragma once

#include <string>

#include "kingpost/surface/surface.hpp"

namespace kingpost::emit {

/// Types of a contract for the front end: a row, insert and update type for each entity, the input of each command, the data of each event, and
/// `Database` in the shape that postgrest-js and supabase-js take as their type argument. Names that are no identifiers are quoted, texts cannot end
/// a comment. Deterministic. Thread-safe.
[[nodiscard]] std::string print_typescript(const surface::Api& api, const ir::System& system);

}  // namespace kingpost::emit
