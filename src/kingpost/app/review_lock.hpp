#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/review/finding.hpp"
#include "kingpost/review/print.hpp"

namespace kingpost::app {

/// A finding that somebody decided to live with, and why.
struct Acceptance {
  std::string rule;
  std::string element;
  std::string reason;
  std::string date;  ///< YYYY-MM-DD, or empty
};

/// `kingpost.lock` beside a model: YAML with `version: 1` and sections. `accepted` is a list of {rule, element, reason, date?}; other sections belong
/// to whoever wrote them and stay as they are.
struct Lock {
  std::string path;
  std::string text;  ///< empty when there is no file
  std::vector<Acceptance> accepted;
};

/// The lock file's path for a model.
[[nodiscard]] std::string lock_path(const std::string& model);

/// Reads the lock file beside a model; none is an empty lock. Errors: kp-lock, with file and line.
[[nodiscard]] Result<Lock> read_lock(const std::string& model);
/// As read_lock, of a text.
[[nodiscard]] Result<Lock> parse_lock(const std::string& path, std::string text);

/// The lock's text with its `accepted` section printed anew; what stands outside of it is unchanged.
[[nodiscard]] std::string print_lock(const Lock& lock);

/// Marks the findings that the lock accepts and returns the acceptances that no finding asks for.
[[nodiscard]] std::vector<review::StaleAcceptance> mark_accepted(const Lock& lock, std::vector<review::Finding>& findings);

}  // namespace kingpost::app
