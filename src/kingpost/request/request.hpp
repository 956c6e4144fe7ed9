#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kingpost/base/datum.hpp"
#include "kingpost/request/principal.hpp"

namespace kingpost::request {

/// A client value's place in Request::values. Everything else in a Request is its shape: equal shapes yield equal Plans.
struct Slot {
  std::uint32_t index = 0;
};

/// One step into a JSON value: a member name or an array index (negative counts from the end).
struct JsonStep {
  std::string member;
  std::int64_t position = 0;
  bool is_position = false;
};

/// A column by its wire name, with a path into it. `as_text`: the last arrow was ->>.
struct ColumnPath {
  std::string column;
  std::vector<JsonStep> steps;
  bool as_text = false;
};

enum class FilterOp : std::uint8_t {
  kEqual,
  kNotEqual,
  kGreater,
  kGreaterEqual,
  kLess,
  kLessEqual,
  kLike,
  kILike,
  kMatch,
  kIMatch,
  kIn,
  kIsNull,
  kIsNotNull,
  kIsTrue,
  kIsFalse,
  kIsUnknown,
  kIsDistinct,
  kContains,
  kContained,
  kOverlaps,
  kFullText,
};

enum class Quantifier : std::uint8_t { kNone, kAny, kAll };

enum class FilterKind : std::uint8_t {
  kAnd,
  kOr,
  kCompare,
  kEmbedNull,  ///< `rel=is.null`: anti-join; negated: semi-join. `path.column` is the embed's name, `op` must be kIsNull or kIsNotNull
};

/// A filter tree. kIn and any/all take a list slot (Request::lists), the others a value slot.
struct Filter {
  FilterKind kind = FilterKind::kAnd;
  bool negated = false;
  FilterOp op = FilterOp::kEqual;
  Quantifier quantifier = Quantifier::kNone;
  ColumnPath path;
  Slot value;
  std::string language;  ///< of kFullText: fts, plfts, phfts or wfts, then optionally (language)
  std::vector<Filter> children;
};

enum class NullsOrder : std::uint8_t { kDefault, kFirst, kLast };

struct OrderTerm {
  ColumnPath path;
  std::string relation;  ///< order=rel(col): a to-one embed's name
  bool descending = false;
  NullsOrder nulls = NullsOrder::kDefault;
};

struct ReadNode;

enum class SelectKind : std::uint8_t { kColumn, kStar, kEmbed };

struct SelectItem {
  SelectKind kind = SelectKind::kColumn;
  std::string alias;
  ColumnPath path;
  std::string cast;
  std::unique_ptr<ReadNode> embed;
};

/// One level of a read: the root entity or an embed.
struct ReadNode {
  std::string name;  ///< wire name of the entity (root) or relation or target entity (embed)
  std::string hint;  ///< rel!hint
  bool inner = false;
  bool spread = false;
  bool empty = false;              ///< rel(): filter only
  std::vector<SelectItem> select;  ///< empty on the root = *
  std::optional<Filter> where;     ///< kAnd of the level's filters
  std::vector<OrderTerm> order;
  std::optional<std::uint64_t> limit;
  std::optional<std::uint64_t> offset;
};

enum class Operation : std::uint8_t { kRead, kInsert, kUpdate, kDelete };
enum class CountMode : std::uint8_t { kNone, kExact, kPlanned, kEstimated };
enum class ReturnMode : std::uint8_t { kMinimal, kHeadersOnly, kRepresentation };
enum class Resolution : std::uint8_t { kNone, kMerge, kIgnore };

/// What is asked, whatever protocol asked it. Names are wire names of `contract`.
struct Request {
  Operation operation = Operation::kRead;
  std::string contract;  ///< empty = current
  ReadNode root;
  CountMode count = CountMode::kNone;
  ReturnMode returning = ReturnMode::kMinimal;
  Resolution resolution = Resolution::kNone;
  bool count_only = false;      ///< how many rows there are is asked for and none of them (HEAD); `count` says how to know
  bool singular = false;        ///< exactly one row or PGRST116
  bool missing_default = true;  ///< absent keys of an insert take the model's default
  bool want_version = false;    ///< the row version (ETag) of a singular answer is asked for
  bool has_if_match = false;    ///< Request::if_match holds versions; the filter must pin one full key
  std::vector<std::string> on_conflict;
  std::vector<std::string> columns;
  bool has_columns = false;
  bool has_cursor = false;  ///< `cursor` continues a keyset; its terms are the order's values then the key's
  bool idempotent = false;  ///< an idempotency key came with the request

  // Values: never part of the shape.
  std::vector<RawValue> values;
  std::vector<std::vector<RawValue>> lists;
  std::vector<RawValue> cursor;
  std::vector<std::string> if_match;
  RawRows rows;
  bool rows_are_array = false;
  std::string idempotency_key;
  std::string payload_hash;
};

/// The shape of a request: everything but its values, as a cache key. Rows contribute their column names only.
[[nodiscard]] std::string shape_of(const Request& request);

}  // namespace kingpost::request
