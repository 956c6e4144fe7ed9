#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/limits.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/protocol/rest/prefer.hpp"
#include "kingpost/request/request.hpp"
#include "kingpost/wire/message.hpp"

namespace kingpost::protocol::rest {

/// A REST request understood: the neutral Request and what its answer must know of how it was asked.
struct Call {
  request::Request request;
  Preferences prefer;
  std::string profile;  ///< as sent, echoed in Content-Profile
  std::string target;
  std::string if_none_match;
  bool head = false;
  bool root = false;        ///< `/`: the OpenAPI document
  std::string cursor_base;  ///< the target without `cursor`, `limit` kept, for Link
};

/// `path` is the part after /rest/v1, `/product` or `/`. Errors: PGRST101/117 method, PGRST102 body, PGRST106 contract, PGRST107 media type,
/// PGRST103 range, PGRST125 path, kp-precondition (If-Match malformed), kp-idempotency-key.
[[nodiscard]] Result<Call> parse_call(const wire::HttpRequest& http, std::string_view path, const Limits& limits);

/// The methods of a path for Allow and OPTIONS.
[[nodiscard]] std::string_view allowed_methods(std::string_view path) noexcept;

}  // namespace kingpost::protocol::rest
