#include "kingpost/identity/token.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "kingpost/base/text.hpp"

namespace kingpost::identity {

namespace {

constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";
constexpr std::size_t kMaxTokenBytes = 8 << 10;
constexpr std::int64_t kLeewaySeconds = 5;

std::string mac(std::string_view secret, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(),
       &length);
  return {reinterpret_cast<const char*>(digest.data()), length};
}

Error refused(std::string code, std::string message) {
  Error error = make_error(ErrorKind::kUnauthenticated, std::move(code), std::move(message));
  error.http_status = 401;
  return error;
}

struct Parsed {
  std::string subject;
  std::string role;
  std::string tenant;
  std::optional<std::int64_t> expires_s;
  std::optional<std::int64_t> not_before_s;
};

/// Reads the claims; a repeated or wrongly typed one refuses the token.
Result<Parsed> read_claims(const std::string& json, std::string_view tenant_claim) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const simdjson::padded_string padded(json);
  if (parser.parse(padded).get_object().get(object) != simdjson::SUCCESS)
    return fail(refused("PGRST301", "The token's claims are not a JSON object"));
  Parsed out;
  std::vector<std::string_view> seen;
  for (const auto& [key, value] : object) {
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) return fail(refused("PGRST301", "The token repeats a claim"));
    seen.push_back(key);
    std::string_view text;
    std::int64_t number = 0;
    if (key == "sub" || key == "role" || key == tenant_claim) {
      if (value.get_string().get(text) != simdjson::SUCCESS) return fail(refused("PGRST301", "A claim of the token has the wrong type"));
      (key == "sub" ? out.subject : key == "role" ? out.role : out.tenant) = text;
    } else if (key == "exp" || key == "nbf") {
      if (value.get_int64().get(number) != simdjson::SUCCESS) return fail(refused("PGRST301", "A claim of the token has the wrong type"));
      (key == "exp" ? out.expires_s : out.not_before_s) = number;
    }
  }
  return out;
}

/// `alg` must be exactly HS256 and nothing in the header may point elsewhere for a key (RFC 8725 §3.1, §3.10).
bool good_header(const std::string& json) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  const simdjson::padded_string padded(json);
  if (parser.parse(padded).get_object().get(object) != simdjson::SUCCESS) return false;
  std::size_t algorithms = 0;
  for (const auto& [key, value] : object) {
    std::string_view text;
    if (key == "alg") {
      if (value.get_string().get(text) != simdjson::SUCCESS || text != "HS256") return false;
      ++algorithms;
    } else if (key != "typ") {
      return false;
    }
  }
  return algorithms == 1;
}

Result<request::Principal> principal_of(const Parsed& claims, const ir::System& system) {
  request::Principal principal;
  if (!claims.subject.empty()) {
    principal.user = parse_uuid(claims.subject);
    if (!principal.user) return fail(refused("PGRST301", "The token's subject is not a uuid"));
  }
  if (!claims.tenant.empty()) {
    principal.tenant = parse_uuid(claims.tenant);
    if (!principal.tenant) return fail(refused("PGRST301", "The token's tenant is not a uuid"));
  }
  if (claims.role == "anon" || claims.role == "authenticated" || claims.role.empty()) return principal;
  const ir::Role* role = system.find_role(claims.role);
  if (role == nullptr) return fail(refused("PGRST301", "The token names a role that the model does not have"));
  principal.roles = role->implies;
  return principal;
}

}  // namespace

Result<TokenAuthority> TokenAuthority::create(std::string secret) {
  constexpr std::array<std::string_view, 3> kKnown = {"super-secret-jwt-token-with-at-least-32-characters-long", "reallyreallyreallyreallyverysafe",
                                                      "your-256-bit-secret-your-256-bit-secret"};
  const bool uniform = std::all_of(secret.begin(), secret.end(), [&secret](char byte) { return byte == secret.front(); });
  if (secret.size() < 32 || uniform || std::find(kKnown.begin(), kKnown.end(), secret) != kKnown.end()) {
    Error error = make_error(ErrorKind::kFailedPrecondition, "kp-weak-secret", "KINGPOST_SECRET must have at least 32 bytes that nobody can guess");
    error.hint = "Make one with: openssl rand -base64 32";
    return fail(std::move(error));
  }
  return TokenAuthority(std::move(secret));
}

std::string TokenAuthority::sign(const Claims& claims) const {
  std::string payload = "{\"iat\":" + std::to_string(claims.issued_s) + ",\"exp\":" + std::to_string(claims.expires_s);
  const auto member = [&payload](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    payload += ',';
    append_json_string(payload, name);
    payload += ':';
    append_json_string(payload, value);
  };
  member("sub", claims.subject);
  member("role", claims.role);
  member(claims.tenant_claim, claims.tenant);
  payload += '}';
  std::string token = encode_base64url(kHeader) + "." + encode_base64url(payload);
  token += "." + encode_base64url(mac(secret_, token));
  return token;
}

Result<TokenAuthority::Verified> TokenAuthority::verify(std::string_view token, const ir::System& system, std::int64_t now_s) const {
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (token.size() > kMaxTokenBytes || second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
    return fail(refused("PGRST301", "The token is not a JWT of three parts"));
  }
  const auto header = decode_base64url(token.substr(0, first));
  const auto payload = decode_base64url(token.substr(first + 1, second - first - 1));
  const auto signature = decode_base64url(token.substr(second + 1));
  if (!header || !payload || !signature || !good_header(*header)) return fail(refused("PGRST301", "The token is malformed or not signed with HS256"));
  const std::string expected = mac(secret_, token.substr(0, second));
  if (signature->size() != expected.size() || CRYPTO_memcmp(signature->data(), expected.data(), expected.size()) != 0) {
    return fail(refused("PGRST301", "The token's signature does not match"));
  }
  auto claims = read_claims(*payload, system.tenancy ? std::string_view(system.tenancy->claim) : std::string_view("tenant"));
  if (!claims) return fail(std::move(claims.error()));
  if (!claims->expires_s) return fail(refused("PGRST301", "The token never expires, which is not accepted"));
  if (*claims->expires_s <= now_s - kLeewaySeconds) return fail(refused("PGRST303", "JWT expired"));
  if (claims->not_before_s && *claims->not_before_s > now_s + kLeewaySeconds) return fail(refused("PGRST303", "JWT not yet valid"));
  auto principal = principal_of(*claims, system);
  if (!principal) return fail(std::move(principal.error()));
  return Verified{std::move(*principal), *claims->expires_s};
}

std::string make_secret() {
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return {};
  return encode_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace kingpost::identity
