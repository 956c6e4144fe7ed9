#include <fmt/format.h>

#include "kingpost/emit/behaviour.hpp"
#include "kingpost/emit/sequence.hpp"

namespace kingpost::emit {

namespace {

constexpr std::string_view kDesigned =
    "Designed, not yet run by this version: tokens come from `kingpost token` or an issuer that shares the secret.";

AuthSequence request_with_token(const ir::System& system) {
  AuthSequence out{"request", "A request with a token", "Runs in this version.", {}};
  Sequence& to = out.sequence;
  to.title = out.title;
  const std::size_t caller = to.party(PartyKind::kActor, "Caller");
  const std::size_t api = to.party(PartyKind::kService, service_name(system, {}));
  const std::size_t store = to.party(PartyKind::kStore, "Database");
  to.call(caller, api, "GET /rest/v1/… with Authorization: Bearer …");
  to.call(api, api, "verify the signature with the one algorithm that is allowed, then expiry and role");
  to.begin("alt", "no token");
  to.note(api, "The principal is anonymous: auth.uid is an error, so a policy that asks for it denies.");
  to.otherwise("a token that does not hold");
  to.answer(api, caller, "401 PGRST301 or PGRST303");
  to.otherwise("a good token");
  std::string claims = "principal: user id and roles";
  if (system.tenancy) claims += ", tenant from the claim " + system.tenancy->claim;
  to.call(api, api, claims);
  to.end();
  to.call(api, store, system.tenancy ? "statement with the tenant key and the policy inside" : "statement with the policy inside");
  to.answer(store, api, "rows that the policy lets through");
  to.answer(api, caller, "200; denied rows are absent, denied writes are 403 (401 for anonymous callers)");
  return out;
}

AuthSequence sign_in(const ir::System& system) {
  AuthSequence out{"sign-in", "Signing in with a password", std::string(kDesigned), {}};
  Sequence& to = out.sequence;
  to.title = out.title;
  const std::size_t user = to.party(PartyKind::kActor, "User");
  const std::size_t api = to.party(PartyKind::kService, service_name(system, {}));
  const std::size_t store = to.party(PartyKind::kStore, "Database");
  to.call(user, api, "POST /auth/v1/token?grant_type=password {email, password}");
  to.call(api, api, "limit attempts per account and address");
  to.call(api, store, "user by e-mail");
  to.call(api, api, "Argon2id, the same time whether or not the user exists");
  to.begin("alt", "wrong e-mail or password");
  to.answer(api, user, "400 invalid_credentials, the same for both");
  to.otherwise("right");
  to.call(api, store, "new session, hash of its refresh token");
  to.answer(api, user, "access token (minutes), refresh token (once)");
  to.end();
  return out;
}

AuthSequence refresh(const ir::System& system) {
  AuthSequence out{"refresh", "Refreshing a session", std::string(kDesigned), {}};
  Sequence& to = out.sequence;
  to.title = out.title;
  const std::size_t user = to.party(PartyKind::kActor, "Client");
  const std::size_t api = to.party(PartyKind::kService, service_name(system, {}));
  const std::size_t store = to.party(PartyKind::kStore, "Database");
  to.call(user, api, "POST /auth/v1/token?grant_type=refresh_token {refresh_token}");
  to.call(api, store, "find the token by its hash, lock its family");
  to.begin("alt", "unknown, ended or expired");
  to.answer(api, user, "400; sign in again");
  to.otherwise("used before, past the grace of seconds");
  to.call(api, store, "end the whole family: it was stolen or copied");
  to.answer(api, user, "400 refresh_token_already_used");
  to.otherwise("good");
  to.call(api, store, "one child, the old one is spent");
  to.answer(api, user, "new access and refresh token");
  to.end();
  return out;
}

}  // namespace

std::vector<AuthSequence> make_auth_sequences(const ir::System& system) {
  std::vector<AuthSequence> out;
  out.push_back(request_with_token(system));
  out.push_back(sign_in(system));
  out.push_back(refresh(system));
  return out;
}

}  // namespace kingpost::emit
