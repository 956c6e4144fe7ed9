#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/result.hpp"
#include "kingpost/dialect/schema.hpp"
#include "kingpost/evolve/diff.hpp"
#include "kingpost/store/admin_connection.hpp"

namespace kingpost::migrate {

/// One row of `_kingpost_migration`.
struct HistoryRow {
  std::int64_t id = 0;
  std::int64_t applied_us = 0;  ///< microseconds since 1970, UTC
  std::string kind;             ///< initial, additive or baseline
  std::string version;          ///< of Kingpost
  std::string model_hash;
  std::vector<std::string> statements;
};

enum class State : std::uint8_t {
  kMissing,  ///< no database file
  kEmpty,    ///< a database without tables
  kUnknown,  ///< tables, but no history: it needs a baseline
  kCurrent,  ///< nothing to do
  kPending,  ///< additive changes wait
  kRefused,  ///< changes that cannot be made by adding
};

struct Status {
  State state = State::kMissing;
  std::vector<HistoryRow> history;
  dialect::RelationalSchema current;  ///< as recorded; empty in the first three states
  evolve::SchemaDiff diff;            ///< from `current` to the wanted schema
};

struct Options {
  std::string version;     ///< of Kingpost, for the history
  std::string model_hash;  ///< for the history
  std::int64_t now_us = 0;
  /// The caller holds store::DatabaseLock of the SQLite file already.
  bool lock_held = false;
  /// A database with tables but no history is taken as it is: the wanted tables and columns that exist become the baseline.
  bool adopt = false;
};

struct Applied {
  bool changed = false;
  HistoryRow row;  ///< what was recorded, when `changed`
  evolve::SchemaDiff diff;
};

/// Looks, and changes nothing. Errors: kp-database-url, kp-database-down, kp-schema-malformed (the history cannot be read).
[[nodiscard]] Result<Status> read_status(const std::string& url, const dialect::RelationalSchema& wanted);

/// Creates or extends the schema under the lock, with its history row, in one transaction; creates a missing SQLite file. Doing it twice
/// changes nothing. Errors: kp-migrate-refused (details: the differences and what to do), kp-no-baseline, kp-database-locked, kp-database-*,
/// kp-schema-malformed, the database's own.
[[nodiscard]] Result<Applied> apply(const std::string& url, const dialect::RelationalSchema& wanted, const Options& options);

/// The same over a connection that may write already: the running server's own (store::Store::administer). Takes no lock of a file.
[[nodiscard]] Result<Applied> apply_over(store::AdminConnection& connection, const dialect::RelationalSchema& wanted, const Options& options);

/// Records `schema`, read from a catalogue, as what the database has, without changing its tables. Error kp-has-history when there is one already;
/// others as for apply.
[[nodiscard]] Result<HistoryRow> record_baseline(const std::string& url, const dialect::RelationalSchema& schema, const Options& options);

/// For `migrate status` and `migrate plan`: a sentence, the history, the differences; the statements.
[[nodiscard]] std::string print_status(const Status& status);
[[nodiscard]] std::string print_plan(const Status& status);
[[nodiscard]] std::string_view state_name(State state);

}  // namespace kingpost::migrate
