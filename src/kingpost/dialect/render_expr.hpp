#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/datum.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/cel/expr.hpp"
#include "kingpost/dialect/dialect.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::dialect {

/// Takes the values of an expression and answers the text that stands for each: `?3`, `$3::bigint`. Values never become SQL themselves. The
/// text of every answer occurs in the rendered SQL, perhaps more than once, so placeholders must be numbered.
class ParamSink {
 public:
  ParamSink() = default;
  ParamSink(const ParamSink&) = delete;
  ParamSink& operator=(const ParamSink&) = delete;
  virtual ~ParamSink() = default;

  /// A literal of the expression, encoded for `type` and `storage`.
  [[nodiscard]] virtual Result<std::string> constant(const Datum& value, const ir::LogicalType& type, const ir::Storage& storage) = 0;
  /// A value known when the statement runs: `path` is now, auth.uid, auth.tenant, input.x, a field of a value row, …, never null unless its
  /// type says so. Must answer a parameter of `type` in `storage`; an Error (expr-no-sql) for a name that is not known there.
  [[nodiscard]] virtual Result<std::string> named(const cel::Expr& path, const ir::LogicalType& type, const ir::Storage& storage) = 0;
};

/// An identifier of the expression that stands for a row of a table in the statement.
struct RowName {
  std::string name;  ///< row, new, old, …
  ir::EntityId entity;
  std::string alias;  ///< its table alias, unquoted; empty: columns stand alone (CHECK)
};

/// Where an expression is rendered.
struct RenderScope {
  const ir::System* system = nullptr;
  Database database = Database::kSqlite;
  std::vector<RowName> rows;
  ParamSink* sink = nullptr;
  /// Aliases of subselects are prefix + counter; choose a prefix that the statement does not use itself.
  std::string alias_prefix = "e";
};

/// Renders an expression as the condition of a WHERE, ON or FILTER. It holds exactly when the evaluator says true; where the evaluator says
/// false, null or error it is false or NULL. Shaped so that indexes are used: plain `=` wherever null and false may be confused, and a path
/// through foreign keys compared with a value as `fk IN (SELECT key FROM target WHERE …)`.
/// Meaning on both databases: null-safe == and !=; a comparison or arithmetic with null is an error; division by zero, a scale or an integer
/// overflow is an error (as NULL; an integer overflow on PostgreSQL and inside an aggregate fails the statement with 22003); decimals are
/// exact (on SQLite within 18 digits). Error: expr-no-sql, with the reason. Pure; thread-safe.
[[nodiscard]] Result<std::string> render_condition(const cel::Expr& expr, const RenderScope& scope);

/// The same wrapped as `(…) IS TRUE`, for CHECK constraints and for reading as a value.
[[nodiscard]] Result<std::string> render_check(const cel::Expr& expr, const RenderScope& scope);

/// A value to select or store, in the representation that `type` and `storage` ask for; NULL for null and for an error.
[[nodiscard]] Result<std::string> render_value(const cel::Expr& expr, const ir::LogicalType& type, const ir::Storage& storage,
                                               const RenderScope& scope);

/// The logical type and storage in which a value of an expression's type is computed and bound, when no column says otherwise.
[[nodiscard]] Result<ir::LogicalType> logical_type(const cel::Type& type, const ir::System& system);

/// A sink that prints literals into the text, for DDL alone; every named value is refused.
class LiteralSink final : public ParamSink {
 public:
  explicit LiteralSink(Database database) : database_(database) {}
  [[nodiscard]] Result<std::string> constant(const Datum& value, const ir::LogicalType& type, const ir::Storage& storage) override;
  [[nodiscard]] Result<std::string> named(const cel::Expr& path, const ir::LogicalType& type, const ir::Storage& storage) override;

 private:
  Database database_;
};

}  // namespace kingpost::dialect
