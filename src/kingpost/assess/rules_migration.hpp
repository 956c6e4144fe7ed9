#pragma once

#include <functional>
#include <set>

#include "kingpost/assess/rules_sql.hpp"

namespace kingpost::assess {

using foreign::MigrationFact;
using foreign::StatementFact;
using foreign::TableName;
using Kind = StatementFact::Kind;
using Constraint = StatementFact::Constraint;

/// Of a long series only the latest are told one by one: the others have run.
inline constexpr std::size_t kRecentMigrations = 15;

/// Calls `visit` for each migration of PostgreSQL in order, with whether it is one of the latest.
void each_migration(const foreign::Facts& facts, const std::function<void(const MigrationFact&, bool)>& visit);
/// By its name alone.
[[nodiscard]] bool keeps_few_rows(const TableName& name);

/// Findings of one rule: one for each of the latest migrations, one note for all earlier ones.
class Telling {
 public:
  explicit Telling(review::Report& report) : report_(&report) {}
  void add(const MigrationFact& migration, bool recent, review::Finding finding);
  /// `what` goes on from «In 12 earlier migrations ».
  void finish(std::string_view what);

 private:
  review::Report* report_;
  void flush();

  std::string file_;  ///< whose finding waits for others of the same file
  std::vector<std::uint32_t> also_;
  review::Finding pending_;
  std::set<std::string> earlier_;
  review::Finding first_;
};

}  // namespace kingpost::assess
