#pragma once

#include <cstdint>
#include <vector>

#include "kingpost/base/limits.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/ir/system.hpp"
#include "kingpost/plan/plan.hpp"
#include "kingpost/sql/program.hpp"

namespace kingpost::sql {

/// Plan → Program for one database. Pure. Errors: `expr-no-sql` where an expression has no SQL there, PGRST127 for a refused feature.
[[nodiscard]] Result<Program> render_program(const plan::Plan& plan, const ir::System& system, dialect::Database database, const Limits& limits);

/// A parameter's value for one execution; kKeys are filled in by the store while it runs.
struct BoundValue {
  Datum scalar;
  std::vector<Datum> list;
  bool is_list = false;
};

/// Everything one execution of a Program needs besides the Program: encoded client values and the principal's.
struct Binding {
  std::vector<std::vector<BoundValue>> steps;  ///< [step][param]
  std::vector<std::string> if_match;
  std::size_t row_count = 0;
};

/// Encodes a request's values for a Program. Errors: 22P02, 22003, 22001, 22007, 22021, 23502 with JSON pointers into the body, kp-limit-*.
[[nodiscard]] Result<Binding> bind_request(const Program& program, const request::Request& request, const request::Principal& principal,
                                           const ir::System& system, std::int64_t now_us);

}  // namespace kingpost::sql
