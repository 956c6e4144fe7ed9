#include <utility>

#include "kingpost/sql/write_renderer.hpp"

namespace kingpost::sql {

using request::Operation;
using request::Resolution;

/// Joins the stored row that an upsert would change to each proposed one. Empty text where none can be.
Result<std::string> WriteRenderer::found_rows(Statement& statement, RowSource& rows, const std::string& found) {
  std::string on;
  for (const auto id : write_.conflict) {
    const auto index = column_of(id);
    if (!index) return std::string();
    auto value = insert_value(statement, *index, rows);
    if (!value) return value;
    on += (on.empty() ? "" : " AND ") + field_text(entity_, id, found) + " = " + *value;
  }
  return " LEFT JOIN " + table_as(entity_, found) + " ON " + on;
}

/// A field of a proposed row; `found`: the alias of the stored row that is merged with, or empty.
Result<std::string> WriteRenderer::proposed_value(Statement& statement, ir::FieldId id, RowSource& rows, const std::string& found) {
  const auto& field = entity_.field(id);
  const auto index = column_of(id);
  const auto kept = found.empty() ? std::string() : field_text(entity_, id, found);
  if (!index) {
    if (!found.empty()) return kept;
    return statement.sqlite() ? std::string("NULL") : "NULL::" + std::string(dialect::postgres_type(field.type, field.storage));
  }
  auto value = insert_value(statement, *index, rows);
  if (!value || found.empty() || write_.columns[*index].merge) return value;
  return "CASE WHEN " + field_text(entity_, entity_.key.front(), found) + " IS NULL THEN " + *value + " ELSE " + kept + " END";
}

Result<std::string> WriteRenderer::proposed_inserts(Statement& statement) {
  RowSource rows;
  rows.alias = statement.next_alias();
  std::string found;
  std::string join;
  if (write_.resolution == Resolution::kMerge) {
    found = statement.next_alias();
    auto joined = found_rows(statement, rows, found);
    if (!joined) return joined;
    join = std::move(*joined);
    if (join.empty()) found.clear();
  }
  std::string values;
  for (std::uint32_t i = 0; i < entity_.fields.size(); ++i) {
    if (!entity_.fields[i].stored()) continue;
    auto value = proposed_value(statement, ir::FieldId{i}, rows, found);
    if (!value) return value;
    values += (values.empty() ? "SELECT " : ", ") + *value + " AS " + dialect::quote_name(entity_.fields[i].column);
  }
  if (program_.row_columns.empty()) return values;
  if (!statement.sqlite()) return values + " FROM unnest(" + rows.lists + ") AS " + rows.alias + "(" + rows.names + ")" + join;
  Param counter;
  counter.kind = ParamKind::kRows;
  counter.type = program_.row_columns.front().type;
  counter.storage = program_.row_columns.front().storage;
  return values + " FROM kp_list(" + statement.list_param(std::move(counter)) + ") AS " + rows.alias + join;
}

Result<std::string> WriteRenderer::proposed_updates(Statement& statement) {
  const auto alias = statement.next_alias();
  std::string values;
  for (std::uint32_t i = 0; i < entity_.fields.size(); ++i) {
    if (!entity_.fields[i].stored()) continue;
    const auto index = column_of(ir::FieldId{i});
    auto value = index ? update_value(statement, write_.columns[*index], alias) : Result<std::string>(field_text(entity_, ir::FieldId{i}, alias));
    if (!value) return value;
    values += (values.empty() ? "SELECT " : ", ") + *value + " AS " + dialect::quote_name(entity_.fields[i].column);
  }
  auto where = target_condition(statement, alias);
  if (!where) return where;
  return values + " FROM " + table_as(entity_, alias) + " WHERE " + *where;
}

/// The result policy over the rows as they would be. It stands last where it decides what a violated constraint may tell.
Result<void> WriteRenderer::check_proposed(bool after_violation) {
  if (write_.result_policy == nullptr) return {};
  Statement statement(system_, program_.database);
  const auto alias = statement.next_alias();
  auto condition = dialect::render_check(*write_.result_policy, statement.scope(write_.entity, alias));
  if (!condition) return fail(std::move(condition.error()));
  static_cast<void>(statement.output(*condition, bool_type(), {}));
  auto rows = write_.operation == Operation::kInsert ? proposed_inserts(statement) : proposed_updates(statement);
  if (!rows) return fail(std::move(rows.error()));
  auto step = statement.finish("SELECT " + *condition + " FROM (" + *rows + ") AS " + alias, "check proposed " + entity_.name);
  step.assertions.push_back(denied(0));
  step.after_violation = after_violation;
  program_.steps.push_back(std::move(step));
  return {};
}

}  // namespace kingpost::sql
