#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/cel/expr.hpp"

namespace kingpost::cel {

/// Bounds of one expression: text bytes, nesting, nodes.
inline constexpr std::size_t kMaxExprBytes = 16 << 10;
inline constexpr std::size_t kMaxExprDepth = 64;
inline constexpr std::size_t kMaxExprNodes = 4'000;

/// Reads one expression of the CEL subset. `origin` is where `text` starts in its file, so that spans point into the model.
/// Diagnostics: cel-syntax, cel-too-large, cel-unsupported. Empty after an error.
[[nodiscard]] ExprPtr parse(std::string_view text, Span origin, Diagnostics& diagnostics);

/// The names an expression may use, innermost last.
struct Scope {
  std::vector<std::pair<std::string, Type>> names;
  const TypeProvider* provider = nullptr;
  /// Known role names for has_role("…"); nullopt = not checked.
  std::optional<std::vector<std::string>> roles;
  /// Whether count(), sum(x), min(x) and max(x) over the rows of a group are allowed, as in a projection.
  bool aggregates = false;
};

/// Types an expression. A bare identifier that is a value of the enum expected at that place becomes that literal; a record is its key
/// where a key is expected; int × decimal is decimal. When `expected` is given the result must be assignable to it.
/// Diagnostics: cel-unknown-name, cel-unknown-field, cel-unknown-function, cel-type, cel-unknown-role. Empty after an error.
[[nodiscard]] ExprPtr check(const ExprPtr& expr, const Scope& scope, const std::optional<Type>& expected, Diagnostics& diagnostics);

/// What the evaluator asks for names. Returns an error for an unknown name or, for auth.uid, an anonymous caller.
struct Activation {
  std::function<Result<Value>(const std::string& name)> lookup;
  std::function<bool(const std::string& role)> has_role;
  std::int64_t now_us = 0;
};

/// Evaluates strictly but for && || ?: and the macros, which absorb errors as CEL says. Errors: kind kInvalidArgument, code cel-*.
/// Cost is bounded (1e6 steps → cel-cost).
[[nodiscard]] Result<Value> evaluate(const Expr& expr, const Activation& activation);

/// Null-safe equality and ordering of CEL values; records compare by key.
[[nodiscard]] Result<bool> equal(const Value& left, const Value& right);

/// What is known before a row is seen. `lookup` answers a value, an Error (kFailure), or nullopt for "not known yet".
struct PartialActivation {
  std::function<std::optional<Result<Value>>(const Expr& ident_or_select)> lookup;
  std::function<bool(const std::string& role)> has_role;
};

/// Folds what is known: literals, has_role, auth.*, system. && || ?: simplify with CEL's error absorption. The result is a literal, a
/// kFailure, or a smaller typed expression. A predicate that folds to kFailure denies.
[[nodiscard]] ExprPtr fold(const ExprPtr& expr, const PartialActivation& known);
/// Like fold, where only whether the result is true matters (a policy, a filter): what can never make it true is dropped, so that
/// `auth.uid == row.x || row.public` of an anonymous caller becomes `row.public`.
[[nodiscard]] ExprPtr fold_predicate(const ExprPtr& expr, const PartialActivation& known);

[[nodiscard]] ExprPtr make_literal(Value value, Type type, Span span = {});
[[nodiscard]] bool is_true(const Expr& expr);
/// False, null or a failure: as a predicate it can never hold.
[[nodiscard]] bool never_true(const Expr& expr);
/// True when `expr` reads the identifier `name` anywhere outside a loop that rebinds it.
[[nodiscard]] bool mentions(const Expr& expr, std::string_view name);

}  // namespace kingpost::cel
