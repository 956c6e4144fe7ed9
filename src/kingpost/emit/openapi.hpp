#pragma once

#include <string>

#include "kingpost/surface/surface.hpp"

namespace kingpost::emit {

/// OpenAPI 3.1 of one contract for one audience, as JSON. Deterministic to the byte. Thread-safe.
[[nodiscard]] std::string print_openapi(const surface::Api& api);

}  // namespace kingpost::emit
