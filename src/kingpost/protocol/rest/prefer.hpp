#pragma once

#include <string>
#include <string_view>

#include "kingpost/base/result.hpp"
#include "kingpost/request/request.hpp"

namespace kingpost::protocol::rest {

/// What of a Prefer header (RFC 7240) was understood.
struct Preferences {
  bool has_return = false;
  request::ReturnMode returning = request::ReturnMode::kMinimal;
  bool has_count = false;
  request::CountMode count = request::CountMode::kNone;
  request::Resolution resolution = request::Resolution::kNone;
  bool has_missing = false;
  bool missing_default = true;
  bool strict = false;
  /// What was applied, for Preference-Applied.
  std::string applied;
};

/// Reads the joined Prefer values. Unknown preferences are ignored unless handling=strict: then PGRST122.
[[nodiscard]] Result<Preferences> parse_prefer(std::string_view text);

}  // namespace kingpost::protocol::rest
