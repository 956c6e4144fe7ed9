#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "kingpost/base/decimal.hpp"
#include "kingpost/base/span.hpp"
#include "kingpost/cel/expr.hpp"
#include "kingpost/ir/types.hpp"

namespace kingpost::ir {

enum class Generated : std::uint8_t {
  kNo,
  kUuidV7,         ///< made by us when absent
  kCreatedAt,      ///< set at insert, never by clients
  kUpdatedAt,      ///< set at insert and every update, never by clients
  kAutoIncrement,  ///< made by the database when absent (INTEGER PRIMARY KEY, identity)
  kVersion,        ///< an int64 that every update increments; the ETag
};

enum class Sensitivity : std::uint8_t { kNone, kPersonal, kSecret };

/// A stored column or, with `computed`, a value derived from the row. Access by FieldId within the entity.
struct Field {
  std::string name;    ///< as in the model: `customer`
  std::string column;  ///< in SQL and by default on the wire: `customer_id` for a ref
  std::string summary;
  Span span;
  LogicalType type;  ///< of a ref: its target key's
  Storage storage;
  bool nullable = false;
  bool unique = false;  ///< declared alone; also an entry of Entity::uniques
  bool search = false;
  bool encrypted = false;
  Sensitivity sensitivity = Sensitivity::kNone;
  Generated generated = Generated::kNo;
  /// The value of an absent field at insert: a literal, or null for none.
  cel::ExprPtr default_value;
  /// SQL text of a default in an imported database that is no literal; DDL repeats it, the database fills it.
  std::string default_sql;
  std::optional<Decimal> min;
  std::optional<Decimal> max;
  RelationId relation;        ///< the to-one relation that this column carries
  std::string external;       ///< entity of another service whose key this is, without a foreign key
  cel::ExprPtr computed;      ///< over `row`; then nothing is stored
  cel::ExprPtr read_policy;   ///< null = as the entity
  cel::ExprPtr write_policy;  ///< null = as the entity
  std::string renamed_from;
  std::vector<std::string> requirements;

  [[nodiscard]] bool stored() const noexcept { return computed == nullptr; }
};

enum class RelationKind : std::uint8_t { kToOne, kToMany, kManyToMany };
enum class OnDelete : std::uint8_t { kNoAction, kRestrict, kCascade, kSetNull, kSetDefault };

/// One direction of a relation. A foreign key yields a to-one on its holder and a to-many (or, if unique, to-one with `reverse`) on its target;
/// an entity whose key holds two foreign keys also yields many-to-many both ways.
struct Relation {
  std::string name;  ///< the embed's name, unique within `from`
  RelationKind kind = RelationKind::kToOne;
  EntityId from;
  EntityId to;
  std::vector<FieldId> from_fields;  ///< joined pairwise with `to_fields`; of kManyToMany with `through_from`
  std::vector<FieldId> to_fields;
  EntityId through;
  std::vector<FieldId> through_from;
  std::vector<FieldId> through_to;
  RelationId inverse;
  bool reverse = false;                      ///< to-one found by the other side's unique foreign key
  bool nullable = false;                     ///< to-one may be absent
  bool named = false;                        ///< named in the model, not derived
  OnDelete on_delete = OnDelete::kNoAction;  ///< of the foreign key, on the holder's side
  OnDelete on_update = OnDelete::kNoAction;
  std::string constraint;  ///< name of the foreign key constraint, also usable as a hint
  Span span;
};

struct Check {
  std::string name;
  cel::ExprPtr condition;
  std::string sql;  ///< imported check that is no CEL: repeated in DDL, evaluated by the database alone
  Span span;
};

struct Unique {
  std::vector<FieldId> fields;
  std::string name;
  Span span;
};

struct IndexPart {
  FieldId field;
  bool descending = false;
};

/// An index with the reason it exists, for example "foreign key customer" or "query mine".
struct Index {
  std::string name;
  std::vector<IndexPart> parts;
  bool unique = false;
  bool is_explicit = false;  ///< written in the model rather than derived
  std::string reason;
  std::string where_sql;  ///< imported partial index
  Span span;
};

struct QueryFilter {
  FieldId field;
  std::string op;  ///< = < <= > >= in
};

/// A declared query: what must be fast. Load refers to it as entity.name.
struct Query {
  std::string name;
  std::vector<QueryFilter> filters;
  std::vector<IndexPart> order;
  std::vector<FieldId> search;  ///< of search(a, b); then filters and order are empty
  Span span;
};

/// Who may do what; a null expression denies. With `engine_only` (access: none) nobody but the engine's own calls.
struct Access {
  cel::ExprPtr read;
  cel::ExprPtr create;
  cel::ExprPtr update;
  cel::ExprPtr remove;
  bool declared = false;  ///< false: the model says nothing about access (review), default deny all the same
  bool engine_only = false;
};

struct StateMove {
  std::string name;
  std::vector<std::string> from;
  std::string to;
  Span span;
};

struct StateMachine {
  FieldId field;
  std::string initial;
  std::vector<StateMove> moves;
  Span span;
};

struct Growth {
  std::int64_t rows = 0;
  double per_day = 0;
  /// Days kept; 0 = forever or not said, see `keep_forever`.
  std::int64_t keep_days = 0;
  bool keep_forever = false;
  Span span;
};

struct CachePolicy {
  std::int64_t ttl_ms = 0;
  std::string vary;
  Span span;
};

struct Entity {
  EntityId id;
  std::string name;   ///< as in the model, and its default name in URLs
  std::string table;  ///< in SQL
  std::string summary;
  Span span;
  ServiceId service;
  bool built_in = false;  ///< user
  bool tenanted = false;  ///< carries the tenant key
  FieldId tenant_field;   ///< valid when tenanted
  std::vector<Field> fields;
  std::vector<FieldId> key;
  std::vector<RelationId> relations;  ///< those whose `from` is this entity
  std::vector<Check> checks;
  std::vector<Unique> uniques;
  std::vector<Index> indexes;  ///< derived and explicit, without the keys' and uniques' own
  std::vector<Query> queries;
  Access access;
  std::optional<StateMachine> states;
  std::optional<Growth> growth;
  std::optional<CachePolicy> cache;
  bool audit = false;
  bool view = false;           ///< read-only import of a view
  bool without_rowid = false;  ///< of an imported SQLite table, as the next two
  bool autoincrement = false;  ///< the key's numbers are never given again
  bool strict = false;
  std::string renamed_from;
  std::vector<std::string> requirements;
  std::vector<std::string> mixins;

  [[nodiscard]] const Field& field(FieldId field_id) const { return fields[field_id.index()]; }
  /// By model name; none when absent.
  [[nodiscard]] FieldId find_field(std::string_view field_name) const;
  [[nodiscard]] FieldId find_column(std::string_view column) const;
  /// The kVersion field, if any.
  [[nodiscard]] FieldId version_field() const;
};

}  // namespace kingpost::ir
