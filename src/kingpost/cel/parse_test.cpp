#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "kingpost/cel/cel.hpp"

namespace kingpost::cel {

namespace {

constexpr Span kOrigin = {0, 1, 1, 1, 1};

std::string printed(const std::string& text) {
  Diagnostics diagnostics;
  const ExprPtr expr = parse(text, kOrigin, diagnostics);
  return expr == nullptr ? "error: " + diagnostics.all().front().message : print_expr(*expr);
}

Diagnostic first_error(const std::string& text) {
  Diagnostics diagnostics;
  EXPECT_EQ(parse(text, kOrigin, diagnostics), nullptr) << text;
  return diagnostics.all().empty() ? Diagnostic{} : diagnostics.all().front();
}

bool same(const Expr& left, const Expr& right) {
  if (left.kind != right.kind || left.op != right.op || left.method != right.method || left.name != right.name || left.variable != right.variable ||
      left.args.size() != right.args.size()) {
    return false;
  }
  if (left.kind == ExprKind::kLiteral && left.name.empty()) {
    const Result<bool> equals = equal(left.value, right.value);
    if (left.value.data.index() != right.value.data.index() || !equals.has_value() || !*equals) return false;
  }
  for (std::size_t i = 0; i < left.args.size(); ++i) {
    if (!same(*left.args[i], *right.args[i])) return false;
  }
  return true;
}

TEST(ParseTest, the_printed_form_has_the_fewest_parentheses) {
  EXPECT_EQ(printed("((a) + (b * c))"), "a + b * c");
  EXPECT_EQ(printed("(a + b) * c"), "(a + b) * c");
  EXPECT_EQ(printed("a - (b - c)"), "a - (b - c)");
  EXPECT_EQ(printed("(a - b) - c"), "a - b - c");
  EXPECT_EQ(printed("a || (b && c)"), "a || b && c");
  EXPECT_EQ(printed("(a ? b : c) ? d : (e ? f : g)"), "(a ? b : c) ? d : e ? f : g");
  EXPECT_EQ(printed("!(a == b)"), "!(a == b)");
  EXPECT_EQ(printed("(a.b)[0].c(1,2)"), "a.b[0].c(1, 2)");
  EXPECT_EQ(printed("-(1)"), "-(1)");
  EXPECT_EQ(printed("-1"), "-1");
  EXPECT_EQ(printed("-(-1)"), "--1");
  EXPECT_EQ(printed("-(1.abs())"), "-(1.abs())");
  EXPECT_EQ(printed("(a + b).size()"), "(a + b).size()");
  EXPECT_EQ(printed("a < b == (c in d)"), "a < b == (c in d)");
}

TEST(ParseTest, literals_keep_their_value) {
  EXPECT_EQ(printed("0x1F"), "31");
  EXPECT_EQ(printed("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(printed("18446744073709551615u"), "18446744073709551615u");
  EXPECT_EQ(printed(".50"), "0.50");
  EXPECT_EQ(printed("1E3"), "1e3");
  EXPECT_EQ(printed("'a\"b'"), R"("a\"b")");
  EXPECT_EQ(printed("r'\\d+'"), R"("\\d+")");
  EXPECT_EQ(printed("'''a\nb'''"), R"("a\nb")");
  EXPECT_EQ(printed("b'\\xff\\101'"), R"(b"\xffA")");
  EXPECT_EQ(printed("\"\\u00e9\""), "\"\xc3\xa9\"");
  EXPECT_EQ(printed("[1, 2,]"), "[1, 2]");
  EXPECT_EQ(printed("{'a': 1, 2: b}"), "{\"a\": 1, 2: b}");
  EXPECT_EQ(printed("x.`content-type`"), "x.`content-type`");
  EXPECT_EQ(printed("null == true // comment"), "null == true");
}

TEST(ParseTest, macros_name_their_variable) {
  Diagnostics diagnostics;
  const ExprPtr expr = parse("row.items.sum(i, i.quantity)", kOrigin, diagnostics);
  ASSERT_NE(expr, nullptr);
  EXPECT_EQ(expr->kind, ExprKind::kMacro);
  EXPECT_EQ(expr->variable, "i");
  EXPECT_EQ(expr->args.size(), 2U);
  EXPECT_EQ(first_error("row.items.all(i.x, true)").code, "cel-syntax");
  EXPECT_EQ(first_error("has(x)").code, "cel-syntax");
}

TEST(ParseTest, spans_point_into_the_file) {
  Diagnostics diagnostics;
  const ExprPtr expr = parse("a && row.price > 1", Span{3, 10, 21, 10, 39}, diagnostics);
  ASSERT_NE(expr, nullptr);
  EXPECT_EQ(expr->args[1]->args[0]->span, (Span{3, 10, 26, 10, 35}));
  EXPECT_EQ(expr->span, (Span{3, 10, 21, 10, 39}));
}

TEST(ParseTest, what_is_not_the_language_is_said_with_its_place) {
  EXPECT_EQ(first_error("a = b").suggestion, "compare with ==");
  EXPECT_EQ(first_error("a and b").suggestion, "and is written &&");
  EXPECT_EQ(first_error("a or b").suggestion, "or is written ||");
  EXPECT_EQ(first_error("a &&").code, "cel-syntax");
  EXPECT_EQ(first_error("(a").span, (Span{0, 1, 3, 1, 3}));
  EXPECT_EQ(first_error("input.lines as line").span, (Span{0, 1, 13, 1, 15}));
  EXPECT_EQ(first_error("Foo{a: 1}").code, "cel-unsupported");
  EXPECT_EQ(first_error("a.?b").code, "cel-unsupported");
  EXPECT_EQ(first_error("a[?b]").code, "cel-unsupported");
  EXPECT_EQ(first_error(".a").code, "cel-unsupported");
  for (const char* text : {"",      " ",      "\"abc", "'a\nb'", "'\\q'", "'\\ud800'", "b'\\u0041'", "1a",   "9223372036854775808",
                           "1e999", "a..b",   "f(a,)", "{1}",    "a ? b", "package",   "`a`",        "a.`b", "[1 2]",
                           "\x80",  "'\xff'", "1 +",   "a b",    "0x",    "@"}) {
    EXPECT_EQ(first_error(text).code, "cel-syntax") << text;
  }
}

TEST(ParseTest, size_and_depth_are_bounded) {
  EXPECT_EQ(first_error(std::string(kMaxExprBytes + 1, ' ')).code, "cel-too-large");
  EXPECT_EQ(first_error(std::string(1000, '(') + "1").code, "cel-too-large");
  EXPECT_EQ(first_error(std::string(1000, '[') + "1").code, "cel-too-large");
  EXPECT_EQ(first_error(std::string(1000, '!') + "a").code, "cel-too-large");
  std::string chain = "a";
  for (int i = 0; i < 100; ++i) chain += " + a";
  EXPECT_EQ(first_error(chain).code, "cel-too-large");
  std::string wide = "[a";
  for (int i = 0; i < 5000; ++i) wide += ",a";
  EXPECT_EQ(first_error(wide + "]").code, "cel-too-large");
  std::string selects = "a";
  for (int i = 0; i < 100; ++i) selects += ".b";
  EXPECT_EQ(first_error(selects).code, "cel-too-large");
}

/// Random expressions over the whole grammar, as text with redundant parentheses.
class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  std::string expression(int depth) {
    if (depth == 0) return leaf();
    const auto sub = [this, depth] { return expression(depth - 1); };
    switch (pick(12)) {
      case 0:
        return "(" + sub() + ")";
      case 1:
        return "!(" + sub() + ")";
      case 2:
        return "-(" + sub() + ")";
      case 3:
        return "(" + sub() + ") ? (" + sub() + ") : (" + sub() + ")";
      case 4:
        return "(" + sub() + ").field";
      case 5:
        return "(" + sub() + ")[" + sub() + "]";
      case 6:
        return "[" + sub() + ", " + sub() + "]";
      case 7:
        return "{" + sub() + ": " + sub() + "}";
      case 8:
        return "(" + sub() + ").exists(v, " + sub() + ")";
      case 9:
        return "f(" + sub() + ", " + sub() + ")";
      default:
        return "(" + sub() + ")" + op() + "(" + sub() + ")";
    }
  }

 private:
  std::size_t pick(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_); }
  std::string leaf() {
    const std::vector<std::string> leaves = {"a",        "-1",   "2",    "3u",      "-0.5", "1e-3", "'x\\n\\x01'",
                                             "b'\\xfe'", "true", "null", "x.`a b`", "[]",   "{}",   "has(a.b)"};
    return leaves[pick(leaves.size())];
  }
  std::string op() {
    const std::vector<std::string> ops = {"+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", " in ", "&&", "||"};
    return ops[pick(ops.size())];
  }
  std::mt19937 random_;
};

TEST(ParseTest, parsing_what_was_printed_gives_the_same_tree) {
  Generator generator(20240131);
  for (int round = 0; round < 3000; ++round) {
    const std::string text = generator.expression(round % 6);
    Diagnostics diagnostics;
    const ExprPtr expr = parse(text, kOrigin, diagnostics);
    ASSERT_NE(expr, nullptr) << text;
    const std::string canonical = print_expr(*expr);
    const ExprPtr again = parse(canonical, kOrigin, diagnostics);
    ASSERT_NE(again, nullptr) << canonical << " from " << text;
    ASSERT_TRUE(same(*expr, *again)) << canonical << " from " << text;
    ASSERT_EQ(print_expr(*again), canonical);
  }
}

}  // namespace

}  // namespace kingpost::cel
