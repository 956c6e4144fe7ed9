#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kingpost/sql/statement.hpp"

namespace kingpost::sql {

/// Where an insert takes its rows from: lists that are read side by side.
struct RowSource {
  std::string alias;
  std::string lists;
  std::string names;
  std::size_t count = 0;
};

/// Writes one write into a Program: what is checked before, the effect, what is checked after, what is read back.
class WriteRenderer {
 public:
  WriteRenderer(const plan::Plan& plan, const ir::System& system, Program& program)
      : plan_(plan), write_(*plan.write), system_(system), entity_(system.entity(plan.write->entity)), program_(program) {}

  [[nodiscard]] Result<void> render();

 private:
  [[nodiscard]] Result<void> insert();
  [[nodiscard]] Result<void> update();
  [[nodiscard]] Result<void> remove();
  [[nodiscard]] Result<void> check_conflicts();
  [[nodiscard]] Result<void> check_result();
  [[nodiscard]] Result<void> check_proposed(bool after_violation);
  [[nodiscard]] Result<std::string> proposed_inserts(Statement& statement);
  [[nodiscard]] Result<std::string> proposed_updates(Statement& statement);
  [[nodiscard]] Result<std::string> proposed_value(Statement& statement, ir::FieldId id, RowSource& rows, const std::string& found);
  [[nodiscard]] Result<std::string> found_rows(Statement& statement, RowSource& rows, const std::string& found);
  [[nodiscard]] std::optional<std::size_t> column_of(ir::FieldId id) const;
  [[nodiscard]] Result<void> target_step();
  [[nodiscard]] Result<void> representation();
  [[nodiscard]] Result<std::string> target_condition(Statement& statement, const std::string& alias);
  [[nodiscard]] Result<std::string> insert_value(Statement& statement, std::size_t index, RowSource& rows);
  [[nodiscard]] Result<void> make_row_columns();
  [[nodiscard]] Result<std::string> update_value(Statement& statement, const plan::WriteColumn& column, const std::string& alias);
  [[nodiscard]] Result<std::string> on_conflict(Statement& statement, const std::string& alias);
  [[nodiscard]] Result<std::uint32_t> row_column(const plan::WriteColumn& column, const ir::LogicalType& type, const ir::Storage& storage);
  void returning(Statement& statement, std::string& sql) const;
  void add_written(Statement&& statement, std::string sql, const char* purpose);
  [[nodiscard]] Assertion denied(std::uint32_t column) const;
  [[nodiscard]] WrittenKeys written() const { return {*program_.layout.written_step, program_.layout.written_key_columns}; }

  const plan::Plan& plan_;
  const plan::Write& write_;
  const ir::System& system_;
  const ir::Entity& entity_;
  Program& program_;
  std::vector<std::uint32_t> row_index_;                                  ///< of each write column without an inverse: its row column
  std::vector<std::pair<const plan::WriteColumn*, std::uint32_t>> made_;  ///< row columns by what they are for
  std::optional<std::uint32_t> target_;                                   ///< the step that found the rows to change
};

/// The type of a condition's value.
[[nodiscard]] ir::LogicalType bool_type();

}  // namespace kingpost::sql
