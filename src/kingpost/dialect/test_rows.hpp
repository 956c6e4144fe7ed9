#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "kingpost/cel/value.hpp"
#include "kingpost/dialect/dialect.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::dialect {

/// Generated rows of a system in memory, as a database would store them and as the evaluator sees them.
class TestRows {
 public:
  /// `rows` rows per entity from `seed`; foreign keys point to existing rows, a nullable field is null in a third of them.
  TestRows(const ir::System& system, Database database, unsigned seed, std::size_t rows);

  [[nodiscard]] const std::vector<std::vector<Datum>>& stored(ir::EntityId entity) const { return tables_[entity.index()]; }
  [[nodiscard]] cel::RecordPtr record(ir::EntityId entity, std::size_t row) const;
  [[nodiscard]] std::size_t size(ir::EntityId entity) const { return tables_[entity.index()].size(); }
  /// INSERT of a row with literals, for loading.
  [[nodiscard]] std::string insert(ir::EntityId entity, std::size_t row) const;
  [[nodiscard]] static Uuid key(ir::EntityId entity, std::size_t row);

  [[nodiscard]] const ir::System& system() const { return system_; }
  [[nodiscard]] Database database() const { return database_; }

 private:
  [[nodiscard]] Datum generate(const ir::Entity& entity, const ir::Field& field, std::size_t row);

  const ir::System& system_;
  Database database_;
  std::mt19937 random_;
  std::size_t rows_;
  std::vector<std::vector<std::vector<Datum>>> tables_;
};

[[nodiscard]] CellView view_of(const Datum& datum);

}  // namespace kingpost::dialect
