#pragma once

#include <string>
#include <vector>

#include "kingpost/base/result.hpp"
#include "kingpost/foreign/sql_facts.hpp"

namespace kingpost::assess {

struct DraftModel {
  std::string yaml;
  std::vector<std::string> notes;  ///< what the model does not say, one sentence each; also comments in it
};

/// A model of foreign tables, named and related as `kingpost import` would: entities, types, references with their inverses, uniques and indexes.
/// Types are the model's own, so it can be served over either database; what it cannot say is listed. `system` is a name of the language. Error:
/// kp-review-no-tables when no table has a primary key. Pure.
[[nodiscard]] Result<DraftModel> draft_model(const foreign::SqlFacts& facts, const std::string& system, const std::string& origin);

}  // namespace kingpost::assess
