#include "kingpost/identity/token.hpp"

#include <gtest/gtest.h>

#include "kingpost/base/text.hpp"

namespace kingpost::identity {
namespace {

constexpr std::string_view kUser = "018f0000-0000-7000-8000-000000000001";

ir::System shop() {
  ir::System system;
  system.roles.push_back({"customer", {}, {"customer"}, {}});
  system.roles.push_back({"support", {"customer"}, {"customer", "support"}, {}});
  return system;
}

TokenAuthority authority() { return *TokenAuthority::create("0123456789abcdef0123456789abcdef-test"); }

std::string with_header(const std::string& token, std::string_view header) { return encode_base64url(header) + token.substr(token.find('.')); }

TEST(Token, a_signed_token_yields_its_user_and_inherited_roles) {
  const std::string token = authority().sign({std::string(kUser), "support", "", "tenant", 1000, 2000});
  const auto verified = authority().verify(token, shop(), 1500);
  ASSERT_TRUE(verified.has_value());
  EXPECT_EQ(verified->expires_s, 2000);
  EXPECT_EQ(print_uuid(*verified->principal.user), kUser);
  EXPECT_EQ(verified->principal.roles, (std::vector<std::string>{"customer", "support"}));
}

TEST(Token, an_expired_token_is_refused) {
  const std::string token = authority().sign({std::string(kUser), "customer", "", "tenant", 1000, 2000});
  EXPECT_EQ(authority().verify(token, shop(), 2006).error().code, "PGRST303");
}

TEST(Token, another_secret_or_a_changed_byte_is_refused) {
  std::string token = authority().sign({std::string(kUser), "customer", "", "tenant", 1000, 2000});
  const auto other = *TokenAuthority::create("another secret of more than 32 bytes!");
  EXPECT_FALSE(other.verify(token, shop(), 1500).has_value());
  token[token.find('.') + 4] ^= 1;
  EXPECT_FALSE(authority().verify(token, shop(), 1500).has_value());
}

TEST(Token, algorithms_other_than_hs256_are_refused_in_any_case) {
  const std::string token = authority().sign({std::string(kUser), "customer", "", "tenant", 1000, 2000});
  for (const std::string_view header :
       {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"HS512"})", R"({"alg":"RS256"})", R"({"typ":"JWT"})",
        R"({"alg":"HS256","kid":"../../x"})", R"({"alg":"HS256","jku":"http://x"})", R"({"alg":"HS256","alg":"HS256"})"}) {
    EXPECT_FALSE(authority().verify(with_header(token, header), shop(), 1500).has_value()) << header;
  }
  EXPECT_FALSE(authority().verify(token.substr(0, token.rfind('.') + 1), shop(), 1500).has_value());
}

TEST(Token, unknown_roles_are_refused) {
  const std::string token = authority().sign({std::string(kUser), "root", "", "tenant", 1000, 2000});
  EXPECT_EQ(authority().verify(token, shop(), 1500).error().code, "PGRST301");
}

TEST(Token, weak_secrets_are_refused) {
  EXPECT_FALSE(TokenAuthority::create("short").has_value());
  EXPECT_FALSE(TokenAuthority::create(std::string(40, 'a')).has_value());
  EXPECT_FALSE(TokenAuthority::create("super-secret-jwt-token-with-at-least-32-characters-long").has_value());
}

}  // namespace
}  // namespace kingpost::identity
