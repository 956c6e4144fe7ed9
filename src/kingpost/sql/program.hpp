#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kingpost/base/datum.hpp"
#include "kingpost/base/error.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/dialect/dialect.hpp"
#include "kingpost/ir/types.hpp"
#include "kingpost/plan/layout.hpp"
#include "kingpost/request/request.hpp"

namespace kingpost::sql {

enum class Lane : std::uint8_t { kFastRead, kSlowRead, kStream, kWrite };
enum class Isolation : std::uint8_t { kSnapshot, kSerializable };
/// Whether a failed Program may run again by itself: reads always, writes only before anything could have been acknowledged.
enum class RetryClass : std::uint8_t { kNever, kBeforeCommit, kAlways };

enum class ParamKind : std::uint8_t {
  kConstant,     ///< `constant`
  kValue,        ///< Request::values[slot], encoded for `type` and `storage`
  kList,         ///< Request::lists[slot], each encoded; one parameter
  kLikePattern,  ///< Request::values[slot] with * read as %
  kLikeList,     ///< Request::lists[slot], each with * read as %; one parameter
  kCursor,       ///< Request::cursor[slot]
  kAuthUser,
  kAuthTenant,
  kNow,
  kKeys,  ///< column `column` of the rows of step `step`; one parameter (a list)
  kKey,   ///< column `column` of the only row of step `step`, as a scalar; null without that row
  kRows,  ///< column `column` of the encoded rows of the request; one parameter a column (a list)
  kRow,   ///< column `column` of the request's only encoded row, as a scalar
};

/// Where a statement's parameter comes from. Lists travel as one parameter: a pointer to kp_list(?) on SQLite, an array on PostgreSQL.
struct Param {
  ParamKind kind = ParamKind::kConstant;
  std::uint32_t slot = 0;
  std::uint32_t step = 0;
  std::uint32_t column = 0;
  Datum constant;
  ir::LogicalType type;
  ir::Storage storage;
  std::string list_type;  ///< PostgreSQL element type of a list: bigint, text, uuid, …
};

using plan::MemberKind;
using plan::MemberLayout;
using plan::NodeLayout;
using plan::ResultColumn;
using plan::ResultLayout;

enum class AssertionKind : std::uint8_t {
  kNoRows,    ///< the step must yield no row
  kAllTrue,   ///< column `column` of every row must be true
  kRowCount,  ///< exactly `count` rows
  kAtMost,    ///< at most `count` rows
  kVersion,   ///< the row version over columns `first`… of the single row must be one of Request::if_match
};

/// What must hold after a step; otherwise the Program is rolled back and answers `error`.
struct Assertion {
  AssertionKind kind = AssertionKind::kNoRows;
  std::uint32_t column = 0;
  std::uint64_t count = 0;
  Error error;  ///< `{}` in its details becomes the number of rows
};

/// One statement. Steps run in order, each once: how many run depends only on the shape, and on whether a constraint was violated.
struct Step {
  std::string sql;
  std::vector<Param> params;
  std::vector<ResultColumn> columns;
  std::vector<Assertion> assertions;
  bool writes = false;
  /// Runs only when a step before it violated a constraint (class 23), and is the last: where its assertions fail, their error is answered, so
  /// that nobody learns from the violation what a policy keeps from them.
  bool after_violation = false;
  std::string purpose;  ///< for `explain`: "read order", "check policy", …
};

/// Encoding of one request column of a bulk write: what each row's cell becomes.
struct RowColumn {
  std::string name;  ///< wire name, for error pointers
  ir::LogicalType type;
  ir::Storage storage;
  bool nullable = true;
  std::int64_t source = -1;  ///< index into Request::rows.columns; -1: not from the client
  enum class Fill : std::uint8_t { kNone, kConstant, kUuidV7, kNow, kTenant, kAuthUser } fill = Fill::kNone;
  Datum fill_value;  ///< of kConstant; also for rows that lack the key
};

/// The unit of execution. Immutable, cached by shape, shared between threads.
struct Program {
  Lane lane = Lane::kFastRead;
  Isolation isolation = Isolation::kSnapshot;
  RetryClass retry = RetryClass::kAlways;
  dialect::Database database = dialect::Database::kSqlite;
  /// Settings to make before the first step, as (name, parameter); only PostgreSQL with the row-level-security wall uses them.
  std::vector<std::pair<std::string, Param>> prelude;
  std::vector<Step> steps;
  std::vector<RowColumn> row_columns;
  ResultLayout layout;
  bool singular = false;
  std::uint64_t max_rows = 0;  ///< bound on the rows of any one step; above it kp-limit-rows
};

using ProgramPtr = std::shared_ptr<const Program>;

}  // namespace kingpost::sql
