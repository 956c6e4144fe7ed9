#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kingpost/cel/cel.hpp"

namespace kingpost::cel {

/// The walk behind check(). A node that was reported gets the type kError, which agrees with everything, so that one slip is said once.
class Checker {
 public:
  Checker(const Scope& scope, Diagnostics& diagnostics) : scope_(scope), names_(scope.names), diagnostics_(diagnostics) {}

  /// Types a node; `hint` is the type its place would like and never an obligation.
  [[nodiscard]] ExprPtr visit(const ExprPtr& expr, const Type* hint);
  /// Turns a typed node into one of type `target`, or reports cel-type.
  [[nodiscard]] ExprPtr assign(const ExprPtr& expr, const Type& target);
  /// An empty list literal was seen: its element type is open until the end.
  [[nodiscard]] bool has_open_types() const { return open_types_; }

 private:
  // checker.cpp
  ExprPtr visit_literal(const Expr& expr);
  ExprPtr visit_ident(const Expr& expr, const Type* hint);
  ExprPtr visit_select(const Expr& expr);
  ExprPtr visit_index(const Expr& expr);
  ExprPtr visit_list(const Expr& expr, const Type* hint);
  ExprPtr visit_map(const Expr& expr, const Type* hint);
  ExprPtr visit_map_as_record(const Expr& expr, const Type& record);
  void missing_fields(const Expr& map, const Type& record);
  ExprPtr visit_macro(const Expr& expr, const Type* hint);
  ExprPtr visit_has(const Expr& expr);
  ExprPtr visit_aggregate(Expr node, const Type& element);
  void body(Expr& node, const Expr& source, const Type& element, const Type* hint);
  std::optional<Type> macro_element(const Expr& node);
  std::optional<Type> field_type(const Expr& select, const Type& record);
  [[nodiscard]] const Type* find_name(std::string_view name) const;
  void unknown_name(const Expr& expr, const Type* hint);

  // check_operators.cpp
  ExprPtr visit_operator(const Expr& expr, const Type* hint);
  ExprPtr visit_logic(const Expr& expr);
  ExprPtr visit_comparison(const Expr& expr);
  ExprPtr visit_in(const Expr& expr);
  ExprPtr visit_arithmetic(const Expr& expr);
  ExprPtr visit_negate(const Expr& expr);
  ExprPtr visit_conditional(const Expr& expr, const Type* hint);
  void visit_pair(Expr& node, const Expr& source);
  [[nodiscard]] bool is_free_name(const Expr& expr) const;
  /// The node as `target` when a literal or a record can stand for it; otherwise the node as it is.
  [[nodiscard]] ExprPtr soften(const ExprPtr& expr, const Type& target) const;
  [[nodiscard]] ExprPtr soften_number(const ExprPtr& expr, const Type& target) const;
  [[nodiscard]] ExprPtr soften_text(const ExprPtr& expr, const Type& target) const;
  [[nodiscard]] ExprPtr as_key(const ExprPtr& expr) const;
  [[nodiscard]] bool assignable(const Type& from, const Type& to) const;
  [[nodiscard]] bool comparable(const Type& left, const Type& right, bool ordered) const;
  void mismatch(const Expr& expr, const Type& left, const Type& right, std::string_view action);

  // check_calls.cpp
  ExprPtr visit_call(const Expr& expr);
  ExprPtr call_size(Expr node);
  ExprPtr call_text_method(Expr node);
  ExprPtr call_matches(Expr node);
  ExprPtr call_conversion(Expr node);
  ExprPtr call_has_role(Expr node);
  ExprPtr call_time_part(Expr node);
  ExprPtr call_round(Expr node);
  ExprPtr call_group(Expr node);
  void check_constant(const Expr& node);
  ExprPtr unknown_function(Expr node);
  ExprPtr wrong_argument(Expr node, const Expr& argument, std::string_view wanted);
  bool arity(const Expr& node, std::size_t least, std::size_t most);

  ExprPtr fail(Expr node, std::string_view code, std::string message, std::string suggestion = {});
  static ExprPtr done(Expr node, Type type);

  const Scope& scope_;
  std::vector<std::pair<std::string, Type>> names_;
  Diagnostics& diagnostics_;
  bool open_types_ = false;
};

/// The type that holds values of both; kDyn when there is none but dyn.
[[nodiscard]] Type join_types(const Type& left, const Type& right);
[[nodiscard]] bool is_open(const Type& type);
[[nodiscard]] bool is_number(TypeKind kind);
[[nodiscard]] bool is_ordered(TypeKind kind);
/// The static type of a literal's value.
[[nodiscard]] Type type_of_value(const Value& value);
/// Names of built-in types that are values: int, string, …
[[nodiscard]] bool is_type_name(std::string_view name);

}  // namespace kingpost::cel
