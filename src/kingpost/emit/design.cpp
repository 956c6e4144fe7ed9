#include "kingpost/emit/design.hpp"

#include <fmt/format.h>

#include "kingpost/dialect/schema.hpp"
#include "kingpost/emit/diagrams.hpp"
#include "kingpost/emit/html.hpp"
#include "kingpost/emit/openapi.hpp"
#include "kingpost/emit/schemas.hpp"
#include "kingpost/emit/site.hpp"
#include "kingpost/surface/surface.hpp"

namespace kingpost::emit {

namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kSchemaJson = "application/schema+json";
constexpr std::string_view kSql = "application/sql; charset=utf-8";
constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kSvg = "image/svg+xml";
constexpr std::string_view kHtml = "text/html; charset=utf-8";

class Designer {
 public:
  explicit Designer(const ir::System& system) : system_(system) { site_.system = &system; }

  Result<std::vector<Artefact>> design() {
    for (const ir::Contract& contract : system_.contracts) add_contract(contract);
    auto sqlite = dialect::build_schema(system_, dialect::Database::kSqlite);
    if (!sqlite) return fail(std::move(sqlite.error()));
    auto postgres = dialect::build_schema(system_, dialect::Database::kPostgres);
    if (!postgres) return fail(std::move(postgres.error()));
    site_.sqlite = &*sqlite;
    site_.postgres = &*postgres;
    site_.ddl_sqlite = dialect::print_ddl(*sqlite);
    site_.ddl_postgres = dialect::print_ddl(*postgres);
    add("ddl/sqlite.sql", kSql, site_.ddl_sqlite, "Tables and indexes for SQLite");
    add("ddl/postgres.sql", kSql, site_.ddl_postgres, "Tables and indexes for PostgreSQL");
    add_diagrams();
    std::string page = print_site(site_);
    artefacts_.insert(artefacts_.begin(), {"index.html", std::string(kHtml), std::move(page), "Design site"});
    return std::move(artefacts_);
  }

 private:
  void add(std::string path, std::string_view type, std::string bytes, std::string title) {
    artefacts_.push_back({std::move(path), std::string(type), std::move(bytes), std::move(title)});
  }

  void add_contract(const ir::Contract& contract) {
    SiteContract shown;
    shown.contract = &contract;
    shown.whole = surface::describe(system_, contract, {});
    const std::string stem = "openapi/" + file_segment(contract.name);
    const auto document = [this, &contract, &shown](const std::string& path, const surface::Api& api, const std::string& audience) {
      add(path, kJson, print_openapi(api), fmt::format("OpenAPI of {} for {}", contract.name, audience));
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
      add(schema_path(contract, entity), kSchemaJson, print_json_schema(shown.whole, entity), fmt::format("{} in {}", entity.name, contract.name));
    }
    site_.contracts.push_back(std::move(shown));
  }

  void add_diagrams() {
    Picture er = draw_er(system_);
    Picture c4 = draw_c4(system_);
    add("er.mmd", kText, print_er_mermaid(system_), "Entities and relations (Mermaid)");
    add("er.svg", kSvg, std::move(er.file), "Entities and relations");
    add("c4-container.mmd", kText, print_c4_mermaid(system_), "Containers (Mermaid)");
    add("c4-container.svg", kSvg, std::move(c4.file), "Containers");
    site_.er_svg = std::move(er.inlined);
    site_.c4_svg = std::move(c4.inlined);
  }

  const ir::System& system_;
  SiteInput site_;
  std::vector<Artefact> artefacts_;
};

}  // namespace

std::string schema_path(const ir::Contract& contract, const surface::ApiEntity& entity) {
  return fmt::format("schemas/{}/{}.json", file_segment(contract.name), file_segment(entity.name));
}

Result<std::vector<Artefact>> make_design(const ir::System& system) { return Designer(system).design(); }

}  // namespace kingpost::emit
