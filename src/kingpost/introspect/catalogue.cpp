#include "kingpost/introspect/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kingpost::introspect {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

Result<void> read_columns(store::AdminConnection& connection, CatalogueTable& table) {
  auto rows = connection.query("SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1) ORDER BY cid", {table.name});
  if (!rows) return fail(std::move(rows.error()));
  for (const auto& row : *rows) {
    const auto hidden = number_of(row[5]);
    if (hidden == 1) continue;  // of a virtual table
    table.columns.push_back({text_of(row[0]), text_of(row[1]), text_of(row[3]), number_of(row[2]) != 0, hidden != 0, number_of(row[4])});
  }
  return {};
}

Result<void> read_indexes(store::AdminConnection& connection, CatalogueTable& table) {
  auto rows = connection.query(
      "SELECT l.name, l.\"unique\", l.origin, l.partial, s.sql FROM pragma_index_list(?1) AS l "
      "LEFT JOIN sqlite_schema AS s ON s.type = 'index' AND s.name = l.name ORDER BY l.name",
      {table.name});
  if (!rows) return fail(std::move(rows.error()));
  for (const auto& row : *rows) {
    CatalogueIndex index{text_of(row[0]), text_of(row[2]), text_of(row[4]), number_of(row[1]) != 0, number_of(row[3]) != 0, {}};
    auto parts = connection.query("SELECT name, coll, \"desc\" FROM pragma_index_xinfo(?1) WHERE key = 1 ORDER BY seqno", {index.name});
    if (!parts) return fail(std::move(parts.error()));
    for (const auto& part : *parts) index.parts.push_back({text_of(part[0]), text_of(part[1]), number_of(part[2]) != 0});
    table.indexes.push_back(std::move(index));
  }
  return {};
}

Result<void> read_foreign_keys(store::AdminConnection& connection, CatalogueTable& table) {
  auto rows = connection.query("SELECT id, \"table\", \"from\", \"to\", on_update, on_delete FROM pragma_foreign_key_list(?1) ORDER BY id DESC, seq",
                               {table.name});
  if (!rows) return fail(std::move(rows.error()));
  std::int64_t last = -1;
  for (const auto& row : *rows) {
    if (number_of(row[0]) != last) table.foreign_keys.push_back({text_of(row[1]), {}, {}, text_of(row[4]), text_of(row[5])});
    last = number_of(row[0]);
    table.foreign_keys.back().columns.push_back(text_of(row[2]));
    if (auto target = text_of(row[3]); !target.empty()) table.foreign_keys.back().target_columns.push_back(std::move(target));
  }
  return {};
}

}  // namespace

bool same_name(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char one, char other) { return lower(one) == lower(other); });
}

std::string text_of(const Datum& datum) {
  const auto* text = std::get_if<std::string>(&datum);
  return text == nullptr ? std::string() : *text;
}

std::int64_t number_of(const Datum& datum) {
  const auto* number = std::get_if<std::int64_t>(&datum);
  return number == nullptr ? 0 : *number;
}

Result<Catalogue> read_catalogue(store::AdminConnection& connection) {
  Catalogue catalogue;
  auto rows = connection.query(
      "SELECT l.name, l.type, s.sql, l.wr, l.strict FROM pragma_table_list AS l LEFT JOIN sqlite_schema AS s ON s.type IN ('table', 'view') "
      "AND s.name = l.name WHERE l.schema = 'main' AND l.name NOT LIKE 'sqlite!_%' ESCAPE '!' AND l.name NOT LIKE '!_kingpost%' ESCAPE '!' "
      "ORDER BY l.name",
      {});
  if (!rows) return fail(std::move(rows.error()));
  if (rows->size() > kMaxTables)
    return fail(ErrorKind::kInvalidArgument, "kp-import", fmt::format("The file has {} tables; at most {} are read.", rows->size(), kMaxTables));
  for (const auto& row : *rows) {
    CatalogueTable table;
    table.name = text_of(row[0]);
    table.kind = text_of(row[1]);
    table.sql = text_of(row[2]);
    table.without_rowid = number_of(row[3]) != 0;
    table.strict = number_of(row[4]) != 0;
    if (table.kind == "table") {
      auto done = read_columns(connection, table);
      if (done) done = read_indexes(connection, table);
      if (done) done = read_foreign_keys(connection, table);
      if (!done) return fail(std::move(done.error()));
    }
    catalogue.tables.push_back(std::move(table));
  }
  auto triggers = connection.query("SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY name", {});
  if (!triggers) return fail(std::move(triggers.error()));
  for (const auto& row : *triggers) catalogue.triggers.push_back(text_of(row[0]));
  return catalogue;
}

}  // namespace kingpost::introspect
