#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/dialect/render_expr.hpp"
#include "kingpost/plan/plan.hpp"
#include "kingpost/sql/program.hpp"

namespace kingpost::sql {

/// One statement while it is written: its parameters, its result columns, its aliases.
class Statement final : public dialect::ParamSink {
 public:
  Statement(const ir::System& system, dialect::Database database) : system_(&system), database_(database) {}

  [[nodiscard]] const ir::System& system() const noexcept { return *system_; }
  [[nodiscard]] bool sqlite() const noexcept { return database_ == dialect::Database::kSqlite; }
  [[nodiscard]] dialect::Database database() const noexcept { return database_; }

  /// A fresh table alias.
  [[nodiscard]] std::string next_alias() { return "t" + std::to_string(aliases_++); }
  /// Text of a scalar parameter: `?3`, `$3::bigint`. The principal's values and the time are bound once.
  [[nodiscard]] std::string param(Param param);
  /// Text of a list parameter: `?3` for kp_list, `$3::uuid[]`.
  [[nodiscard]] std::string list_param(Param param);
  [[nodiscard]] std::string text_constant(std::string value);
  [[nodiscard]] std::string int_constant(std::int64_t value);

  /// The result column that is this text, added when it is new.
  [[nodiscard]] std::uint32_t output(std::string text, const ir::LogicalType& type, const ir::Storage& storage);
  [[nodiscard]] const std::vector<std::string>& outputs() const noexcept { return outputs_; }
  /// `a, b, c`; with `named` each as c0, c1, …
  [[nodiscard]] std::string output_list(bool named) const;

  [[nodiscard]] dialect::RenderScope scope(ir::EntityId entity, const std::string& alias);

  Result<std::string> constant(const Datum& value, const ir::LogicalType& type, const ir::Storage& storage) override;
  Result<std::string> named(const cel::Expr& path, const ir::LogicalType& type, const ir::Storage& storage) override;

  /// Ends the statement.
  [[nodiscard]] Step finish(std::string sql, std::string purpose);

 private:
  const ir::System* system_;
  dialect::Database database_;
  std::vector<Param> params_;
  std::vector<std::string> outputs_;
  std::vector<plan::ResultColumn> types_;
  std::size_t aliases_ = 0;
};

/// `t0."price"`.
[[nodiscard]] std::string qualified(const std::string& alias, const std::string& column);
[[nodiscard]] std::string field_text(const ir::Entity& entity, ir::FieldId field, const std::string& alias);
/// `"product" AS t0`.
[[nodiscard]] std::string table_as(const ir::Entity& entity, const std::string& alias);
/// One side of a foreign key.
struct TableFields {
  const ir::Entity& entity;
  const std::string& alias;
  const std::vector<ir::FieldId>& fields;
};
/// `t1."id" = t0."category_id" AND …`.
[[nodiscard]] std::string join_pairs(const TableFields& left, const TableFields& right);

/// The value of a plan's column for a row of `alias`.
[[nodiscard]] Result<std::string> column_text(Statement& statement, ir::EntityId entity, const plan::Column& column, const std::string& alias);
/// A cast of `text`; PGRST127 where the database cannot do it exactly.
[[nodiscard]] Result<std::string> cast_text(const Statement& statement, const plan::Column& column, const std::string& text);

/// A row name for rendering: which entity's row, under which alias.
struct RowRef {
  ir::EntityId entity;
  std::string alias;
};

/// What a condition may need besides its row.
struct ConditionScope {
  RowRef row;
  const plan::Level* root = nullptr;                 ///< for a keyset
  const std::vector<std::string>* embeds = nullptr;  ///< aliases of the root's joined embeds, empty text where not joined
  bool with_keyset = true;
};

[[nodiscard]] Result<std::string> condition_text(Statement& statement, const plan::Predicate& predicate, const ConditionScope& scope);

/// `t0."id" IN (…)`: the row's `fields` are among the columns `columns` of the rows of step `step`.
[[nodiscard]] std::string keys_text(Statement& statement, const RowRef& row, const std::vector<ir::FieldId>& fields, std::uint32_t step,
                                    const std::vector<std::uint32_t>& columns);
/// The same for a step that yields one row at most: `t0."id" = ?1`, which costs no list. SQLite's.
[[nodiscard]] std::string key_text(Statement& statement, const RowRef& row, const std::vector<ir::FieldId>& fields, std::uint32_t step,
                                   const std::vector<std::uint32_t>& columns);
/// The same for lists of the request's rows.
[[nodiscard]] std::string rows_text(Statement& statement, const RowRef& row, const std::vector<ir::FieldId>& fields,
                                    const std::vector<std::uint32_t>& row_columns);

/// The same for list parameters that are there already.
[[nodiscard]] std::string lists_text(Statement& statement, const RowRef& row, const std::vector<ir::FieldId>& fields,
                                     const std::vector<std::string>& lists);

/// The value of an order term for a row of `alias`.
[[nodiscard]] Result<std::string> order_value(Statement& statement, const plan::Level& level, const plan::Order& order, const std::string& alias,
                                              const std::vector<std::string>& embeds);

/// The steps of a read, appended to `program`, with the layout of its rows. `keys`: only rows whose key a former step holds.
struct WrittenKeys {
  std::uint32_t step = 0;
  std::vector<std::uint32_t> columns;
};
[[nodiscard]] Result<void> render_read(const plan::Plan& plan, const ir::System& system, const WrittenKeys* keys, Program& program);
[[nodiscard]] Result<void> render_write(const plan::Plan& plan, const ir::System& system, Program& program);

}  // namespace kingpost::sql
