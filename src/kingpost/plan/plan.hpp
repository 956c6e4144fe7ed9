#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kingpost/base/limits.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/ir/system.hpp"
#include "kingpost/request/request.hpp"

namespace kingpost::plan {

/// A resolved column of a level: a stored or computed field, or a path into a json one.
struct Column {
  ir::FieldId field;
  cel::ExprPtr expression;  ///< the contract view's or the computed field's expression over `row`; null = the stored column
  std::vector<request::JsonStep> steps;
  bool as_text = false;
  std::string cast;             ///< checked name of a cast type (text int4 int8 float8 numeric bool date time timestamptz uuid json), or empty
  ir::LogicalType uncast_type;  ///< with a cast: what is cast
  ir::Storage uncast_storage;
  ir::LogicalType type;  ///< after path, expression and cast
  ir::Storage storage;
  bool nullable = true;
  /// Read policy that depends on the row: the value is null where it does not hold. Already folded for the principal.
  cel::ExprPtr visible_if;
};

enum class PredicateKind : std::uint8_t {
  kTrue,
  kFalse,
  kAnd,
  kOr,
  kNot,
  kCompare,  ///< column op slot
  kPolicy,   ///< `expression` over the level's row, folded
  kExists,   ///< a related row exists that satisfies children[0]; of a many-to-many its junction row satisfies children[1]
  kKeyset,   ///< after the cursor: `order` of the level against Request::cursor
};

/// A condition over one level's row.
struct Predicate {
  PredicateKind kind = PredicateKind::kTrue;
  request::FilterOp op = request::FilterOp::kEqual;
  request::Quantifier quantifier = request::Quantifier::kNone;
  Column column;
  request::Slot value;
  std::string language;
  cel::ExprPtr expression;
  ir::RelationId relation;
  std::vector<Predicate> children;
};

/// "No embed" where an index into Level::embeds is expected.
inline constexpr std::size_t kNoEmbed = static_cast<std::size_t>(-1);

struct Order {
  Column column;
  std::size_t embed = kNoEmbed;  ///< otherwise: a column of that to-one embed
  bool descending = false;
  bool nulls_first = false;
};

struct Level;

enum class OutputKind : std::uint8_t { kColumn, kEmbed };

/// One member of the answer's objects, in order.
struct Output {
  OutputKind kind = OutputKind::kColumn;
  std::string name;
  Column column;
  std::size_t embed = 0;  ///< index into Level::embeds
};

/// One level of a read: which rows of which entity, and what of them.
struct Level {
  ir::EntityId entity;
  std::string name;         ///< for messages
  ir::RelationId relation;  ///< from the parent; none on the root
  bool inner = false;
  bool spread = false;
  bool hidden = false;       ///< rel(): filters only, renders nothing
  bool pinned = false;       ///< the filters fix a full key: at most one row
  Predicate where;           ///< the caller's filters and the read policy, together
  Predicate through_where;   ///< of a many-to-many: the read policy of the junction's rows
  std::vector<Order> order;  ///< ends with the key when a page is taken
  std::optional<std::uint64_t> limit;
  std::uint64_t offset = 0;
  std::vector<Output> outputs;
  std::vector<Level> embeds;
};

/// Values an insert or update stores.
struct WriteColumn {
  ir::FieldId field;
  enum class Source : std::uint8_t { kRows, kDefault, kUuidV7, kNow, kTenant, kIncrement } source = Source::kRows;
  std::size_t row_column = 0;  ///< index into Request::rows.columns
  cel::ExprPtr default_value;  ///< also for rows that lack the column
  cel::ExprPtr inverse;        ///< contract view's inverse over `input.<wire name>`, or null
  std::string name;            ///< wire name, for error pointers
  bool merge = false;          ///< of an upsert: also stored where the row was there
};

/// What a write does, policies woven in (already folded for the principal; null = always true).
struct Write {
  ir::EntityId entity;
  request::Operation operation = request::Operation::kInsert;
  request::Resolution resolution = request::Resolution::kNone;
  std::vector<ir::FieldId> conflict;  ///< of an upsert
  std::vector<WriteColumn> columns;
  Predicate target;            ///< of update and delete: the caller's filters and the read policy
  cel::ExprPtr stored_policy;  ///< over `row` and `old`: must hold on each targeted stored row (of an upsert: on each that was there), else 42501
  cel::ExprPtr result_policy;  ///< over `row` and `new`: must hold on each resulting row, else 42501
  bool check_version = false;  ///< If-Match: the one targeted row's version must be among Request::if_match
};

/// What will be done, independent of database and protocol. Equal (Request shape, Principal shape, System) yield equal Plans.
struct Plan {
  request::Operation operation = request::Operation::kRead;
  const ir::Contract* contract = nullptr;
  std::optional<Write> write;
  /// The rows to answer: of a read, or of a write's representation (then limited to the written keys). Absent: nothing is rendered.
  std::optional<Level> read;
  /// How the rows are counted. The planner knows about rows that the caller may not see, so it is asked only where no policy chooses rows.
  request::CountMode count = request::CountMode::kNone;
  std::uint64_t count_bound = 0;  ///< of kEstimated: up to so many rows are counted
  bool count_only = false;        ///< the rows themselves are not read
  bool singular = false;
  bool want_version = false;
  /// Columns of the row version (ETag): the version field alone, or every stored column that the caller may read.
  std::vector<Column> version;
  /// A keyset page may follow: root order columns are in the order of Level::order.
  bool keyset = false;
  bool anonymous = false;  ///< denials answer 401 instead of 403
};

/// Resolves names through the contract view, checks types and bounds, weaves policies in. Pure.
/// Errors (kind, code): unknown entity PGRST205, unknown column 42703 (PGRST204 for body columns), no relation PGRST200, ambiguous PGRST201,
/// filter on a non-embedded PGRST108, write column unknown PGRST204, computed or engine-set 428C9, conflict target 42P10,
/// If-Match without a pinned key kp-precondition-target, model element not executed kp-not-executed, related order PGRST118, embed
/// operator PGRST120, refused feature PGRST127, denied 42501, unknown contract PGRST106, update or delete without filter 21000, a cursor for
/// an order that has none kp-cursor, limits kp-limit-*.
[[nodiscard]] Result<Plan> make_plan(const request::Request& request, const request::Principal& principal, const ir::System& system,
                                     const Limits& limits);

}  // namespace kingpost::plan
