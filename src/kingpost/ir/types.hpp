#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "kingpost/base/strong_id.hpp"
#include "kingpost/cel/type.hpp"

namespace kingpost::ir {

using EntityId = StrongId<struct EntityTag>;
/// A field's index inside its entity's `fields`.
using FieldId = StrongId<struct FieldTag>;
/// A relation's index in System::relations.
using RelationId = StrongId<struct RelationTag>;
using EnumId = StrongId<struct EnumTag>;
using RecordId = StrongId<struct RecordTag>;
using ServiceId = StrongId<struct ServiceTag>;
using CommandId = StrongId<struct CommandTag>;
using EventId = StrongId<struct EventTag>;

enum class Scalar : std::uint8_t {
  kBool,
  kInt64,
  kInt32,
  kDecimal,
  kFloat,
  kString,  ///< at most `max_length` code points
  kText,    ///< like kString with the documented default maximum
  kUuid,
  kDate,
  kTime,
  kTimestamp,
  kDuration,
  kJson,
  kBytes,
  kEnum,
  kList,    ///< `element`; stored as JSON
  kRecord,  ///< a named type; inputs and event data only
};

/// What a value means, whatever stores or carries it.
struct LogicalType {
  Scalar scalar = Scalar::kText;
  std::uint32_t precision = 0;   ///< kDecimal: all digits
  std::uint32_t scale = 0;       ///< kDecimal: fraction digits
  std::uint32_t max_length = 0;  ///< kString, kText: code points; kBytes: bytes; kList: items; 0 = the type's default maximum
  EnumId enumeration;
  RecordId record;
  std::shared_ptr<const LogicalType> element;
};

/// How a logical type lies in a SQLite column, and so in a Datum.
enum class SqliteCodec : std::uint8_t {
  kNative,         ///< bool 0/1, int INTEGER, float REAL, text TEXT, bytes BLOB, json TEXT, enum TEXT
  kScaledInteger,  ///< decimal × 10^scale as INTEGER
  kReal,           ///< decimal in a REAL or NUMERIC column of an imported file
  kDecimalText,    ///< decimal as TEXT in an imported file
  kUuidBlob,       ///< 16 bytes
  kUuidText,       ///< 36 characters, imported files
  kMicros,         ///< timestamp, time and duration as INTEGER microseconds (timestamps since 1970, UTC)
  kDateText,       ///< date as 'YYYY-MM-DD'
  kTimestampText,  ///< 'YYYY-MM-DD HH:MM:SS[.ffffff]' in UTC, imported files
  kUnixSeconds,    ///< timestamp as INTEGER seconds, imported files
};

/// How a logical type lies in a PostgreSQL column.
enum class PostgresCodec : std::uint8_t {
  kNative,           ///< boolean, bigint, integer, numeric(p,s), double precision, text, uuid, date, time, timestamptz, jsonb, bytea
  kVarchar,          ///< varchar(n) instead of text with a check; imported databases
  kTimestampNoZone,  ///< timestamp without time zone read as UTC; imported databases
  kDurationMicros,   ///< duration as bigint microseconds
  kJsonText,         ///< json instead of jsonb; imported databases
  kSmallint,         ///< int32 in a smallint column; imported databases
};

struct Storage {
  SqliteCodec sqlite = SqliteCodec::kNative;
  PostgresCodec postgres = PostgresCodec::kNative;
  /// The declared column type of an imported database when it differs from ours; DDL repeats it. Empty = the dialect's own.
  std::string declared;
};

/// The codecs that we choose ourselves for a type (not imported).
[[nodiscard]] Storage default_storage(const LogicalType& type);

/// `decimal(12,2)`, `string(64)`, `list(uuid)`, `enum`: a type's spelling in the model; enums and named types as `enum`, `record`.
[[nodiscard]] std::string print_logical_type(const LogicalType& type);

struct System;
/// The expression type of a logical type.
[[nodiscard]] cel::Type expression_type(const LogicalType& type, bool nullable, const System& system);

inline constexpr std::uint32_t kDefaultTextLength = 65'536;
inline constexpr std::uint32_t kDefaultListItems = 1'000;
inline constexpr std::uint32_t kDefaultBytesLength = 1U << 20;

}  // namespace kingpost::ir
