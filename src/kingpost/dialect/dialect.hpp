#pragma once

#include <cstdint>

namespace kingpost::dialect {

enum class Database : std::uint8_t { kSqlite, kPostgres };

}  // namespace kingpost::dialect
