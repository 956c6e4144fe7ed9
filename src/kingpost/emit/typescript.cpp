#include "kingpost/emit/typescript.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "kingpost/base/text.hpp"
#include "kingpost/emit/design_parts.hpp"
#include "kingpost/emit/html.hpp"

namespace kingpost::emit {

using surface::Api;
using surface::ApiEntity;
using surface::ApiField;
using surface::ApiMember;
using surface::ApiRelation;

namespace {

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// A property's name: bare where it is an identifier.
std::string property(std::string_view name) {
  const bool bare = !name.empty() && is_letter(name.front()) &&
                    std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
  return bare ? std::string(name) : quoted(name);
}

/// A doc comment on a line of its own; nothing for an empty text.
std::string comment(std::string_view indent, std::string_view text) {
  if (text.empty()) return {};
  std::string safe;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '/' && !safe.empty() && safe.back() == '*') safe += ' ';
    safe += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  return fmt::format("{}/** {} */\n", indent, safe);
}

class TypescriptPrinter {
 public:
  TypescriptPrinter(const Api& api, const ir::System& system) : api_(api), system_(system) {}

  std::string print() {
    out_ = fmt::format("// Contract {} of {}. Written by kingpost design; do not edit.\n\n", api_.contract, safe_line(api_.system));
    out_ += "export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };\n\n";
    for (const surface::ApiRecord& record : api_.records) members(record.type_name + "Value", {}, record.members);
    for (const ApiEntity& entity : api_.entities) shapes(entity);
    for (const surface::ApiCommand& command : api_.commands) members(command.type_name + "Input", command.summary, command.input);
    for (const surface::ApiEvent& event : api_.events) members(event.type_name + "Event", {}, event.data);
    database();
    return std::move(out_);
  }

 private:
  static std::string safe_line(std::string_view text) {
    std::string out;
    for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    return out;
  }

  [[nodiscard]] std::string type_of(const ir::LogicalType& type) const {
    switch (type.scalar) {
      case ir::Scalar::kBool:
        return "boolean";
      case ir::Scalar::kInt64:
      case ir::Scalar::kInt32:
      case ir::Scalar::kDecimal:
      case ir::Scalar::kFloat:
        return "number";
      case ir::Scalar::kJson:
        return "Json";
      case ir::Scalar::kList:
        return fmt::format("({})[]", type.element ? type_of(*type.element) : "Json");
      case ir::Scalar::kRecord: {
        const surface::ApiRecord* record = api_.find(type.record);
        return record != nullptr ? record->type_name + "Value" : "Json";
      }
      case ir::Scalar::kEnum: {
        std::string out;
        for (const std::string& value : system_.enums[type.enumeration.index()].values) out += (out.empty() ? "" : " | ") + quoted(value);
        return out.empty() ? "never" : out;
      }
      default:
        return "string";
    }
  }

  /// Ends a type. One without members takes no member, where `{}` would take any.
  void close() {
    if (out_.ends_with("= {\n")) out_ += "  [_ in never]: never;\n";
    out_ += "};\n\n";
  }

  void members(const std::string& name, std::string_view summary, const std::vector<ApiMember>& list) {
    out_ += comment("", summary) + fmt::format("export type {} = {{\n", name);
    for (const ApiMember& member : list) {
      out_ +=
          fmt::format("  {}{}: {}{};\n", property(member.name), member.nullable ? "?" : "", type_of(member.type), member.nullable ? " | null" : "");
    }
    close();
  }

  void shape(const ApiEntity& entity, std::string_view suffix, const std::function<bool(const ApiField&)>& has,
             const std::function<bool(const ApiField&)>& optional) {
    out_ += comment("", entity.summary) + fmt::format("export type {}{} = {{\n", entity.type_name, suffix);
    for (const ApiField& field : entity.fields) {
      if (!has(field)) continue;
      const bool nullable = field.nullable || (suffix == "Row" && field.conditional);
      out_ += comment("  ", field.summary);
      out_ += fmt::format("  {}{}: {}{};\n", property(field.name), optional(field) ? "?" : "", type_of(field.type), nullable ? " | null" : "");
    }
    close();
  }

  void shapes(const ApiEntity& entity) {
    shape(
        entity, "Row", [](const ApiField& field) { return field.readable; }, [](const ApiField&) { return false; });
    shape(
        entity, "Insert", [&](const ApiField& field) { return entity.creatable && field.creatable; },
        [](const ApiField& field) { return !field.required; });
    shape(
        entity, "Update", [&](const ApiField& field) { return entity.updatable && field.updatable; }, [](const ApiField&) { return true; });
  }

  /// The columns of a foreign key as the contract names them; empty when it hides one.
  [[nodiscard]] static std::string columns(const ApiEntity& entity, const std::vector<ir::FieldId>& fields) {
    std::string out;
    for (const ir::FieldId id : fields) {
      const auto found = std::find_if(entity.fields.begin(), entity.fields.end(), [&](const ApiField& field) { return field.field == id; });
      if (found == entity.fields.end()) return {};
      out += (out.empty() ? "" : ", ") + quoted(found->name);
    }
    return out;
  }

  void relationship(const ApiEntity& entity, const ApiRelation& shown) {
    const ir::Relation& relation = system_.relation(shown.relation);
    const ApiEntity* target = api_.find(shown.target);
    if (relation.kind != ir::RelationKind::kToOne || relation.reverse || target == nullptr) return;
    const std::string from = columns(entity, relation.from_fields);
    const std::string to = columns(*target, relation.to_fields);
    if (from.empty() || to.empty()) return;
    const bool single = relation.from_fields.size() == 1 && system_.entity(relation.from).field(relation.from_fields[0]).unique;
    out_ += fmt::format("          {{ foreignKeyName: {}; columns: [{}]; isOneToOne: {}; referencedRelation: {}; referencedColumns: [{}] }},\n",
                        quoted(relation.constraint.empty() ? shown.name : relation.constraint), from, single, quoted(shown.target), to);
  }

  void database() {
    out_ += "/** Type argument of PostgrestClient and of createClient. */\nexport type Database = {\n  public: {\n    Tables: {\n";
    for (const ApiEntity& entity : api_.entities) {
      out_ += fmt::format("      {0}: {{\n        Row: {1}Row;\n", property(entity.name), entity.type_name);
      out_ += fmt::format("        Insert: {0}Insert;\n        Update: {0}Update;\n", entity.type_name);
      out_ += "        Relationships: [\n";
      for (const ApiRelation& relation : entity.relations) relationship(entity, relation);
      out_ += "        ];\n      };\n";
    }
    out_ += "    };\n    Views: { [_ in never]: never };\n    Functions: {\n";
    for (const surface::ApiCommand& command : api_.commands) {
      const ApiEntity* returned = api_.find(command.returns);
      out_ += fmt::format("      {}: {{ Args: {}Input; Returns: {} }};\n", property(command.name), command.type_name,
                          returned != nullptr ? returned->type_name + "Row" : "undefined");
    }
    out_ += "    };\n  };\n};\n";
  }

  const Api& api_;
  const ir::System& system_;
  std::string out_;
};

}  // namespace

std::string print_typescript(const Api& api, const ir::System& system) { return TypescriptPrinter(api, system).print(); }

void add_typescript(Files& files, const SiteInput& input) {
  for (const SiteContract& shown : input.contracts) {
    files.add(fmt::format("typescript/{}.ts", file_segment(shown.contract->name)), "text/plain; charset=utf-8",
              print_typescript(shown.whole, *input.system), fmt::format("TypeScript types of {}", shown.contract->name));
  }
}

}  // namespace kingpost::emit
