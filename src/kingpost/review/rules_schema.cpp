#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "kingpost/review/rules.hpp"

namespace kingpost::review::rule {

void sch_int32_pk(const ir::System& system, Report& report) {
  for (const auto& entity : system.entities) {
    if (!entity.growth || entity.growth->per_day <= 0 || entity.key.empty()) continue;
    const auto& key = entity.field(entity.key.back());
    if (key.type.scalar != ir::Scalar::kInt32 || key.relation.valid()) continue;
    const double left = std::numeric_limits<std::int32_t>::max() - static_cast<double>(entity.growth->rows);
    const double years = left / entity.growth->per_day / kDaysPerYear;
    if (years >= 100) continue;
    const auto holders = std::count_if(system.relations.begin(), system.relations.end(),
                                       [&](const ir::Relation& relation) { return is_foreign_key(relation) && relation.to == entity.id; });
    report.add(
        {.severity = years < 5    ? Severity::kError
                     : years < 30 ? Severity::kWarning
                                  : Severity::kNote,
         .span = key.span.known() ? key.span : entity.span,
         .message = fmt::format("Inserts into `{}` fail in {:.1f} years: at {} rows a day the int32 key overflows, and widening it then rewrites "
                                "the table under lock.",
                                entity.name, years, amount_text(entity.growth->per_day)),
         .fix = fmt::format("Write `{}: int` (64 bit), or leave the key out for a UUIDv7.", key.name),
         .evidence = holders == 0 ? std::string("2 147 483 647 values")
                                  : fmt::format("2 147 483 647 values, {} foreign key column{} to widen with it", holders, holders == 1 ? "" : "s"),
         .edits = {edit_type(key.span, "int")}});
  }
}

void sch_float_money(const ir::System& system, Report& report) {
  const auto say = [&](const std::string& owner, const std::string& name, const Span& span) {
    report.add(
        {.severity = Severity::kError,
         .span = span,
         .message = fmt::format("Sums of `{}.{}` drift by cents: a float cannot hold 0.10 exactly, and two orders of adding differ.", owner, name),
         .fix = fmt::format("Write `{}: decimal(12,2)`.", name),
         .edits = {edit_type(span, "decimal(12,2)")}});
  };
  const auto all = [&](const std::string& owner, const std::vector<ir::Member>& members) {
    for (const auto& member : members) {
      if (member.type.scalar == ir::Scalar::kFloat && names_money(member.name)) say(owner, member.name, member.span);
    }
  };
  for (const auto& entity : system.entities) {
    for (const auto& field : entity.fields) {
      if (field.stored() && field.type.scalar == ir::Scalar::kFloat && names_money(field.name)) say(entity.name, field.name, field.span);
    }
  }
  for (const auto& command : system.commands) all(command.name, command.input);
  for (const auto& event : system.events) all(event.name, event.data);
  for (const auto& record : system.records) all(record.name, record.members);
}

void sch_naive_timestamp(const ir::System& system, Report& report) {
  for (const auto& entity : system.entities) {
    for (const auto& field : entity.fields) {
      const bool zoneless = field.type.scalar == ir::Scalar::kTimestamp && field.storage.postgres == ir::PostgresCodec::kTimestampNoZone;
      const bool moment = field.name.ends_with("_at") || field.name.ends_with("_date") || field.name.ends_with("_time");
      const bool loose = field.type.scalar == ir::Scalar::kString || field.type.scalar == ir::Scalar::kText ||
                         field.type.scalar == ir::Scalar::kInt32 || field.type.scalar == ir::Scalar::kInt64;
      if (!field.stored() || !(zoneless || (moment && loose))) continue;
      report.add({.severity = Severity::kWarning,
                  .span = field.span,
                  .message = zoneless
                                 ? fmt::format("`{}.{}` means another moment on every server whose clock has another zone: it is stored without one.",
                                               entity.name, field.name)
                                 : fmt::format("`{}.{}` cannot be compared, sorted or bounded as a moment: it is kept as {} and every client "
                                               "writes it its own way.",
                                               entity.name, field.name, ir::print_logical_type(field.type)),
                  .fix = field.name.ends_with("_date") ? "Write `date`, or `timestamp` when the hour matters."
                                                       : "Write `timestamp`: microseconds UTC on both databases.",
                  .edits = zoneless ? std::vector<ModelEdit>()
                                    : std::vector<ModelEdit>{edit_type(field.span, field.name.ends_with("_date") ? "date" : "timestamp")}});
    }
  }
}

namespace {

/// The entity that a key's name promises: `patient_id`, `billing_patient_id`, `owner_id`.
ir::EntityId promised_entity(const ir::System& system, std::string_view name) {
  if (!name.ends_with("_id")) return {};
  const auto stem = name.substr(0, name.size() - 3);
  if (const auto whole = system.find_entity(stem); whole.valid()) return whole;
  if (const auto last = stem.rfind('_'); last != std::string_view::npos) {
    if (const auto tail = system.find_entity(stem.substr(last + 1)); tail.valid()) return tail;
  }
  return is_one_of(stem, "owner author creator assignee customer member") ? system.user : ir::EntityId{};
}

}  // namespace

void sch_missing_fk(const ir::System& system, Report& report) {
  for (const auto& entity : system.entities) {
    for (const auto& field : entity.fields) {
      const bool key_like = field.type.scalar == ir::Scalar::kUuid || field.type.scalar == ir::Scalar::kInt64 ||
                            field.type.scalar == ir::Scalar::kInt32 || field.type.scalar == ir::Scalar::kString;
      if (entity.built_in || !field.stored() || field.relation.valid() || !field.external.empty() || !key_like) continue;
      const auto target = promised_entity(system, field.name);
      if (!target.valid() || target == entity.id) continue;
      const auto& name = system.entity(target).name;
      const auto stem = field.name.substr(0, field.name.size() - 3);
      report.add({.severity = Severity::kWarning,
                  .span = field.span,
                  .message = fmt::format("`{}.{}` will point at records that no longer exist: it names `{}`, but nothing in the database holds it to "
                                         "one, and neither policies nor embeds can follow it.",
                                         entity.name, field.name, name),
                  .fix = fmt::format("Write `{}: ref({}) on_delete(restrict)`, or `uuid external({})` across services.", stem, name, name)});
    }
  }
}

namespace {

bool holds_money(const ir::Entity& entity) {
  return std::any_of(entity.fields.begin(), entity.fields.end(),
                     [](const ir::Field& field) { return field.stored() && names_money(field.name) && field.type.scalar != ir::Scalar::kBool; });
}

/// Why records of `entity` must survive the record they hang on; empty when they may go with it.
std::string reason_to_keep(const ir::Entity& entity, const ir::Entity& parent) {
  if (entity.audit) return "is audited";
  if (entity.growth && (entity.growth->keep_days > 0 || entity.growth->keep_forever)) return "declares how long it is kept";
  if (entity.states && !parent.states) return "has a life of its own (states)";
  if (holds_money(entity) && !holds_money(parent)) return "holds amounts of money";
  return {};
}

void reach(const ir::System& system, ir::EntityId id, std::set<std::string>& names) {
  for (const auto& relation : system.relations) {
    if (!is_foreign_key(relation) || relation.to != id || relation.on_delete != ir::OnDelete::kCascade) continue;
    if (names.insert(system.entity(relation.from).name).second) reach(system, relation.from, names);
  }
}

}  // namespace

void sch_cascade_blast(const ir::System& system, Report& report) {
  for (const auto& relation : system.relations) {
    if (!is_foreign_key(relation) || relation.on_delete != ir::OnDelete::kCascade || is_tenant_link(system, relation)) continue;
    const auto& holder = system.entity(relation.from);
    const auto& parent = system.entity(relation.to);
    const double parents = rows_after(parent, kDaysPerYear);
    const double each = parents > 0 ? rows_after(holder, kDaysPerYear) / parents : 0;
    const auto keep = reason_to_keep(holder, parent);
    if (keep.empty() && each < 1'000) continue;
    std::set<std::string> also;
    reach(system, holder.id, also);
    std::string with;
    for (const auto& name : also) with += (with.empty() ? "" : ", ") + name;
    report.add({.severity = keep.empty() ? Severity::kWarning : Severity::kError,
                .span = relation.span,
                .message = keep.empty()
                               ? fmt::format("Deleting one `{}` deletes about {} `{}` in one transaction and holds their locks meanwhile.",
                                             parent.name, amount_text(each), holder.name)
                               : fmt::format("Deleting one `{}` silently deletes every `{}` of it, which {}.", parent.name, holder.name, keep),
                .fix = keep.empty() ? "Choose `on_delete(restrict)` and delete in batches by a schedule."
                                    : "Choose `on_delete(restrict)`; to forget a person, blank the personal fields instead.",
                .evidence = with.empty() ? std::string() : fmt::format("the cascade goes on to {}", with),
                .edits = {edit_word(relation.span, "on_delete(restrict)")}});
  }
}

void sch_no_on_delete(const ir::System& system, Report& report) {
  for (const auto& relation : system.relations) {
    if (!is_foreign_key(relation) || relation.on_delete != ir::OnDelete::kNoAction || is_tenant_link(system, relation)) continue;
    const auto& holder = system.entity(relation.from);
    const auto& parent = system.entity(relation.to);
    if (holder.built_in || holder.view) continue;
    report.add({.severity = parent.built_in ? Severity::kWarning : Severity::kNote,
                .span = relation.span,
                .message = parent.built_in
                               ? fmt::format("A person with one `{}` can never be deleted, which a request for erasure demands: nobody decided what "
                                             "`{}` does then.",
                                             holder.name, relation.name)
                               : fmt::format("Deleting {} fails with a foreign key error as soon as one `{}` refers to it: nobody decided what "
                                             "happens then.",
                                             with_article(parent.name), holder.name),
                .fix = relation.nullable ? "Write `on_delete(set_null)`, `on_delete(restrict)` or `on_delete(cascade)`."
                                         : "Write `on_delete(restrict)` to keep it so on purpose, or `on_delete(cascade)` for parts of the whole.",
                .edits = {edit_word(relation.span, "on_delete(restrict)")}});
  }
}

}  // namespace kingpost::review::rule
