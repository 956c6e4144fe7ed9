#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/datum.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/dialect/dialect.hpp"
#include "kingpost/plan/layout.hpp"
#include "kingpost/plan/row_set.hpp"

namespace kingpost::protocol::rest {

/// An opaque keyset cursor: base64url of a JSON array with a row's order values and key. It only compares; it grants nothing.
[[nodiscard]] std::string encode_cursor(const plan::ResultLayout& layout, const plan::RowSet& rows, std::size_t row, dialect::Database database);
/// Error kp-cursor when it is not one of ours.
[[nodiscard]] Result<std::vector<RawValue>> decode_cursor(std::string_view text);

}  // namespace kingpost::protocol::rest
