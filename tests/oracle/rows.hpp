#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kingpost/cel/cel.hpp"
#include "oracle.hpp"

namespace kingpost::oracle {

/// A row and what it is a row of. The row must outlive the view.
struct RowView {
  ir::EntityId entity;
  const Row* row = nullptr;
};

/// Reading rows: columns, expressions, relations, predicates.
class Reader {
 public:
  Reader(const Database& database, const Call& call) : database_(&database), call_(&call) {}

  [[nodiscard]] const ir::System& system() const noexcept { return database_->system(); }
  [[nodiscard]] const Database& database() const noexcept { return *database_; }
  [[nodiscard]] const Call& call() const noexcept { return *call_; }

  /// The value of an expression over a row (as row, new and old); an error is an error.
  [[nodiscard]] Result<cel::Value> evaluate(const cel::Expr& expr, const RowView& view) const;
  /// Whether a condition holds: an error or null is no.
  [[nodiscard]] bool holds(const cel::ExprPtr& condition, const RowView& view) const;
  /// A column's cell; null where its policy hides it.
  [[nodiscard]] Result<Datum> column(const plan::Column& column, const RowView& view) const;
  /// A predicate in three values; empty = unknown.
  [[nodiscard]] Result<std::optional<bool>> test(const plan::Predicate& predicate, const RowView& view) const;
  /// The rows that a relation leads to, with the junction's row of a many-to-many.
  struct Related {
    RowView row;
    RowView through;
  };
  [[nodiscard]] std::vector<Related> related(ir::RelationId relation, const RowView& view) const;
  [[nodiscard]] Result<bool> keep(const plan::Predicate& where, const plan::Predicate& through, const Related& related) const;

 private:
  [[nodiscard]] Result<std::optional<bool>> compare(const plan::Predicate& predicate, const RowView& view) const;
  [[nodiscard]] Result<Datum> client_value(const plan::Predicate& predicate, const RawValue& raw) const;

  const Database* database_;
  const Call* call_;
};

/// A client's value of a filter as its column would store it.
[[nodiscard]] Result<Datum> encode_value(const RawValue& raw, const plan::Column& column, const ir::System& system);
[[nodiscard]] CellView view_of(const Datum& datum);
[[nodiscard]] bool is_null(const Datum& datum);
/// JSON numbers and texts as values, for their order.
[[nodiscard]] Datum json_scalar(const Datum& datum);
/// Less, equal, greater by value; both are not null and of one kind.
[[nodiscard]] int order_of(const Datum& left, const Datum& right);

}  // namespace kingpost::oracle
