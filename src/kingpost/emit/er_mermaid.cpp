#include <fmt/format.h>

#include "kingpost/emit/er.hpp"

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

std::string entity_name(const ErModel& model, std::size_t at) {
  const std::string& name = model.entities[at].name;
  return grammatical(name) ? quoted(name) : fmt::format("entity_{}", at);
}

void print_attribute(std::string& out, const ErRow& row) {
  const std::string name = word(row.name);
  out += fmt::format("    {} {}", word(row.type), name);
  if (!row.keys.empty()) out += fmt::format(" {}", fmt::join(row.keys, ", "));
  std::string comment;
  const auto add = [&comment](std::string_view part) {
    if (!comment.empty()) comment += ", ";
    comment += part;
  };
  if (name != row.name) add(row.name);
  if (row.computed) add("computed");
  if (row.optional) add("optional");
  if (!comment.empty()) out += ' ' + quoted(comment);
  out += '\n';
}

}  // namespace

std::string print_er_mermaid(const ErModel& model) {
  std::string out = "erDiagram\n";
  for (std::size_t at = 0; at < model.entities.size(); ++at) {
    const ErEntity& entity = model.entities[at];
    out += "  " + entity_name(model, at);
    if (!grammatical(entity.name)) out += fmt::format("[{}]", quoted(entity.name));
    out += " {\n";
    for (const ErRow& row : entity.rows) print_attribute(out, row);
    out += "  }\n";
  }
  for (const ErLine& line : model.lines) {
    out += fmt::format("  {} {}--{} {} : {}\n", entity_name(model, line.target), line.optional ? "|o" : "||", line.single ? "o|" : "o{",
                       entity_name(model, line.holder), quoted(line.label));
  }
  return out;
}

std::string print_er_mermaid(const ir::System& system) { return print_er_mermaid(make_er(system)); }

}  // namespace kingpost::emit
