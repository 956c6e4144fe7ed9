#include <fmt/format.h>

#include "kingpost/ir/print_parts.hpp"

namespace kingpost::ir {
namespace {

const char* print_generated(Generated generated) {
  const char* const names[] = {"", " uuid-v7", " created-at", " updated-at", " auto-increment", " version"};
  return names[static_cast<std::size_t>(generated)];
}

const char* print_on_delete(OnDelete action) {
  const char* const names[] = {"no action", "restrict", "cascade", "set null", "set default"};
  return names[static_cast<std::size_t>(action)];
}

std::string describe_field(const System& system, const Field& field) {
  std::string text =
      fmt::format("{}{}: {}", field.name, field.column == field.name ? "" : fmt::format(" ({})", field.column), print_logical_type(field.type));
  if (field.type.enumeration.valid()) text += fmt::format("({})", joined(system.enums[field.type.enumeration.index()].values));
  if (field.nullable) text += " null";
  if (field.unique) text += " unique";
  if (field.search) text += " search";
  if (field.encrypted) text += " encrypted";
  if (field.sensitivity == Sensitivity::kPersonal) text += " personal";
  if (field.sensitivity == Sensitivity::kSecret) text += " secret";
  text += print_generated(field.generated);
  if (field.min) text += " min " + print_decimal(*field.min);
  if (field.max) text += " max " + print_decimal(*field.max);
  if (field.default_value != nullptr) text += " default " + text_of(field.default_value);
  if (!field.default_sql.empty()) text += " default-sql " + field.default_sql;
  if (!field.storage.declared.empty()) text += " declared " + field.storage.declared;
  if (!field.external.empty()) text += " external " + field.external;
  if (field.computed != nullptr) text += " = " + text_of(field.computed);
  if (field.read_policy != nullptr) text += " read " + text_of(field.read_policy);
  if (field.write_policy != nullptr) text += " write " + text_of(field.write_policy);
  if (!field.renamed_from.empty()) text += " renamed-from " + field.renamed_from;
  return text;
}

std::string describe_relation(const System& system, const Relation& relation) {
  const auto& from = system.entity(relation.from);
  const auto& to = system.entity(relation.to);
  const char* const kinds[] = {"one", "many", "many through"};
  std::string text = fmt::format("{}: {} {}", relation.name, kinds[static_cast<std::size_t>(relation.kind)], to.name);
  if (relation.kind == RelationKind::kManyToMany) {
    const auto& through = system.entity(relation.through);
    text += fmt::format(" via {} ({} = {}) ({} = {})", through.name, names_of(from, relation.from_fields), names_of(through, relation.through_from),
                        names_of(through, relation.through_to), names_of(to, relation.to_fields));
  } else {
    text += fmt::format(" ({} = {})", names_of(from, relation.from_fields), names_of(to, relation.to_fields));
  }
  if (relation.reverse) text += " reverse";
  if (relation.nullable) text += " null";
  if (relation.kind == RelationKind::kToOne && !relation.reverse) {
    text += fmt::format(" on delete {} [{}]", print_on_delete(relation.on_delete), relation.constraint);
  }
  if (relation.inverse.valid()) text += " inverse " + system.relation(relation.inverse).name;
  return text;
}

void print_shape(Printer& out, const Entity& entity) {
  for (const auto& check : entity.checks) out.line(fmt::format("check {}: {}", check.name, check.sql.empty() ? text_of(check.condition) : check.sql));
  for (const auto& unique : entity.uniques) out.line(fmt::format("unique {} [{}]", unique.name, names_of(entity, unique.fields)));
  for (const auto& index : entity.indexes) {
    std::string parts;
    for (const auto& part : index.parts) {
      parts += fmt::format("{}{}{}", parts.empty() ? "" : ", ", entity.field(part.field).name, part.descending ? " desc" : "");
    }
    out.line(
        fmt::format("index {} [{}]{}{}: {}", index.name, parts, index.unique ? " unique" : "", index.is_explicit ? " explicit" : "", index.reason));
  }
  for (const auto& query : entity.queries) {
    std::string text = fmt::format("query {}:", query.name);
    for (const auto& filter : query.filters) text += fmt::format(" {} {} ?", entity.field(filter.field).name, filter.op);
    if (!query.order.empty()) text += " order by";
    for (const auto& part : query.order) text += fmt::format(" {}{}", entity.field(part.field).name, part.descending ? " desc" : "");
    if (!query.search.empty()) text += fmt::format(" search({})", names_of(entity, query.search));
    out.line(text);
  }
}

void print_rules(Printer& out, const Entity& entity) {
  if (!entity.access.declared) {
    out.line("access undeclared");
  } else if (entity.access.engine_only) {
    out.line("access none");
  } else {
    out.line(fmt::format("read {}", text_of(entity.access.read)));
    out.line(fmt::format("create {}", text_of(entity.access.create)));
    out.line(fmt::format("update {}", text_of(entity.access.update)));
    out.line(fmt::format("delete {}", text_of(entity.access.remove)));
  }
  if (entity.states) {
    out.line(fmt::format("states {} initial {}", entity.field(entity.states->field).name, entity.states->initial));
    out.push();
    for (const auto& move : entity.states->moves) out.line(fmt::format("{}: {} -> {}", move.name, joined(move.from), move.to));
    out.pop();
  }
  if (entity.growth) {
    out.line(fmt::format("growth rows {} per day {} keep {}", entity.growth->rows, entity.growth->per_day,
                         entity.growth->keep_forever ? "forever" : fmt::format("{} days", entity.growth->keep_days)));
  }
  if (entity.cache) out.line(fmt::format("cache {} ms vary {}", entity.cache->ttl_ms, entity.cache->vary.empty() ? "-" : entity.cache->vary));
  if (entity.audit) out.line("audit");
  if (entity.without_rowid) out.line("without rowid");
  if (entity.autoincrement) out.line("autoincrement");
  if (entity.strict) out.line("strict");
}

}  // namespace

void print_entity(Printer& out, const System& system, const Entity& entity) {
  std::string text = fmt::format("entity {}", entity.name);
  if (entity.table != entity.name) text += fmt::format(" table {}", entity.table);
  if (entity.service.valid()) text += fmt::format(" service {}", system.services[entity.service.index()].name);
  if (entity.built_in) text += " built-in";
  if (entity.view) text += " view";
  if (entity.tenanted) text += fmt::format(" tenanted by {}", entity.field(entity.tenant_field).name);
  out.line(text);
  out.push();
  out.line(fmt::format("key [{}]", names_of(entity, entity.key)));
  for (const auto& field : entity.fields) out.line(describe_field(system, field));
  for (const auto id : entity.relations) out.line(describe_relation(system, system.relation(id)));
  print_shape(out, entity);
  print_rules(out, entity);
  out.pop();
}

}  // namespace kingpost::ir
