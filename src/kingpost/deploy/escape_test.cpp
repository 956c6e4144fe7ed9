#include "kingpost/deploy/escape.hpp"

#include <gtest/gtest.h>

namespace kingpost::deploy {
namespace {

TEST(DnsLabel, keeps_letters_digits_and_inner_hyphens_only) {
  EXPECT_EQ(dns_label("shop", 63, "x"), "shop");
  EXPECT_EQ(dns_label("My_Shop__2", 63, "x"), "my-shop-2");
  EXPECT_EQ(dns_label("9-lives-", 63, "x"), "lives");
  EXPECT_EQ(dns_label("a\n- b: \"$(rm)\"", 63, "x"), "a-b-rm");
  EXPECT_EQ(dns_label("łóß", 63, "backend"), "backend");
  EXPECT_EQ(dns_label("abc-def", 4, "x"), "abc");
}

TEST(OneLine, has_no_line_breaks_controls_or_broken_text) {
  EXPECT_EQ(one_line("a\nb\r\n\tc\x1b[31m", 80), "a b c [31m");
  EXPECT_EQ(one_line("a\xE2\x80\xA8"
                     "b\xE2\x80\xAE"
                     "c\xC2\x85"
                     "d",
                     80),
            "a b c d");
  EXPECT_EQ(one_line("\xFF\xC0\xAF"
                     "x\xED\xA0\x80",
                     80),
            "x");
  EXPECT_EQ(one_line("ééé", 3), "é");
}

TEST(YamlQuoted, is_one_scalar_whatever_it_holds) {
  EXPECT_EQ(yaml_quoted("a\": b # c"), R"("a\": b # c")");
  EXPECT_EQ(yaml_quoted("a\\\nb"), R"("a\\\u000Ab")");
  EXPECT_EQ(yaml_quoted("\xE2\x80\xA9\xFF"), R"("\u2029\uFFFD")");
}

TEST(ShellQuoted, is_one_word_whatever_it_holds) {
  EXPECT_EQ(shell_quoted("a/b.yaml"), "a/b.yaml");
  EXPECT_EQ(shell_quoted("a'$(rm -rf)`b`"), R"('a'\''$(rm -rf)`b`')");
  EXPECT_EQ(shell_quoted(""), "''");
}

TEST(SystemdQuoted, expands_neither_specifiers_nor_variables) { EXPECT_EQ(systemd_quoted("a\"%h\\$X\n"), R"("a\"%%h\\$$X ")"); }

TEST(ExpressionsQuoted, leave_nothing_for_github_to_evaluate) {
  EXPECT_EQ(expressions_quoted("a ${{ github.token }}"), "a ${{ '${{' }} github.token }}");
  EXPECT_EQ(expressions_quoted("a"), "a");
}

TEST(EnvName, is_read_only_from_what_names_one) {
  EXPECT_EQ(env_name("env(PAYMENTS_URL)"), "PAYMENTS_URL");
  EXPECT_EQ(env_name("bearer(env(PAYMENTS_KEY))"), "PAYMENTS_KEY");
  EXPECT_EQ(env_name("https://example.org"), "");
  EXPECT_EQ(env_name("env(A\nB: c)"), "");
  EXPECT_EQ(env_name("env(9A)"), "");
  EXPECT_EQ(env_name("env()"), "");
}

TEST(Fill, looks_at_what_a_value_holds_no_second_time) {
  EXPECT_EQ(fill("a@v4 @NAME@@@NAME@ @OTHER@", {{"NAME", "@OTHER@"}}), "a@v4 @OTHER@@@OTHER@ @OTHER@");
  EXPECT_EQ(fill("no end @", {{"NAME", "x"}}), "no end @");
}

}  // namespace
}  // namespace kingpost::deploy
