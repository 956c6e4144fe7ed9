#pragma once

#include <string>

#include "kingpost/mcp/catalogue.hpp"

namespace kingpost::app {

/// Where tools may look, and whether they may change anything there.
struct McpPolicy {
  std::string root;  ///< absolute, without symbolic links; nothing outside is read or written
  bool allow_write = false;
};

/// What Kingpost offers to a coding agent: every tool is a command of this binary. Arguments that are paths lead below the root, else `kp-mcp-path`;
/// what would write below the root without permission is refused as `kp-mcp-read-only`.
[[nodiscard]] mcp::Catalogue make_mcp_catalogue(const McpPolicy& policy);

}  // namespace kingpost::app
