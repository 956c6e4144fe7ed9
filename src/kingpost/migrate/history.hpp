#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kingpost/migrate/migrate.hpp"
#include "kingpost/store/admin_connection.hpp"

namespace kingpost::migrate {

/// What the database remembers of its migrations.
struct History {
  std::vector<HistoryRow> rows;
  std::optional<dialect::RelationalSchema> schema;  ///< after the last row
};

[[nodiscard]] Result<bool> has_table(store::AdminConnection& connection, const std::string& table);
/// Names of tables that are neither ours nor the database's.
[[nodiscard]] Result<std::vector<std::string>> user_tables(store::AdminConnection& connection);
[[nodiscard]] Result<std::vector<std::string>> columns_of(store::AdminConnection& connection, const std::string& table);

/// Empty when there is no history table. Error kp-schema-malformed.
[[nodiscard]] Result<History> read_history(store::AdminConnection& connection);
/// Creates `_kingpost_migration` and the store's own tables where they lack.
[[nodiscard]] Result<void> create_own_tables(store::AdminConnection& connection);
/// Appends a row; its id is assigned.
[[nodiscard]] Result<void> append_history(store::AdminConnection& connection, HistoryRow& row, const dialect::RelationalSchema& schema);

}  // namespace kingpost::migrate
