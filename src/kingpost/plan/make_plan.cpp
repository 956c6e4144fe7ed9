#include <algorithm>
#include <utility>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/plan/resolve.hpp"

namespace kingpost::plan {
namespace {

using request::Operation;

Result<const ir::Contract*> find_contract(const request::Request& request, const ir::System& system) {
  if (request.contract.empty()) return &system.current_contract();
  if (const auto* contract = system.find_contract(request.contract)) return contract;
  auto error = make_error(ErrorKind::kInvalidArgument, "PGRST106", "The schema must be one of the contracts of this API");
  error.http_status = 406;
  return fail(std::move(error));
}

Result<const ir::ViewEntity*> find_root(const request::Request& request, const ir::Contract& contract) {
  if (const auto* view = contract.find(request.root.name)) return view;
  auto error = make_error(ErrorKind::kNotFound, "PGRST205", "Could not find the table '" + request.root.name + "' in the schema cache");
  std::vector<std::string> names;
  for (const auto& entity : contract.entities) names.push_back(entity.name);
  if (const auto nearest = nearest_name(request.root.name, names)) error.hint = "Perhaps you meant the table '" + *nearest + "'";
  return fail(std::move(error));
}

bool has_path_order(const Level& level) {
  for (const auto& order : level.order) {
    if (!order.column.steps.empty()) return true;
  }
  return false;
}

/// Whether a policy, of rows or of a filtered field, has a say in which rows there are.
bool chooses_by_policy(const Predicate& predicate) {
  if (predicate.kind == PredicateKind::kPolicy || predicate.column.visible_if != nullptr) return true;
  return std::any_of(predicate.children.begin(), predicate.children.end(), chooses_by_policy);
}

Result<void> plan_read(Context& context, const ir::ViewEntity& view, Plan& plan) {
  const auto& request = context.request;
  auto level = resolve_root(context, view, LevelUse::kRead);
  if (!level) return fail(std::move(level.error()));
  plan.count = request.count;
  if (plan.count != request::CountMode::kNone && chooses_by_policy(level->where)) plan.count = request::CountMode::kExact;
  plan.count_bound = static_cast<std::uint64_t>(context.limits.page_rows);
  plan.count_only = request.count_only && plan.count != request::CountMode::kNone;
  plan.keyset = !request.singular && !level->pinned && !has_path_order(*level);
  if (request.has_cursor) {
    if (!plan.keyset) return fail(ErrorKind::kInvalidArgument, "kp-cursor", "this order cannot be continued by a cursor");
    Predicate after;
    after.kind = PredicateKind::kKeyset;
    std::vector<Predicate> parts;
    parts.push_back(std::move(level->where));
    parts.push_back(std::move(after));
    level->where = conjunction(std::move(parts));
  }
  plan.read = std::move(*level);
  return {};
}

Result<void> plan_write(Context& context, const ir::ViewEntity& view, Plan& plan) {
  const auto& request = context.request;
  auto write = resolve_write(context, view);
  if (!write) return fail(std::move(write.error()));
  plan.write = std::move(*write);
  if (request.returning != request::ReturnMode::kRepresentation) return {};
  auto level = resolve_root(context, view, LevelUse::kRepresentation);
  if (!level) return fail(std::move(level.error()));
  plan.read = std::move(*level);
  return {};
}

}  // namespace

Result<Plan> make_plan(const request::Request& request, const request::Principal& principal, const ir::System& system, const Limits& limits) {
  const auto contract = find_contract(request, system);
  if (!contract) return fail(contract.error());
  const auto root = find_root(request, **contract);
  if (!root) return fail(root.error());
  Context context{request, system, **contract, limits, Policies(system, principal)};
  Plan plan;
  plan.operation = request.operation;
  plan.contract = *contract;
  plan.singular = request.singular;
  plan.anonymous = principal.anonymous();
  auto done = request.operation == Operation::kRead ? plan_read(context, **root, plan) : plan_write(context, **root, plan);
  if (!done) return fail(std::move(done.error()));
  plan.want_version = request.want_version && plan.read.has_value();
  if (plan.want_version || request.has_if_match) plan.version = version_columns(context, system.entity((*root)->entity));
  return plan;
}

}  // namespace kingpost::plan
