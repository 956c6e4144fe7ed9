#include <fmt/format.h>
#include <simdjson.h>

#include <array>

#include "kingpost/base/text.hpp"
#include "kingpost/dialect/schema.hpp"

namespace kingpost::dialect {
namespace {

constexpr std::array<std::string_view, 5> kActions = {"no_action", "restrict", "cascade", "set_null", "set_default"};
constexpr std::array<std::string_view, 5> kCheckKinds = {"expression", "enum", "length", "range", "type"};

/// Writes members in a fixed order and leaves out what is empty or false, so that equal schemas yield equal bytes.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void open(char bracket) {
    out_ += bracket;
    first_ = true;
  }
  void close(char bracket) {
    out_ += bracket;
    first_ = false;
  }
  void comma() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  void key(std::string_view name) {
    comma();
    append_json_string(out_, name);
    out_ += ':';
  }
  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    key(name);
    append_json_string(out_, value);
  }
  void flag(std::string_view name, bool value) {
    if (!value) return;
    key(name);
    out_ += "true";
  }
  void texts(std::string_view name, const std::vector<std::string>& values) {
    if (values.empty()) return;
    key(name);
    open('[');
    for (const auto& value : values) {
      comma();
      append_json_string(out_, value);
    }
    close(']');
  }
  template <typename Items, typename Write>
  void items(std::string_view name, const Items& items, Write write) {
    if (items.empty()) return;
    key(name);
    open('[');
    for (const auto& item : items) {
      comma();
      open('{');
      write(item);
      close('}');
    }
    close(']');
  }

 private:
  std::string& out_;
  bool first_ = true;
};

void write_table(Writer& writer, const SchemaTable& table) {
  writer.text("name", table.name);
  writer.text("comment", table.comment);
  writer.flag("strict", table.strict);
  writer.flag("without_rowid", table.without_rowid);
  writer.flag("autoincrement", table.autoincrement);
  writer.flag("foreign", table.foreign);
  writer.items("columns", table.columns, [&](const SchemaColumn& column) {
    writer.text("name", column.name);
    writer.text("type", column.type);
    writer.flag("nullable", column.nullable);
    writer.text("default", column.default_sql);
    writer.flag("identity", column.identity);
    writer.text("comment", column.comment);
  });
  writer.texts("primary_key", table.primary_key);
  writer.items("foreign_keys", table.foreign_keys, [&](const SchemaForeignKey& key) {
    writer.text("name", key.name);
    writer.texts("columns", key.columns);
    writer.text("table", key.table);
    writer.texts("target_columns", key.target_columns);
    writer.text("on_delete", kActions[static_cast<std::size_t>(key.on_delete)]);
    writer.text("on_update", kActions[static_cast<std::size_t>(key.on_update)]);
  });
  writer.items("uniques", table.uniques, [&](const SchemaUnique& unique) {
    writer.text("name", unique.name);
    writer.texts("columns", unique.columns);
  });
  writer.items("checks", table.checks, [&](const SchemaCheck& check) {
    writer.text("name", check.name);
    writer.text("sql", check.sql);
    writer.text("kind", kCheckKinds[static_cast<std::size_t>(check.kind)]);
    writer.text("column", check.column);
    writer.texts("values", check.values);
    writer.text("min", check.min.value_or(""));
    writer.text("max", check.max.value_or(""));
  });
  writer.items("indexes", table.indexes, [&](const SchemaIndex& index) {
    writer.text("name", index.name);
    writer.items("parts", index.parts, [&](const SchemaIndexPart& part) {
      writer.text("column", part.column);
      writer.flag("descending", part.descending);
    });
    writer.flag("unique", index.unique);
    writer.text("where", index.where_sql);
    writer.text("reason", index.reason);
  });
}

namespace dom = simdjson::dom;

std::string text_at(dom::object object, std::string_view key) {
  std::string_view value;
  return object[key].get_string().get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

bool flag_at(dom::object object, std::string_view key) {
  bool value = false;
  return object[key].get_bool().get(value) == simdjson::SUCCESS && value;
}

std::vector<std::string> texts_at(dom::object object, std::string_view key) {
  std::vector<std::string> out;
  dom::array array;
  if (object[key].get_array().get(array) != simdjson::SUCCESS) return out;
  for (const auto element : array) {
    std::string_view value;
    if (element.get_string().get(value) == simdjson::SUCCESS) out.emplace_back(value);
  }
  return out;
}

template <typename Read>
void each_at(dom::object object, std::string_view key, Read read) {
  dom::array array;
  if (object[key].get_array().get(array) != simdjson::SUCCESS) return;
  for (const auto element : array) {
    dom::object item;
    if (element.get_object().get(item) == simdjson::SUCCESS) read(item);
  }
}

template <std::size_t size>
std::size_t index_of(const std::array<std::string_view, size>& names, std::string_view name) {
  for (std::size_t i = 0; i < size; ++i) {
    if (names[i] == name) return i;
  }
  return 0;
}

SchemaTable read_table(dom::object object) {
  SchemaTable table;
  table.name = text_at(object, "name");
  table.comment = text_at(object, "comment");
  table.strict = flag_at(object, "strict");
  table.without_rowid = flag_at(object, "without_rowid");
  table.autoincrement = flag_at(object, "autoincrement");
  table.foreign = flag_at(object, "foreign");
  each_at(object, "columns", [&](dom::object one) {
    table.columns.push_back({text_at(one, "name"),
                             text_at(one, "type"),
                             flag_at(one, "nullable"),
                             text_at(one, "default"),
                             flag_at(one, "identity"),
                             text_at(one, "comment"),
                             {}});
  });
  table.primary_key = texts_at(object, "primary_key");
  each_at(object, "foreign_keys", [&](dom::object one) {
    table.foreign_keys.push_back({text_at(one, "name"), texts_at(one, "columns"), text_at(one, "table"), texts_at(one, "target_columns"),
                                  static_cast<ir::OnDelete>(index_of(kActions, text_at(one, "on_delete"))),
                                  static_cast<ir::OnDelete>(index_of(kActions, text_at(one, "on_update")))});
  });
  each_at(object, "uniques", [&](dom::object one) { table.uniques.push_back({text_at(one, "name"), texts_at(one, "columns")}); });
  each_at(object, "checks", [&](dom::object one) {
    SchemaCheck check;
    check.name = text_at(one, "name");
    check.sql = text_at(one, "sql");
    check.kind = static_cast<SchemaCheck::Kind>(index_of(kCheckKinds, text_at(one, "kind")));
    check.column = text_at(one, "column");
    check.values = texts_at(one, "values");
    if (auto min = text_at(one, "min"); !min.empty()) check.min = std::move(min);
    if (auto max = text_at(one, "max"); !max.empty()) check.max = std::move(max);
    table.checks.push_back(std::move(check));
  });
  each_at(object, "indexes", [&](dom::object one) {
    SchemaIndex index;
    index.name = text_at(one, "name");
    each_at(one, "parts", [&](dom::object part) { index.parts.push_back({text_at(part, "column"), flag_at(part, "descending")}); });
    index.unique = flag_at(one, "unique");
    index.where_sql = text_at(one, "where");
    index.reason = text_at(one, "reason");
    table.indexes.push_back(std::move(index));
  });
  return table;
}

}  // namespace

std::string serialize_schema(const RelationalSchema& schema) {
  std::string out;
  Writer writer(out);
  writer.open('{');
  writer.text("format", "1");
  writer.text("database", schema.database == Database::kSqlite ? "sqlite" : "postgres");
  writer.items("tables", schema.tables, [&](const SchemaTable& table) { write_table(writer, table); });
  writer.close('}');
  return out;
}

Result<RelationalSchema> parse_schema(std::string_view text) {
  dom::parser parser;
  dom::object root;
  if (parser.parse(text.data(), text.size()).get_object().get(root) != simdjson::SUCCESS || text_at(root, "format") != "1") {
    return fail(ErrorKind::kDataLoss, "kp-schema-malformed", "The recorded schema cannot be read.");
  }
  RelationalSchema schema;
  const auto database = text_at(root, "database");
  if (database != "sqlite" && database != "postgres")
    return fail(ErrorKind::kDataLoss, "kp-schema-malformed", "The recorded schema names no database.");
  schema.database = database == "sqlite" ? Database::kSqlite : Database::kPostgres;
  each_at(root, "tables", [&](dom::object table) { schema.tables.push_back(read_table(table)); });
  return schema;
}

}  // namespace kingpost::dialect
