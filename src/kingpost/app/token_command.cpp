#include <fmt/format.h>

#include <cstdlib>

#include "kingpost/app/commands.hpp"
#include "kingpost/app/loading.hpp"
#include "kingpost/base/clock.hpp"
#include "kingpost/base/uuid.hpp"
#include "kingpost/identity/token.hpp"

namespace kingpost::app {

int run_token(const TokenOptions& options) {
  const char* secret = std::getenv("KINGPOST_SECRET");
  if (secret == nullptr) {
    Error error = make_error(ErrorKind::kFailedPrecondition, "kp-no-secret", "KINGPOST_SECRET is not set; tokens are signed with it");
    error.hint = "export KINGPOST_SECRET=\"$(openssl rand -base64 32)\"  # the server needs the same";
    return complain(error);
  }
  auto authority = identity::TokenAuthority::create(secret);
  if (!authority) return complain(authority.error());
  for (const std::string& id : {options.user, options.tenant}) {
    if (!id.empty() && !parse_uuid(id)) return complain(make_error(ErrorKind::kInvalidArgument, "kp-usage", "'" + id + "' is not a uuid"));
  }
  identity::TokenAuthority::Claims claims;
  claims.subject = options.user;
  claims.role = options.role;
  claims.tenant = options.tenant;
  claims.tenant_claim = options.tenant_claim;
  claims.issued_s = SystemClock().now_us() / 1'000'000;
  claims.expires_s = claims.issued_s + options.hours * 3'600;
  fmt::print("{}\n", authority->sign(claims));
  return kExitOk;
}

}  // namespace kingpost::app
