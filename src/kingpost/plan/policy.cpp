#include "kingpost/plan/policy.hpp"

#include <algorithm>
#include <utility>

#include "kingpost/cel/cel.hpp"

namespace kingpost::plan {
namespace {

cel::ExprPtr make_ident(std::string name, cel::Type type) {
  auto expr = std::make_shared<cel::Expr>();
  expr->kind = cel::ExprKind::kIdent;
  expr->name = std::move(name);
  expr->type = std::move(type);
  return expr;
}

cel::ExprPtr make_select(cel::ExprPtr from, std::string name, cel::Type type) {
  auto expr = std::make_shared<cel::Expr>();
  expr->kind = cel::ExprKind::kSelect;
  expr->name = std::move(name);
  expr->type = std::move(type);
  expr->args.push_back(std::move(from));
  return expr;
}

cel::ExprPtr make_operator(cel::Op op, cel::ExprPtr left, cel::ExprPtr right) {
  auto expr = std::make_shared<cel::Expr>();
  expr->kind = cel::ExprKind::kOperator;
  expr->op = op;
  expr->type = cel::make_type(cel::TypeKind::kBool);
  expr->args.push_back(std::move(left));
  expr->args.push_back(std::move(right));
  return expr;
}

bool is_auth_member(const cel::Expr& expr, std::string_view member) {
  return expr.kind == cel::ExprKind::kSelect && expr.name == member && expr.args.size() == 1 && expr.args[0]->kind == cel::ExprKind::kIdent &&
         expr.args[0]->name == "auth";
}

cel::Value list_of_roles(const std::vector<std::string>& roles) {
  auto values = std::make_shared<std::vector<cel::Value>>();
  for (const auto& role : roles) values->push_back(cel::Value{role});
  return cel::Value{cel::List(std::move(values))};
}

cel::PartialActivation known_of(const request::Principal& principal) {
  cel::PartialActivation known;
  known.lookup = [&principal](const cel::Expr& expr) -> std::optional<Result<cel::Value>> {
    if (expr.kind == cel::ExprKind::kIdent && expr.name == "system") return cel::Value{principal.system};
    if (is_auth_member(expr, "uid") && !principal.user) {
      return fail(ErrorKind::kUnauthenticated, "42501", "the caller is anonymous");
    }
    if (is_auth_member(expr, "tenant") && !principal.tenant) {
      return fail(ErrorKind::kPermissionDenied, "42501", "the caller belongs to no tenant");
    }
    if (is_auth_member(expr, "roles")) return list_of_roles(principal.roles);
    if (is_auth_member(expr, "claims")) return fail(ErrorKind::kPermissionDenied, "42501", "the caller has no claims");
    return std::nullopt;
  };
  known.has_role = [&principal](const std::string& role) { return principal.has_role(role); };
  return known;
}

/// The conjuncts of an expression, left to right.
void collect_conjuncts(const cel::ExprPtr& expr, std::vector<cel::ExprPtr>& out) {
  if (expr->kind == cel::ExprKind::kOperator && expr->op == cel::Op::kAnd) {
    for (const auto& arg : expr->args) collect_conjuncts(arg, out);
    return;
  }
  out.push_back(expr);
}

}  // namespace

cel::ExprPtr both(const cel::ExprPtr& left, const cel::ExprPtr& right) {
  if (left == nullptr) return right;
  if (right == nullptr) return left;
  std::vector<cel::ExprPtr> known;
  std::vector<cel::ExprPtr> added;
  collect_conjuncts(left, known);
  collect_conjuncts(right, added);
  auto result = left;
  for (const auto& conjunct : added) {
    const auto text = cel::print_expr(*conjunct);
    const bool repeated = std::any_of(known.begin(), known.end(), [&](const cel::ExprPtr& one) { return cel::print_expr(*one) == text; });
    if (!repeated) result = make_operator(cel::Op::kAnd, std::move(result), conjunct);
  }
  return result;
}

std::string denial_message(std::string_view entity_name) { return "permission denied for " + std::string(entity_name); }

Verdict Policies::judge(const cel::ExprPtr& policy) const {
  if (policy == nullptr) return {.denied = true, .condition = nullptr};
  auto folded = cel::fold(policy, known_of(*principal_));
  if (cel::is_true(*folded)) return {};
  if (cel::never_true(*folded)) return {.denied = true, .condition = nullptr};
  return {.denied = false, .condition = std::move(folded)};
}

Verdict Policies::with_tenant(const ir::Entity& entity, Verdict verdict) const {
  if (verdict.denied || !entity.tenanted) return verdict;
  if (!principal_->tenant) return {.denied = true, .condition = nullptr};
  const auto& field = entity.field(entity.tenant_field);
  const auto type = ir::expression_type(field.type, false, *system_);
  auto row = make_select(make_ident("row", cel::make_record(entity.name)), field.name, type);
  auto tenant = make_select(make_ident("auth", cel::make_record(std::string(ir::kAuthRecord))), "tenant", type);
  verdict.condition = both(make_operator(cel::Op::kEqual, std::move(row), std::move(tenant)), verdict.condition);
  return verdict;
}

Verdict Policies::of(const ir::Entity& entity, Action action) const {
  if (exempt()) return {};
  if (entity.access.engine_only) return {.denied = true, .condition = nullptr};
  const auto& access = entity.access;
  const auto& policy = action == Action::kRead     ? access.read
                       : action == Action::kCreate ? access.create
                       : action == Action::kUpdate ? access.update
                                                   : access.remove;
  return with_tenant(entity, judge(policy));
}

UpdateVerdict Policies::split_update(const cel::ExprPtr& condition) {
  UpdateVerdict verdict;
  if (condition == nullptr) return verdict;
  std::vector<cel::ExprPtr> conjuncts;
  collect_conjuncts(condition, conjuncts);
  for (const auto& conjunct : conjuncts) {
    const bool row = cel::mentions(*conjunct, "row");
    const bool former = cel::mentions(*conjunct, "old");
    const bool incoming = cel::mentions(*conjunct, "new");
    // `row` is the stored record first and the resulting one afterwards, so it can be joined with neither of the other two.
    if ((former && incoming) || (row && (former || incoming))) {
      verdict.unsupported = true;
      continue;
    }
    if (!incoming) verdict.stored = both(verdict.stored, conjunct);
    if (!former) verdict.result = both(verdict.result, conjunct);
  }
  return verdict;
}

UpdateVerdict Policies::update(const ir::Entity& entity) const {
  const auto verdict = of(entity, Action::kUpdate);
  if (verdict.denied) return {.denied = true, .unsupported = false, .stored = nullptr, .result = nullptr};
  return split_update(verdict.condition);
}

Verdict Policies::field_read(const ir::Field& field) const {
  if (exempt() || field.read_policy == nullptr) return {};
  return judge(field.read_policy);
}

Verdict Policies::field_write(const ir::Field& field) const {
  if (exempt() || field.write_policy == nullptr) return {};
  return judge(field.write_policy);
}

Error Policies::denial(std::string message) const {
  const auto kind = principal_->anonymous() ? ErrorKind::kUnauthenticated : ErrorKind::kPermissionDenied;
  return make_error(kind, "42501", std::move(message));
}

}  // namespace kingpost::plan
