#include "kingpost/capacity/assumptions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace kingpost::capacity {
namespace {

constexpr Basis kA = Basis::kAssumed;
constexpr Basis kM = Basis::kMeasured;
constexpr Basis kD = Basis::kDeclared;
constexpr std::string_view kRates = "bench/baselines/rates.txt";
constexpr std::string_view kPgDemand = "bench/baselines/postgres_demand.txt";
constexpr double kLots = 1e12;

}  // namespace

const std::vector<InputRow>& input_table() {
  static const std::vector<InputRow> kRows = {
      {Input::kPeaksScale, "peaks", 1, "×", kD, "load.peak", "all declared peaks and users together", 1e6},
      {Input::kGrowthScale, "growth", 1, "×", kD, "growth.per_day", "all declared and derived rows a day together", 1e6},
      {Input::kRowsScale, "rows", 1, "×", kD, "growth.rows", "all rows of today together", 1e6},
      {Input::kStringShare, "string-share", 0.2, "", kA, "", "part of a string's maximum length that a value fills, beyond four characters", 1},
      {Input::kStringCap, "string-cap", 120, "bytes", kA, "", "mean of a string never above this", 1e6},
      {Input::kTextBytes, "text-bytes", 400, "bytes", kA, "", "mean of a long text", 1e8},
      {Input::kJsonBytes, "json-bytes", 200, "bytes", kA, "", "mean of a JSON document", 1e8},
      {Input::kBinaryBytes, "binary-bytes", 1000, "bytes", kA, "", "mean of a bytes value", 1e8},
      {Input::kListItems, "list-items", 3, "items", kA, "", "items in a list", 1e6},
      {Input::kNullShare, "null-share", 0.25, "", kA, "", "part of the rows in which an optional field is empty", 1},
      {Input::kIntegerBytes, "integer-bytes", 2, "bytes", kA, "", "an ordinary integer in SQLite, which stores 0 to 8 bytes by magnitude", 8},
      {Input::kDecimalDigits, "decimal-digits", 3, "digits", kA, "", "digits before the point of an ordinary amount", 30},
      {Input::kToastRatio, "toast-ratio", 0.6, "", kA, "", "what compression leaves of a value over 2 KB in PostgreSQL", 1},
      {Input::kUsers, "users", 10'000, "users", kA, "", "users, where load.users is not declared", kLots},
      {Input::kChildren, "children", 3, "rows", kA, "", "rows in a collection that its owner deletes with itself, and rows of an `each`", 1e6},
      {Input::kPerUser, "per-user", 10, "rows", kA, "", "records of a user in an entity without growth", 1e6},
      {Input::kReferenceRows, "reference-rows", 1000, "rows", kA, "", "rows of an entity that nothing else sizes", kLots},
      {Input::kUsersPerTenant, "users-per-tenant", 50, "users", kA, "", "users of one tenant", kLots},
      {Input::kHistoryDays, "history-days", 365, "days", kA, "", "days in which assumed rows came together; gives their rows a day", 36'500},
      {Input::kActiveShare, "active-share", 0.1, "", kA, "", "part of the users that come on a day", 1},
      {Input::kRequestsPerDay, "requests-per-day", 50, "requests", kA, "", "requests of a user that comes", 1e6},
      {Input::kPeakToMean, "peak-to-mean", 5, "×", kA, "", "the peak over the mean of a day", 1000},
      {Input::kReadShare, "read-share", 0.9, "", kA, "", "reads among requests without a declared peak", 1},
      {Input::kPageRows, "page-rows", 20, "rows", kA, "", "rows of a list's answer", 10'000},
      {Input::kHeaderBytes, "header-bytes", 300, "bytes", kA, "", "head of an answer", 1e5},
      {Input::kPgStatementUs, "postgres-statement-us", 15, "µs", kM, kPgDemand, "processor time of one prepared statement in PostgreSQL", 1e7},
      {Input::kPgRowReadUs, "postgres-row-read-us", 0.7, "µs", kM, kPgDemand, "processor time of one more row read in PostgreSQL", 1e7},
      {Input::kPgRowWriteUs, "postgres-row-write-us", 25, "µs", kA, "", "processor time of one row written in PostgreSQL, its log included", 1e7},
      {Input::kPgIndexWriteUs, "postgres-index-write-us", 6.4, "µs", kM, kPgDemand, "processor time of one index entry written in PostgreSQL", 1e7},
      {Input::kPgCommitUs, "postgres-commit-us", 1000, "µs", kA, "", "wait for the log of a commit in PostgreSQL", 1e7},
      {Input::kPgCommitCpuUs, "postgres-commit-cpu-us", 55, "µs", kM, kPgDemand, "processor time of a commit that wrote in PostgreSQL", 1e7},
      {Input::kRoundTripUs, "round-trip-us", 300, "µs", kA, "", "network between application and PostgreSQL, there and back", 1e7},
      {Input::kSqliteRequestUs, "sqlite-statement-us", 4, "µs", kA, "", "processor time of one cached statement in SQLite", 1e7},
      {Input::kSqliteRowReadUs, "sqlite-row-read-us", 1, "µs", kM, kRates, "one more row read, its rendering included: (list20 - point) / 19", 1e7},
      {Input::kSqliteRowWriteUs, "sqlite-row-write-us", 8, "µs", kA, "", "processor time of one row written in SQLite", 1e7},
      {Input::kSqliteIndexWriteUs, "sqlite-index-write-us", 4, "µs", kA, "", "processor time of one index entry written in SQLite", 1e7},
      {Input::kSqliteCommitUs, "sqlite-commit-us", 1000, "µs", kA, "", "wait for the log of a commit in SQLite", 1e7},
      {Input::kSqliteGroup, "sqlite-group", 16, "writes", kA, "", "writes that share a commit under load (at most the limit write-group)", 64},
      {Input::kAppRequestUs, "request-us", 11.5, "µs", kM, kRates, "processor time of a read by key at the server, SQLite's included: 1 / point",
       1e7},
      {Input::kAppRowUs, "row-us", 0.6, "µs", kA, "", "processor time of rendering one more row at the server over PostgreSQL", 1e7},
      {Input::kAppStatementUs, "statement-us", 12, "µs", kA, "", "processor time of sending one statement to PostgreSQL at the server", 1e7},
      {Input::kRateAtSlo, "rate-at-slo", 0.5, "", kM, "bench/README.md", "part of the maximum rate at which point reads kept p99 below 5 ms (3.9 ms)",
       1},
      {Input::kHeadroom, "headroom", 0.4, "", kA, "", "part of what a node carries at its objective that is kept free", 0.95},
      {Input::kNodeMemoryMib, "server-mib", 16, "MiB", kM, "bench/README.md", "memory of an idle server", 1e6},
      {Input::kConnectionKib, "connection-kib", 64, "KiB", kA, "", "memory of one client's connection with its buffers", 1e6},
      {Input::kClientsPerRate, "clients-per-request", 5, "connections", kA, "", "open connections for each request a second (keep-alive)", 1e4},
      {Input::kPoolPerNode, "pool", 8, "connections", kD, "limit postgres-connections", "connections of one node to PostgreSQL", 1e5},
      {Input::kBackendMib, "backend-mib", 10, "MiB", kA, "", "memory of one PostgreSQL backend", 1e5},
      {Input::kHotRowShare, "hot-rows", 0.2, "", kA, "", "part of the tables that is used again and again", 1},
      {Input::kHotIndexShare, "hot-indexes", 0.5, "", kA, "", "part of the indexes that is used again and again", 1},
      {Input::kMissShare, "miss-share", 0.05, "", kA, "", "part of the rows read that come from disk although the working set fits", 1},
      {Input::kDirtyPageShare, "dirty-pages", 0.3, "", kA, "", "pages written back for each row or index entry written", 10},
      {Input::kBloat, "bloat", 1.2, "×", kA, "", "room that dead rows and half-filled pages take over the paper size", 10},
      {Input::kWalFactor, "log-factor", 3, "×", kA, "", "bytes of write-ahead log for each byte of rows and index entries written", 100},
      {Input::kWalDays, "log-archive-days", 7, "days", kA, "", "days of write-ahead log kept for recovery to a point in time", 3650},
      {Input::kBackupsKept, "backups", 7, "copies", kA, "", "full backups kept", 3650},
      {Input::kBackupRatio, "backup-ratio", 0.4, "", kA, "", "what compression leaves of a backup", 1},
      {Input::kLogBytes, "request-log-bytes", 250, "bytes", kA, "", "one line of the server's log for each request", 1e6},
      {Input::kLogDays, "request-log-days", 30, "days", kA, "", "days the server's log is kept", 3650},
  };
  return kRows;
}

Assumptions::Assumptions() {
  for (const InputRow& row : input_table()) {
    Figure& figure = values_[static_cast<std::size_t>(row.input)];
    figure.value = row.value;
    figure.basis = row.basis;
    figure.source = row.source.empty() ? fmt::format("{}: {}", row.name, row.meaning) : std::string(row.source);
  }
}

Result<void> Assumptions::set(std::string_view name, double value, Basis basis, std::string source) {
  const auto refuse = [&](std::string_view why) {
    Error error = make_error(ErrorKind::kInvalidArgument, "kp-capacity-assumption", fmt::format("`{}` {}", name, why));
    error.hint =
        "The plan lists every input with its name; columns are bytes.ENTITY.FIELD, nulls.…, distinct.…, and rows.ENTITY is an entity's rows.";
    return fail(std::move(error));
  };
  if (!std::isfinite(value) || value < 0) return refuse("needs a number of at least 0.");
  Figure figure{value, basis, std::move(source)};
  const auto dot = name.find('.');
  if (dot == std::string_view::npos) {
    for (const InputRow& row : input_table()) {
      if (row.name != name) continue;
      if (value > row.most) return refuse(fmt::format("is at most {}.", row.most));
      values_[static_cast<std::size_t>(row.input)] = std::move(figure);
      return {};
    }
    return refuse("is no input of the plan.");
  }
  const auto kind = name.substr(0, dot);
  std::string rest(name.substr(dot + 1));
  if (value > 1e15) return refuse("is too large.");
  if (kind == "rows") {
    rows_[rest] = figure;
  } else if (kind == "bytes") {
    columns_[rest].bytes = value;
  } else if (kind == "nulls") {
    if (value > 1) return refuse("is a part of the rows, at most 1.");
    columns_[rest].null_share = value;
  } else if (kind == "distinct") {
    columns_[rest].distinct = value;
  } else {
    return refuse("is no input of the plan.");
  }
  named_[std::string(name)] = std::move(figure);
  return {};
}

const ColumnFacts* Assumptions::column(const std::string& entity, const std::string& field) const {
  if (columns_.empty()) return nullptr;
  const auto found = columns_.find(entity + "." + field);
  return found == columns_.end() ? nullptr : &found->second;
}

const Figure* Assumptions::rows_of(const std::string& entity) const {
  const auto found = rows_.find(entity);
  return found == rows_.end() ? nullptr : &found->second;
}

}  // namespace kingpost::capacity
