#include "kingpost/store/assertions.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kingpost/plan/row_version.hpp"

namespace kingpost::store {
namespace {

/// PostgreSQL answers booleans as text in a few places (a cast), so both spellings are true.
bool is_true(const CellView& cell) {
  if (cell.kind == CellView::Kind::kInt) return cell.integer != 0;
  return cell.kind == CellView::Kind::kText && (cell.bytes == "t" || cell.bytes == "true");
}

bool all_true(const plan::RowSet& rows, std::size_t column) {
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    if (!is_true(rows.at(row, column).view())) return false;
  }
  return true;
}

bool version_matches(const plan::RowSet& rows, std::size_t first, const std::vector<std::string>& wanted) {
  if (rows.rows() != 1) return false;
  const auto is_any = [](std::string_view version) { return version == "*"; };
  if (std::any_of(wanted.begin(), wanted.end(), is_any)) return true;
  const std::string version = plan::row_version(rows, 0, static_cast<std::uint32_t>(first), rows.columns() - first);
  return std::find(wanted.begin(), wanted.end(), version) != wanted.end();
}

bool holds(const sql::Assertion& assertion, const sql::Binding& binding, const plan::RowSet& rows) {
  switch (assertion.kind) {
    case sql::AssertionKind::kNoRows:
      return rows.rows() == 0;
    case sql::AssertionKind::kAllTrue:
      return all_true(rows, assertion.column);
    case sql::AssertionKind::kRowCount:
      return rows.rows() == assertion.count;
    case sql::AssertionKind::kAtMost:
      return rows.rows() <= assertion.count;
    case sql::AssertionKind::kVersion:
      return version_matches(rows, assertion.column, binding.if_match);
  }
  return false;
}

}  // namespace

Result<void> check_assertions(const sql::Step& step, const sql::Binding& binding, const plan::RowSet& rows) {
  for (const sql::Assertion& assertion : step.assertions) {
    if (holds(assertion, binding, rows)) continue;
    Error error = assertion.error;
    // PostgREST's clients read the number of rows out of these details.
    if (const auto place = error.details ? error.details->find("{}") : std::string::npos; place != std::string::npos) {
      error.details->replace(place, 2, std::to_string(rows.rows()));
    }
    return fail(std::move(error));
  }
  return {};
}

}  // namespace kingpost::store
