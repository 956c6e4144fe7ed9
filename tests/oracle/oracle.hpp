#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/base/datum.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/plan/plan.hpp"

namespace kingpost::oracle {

/// A stored row: one cell a field of its entity, in SQLite's representation; computed fields stay null.
using Row = std::vector<Datum>;

/// Rows in memory. The plainest thing that could hold them.
class Database {
 public:
  explicit Database(const ir::System& system) : system_(&system), tables_(system.entities.size()) {}

  [[nodiscard]] const ir::System& system() const noexcept { return *system_; }
  [[nodiscard]] std::vector<Row>& rows(ir::EntityId entity) { return tables_[entity.index()]; }
  [[nodiscard]] const std::vector<Row>& rows(ir::EntityId entity) const { return tables_[entity.index()]; }

 private:
  const ir::System* system_;
  std::vector<std::vector<Row>> tables_;
};

/// What a call brings besides its Plan.
struct Call {
  const request::Request& request;
  const request::Principal& principal;
  std::int64_t now_us = 0;
};

/// Interprets a Plan by the letter: every row of every table is looked at, every policy is evaluated. Answers the JSON body (empty where
/// nothing is rendered); a write that fails leaves the database as it was. Error PGRST127 for what the oracle does not know.
[[nodiscard]] Result<std::string> answer(const plan::Plan& plan, const Call& call, Database& database);

}  // namespace kingpost::oracle
