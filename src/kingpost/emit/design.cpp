#include "kingpost/emit/design.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "kingpost/dialect/schema.hpp"
#include "kingpost/emit/decisions.hpp"
#include "kingpost/emit/design_parts.hpp"
#include "kingpost/emit/diagrams.hpp"
#include "kingpost/emit/html.hpp"
#include "kingpost/emit/openapi.hpp"
#include "kingpost/emit/schemas.hpp"
#include "kingpost/emit/site.hpp"
#include "kingpost/emit/site_assurance.hpp"
#include "kingpost/surface/surface.hpp"

namespace kingpost::emit {

namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kSchemaJson = "application/schema+json";
constexpr std::string_view kSql = "application/sql; charset=utf-8";

/// What writes further files. To add one: a function `void add_X(Files&, const SiteInput&)`, declared in design_parts.hpp, and a line here.
using Printer = void (*)(Files& files, const SiteInput& input);
constexpr Printer kPrinters[] = {
    add_ddl, add_capacity, add_decisions, add_specs, add_typescript, add_contract_suite, add_assurance,
};

class Designer {
 public:
  Designer(const ir::System& system, const DesignOptions& options) : system_(system) {
    site_.system = &system;
    site_.options = options;
  }

  Result<Design> design() {
    for (const ir::Contract& contract : system_.contracts) add_contract(contract);
    auto sqlite = dialect::build_schema(system_, dialect::Database::kSqlite);
    if (!sqlite) return fail(std::move(sqlite.error()));
    auto postgres = dialect::build_schema(system_, dialect::Database::kPostgres);
    if (!postgres) return fail(std::move(postgres.error()));
    site_.sqlite = &*sqlite;
    site_.postgres = &*postgres;
    site_.ddl_sqlite = dialect::print_ddl(*sqlite);
    site_.ddl_postgres = dialect::print_ddl(*postgres);
    site_.decisions = std::make_shared<const DecisionSet>(make_decisions(system_, 1));
    site_.assurance = make_assurance(system_);
    for (const Printer print : kPrinters) print(files_, site_);
    Design out;
    add_diagrams(files_, site_, out.left_out);
    for (const Artefact& file : files_.all()) site_.files.emplace_back(file.path, file.title);
    out.files = print_site(site_);
    std::move(files_.all().begin(), files_.all().end(), std::back_inserter(out.files));
    return out;
  }

 private:
  void add_contract(const ir::Contract& contract) {
    SiteContract shown;
    shown.contract = &contract;
    shown.whole = surface::describe(system_, contract, {});
    const std::string stem = "openapi/" + file_segment(contract.name);
    const auto document = [this, &contract, &shown](const std::string& path, const surface::Api& api, const std::string& audience) {
      files_.add(path, kJson, print_openapi(api, OpenApiScope::kDesigned), fmt::format("OpenAPI of {} for {}", contract.name, audience));
      shown.openapi.emplace_back(path, audience);
    };
    document(stem + ".json", shown.whole, "everybody");
    surface::Audience nobody{.whole = false, .anonymous = true, .roles = {}};
    document(stem + ".anonymous.json", surface::describe(system_, contract, nobody), "anonymous");
    for (const ir::Role& role : system_.roles) {
      // The anonymous caller's file has that name already.
      const std::string segment = role.name == "anonymous" ? "~anonymous" : file_segment(role.name);
      const surface::Audience audience{.whole = false, .anonymous = false, .roles = role.implies};
      document(fmt::format("{}.{}.json", stem, segment), surface::describe(system_, contract, audience), role.name);
    }
    for (const surface::ApiEntity& entity : shown.whole.entities) {
      files_.add(schema_path(contract, entity), kSchemaJson, print_json_schema(shown.whole, entity),
                 fmt::format("{} in {}", entity.name, contract.name));
    }
    site_.contracts.push_back(std::move(shown));
  }

  const ir::System& system_;
  SiteInput site_;
  Files files_;
};

}  // namespace

std::string schema_path(const ir::Contract& contract, const surface::ApiEntity& entity) {
  return fmt::format("schemas/{}/{}.json", file_segment(contract.name), file_segment(entity.name));
}

void add_ddl(Files& files, const SiteInput& input) {
  files.add("ddl/sqlite.sql", kSql, input.ddl_sqlite, "Tables and indexes for SQLite");
  files.add("ddl/postgres.sql", kSql, input.ddl_postgres, "Tables and indexes for PostgreSQL");
}

Result<Design> make_design(const ir::System& system, const DesignOptions& options) { return Designer(system, options).design(); }

}  // namespace kingpost::emit
