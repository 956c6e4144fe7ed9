#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kingpost/base/limits.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/request/request.hpp"

namespace kingpost::protocol::rest {

/// Decoded query parameters in order of writing; `+` is a blank.
using QueryParams = std::vector<std::pair<std::string, std::string>>;

/// Splits and decodes a query string. Errors: PGRST100 for bad percent escapes or invalid UTF-8.
[[nodiscard]] Result<QueryParams> split_query(std::string_view query);

/// Fills the read side of a Request from query parameters: select, filters, order, limit, offset, trees, columns, on_conflict, cursor.
/// Errors: PGRST100 malformed, PGRST108 for a path that names no embed, PGRST123 aggregates, PGRST127 refused, kp-limit-*.
[[nodiscard]] Result<void> parse_query(const QueryParams& params, const Limits& limits, request::Request& request);

/// Reads `select=`; part of parse_query, apart for its tests.
[[nodiscard]] Result<std::vector<request::SelectItem>> parse_select(std::string_view text, const Limits& limits);
/// Reads `order=`.
[[nodiscard]] Result<std::vector<request::OrderTerm>> parse_order(std::string_view text);
/// Reads `[not.]op[(modifier)].value` for a column; values go into `request`.
[[nodiscard]] Result<request::Filter> parse_filter(request::ColumnPath path, std::string_view text, const Limits& limits, request::Request& request);
/// Reads `(a.eq.1,not.or(…))` after and/or.
[[nodiscard]] Result<request::Filter> parse_tree(bool is_or, bool negated, std::string_view text, const Limits& limits, request::Request& request);
/// Reads `name->a->0->>b`.
[[nodiscard]] Result<request::ColumnPath> parse_path(std::string_view text);

}  // namespace kingpost::protocol::rest
