#include <algorithm>
#include <utility>

#include "kingpost/plan/resolve.hpp"

namespace kingpost::plan {
namespace {

struct Candidate {
  std::string_view name;
  ir::RelationId id;
};

bool has_column(const ir::Entity& entity, const std::vector<ir::FieldId>& fields, std::string_view hint) {
  return std::any_of(fields.begin(), fields.end(), [&](ir::FieldId id) { return entity.field(id).column == hint || entity.field(id).name == hint; });
}

/// Whether a hint names the relation: itself, its constraint, a foreign key column or the junction.
bool hint_means(const Context& context, const Candidate& candidate, std::string_view hint) {
  const auto& system = context.system;
  const auto& relation = system.relation(candidate.id);
  if (candidate.name == hint || relation.constraint == hint) return true;
  if (relation.kind == ir::RelationKind::kManyToMany) {
    const auto& through = system.entity(relation.through);
    return through.name == hint || through.table == hint;
  }
  const bool holder = relation.kind == ir::RelationKind::kToOne && !relation.reverse;
  return holder ? has_column(system.entity(relation.from), relation.from_fields, hint)
                : has_column(system.entity(relation.to), relation.to_fields, hint);
}

bool target_is(const Context& context, ir::RelationId id, std::string_view wire_name) {
  const auto* target = context.contract.view_of(context.system.relation(id).to);
  return target != nullptr && target->name == wire_name;
}

/// A foreign key's own column as the embed's name: `order?select=customer_id(*)`.
bool carried_by(const Context& context, ir::RelationId id, std::string_view column) {
  const auto& relation = context.system.relation(id);
  if (relation.kind != ir::RelationKind::kToOne || relation.reverse) return false;
  return has_column(context.system.entity(relation.from), relation.from_fields, column);
}

std::string_view kind_name(ir::RelationKind kind) {
  switch (kind) {
    case ir::RelationKind::kToOne:
      return "to-one";
    case ir::RelationKind::kToMany:
      return "to-many";
    case ir::RelationKind::kManyToMany:
      return "many-to-many";
  }
  return "";
}

Error ambiguous(const Context& context, const ir::ViewEntity& view, const std::string& name, const std::vector<Candidate>& candidates) {
  auto error = make_error(ErrorKind::kInvalidArgument, "PGRST201",
                          "Could not embed because more than one relationship was found for '" + view.name + "' and '" + name + "'");
  error.http_status = 300;
  std::string hint = "Try changing '" + name + "' to one of the following: ";
  for (const auto& candidate : candidates) {
    const auto& relation = context.system.relation(candidate.id);
    const auto choice = name + "!" + std::string(candidate.name);
    if (!error.errors.empty()) hint += ", ";
    hint += "'" + choice + "'";
    error.errors.push_back({"", "PGRST201", choice + ": " + std::string(kind_name(relation.kind)) + " through " + relation.constraint});
  }
  error.hint = std::move(hint);
  return error;
}

}  // namespace

Result<ir::RelationId> resolve_relation(const Context& context, const ir::ViewEntity& view, const std::string& name, const std::string& hint) {
  std::vector<Candidate> reachable;
  for (const auto& relation : view.relations) {
    if (context.contract.view_of(context.system.relation(relation.relation).to) != nullptr) reachable.push_back({relation.name, relation.relation});
  }
  const auto fits_hint = [&](const Candidate& candidate) { return hint.empty() || hint_means(context, candidate, hint); };
  std::vector<Candidate> found;
  for (const auto& candidate : reachable) {
    if (candidate.name == name && fits_hint(candidate)) return candidate.id;
  }
  for (const auto& candidate : reachable) {
    if (target_is(context, candidate.id, name) && fits_hint(candidate)) found.push_back(candidate);
  }
  if (found.empty()) {
    for (const auto& candidate : reachable) {
      if (carried_by(context, candidate.id, name) && fits_hint(candidate)) found.push_back(candidate);
    }
  }
  // A relation's own name decides over a constraint that is also its inverse's.
  const auto named = std::find_if(found.begin(), found.end(), [&](const Candidate& candidate) { return !hint.empty() && candidate.name == hint; });
  if (named != found.end()) return named->id;
  if (found.size() == 1) return found.front().id;
  if (found.size() > 1) return fail(ambiguous(context, view, name, found));
  auto error = make_error(ErrorKind::kInvalidArgument, "PGRST200",
                          "Could not find a relationship between '" + view.name + "' and '" + name + "' in the schema cache");
  error.details = "Searched for a relationship between '" + view.name + "' and '" + name + "'" +
                  (hint.empty() ? "" : " using the hint '" + hint + "'") + ", but no matches were found.";
  return fail(std::move(error));
}

}  // namespace kingpost::plan
