#include "kingpost/review/audience.hpp"

#include <algorithm>
#include <functional>

#include "kingpost/cel/cel.hpp"
#include "kingpost/review/facts.hpp"

namespace kingpost::review {
namespace {

bool asks_caller(const cel::ExprPtr& expr) {
  bool found = false;
  walk(expr, [&](const cel::Expr& node) {
    const bool of_auth = node.kind == cel::ExprKind::kSelect && !node.args.empty() && node.args[0]->kind == cel::ExprKind::kIdent &&
                         node.args[0]->name == ir::kAuthRecord;
    found = found || (of_auth && node.name != "tenant");
  });
  return found;
}

bool is_tenant_predicate(const cel::Expr& expr) {
  if (expr.kind != cel::ExprKind::kOperator || expr.op != cel::Op::kEqual || expr.args.size() != 2) return false;
  return std::any_of(expr.args.begin(), expr.args.end(), [](const cel::ExprPtr& side) {
    return side->kind == cel::ExprKind::kSelect && side->name == "tenant" && side->args[0]->kind == cel::ExprKind::kIdent &&
           side->args[0]->name == ir::kAuthRecord;
  });
}

bool is_literal(const cel::ExprPtr& expr) { return expr->kind == cel::ExprKind::kLiteral; }

Audience widest(const cel::Expr& expr, bool staff_known, const std::set<std::string>& staff);

Audience of_operator(const cel::Expr& expr, bool staff_known, const std::set<std::string>& staff) {
  if (expr.op == cel::Op::kAnd || expr.op == cel::Op::kOr) {
    const auto left = widest(*expr.args[0], staff_known, staff);
    const auto right = widest(*expr.args[1], staff_known, staff);
    return expr.op == cel::Op::kAnd ? std::min(left, right) : std::max(left, right);
  }
  if (is_tenant_predicate(expr)) return Audience::kMembers;
  if (names_caller(expr)) return Audience::kOwner;
  // `auth.uid != null` and the like: whoever signed in.
  if (std::any_of(expr.args.begin(), expr.args.end(), asks_caller)) return Audience::kMembers;
  return Audience::kCondition;
}

Audience widest(const cel::Expr& expr, bool staff_known, const std::set<std::string>& staff) {
  if (cel::is_true(expr)) return Audience::kEveryone;
  if (cel::never_true(expr)) return Audience::kNobody;
  if (const auto role = asked_role(expr); !role.empty()) return staff_known && staff.contains(role) ? Audience::kPrivileged : Audience::kMembers;
  if (expr.kind == cel::ExprKind::kIdent && expr.name == "system") return Audience::kEngine;
  if (expr.kind == cel::ExprKind::kOperator) return of_operator(expr, staff_known, staff);
  // A search in related rows for the caller, such as row.members.exists(m, m.user == auth.uid).
  bool named = false;
  for (const auto& arg : expr.args) walk(arg, [&](const cel::Expr& node) { named = named || names_caller(node); });
  return named ? Audience::kOwner : Audience::kCondition;
}

void collect(const cel::ExprPtr& rule, std::set<std::string>& staff) {
  walk(rule, [&](const cel::Expr& node) {
    if (node.kind != cel::ExprKind::kOperator || node.op != cel::Op::kOr) return;
    for (std::size_t side = 0; side < 2; ++side) {
      const auto other = widest(*node.args[1 - side], false, staff);
      if (other == Audience::kOwner) walk(node.args[side], [&](const cel::Expr& inner) { staff.insert(asked_role(inner)); });
    }
    // `own || a || b` is (own || a) || b: the outer level sees members beside b.
    bool owner = false;
    std::set<std::string> roles;
    const std::function<void(const cel::Expr&)> flatten = [&](const cel::Expr& part) {
      if (part.kind == cel::ExprKind::kOperator && part.op == cel::Op::kOr) {
        for (const auto& arg : part.args) flatten(*arg);
        return;
      }
      if (const auto role = asked_role(part); !role.empty()) roles.insert(role);
      owner = owner || widest(part, false, staff) == Audience::kOwner;
    };
    flatten(node);
    if (owner) staff.insert(roles.begin(), roles.end());
  });
}

}  // namespace

std::string asked_role(const cel::Expr& expr) {
  if (expr.kind != cel::ExprKind::kCall || expr.name != "has_role" || expr.args.empty()) return {};
  const auto* text = std::get_if<std::string>(&expr.args.back()->value.data);
  return text == nullptr ? std::string() : *text;
}

bool names_caller(const cel::Expr& expr) {
  if (expr.kind != cel::ExprKind::kOperator || (expr.op != cel::Op::kEqual && expr.op != cel::Op::kIn) || expr.args.size() != 2) return false;
  return (asks_caller(expr.args[0]) && !asks_caller(expr.args[1]) && !is_literal(expr.args[1])) ||
         (asks_caller(expr.args[1]) && !asks_caller(expr.args[0]) && !is_literal(expr.args[0]));
}

cel::ExprPtr without_tenant(const cel::ExprPtr& rule) {
  if (rule == nullptr || is_tenant_predicate(*rule)) return nullptr;
  const bool joined = rule->kind == cel::ExprKind::kOperator && rule->op == cel::Op::kAnd && is_tenant_predicate(*rule->args[0]);
  return joined ? rule->args[1] : rule;
}

Callers::Callers(const ir::System& system) {
  for (const auto& entity : system.entities) {
    for (const auto* rule : {&entity.access.read, &entity.access.create, &entity.access.update, &entity.access.remove}) collect(*rule, staff_);
  }
  for (const auto& command : system.commands) collect(command.allow, staff_);
  staff_.erase("");
  for (const auto& role : system.roles) {
    if (has_word(role.name,
                 "admin administrator staff manager support agent operator moderator editor owner clinician auditor system service backoffice"))
      staff_.insert(role.name);
  }
  const auto direct = staff_;
  for (const auto& role : system.roles) {
    if (std::any_of(role.implies.begin(), role.implies.end(), [&](const std::string& implied) { return direct.contains(implied); }))
      staff_.insert(role.name);
  }
}

Audience Callers::of(const cel::ExprPtr& rule) const { return rule == nullptr ? Audience::kNobody : widest(*rule, true, staff_); }

}  // namespace kingpost::review
