#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kingpost/assess/rules.hpp"
#include "kingpost/assess/tables.hpp"

namespace kingpost::assess {

/// `orderItemId` is order_item_id.
[[nodiscard]] std::string snake_of(std::string_view name);
/// Whether some word of a name is one of `words`, each in singular, between blanks.
[[nodiscard]] bool has_table_word(std::string_view name, std::string_view words);
/// A table that keeps few rows by its nature: types, statuses, countries, settings.
[[nodiscard]] bool is_lookup(const foreign::TableFact& table);
/// A table that keeps what happened: logs, audits, histories, events. Nobody edits or removes its rows one by one.
[[nodiscard]] bool is_log(const foreign::TableFact& table);
/// A table that grows with every use: orders, messages, sessions, and the logs.
[[nodiscard]] bool grows_fast(const foreign::TableFact& table);
/// A table of a tool: its history of migrations, its queue, its cache.
[[nodiscard]] bool is_of_tool(const foreign::TableFact& table);
/// `a`, `b`, `c` and 4 more.
[[nodiscard]] std::string list_names(const std::vector<std::string>& names, std::size_t most = 4);
/// `1 table`, `3 tables`.
[[nodiscard]] std::string count_text(std::size_t count, std::string_view noun);
[[nodiscard]] const foreign::ColumnFact* find_column(const foreign::TableFact& table, std::string_view name);
/// Whether an index, key or unique constraint finds rows by exactly these columns first, in any order; partial ones do not count.
[[nodiscard]] bool leads_index(const foreign::TableFact& table, const std::vector<std::string>& columns);
/// The column that names the tenant in at least half of the tables, of five or more; empty = none.
[[nodiscard]] std::string tenant_column(const foreign::SqlFacts& facts);

namespace rule {

void sql_no_pk(const foreign::Facts& facts, review::Report& report);
void sql_int32_pk(const foreign::Facts& facts, review::Report& report);
void sql_float_money(const foreign::Facts& facts, review::Report& report);
void sql_naive_timestamp(const foreign::Facts& facts, review::Report& report);
void sql_missing_fk(const foreign::Facts& facts, review::Report& report);
void sql_cascade_blast(const foreign::Facts& facts, review::Report& report);
void sql_no_on_delete(const foreign::Facts& facts, review::Report& report);
void sql_multivalue(const foreign::Facts& facts, review::Report& report);
void sql_softdelete_unique(const foreign::Facts& facts, review::Report& report);
void sql_transitive(const foreign::Facts& facts, review::Report& report);
void sql_fk_unindexed(const foreign::Facts& facts, review::Report& report);
void sql_index_redundant(const foreign::Facts& facts, review::Report& report);
void sql_index_too_many(const foreign::Facts& facts, review::Report& report);
void sql_no_policy(const foreign::Facts& facts, review::Report& report);
void sql_always_true(const foreign::Facts& facts, review::Report& report);
void sql_definer_path(const foreign::Facts& facts, review::Report& report);
void sql_plain_secret(const foreign::Facts& facts, review::Report& report);
void sql_tenant_fk(const foreign::Facts& facts, review::Report& report);
void sql_tenant_unique(const foreign::Facts& facts, review::Report& report);
void sql_tenant_index(const foreign::Facts& facts, review::Report& report);

void mig_no_lock_timeout(const foreign::Facts& facts, review::Report& report);
void mig_index_blocking(const foreign::Facts& facts, review::Report& report);
void mig_constraint_scan(const foreign::Facts& facts, review::Report& report);
void mig_not_null(const foreign::Facts& facts, review::Report& report);
void mig_rewrite(const foreign::Facts& facts, review::Report& report);
void mig_rename_drop(const foreign::Facts& facts, review::Report& report);
void mig_unbatched_backfill(const foreign::Facts& facts, review::Report& report);
void mig_no_rollback(const foreign::Facts& facts, review::Report& report);
void mig_concurrent_in_tx(const foreign::Facts& facts, review::Report& report);
void mig_enum_in_tx(const foreign::Facts& facts, review::Report& report);

}  // namespace rule
}  // namespace kingpost::assess
