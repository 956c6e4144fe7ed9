#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/datum.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/plan/row_set.hpp"

namespace kingpost::store {

/// A value in PostgreSQL's text format for a parameter of `type` (as dialect::postgres_type names it). `is_null` tells the null apart.
struct PostgresText {
  std::string text;
  bool is_null = false;
};

[[nodiscard]] PostgresText encode_postgres(const Datum& datum, std::string_view type);
/// The array literal of a list.
[[nodiscard]] std::string encode_postgres_array(const std::vector<Datum>& items, std::string_view element_type);
/// The array literal of one column of an earlier step's rows.
[[nodiscard]] std::string encode_postgres_array(const plan::RowSet& rows, std::size_t column, std::string_view element_type);

/// Appends a value that PostgreSQL sent in binary format as the canonical cell: bool and integers int64, floats double, numeric and text
/// as text, uuid 16 bytes, timestamps and times int64 microseconds, date 'YYYY-MM-DD', json and jsonb text, bytea blob. Types that are not
/// known here are text where they are UTF-8. Error kp-stored-value for what no cell can hold (infinite times, months in intervals).
[[nodiscard]] Result<void> decode_postgres(std::uint32_t type_oid, std::string_view bytes, plan::RowSet& rows);

}  // namespace kingpost::store
