#include <fmt/format.h>

#include "kingpost/emit/diagrams.hpp"

namespace kingpost::emit {

namespace {

bool letter(char byte) { return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_'; }

bool digit(char byte) { return byte >= '0' && byte <= '9'; }

/// What the grammar of attributes takes: letters, digits and `_()`; anything else becomes `_`.
std::string word(std::string_view text) {
  std::string out;
  for (const char byte : text) out += letter(byte) || digit(byte) || byte == '(' || byte == ')' ? byte : '_';
  if (out.empty() || !letter(out.front())) out.insert(0, "_");
  return out;
}

/// Text between quotes; the grammar knows no escape inside them.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    if (byte == '"') {
      out += '\'';
    } else if (code < 0x20 || code == 0x7F || byte == '%' || byte == '\\') {
      out += ' ';
    } else {
      out += byte;
    }
  }
  return out + "\"";
}

bool grammatical(std::string_view name) {
  if (name.empty()) return false;
  for (const char byte : name) {
    if (!letter(byte) && !digit(byte) && byte != ' ' && byte != '-') return false;
  }
  return true;
}

std::string entity_name(const ir::System& system, ir::EntityId id) {
  const std::string& name = system.entity(id).name;
  return grammatical(name) ? quoted(name) : fmt::format("entity_{}", id.value);
}

bool holds(const std::vector<ir::FieldId>& fields, ir::FieldId field) {
  for (const ir::FieldId one : fields) {
    if (one == field) return true;
  }
  return false;
}

std::string keys_of(const ir::Entity& entity, ir::FieldId id) {
  const ir::Field& field = entity.field(id);
  std::string out;
  const auto add = [&out](std::string_view key) {
    if (!out.empty()) out += ", ";
    out += key;
  };
  if (holds(entity.key, id)) add("PK");
  if (field.relation.valid()) add("FK");
  if (field.unique) add("UK");
  return out;
}

void print_attribute(std::string& out, const ir::Entity& entity, ir::FieldId id) {
  const ir::Field& field = entity.field(id);
  const std::string name = word(field.column);
  out += fmt::format("    {} {}", word(ir::print_logical_type(field.type)), name);
  const std::string keys = keys_of(entity, id);
  if (!keys.empty()) out += ' ' + keys;
  std::string comment;
  const auto add = [&comment](std::string_view part) {
    if (!comment.empty()) comment += ", ";
    comment += part;
  };
  if (name != field.column) add(field.column);
  if (!field.stored()) add("computed");
  if (field.nullable) add("optional");
  if (!comment.empty()) out += ' ' + quoted(comment);
  out += '\n';
}

/// A to-one whose columns are unique meets at most one row on the holder's side.
bool unique_holder(const ir::Entity& holder, const std::vector<ir::FieldId>& fields) {
  if (holder.key == fields) return true;
  for (const ir::Unique& unique : holder.uniques) {
    if (unique.fields == fields) return true;
  }
  return fields.size() == 1 && holder.field(fields.front()).unique;
}

}  // namespace

std::string print_er_mermaid(const ir::System& system) {
  std::string out = "erDiagram\n";
  for (const ir::Entity& entity : system.entities) {
    out += "  " + entity_name(system, entity.id);
    if (!grammatical(entity.name)) out += fmt::format("[{}]", quoted(entity.name));
    out += " {\n";
    for (std::uint32_t at = 0; at < entity.fields.size(); ++at) print_attribute(out, entity, ir::FieldId{at});
    out += "  }\n";
  }
  for (const ir::Relation& relation : system.relations) {
    if (relation.kind != ir::RelationKind::kToOne || relation.reverse) continue;
    const bool single = unique_holder(system.entity(relation.from), relation.from_fields);
    out += fmt::format("  {} {}--{} {} : {}\n", entity_name(system, relation.to), relation.nullable ? "|o" : "||", single ? "o|" : "o{",
                       entity_name(system, relation.from), quoted(relation.name));
  }
  return out;
}

}  // namespace kingpost::emit
