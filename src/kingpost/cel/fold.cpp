#include <algorithm>
#include <memory>
#include <utility>

#include "kingpost/cel/cel.hpp"
#include "kingpost/cel/checker.hpp"
#include "kingpost/cel/operations.hpp"

namespace kingpost::cel {

namespace {

/// Whether the result matters as a value, or only whether it is true, or only whether it is false.
enum class Matters : std::uint8_t { kValue, kTrue, kFalse };

const bool* known_bool(const Expr& expr) { return expr.kind == ExprKind::kLiteral ? std::get_if<bool>(&expr.value.data) : nullptr; }
bool is_failure(const Expr& expr) { return expr.kind == ExprKind::kFailure; }

ExprPtr make_failure(std::string code, const Expr& where) {
  Expr node;
  node.kind = ExprKind::kFailure;
  node.name = std::move(code);
  node.type = where.type;
  node.span = where.span;
  return std::make_shared<const Expr>(std::move(node));
}

/// The identifier at the root of a chain of selections; null pointer when there is none.
const Expr* root_of(const Expr& expr) {
  const Expr* root = &expr;
  while (root->kind == ExprKind::kSelect) root = root->args[0].get();
  return root->kind == ExprKind::kIdent ? root : nullptr;
}

class Folder {
 public:
  explicit Folder(const PartialActivation& known) : known_(known) {}

  ExprPtr fold(const ExprPtr& expr, Matters matters) {
    switch (expr->kind) {
      case ExprKind::kLiteral:
      case ExprKind::kFailure:
        return expr;
      case ExprKind::kIdent:
      case ExprKind::kSelect:
        return name(expr);
      case ExprKind::kOperator:
        if (expr->op == Op::kAnd || expr->op == Op::kOr) return logic(expr, matters);
        if (expr->op == Op::kNot) return negation(expr, matters);
        if (expr->op == Op::kConditional) return conditional(expr, matters);
        return strict(expr);
      case ExprKind::kCall:
        return call(expr);
      case ExprKind::kIndex:
      case ExprKind::kList:
      case ExprKind::kMap:
        return strict(expr);
      case ExprKind::kMacro:
        return macro(expr);
    }
    return expr;
  }

 private:
  [[nodiscard]] bool is_bound(const std::string& name) const { return std::find(bound_.begin(), bound_.end(), name) != bound_.end(); }

  ExprPtr known_value(Result<Value> value, const Expr& where) {
    if (value.has_value()) value = settle(*std::move(value), where.type);
    if (!value.has_value()) return make_failure(value.error().code, where);
    return make_literal(*std::move(value), where.type, where.span);
  }

  ExprPtr name(const ExprPtr& expr) {
    const Expr* root = root_of(*expr);
    if (root != nullptr && is_bound(root->name)) return expr;
    if (root != nullptr && known_.lookup) {
      if (std::optional<Result<Value>> value = known_.lookup(*expr)) return known_value(*std::move(value), *expr);
    }
    if (expr->kind == ExprKind::kSelect) return strict(expr);
    if (is_type_name(expr->name) && expr->type.kind == TypeKind::kType) return make_literal(Value{TypeValue{expr->name}}, expr->type, expr->span);
    return expr;
  }

  ExprPtr logic(const ExprPtr& expr, Matters matters) {
    const ExprPtr left = fold(expr->args[0], matters);
    const ExprPtr right = fold(expr->args[1], matters);
    const bool deciding = expr->op == Op::kOr;
    const bool* left_known = known_bool(*left);
    const bool* right_known = known_bool(*right);
    if ((left_known != nullptr && *left_known == deciding) || (right_known != nullptr && *right_known == deciding)) {
      return make_literal(Value{deciding}, expr->type, expr->span);
    }
    // A side that decides nothing leaves the other, if that is surely a bool.
    if (left_known != nullptr && is_condition(*right)) return right;
    if (right_known != nullptr && is_condition(*left)) return left;
    if (is_failure(*left) && is_failure(*right)) return left;
    if (matters != Matters::kValue && (is_failure(*left) || is_failure(*right))) {
      // Where truth matters a failing side of && leaves nothing and one of || only the other side; where falsity matters, the reverse.
      const bool dead = (matters == Matters::kTrue) == (expr->op == Op::kAnd);
      if (is_failure(*left)) return dead ? left : right;
      return dead ? right : left;
    }
    return rebuilt(*expr, {left, right});
  }
  static bool is_condition(const Expr& expr) { return expr.type.kind == TypeKind::kBool || is_failure(expr) || known_bool(expr) != nullptr; }

  ExprPtr negation(const ExprPtr& expr, Matters matters) {
    const Matters inner = matters == Matters::kTrue ? Matters::kFalse : matters == Matters::kFalse ? Matters::kTrue : Matters::kValue;
    const ExprPtr operand = fold(expr->args[0], inner);
    if (is_failure(*operand)) return operand;
    if (operand->kind == ExprKind::kLiteral) return computed(rebuilt(*expr, {operand}));
    return rebuilt(*expr, {operand});
  }

  ExprPtr conditional(const ExprPtr& expr, Matters matters) {
    const ExprPtr condition = fold(expr->args[0], Matters::kValue);
    if (is_failure(*condition)) return condition;
    if (const bool* holds = known_bool(*condition)) return fold(expr->args[*holds ? 1 : 2], matters);
    if (condition->kind == ExprKind::kLiteral) return make_failure("cel-overload", *expr);
    return rebuilt(*expr, {condition, fold(expr->args[1], matters), fold(expr->args[2], matters)});
  }

  /// A node that needs all its parts: one failing part fails it, known parts compute it.
  ExprPtr strict(const ExprPtr& expr) {
    std::vector<ExprPtr> args;
    bool all_known = true;
    for (const ExprPtr& arg : expr->args) {
      args.push_back(fold(arg, Matters::kValue));
      all_known = all_known && args.back()->kind == ExprKind::kLiteral;
    }
    for (const ExprPtr& arg : args) {
      if (is_failure(*arg)) return make_failure(arg->name, *expr);
    }
    ExprPtr node = rebuilt(*expr, std::move(args));
    return all_known ? computed(node) : node;
  }

  ExprPtr call(const ExprPtr& expr) {
    if (expr->name == "has_role" && !expr->method) {
      if (!known_.has_role || expr->args.size() != 1) return expr;
      const auto* role = std::get_if<std::string>(&expr->args[0]->value.data);
      return role == nullptr ? expr : make_literal(Value{known_.has_role(*role)}, expr->type, expr->span);
    }
    // count() over the rows of a group has no parts and is nothing to compute.
    return expr->args.empty() ? expr : strict_call(expr);
  }
  ExprPtr strict_call(const ExprPtr& expr) {
    const bool group = !expr->method && (expr->name == "sum" || expr->name == "min" || expr->name == "max");
    if (!group) return strict(expr);
    return rebuilt(*expr, {fold(expr->args[0], Matters::kValue)});
  }

  ExprPtr macro(const ExprPtr& expr) {
    if (expr->name == "has") {
      const ExprPtr from = fold(expr->args[0]->args[0], Matters::kValue);
      if (is_failure(*from)) return make_failure(from->name, *expr);
      const ExprPtr tested = rebuilt(*expr->args[0], {from});
      ExprPtr node = rebuilt(*expr, {tested});
      return from->kind == ExprKind::kLiteral ? computed(node) : node;
    }
    std::vector<ExprPtr> args = {fold(expr->args[0], Matters::kValue)};
    if (is_failure(*args[0])) return make_failure(args[0]->name, *expr);
    bound_.push_back(expr->variable);
    for (std::size_t i = 1; i < expr->args.size(); ++i) args.push_back(fold(expr->args[i], Matters::kValue));
    bound_.pop_back();
    ExprPtr node = rebuilt(*expr, std::move(args));
    std::vector<std::string_view> bound;
    return closed(*node, bound) ? computed(node) : node;
  }

  /// Whether an expression reads nothing but literals and its own loop variables.
  static bool closed(const Expr& expr, std::vector<std::string_view>& bound) {
    if (expr.kind == ExprKind::kIdent) return std::find(bound.begin(), bound.end(), expr.name) != bound.end();
    if (expr.kind == ExprKind::kFailure) return false;
    if (expr.kind == ExprKind::kCall && (expr.name == "has_role" || expr.args.empty())) return false;
    if (expr.kind == ExprKind::kMacro && !expr.variable.empty()) {
      if (!closed(*expr.args[0], bound)) return false;
      bound.emplace_back(expr.variable);
      const bool bodies = std::all_of(expr.args.begin() + 1, expr.args.end(), [&bound](const ExprPtr& arg) { return closed(*arg, bound); });
      bound.pop_back();
      return bodies;
    }
    return std::all_of(expr.args.begin(), expr.args.end(), [&bound](const ExprPtr& arg) { return closed(*arg, bound); });
  }

  static ExprPtr rebuilt(const Expr& expr, std::vector<ExprPtr> args) {
    if (args == expr.args) return std::make_shared<const Expr>(expr);
    Expr node = expr;
    node.args = std::move(args);
    return std::make_shared<const Expr>(std::move(node));
  }

  ExprPtr computed(const ExprPtr& expr) {
    Result<Value> value = evaluate(*expr, Activation{});
    // What is too costly to compute now is left as it is.
    if (!value.has_value() && value.error().code == "cel-cost") return expr;
    return known_value(std::move(value), *expr);
  }

  const PartialActivation& known_;
  std::vector<std::string> bound_;
};

}  // namespace

ExprPtr fold(const ExprPtr& expr, const PartialActivation& known) { return expr == nullptr ? expr : Folder(known).fold(expr, Matters::kValue); }

ExprPtr fold_predicate(const ExprPtr& expr, const PartialActivation& known) {
  return expr == nullptr ? expr : Folder(known).fold(expr, Matters::kTrue);
}

ExprPtr make_literal(Value value, Type type, Span span) {
  Expr node;
  node.kind = ExprKind::kLiteral;
  node.value = std::move(value);
  node.type = std::move(type);
  node.span = span;
  return std::make_shared<const Expr>(std::move(node));
}

bool is_true(const Expr& expr) {
  const bool* known = known_bool(expr);
  return known != nullptr && *known;
}

bool never_true(const Expr& expr) {
  if (is_failure(expr)) return true;
  return expr.kind == ExprKind::kLiteral && !is_true(expr);
}

bool mentions(const Expr& expr, std::string_view name) {
  if (expr.kind == ExprKind::kIdent) return expr.name == name;
  const bool rebinds = expr.kind == ExprKind::kMacro && expr.variable == name;
  for (std::size_t i = 0; i < expr.args.size(); ++i) {
    // The range of a loop is outside of it.
    if (rebinds && i != 0) break;
    if (mentions(*expr.args[i], name)) return true;
  }
  return false;
}

}  // namespace kingpost::cel
