#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/dialect/schema.hpp"

namespace kingpost::evolve {

/// One difference. `code` is stable: add-table, add-column, add-index, drop-index, add-unique, add-foreign-key, widen-check, drop-not-null,
/// change-default, change-comment (additive); drop-table, drop-column, rename-table, rename-column, change-type, set-not-null, add-required-column,
/// change-key, add-check, narrow-check, drop-unique, drop-foreign-key, change-foreign-key, change-identity, change-imported (refused).
struct Change {
  std::string code;
  std::string element;     ///< `cart` or `cart.note`
  std::string difference;  ///< one sentence
  std::string advice;      ///< of a refused one: what keeps the model additive
  bool additive = true;
};

/// The way from one schema to another.
struct SchemaDiff {
  std::vector<Change> changes;
  /// In order, without semicolons; empty when a change is refused. They run in one transaction.
  std::vector<std::string> statements;
  /// What the database has after them: the wanted schema with columns where they lie. Record this one.
  dialect::RelationalSchema result;

  [[nodiscard]] bool additive() const noexcept;
  [[nodiscard]] bool empty() const noexcept { return changes.empty(); }
};

/// Compares the schema a database has with the one it should have; both are of one database. Additive is what no stored row can contradict:
/// new tables, new columns that are nullable or have a default, indexes, uniques and keys over new columns, widened checks. Everything
/// else is refused with a word on how to avoid it. A rename is recognised by `renamed_from` alone. Pure; deterministic.
[[nodiscard]] SchemaDiff diff_schemas(const dialect::RelationalSchema& current, const dialect::RelationalSchema& wanted);

/// The differences as text, one a line: `+` additive, `!` refused with its advice below.
[[nodiscard]] std::string print_changes(const SchemaDiff& diff);

}  // namespace kingpost::evolve
