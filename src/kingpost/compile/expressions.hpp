#pragma once

#include "kingpost/compile/context.hpp"

namespace kingpost::compile {

/// The place where an expression's text starts: behind the quote of a quoted scalar.
[[nodiscard]] Span expression_origin(const Text& text);

/// Parses an expression and replaces the names of policies by what they say. A policy's parts carry the place where its name was written,
/// so that a fault shows at its use. Empty after an error. Diagnostics: cel-*, policy-cycle.
[[nodiscard]] cel::ExprPtr read_expression(Context& context, const Text& text);

/// Reads and type-checks. Empty after an error.
[[nodiscard]] cel::ExprPtr compile_expression(Context& context, const Text& text, const cel::Scope& scope, const std::optional<cel::Type>& expected);

/// A scope with `now` and the roles; names are added by the caller.
[[nodiscard]] cel::Scope base_scope(const Context& context);
/// base_scope with `auth`, `system`.
[[nodiscard]] cel::Scope caller_scope(const Context& context);
void add_row(cel::Scope& scope, std::string_view name, const ir::Entity& entity);

/// Visits every node below and including `expr`.
template <typename Visit>
void visit_expression(const cel::Expr& expr, const Visit& visit) {
  visit(expr);
  for (const auto& argument : expr.args) {
    if (argument != nullptr) visit_expression(*argument, visit);
  }
}

/// Where reads happen, for the rule that reads across services are declared.
struct ReadPlace {
  ir::ServiceId service;
  std::string what;  ///< "The policy `read` of `order`"
};

/// Reports each field of another service's entity that `expr` reads without a declaration. Diagnostics: undeclared-read.
void check_reads(Context& context, const cel::ExprPtr& expr, const ReadPlace& place);

}  // namespace kingpost::compile
