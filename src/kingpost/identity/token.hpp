#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kingpost/base/result.hpp"
#include "kingpost/ir/system.hpp"
#include "kingpost/request/principal.hpp"

namespace kingpost::identity {

/// Signs and checks access tokens: JWT (RFC 7519) with HS256 pinned (RFC 8725 §3.1), by OpenSSL. The secret is at least 32 bytes.
class TokenAuthority {
 public:
  /// Error kp-weak-secret when the secret is shorter than 32 bytes or a well-known default.
  [[nodiscard]] static Result<TokenAuthority> create(std::string secret);

  struct Claims {
    std::string subject;  ///< a user's uuid, or empty
    std::string role;     ///< empty: the bare authenticated user
    std::string tenant;
    std::string tenant_claim = "tenant";
    std::int64_t issued_s = 0;
    std::int64_t expires_s = 0;
  };
  [[nodiscard]] std::string sign(const Claims& claims) const;

  struct Verified {
    request::Principal principal;
    std::int64_t expires_s = 0;
  };
  /// The caller of a bearer token; roles with all they inherit. `now_s` is unix time. Errors PGRST301 (malformed, wrong algorithm or
  /// signature, unknown role), PGRST303 (expired, not yet valid).
  [[nodiscard]] Result<Verified> verify(std::string_view token, const ir::System& system, std::int64_t now_s) const;

 private:
  explicit TokenAuthority(std::string secret) : secret_(std::move(secret)) {}
  std::string secret_;
};

/// 32 random bytes in base64url, for a development server without a secret.
[[nodiscard]] std::string make_secret();

}  // namespace kingpost::identity
