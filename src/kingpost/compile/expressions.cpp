#include "kingpost/compile/expressions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "kingpost/compile/faults.hpp"

namespace kingpost::compile {
namespace {

/// Expanding policies in policies multiplies; what is written out stays within the bound of one expression.
constexpr std::size_t kMostExpandedNodes = cel::kMaxExprNodes;

/// Replaces policy names by their expressions, from the inside of each policy outwards.
class Expansion {
 public:
  explicit Expansion(Context& context) : context_(context) {}

  cel::ExprPtr expand(const cel::ExprPtr& expr, const Span* use) {
    if (expr == nullptr || ++nodes_ > kMostExpandedNodes) return nullptr;
    if (expr->kind == cel::ExprKind::kIdent && !bound(expr->name)) {
      for (auto& policy : context_.policies) {
        if (policy.name == expr->name) return expand_policy(policy, use == nullptr ? expr->span : *use);
      }
    }
    auto copy = std::make_shared<cel::Expr>(*expr);
    if (use != nullptr) copy->span = *use;
    const bool binds = expr->kind == cel::ExprKind::kMacro && !expr->variable.empty();
    for (std::size_t i = 0; i < copy->args.size(); ++i) {
      if (copy->args[i] == nullptr) continue;
      if (binds && i == 1) variables_.push_back(expr->variable);
      copy->args[i] = expand(copy->args[i], use);
      if (copy->args[i] == nullptr) return nullptr;
    }
    if (binds && copy->args.size() > 1) variables_.pop_back();
    return copy;
  }

  [[nodiscard]] bool too_large() const noexcept { return nodes_ > kMostExpandedNodes; }

 private:
  [[nodiscard]] bool bound(const std::string& name) const { return std::find(variables_.begin(), variables_.end(), name) != variables_.end(); }

  cel::ExprPtr expand_policy(PolicySource& policy, Span use) {
    if (policy.open) {
      report(context_, "policy-cycle", policy.node->span, fmt::format("The policy `{}` refers to itself.", policy.name),
             "Write out one policy of the circle.");
      return nullptr;
    }
    policy.used = true;
    if (policy.parsed == nullptr) return nullptr;
    policy.open = true;
    auto expanded = expand(policy.parsed, &use);
    policy.open = false;
    return expanded;
  }

  Context& context_;
  std::vector<std::string> variables_;
  std::size_t nodes_ = 0;
};

bool declared(const ir::System& system, ir::ServiceId service, const ir::Entity& entity, ir::FieldId field) {
  if (entity.built_in && std::find(entity.key.begin(), entity.key.end(), field) != entity.key.end()) return true;
  for (const auto& use : system.services[service.index()].uses) {
    if (use.entity != entity.id) continue;
    return std::find(use.fields.begin(), use.fields.end(), field) != use.fields.end() ||
           std::find(entity.key.begin(), entity.key.end(), field) != entity.key.end();
  }
  return false;
}

bool declared(const ir::System& system, ir::ServiceId service, const ir::Entity& entity) {
  const auto& uses = system.services[service.index()].uses;
  return std::any_of(uses.begin(), uses.end(), [&](const ir::ServiceUse& use) { return use.entity == entity.id; });
}

}  // namespace

Span expression_origin(const Text& text) {
  auto origin = text.span;
  const bool one_line = origin.line == origin.end_line;
  if (text.quoted && one_line) ++origin.column;
  return origin;
}

cel::ExprPtr read_expression(Context& context, const Text& text) {
  Diagnostics found;
  const auto parsed = cel::parse(text.text, expression_origin(text), found);
  report_faults(context, text, nullptr, found);
  if (parsed == nullptr) return nullptr;
  Expansion expansion(context);
  auto expanded = expansion.expand(parsed, nullptr);
  if (expanded == nullptr && expansion.too_large()) {
    report(context, "expression-too-large", text.span, "With its policies written out, the expression is too large.", "Split the policies.");
  }
  return expanded;
}

cel::ExprPtr compile_expression(Context& context, const Text& text, const cel::Scope& scope, const std::optional<cel::Type>& expected) {
  const auto read = read_expression(context, text);
  if (read == nullptr) return nullptr;
  Diagnostics found;
  auto checked = cel::check(read, scope, expected, found);
  report_faults(context, text, &scope, found);
  return found.has_errors() ? nullptr : checked;
}

cel::Scope base_scope(const Context& context) {
  cel::Scope scope;
  scope.provider = &context.types;
  scope.roles.emplace();
  for (const auto& role : context.system.roles) scope.roles->push_back(role.name);
  scope.names.emplace_back("now", cel::make_type(cel::TypeKind::kTimestamp));
  return scope;
}

cel::Scope caller_scope(const Context& context) {
  auto scope = base_scope(context);
  scope.names.emplace_back("auth", cel::make_record(std::string(ir::kAuthRecord)));
  scope.names.emplace_back("system", cel::make_type(cel::TypeKind::kBool));
  return scope;
}

void add_row(cel::Scope& scope, std::string_view name, const ir::Entity& entity) {
  scope.names.emplace_back(std::string(name), cel::make_record(entity.name));
}

void check_reads(Context& context, const cel::ExprPtr& expr, const ReadPlace& place) {
  if (expr == nullptr || !place.service.valid()) return;
  std::set<std::string> told;
  visit_expression(*expr, [&](const cel::Expr& node) {
    const bool select =
        node.kind == cel::ExprKind::kSelect && !node.args.empty() && node.args[0] != nullptr && node.args[0]->type.kind == cel::TypeKind::kRecord;
    const bool rows =
        node.type.kind == cel::TypeKind::kList && node.type.relation && node.type.element != nullptr && node.kind != cel::ExprKind::kMacro;
    if (!select && !rows) return;
    const auto id = context.system.find_entity(rows ? node.type.element->name : node.args[0]->type.name);
    if (!id.valid()) return;
    const auto& entity = context.entity(id);
    if (!entity.service.valid() || entity.service == place.service) return;
    const auto field = rows ? ir::FieldId{} : entity.find_field(node.name);
    const bool fine = field.valid() ? declared(context.system, place.service, entity, field) : declared(context.system, place.service, entity);
    if (fine) return;
    const auto name = field.valid() ? fmt::format("{}.{}", entity.name, node.name) : entity.name;
    if (!told.insert(name).second) return;
    const auto& own = context.system.services[place.service.index()].name;
    report(context, "undeclared-read", node.span,
           fmt::format("{} reads `{}` of the service `{}`, which `{}` does not declare.", place.what, name,
                       context.system.services[entity.service.index()].name, own),
           fmt::format("Add `{}: [{}]` to `uses` of the service `{}`.", entity.name, field.valid() ? node.name : std::string(), own));
  });
}

}  // namespace kingpost::compile
