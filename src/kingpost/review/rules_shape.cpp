#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "kingpost/review/rules.hpp"

// The rules of the group "Schema" that read the shape of an entity: what is kept twice, side by side, or half deleted.
namespace kingpost::review::rule {
namespace {

constexpr std::ptrdiff_t kNumberedColumns = 3;  // address_line1 and address_line2 are fine

bool is_text(const ir::Field& field) { return field.type.scalar == ir::Scalar::kString || field.type.scalar == ir::Scalar::kText; }

/// `phone2` and `phone_2` have the stem `phone`; empty without a number at the end.
std::string_view numbered_stem(std::string_view name) {
  auto end = name.size();
  while (end > 0 && std::isdigit(static_cast<unsigned char>(name[end - 1])) != 0) --end;
  if (end == name.size() || end == 0) return {};
  return name.substr(0, name[end - 1] == '_' ? end - 1 : end);
}

void numbered_columns(const ir::Entity& entity, Report& report) {
  std::map<std::string_view, std::vector<const ir::Field*>> groups;
  for (const auto& field : entity.fields) {
    if (const auto stem = numbered_stem(field.name); field.stored() && !stem.empty()) groups[stem].push_back(&field);
  }
  for (const auto& [stem, fields] : groups) {
    if (std::ssize(fields) < kNumberedColumns) continue;
    report.add({.severity = Severity::kWarning,
                .span = fields.front()->span,
                .message = fmt::format("A `{}` with {} of `{}` needs a migration, and finding one asks {} columns each time: numbered columns are a "
                                       "to-many relation laid flat.",
                                       entity.name, fields.size() + 1, stem, fields.size()),
                .fix = fmt::format("Make an entity `{}_{}` with `{}: ref({}) on_delete(cascade)`.", entity.name, stem, entity.name, entity.name),
                .evidence = fmt::format("`{}` … `{}`", fields.front()->name, fields.back()->name)});
  }
}

void listed_texts(const ir::Entity& entity, Report& report) {
  for (const auto& field : entity.fields) {
    const bool listed = is_one_of(field.name, "tags roles permissions categories labels skills languages emails phones keywords members") ||
                        field.name.ends_with("_ids") || field.name.ends_with("_csv") || field.name.ends_with("_list");
    if (!field.stored() || !is_text(field) || !listed) continue;
    report.add(
        {.severity = Severity::kWarning,
         .span = field.span,
         .message = fmt::format("No index finds a `{}` by one of its `{}`, and two people adding one at once lose one of them: a list in a text "
                                "can only be read and written whole.",
                                entity.name, field.name),
         .fix = "Make it an entity and relate the two with `many(…) through(…)`; use `list(string(40))` if nobody ever looks one up."});
  }
}

void attribute_values(const ir::System& system, const ir::Entity& entity, Report& report) {
  const auto named = [&](std::string_view words) {
    return std::find_if(entity.fields.begin(), entity.fields.end(),
                        [&](const ir::Field& field) { return field.stored() && is_text(field) && is_one_of(field.name, words); });
  };
  const auto attribute = named("attribute attribute_name key name property field field_name");
  const auto value = named("value attribute_value field_value");
  const auto owner = std::find_if(entity.relations.begin(), entity.relations.end(), [&](ir::RelationId id) {
    return is_foreign_key(system.relation(id)) && !is_tenant_link(system, system.relation(id));
  });
  if (attribute == entity.fields.end() || value == entity.fields.end() || owner == entity.relations.end()) return;
  const auto& parent = system.entity(system.relation(*owner).to).name;
  report.add(
      {.severity = Severity::kWarning,
       .span = value->span,
       .message = fmt::format("`{}` keeps attributes as rows: no type, no check and no unique holds for any of them, and reading one `{}` with "
                              "five attributes joins five times.",
                              entity.name, parent),
       .fix = fmt::format("Give `{}` the fields you know and one `json` for the rest.", parent)});
}

}  // namespace

void sch_multivalue(const ir::System& system, Report& report) {
  for (const auto& entity : system.entities) {
    if (entity.built_in) continue;
    numbered_columns(entity, report);
    listed_texts(entity, report);
    attribute_values(system, entity, report);
  }
}

void sch_softdelete_unique(const ir::System& system, Report& report) {
  for (const auto& entity : system.entities) {
    const auto mark = std::find_if(entity.fields.begin(), entity.fields.end(), [](const ir::Field& field) {
      return field.stored() && is_one_of(field.name, "deleted_at deleted is_deleted archived_at");
    });
    if (mark == entity.fields.end()) continue;
    const auto mark_id = entity.find_field(mark->name);
    for (const auto& unique : entity.uniques) {
      if (std::find(unique.fields.begin(), unique.fields.end(), mark_id) != unique.fields.end()) continue;
      std::string names;
      for (const auto id : unique.fields) {
        if (id != entity.tenant_field) names += (names.empty() ? "" : ", ") + entity.field(id).name;
      }
      const bool by_uuid =
          std::any_of(unique.fields.begin(), unique.fields.end(), [&](ir::FieldId id) { return entity.key.size() == 1 && id == entity.key[0]; });
      if (names.empty() || by_uuid) continue;
      report.add({.severity = Severity::kWarning,
                  .span = unique.span,
                  .message = fmt::format("Who deletes {} can never use its `{}` again: rows marked by `{}` still hold the unique.",
                                         with_article(entity.name), names, mark->name),
                  .fix = "Delete for real (`audit: true` keeps the history), or move deleted rows to an entity of their own."});
    }
  }
}

void sch_transitive(const ir::System& system, Report& report) {
  for (const auto& entity : system.entities) {
    for (const auto id : entity.relations) {
      const auto& relation = system.relation(id);
      if (!is_foreign_key(relation) || is_tenant_link(system, relation)) continue;
      const auto& target = system.entity(relation.to);
      for (const auto& field : entity.fields) {
        const auto prefix = relation.name + "_";
        if (!field.stored() || field.relation.valid() || !field.name.starts_with(prefix)) continue;
        const auto repeated = target.find_field(std::string_view(field.name).substr(prefix.size()));
        if (!repeated.valid() || !target.field(repeated).stored()) continue;
        report.add({.severity = Severity::kNote,
                    .span = field.span,
                    .message = fmt::format("`{}.{}` goes stale when `{}.{}` changes: the fact is kept twice and `{}` leads to it already.",
                                           entity.name, field.name, target.name, target.field(repeated).name, relation.name),
                    .fix = fmt::format("Embed `{}({})` or compute `row.{}.{}`; if it is a snapshot on purpose, say so in its `summary`.",
                                       relation.name, target.field(repeated).column, relation.name, target.field(repeated).name)});
      }
    }
  }
}

}  // namespace kingpost::review::rule
