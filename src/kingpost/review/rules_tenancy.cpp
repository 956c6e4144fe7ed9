#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "kingpost/review/audience.hpp"
#include "kingpost/review/rules.hpp"

namespace kingpost::review::rule {
namespace {

constexpr std::size_t kHoldersOfTenant = 3;

void shared_rows(const ir::System& system, Report& report) {
  const Callers callers(system);
  for (const auto& entity : system.entities) {
    if (entity.tenanted || entity.id == system.tenancy->entity || !is_reachable(entity)) continue;
    auto widest = Audience::kNobody;
    for (const auto* rule : {&entity.access.create, &entity.access.update, &entity.access.remove}) widest = std::max(widest, callers.of(*rule));
    if (widest <= Audience::kEngine) continue;
    report.add({.severity = Severity::kError,
                .span = entity.span,
                .message = fmt::format("What one tenant writes into `{}` all others read: it carries no tenant's key and callers may write it.",
                                       entity.name),
                .fix = "Remove `tenancy: none`, or let nobody but the engine write it."});
  }
}

/// The entities that refer to a tenant in all but name; empty when it is none.
std::set<std::string> holders_of(const ir::System& system, const ir::Entity& entity) {
  std::set<std::string> holders;
  if (!is_one_of(entity.name, "organisation organization tenant workspace company clinic practice school store_owner agency")) return holders;
  for (const auto& relation : system.relations) {
    if (is_foreign_key(relation) && relation.to == entity.id && relation.from != entity.id) holders.insert(system.entity(relation.from).name);
  }
  if (holders.size() < kHoldersOfTenant) holders.clear();
  return holders;
}

void undeclared_tenancy(const ir::System& system, Report& report) {
  for (const auto& entity : system.entities) {
    const auto holders = holders_of(system, entity);
    if (holders.empty()) continue;
    std::string names;
    for (const auto& name : holders) names += (names.empty() ? "" : ", ") + name;
    report.add(
        {.severity = Severity::kWarning,
         .span = entity.span,
         .message = fmt::format("One forgotten filter shows a `{}` the records of another: {} entities carry its key by hand and nothing holds "
                                "references, uniques and rules inside it.",
                                entity.name, holders.size()),
         .fix = fmt::format("Declare `tenancy: {{entity: {}, claim: tenant}}` and remove the refs; keys, uniques and rules follow.", entity.name),
         .evidence = names});
  }
}

}  // namespace

void ten_missing_key(const ir::System& system, Report& report) {
  if (system.tenancy) {
    shared_rows(system, report);
  } else {
    undeclared_tenancy(system, report);
  }
}

namespace {

/// A foreign key by which an entity is kept apart by hand.
struct HandKey {
  const ir::Entity* holder = nullptr;
  const ir::Entity* tenant = nullptr;
  ir::FieldId field;
};

std::vector<HandKey> hand_keys(const ir::System& system) {
  std::vector<HandKey> out;
  for (const auto& relation : system.relations) {
    const auto& holder = system.entity(relation.from);
    const auto& tenant = system.entity(relation.to);
    if (!is_foreign_key(relation) || relation.from_fields.size() != 1 || holder.tenanted || holder.built_in) continue;
    const bool kept = system.tenancy ? system.tenancy->entity == tenant.id : !holders_of(system, tenant).empty();
    if (kept && holder.id != tenant.id) out.push_back({&holder, &tenant, relation.from_fields.front()});
  }
  return out;
}

}  // namespace

void ten_fk_crosses(const ir::System& system, Report& report) {
  if (!system.tenancy) return;
  const Callers callers(system);
  for (const auto& entity : system.entities) {
    if (entity.built_in) continue;
    for (const auto& field : entity.fields) {
      if (!field.stored() || field.relation.valid()) continue;
      const bool bare = field.external.empty() && field.type.scalar == ir::Scalar::kUuid && field.name.ends_with("_id");
      const auto target = system.find_entity(bare ? std::string_view(field.name).substr(0, field.name.size() - 3) : std::string_view(field.external));
      if (!target.valid() || !system.entity(target).tenanted) continue;
      const auto widest = std::max(callers.of(without_tenant(entity.access.create)), callers.of(without_tenant(entity.access.update)));
      const bool clients = is_client_set(field) && widest > Audience::kEngine;
      const auto& name = system.entity(target).name;
      report.add({.severity = clients ? Severity::kError : Severity::kWarning,
                  .span = field.span,
                  .message = clients
                                 ? fmt::format("A caller of one tenant can hang {} on another tenant's `{}`: `{}` is a bare key that nothing holds "
                                               "inside the tenant.",
                                               with_article(entity.name), name, field.name)
                                 : fmt::format("A mistake in a command hangs {} on another tenant's `{}`: `{}` is a bare key that nothing holds "
                                               "inside the tenant.",
                                               with_article(entity.name), name, field.name),
                  .fix = fmt::format("Write `ref({}) on_delete(restrict)`: its key holds the tenant's. Across services, let a command compare the "
                                     "tenants.",
                                     name)});
    }
  }
}

void ten_unique_global(const ir::System& system, Report& report) {
  for (const auto& key : hand_keys(system)) {
    for (const auto& unique : key.holder->uniques) {
      std::string names;
      bool scoped = false;
      for (const auto id : unique.fields) {
        const auto& field = key.holder->field(id);
        // A reference leads to one tenant's record already.
        scoped = scoped || id == key.field || field.relation.valid() || field.type.scalar == ir::Scalar::kUuid;
        names += (names.empty() ? "" : ", ") + field.name;
      }
      if (scoped) continue;
      const auto& by = key.holder->field(key.field).name;
      report.add({.severity = Severity::kWarning,
                  .span = unique.span,
                  .message = fmt::format("A second `{}` cannot store a `{}` that any other has, and learns from the error that it exists: `{}` is "
                                         "unique over all of them.",
                                         key.tenant->name, names, key.holder->name),
                  .fix = fmt::format("Write `unique: [[{}, {}]]`, or declare `tenancy`, which does it everywhere.", by, names)});
    }
  }
}

void ten_index_leading(const ir::System& system, Report& report) {
  for (const auto& key : hand_keys(system)) {
    const auto& entity = *key.holder;
    const double rows = rows_after(entity, kDaysPerYear);
    if (rows < kManyRows) continue;
    const double tenants = rows_after(*key.tenant, kDaysPerYear);
    const auto& by = entity.field(key.field).name;
    const auto say = [&](const std::string& what, const Span& place) {
      report.add(
          {.severity = Severity::kWarning,
           .span = place,
           .message = fmt::format(
               "{} of `{}` goes through the {} rows of {} together: it does not start with `{}`.", what, entity.name, amount_text(rows),
               tenants > 1 ? fmt::format("all {} `{}`", amount_text(tenants), key.tenant->name) : fmt::format("every `{}`", key.tenant->name), by),
           .fix = fmt::format("Put `{}` first, or declare `tenancy`, which does it everywhere.", by)});
    };
    for (const auto& index : entity.indexes) {
      if (index.is_explicit && !index.parts.empty() && index.parts.front().field != key.field)
        say(fmt::format("The index `{}`", index.name), index.span);
    }
    for (const auto& query : entity.queries) {
      const bool filtered = std::any_of(query.filters.begin(), query.filters.end(), [&](const ir::QueryFilter& filter) {
        return filter.field == key.field || entity.field(filter.field).relation.valid();
      });
      if (!filtered && query.search.empty()) say(fmt::format("The query `{}`", query.name), query.span);
    }
  }
}

}  // namespace kingpost::review::rule
