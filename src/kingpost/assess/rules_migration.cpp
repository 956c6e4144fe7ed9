#include "kingpost/assess/rules_migration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace kingpost::assess {
namespace {

constexpr std::array kMigrationRules = {
    Rule{"mig-no-lock-timeout", 50, "Migration", "A migration that may queue everybody", "Locks on existing tables without lock_timeout.",
         rule::mig_no_lock_timeout},
    Rule{"mig-index-blocking", 51, "Migration", "Index that stops writes",
         "CREATE INDEX, UNIQUE and PRIMARY KEY on existing tables without CONCURRENTLY.", rule::mig_index_blocking},
    Rule{"mig-constraint-scan", 52, "Migration", "Constraint that scans under lock", "Foreign keys and checks on existing tables without NOT VALID.",
         rule::mig_constraint_scan},
    Rule{"mig-not-null", 53, "Migration", "NOT NULL over rows that exist",
         "SET NOT NULL without a validated check; new NOT NULL columns without default.", rule::mig_not_null},
    Rule{"mig-rewrite", 54, "Migration", "Table written anew under lock", "Changes of type and volatile defaults that rewrite the table.",
         rule::mig_rewrite},
    Rule{"mig-rename-drop", 55, "Migration", "The running version breaks", "Renames and drops of tables and columns that were there before.",
         rule::mig_rename_drop},
    Rule{"mig-unbatched-backfill", 56, "Migration", "All rows in one transaction", "UPDATE and DELETE of whole existing tables in one statement.",
         rule::mig_unbatched_backfill},
    Rule{"mig-no-rollback", 57, "Migration", "No way back", "Migrations without a way back in a series whose others have one.",
         rule::mig_no_rollback},
    Rule{"mig-concurrent-in-tx", 58, "Migration", "Statement that fails in a transaction", "CONCURRENTLY inside a transaction.",
         rule::mig_concurrent_in_tx},
    Rule{"mig-enum-in-tx", 59, "Migration", "Enum value used before its commit", "ALTER TYPE … ADD VALUE in a transaction that uses the value.",
         rule::mig_enum_in_tx},
};

std::string leaf(const std::string& path) {
  const auto slash = path.rfind('/');
  const auto before = slash == std::string::npos || slash == 0 ? std::string::npos : path.rfind('/', slash - 1);
  return before == std::string::npos ? path : path.substr(before + 1);
}

std::string quoted(const TableName& name) { return "`" + shown(name) + "`"; }

// Statements that take a lock which stops readers or writers of the table.
bool locks_others(const StatementFact& fact) {
  switch (fact.kind) {
    case Kind::kAddColumn:
    case Kind::kDropColumn:
    case Kind::kRenameColumn:
    case Kind::kRenameTable:
    case Kind::kDropTable:
    case Kind::kAlterType:
    case Kind::kSetNotNull:
    case Kind::kAddConstraint:
    case Kind::kTruncate:
      return !fact.table_is_new;
    default:
      return false;
  }
}

}  // namespace

void each_migration(const foreign::Facts& facts, const std::function<void(const MigrationFact&, bool)>& visit) {
  if (facts.sql.flavour != foreign::SqlFlavour::kPostgres) return;
  const auto count = std::count_if(facts.sql.migrations.begin(), facts.sql.migrations.end(), [](const auto& each) { return each.is_migration; });
  std::size_t at = 0;
  for (const auto& migration : facts.sql.migrations) {
    if (!migration.is_migration) continue;
    visit(migration, at + kRecentMigrations >= static_cast<std::size_t>(count));
    ++at;
  }
}

bool keeps_few_rows(const TableName& name) {
  foreign::TableFact table;
  table.name = name;
  return is_lookup(table);
}

void Telling::add(const MigrationFact& migration, bool recent, review::Finding finding) {
  if (!recent) {
    if (earlier_.empty()) first_ = std::move(finding);
    earlier_.insert(migration.file);
    return;
  }
  if (file_ == migration.file) return also_.push_back(finding.span.line);
  flush();
  file_ = migration.file;
  pending_ = std::move(finding);
}

void Telling::flush() {
  if (file_.empty()) return;
  if (!also_.empty())
    pending_.evidence +=
        fmt::format("{}likewise in line{} {}", pending_.evidence.empty() ? "" : "; ", also_.size() == 1 ? "" : "s", fmt::join(also_, ", "));
  report_->add(std::move(pending_));
  pending_ = {};
  also_.clear();
  file_.clear();
}

void Telling::finish(std::string_view what) {
  flush();
  if (earlier_.empty()) return;
  first_.severity = Severity::kNote;
  if (earlier_.size() > 1) {
    first_.message =
        fmt::format("In {} earlier migrations {}: those have run, and the next one written like them will stop a table that has grown since.",
                    earlier_.size(), what);
    first_.evidence = fmt::format("from {} to {}", leaf(*earlier_.begin()), leaf(*earlier_.rbegin()));
  }
  report_->add(std::move(first_));
}

std::span<const Rule> migration_rules() noexcept { return kMigrationRules; }

namespace rule {

void mig_no_lock_timeout(const foreign::Facts& facts, review::Report& report) {
  std::size_t locking = 0;
  std::size_t bounded = 0;
  const StatementFact* last = nullptr;
  each_migration(facts, [&](const MigrationFact& migration, bool) {
    const StatementFact* found = nullptr;
    bool set = false;
    for (const auto& fact : migration.statements) {
      set = set || fact.kind == Kind::kSetLockTimeout;
      if (locks_others(fact) && found == nullptr) found = &fact;
    }
    if (found == nullptr) return;
    ++locking;
    if (set)
      ++bounded;
    else
      last = found;
  });
  // One or two may have no traffic to stop; a series has.
  if (last == nullptr || locking < 2) return;
  report.add(
      {.severity = Severity::kWarning,
       .span = last->span,
       .message =
           fmt::format("{} of {} migrations wait for their lock without end: behind a long transaction everybody who comes later to that table "
                       "queues, readers too.",
                       locking - bounded, locking),
       .fix = "SET lock_timeout = '2s' before the first ALTER (or in the migrating role), and try again when it fires.",
       .evidence = fmt::format("latest: line {} on {}; a role's or tool's own setting is not seen here", last->span.line, quoted(last->table))});
}

void mig_index_blocking(const foreign::Facts& facts, review::Report& report) {
  Telling telling(report);
  each_migration(facts, [&](const MigrationFact& migration, bool recent) {
    std::vector<std::string> tables;
    const StatementFact* first = nullptr;
    for (const auto& fact : migration.statements) {
      const bool index = fact.kind == Kind::kCreateIndex && !fact.concurrently;
      const bool key =
          fact.kind == Kind::kAddConstraint && !fact.using_index &&
          (fact.constraint == Constraint::kUnique || fact.constraint == Constraint::kPrimaryKey || fact.constraint == Constraint::kExclude);
      if (!(index || key) || fact.table_is_new || keeps_few_rows(fact.table)) continue;
      if (first == nullptr) first = &fact;
      if (std::find(tables.begin(), tables.end(), shown(fact.table)) == tables.end()) tables.push_back(shown(fact.table));
    }
    if (first == nullptr) return;
    const bool key = first->kind == Kind::kAddConstraint;
    telling.add(migration, recent,
                {.severity = Severity::kWarning,
                 .span = first->span,
                 .message = fmt::format("{} {} stop until the index is built: {} holds {}.", key ? "Reads and writes of" : "Writes to",
                                        list_names(tables), key ? "the new key" : "CREATE INDEX without CONCURRENTLY",
                                        key ? "an ACCESS EXCLUSIVE lock meanwhile" : "a SHARE lock"),
                 .fix = key ? "CREATE UNIQUE INDEX CONCURRENTLY first, then ADD CONSTRAINT … USING INDEX."
                            : "CREATE INDEX CONCURRENTLY, in a migration of its own outside a transaction.",
                 .evidence = "lock levels of PostgreSQL 15; the size of the table is not known here"});
  });
  telling.finish("an index is built under a lock that stops writes");
}

void mig_constraint_scan(const foreign::Facts& facts, review::Report& report) {
  Telling telling(report);
  each_migration(facts, [&](const MigrationFact& migration, bool recent) {
    std::set<std::pair<TableName, std::string>> added;
    const StatementFact* first = nullptr;
    std::vector<std::string> tables;
    for (const auto& fact : migration.statements) {
      if (fact.kind == Kind::kAddColumn) added.emplace(fact.table, fact.column);
      const bool scans = fact.kind == Kind::kAddConstraint && !fact.not_valid && !fact.table_is_new &&
                         (fact.constraint == Constraint::kForeignKey || fact.constraint == Constraint::kCheck);
      // A check that stands in its own new column looks at one value.
      if (!scans || keeps_few_rows(fact.table) || added.contains({fact.table, fact.column})) continue;
      if (first == nullptr) first = &fact;
      if (std::find(tables.begin(), tables.end(), shown(fact.table)) == tables.end()) tables.push_back(shown(fact.table));
    }
    if (first == nullptr) return;
    const bool foreign = first->constraint == Constraint::kForeignKey;
    telling.add(
        migration, recent,
        {.severity = Severity::kWarning,
         .span = first->span,
         .message = foreign ? fmt::format("Writes to {} and to `{}` stop while every row is looked up: the foreign key is checked under SHARE ROW "
                                          "EXCLUSIVE on both.",
                                          list_names(tables), shown(first->target))
                            : fmt::format("Nobody reads or writes {} while every row is checked: the constraint is added under ACCESS EXCLUSIVE.",
                                          list_names(tables)),
         .fix = "ADD CONSTRAINT … NOT VALID, then VALIDATE CONSTRAINT in a later transaction, which lets writers through.",
         .evidence = "lock levels of PostgreSQL 15; the size of the table is not known here"});
  });
  telling.finish("a constraint is checked over all rows under lock");
}

void mig_not_null(const foreign::Facts& facts, review::Report& report) {
  Telling telling(report);
  std::set<std::pair<TableName, std::string>> checked;  // CHECK (column IS NOT NULL), over all files so far
  each_migration(facts, [&](const MigrationFact& migration, bool recent) {
    std::set<std::pair<TableName, std::string>> added;
    for (const auto& fact : migration.statements) {
      if (fact.kind == Kind::kAddConstraint && fact.condition.ends_with(" IS NOT NULL")) {
        checked.emplace(fact.table, fact.condition.substr(0, fact.condition.find(' ')));
      }
      if (fact.kind == Kind::kAddColumn) added.emplace(fact.table, fact.column);
      if (fact.table_is_new || keeps_few_rows(fact.table)) continue;
      if (fact.kind == Kind::kAddColumn && fact.not_null && !fact.has_default) {
        telling.add(migration, recent,
                    {.severity = Severity::kError,
                     .span = fact.span,
                     .message = fmt::format("This fails as soon as {} has one row: the new column `{}` is NOT NULL and nothing fills it.",
                                            quoted(fact.table), fact.column),
                     .fix = "Give it a DEFAULT, or add it nullable, fill it in batches and set NOT NULL afterwards."});
      } else if (fact.kind == Kind::kSetNotNull && !checked.contains({fact.table, fact.column}) && !added.contains({fact.table, fact.column})) {
        telling.add(
            migration, recent,
            {.severity = Severity::kWarning,
             .span = fact.span,
             .message = fmt::format("Nobody reads or writes {} while all its rows are searched for a null in `{}`.", quoted(fact.table), fact.column),
             .fix = fmt::format("ADD CHECK ({} IS NOT NULL) NOT VALID, VALIDATE it, then SET NOT NULL, which then scans nothing.", fact.column),
             .evidence = "ACCESS EXCLUSIVE; the size of the table is not known here"});
      }
    }
  });
  telling.finish("NOT NULL is set over rows that exist");
}

}  // namespace rule
}  // namespace kingpost::assess
