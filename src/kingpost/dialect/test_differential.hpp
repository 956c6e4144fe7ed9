#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "kingpost/dialect/test_rows.hpp"
#include "kingpost/dialect/test_system.hpp"

namespace kingpost::dialect {

/// What `now` and `auth.uid` are in the tests.
inline constexpr std::int64_t kTestNow = 1'706'788'800'000'000;
[[nodiscard]] Uuid test_user();

/// The rows of task for which the evaluator says true, as indexes.
[[nodiscard]] std::set<std::size_t> evaluated(const TestRows& rows, const cel::Expr& expr);
/// A statement that selects the ids of those rows, values as literals; or the reason why there is none.
[[nodiscard]] Result<std::string> selecting(const TestRows& rows, const cel::Expr& expr);
/// The expressions of tests/cases/dialect/render.txt, and compositions of them drawn from `seed`.
[[nodiscard]] std::vector<std::string> test_expressions(unsigned seed, std::size_t composed);

}  // namespace kingpost::dialect
