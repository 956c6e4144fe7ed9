#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "kingpost/assess/rules_sql.hpp"

namespace kingpost::assess::rule {
namespace {

using foreign::ColumnFact;
using foreign::RoutineFact;
using foreign::TableFact;

bool is_text(const std::string& type) {
  return type == "text" || type.starts_with("character") || type.starts_with("varchar") || type.starts_with("nvarchar");
}

/// The length of `character varying(40)`; 0 when it has none.
std::size_t length_of(const std::string& type) {
  const auto open = type.find('(');
  if (open == std::string::npos) return 0;
  std::size_t length = 0;
  for (std::size_t i = open + 1; i < type.size() && type[i] >= '0' && type[i] <= '9' && length < 100'000; ++i) {
    length = length * 10 + static_cast<std::size_t>(type[i] - '0');
  }
  return length;
}

}  // namespace

void sql_no_policy(const foreign::Facts& facts, review::Report& report) {
  std::map<std::string, std::pair<std::size_t, std::vector<const TableFact*>>> schemas;  // secured, open
  std::vector<const TableFact*> closed;
  for (const auto& table : facts.sql.tables) {
    if (table.row_security && table.policies.empty() && table.partition_of.name.empty() && !is_of_tool(table)) closed.push_back(&table);
    if (!table.row_security && !table.policies.empty()) {
      report.add({.severity = Severity::kError,
                  .span = table.policies.front().span,
                  .message = fmt::format("{} of `{}` {} nothing: row security was never switched on.", count_text(table.policies.size(), "policy"),
                                         shown(table.name), table.policies.size() == 1 ? "does" : "do"),
                  .fix = fmt::format("ALTER TABLE {} ENABLE ROW LEVEL SECURITY.", shown(table.name))});
    }
    auto& [secured, open] = schemas[table.name.schema];
    if (table.row_security)
      ++secured;
    else if (table.policies.empty() && table.partition_of.name.empty() && !is_of_tool(table) && !is_lookup(table))
      open.push_back(&table);
  }
  if (!closed.empty()) {
    std::vector<std::string> names;
    for (const auto* table : closed) names.push_back(shown(table->name));
    report.add({.severity = Severity::kNote,
                .span = closed.front()->span,
                .message = fmt::format("Nobody but owners and BYPASSRLS roles sees a row of {}: row security is on and no policy lets anybody in.",
                                       list_names(names)),
                .fix = "Write the policies, or say in a comment that only the owner uses these tables."});
  }
  for (const auto& [schema, counts] : schemas) {
    const auto& [secured, open] = counts;
    if (secured < 3 || open.empty() || open.size() > secured) continue;
    std::vector<std::string> names;
    for (const auto* table : open) names.push_back(shown(table->name));
    report.add({.severity = Severity::kWarning,
                .span = open.front()->span,
                .message = fmt::format("Whoever is granted {} sees all {} rows: no row security there, though {} of the schema have it.",
                                       list_names(names), names.size() == 1 ? "its" : "their", count_text(secured, "table")),
                .fix = "ENABLE ROW LEVEL SECURITY with policies, or revoke the grants."});
  }
}

void sql_always_true(const foreign::Facts& facts, review::Report& report) {
  for (const auto& table : facts.sql.tables) {
    for (const auto& policy : table.policies) {
      const bool writes = policy.command != "select";
      const bool reads_only = policy.command == "select" || policy.command == "delete";
      const std::string& decides = policy.command == "insert" || (!policy.check.empty() && !reads_only) ? policy.check : policy.condition;
      const bool personal = std::any_of(table.columns.begin(), table.columns.end(), [](const ColumnFact& column) {
        return review::names_personal(snake_of(column.name)) || review::names_contact(snake_of(column.name)) ||
               review::names_secret(snake_of(column.name));
      });
      const bool trusted = std::any_of(policy.roles.begin(), policy.roles.end(), [](const std::string& role) {
        return role.find("service") != std::string::npos || role.find("admin") != std::string::npos || role == "postgres";
      });
      if (decides != "true" || !policy.permissive || trusted || (!writes && !personal)) continue;
      report.add(
          {.severity = writes ? Severity::kError : Severity::kWarning,
           .span = policy.span,
           .message = fmt::format("The policy `{}` lets {} {} every row of `{}`: its condition is true.", policy.name, list_names(policy.roles),
                                  policy.command == "all"      ? "read and write"
                                  : policy.command == "select" ? "read"
                                                               : policy.command,
                                  shown(table.name)),
           .fix = "Compare an owner's or tenant's column with the caller, and name the role that may.",
           .evidence =
               fmt::format("FOR {} {} (true)", policy.command, decides == policy.check && policy.command != "delete" ? "WITH CHECK" : "USING")});
    }
  }
}

void sql_definer_path(const foreign::Facts& facts, review::Report& report) {
  std::vector<std::string> names;
  const RoutineFact* first = nullptr;
  for (const auto& routine : facts.sql.routines) {
    const bool body = routine.language == "sql" || routine.language == "plpgsql";
    if (!routine.security_definer || routine.fixed_search_path || !body) continue;
    names.push_back(shown(routine.name));
    if (first == nullptr) first = &routine;
  }
  if (first == nullptr) return;
  report.add(
      {.severity = Severity::kWarning,
       .span = first->span,
       .message = fmt::format("Whoever may create objects in a schema of the caller's search path runs code as the owner of {}: SECURITY DEFINER "
                              "without a search_path of its own.",
                              list_names(names)),
       .fix = "Add `SET search_path = pg_catalog, pg_temp` and write schemas before names.",
       .evidence = count_text(names.size(), "function")});
}

void sql_plain_secret(const foreign::Facts& facts, review::Report& report) {
  std::vector<std::string> plain;
  const ColumnFact* first = nullptr;
  for (const auto& table : facts.sql.tables) {
    if (!table.partition_of.name.empty()) continue;
    for (const auto& column : table.columns) {
      const std::string name = snake_of(column.name);
      if (!is_text(column.type) || review::has_word(name, "hash hashed digest encrypted cipher salt type name url hint policy ref reference"))
        continue;
      const bool password = review::is_one_of(name, "password passwd pwd user_password") || name.ends_with("_password");
      const std::size_t length = length_of(column.type);
      // bcrypt takes 60 characters, the others more.
      if (password && length > 0 && length < 60) {
        report.add({.severity = Severity::kError,
                    .span = column.span,
                    .message = fmt::format(
                        "`{}.{}` has room for {} characters: no salted password hash fits (bcrypt takes 60), so it holds the password or a "
                        "digest that is guessed in minutes.",
                        shown(table.name), column.name, length),
                    .fix = "Store Argon2id or bcrypt output in `text`.",
                    .evidence = column.type});
        continue;
      }
      const bool card = review::is_one_of(name, "card_number credit_card credit_card_number cvv cvc cc_number ssn social_security_number");
      const bool token = review::is_one_of(name, "api_key apikey access_token refresh_token private_key secret_key client_secret smtp_password") ||
                         name.ends_with("_secret") || name.ends_with("_api_key") || name.ends_with("_access_token") || name.ends_with("_private_key");
      if (!card && !token) continue;
      plain.push_back(shown(table.name) + "." + column.name);
      if (first == nullptr) first = &column;
    }
  }
  if (first == nullptr) return;
  report.add(
      {.severity = Severity::kWarning,
       .span = first->span,
       .message = fmt::format("A backup, a replica or one injected SELECT hands over {}: {} plain text type and nothing in the name or schema says "
                              "encrypted or hashed.",
                              plain.size() == 1 ? list_names(plain) : count_text(plain.size(), "column") + " of credentials",
                              plain.size() == 1 ? "it has a" : "they have a"),
       .fix = "Keep a digest of what is only compared, and encrypt with a key outside the database what must be read back.",
       .evidence = list_names(plain, 8)});
}

void sql_tenant_fk(const foreign::Facts& facts, review::Report& report) {
  const std::string tenant = tenant_column(facts.sql);
  if (tenant.empty()) return;
  const TableIndex index(facts.sql.tables);
  std::vector<std::string> crossing;
  const foreign::ForeignKeyFact* first = nullptr;
  for (const auto& table : facts.sql.tables) {
    if (find_column(table, tenant) == nullptr || !table.partition_of.name.empty()) continue;
    for (const auto& key : table.foreign_keys) {
      const auto target = index.find(key.target);
      if (!target || find_column(facts.sql.tables[*target], tenant) == nullptr) continue;
      if (std::find(key.columns.begin(), key.columns.end(), tenant) != key.columns.end()) continue;
      crossing.push_back(shown(table.name) + "." + fmt::format("{}", fmt::join(key.columns, "+")));
      if (first == nullptr) first = &key;
    }
  }
  if (first == nullptr) return;
  report.add({.severity = Severity::kNote,
              .span = first->span,
              .message = fmt::format("{} between rows of different tenants, and the database does not mind: `{}` is no part of {}.",
                                     crossing.size() == 1 ? "1 foreign key may point" : fmt::format("{} foreign keys may point", crossing.size()),
                                     tenant, crossing.size() == 1 ? "it" : "them"),
              .fix = fmt::format("Make ({}, id) unique in the target and refer to both columns.", tenant),
              .evidence = list_names(crossing, 6)});
}

void sql_tenant_unique(const foreign::Facts& facts, review::Report& report) {
  const std::string tenant = tenant_column(facts.sql);
  if (tenant.empty()) return;
  for (const auto& table : facts.sql.tables) {
    if (find_column(table, tenant) == nullptr || !table.partition_of.name.empty()) continue;
    std::vector<std::string> keys;
    Span span;
    const auto look = [&](const std::vector<std::string>& columns, const Span& at) {
      if (columns.size() != 1 || !review::is_one_of(snake_of(columns.front()), "name title code sku number slug label reference invoice_number"))
        return;
      if (keys.empty()) span = at;
      keys.push_back(columns.front());
    };
    for (const auto& key : table.uniques) look(key.columns, key.span);
    for (const auto& key : table.indexes) {
      if (key.unique) look(key.columns, key.span);
    }
    if (keys.empty()) continue;
    report.add(
        {.severity = Severity::kWarning,
         .span = span,
         .message = fmt::format("Two tenants cannot both use one {} in `{}`, and each learns what others have: the key is unique over all of them.",
                                list_names(keys), shown(table.name)),
         .fix = fmt::format("UNIQUE ({}, {}).", tenant, keys.front())});
  }
}

void sql_tenant_index(const foreign::Facts& facts, review::Report& report) {
  const std::string tenant = tenant_column(facts.sql);
  if (tenant.empty()) return;
  std::vector<std::string> names;
  const TableFact* first = nullptr;
  for (const auto& table : facts.sql.tables) {
    const bool referred = std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(),
                                      [&](const auto& key) { return key.columns == std::vector<std::string>{tenant}; });
    // A foreign key without an index is told by that rule.
    if (find_column(table, tenant) == nullptr || referred || leads_index(table, {tenant}) || !table.partition_of.name.empty()) continue;
    names.push_back(shown(table.name));
    if (first == nullptr) first = &table;
  }
  if (first == nullptr) return;
  report.add({.severity = Severity::kWarning,
              .span = first->span,
              .message = fmt::format("A tenant's query over {} reads the rows of all tenants: no index begins with `{}`.", list_names(names), tenant),
              .fix = fmt::format("Index ({}, …) with what the queries sort or filter by.", tenant),
              .evidence = count_text(names.size(), "table")});
}

}  // namespace kingpost::assess::rule
