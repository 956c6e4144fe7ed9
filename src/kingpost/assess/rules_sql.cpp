#include "kingpost/assess/rules_sql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace kingpost::assess {
namespace {

using foreign::TableFact;

constexpr std::array kSqlRules = {
    Rule{"sch-no-pk", 11, "Schema", "Rows that cannot be told apart", "Tables without a primary key; partitions and tables of tools are left out.",
         rule::sql_no_pk},
    Rule{"sch-int32-pk", 12, "Schema", "Key that runs out", "32-bit generated keys of tables that grow with every use.", rule::sql_int32_pk},
    Rule{"sch-float-money", 13, "Schema", "Money in binary fractions", "Float columns whose names promise an amount of money, and the type money.",
         rule::sql_float_money},
    Rule{"sch-naive-timestamp", 14, "Schema", "Moments without a zone", "PostgreSQL columns of type timestamp without time zone, told once a schema.",
         rule::sql_naive_timestamp},
    Rule{"sch-missing-fk", 15, "Schema", "Reference that nobody checks",
         "Columns named after a table whose key has their type, without a foreign key; logs and polymorphic pairs are left out.",
         rule::sql_missing_fk},
    Rule{"sch-cascade-blast", 16, "Schema", "One delete takes much with it", "Cascades into records of money, and cascades that reach ten tables.",
         rule::sql_cascade_blast},
    Rule{"sch-no-on-delete", 17, "Schema", "What happens on delete is not said",
         "Tables whose referrers cascade, but for one or two that say nothing.", rule::sql_no_on_delete},
    Rule{"sch-multivalue", 18, "Schema", "Many values in one", "Numbered columns, lists of ids in a text, attribute-value tables, SET types.",
         rule::sql_multivalue},
    Rule{"sch-softdelete-unique", 19, "Schema", "Deleted rows keep their names", "Unique keys on business values in tables with a deletion mark.",
         rule::sql_softdelete_unique},
    Rule{"sch-transitive", 20, "Schema", "Copies of another row", "Columns that repeat those of a row that is referred to.", rule::sql_transitive},
    Rule{"idx-fk-unindexed", 21, "Query and index", "Foreign key without an index", "Foreign keys that no index leads with.", rule::sql_fk_unindexed},
    Rule{"idx-redundant", 23, "Query and index", "Index that another one holds", "Indexes that begin another index of the same kind.",
         rule::sql_index_redundant},
    Rule{"idx-too-many", 24, "Query and index", "Writes pay for many indexes", "Twelve and more indexes on a table.", rule::sql_index_too_many},
    Rule{"sec-no-policy", 29, "Security", "Row security with a gap", "Tables without row security where most have it; row security without a policy.",
         rule::sql_no_policy},
    Rule{"sec-always-true", 33, "Security", "Policy that lets everybody", "Row policies for writing whose condition is true.", rule::sql_always_true},
    Rule{"sec-definer-path", 111, "Security", "Function that can be led astray", "SECURITY DEFINER functions without a search path of their own.",
         rule::sql_definer_path},
    Rule{"sec-plain-secret", 112, "Security", "Secrets that a backup gives away",
         "Columns for passwords too short for a hash, card numbers, and credentials in plain columns.", rule::sql_plain_secret},
    Rule{"ten-fk-crosses", 40, "Tenancy", "References between tenants", "Foreign keys between tables of tenants that leave the tenant out.",
         rule::sql_tenant_fk},
    Rule{"ten-unique-global", 41, "Tenancy", "One tenant's name blocks another's", "Unique business names in tables of tenants without the tenant.",
         rule::sql_tenant_unique},
    Rule{"ten-index-leading", 42, "Tenancy", "No index begins with the tenant", "Tables of tenants where no index leads with the tenant's column.",
         rule::sql_tenant_index},
};

bool holds(std::string_view words, std::string_view word) {
  std::size_t at = 0;
  while ((at = words.find(word, at)) != std::string_view::npos) {
    const bool begins = at == 0 || words[at - 1] == ' ';
    const std::size_t end = at + word.size();
    if (begins && (end == words.size() || words[end] == ' ')) return true;
    at = end;
  }
  return false;
}

}  // namespace

std::span<const Rule> sql_rules() noexcept { return kSqlRules; }

std::string snake_of(std::string_view name) {
  std::string out;
  for (const auto& word : words_of(name)) {
    if (!out.empty()) out += '_';
    out += word;
  }
  return out;
}

bool has_table_word(std::string_view name, std::string_view words) {
  const auto parts = words_of(name);
  return std::any_of(parts.begin(), parts.end(), [&](const std::string& word) { return holds(words, word) || holds(words, singular_of(word)); });
}

bool is_lookup(const TableFact& table) {
  const auto parts = words_of(table.name.name);
  if (parts.empty()) return false;
  constexpr std::string_view kWords =
      "type status state kind category country currency language locale role permission setting config configuration option flag plan unit level "
      "timezone region language_code gender priority severity template feature enum lookup reference";
  if (holds(kWords, singular_of(parts.back()))) return true;
  return table.columns.size() <= 3 && table.foreign_keys.empty() && table.columns.size() > 1 && find_column(table, "name") != nullptr;
}

bool is_log(const TableFact& table) {
  return has_table_word(table.name.name,
                        "log audit history event archive backup staging tmp temp import snapshot revision version trail journal old statistic stat");
}

bool grows_fast(const TableFact& table) {
  const auto parts = words_of(table.name.name);
  constexpr std::string_view kWords =
      "message comment notification session order payment transaction request vote like view click visit metric measurement reading email job task "
      "delivery entry invoice post item line log audit history event revision";
  return !parts.empty() && holds(kWords, singular_of(parts.back()));
}

bool is_of_tool(const TableFact& table) {
  constexpr std::string_view kWords =
      "schema_migrations ar_internal_metadata flyway_schema_history goose_db_version databasechangelog databasechangeloglock alembic_version "
      "django_migrations knex_migrations knex_migrations_lock _prisma_migrations __diesel_schema_migrations migrations __drizzle_migrations "
      "spatial_ref_sys schema_version typeorm_metadata sqlite_sequence pgmigrations migration";
  return holds(kWords, table.name.name) || table.name.schema == "partman" || table.name.schema == "cron";
}

std::string list_names(const std::vector<std::string>& names, std::size_t most) {
  std::string out;
  const std::size_t shown_count = names.size() <= most + 1 ? names.size() : most;
  for (std::size_t i = 0; i < shown_count; ++i) {
    if (i > 0) out += i + 1 == names.size() ? " and " : ", ";
    out += "`" + names[i] + "`";
  }
  if (shown_count < names.size()) out += fmt::format(" and {} more", names.size() - shown_count);
  return out;
}

std::string count_text(std::size_t count, std::string_view noun) {
  if (count == 1) return fmt::format("1 {}", noun);
  if (noun.ends_with("x")) return fmt::format("{} {}es", count, noun);
  if (noun.ends_with("y") && !noun.ends_with("ey")) return fmt::format("{} {}ies", count, noun.substr(0, noun.size() - 1));
  return fmt::format("{} {}s", count, noun);
}

const foreign::ColumnFact* find_column(const TableFact& table, std::string_view name) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(), [&](const auto& column) { return column.name == name; });
  return found == table.columns.end() ? nullptr : &*found;
}

bool leads_index(const TableFact& table, const std::vector<std::string>& columns) {
  const std::set<std::string> wanted(columns.begin(), columns.end());
  const auto leads = [&](const std::vector<std::string>& by) {
    if (by.size() < wanted.size()) return false;
    return std::all_of(by.begin(), by.begin() + static_cast<std::ptrdiff_t>(wanted.size()), [&](const std::string& column) {
      // An operator class stands after the name.
      return wanted.contains(column.substr(0, column.find(' ')));
    });
  };
  if (!table.primary_key.columns.empty() && leads(table.primary_key.columns)) return true;
  if (std::any_of(table.uniques.begin(), table.uniques.end(), [&](const auto& key) { return leads(key.columns); })) return true;
  return std::any_of(table.indexes.begin(), table.indexes.end(), [&](const auto& index) {
    // An index of the rows that have the reference serves its look-ups.
    const bool partial = !index.where.empty() && index.where != columns.front() + " IS NOT NULL";
    return !partial && leads(index.columns);
  });
}

std::string tenant_column(const foreign::SqlFacts& facts) {
  static constexpr std::array<std::string_view, 9> kNames = {
      "tenant_id", "organization_id", "organisation_id", "org_id", "account_id", "workspace_id", "company_id", "team_id", "customer_account_id"};
  std::string best;
  std::size_t most = 0;
  std::size_t tables = 0;
  for (const auto& table : facts.tables) tables += table.partition_of.name.empty() ? 1U : 0U;
  for (const auto name : kNames) {
    const auto count = static_cast<std::size_t>(
        std::count_if(facts.tables.begin(), facts.tables.end(), [&](const TableFact& table) { return find_column(table, name) != nullptr; }));
    if (count > most) {
      most = count;
      best = name;
    }
  }
  return tables >= 5 && most * 2 >= tables ? best : std::string();
}

}  // namespace kingpost::assess
