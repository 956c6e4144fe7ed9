#pragma once

#include <string>
#include <vector>

#include "kingpost/base/result.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::emit {

/// One file of the design.
struct Artefact {
  std::string path;          ///< relative, with '/', for example openapi/v2.json
  std::string content_type;  ///< for serving it
  std::string bytes;
  std::string title;  ///< for the site's index
};

/// Every file of the design of a system: specs per contract and audience, DDL of both databases, diagrams, JSON Schemas, and the site
/// (index.html, self-contained, works from disk). Deterministic to the byte. Errors: those of dialect::build_schema.
[[nodiscard]] Result<std::vector<Artefact>> make_design(const ir::System& system);

}  // namespace kingpost::emit
