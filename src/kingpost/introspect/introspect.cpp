#include "kingpost/introspect/introspect.hpp"

#include <fmt/format.h>

#include <utility>

#include "kingpost/introspect/draft.hpp"
#include "kingpost/introspect/names.hpp"
#include "kingpost/introspect/read_schema.hpp"
#include "kingpost/model/model.hpp"

namespace kingpost::introspect {
namespace {

std::string file_name(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

/// Types without a name are chosen by values alone; a declared BLOB that the file does not say is such a one.
Result<Samples> sample_all(store::AdminConnection& connection, const NormalSchema& schema) {
  Samples samples;
  for (const auto& table : schema.tables) {
    for (const auto& column : table.schema.columns) {
      auto sample = sample_column(connection, table.schema.name, column.name, declared_size(column.type).second);
      if (!sample) return fail(std::move(sample.error()));
      samples.emplace(std::pair(table.schema.name, column.name), *sample);
    }
  }
  return samples;
}

/// Rows that the recreated table, or the API, could not hold.
void note_null_keys(NormalSchema& schema, const Samples& samples) {
  for (auto& table : schema.tables) {
    for (const auto& column : table.schema.primary_key) {
      const auto sample = samples.find({table.schema.name, column});
      if (sample != samples.end() && sample->second.nulls > 0)
        table.notes.push_back(
            fmt::format("The key column {} is null in {} of the rows looked at; such rows have no address.", column, sample->second.nulls));
    }
  }
}

}  // namespace

std::string system_name(const std::string& path) {
  const auto name = file_name(path);
  return model_name(std::string_view(name).substr(0, name.rfind('.')), "imported");
}

Result<ImportResult> import_sqlite(const std::string& path) {
  auto connection = store::open_admin_sqlite(path, store::OpenMode::kReadOnly);
  if (!connection) return fail(std::move(connection.error()));
  const auto catalogue = read_catalogue(**connection);
  if (!catalogue) return fail(catalogue.error());
  auto schema = normalise(*catalogue);
  if (schema.tables.empty()) {
    auto error = make_error(ErrorKind::kFailedPrecondition, "kp-import", fmt::format("{} has no table with a primary key.", path));
    error.details = fmt::format("{}", fmt::join(schema.notes, "\n"));
    return fail(std::move(error));
  }
  const auto samples = sample_all(**connection, schema);
  if (!samples) return fail(samples.error());
  note_null_keys(schema, *samples);
  const auto draft = make_draft(schema, *samples);
  ImportResult result;
  result.model_yaml = print_draft(draft, system_name(path), file_name(path));
  if (auto formatted = model::format_model(result.model_yaml)) result.model_yaml = std::move(*formatted);
  result.notes = draft.notes;
  for (const auto& entity : draft.entities) {
    for (const auto& note : entity.notes) result.notes.push_back(fmt::format("{}: {}", entity.table, note));
  }
  return result;
}

Result<dialect::RelationalSchema> read_schema(const std::string& path) {
  auto connection = store::open_admin_sqlite(path, store::OpenMode::kReadOnly);
  if (!connection) return fail(std::move(connection.error()));
  const auto catalogue = read_catalogue(**connection);
  if (!catalogue) return fail(catalogue.error());
  auto normal = normalise(*catalogue);
  dialect::RelationalSchema schema;
  schema.database = dialect::Database::kSqlite;
  for (auto& table : normal.tables) schema.tables.push_back(std::move(table.schema));
  return schema;
}

}  // namespace kingpost::introspect
