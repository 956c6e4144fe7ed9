#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "kingpost/foreign/foreign.hpp"
#include "kingpost/foreign/sql_tokens.hpp"

namespace kingpost::foreign {

/// What a SQL file is among its neighbours, by the conventions of the tools that run migrations.
struct FileRole {
  std::string tool;
  bool is_migration = false;
  bool is_down = false;  ///< takes another file back, or only tears down: never applied
  bool has_rollback = false;
  bool in_transaction = false;  ///< the tool wraps the file in a transaction unless told otherwise
  std::uint32_t up_begin = 0;   ///< the bytes that go forward
  std::uint32_t up_end = UINT32_MAX;
};

/// Sources: the manuals of goose, dbmate, sql-migrate, Flyway, Diesel, golang-migrate, Prisma, Supabase, sqitch, node-pg-migrate and sqlx.
/// Prisma and golang-migrate send a file as one simple query, which PostgreSQL runs as one implicit transaction.
[[nodiscard]] FileRole role_of(const File& file, const SplitText& split, const std::set<std::string>& paths);

/// Orders paths as a person would: runs of digits by their value.
[[nodiscard]] bool natural_less(std::string_view a, std::string_view b);

}  // namespace kingpost::foreign
