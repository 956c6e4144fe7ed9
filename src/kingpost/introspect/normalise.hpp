#pragma once

#include <string>
#include <vector>

#include "kingpost/dialect/schema.hpp"
#include "kingpost/introspect/catalogue.hpp"

namespace kingpost::introspect {

/// A table as the model language can say it, beside what the file says.
struct NormalTable {
  dialect::SchemaTable schema;
  const CatalogueTable* source = nullptr;  ///< lives as long as the catalogue
  std::vector<std::string> notes;          ///< what is left out, one sentence each
};

struct NormalSchema {
  std::vector<NormalTable> tables;
  std::vector<std::string> notes;  ///< of tables, views and triggers that are left out
};

/// Leaves what the language can say, and notes the rest. The catalogue must outlive the result.
[[nodiscard]] NormalSchema normalise(const Catalogue& catalogue);

}  // namespace kingpost::introspect
