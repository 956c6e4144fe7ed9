#pragma once

#include <string>

#include "kingpost/sql/program.hpp"

namespace kingpost::sql {

/// A Program for people: every step with its purpose, SQL, where each parameter comes from and what must hold. Same program, same bytes.
[[nodiscard]] std::string print_program(const Program& program);

}  // namespace kingpost::sql
