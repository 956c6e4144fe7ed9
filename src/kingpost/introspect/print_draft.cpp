#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "kingpost/base/text.hpp"
#include "kingpost/introspect/draft.hpp"

namespace kingpost::introspect {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// A YAML scalar: plain where it cannot be misread, else in double quotes, whose escapes are JSON's.
std::string scalar(const std::string& text) {
  static constexpr std::string_view kMisread[] = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
  const bool misread = std::any_of(std::begin(kMisread), std::end(kMisread), [&](std::string_view word) { return same_name(word, text); });
  const bool plain =
      !text.empty() && is_letter(text[0]) && std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
  if (plain && !misread) return text;
  std::string quoted;
  append_json_string(quoted, text);
  return quoted;
}

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return text;
}

class Printer {
 public:
  std::string print(const Draft& draft, const std::string& system, const std::string& origin) {
    line(0, "# Imported from {}. Names on the left are the model's own; `table` and `column` keep the database's.", one_line(origin));
    line(0, "# The entities have no access rules yet: everything is denied (but to `serve --dev`) until you add them.");
    for (const auto& note : draft.notes) line(0, "# {}", one_line(note));
    line(0, "kingpost: 1");
    line(0, "system: {}", system);
    line(0, "user: none");
    line(0, "indexes: declared");
    out_ += '\n';
    line(0, "entities:");
    for (const auto& entity : draft.entities) print_entity(entity);
    return std::move(out_);
  }

 private:
  template <typename... Args>
  void line(std::size_t indent, fmt::format_string<Args...> format, Args&&... args) {
    out_.append(indent, ' ');
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
    out_ += '\n';
  }

  void pair(std::size_t indent, std::string_view key, const std::string& value) {
    if (!value.empty()) line(indent, "{}: {}", key, value);
  }

  void print_entity(const DraftEntity& entity) {
    for (const auto& note : entity.notes) line(2, "# {}", one_line(note));
    line(2, "{}:", entity.name);
    if (entity.table != entity.name) line(4, "table: {}", scalar(entity.table));
    line(4, "key: [{}]", fmt::join(entity.key, ", "));
    if (!entity.options.empty()) line(4, "sql_options: [{}]", fmt::join(entity.options, ", "));
    line(4, "fields:");
    for (const auto& field : entity.fields) print_field(field);
    if (!entity.foreign_keys.empty()) line(4, "foreign_keys:");
    for (const auto& key : entity.foreign_keys) print_key(key);
    if (!entity.uniques.empty()) line(4, "unique:");
    for (const auto& unique : entity.uniques) {
      if (unique.name.empty()) {
        line(6, "- [{}]", fmt::join(unique.fields, ", "));
      } else {
        line(6, "- fields: [{}]", fmt::join(unique.fields, ", "));
        line(8, "name: {}", scalar(unique.name));
      }
    }
    if (!entity.indexes.empty()) line(4, "indexes:");
    for (const auto& index : entity.indexes) print_index(index);
    if (!entity.has.empty()) line(4, "has:");
    for (const auto& [name, text] : entity.has) line(6, "{}: {}", name, text);
    if (!entity.checks.empty()) line(4, "sql_checks:");
    for (const auto& [name, sql] : entity.checks) line(6, "{}: {}", scalar(name), scalar(sql));
  }

  void print_field(const DraftField& field) {
    line(6, "{}:", field.name);
    line(8, "type: {}", field.type);
    // A ref's column would be named after the field.
    const auto own = field.target.empty() ? field.name : field.name + "_id";
    if (field.column != own) line(8, "column: {}", scalar(field.column));
    if (!field.sql_type.empty()) line(8, "sql_type: {}", scalar(field.sql_type));
    pair(8, "storage", field.storage);
    if (field.counted) line(8, "auto: true");
    if (field.optional) line(8, "optional: true");
    if (!field.sql_default.empty()) line(8, "sql_default: {}", scalar(field.sql_default));
    pair(8, "on_delete", field.on_delete);
    pair(8, "on_update", field.on_update);
  }

  void print_key(const DraftKey& key) {
    line(6, "{}:", key.name);
    line(8, "fields: [{}]", fmt::join(key.fields, ", "));
    line(8, "to: {}", key.to);
    if (!key.target.empty()) line(8, "target: [{}]", fmt::join(key.target, ", "));
    pair(8, "on_delete", key.on_delete);
    pair(8, "on_update", key.on_update);
    if (!key.constraint.empty()) line(8, "name: {}", scalar(key.constraint));
  }

  void print_index(const DraftIndex& index) {
    line(6, "{}:", index.key);
    line(8, "fields: [{}]", fmt::join(index.fields, ", "));
    line(8, "name: {}", scalar(index.name));
    if (index.unique) line(8, "unique: true");
    if (!index.where_sql.empty()) line(8, "sql_where: {}", scalar(index.where_sql));
  }

  std::string out_;
};

}  // namespace

std::string print_draft(const Draft& draft, const std::string& system, const std::string& origin) { return Printer().print(draft, system, origin); }

}  // namespace kingpost::introspect
