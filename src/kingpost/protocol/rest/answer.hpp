#pragma once

#include <string_view>

#include "kingpost/base/error.hpp"
#include "kingpost/dialect/dialect.hpp"
#include "kingpost/ir/contract.hpp"
#include "kingpost/plan/layout.hpp"
#include "kingpost/plan/row_set.hpp"
#include "kingpost/protocol/rest/call.hpp"
#include "kingpost/wire/message.hpp"

namespace kingpost::protocol::rest {

/// What an answer needs besides the rows.
struct AnswerContext {
  const plan::ResultLayout* layout = nullptr;
  const ir::Contract* contract = nullptr;
  dialect::Database database = dialect::Database::kSqlite;
  std::uint64_t page_rows = 0;  ///< the server's cap, a page of that many rows has a next one too
};

/// Renders a finished read or write; an offset beyond a known total is rendered as the error it is (PGRST103). `rows` are the Program's, by step.
/// Errors: PGRST116.
[[nodiscard]] Result<void> answer_rows(const Call& call, const AnswerContext& context, const plan::RowSets& rows, wire::HttpResponse& out);

/// Renders an error as problem+json.
void answer_error(const Error& error, std::string_view target, wire::HttpResponse& out);

/// Headers of every answer of the API: CORS and caching.
void add_common_headers(std::string_view origin, wire::HttpResponse& out);

/// OPTIONS: what the path can do, and the CORS preflight.
void answer_options(std::string_view path, std::string_view origin, wire::HttpResponse& out);

}  // namespace kingpost::protocol::rest
