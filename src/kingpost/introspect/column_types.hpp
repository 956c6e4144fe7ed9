#pragma once

#include <cstdint>
#include <string>

#include "kingpost/base/result.hpp"
#include "kingpost/store/admin_connection.hpp"

namespace kingpost::introspect {

/// How many of the sampled values are what; nulls are in none.
struct ColumnSample {
  std::int64_t integers = 0;
  std::int64_t reals = 0;
  std::int64_t texts = 0;
  std::int64_t blobs = 0;
  std::int64_t bits = 0;             ///< integers 0 and 1
  std::int64_t seconds = 0;          ///< integers that are seconds since 1970 before the year 10000
  std::int64_t date_texts = 0;       ///< 'YYYY-MM-DD'
  std::int64_t timestamp_texts = 0;  ///< 'YYYY-MM-DD HH:MM:SS[.f…]'
  std::int64_t uuid_texts = 0;
  std::int64_t uuid_blobs = 0;
  std::int64_t json_texts = 0;
  std::int64_t finer = 0;    ///< numbers with more fraction digits than declared
  std::int64_t longest = 0;  ///< characters of a text
  std::int64_t nulls = 0;
};

inline constexpr std::int64_t kSampledRows = 10'000;

/// Looks at the first kSampledRows values of a column. `scale`: the fraction digits its declaration speaks of.
[[nodiscard]] Result<ColumnSample> sample_column(store::AdminConnection& connection, const std::string& table, const std::string& column, int scale);

/// How a column is written in the model.
struct ColumnType {
  std::string type;     ///< string(160), decimal(10,2), …
  std::string storage;  ///< codec, or empty for the type's own
  std::string note;     ///< why the type is looser than the declaration; empty otherwise
};

/// The numbers of `NUMERIC(10,2)`; 0 where there is none.
struct DeclaredSize {
  int first = 0;
  int second = 0;
};
[[nodiscard]] DeclaredSize declared_size(const std::string& declared);

/// Chooses by the declared type as long as the stored values agree with it, else by the values.
[[nodiscard]] ColumnType choose_type(const std::string& declared, const ColumnSample& sample);

}  // namespace kingpost::introspect
