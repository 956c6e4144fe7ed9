#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "kingpost/assess/rules_migration.hpp"

namespace kingpost::assess::rule {
namespace {

/// `character varying(20)`: the base and the first number; 0 = none.
struct TypeParts {
  std::string base;
  unsigned long long length = 0;
  unsigned long long scale = 0;
};

TypeParts parts_of(const std::string& type) {
  TypeParts parts;
  const auto open = type.find('(');
  parts.base = type.substr(0, open);
  if (open == std::string::npos) return parts;
  const auto number = [&](std::size_t at) {
    unsigned long long value = 0;
    for (; at < type.size() && type[at] >= '0' && type[at] <= '9' && value < 1'000'000; ++at)
      value = value * 10 + static_cast<unsigned>(type[at] - '0');
    return value;
  };
  parts.length = number(open + 1);
  if (const auto comma = type.find(',', open); comma != std::string::npos) parts.scale = number(comma + 1);
  const auto close = type.find(')', open);
  if (close != std::string::npos) parts.base += type.substr(close + 1);
  return parts;
}

// Pairs that PostgreSQL 15 changes in its catalogue alone.
bool keeps_rows(const std::string& from, const std::string& to) {
  if (from == to) return true;
  const TypeParts old = parts_of(from);
  const TypeParts wanted = parts_of(to);
  const bool texts = (old.base == "character varying" || old.base == "text") && (wanted.base == "character varying" || wanted.base == "text");
  if (texts) return wanted.length == 0 || (old.length != 0 && old.length <= wanted.length);
  if (old.base == "numeric" && wanted.base == "numeric") {
    return wanted.length == 0 || (old.length != 0 && old.length <= wanted.length && old.scale == wanted.scale);
  }
  if (old.base == wanted.base &&
      (old.base.starts_with("timestamp") || old.base.starts_with("time") || old.base == "bit varying" || old.base == "interval")) {
    return wanted.length == 0 || (old.length != 0 && old.length <= wanted.length);
  }
  return (from == "cidr" && to == "inet") || (from == "citext" && to == "text") || (from == "text" && to == "citext");
}

bool is_moment_change(const std::string& from, const std::string& to) {
  return from.starts_with("timestamp") && to.starts_with("timestamp") && from.ends_with("with time zone") != to.ends_with("with time zone");
}

std::string quoted(const foreign::TableName& name) { return "`" + shown(name) + "`"; }

}  // namespace

void mig_rewrite(const foreign::Facts& facts, review::Report& report) {
  Telling telling(report);
  each_migration(facts, [&](const MigrationFact& migration, bool recent) {
    for (const auto& fact : migration.statements) {
      if (fact.table_is_new || keeps_few_rows(fact.table)) continue;
      if (fact.kind == Kind::kAlterType && !fact.old_type.empty() && !keeps_rows(fact.old_type, fact.type)) {
        const bool moment = is_moment_change(fact.old_type, fact.type);
        telling.add(migration, recent,
                    {.severity = Severity::kWarning,
                     .span = fact.span,
                     .message = fmt::format("Nobody reads or writes {} while it and its indexes are written anew: `{}` goes from {} to {}{}.",
                                            quoted(fact.table), fact.column, fact.old_type, fact.type,
                                            moment ? " (nothing is rewritten only where the session's TimeZone is UTC)" : ""),
                     .fix = moment ? "SET timezone = 'UTC' in the migration before it, or add a column, copy in batches and swap."
                                   : "Add a column of the new type, copy in batches with a trigger for new rows, then swap names.",
                     .evidence = "ACCESS EXCLUSIVE; the size of the table is not known here"});
      }
      if (fact.kind == Kind::kAddColumn && fact.volatile_default) {
        telling.add(migration, recent,
                    {.severity = Severity::kWarning,
                     .span = fact.span,
                     .message = fmt::format("Nobody reads or writes {} while it is written anew: each row gets its own value of the new `{}`.",
                                            quoted(fact.table), fact.column),
                     .fix = "Add the column without default, set the default for new rows, fill old ones in batches.",
                     .evidence = "the default is volatile, generated or an identity"});
      }
    }
  });
  telling.finish("a table is written anew under an exclusive lock");
}

void mig_rename_drop(const foreign::Facts& facts, review::Report& report) {
  Telling telling(report);
  each_migration(facts, [&](const MigrationFact& migration, bool recent) {
    std::vector<std::string> gone;
    std::set<foreign::TableName> made;
    const StatementFact* first = nullptr;
    bool renames = false;
    for (const auto& fact : migration.statements) {
      if (fact.kind == Kind::kCreateTable) made.insert(fact.table);
      const bool table = fact.kind == Kind::kRenameTable || (fact.kind == Kind::kDropTable && !fact.if_exists);
      const bool column = fact.kind == Kind::kRenameColumn || (fact.kind == Kind::kDropColumn && !fact.if_exists);
      if (!(table || column) || fact.table_is_new || made.contains(fact.table)) continue;
      renames = renames || fact.kind == Kind::kRenameColumn || fact.kind == Kind::kRenameTable;
      if (first == nullptr) first = &fact;
      gone.push_back(column ? shown(fact.table) + "." + fact.column : shown(fact.table));
    }
    if (first == nullptr) return;
    const bool one = gone.size() == 1;
    telling.add(
        migration, recent,
        {.severity = Severity::kWarning,
         .span = first->span,
         .message = fmt::format("The version that still runs while this is rolled out fails on {}: {} {} in one step.", list_names(gone),
                                one ? "it is" : "they are", renames ? "renamed or dropped" : "dropped"),
         .fix =
             renames
                 ? "Add the new name beside the old (column with a trigger, or a view), move readers and writers, drop the old one a release later."
                 : "Release a version that no longer names it (SELECT * included), then drop; keep the data until that release is proved.",
         .evidence = renames ? "RENAME takes effect for everybody at commit" : "what is dropped comes back only from a backup"});
  });
  telling.finish("names that the running version uses are dropped or renamed in one step");
}

void mig_unbatched_backfill(const foreign::Facts& facts, review::Report& report) {
  Telling telling(report);
  each_migration(facts, [&](const MigrationFact& migration, bool recent) {
    const StatementFact* first = nullptr;
    std::vector<std::string> tables;
    std::set<foreign::TableName> altered;
    bool locked = false;
    for (const auto& fact : migration.statements) {
      if (fact.in_transaction && (fact.kind == Kind::kAddColumn || fact.kind == Kind::kAlterType || fact.kind == Kind::kSetNotNull))
        altered.insert(fact.table);
      const bool writes = fact.kind == Kind::kUpdate || fact.kind == Kind::kDelete;
      const bool whole = !fact.has_where || fact.condition.ends_with(" IS NULL") || fact.condition.ends_with(" IS NOT NULL");
      if (!writes || !whole || fact.table_is_new || keeps_few_rows(fact.table)) continue;
      if (first == nullptr) first = &fact;
      locked = locked || altered.contains(fact.table);
      if (std::find(tables.begin(), tables.end(), shown(fact.table)) == tables.end()) tables.push_back(shown(fact.table));
    }
    if (first == nullptr) return;
    telling.add(migration, recent,
                {.severity = Severity::kWarning,
                 .span = first->span,
                 .message = fmt::format(
                     "One {} writes every row of {} in one transaction: it locks them until the end, doubles the table and holds back vacuum "
                     "and replicas{}.",
                     first->kind == Kind::kUpdate ? "UPDATE" : "DELETE", list_names(tables),
                     locked ? ", with the ACCESS EXCLUSIVE lock of the ALTER before it still held" : ""),
                 .fix = "Fill in batches by key range outside the schema migration, committing each.",
                 .evidence = first->has_where ? fmt::format("WHERE {}", first->condition) : std::string("no WHERE")});
  });
  telling.finish("all rows of a table are written in one transaction");
}

void mig_no_rollback(const foreign::Facts& facts, review::Report& report) {
  std::size_t all = 0;
  std::size_t with = 0;
  std::vector<std::string> names;
  const StatementFact* first = nullptr;
  each_migration(facts, [&](const MigrationFact& migration, bool recent) {
    const bool changes = std::any_of(migration.statements.begin(), migration.statements.end(), [](const StatementFact& fact) {
      return fact.kind != Kind::kOther && fact.kind != Kind::kSetLockTimeout && fact.kind != Kind::kSetStatementTimeout && fact.kind != Kind::kInsert;
    });
    if (!changes) return;
    ++all;
    if (migration.has_rollback) ++with;
    if (migration.has_rollback || !recent) return;
    names.push_back(migration.file.substr(migration.file.rfind('/') + 1));
    if (first == nullptr) first = &migration.statements.front();
  });
  // Only a series that has ways back misses one.
  if (first == nullptr || with * 2 < all || all < 3) return;
  report.add({.severity = Severity::kNote,
              .span = first->span,
              .message = fmt::format("{} cannot be taken back, while {} of {} in the series can.", list_names(names), with, all),
              .fix = "Write the way back, or say in the file why there is none and how to go forward instead."});
}

void mig_concurrent_in_tx(const foreign::Facts& facts, review::Report& report) {
  each_migration(facts, [&](const MigrationFact& migration, bool) {
    bool explicit_begin = false;
    for (const auto& fact : migration.statements) {
      if (fact.kind == Kind::kBegin) explicit_begin = true;
      if (fact.kind == Kind::kCommit || fact.kind == Kind::kRollback) explicit_begin = false;
      // Other tools keep their switch in a file that is not SQL.
      const bool marked = fact.in_transaction && (migration.tool == "goose" || migration.tool == "dbmate" || migration.tool == "sql-migrate");
      if (!fact.concurrently || !(explicit_begin || marked)) continue;
      report.add({.severity = Severity::kError,
                  .span = fact.span,
                  .message = fmt::format("This fails: {} INDEX CONCURRENTLY cannot run inside a transaction block.",
                                         fact.kind == Kind::kDropIndex ? "DROP" : "CREATE"),
                  .fix = marked && !explicit_begin
                             ? fmt::format("Switch {}'s transaction off in the file, and put nothing else into it.", migration.tool)
                             : std::string("Move it out of BEGIN … COMMIT, into a file of its own."),
                  .evidence = explicit_begin ? std::string("BEGIN before it") : fmt::format("{} wraps the file in a transaction", migration.tool)});
      break;
    }
  });
}

void mig_enum_in_tx(const foreign::Facts& facts, review::Report& report) {
  each_migration(facts, [&](const MigrationFact& migration, bool) {
    for (const auto& fact : migration.statements) {
      if (fact.kind != Kind::kAddEnumValue || !fact.in_transaction || !fact.value_used) continue;
      report.add({.severity = Severity::kError,
                  .span = fact.span,
                  .message = fmt::format("This fails: the value '{}' of `{}` is used in the transaction that adds it, before its commit.", fact.value,
                                         shown(fact.table)),
                  .fix = "Add the value in a migration of its own; use it in the next.",
                  .evidence = "PostgreSQL: unsafe use of new value of enum type"});
    }
  });
}

}  // namespace kingpost::assess::rule
