#include <gtest/gtest.h>

#include "kingpost/cel/test_provider.hpp"

namespace kingpost::cel {

namespace {

constexpr Span kOrigin = {0, 1, 1, 1, 1};

/// Folds `text` for an agent with the roles given and, unless empty, the user id given.
class FoldTest : public ::testing::Test {
 protected:
  ExprPtr typed(const std::string& text) const {
    Diagnostics diagnostics;
    const ExprPtr parsed = parse(text, kOrigin, diagnostics);
    if (parsed == nullptr) return nullptr;
    return check(parsed, testing::make_scope(provider_, "ticket", "close_ticket"), std::nullopt, diagnostics);
  }
  PartialActivation caller() const {
    PartialActivation known;
    known.lookup = [this](const Expr& expr) -> std::optional<Result<Value>> {
      const std::string path = print_expr(expr);
      if (path == "system") return Result<Value>(Value{false});
      if (path != "auth.uid") return std::nullopt;
      if (uid_.empty()) return Result<Value>(kingpost::fail(ErrorKind::kUnauthenticated, "cel-anonymous", "nobody is signed in"));
      return Result<Value>(Value{*parse_uuid(uid_)});
    };
    known.has_role = [this](const std::string& role) { return role == role_; };
    return known;
  }
  std::string value(const std::string& text) const {
    const ExprPtr expr = typed(text);
    return expr == nullptr ? "does not check" : print_expr(*fold(expr, caller()));
  }
  std::string predicate(const std::string& text) const {
    const ExprPtr expr = typed(text);
    return expr == nullptr ? "does not check" : print_expr(*fold_predicate(expr, caller()));
  }

  testing::TestProvider provider_;
  std::string uid_;
  std::string role_;
};

TEST_F(FoldTest, a_role_that_the_caller_has_decides_the_policy) {
  role_ = "agent";
  EXPECT_EQ(value("has_role(\"agent\") || row.author == auth.uid"), "true");
  EXPECT_EQ(value("row.author == auth.uid || has_role(\"agent\")"), "true");
}

TEST_F(FoldTest, a_signed_in_caller_is_bound_as_a_value) {
  uid_ = "0190f0a4-0000-7000-8000-000000000001";
  EXPECT_EQ(value("has_role(\"agent\") || row.author == auth.uid"), "row.author == \"0190f0a4-0000-7000-8000-000000000001\"");
}

TEST_F(FoldTest, an_anonymous_caller_fails_what_asks_who_it_is) {
  const ExprPtr folded = fold(typed("has_role(\"agent\") || row.author == auth.uid"), caller());
  EXPECT_EQ(folded->kind, ExprKind::kFailure);
  EXPECT_EQ(folded->name, "cel-anonymous");
  EXPECT_TRUE(never_true(*folded));
}

TEST_F(FoldTest, an_anonymous_caller_never_matches_an_ownerless_row_even_when_negated) {
  EXPECT_TRUE(never_true(*fold(typed("row.assignee == auth.uid"), caller())));
  EXPECT_TRUE(never_true(*fold(typed("!(row.assignee == auth.uid)"), caller())));
  EXPECT_TRUE(never_true(*fold(typed("row.assignee != auth.uid"), caller())));
}

TEST_F(FoldTest, a_failing_side_stays_where_the_value_matters_and_goes_where_only_truth_does) {
  EXPECT_EQ(value("row.assignee == auth.uid || row.number == 1"), "error(\"cel-anonymous\") || row.number == 1");
  EXPECT_EQ(predicate("row.assignee == auth.uid || row.number == 1"), "row.number == 1");
  EXPECT_EQ(predicate("row.assignee == auth.uid && row.number == 1"), "error(\"cel-anonymous\")");
  EXPECT_EQ(predicate("!(row.assignee == auth.uid && row.number == 1)"), "!(row.number == 1)");
  EXPECT_EQ(predicate("!(row.assignee == auth.uid || row.number == 1)"), "error(\"cel-anonymous\")");
}

TEST_F(FoldTest, errors_are_absorbed_by_what_decides) {
  EXPECT_EQ(value("false && row.assignee == auth.uid"), "false");
  EXPECT_EQ(value("row.assignee == auth.uid && system"), "false");
  EXPECT_EQ(value("1 / 0 == 1 || true"), "true");
  EXPECT_EQ(value("1 / 0"), "error(\"cel-divide-by-zero\")");
}

TEST_F(FoldTest, constants_are_computed) {
  EXPECT_EQ(value("1 + 2 * 3"), "7");
  EXPECT_EQ(value("duration(\"90s\")"), "duration(\"PT1M30S\")");
  EXPECT_EQ(value("[1, 2, 3].exists(i, i > 2)"), "true");
  EXPECT_EQ(value("row.number > 2 * 3 + size(\"abc\")"), "row.number > 9");
  EXPECT_EQ(value("true ? row.number : 1"), "row.number");
}

TEST_F(FoldTest, a_loop_variable_is_not_taken_for_a_known_name) {
  uid_ = "0190f0a4-0000-7000-8000-000000000001";
  EXPECT_EQ(value("row.messages.exists(auth, auth.author == row.author)"), "row.messages.exists(auth, auth.author == row.author)");
  EXPECT_EQ(value("row.messages.exists(m, m.author == auth.uid)"), "row.messages.exists(m, m.author == \"0190f0a4-0000-7000-8000-000000000001\")");
}

TEST_F(FoldTest, a_clock_is_not_known_before_the_row) {
  EXPECT_EQ(value("row.created_at < now - duration(\"60s\")"), "row.created_at < now - duration(\"PT1M\")");
  EXPECT_EQ(value("count()"), "count()");
}

TEST_F(FoldTest, mentions_sees_free_names_only) {
  EXPECT_TRUE(mentions(*typed("row.messages.exists(m, m.author == row.author)"), "row"));
  EXPECT_FALSE(mentions(*typed("row.messages.exists(m, m.author == auth.uid)"), "m"));
  EXPECT_FALSE(mentions(*typed("[1].exists(row, row == 1)"), "row"));
}

}  // namespace

}  // namespace kingpost::cel
