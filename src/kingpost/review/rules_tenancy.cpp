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

void undeclared_tenancy(const ir::System& system, Report& report) {
  for (const auto& entity : system.entities) {
    if (!is_one_of(entity.name, "organisation organization tenant workspace company clinic practice school store_owner agency")) continue;
    std::set<std::string> holders;
    for (const auto& relation : system.relations) {
      if (is_foreign_key(relation) && relation.to == entity.id && relation.from != entity.id) holders.insert(system.entity(relation.from).name);
    }
    if (holders.size() < kHoldersOfTenant) continue;
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

}  // namespace kingpost::review::rule
