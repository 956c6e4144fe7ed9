#pragma once

#include <cstddef>
#include <vector>

#include "kingpost/base/datum.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/plan/row_set.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace kingpost::store {

/// What `kp_list(?)` iterates: values bound from a request, or one column of an earlier step's rows. Nothing is copied, so both must outlive
/// the statement's run.
struct ListSource {
  const std::vector<Datum>* values = nullptr;
  const plan::RowSet* rows = nullptr;
  std::size_t column = 0;

  [[nodiscard]] std::size_t size() const noexcept { return values != nullptr ? values->size() : (rows != nullptr ? rows->rows() : 0); }
};

/// Registers the table-valued function kp_list(pointer) with the columns `value` and `position` (from 1). A look-up by position costs O(1), so
/// several lists join into rows. An unbound or foreign pointer is the empty list.
[[nodiscard]] Result<void> register_list(sqlite3* database);

/// Binds `source` (which must outlive the run) to the parameter `index` (from 1).
[[nodiscard]] int bind_list(sqlite3_stmt* statement, int index, ListSource* source);

}  // namespace kingpost::store
