#pragma once

#include <string>

#include "kingpost/base/datum.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/cel/value.hpp"
#include "kingpost/dialect/dialect.hpp"
#include "kingpost/ir/types.hpp"

namespace kingpost::dialect {

struct EncodeContext {
  const ir::System* system = nullptr;  ///< for the values of enums; must outlive the call
  Database database = Database::kSqlite;
};

/// A client's value as the database stores it. Null and absent become the null Datum. On SQLite the Datum is what `storage.sqlite` says; on
/// PostgreSQL what postgres_type() says. Errors (kInvalidArgument): 22P02 malformed, 22003 out of range or too many fraction digits,
/// 22001 too long, 22021 NUL or malformed UTF-8, 22007 malformed time.
[[nodiscard]] Result<Datum> encode(const RawValue& raw, const ir::LogicalType& type, const ir::Storage& storage, const EncodeContext& context);

/// The same for the value of an expression; int, double and decimal convert where no digit is lost, a record is its key.
[[nodiscard]] Result<Datum> encode(const cel::Value& value, const ir::LogicalType& type, const ir::Storage& storage, const EncodeContext& context);

/// What a stored cell means. Error kp-stored-value (kDataLoss) when the file holds something that the codec cannot read.
[[nodiscard]] Result<cel::Value> decode(const CellView& cell, const ir::LogicalType& type, const ir::Storage& storage, Database database);

/// Writes a stored cell as JSON: integers as numbers, also beyond 2^53; decimals as exact numbers; NaN and infinities as null; timestamps RFC
/// 3339 in UTC; bytes base64 (RFC 4648 §4); json as it lies. A cell that its codec cannot read is written by its storage class, so that a
/// strange imported value is seen and not lost. Cells may be of either database: bool int; int int64; decimal int64 (scaled), text or double;
/// uuid 16 bytes or text; date text; time, timestamp and duration int64 microseconds (timestamps also text). Does not allocate but to grow `out`.
void append_json(std::string& out, const CellView& cell, const ir::LogicalType& type, const ir::Storage& storage, Database database);

}  // namespace kingpost::dialect
