#include <algorithm>
#include <utility>

#include "kingpost/dialect/codec.hpp"
#include "kingpost/plan/row_version.hpp"
#include "oracle.hpp"
#include "reads.hpp"
#include "rows.hpp"

namespace kingpost::oracle {
namespace {

using plan::WriteColumn;
using request::Operation;
using request::Resolution;
using Source = WriteColumn::Source;

class Writer {
 public:
  Writer(const plan::Plan& plan, const Call& call, Database& database)
      : plan_(plan),
        write_(*plan.write),
        call_(call),
        database_(database),
        entity_(database.system().entity(plan.write->entity)),
        reader_(database, call) {}

  Result<std::string> run();

 private:
  Result<void> insert();
  Result<void> update();
  Result<std::string> remove();
  Result<Datum> cell(const WriteColumn& column, std::size_t row);
  Result<Datum> generated(const WriteColumn& column, const ir::Field& field);
  Result<std::vector<std::size_t>> targets();
  Result<void> check_version(const std::vector<std::size_t>& targets);
  Result<void> check_row(const Row& row);
  Result<void> check_unique();
  Result<void> check_references(const Row& row);
  Result<void> cascade(const Row& gone);
  Result<std::string> representation();
  std::vector<Row>& table() { return database_.rows(write_.entity); }
  [[nodiscard]] tl::unexpected<Error> denied() const {
    return fail(plan_.anonymous ? ErrorKind::kUnauthenticated : ErrorKind::kPermissionDenied, "42501", "the access policy denies it");
  }

  const plan::Plan& plan_;
  const plan::Write& write_;
  const Call& call_;
  Database& database_;
  const ir::Entity& entity_;
  Reader reader_;
  std::vector<std::size_t> written_;
};

Result<Datum> Writer::generated(const WriteColumn& column, const ir::Field& field) {
  const dialect::EncodeContext context{&database_.system(), dialect::Database::kSqlite};
  switch (column.source) {
    case Source::kUuidV7:
      return dialect::encode(cel::Value{make_uuid_v7(call_.now_us / 1'000)}, field.type, field.storage, context);
    case Source::kNow:
      return dialect::encode(cel::Value{cel::Timestamp{call_.now_us}}, field.type, field.storage, context);
    case Source::kTenant:
      return dialect::encode(cel::Value{call_.principal.tenant.value_or(Uuid{})}, field.type, field.storage, context);
    case Source::kIncrement:
      return Datum{std::int64_t{1}};
    case Source::kRows:
    case Source::kDefault:
      break;
  }
  if (field.generated == ir::Generated::kUuidV7 && write_.operation == Operation::kInsert) {
    return dialect::encode(cel::Value{make_uuid_v7(call_.now_us / 1'000)}, field.type, field.storage, context);
  }
  if (column.default_value == nullptr) return Datum{};
  return dialect::encode(column.default_value->value, field.type, field.storage, context);
}

Result<Datum> Writer::cell(const WriteColumn& column, std::size_t row) {
  const auto& field = entity_.field(column.field);
  const auto* raw = column.source == Source::kRows ? &call_.request.rows.cell(row, column.row_column) : nullptr;
  auto datum = raw != nullptr && raw->kind != RawValue::Kind::kAbsent
                   ? dialect::encode(*raw, field.type, field.storage, {&database_.system(), dialect::Database::kSqlite})
                   : generated(column, field);
  if (datum && is_null(*datum) && !field.nullable) return fail(ErrorKind::kInvalidArgument, "23502", "null in " + field.column);
  return datum;
}

Result<void> Writer::check_references(const Row& row) {
  for (const auto id : entity_.relations) {
    const auto& relation = database_.system().relation(id);
    if (relation.kind != ir::RelationKind::kToOne || relation.reverse) continue;
    const bool set = std::none_of(relation.from_fields.begin(), relation.from_fields.end(), [&](ir::FieldId f) { return is_null(row[f.index()]); });
    if (set && reader_.related(id, {write_.entity, &row}).empty()) return fail(ErrorKind::kFailedPrecondition, "23503", "no such " + relation.name);
  }
  return {};
}

Result<void> Writer::check_row(const Row& row) {
  for (std::size_t i = 0; i < entity_.fields.size(); ++i) {
    const auto& field = entity_.fields[i];
    if (!field.stored() || is_null(row[i]) || (!field.min && !field.max)) continue;
    const auto value = dialect::decode(view_of(row[i]), field.type, field.storage, dialect::Database::kSqlite);
    if (!value) return fail(value.error());
    Decimal number;
    if (const auto* integer = std::get_if<std::int64_t>(&value->data)) number.unscaled = *integer;
    if (const auto* decimal = std::get_if<Decimal>(&value->data)) number = *decimal;
    if ((field.min && compare(number, *field.min) < 0) || (field.max && compare(number, *field.max) > 0)) {
      return fail(ErrorKind::kInvalidArgument, "23514", "out of range");
    }
  }
  for (const auto& check : entity_.checks) {
    if (check.condition != nullptr && !reader_.holds(check.condition, {write_.entity, &row})) {
      return fail(ErrorKind::kInvalidArgument, "23514", check.name);
    }
  }
  return check_references(row);
}

Result<void> Writer::check_unique() {
  const auto& rows = table();
  auto uniques = entity_.uniques;
  uniques.push_back({entity_.key, "key", {}});
  for (const auto& unique : uniques) {
    for (std::size_t a = 0; a < rows.size(); ++a) {
      for (std::size_t b = a + 1; b < rows.size(); ++b) {
        const bool same = std::all_of(unique.fields.begin(), unique.fields.end(),
                                      [&](ir::FieldId f) { return !is_null(rows[a][f.index()]) && rows[a][f.index()] == rows[b][f.index()]; });
        if (same) return fail(ErrorKind::kAlreadyExists, "23505", "duplicate " + unique.name);
      }
    }
  }
  return {};
}

Result<void> Writer::insert() {
  for (std::size_t i = 0; i < call_.request.rows.row_count; ++i) {
    Row row(entity_.fields.size());
    for (const auto& column : write_.columns) {
      auto datum = cell(column, i);
      if (!datum) return fail(datum.error());
      row[column.field.index()] = std::move(*datum);
    }
    auto& rows = table();
    const auto conflict = write_.resolution == Resolution::kNone ? rows.end() : std::find_if(rows.begin(), rows.end(), [&](const Row& other) {
      return std::all_of(write_.conflict.begin(), write_.conflict.end(), [&](ir::FieldId f) { return other[f.index()] == row[f.index()]; });
    });
    if (conflict == rows.end()) {
      rows.push_back(std::move(row));
      written_.push_back(rows.size() - 1);
      continue;
    }
    if (write_.resolution == Resolution::kIgnore) {
      if (!reader_.holds(write_.result_policy, {write_.entity, &row})) return denied();
      continue;
    }
    if (!reader_.holds(write_.stored_policy, {write_.entity, &*conflict})) return denied();
    for (const auto& column : write_.columns) {
      if (!column.merge) continue;
      auto& target = (*conflict)[column.field.index()];
      target = column.source == Source::kIncrement ? Datum{std::get<std::int64_t>(target) + 1} : row[column.field.index()];
    }
    written_.push_back(static_cast<std::size_t>(conflict - rows.begin()));
  }
  return {};
}

Result<std::vector<std::size_t>> Writer::targets() {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < table().size(); ++i) {
    const auto kept = reader_.test(write_.target, {write_.entity, &table()[i]});
    if (!kept) return fail(kept.error());
    if (*kept == std::optional<bool>(true)) found.push_back(i);
  }
  for (const auto i : found) {
    if (!reader_.holds(write_.stored_policy, {write_.entity, &table()[i]})) return denied();
  }
  if (auto checked = check_version(found); !checked) return fail(checked.error());
  return found;
}

Result<void> Writer::check_version(const std::vector<std::size_t>& found) {
  if (!write_.check_version) return {};
  auto error = make_error(ErrorKind::kFailedPrecondition, "kp-precondition-failed", "another version");
  error.http_status = 412;
  if (found.size() != 1) return fail(std::move(error));
  plan::RowSet rows;
  rows.reset(plan_.version.size());
  for (const auto& column : plan_.version) {
    const auto datum = reader_.column(column, {write_.entity, &table()[found.front()]});
    if (!datum) return fail(datum.error());
    const auto cell = view_of(*datum);
    if (cell.kind == CellView::Kind::kInt) rows.push_int(cell.integer);
    if (cell.kind == CellView::Kind::kReal) rows.push_real(cell.real);
    if (cell.kind == CellView::Kind::kText) rows.push_text(cell.bytes);
    if (cell.kind == CellView::Kind::kBlob) rows.push_blob(cell.bytes);
    if (cell.kind == CellView::Kind::kNull) rows.push_null();
  }
  const auto version = plan::row_version(rows, 0, 0, plan_.version.size());
  const auto& wanted = call_.request.if_match;
  const bool met = std::any_of(wanted.begin(), wanted.end(), [&](const std::string& one) { return one == "*" || one == version; });
  return met ? Result<void>() : fail(std::move(error));
}

Result<void> Writer::update() {
  const auto found = targets();
  if (!found) return fail(found.error());
  if (write_.columns.empty()) return {};
  for (const auto i : *found) {
    for (const auto& column : write_.columns) {
      auto& target = table()[i][column.field.index()];
      if (column.source == Source::kIncrement) {
        target = std::get<std::int64_t>(target) + 1;
        continue;
      }
      auto datum = cell(column, 0);
      if (!datum) return fail(datum.error());
      target = std::move(*datum);
    }
  }
  written_ = *found;
  return {};
}

Result<void> Writer::cascade(const Row& gone) {
  const auto& system = database_.system();
  for (const auto& relation : system.relations) {
    if (relation.kind != ir::RelationKind::kToOne || relation.reverse || relation.to != write_.entity) continue;
    auto& holders = database_.rows(relation.from);
    const auto refers = [&](const Row& row) {
      return std::equal(relation.from_fields.begin(), relation.from_fields.end(), relation.to_fields.begin(),
                        [&](ir::FieldId from, ir::FieldId to) { return row[from.index()] == gone[to.index()]; });
    };
    if (relation.on_delete == ir::OnDelete::kCascade) {
      holders.erase(std::remove_if(holders.begin(), holders.end(), refers), holders.end());
    } else if (std::any_of(holders.begin(), holders.end(), refers)) {
      return fail(ErrorKind::kFailedPrecondition, "23503", "still referred to");
    }
  }
  return {};
}

Result<std::string> Writer::remove() {
  const auto found = targets();
  if (!found) return fail(found.error());
  written_ = *found;
  auto body = representation();
  if (!body) return body;
  std::vector<Row> gone;
  for (const auto i : *found) gone.push_back(table()[i]);
  auto& rows = table();
  rows.erase(std::remove_if(rows.begin(), rows.end(), [&](const Row& row) { return std::find(gone.begin(), gone.end(), row) != gone.end(); }),
             rows.end());
  for (const auto& row : gone) {
    if (auto done = cascade(row); !done) return fail(done.error());
  }
  return body;
}

Result<std::string> Writer::representation() {
  if (plan_.singular && written_.size() != 1) {
    auto error = make_error(ErrorKind::kInvalidArgument, "PGRST116", "Cannot coerce the result to a single JSON object");
    error.http_status = 406;
    return fail(std::move(error));
  }
  if (!plan_.read) return std::string();
  std::vector<RowView> rows;
  for (const auto i : written_) rows.push_back({write_.entity, &table()[i]});
  return read_root(reader_, plan_, rows);
}

Result<std::string> Writer::run() {
  if (write_.operation == Operation::kDelete) return remove();
  auto done = write_.operation == Operation::kInsert ? insert() : update();
  if (!done) return fail(done.error());
  // Policy first: what it denies must not be told whether anything else stands against it.
  for (const auto i : written_) {
    if (!reader_.holds(write_.result_policy, {write_.entity, &table()[i]})) return denied();
  }
  if (auto unique = check_unique(); !unique) return fail(unique.error());
  for (const auto i : written_) {
    if (auto checked = check_row(table()[i]); !checked) return fail(checked.error());
  }
  return representation();
}

}  // namespace

Result<std::string> answer(const plan::Plan& plan, const Call& call, Database& database) {
  if (plan.write) {
    const auto before = database;
    auto done = Writer(plan, call, database).run();
    if (!done) database = before;
    return done;
  }
  std::vector<RowView> rows;
  for (const auto& row : database.rows(plan.read->entity)) rows.push_back({plan.read->entity, &row});
  return read_root(Reader(database, call), plan, rows);
}

}  // namespace kingpost::oracle
