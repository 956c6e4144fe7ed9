#include <algorithm>
#include <functional>
#include <utility>

#include "kingpost/dialect/codec.hpp"
#include "kingpost/sql/write_renderer.hpp"

namespace kingpost::sql {
using plan::WriteColumn;
using request::Operation;
using request::Resolution;
using Source = WriteColumn::Source;

namespace {

/// Answers `input.x` of a contract view's inverse with the text that holds the client's value.
class InverseSink final : public dialect::ParamSink {
 public:
  using Make = std::function<Result<std::string>(const ir::LogicalType&, const ir::Storage&)>;
  InverseSink(Statement& statement, Make make) : statement_(&statement), make_(std::move(make)) {}

  Result<std::string> constant(const Datum& value, const ir::LogicalType& type, const ir::Storage& storage) override {
    return statement_->constant(value, type, storage);
  }
  Result<std::string> named(const cel::Expr& path, const ir::LogicalType& type, const ir::Storage& storage) override {
    const bool input = path.kind == cel::ExprKind::kSelect && path.args.front()->kind == cel::ExprKind::kIdent && path.args.front()->name == "input";
    return input ? make_(type, storage) : statement_->named(path, type, storage);
  }

 private:
  Statement* statement_;
  Make make_;
};

Result<Datum> literal_datum(const cel::ExprPtr& expr, const ir::Field& field, const ir::System& system, dialect::Database database) {
  if (expr == nullptr) return Datum{};
  if (expr->kind != cel::ExprKind::kLiteral) {
    return fail(ErrorKind::kUnimplemented, "expr-no-sql", "the default of " + field.name + " is no literal");
  }
  return dialect::encode(expr->value, field.type, field.storage, {&system, database});
}

Assertion singular_assertion() {
  Assertion assertion;
  assertion.kind = AssertionKind::kRowCount;
  assertion.count = 1;
  assertion.error = make_error(ErrorKind::kInvalidArgument, "PGRST116", "Cannot coerce the result to a single JSON object");
  assertion.error.details = "The result contains {} rows";
  assertion.error.http_status = 406;
  return assertion;
}

}  // namespace

ir::LogicalType bool_type() {
  ir::LogicalType type;
  type.scalar = ir::Scalar::kBool;
  return type;
}

Result<std::uint32_t> WriteRenderer::row_column(const WriteColumn& column, const ir::LogicalType& type, const ir::Storage& storage) {
  for (const auto& [known, index] : made_) {
    const auto& other = program_.row_columns[index];
    if (known == &column && other.type.scalar == type.scalar && other.storage.sqlite == storage.sqlite) return index;
  }
  const auto& field = entity_.field(column.field);
  RowColumn row;
  row.name = column.name;
  row.type = type;
  row.storage = storage;
  row.nullable = field.nullable || field.generated == ir::Generated::kAutoIncrement || !field.default_sql.empty() || column.inverse != nullptr;
  auto source = column.source;
  if (source == Source::kRows) {
    row.source = static_cast<std::int64_t>(column.row_column);
    if (write_.operation == Operation::kInsert && field.generated == ir::Generated::kUuidV7) source = Source::kUuidV7;
  }
  switch (source) {
    case Source::kRows:
    case Source::kDefault:
      if (column.default_value != nullptr) {
        auto datum = literal_datum(column.default_value, field, system_, program_.database);
        if (!datum) return fail(std::move(datum.error()));
        row.fill = RowColumn::Fill::kConstant;
        row.fill_value = std::move(*datum);
      }
      break;
    case Source::kUuidV7:
      row.fill = RowColumn::Fill::kUuidV7;
      break;
    case Source::kNow:
      row.fill = RowColumn::Fill::kNow;
      break;
    case Source::kTenant:
      row.fill = RowColumn::Fill::kTenant;
      break;
    case Source::kIncrement:
      row.fill = RowColumn::Fill::kConstant;
      row.fill_value = std::int64_t{1};
      break;
  }
  program_.row_columns.push_back(std::move(row));
  made_.emplace_back(&column, static_cast<std::uint32_t>(program_.row_columns.size() - 1));
  return made_.back().second;
}

Assertion WriteRenderer::denied(std::uint32_t column) const {
  Assertion assertion;
  assertion.kind = AssertionKind::kAllTrue;
  assertion.column = column;
  assertion.error = make_error(plan_.anonymous ? ErrorKind::kUnauthenticated : ErrorKind::kPermissionDenied, "42501",
                               "new row or stored row violates the access policy of " + entity_.name);
  return assertion;
}

void WriteRenderer::returning(Statement& statement, std::string& sql) const {
  sql += " RETURNING ";
  for (std::size_t i = 0; i < entity_.key.size(); ++i) {
    const auto& field = entity_.field(entity_.key[i]);
    if (i != 0) sql += ", ";
    dialect::append_name(sql, field.column);
    static_cast<void>(statement.output(dialect::quote_name(field.column), field.type, field.storage));
  }
}

void WriteRenderer::add_written(Statement&& statement, std::string sql, const char* purpose) {
  auto step = statement.finish(std::move(sql), std::string(purpose) + " " + entity_.name);
  step.writes = true;
  if (plan_.singular) step.assertions.push_back(singular_assertion());
  auto& layout = program_.layout;
  layout.written_step = static_cast<std::uint32_t>(program_.steps.size());
  const auto* view = plan_.contract->view_of(write_.entity);
  for (std::size_t i = 0; i < entity_.key.size(); ++i) {
    layout.written_key_columns.push_back(static_cast<std::uint32_t>(i));
    layout.written_key_types.push_back({entity_.field(entity_.key[i]).type, entity_.field(entity_.key[i]).storage});
    const auto* field = view == nullptr ? nullptr : view->field_of(entity_.key[i]);
    layout.written_key_names.push_back(field == nullptr ? std::string() : field->name);
  }
  program_.steps.push_back(std::move(step));
}

Result<std::string> WriteRenderer::insert_value(Statement& statement, std::size_t index, RowSource& rows) {
  const auto& column = write_.columns[index];
  const auto& field = entity_.field(column.field);
  const auto list = [&](const ir::LogicalType& type, const ir::Storage& storage) -> Result<std::string> {
    Param param;
    param.kind = ParamKind::kRows;
    param.type = type;
    param.storage = storage;
    param.column = row_index_[index];
    if (column.inverse != nullptr) {
      auto made = row_column(column, type, storage);
      if (!made) return fail(std::move(made.error()));
      param.column = *made;
    }
    const auto text = statement.list_param(std::move(param));
    if (statement.sqlite()) return "(SELECT value FROM kp_list(" + text + ") WHERE position = " + rows.alias + ".position)";
    rows.lists += (rows.count == 0 ? "" : ", ") + text;
    const auto name = "c" + std::to_string(rows.count++);
    rows.names += (rows.count == 1 ? "" : ", ") + name;
    return rows.alias + "." + name;
  };
  if (column.inverse == nullptr) return list(field.type, field.storage);
  InverseSink sink(statement, list);
  auto scope = statement.scope(write_.entity, "");
  scope.rows.clear();
  scope.sink = &sink;
  return dialect::render_value(*column.inverse, field.type, field.storage, scope);
}

/// Row columns first, so that a conflict check can name them; those of an inverse follow when its types are known.
Result<void> WriteRenderer::make_row_columns() {
  for (const auto& column : write_.columns) {
    row_index_.push_back(0);
    if (column.inverse != nullptr) continue;
    const auto& field = entity_.field(column.field);
    auto made = row_column(column, field.type, field.storage);
    if (!made) return fail(std::move(made.error()));
    row_index_.back() = *made;
  }
  return {};
}

/// What an upsert stores where the row was there.
Result<std::string> WriteRenderer::on_conflict(Statement& statement, const std::string& alias) {
  std::string sql = " ON CONFLICT (";
  for (std::size_t i = 0; i < write_.conflict.size(); ++i) {
    if (i != 0) sql += ", ";
    dialect::append_name(sql, entity_.field(write_.conflict[i]).column);
  }
  sql += ")";
  if (write_.resolution == Resolution::kIgnore) return sql + " DO NOTHING";
  std::string set;
  for (const auto& column : write_.columns) {
    if (!column.merge) continue;
    const auto name = dialect::quote_name(entity_.field(column.field).column);
    if (!set.empty()) set += ", ";
    set += name + " = " + (column.source == Source::kIncrement ? alias + "." + name + " + 1" : "excluded." + name);
  }
  if (set.empty()) {
    const auto name = dialect::quote_name(entity_.field(write_.conflict.front()).column);
    set = name + " = excluded." + name;
  }
  sql += " DO UPDATE SET " + set;
  if (write_.stored_policy == nullptr) return sql;
  // Another connection may have stored the row since the check: it is then left as it is.
  auto condition = dialect::render_condition(*write_.stored_policy, statement.scope(write_.entity, alias));
  if (!condition) return condition;
  return sql + " WHERE " + *condition;
}

std::optional<std::size_t> WriteRenderer::column_of(ir::FieldId id) const {
  const auto found = std::find_if(write_.columns.begin(), write_.columns.end(), [&](const WriteColumn& column) { return column.field == id; });
  if (found == write_.columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - write_.columns.begin());
}

/// The rows that an upsert would change must satisfy the policies, or nothing is written. How many they are tells whether anything was created.
Result<void> WriteRenderer::check_conflicts() {
  if (write_.resolution != Resolution::kMerge) return {};
  Statement statement(system_, program_.database);
  const auto alias = statement.next_alias();
  std::vector<std::uint32_t> columns;
  for (const auto id : write_.conflict) {
    const auto index = column_of(id);
    // A conflict column that the engine makes (a fresh uuid) cannot meet a stored row.
    if (!index || write_.columns[*index].inverse != nullptr) return {};
    columns.push_back(row_index_[*index]);
  }
  std::vector<Assertion> assertions;
  if (write_.stored_policy != nullptr) {
    auto condition = dialect::render_check(*write_.stored_policy, statement.scope(write_.entity, alias));
    if (!condition) return fail(std::move(condition.error()));
    assertions.push_back(denied(statement.output(*condition, bool_type(), {})));
  } else {
    const auto& key = entity_.field(entity_.key.front());
    static_cast<void>(statement.output(field_text(entity_, entity_.key.front(), alias), key.type, key.storage));
  }
  auto sql = "SELECT " + statement.output_list(false) + " FROM " + table_as(entity_, alias) + " WHERE " +
             rows_text(statement, {write_.entity, alias}, write_.conflict, columns);
  if (!statement.sqlite()) sql += " FOR UPDATE OF " + alias;
  program_.layout.found_step = static_cast<std::uint32_t>(program_.steps.size());
  program_.steps.push_back(statement.finish(std::move(sql), (write_.stored_policy != nullptr ? "check stored " : "find stored ") + entity_.name));
  program_.steps.back().assertions = std::move(assertions);
  return {};
}

Result<void> WriteRenderer::insert() {
  if (auto made = make_row_columns(); !made) return made;
  if (auto checked = check_conflicts(); !checked) return checked;
  Statement statement(system_, program_.database);
  const auto alias = statement.next_alias();
  RowSource rows;
  rows.alias = statement.next_alias();
  std::string names;
  std::string values;
  for (std::size_t i = 0; i < write_.columns.size(); ++i) {
    auto value = insert_value(statement, i, rows);
    if (!value) return fail(std::move(value.error()));
    if (i != 0) {
      names += ", ";
      values += ", ";
    }
    dialect::append_name(names, entity_.field(write_.columns[i].field).column);
    values += *value;
  }
  std::string sql = "INSERT INTO " + table_as(entity_, alias);
  if (program_.row_columns.empty()) {
    sql += " DEFAULT VALUES";
  } else if (statement.sqlite()) {
    // The rows are counted off by one list, the others are looked up by position.
    Param counter;
    counter.kind = ParamKind::kRows;
    counter.type = program_.row_columns.front().type;
    counter.storage = program_.row_columns.front().storage;
    const auto list = statement.list_param(std::move(counter));
    sql += " (" + names + ") SELECT " + values + " FROM kp_list(" + list + ") AS " + rows.alias + " WHERE TRUE";
  } else {
    sql += " (" + names + ") SELECT " + values + " FROM unnest(" + rows.lists + ") AS " + rows.alias + "(" + rows.names + ")";
  }
  if (write_.resolution != Resolution::kNone) {
    auto conflict = on_conflict(statement, alias);
    if (!conflict) return fail(std::move(conflict.error()));
    sql += *conflict;
  }
  returning(statement, sql);
  add_written(std::move(statement), std::move(sql), "insert");
  if (auto checked = check_result(); !checked) return checked;
  // What is ignored is decided about like what is stored, or being ignored would tell that an unseen row is there.
  if (write_.resolution == Resolution::kIgnore) {
    if (auto checked = check_proposed(false); !checked) return checked;
  }
  if (auto read = representation(); !read) return read;
  return check_proposed(true);
}

Result<void> WriteRenderer::check_result() {
  if (write_.result_policy == nullptr) return {};
  Statement statement(system_, program_.database);
  const auto alias = statement.next_alias();
  auto condition = dialect::render_check(*write_.result_policy, statement.scope(write_.entity, alias));
  if (!condition) return fail(std::move(condition.error()));
  static_cast<void>(statement.output(*condition, bool_type(), {}));
  const auto keys = written();
  auto sql = "SELECT " + *condition + " FROM " + table_as(entity_, alias) + " WHERE " +
             keys_text(statement, {write_.entity, alias}, entity_.key, keys.step, keys.columns);
  auto step = statement.finish(std::move(sql), "check resulting " + entity_.name);
  step.assertions.push_back(denied(0));
  program_.steps.push_back(std::move(step));
  return {};
}

/// Finds the rows to change: their keys, whether the policy lets them be changed, and their version.
Result<void> WriteRenderer::target_step() {
  Statement statement(system_, program_.database);
  const auto alias = statement.next_alias();
  for (const auto id : entity_.key) {
    const auto& field = entity_.field(id);
    static_cast<void>(statement.output(field_text(entity_, id, alias), field.type, field.storage));
  }
  std::vector<Assertion> assertions;
  if (write_.stored_policy != nullptr) {
    auto condition = dialect::render_check(*write_.stored_policy, statement.scope(write_.entity, alias));
    if (!condition) return fail(std::move(condition.error()));
    assertions.push_back(denied(statement.output(*condition, bool_type(), {})));
  }
  std::string versions;
  const auto visible = statement.output_list(false);
  auto columns = statement.outputs().size();
  if (write_.check_version) {
    Assertion assertion;
    assertion.kind = AssertionKind::kVersion;
    assertion.column = static_cast<std::uint32_t>(columns);
    assertion.error =
        make_error(ErrorKind::kFailedPrecondition, "kp-precondition-failed", "the record is no longer in the version named by If-Match");
    assertion.error.http_status = 412;
    assertions.push_back(std::move(assertion));
    for (const auto& column : plan_.version) {
      auto value = column_text(statement, write_.entity, column, alias);
      if (!value) return fail(std::move(value.error()));
      // The version's columns stand together at the end, repeated where the key is among them; a blank makes a text of its own.
      static_cast<void>(statement.output(*value + std::string(++columns, ' '), column.type, column.storage));
      versions += ", " + *value;
    }
  }
  auto where = target_condition(statement, alias);
  if (!where) return fail(std::move(where.error()));
  auto sql = "SELECT " + visible + versions + " FROM " + table_as(entity_, alias) + " WHERE " + *where;
  if (!statement.sqlite()) sql += " FOR UPDATE OF " + alias;
  auto step = statement.finish(std::move(sql), "find " + entity_.name);
  step.assertions = std::move(assertions);
  target_ = static_cast<std::uint32_t>(program_.steps.size());
  program_.steps.push_back(std::move(step));
  return {};
}

/// The condition of the effect: the keys that were found, or the target itself where nothing had to be found first.
Result<std::string> WriteRenderer::target_condition(Statement& statement, const std::string& alias) {
  if (!target_) return condition_text(statement, write_.target, {{write_.entity, alias}, nullptr, nullptr, true});
  std::vector<std::uint32_t> columns;
  for (std::size_t i = 0; i < entity_.key.size(); ++i) columns.push_back(static_cast<std::uint32_t>(i));
  return keys_text(statement, {write_.entity, alias}, entity_.key, *target_, columns);
}

Result<std::string> WriteRenderer::update_value(Statement& statement, const WriteColumn& column, const std::string& alias) {
  const auto& field = entity_.field(column.field);
  const auto scalar = [&](const ir::LogicalType& type, const ir::Storage& storage) -> Result<std::string> {
    auto index = row_column(column, type, storage);
    if (!index) return fail(std::move(index.error()));
    Param param;
    param.kind = ParamKind::kRow;
    param.column = *index;
    param.type = type;
    param.storage = storage;
    return statement.param(std::move(param));
  };
  if (column.source == Source::kIncrement) return field_text(entity_, column.field, alias) + " + 1";
  if (column.inverse == nullptr) return scalar(field.type, field.storage);
  InverseSink sink(statement, scalar);
  auto scope = statement.scope(write_.entity, alias);
  scope.sink = &sink;
  return dialect::render_value(*column.inverse, field.type, field.storage, scope);
}

Result<void> WriteRenderer::update() {
  if (write_.stored_policy != nullptr || write_.check_version) {
    if (auto found = target_step(); !found) return found;
  }
  Statement statement(system_, program_.database);
  const auto alias = statement.next_alias();
  std::string set;
  for (const auto& column : write_.columns) {
    auto value = update_value(statement, column, alias);
    if (!value) return fail(std::move(value.error()));
    if (!set.empty()) set += ", ";
    dialect::append_name(set, entity_.field(column.field).column);
    set += " = " + *value;
  }
  auto where = target_condition(statement, alias);
  if (!where) return fail(std::move(where.error()));
  if (set.empty()) {
    // An empty body changes nothing; the rows are not even touched.
    const auto key = dialect::quote_name(entity_.field(entity_.key.front()).column);
    set = key + " = " + key;
    where = "FALSE AND " + *where;
  }
  auto sql = "UPDATE " + table_as(entity_, alias) + " SET " + set + " WHERE " + *where;
  returning(statement, sql);
  add_written(std::move(statement), std::move(sql), "update");
  if (auto checked = check_result(); !checked) return checked;
  if (auto read = representation(); !read) return read;
  return write_.columns.empty() ? Result<void>() : check_proposed(true);
}

Result<void> WriteRenderer::remove() {
  if (write_.stored_policy != nullptr || write_.check_version || plan_.read) {
    if (auto found = target_step(); !found) return found;
  }
  // What is deleted must be read before.
  if (plan_.read) {
    std::vector<std::uint32_t> columns;
    for (std::size_t i = 0; i < entity_.key.size(); ++i) columns.push_back(static_cast<std::uint32_t>(i));
    const WrittenKeys keys{*target_, std::move(columns)};
    if (auto read = render_read(plan_, system_, &keys, program_); !read) return read;
  }
  Statement statement(system_, program_.database);
  const auto alias = statement.next_alias();
  auto where = target_condition(statement, alias);
  if (!where) return fail(std::move(where.error()));
  auto sql = "DELETE FROM " + table_as(entity_, alias) + " WHERE " + *where;
  returning(statement, sql);
  add_written(std::move(statement), std::move(sql), "delete");
  return {};
}

Result<void> WriteRenderer::representation() {
  if (!plan_.read) return {};
  const auto keys = written();
  return render_read(plan_, system_, &keys, program_);
}

Result<void> WriteRenderer::render() {
  if (entity_.key.empty()) return fail(ErrorKind::kUnimplemented, "PGRST127", "writing to " + entity_.name + ", which has no key, is not supported");
  switch (write_.operation) {
    case Operation::kInsert:
      return insert();
    case Operation::kUpdate:
      return update();
    case Operation::kDelete:
      return remove();
    case Operation::kRead:
      break;
  }
  return {};
}

Result<void> render_write(const plan::Plan& plan, const ir::System& system, Program& program) {
  return WriteRenderer(plan, system, program).render();
}

}  // namespace kingpost::sql
