#include "kingpost/emit/dbml.hpp"

#include <fmt/format.h>

#include <unordered_map>
#include <unordered_set>

#include "kingpost/surface/surface.hpp"

namespace kingpost::emit {

using dialect::SchemaCheck;
using dialect::SchemaColumn;
using dialect::SchemaTable;

namespace {

/// Controls cannot stand in a name or a note of one line.
std::string printable(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    out += code < 0x20 || code == 0x7F ? ' ' : byte;
  }
  return out;
}

/// A name between double quotes; the grammar has no escape for one inside.
std::string name_of(std::string_view name) {
  std::string out = "\"";
  for (const char byte : printable(name)) out += byte == '"' ? '\'' : byte == '\\' ? '/' : byte;
  return out + "\"";
}

std::string note_of(std::string_view text) {
  std::string out = "'";
  for (const char byte : printable(text)) {
    if (byte == '\'' || byte == '\\') out += '\\';
    out += byte;
  }
  return out + "'";
}

std::string expression(std::string_view sql) {
  std::string out = "`";
  for (const char byte : printable(sql)) out += byte == '`' ? '\'' : byte;
  return out + "`";
}

std::string_view action(ir::OnDelete rule) {
  switch (rule) {
    case ir::OnDelete::kNoAction:
      return "";
    case ir::OnDelete::kRestrict:
      return "restrict";
    case ir::OnDelete::kCascade:
      return "cascade";
    case ir::OnDelete::kSetNull:
      return "set null";
    case ir::OnDelete::kSetDefault:
      return "set default";
  }
  return "";
}

class Printer {
 public:
  Printer(const ir::System& system, const dialect::RelationalSchema& schema, const std::string& service) : system_(system), schema_(schema) {
    for (const ir::Entity& entity : system_.entities) {
      const bool owned = entity.service.valid() && system_.services[entity.service.index()].name == service;
      if (service.empty() || owned) shown_.insert(entity.table);
      if (!entity.summary.empty()) summaries_.emplace(entity.table, entity.summary);
    }
    all_ = service.empty();
    title_ = all_ ? system_.name : fmt::format("{} of {}", service, system_.name);
  }

  std::string print() {
    out_ = fmt::format("Project {} {{\n  database_type: 'PostgreSQL'\n", name_of(title_));
    if (!system_.summary.empty()) out_ += fmt::format("  Note: {}\n", note_of(system_.summary));
    out_ += "}\n";
    for (const SchemaTable& table : schema_.tables) {
      if (shown(table.name)) print_table(table);
    }
    for (const SchemaTable& table : schema_.tables) {
      if (shown(table.name)) references(table);
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool shown(const std::string& table) const { return all_ || shown_.contains(table); }

  /// Enums come before the table whose column they type.
  std::unordered_map<std::string, std::string> enums(const SchemaTable& table) {
    std::unordered_map<std::string, std::string> types;
    for (const SchemaCheck& check : table.checks) {
      if (check.kind != SchemaCheck::Kind::kEnum || check.values.empty()) continue;
      const std::string type = name_of(enums_.claim(fmt::format("{}_{}", table.name, check.column)));
      out_ += fmt::format("\nEnum {} {{\n", type);
      for (const std::string& value : check.values) out_ += fmt::format("  {}\n", name_of(value));
      out_ += "}\n";
      types.emplace(check.column, type);
    }
    return types;
  }

  void print_table(const SchemaTable& table) {
    const auto types = enums(table);
    out_ += fmt::format("\nTable {} {{\n", name_of(table.name));
    for (const SchemaColumn& column : table.columns) {
      const auto found = types.find(column.name);
      print_column(table, column, found == types.end() ? name_of(column.type.empty() ? "any" : column.type) : found->second);
    }
    print_indexes(table);
    print_checks(table);
    const auto summary = summaries_.find(table.name);
    if (!table.comment.empty()) {
      out_ += fmt::format("\n  Note: {}\n", note_of(table.comment));
    } else if (summary != summaries_.end()) {
      out_ += fmt::format("\n  Note: {}\n", note_of(summary->second));
    }
    out_ += "}\n";
  }

  void print_column(const SchemaTable& table, const SchemaColumn& column, const std::string& type) {
    std::string settings;
    const auto add = [&settings](std::string_view one) { settings += fmt::format("{}{}", settings.empty() ? "" : ", ", one); };
    if (table.primary_key.size() == 1 && table.primary_key.front() == column.name) add("pk");
    if (column.identity) add("increment");
    if (!column.nullable) add("not null");
    for (const dialect::SchemaUnique& unique : table.uniques) {
      if (unique.columns.size() == 1 && unique.columns.front() == column.name) {
        add("unique");
        break;
      }
    }
    if (!column.default_sql.empty()) add("default: " + expression(column.default_sql));
    if (!column.comment.empty()) add("note: " + note_of(column.comment));
    out_ += fmt::format("  {} {}{}\n", name_of(column.name), type, settings.empty() ? "" : fmt::format(" [{}]", settings));
  }

  static std::string columns_of(const std::vector<std::string>& columns) {
    std::string out;
    for (const std::string& column : columns) out += fmt::format("{}{}", out.empty() ? "" : ", ", name_of(column));
    return fmt::format("({})", out);
  }

  void print_indexes(const SchemaTable& table) {
    std::string lines;
    if (table.primary_key.size() > 1) lines += fmt::format("    {} [pk]\n", columns_of(table.primary_key));
    for (const dialect::SchemaUnique& unique : table.uniques) {
      if (unique.columns.size() > 1) lines += fmt::format("    {} [unique, name: {}]\n", columns_of(unique.columns), note_of(unique.name));
    }
    for (const dialect::SchemaIndex& index : table.indexes) {
      std::vector<std::string> columns;
      std::string note = index.reason;
      for (const dialect::SchemaIndexPart& part : index.parts) {
        columns.push_back(part.column);
        if (part.descending) note += fmt::format("{}{} descending", note.empty() ? "" : "; ", part.column);
      }
      if (!index.where_sql.empty()) note += fmt::format("{}where {}", note.empty() ? "" : "; ", index.where_sql);
      lines += fmt::format("    {} [{}name: {}{}]\n", columns_of(columns), index.unique ? "unique, " : "", note_of(index.name),
                           note.empty() ? "" : ", note: " + note_of(note));
    }
    if (!lines.empty()) out_ += fmt::format("\n  indexes {{\n{}  }}\n", lines);
  }

  void print_checks(const SchemaTable& table) {
    std::string lines;
    for (const SchemaCheck& check : table.checks) {
      if (check.kind == SchemaCheck::Kind::kEnum || check.sql.empty()) continue;
      lines += fmt::format("    {} [name: {}]\n", expression(check.sql), note_of(check.name));
    }
    if (!lines.empty()) out_ += fmt::format("\n  checks {{\n{}  }}\n", lines);
  }

  void references(const SchemaTable& table) {
    for (const dialect::SchemaForeignKey& key : table.foreign_keys) {
      if (key.columns.empty() || key.columns.size() != key.target_columns.size()) continue;
      if (!shown(key.table)) {
        out_ += fmt::format("\n// {} refers to {} of another service.\n", name_of(table.name), name_of(key.table));
        continue;
      }
      std::string settings;
      if (const std::string_view rule = action(key.on_delete); !rule.empty()) settings = fmt::format("delete: {}", rule);
      if (const std::string_view rule = action(key.on_update); !rule.empty())
        settings += fmt::format("{}update: {}", settings.empty() ? "" : ", ", rule);
      // A list may never be empty, so a reference without rules has none.
      out_ += fmt::format("\nRef {}: {}.{} {} {}.{}{}\n", name_of(key.name), name_of(table.name), columns_of(key.columns),
                          one_to_one(table, key) ? "-" : ">", name_of(key.table), columns_of(key.target_columns),
                          settings.empty() ? "" : fmt::format(" [{}]", settings));
    }
  }

  static bool one_to_one(const SchemaTable& table, const dialect::SchemaForeignKey& key) {
    if (table.primary_key == key.columns) return true;
    for (const dialect::SchemaUnique& unique : table.uniques) {
      if (unique.columns == key.columns) return true;
    }
    return false;
  }

  const ir::System& system_;
  const dialect::RelationalSchema& schema_;
  bool all_ = true;
  std::string title_;
  std::unordered_set<std::string> shown_;
  std::unordered_map<std::string, std::string> summaries_;
  surface::NameTable enums_;
  std::string out_;
};

}  // namespace

std::string print_dbml(const ir::System& system, const dialect::RelationalSchema& schema, const std::string& service) {
  return Printer(system, schema, service).print();
}

}  // namespace kingpost::emit
