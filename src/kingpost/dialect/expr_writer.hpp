#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kingpost/dialect/render_expr.hpp"

namespace kingpost::dialect {

/// How a rendered value lies: kDecimal on SQLite as an integer scaled by `scale`, on PostgreSQL as numeric; times as microseconds on SQLite.
enum class Rep : std::uint8_t { kNull, kBool, kInt, kDouble, kDecimal, kText, kUuid, kDate, kTime, kTimestamp, kDuration, kJson, kBytes };

/// What a NULL of the rendered text means to the evaluator. An error is always NULL.
enum class Nulls : std::uint8_t {
  kNever,
  kValue,  ///< null; an error only where `ok` does not hold
  kError,
};

/// A rendered expression. `text` binds tighter than any operator.
struct Sql {
  std::string text;
  Rep rep = Rep::kNull;
  Nulls nulls = Nulls::kNever;
  std::string ok;            ///< condition under which a NULL is a null and no error; empty: always
  std::uint32_t scale = 0;   ///< kDecimal on SQLite
  std::uint32_t digits = 0;  ///< kInt, kDecimal: most decimal digits that can occur
  bool unchecked = false;    ///< SQLite: may have become REAL by overflow; checked() turns that into NULL
  bool uuid_text = false;    ///< kUuid kept as text
};

/// Rows that a macro runs over.
struct Source {
  ir::EntityId entity;
  std::string alias;
  std::string from;
  std::string where;                ///< conditions joined by AND; empty: all rows
  std::vector<std::string> guards;  ///< conditions that hold when no filter failed
  const cel::Expr* body = nullptr;  ///< of map()
  std::string variable;             ///< of `body`
};

inline constexpr std::uint32_t kSafeDigits = 18;
inline constexpr std::uint32_t kIntDigits = 19;

/// Walks one expression. Members are grouped by file.
class ExprWriter {
 public:
  explicit ExprWriter(const RenderScope& scope) : scope_(scope), rows_(scope.rows) {}

  // render_expr.cpp: dispatch, logic, conditionals, calls
  /// `loose`: false and NULL may be confused, as in a WHERE.
  [[nodiscard]] Result<Sql> render(const cel::Expr& expr, bool loose);
  [[nodiscard]] Sql checked(Sql value) const;

  // render_convert.cpp: to the storage of a column
  [[nodiscard]] Result<std::string> store(Sql value, const ir::LogicalType& type, const ir::Storage& storage, const cel::Expr& expr) const;

 private:
  [[nodiscard]] bool sqlite() const { return scope_.database == Database::kSqlite; }
  [[nodiscard]] static tl::unexpected<Error> no_sql(const cel::Expr& expr, std::string message);
  [[nodiscard]] std::string truth(bool value) const;

  [[nodiscard]] Result<Sql> render_operator(const cel::Expr& expr, bool loose);
  [[nodiscard]] Result<Sql> render_logic(const cel::Expr& expr, bool loose);
  [[nodiscard]] Result<Sql> render_conditional(const cel::Expr& expr);
  [[nodiscard]] Result<Sql> render_call(const cel::Expr& expr);
  [[nodiscard]] Result<Sql> render_size(const cel::Expr& expr);
  [[nodiscard]] Result<Sql> render_text_test(const cel::Expr& expr);
  [[nodiscard]] Result<Sql> render_conversion(const cel::Expr& expr);
  [[nodiscard]] Result<Sql> render_round(const cel::Expr& expr);

  // render_compare.cpp
  [[nodiscard]] Result<Sql> render_comparison(const cel::Expr& expr, bool loose);
  [[nodiscard]] Result<Sql> compare(cel::Op op, Sql left, Sql right, bool loose);
  [[nodiscard]] Result<Sql> compare_pair(cel::Op op, const cel::Expr& left, const cel::Expr& right, bool loose);
  Sql equality(bool equal, const Sql& left, const Sql& right, bool loose) const;
  [[nodiscard]] Result<std::optional<Sql>> compare_through_key(const cel::Expr& expr);
  [[nodiscard]] Result<Sql> render_in(const cel::Expr& expr, bool loose);
  [[nodiscard]] Result<Sql> render_in_list(const cel::Expr& expr, bool loose);
  [[nodiscard]] Result<Sql> render_in_rows(const cel::Expr& expr);
  [[nodiscard]] Result<Sql> render_in_json(const cel::Expr& expr);
  void unify(Sql& left, Sql& right) const;

  // render_arithmetic.cpp
  [[nodiscard]] Result<Sql> render_arithmetic(const cel::Expr& expr);
  [[nodiscard]] Result<Sql> render_negate(const cel::Expr& expr);
  [[nodiscard]] Result<Sql> numbers(const cel::Expr& expr, Sql left, Sql right) const;
  [[nodiscard]] Result<Sql> times(const cel::Expr& expr, Sql left, Sql right) const;
  void rescale(Sql& value, std::uint32_t scale) const;

  // render_path.cpp: literals, names, columns, to-one paths
  [[nodiscard]] Result<Sql> render_literal(const cel::Expr& expr, bool uuid_text = false);
  [[nodiscard]] Result<Sql> render_named(const cel::Expr& expr, bool uuid_text = false);
  [[nodiscard]] Result<Sql> render_name_or_row(const cel::Expr& expr);
  [[nodiscard]] Result<Sql> render_select(const cel::Expr& expr);
  [[nodiscard]] Result<Sql> render_constant(const cel::Expr& expr, bool uuid_text);
  [[nodiscard]] Result<Sql> column_of(const cel::Expr& record, ir::FieldId field);
  [[nodiscard]] Result<Sql> column_of_row(const RowName& row, ir::FieldId field);
  [[nodiscard]] Result<Sql> column_by_key(const cel::Expr& record, const ir::Entity& entity, ir::FieldId field);
  Sql stored_column(const ir::Field& field, std::string text) const;
  [[nodiscard]] Result<Sql> key_of(const cel::Expr& record, const ir::Entity& entity);
  [[nodiscard]] const RowName* find_row(const std::string& name) const;
  [[nodiscard]] const RowName* root_row(const cel::Expr& expr) const;
  [[nodiscard]] bool is_constant(const cel::Expr& expr) const;
  /// The entity whose record an expression yields; null when it yields none.
  [[nodiscard]] const ir::Entity* entity_of(const cel::Expr& expr) const;
  /// The to-one or to-many relation that a select follows; null when it reads a field.
  [[nodiscard]] const ir::Relation* relation_of(const cel::Expr& expr) const;
  [[nodiscard]] Result<std::string> next_alias(const cel::Expr& expr);

  // render_rows.cpp: macros over relations
  [[nodiscard]] Result<Sql> render_macro(const cel::Expr& expr, bool loose);
  [[nodiscard]] Result<Sql> render_has(const cel::Expr& expr);
  [[nodiscard]] Result<Source> source_of(const cel::Expr& expr);
  [[nodiscard]] Result<Source> source_of_relation(const cel::Expr& expr, const ir::Relation& relation);
  [[nodiscard]] Result<void> filter_source(Source& source, const cel::Expr& macro, const cel::Expr& condition);
  [[nodiscard]] Result<Sql> render_exists(const cel::Expr& expr, const Source& source, bool loose);
  [[nodiscard]] Result<Sql> render_all(const cel::Expr& expr, const Source& source, bool loose);
  [[nodiscard]] Result<Sql> render_exists_one(const cel::Expr& expr, const Source& source);
  [[nodiscard]] Result<Sql> render_aggregate(const cel::Expr& expr, const Source& source);
  Sql count_of(const Source& source) const;
  [[nodiscard]] static std::string select_rows(const Source& source, std::string_view columns, std::string_view condition = {});
  [[nodiscard]] std::string exists(const Source& source, std::string_view condition, bool negated = false) const;
  [[nodiscard]] Sql guarded(const Source& source, Sql value) const;

  const RenderScope& scope_;
  std::vector<RowName> rows_;
  /// A condition may be rendered both ways; its values are bound once, or one rendering's would be left without a place in the text.
  std::map<std::pair<const cel::Expr*, bool>, Sql> bound_;
  std::map<const cel::Expr*, cel::ExprPtr> converted_;
  std::uint32_t alias_count_ = 0;
  std::uint32_t computed_depth_ = 0;
};

}  // namespace kingpost::dialect
