#include "kingpost/decide/facts.hpp"

#include <algorithm>
#include <set>

#include "kingpost/cel/cel.hpp"

namespace kingpost::decide {
namespace {

bool selects_auth(const cel::Expr& node) {
  return node.kind == cel::ExprKind::kSelect && !node.args.empty() && node.args[0]->kind == cel::ExprKind::kIdent &&
         node.args[0]->name == ir::kAuthRecord;
}

bool reads_many(const cel::ExprPtr& expr) {
  bool found = false;
  walk(expr, [&](const cel::Expr& node) {
    found = found || node.kind == cel::ExprKind::kMacro ||
            (node.kind == cel::ExprKind::kCall && node.name == "size" && !node.args.empty() && node.args[0]->kind == cel::ExprKind::kSelect);
  });
  return found;
}

bool writes(const ir::Step& step, ir::EntityId entity) {
  const bool kind = step.kind == ir::StepKind::kCreate || step.kind == ir::StepKind::kUpdate || step.kind == ir::StepKind::kDelete ||
                    step.kind == ir::StepKind::kMove;
  return kind && step.entity == entity;
}

void visit_steps(const ir::System& system, const std::function<void(const ir::Step&)>& visit) {
  for (const auto& command : system.commands) std::for_each(command.steps.begin(), command.steps.end(), visit);
  for (const auto& saga : system.sagas) {
    std::for_each(saga.steps.begin(), saga.steps.end(), visit);
    if (saga.on_failed) visit(*saga.on_failed);
  }
  for (const auto& consumer : system.consumers) visit(consumer.step);
  for (const auto& schedule : system.schedules) visit(schedule.step);
}

}  // namespace

void walk(const cel::ExprPtr& expr, const std::function<void(const cel::Expr&)>& visit) {
  if (expr == nullptr) return;
  visit(*expr);
  for (const auto& arg : expr->args) walk(arg, visit);
}

bool is_nobody(const cel::ExprPtr& policy) { return policy == nullptr || cel::never_true(*policy); }

bool asks_caller(const cel::ExprPtr& expr) {
  bool found = false;
  walk(expr, [&](const cel::Expr& node) { found = found || (selects_auth(node) && node.name != "tenant") || node.name == "has_role"; });
  return found;
}

Sharing sharing_of(const cel::ExprPtr& policy) {
  if (is_nobody(policy)) return Sharing::kEngine;
  Sharing widest = Sharing::kPublic;
  bool engine = false;
  walk(policy, [&](const cel::Expr& node) {
    if (selects_auth(node)) widest = std::max(widest, node.name == "tenant" ? Sharing::kTenant : Sharing::kPrincipal);
    if (node.kind == cel::ExprKind::kCall && node.name == "has_role") widest = std::max(widest, Sharing::kRole);
    engine = engine || (node.kind == cel::ExprKind::kIdent && node.name == "system");
  });
  // Whatever still reads `auth` as a whole is taken for the narrowest circle.
  if (widest == Sharing::kPublic && cel::mentions(*policy, ir::kAuthRecord)) return Sharing::kPrincipal;
  return widest == Sharing::kPublic && engine ? Sharing::kEngine : widest;
}

Sharing sharing_of(const ir::Entity& entity) {
  if (entity.access.engine_only) return Sharing::kEngine;
  Sharing widest = sharing_of(entity.access.read);
  if (widest == Sharing::kEngine) return widest;
  if (entity.tenanted) widest = std::max(widest, Sharing::kTenant);
  for (const ir::Field& field : entity.fields) {
    if (field.read_policy == nullptr) continue;
    const Sharing own = sharing_of(field.read_policy);
    if (own != Sharing::kEngine) widest = std::max(widest, own);
  }
  return widest;
}

bool is_modelled(const ir::Entity& entity) noexcept { return !entity.built_in && !entity.view; }

std::size_t count_foreign_keys(const ir::System& system, const ir::Entity& entity) {
  return static_cast<std::size_t>(std::count_if(entity.fields.begin(), entity.fields.end(), [&](const ir::Field& field) {
    if (!field.relation.valid()) return false;
    return !(entity.tenanted && system.tenancy && system.relation(field.relation).to == system.tenancy->entity);
  }));
}

bool is_edge(const ir::System& system, const ir::Entity& entity) {
  std::set<std::uint32_t> targets;
  for (const ir::Field& field : entity.fields) {
    if (!field.relation.valid()) continue;
    const ir::EntityId target = system.relation(field.relation).to;
    if (target == entity.id || !targets.insert(target.value).second) {
      // Two references to a user are author and assignee, not an edge of a graph.
      if (!system.entity(target).built_in) return true;
    }
  }
  return false;
}

bool is_append_only(const ir::System& system, const ir::Entity& entity) {
  if (!is_nobody(entity.access.update) || !is_nobody(entity.access.remove)) return false;
  bool changed = false;
  visit_steps(system, [&](const ir::Step& step) { changed = changed || (step.kind != ir::StepKind::kCreate && writes(step, entity.id)); });
  return !changed;
}

bool has_time(const ir::Entity& entity) {
  return std::any_of(entity.fields.begin(), entity.fields.end(), [](const ir::Field& field) {
    return field.generated == ir::Generated::kCreatedAt ||
           (field.stored() && !field.nullable && field.type.scalar == ir::Scalar::kTimestamp && field.generated != ir::Generated::kUpdatedAt);
  });
}

std::size_t count_writing_steps(const ir::System& system, ir::EntityId entity) {
  std::size_t count = 0;
  visit_steps(system, [&](const ir::Step& step) { count += writes(step, entity) ? 1U : 0U; });
  return count;
}

bool is_relative(const ir::Step& step) {
  if (step.kind != ir::StepKind::kUpdate) return false;
  // `where … status != closed, else …`: the stored value decides whether anything is written.
  if (step.otherwise && step.where != nullptr && step.where->kind == cel::ExprKind::kOperator && step.where->op == cel::Op::kAnd) return true;
  return std::any_of(step.set.begin(), step.set.end(),
                     [](const ir::Assignment& one) { return one.value != nullptr && cel::mentions(*one.value, "row"); });
}

std::size_t count_open_invariants(const ir::Command& command) {
  std::vector<std::string> locked;
  for (const ir::Step& step : command.steps) {
    if (step.kind == ir::StepKind::kLock && step.target != nullptr) locked.push_back(cel::print_expr(*step.target));
  }
  std::size_t open = 0;
  for (const ir::Step& step : command.steps) {
    if (step.kind != ir::StepKind::kRequire || !reads_many(step.target)) continue;
    const std::string text = cel::print_expr(*step.target);
    const bool covered = std::any_of(locked.begin(), locked.end(), [&](const std::string& lock) { return text.find(lock) != std::string::npos; });
    open += covered ? 0U : 1U;
  }
  return open;
}

}  // namespace kingpost::decide
