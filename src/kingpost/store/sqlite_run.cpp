#include "kingpost/store/sqlite_run.hpp"

#include <sqlite3.h>

#include <forward_list>
#include <string_view>
#include <utility>
#include <variant>

#include "kingpost/store/assertions.hpp"
#include "kingpost/store/sql_error.hpp"
#include "kingpost/store/sqlite_connection.hpp"
#include "kingpost/store/sqlite_error.hpp"
#include "kingpost/store/sqlite_list.hpp"

namespace kingpost::store {
namespace {

/// What one run needs; the lists live as long as the run because statements point to them.
struct Run {
  Connection& connection;
  const sql::Program& program;
  const sql::Binding& binding;
  std::int64_t response_bytes;
  plan::RowSets& rows;
  std::forward_list<ListSource> lists;
  std::int64_t bytes = 0;
};

// A null destructor is SQLITE_STATIC: the binding outlives the run, and every later run binds anew.
int bind_datum(sqlite3_stmt* statement, int index, const Datum& datum) {
  if (const auto* integer = std::get_if<std::int64_t>(&datum)) return sqlite3_bind_int64(statement, index, *integer);
  if (const auto* real = std::get_if<double>(&datum)) return sqlite3_bind_double(statement, index, *real);
  if (const auto* text = std::get_if<std::string>(&datum)) {
    return sqlite3_bind_text64(statement, index, text->c_str(), text->size(), nullptr, SQLITE_UTF8);
  }
  if (const auto* blob = std::get_if<Blob>(&datum)) {
    return sqlite3_bind_blob64(statement, index, blob->bytes.c_str(), blob->bytes.size(), nullptr);
  }
  return sqlite3_bind_null(statement, index);
}

/// The cell's bytes stay where they are: a step's rows outlive the steps after it.
int bind_cell(sqlite3_stmt* statement, int index, const CellView& cell) {
  switch (cell.kind) {
    case CellView::Kind::kInt:
      return sqlite3_bind_int64(statement, index, cell.integer);
    case CellView::Kind::kReal:
      return sqlite3_bind_double(statement, index, cell.real);
    case CellView::Kind::kText:
      return sqlite3_bind_text64(statement, index, cell.bytes.data(), cell.bytes.size(), nullptr, SQLITE_UTF8);
    case CellView::Kind::kBlob:
      return sqlite3_bind_blob64(statement, index, cell.bytes.data(), cell.bytes.size(), nullptr);
    case CellView::Kind::kNull:
      break;
  }
  return sqlite3_bind_null(statement, index);
}

int bind_param(Run& run, std::size_t step, std::size_t param, sqlite3_stmt* statement) {
  const sql::Param& what = run.program.steps[step].params[param];
  const int index = static_cast<int>(param) + 1;
  if (what.kind == sql::ParamKind::kKeys) {
    run.lists.push_front({nullptr, &run.rows[what.step], what.column});
    return bind_list(statement, index, &run.lists.front());
  }
  if (what.kind == sql::ParamKind::kKey) {
    const plan::RowSet& rows = run.rows[what.step];
    return rows.rows() == 0 ? sqlite3_bind_null(statement, index) : bind_cell(statement, index, rows.at(0, what.column).view());
  }
  if (what.kind == sql::ParamKind::kConstant) return bind_datum(statement, index, what.constant);
  const sql::BoundValue& value = run.binding.steps[step][param];
  if (!value.is_list) return bind_datum(statement, index, value.scalar);
  run.lists.push_front({&value.list, nullptr, 0});
  return bind_list(statement, index, &run.lists.front());
}

/// One look-up of the column for its class and its bytes: the connection is in SQLite's multi-thread mode and this thread's own, so its values
/// need no protection (sqlite.org/c3ref/value.html).
void push_cell(plan::RowSet& rows, sqlite3_stmt* statement, int column) {
  sqlite3_value* const value = sqlite3_column_value(statement, column);
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      return rows.push_int(sqlite3_value_int64(value));
    case SQLITE_FLOAT:
      return rows.push_real(sqlite3_value_double(value));
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
      return rows.push_text({text, static_cast<std::size_t>(sqlite3_value_bytes(value))});
    }
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
      const auto length = static_cast<std::size_t>(sqlite3_value_bytes(value));
      return rows.push_blob(bytes == nullptr ? std::string_view{} : std::string_view{bytes, length});
    }
    default:
      return rows.push_null();
  }
}

/// Fetches every row of a bound statement within the bounds.
Result<void> fetch(Run& run, sqlite3_stmt* statement, plan::RowSet& rows) {
  const int columns = sqlite3_column_count(statement);
  rows.reset(static_cast<std::size_t>(columns));
  const std::int64_t bytes_before = run.bytes;
  const std::uint64_t max_rows = run.program.max_rows;
  std::uint64_t count = 0;
  int code = sqlite3_step(statement);
  for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
    if (max_rows != 0 && ++count > max_rows) return fail(row_limit_error(max_rows));
    for (int column = 0; column < columns; ++column) push_cell(rows, statement, column);
    run.bytes = bytes_before + static_cast<std::int64_t>(rows.bytes());
    if (run.bytes > run.response_bytes) return fail(byte_limit_error(static_cast<std::uint64_t>(run.response_bytes)));
  }
  if (code != SQLITE_DONE) return fail(sqlite_error(run.connection.handle(), code));
  if (columns == 0) rows.set_bare_rows(static_cast<std::size_t>(sqlite3_changes64(run.connection.handle())));
  return {};
}

Result<void> run_step(Run& run, std::size_t index) {
  const sql::Step& step = run.program.steps[index];
  auto statement = run.connection.statement(step.sql);
  if (!statement) return fail(std::move(statement.error()));
  for (std::size_t param = 0; param < step.params.size(); ++param) {
    const int code = bind_param(run, index, param, *statement);
    if (code != SQLITE_OK) return fail(sqlite_error(run.connection.handle(), code));
  }
  Result<void> fetched = fetch(run, *statement, run.rows[index]);
  sqlite3_reset(*statement);
  if (!fetched) return fetched;
  return check_assertions(step, run.binding, run.rows[index]);
}

/// What a failed run answers: its error, or that of the step that decides about violations.
Error judge_failure(Run& run, Error error) {
  const auto& steps = run.program.steps;
  if (steps.empty() || !steps.back().after_violation || !is_constraint_violation(error)) return error;
  auto judged = run_step(run, steps.size() - 1);
  return judged ? std::move(error) : std::move(judged.error());
}

}  // namespace

Result<void> run_program(Connection& connection, const sql::Program& program, const sql::Binding& binding, std::int64_t response_bytes,
                         plan::RowSets& rows) {
  rows.resize(program.steps.size());
  Run run{connection, program, binding, response_bytes, rows, {}, 0};
  for (std::size_t step = 0; step < program.steps.size(); ++step) {
    if (program.steps[step].after_violation) break;
    if (auto done = run_step(run, step); !done) return fail(judge_failure(run, std::move(done.error())));
  }
  return {};
}

}  // namespace kingpost::store
