#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "kingpost/base/text.hpp"
#include "kingpost/identity/token.hpp"
#include "require.hpp"

namespace {

using kingpost::identity::TokenAuthority;

constexpr std::string_view kSecret = "a secret of this fuzz target, never of a server";
constexpr std::int64_t kNow = 1'700'000'000;

kingpost::ir::System make_system() {
  kingpost::ir::System system;
  system.roles.push_back({"customer", {}, {"customer"}, {}});
  system.roles.push_back({"support", {"customer"}, {"customer", "support"}, {}});
  return system;
}

// Signs any header and payload, so that what stands behind the signature is reached too.
std::string signed_token(std::string_view header, std::string_view payload) {
  std::string token = kingpost::encode_base64url(header) + "." + kingpost::encode_base64url(payload);
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  HMAC(EVP_sha256(), kSecret.data(), static_cast<int>(kSecret.size()), reinterpret_cast<const unsigned char*>(token.data()), token.size(),
       bytes.data(), &size);
  return token + "." + kingpost::encode_base64url({reinterpret_cast<const char*>(bytes.data()), size});
}

bool check(const TokenAuthority& authority, const kingpost::ir::System& system, std::string_view token) {
  const auto verified = authority.verify(token, system, kNow);
  if (!verified) {
    require(verified.error().code == "PGRST301" || verified.error().code == "PGRST303");
    return false;
  }
  require(verified->expires_s > kNow - 3600);
  for (const std::string& role : verified->principal.roles) require(system.find_role(role) != nullptr);
  return true;
}

}  // namespace

// The input as a token, as the claims of a token with a good signature, and as the header of one. A token nobody signed is never accepted.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input = input_text(data, size);
  const auto authority = TokenAuthority::create(std::string(kSecret));
  require(authority.has_value());
  const kingpost::ir::System system = make_system();
  require(!check(*authority, system, input));
  static_cast<void>(check(*authority, system, signed_token(R"({"alg":"HS256","typ":"JWT"})", input)));
  if (check(*authority, system, signed_token(input, R"({"exp":1800000000,"role":"support"})"))) require(input.find("HS256") != std::string::npos);
  return 0;
}
