#pragma once

#include <cstdint>
#include <string>

#include "kingpost/surface/surface.hpp"

namespace kingpost::emit {

/// What a document promises: what this server runs, or all that is designed; then what does not run yet carries `x-kingpost-status: designed`.
enum class OpenApiScope : std::uint8_t { kServed, kDesigned };

/// OpenAPI 3.1 of one contract for one audience, as JSON. Deterministic to the byte. Thread-safe.
[[nodiscard]] std::string print_openapi(const surface::Api& api, OpenApiScope scope = OpenApiScope::kServed);

}  // namespace kingpost::emit
