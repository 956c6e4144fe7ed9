#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kingpost/base/span.hpp"
#include "kingpost/cel/type.hpp"
#include "kingpost/cel/value.hpp"

namespace kingpost::cel {

struct Expr;
/// Expressions are immutable and shared.
using ExprPtr = std::shared_ptr<const Expr>;

enum class ExprKind : std::uint8_t {
  kLiteral,   ///< `value`; also a bare enum value after checking; of a double `name` keeps the source text, for exact decimals
  kIdent,     ///< `name`: row, new, old, auth, input, now, system, a loop variable, a step's name
  kSelect,    ///< `args[0]`.`name`
  kIndex,     ///< `args[0]`[`args[1]`]
  kOperator,  ///< `op` over `args`
  kCall,      ///< function `name`; with `method` the receiver is args[0]
  kList,      ///< args
  kMap,       ///< args alternate key, value
  kMacro,     ///< `name` (has, all, exists, exists_one, map, filter, where, sum, min, max, count) over args[0]; `variable`; args[1…] bodies.
              ///< sum, min, max and count without arguments have neither
  kFailure,   ///< always an error (`name` says which); made by partial evaluation, for example auth.uid of an anonymous caller
};

enum class Op : std::uint8_t {
  kAnd,
  kOr,
  kNot,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kNegate,
  kIn,
  kConditional,
};

/// A node of an expression. `type` is set by check(); before that it is kDyn.
struct Expr {
  ExprKind kind = ExprKind::kLiteral;
  Op op = Op::kAnd;
  bool method = false;
  Span span;
  Type type;
  std::string name;
  std::string variable;
  Value value;
  std::vector<ExprPtr> args;
};

/// Canonical text of an expression, with the fewest parentheses; parse(print(e)) equals e.
[[nodiscard]] std::string print_expr(const Expr& expr);

}  // namespace kingpost::cel
