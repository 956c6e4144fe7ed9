#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/uuid.hpp"

namespace kingpost::request {

/// Who asks. Anonymous callers have no `user` and no roles; `admin` (the --dev administrator) skips policies, never checks;
/// `system` is the engine's own call.
struct Principal {
  std::optional<Uuid> user;
  std::optional<Uuid> tenant;
  /// Roles with everything they inherit, sorted, without repeats.
  std::vector<std::string> roles;
  bool admin = false;
  bool system = false;

  [[nodiscard]] bool anonymous() const noexcept { return !user && !admin && !system && roles.empty(); }
  [[nodiscard]] bool has_role(std::string_view role) const noexcept;
};

/// What of a principal decides a plan's shape: kind, roles, whether user and tenant are known; never their values.
[[nodiscard]] std::string shape_of(const Principal& principal);

}  // namespace kingpost::request
