#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_set>
#include <vector>

#include "kingpost/cel/value.hpp"
#include "kingpost/ir/system.hpp"
#include "kingpost/seed/random.hpp"
#include "kingpost/seed/seed.hpp"

namespace kingpost::seed {

/// The values of one row, by FieldId; computed fields stay null.
using Row = std::vector<cel::Value>;

/// Makes rows that keep keys, references, tenants, uniques and checks, entity after entity. Remembers what it made.
class RowMaker {
 public:
  RowMaker(const ir::System& system, const SeedOptions& options);

  /// Rows of an entity; fewer than `count` where the model leaves no room for more. Entities it must refer to come first.
  [[nodiscard]] const std::vector<Row>& make(const ir::Entity& entity, std::int64_t count);

 private:
  struct Table {
    std::vector<Row> rows;
    std::map<std::string, std::vector<std::size_t>> by_tenant;
    std::vector<std::unordered_set<std::string>> taken;  ///< of the key, then of each unique
  };
  /// A row in the making.
  struct Draft {
    const ir::Entity& entity;
    std::size_t index = 0;
    std::size_t count = 0;
    std::size_t attempt = 0;
    Random random;
    Row values;
    std::vector<bool> assigned;
    std::string tenant;
  };

  [[nodiscard]] bool fill(Draft& draft);
  [[nodiscard]] bool fill_tenant(Draft& draft);
  [[nodiscard]] bool fill_relation(Draft& draft, const ir::Relation& relation);
  void fill_field(Draft& draft, ir::FieldId id);
  [[nodiscard]] bool take_external(Draft& draft, ir::FieldId id);
  [[nodiscard]] bool passes_checks(const Draft& draft) const;
  [[nodiscard]] bool keep(Draft& draft);
  [[nodiscard]] std::int64_t created_us(const Draft& draft) const;

  const ir::System& system_;
  const SeedOptions& options_;
  std::vector<Table> tables_;
};

}  // namespace kingpost::seed
