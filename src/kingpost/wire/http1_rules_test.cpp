#include "kingpost/wire/http1_rules.hpp"

#include <gtest/gtest.h>

#include <string>

namespace kingpost::wire {
namespace {

TEST(Http1Rules, AcceptNamesAddressesAndPortsAsHosts) {
  for (const char* host : {"a", "localhost", "example.com:80", "127.0.0.1:8080", "[::1]", "[2001:db8::1]:443", "my_service", "a:0", "a:65535"}) {
    EXPECT_TRUE(is_host(host)) << host;
  }
  for (const char* host :
       {"", ":80", "a:", "a:65536", "a:123456", "a b", "a/b", "u@h", "[::1", "::1", "[]", "[g::1]", "[::1]x", "a:8x", "a,b", "h\xc3\xa9"}) {
    EXPECT_FALSE(is_host(host)) << host;
  }
}

TEST(Http1Rules, ReadContentLengthsOfDigitsOnly) {
  EXPECT_EQ(parse_content_length("0"), 0U);
  EXPECT_EQ(parse_content_length("0010"), 10U);
  EXPECT_EQ(parse_content_length("9223372036854775807"), 9223372036854775807U);
  for (const char* text : {"", "+1", "-1", "1 ", "1,1", "0x1", "9223372036854775808", "9999999999999999999", "18446744073709551617", "1e3"}) {
    EXPECT_FALSE(parse_content_length(text)) << text;
  }
}

TEST(Http1Rules, FindEveryControlCharacterAtEveryPosition) {
  for (int byte = 0; byte < 256; ++byte) {
    for (std::size_t at = 0; at < 24; ++at) {
      std::string text(24, 'a');
      text[at] = static_cast<char>(byte);
      const bool control = byte < 0x20 || byte == 0x7f;
      EXPECT_EQ(find_control(text, 0), control ? at : text.size()) << byte << " at " << at;
    }
  }
}

TEST(Http1Rules, FindListMembersIgnoringCaseAndBlanks) {
  EXPECT_TRUE(list_holds("keep-alive , \tClose", "close"));
  EXPECT_FALSE(list_holds("closed, enclose", "close"));
  EXPECT_FALSE(list_holds("", "close"));
}

TEST(Http1Rules, AllowTargetsByMethodAndHost) {
  EXPECT_EQ(origin_target("GET", "/a?b", "h"), "/a?b");
  EXPECT_EQ(origin_target("OPTIONS", "*", "h"), "*");
  EXPECT_EQ(origin_target("GET", "HTTP://H:80/a", "h:80"), "/a");
  EXPECT_EQ(origin_target("GET", "http://h", "h"), "/");
  for (const char* target : {"*", "a", "h:80", "https://h/", "http://other/", "http://u@h/", "http:///a", "http://h?x", ""}) {
    EXPECT_FALSE(origin_target("GET", target, "h")) << target;
  }
  EXPECT_FALSE(origin_target("CONNECT", "/", "h"));
}

}  // namespace
}  // namespace kingpost::wire
