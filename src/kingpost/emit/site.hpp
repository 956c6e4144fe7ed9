#pragma once

#include <string>
#include <vector>

#include "kingpost/dialect/schema.hpp"
#include "kingpost/emit/design.hpp"
#include "kingpost/surface/surface.hpp"

namespace kingpost::emit {

/// A contract as everybody together can reach it, with the files that describe it.
struct SiteContract {
  const ir::Contract* contract = nullptr;
  surface::Api whole;
  /// One file an audience: the whole, each role, anonymous. Path and who it is for.
  std::vector<std::pair<std::string, std::string>> openapi;
};

/// What the site shows. Borrowed: everything pointed to must outlive the call.
struct SiteInput {
  const ir::System* system = nullptr;
  std::vector<SiteContract> contracts;
  const dialect::RelationalSchema* sqlite = nullptr;
  const dialect::RelationalSchema* postgres = nullptr;
  std::string ddl_sqlite;
  std::string ddl_postgres;
  std::string er_svg;  ///< as Picture::inlined
  std::string c4_svg;
};

/// Where the JSON Schema of an entity of a contract lies.
[[nodiscard]] std::string schema_path(const ir::Contract& contract, const surface::ApiEntity& entity);

/// The design site as one HTML document without outside references. Every name and text of the model is escaped. Deterministic.
[[nodiscard]] std::string print_site(const SiteInput& input);

}  // namespace kingpost::emit
