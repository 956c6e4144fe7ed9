#include <fmt/format.h>

#include "kingpost/compile/expressions.hpp"
#include "kingpost/compile/faults.hpp"
#include "kingpost/compile/stages.hpp"

namespace kingpost::compile {
namespace {

struct Operation {
  const char* name;
  cel::ExprPtr ir::Access::*member;
  bool fresh;   ///< `new` is in scope
  bool former;  ///< `old` is in scope
};
constexpr std::size_t kOperations = 4;

const Operation* operations() {
  static const Operation table[kOperations] = {
      {"read", &ir::Access::read, false, false},
      {"create", &ir::Access::create, true, false},
      {"update", &ir::Access::update, true, true},
      {"delete", &ir::Access::remove, false, true},
  };
  return table;
}

cel::Scope access_scope(Context& context, const ir::Entity& entity, const Operation& operation) {
  auto scope = caller_scope(context);
  add_row(scope, "row", entity);
  if (operation.fresh) add_row(scope, "new", entity);
  if (operation.former) add_row(scope, "old", entity);
  return scope;
}

/// The rule that holds for an operation: its own, else `write` for the three writes, else `all`.
const model::Node* rule_of(const model::Node& access, std::string_view operation) {
  if (const auto* own = access.find(operation)) return own;
  if (operation != "read") {
    if (const auto* write = access.find("write")) return write;
  }
  return access.find("all");
}

cel::ExprPtr make_operator(cel::Op op, cel::ExprPtr left, cel::ExprPtr right) {
  auto expr = std::make_shared<cel::Expr>();
  expr->kind = cel::ExprKind::kOperator;
  expr->op = op;
  expr->type = cel::make_type(cel::TypeKind::kBool);
  expr->args = {std::move(left), std::move(right)};
  return expr;
}

/// `row.organisation == auth.tenant && rule`, whatever the rule says.
cel::ExprPtr within_tenant(Context& context, const ir::Entity& entity, cel::ExprPtr rule) {
  if (rule == nullptr || !entity.tenanted || !entity.tenant_field.valid()) return rule;
  auto scope = caller_scope(context);
  add_row(scope, "row", entity);
  const Text predicate{fmt::format("row.{} == auth.tenant", entity.field(entity.tenant_field).name), rule->span, false};
  auto inside = compile_expression(context, predicate, scope, cel::make_type(cel::TypeKind::kBool));
  if (inside == nullptr) return nullptr;
  if (cel::is_true(*rule)) return inside;
  return make_operator(cel::Op::kAnd, std::move(inside), std::move(rule));
}

void compile_access(Context& context, ir::Entity& entity, const model::Node& access) {
  entity.access.declared = true;
  if (access.is_scalar()) {
    entity.access.engine_only = access.text == "none";
    return;
  }
  for (std::size_t i = 0; i < kOperations; ++i) {
    const auto& operation = operations()[i];
    const auto* rule = rule_of(access, operation.name);
    if (rule == nullptr || !rule->is_scalar()) continue;
    const auto text = text_of(*rule);
    if (text.text == "none") continue;
    auto checked = compile_expression(context, text, access_scope(context, entity, operation), cel::make_type(cel::TypeKind::kBool));
    check_reads(context, checked, {entity.service, fmt::format("The rule `{}` of `{}`", operation.name, entity.name)});
    entity.access.*operation.member = within_tenant(context, entity, std::move(checked));
  }
}

void compile_field_rules(Context& context, ir::Entity& entity) {
  const auto& sources = context.source(entity.id).fields;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    auto& field = entity.fields[i];
    for (const bool reading : {true, false}) {
      const auto* modifier = sources[i].find(reading ? "read" : "write");
      if (modifier == nullptr || modifier->values.size() != 1) continue;
      auto& target = reading ? field.read_policy : field.write_policy;
      if (modifier->values[0].text == "none") {
        cel::Value no;
        no.data = false;
        target = cel::make_literal(no, cel::make_type(cel::TypeKind::kBool), modifier->values[0].span);
        continue;
      }
      auto scope = caller_scope(context);
      add_row(scope, "row", entity);
      if (!reading) add_row(scope, "new", entity);
      if (!reading) add_row(scope, "old", entity);
      target = compile_expression(context, modifier->values[0], scope, cel::make_type(cel::TypeKind::kBool));
      check_reads(context, target, {entity.service, fmt::format("The rule `{}` of `{}.{}`", reading ? "read" : "write", entity.name, field.name)});
    }
  }
}

/// The state moves in commands and sagas alone, whoever asks.
void guard_states(ir::Entity& entity) {
  if (!entity.states || !entity.states->field.valid()) return;
  auto& field = entity.fields[entity.states->field.index()];
  cel::Value no;
  no.data = false;
  field.write_policy = cel::make_literal(no, cel::make_type(cel::TypeKind::kBool), entity.states->span);
}

/// The person sees the own record; tables of the engine's own are not written through the API.
void give_user_access(Context& context) {
  if (!context.system.user.valid()) return;
  auto& user = context.entity(context.system.user);
  const Text rule{"row.id == auth.uid", {}, false};
  user.access.declared = true;
  user.access.read = compile_expression(context, rule, access_scope(context, user, operations()[0]), cel::make_type(cel::TypeKind::kBool));
}

}  // namespace

void compile_policies(Context& context) {
  for (auto& entity : context.system.entities) {
    const auto* node = context.source(entity.id).node;
    if (node == nullptr || !node->is_map()) continue;
    if (const auto* access = node->find("access")) compile_access(context, entity, *access);
    compile_field_rules(context, entity);
    guard_states(entity);
  }
  give_user_access(context);
}

void parse_policies(Context& context) {
  for (auto& policy : context.policies) {
    if (policy.node->is_scalar()) {
      const auto text = text_of(*policy.node);
      Diagnostics found;
      policy.parsed = cel::parse(text.text, expression_origin(text), found);
      report_faults(context, text, nullptr, found);
    }
  }
}

void check_unused_policies(Context& context) {
  for (auto& policy : context.policies) {
    if (policy.used || policy.parsed == nullptr) continue;
    auto scope = caller_scope(context);
    for (const char* name : {"row", "new", "old", "input"}) scope.names.emplace_back(name, cel::make_type(cel::TypeKind::kDyn));
    static_cast<void>(compile_expression(context, text_of(*policy.node), scope, std::nullopt));
    context.diagnostics.warning("unused-policy", policy.node->span, fmt::format("Nothing uses the policy `{}`.", policy.name),
                                "Name it in an access rule, or remove it.");
  }
}

}  // namespace kingpost::compile
