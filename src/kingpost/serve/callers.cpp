#include "kingpost/serve/callers.hpp"

#include <strings.h>

namespace kingpost::serve {

namespace {

CallerPtr make_caller(request::Principal principal, std::int64_t expires_s) {
  auto caller = std::make_shared<Caller>();
  caller->shape = request::shape_of(principal);
  caller->principal = std::move(principal);
  caller->expires_s = expires_s;
  return caller;
}

/// The bearer token of a request; empty when there is none. A publishable key is no token: its holder is anonymous.
Result<std::string_view> token_of(const wire::HttpRequest& request, bool& has_key) {
  std::string_view token;
  if (const auto header = request.headers.find("authorization")) {
    constexpr std::string_view kScheme = "bearer ";
    if (header->size() <= kScheme.size() || strncasecmp(header->data(), kScheme.data(), kScheme.size()) != 0) {
      Error error = make_error(ErrorKind::kUnauthenticated, "PGRST301", "Authorization must be: Bearer TOKEN");
      error.http_status = 401;
      return fail(std::move(error));
    }
    token = header->substr(kScheme.size());
    while (token.starts_with(' ')) token.remove_prefix(1);
  } else if (const auto key = request.headers.find("apikey"); key && key->find('.') != std::string_view::npos) {
    token = *key;
  }
  if (token.starts_with("sb_publishable_")) {
    has_key = true;
    token = {};
  }
  return token;
}

}  // namespace

Callers::Callers(const identity::TokenAuthority& authority, bool dev) : authority_(authority), anonymous_(make_caller({}, 0)) {
  request::Principal principal;
  principal.admin = dev;
  nobody_ = make_caller(std::move(principal), 0);
}

Result<CallerPtr> Callers::identify(const wire::HttpRequest& request, const ir::System& system, std::int64_t now_s) {
  bool has_key = false;
  const auto token = token_of(request, has_key);
  if (!token) return fail(token.error());
  if (token->empty()) return has_key ? anonymous_ : nobody_;
  const auto found = known_.find(*token);
  if (found != known_.end()) {
    if (found->second->expires_s > now_s) return found->second;
    known_.erase(found);
  }
  auto verified = authority_.verify(*token, system, now_s);
  if (!verified) return fail(std::move(verified.error()));
  if (known_.size() >= kMaxKnown) known_.clear();
  CallerPtr caller = make_caller(std::move(verified->principal), verified->expires_s);
  known_.emplace(std::string(*token), caller);
  return caller;
}

}  // namespace kingpost::serve
