#include <gtest/gtest.h>

#include <map>

#include "kingpost/cel/test_provider.hpp"

namespace kingpost::cel {

namespace {

constexpr Span kOrigin = {0, 1, 1, 1, 1};
constexpr std::int64_t kNow = 1'700'000'000'000'000;

class FakeRecord final : public Record {
 public:
  explicit FakeRecord(std::map<std::string, Value> fields) : fields_(std::move(fields)) {}
  [[nodiscard]] Result<Value> field(const std::string& name) const override {
    const auto found = fields_.find(name);
    if (found == fields_.end()) return kingpost::fail(ErrorKind::kInvalidArgument, "cel-unknown-field", "no field " + name);
    return found->second;
  }
  [[nodiscard]] Result<Value> key() const override { return field("id"); }

 private:
  std::map<std::string, Value> fields_;
};

Value record(std::map<std::string, Value> fields) { return {RecordPtr(std::make_shared<const FakeRecord>(std::move(fields)))}; }
Value list(std::vector<Value> items) { return {std::make_shared<const std::vector<Value>>(std::move(items))}; }
Value number(std::int64_t value) { return {value}; }
Value text(std::string value) { return {std::move(value)}; }
Value user_key(int index) { return {*parse_uuid("0190f0a4-0000-7000-8000-00000000000" + std::to_string(index))}; }

class EvaluateTest : public ::testing::Test {
 protected:
  /// The result as text: the literal's canonical form, or the error's code.
  std::string run(const std::string& source, bool typed = true, const std::string& row = "ticket") const {
    Diagnostics diagnostics;
    ExprPtr expr = parse(source, kOrigin, diagnostics);
    if (expr == nullptr) return "does not parse";
    if (typed) expr = check(expr, testing::make_scope(provider_, row, "close_ticket"), std::nullopt, diagnostics);
    if (expr == nullptr) return "does not check: " + diagnostics.all().front().message;
    Activation activation;
    activation.now_us = kNow;
    activation.lookup = [this](const std::string& name) -> Result<Value> {
      const auto found = names_.find(name);
      if (found == names_.end()) return kingpost::fail(ErrorKind::kInvalidArgument, "cel-unknown-name", "no name " + name);
      return found->second;
    };
    activation.has_role = [](const std::string& role) { return role == "agent"; };
    const Result<Value> value = evaluate(*expr, activation);
    return value.has_value() ? print_expr(*make_literal(*value, Type{})) : value.error().code;
  }

  void SetUp() override {
    const Value alice = record({{"id", user_key(1)}, {"email", text("a@example.org")}});
    const Value label = record({{"id", user_key(7)}, {"name", text("urgent")}});
    const Value first = record({{"id", user_key(3)}, {"author", alice}});
    const Value second = record({{"id", user_key(4)}, {"author", record({{"id", user_key(2)}})}});
    names_["auth"] = record({{"uid", user_key(1)}});
    names_["row"] = record({{"id", user_key(9)},
                            {"number", number(7)},
                            {"status", {EnumValue{"open"}}},
                            {"author", alice},
                            {"assignee", {}},
                            {"labels", list({label})},
                            {"messages", list({first, second})},
                            {"created_at", {Timestamp{kNow - 60'000'000}}}});
    names_["product"] = record({{"id", user_key(5)}});
  }

  testing::TestProvider provider_;
  std::map<std::string, Value> names_;
};

TEST_F(EvaluateTest, records_stand_for_their_keys) {
  EXPECT_EQ(run("row.author == auth.uid"), "true");
  EXPECT_EQ(run("row.author"), "\"0190f0a4-0000-7000-8000-000000000001\"");
  EXPECT_EQ(run("row.author == row.assignee"), "false");
  EXPECT_EQ(run("row.messages.exists(m, m.author == row.author)"), "true");
  EXPECT_EQ(run("row.messages.all(m, m.author == row.author)"), "false");
  EXPECT_EQ(run("auth.uid in row.messages.map(m, m.author)"), "true");
  EXPECT_EQ(run("row.messages.where(m, m.author == auth.uid).count()"), "1");
}

TEST_F(EvaluateTest, equality_is_null_safe_and_other_uses_of_null_are_errors) {
  EXPECT_EQ(run("row.assignee == null"), "true");
  EXPECT_EQ(run("row.assignee == auth.uid"), "false");
  EXPECT_EQ(run("row.assignee != auth.uid"), "true");
  EXPECT_EQ(run("row.assignee.email == null"), "true");
  EXPECT_EQ(run("row.assignee.email < \"b\""), "cel-overload");
  EXPECT_EQ(run("has(row.assignee)"), "false");
  EXPECT_EQ(run("has(row.author)"), "true");
}

TEST_F(EvaluateTest, enums_and_roles_and_time) {
  EXPECT_EQ(run("row.status == open && row.status in [open, waiting]"), "true");
  EXPECT_EQ(run("row.status == closed"), "false");
  EXPECT_EQ(run("has_role(\"agent\")"), "true");
  EXPECT_EQ(run("row.created_at < now - duration(\"59s\")"), "true");
  EXPECT_EQ(run("row.created_at < now - duration(\"1h\")"), "false");
  EXPECT_EQ(run("now.getFullYear()"), "2023");
}

TEST_F(EvaluateTest, sums_skip_nulls_and_the_greatest_of_nothing_is_null) {
  EXPECT_EQ(run("[1, 2, 3].sum(i, i * 2)"), "12");
  EXPECT_EQ(run("[1, null, 3].sum()", false), "4");
  EXPECT_EQ(run("row.labels.where(l, l.name == \"x\").sum(l, size(l.name))"), "0");
  EXPECT_EQ(run("row.labels.where(l, l.name == \"x\").max(l, l.name)"), "null");
  EXPECT_EQ(run("[3, 1, 2].min()"), "1");
  EXPECT_EQ(run("[\"b\", \"a\"].max(s, s)"), "\"b\"");
  EXPECT_EQ(run("[1, 2, 3, 4].map(i, i % 2 == 0, i * i)"), "[4, 16]");
}

TEST_F(EvaluateTest, decimals_are_exact) {
  EXPECT_EQ(run("decimal(\"0.1\") + decimal(\"0.2\") == 0.3"), "true");
  EXPECT_EQ(run("decimal(\"0.1\") + 0.2"), "0.3");
  EXPECT_EQ(run("decimal(\"19.99\") * 3"), "59.97");
  EXPECT_EQ(run("round(decimal(\"2.345\") * 1.1, 2)"), "2.58");
  EXPECT_EQ(run("decimal(\"99999999999999999999999999999999999999\") * 2"), "cel-overflow");
  EXPECT_EQ(run("[decimal(\"1.50\"), decimal(\"2.25\")].sum()"), "3.75");
}

TEST_F(EvaluateTest, errors_are_absorbed_by_what_decides_and_by_nothing_else) {
  EXPECT_EQ(run("1 / 0 == 1 || true"), "true");
  EXPECT_EQ(run("false && 1 / 0 == 1"), "false");
  EXPECT_EQ(run("true && 1 / 0 == 1"), "cel-divide-by-zero");
  EXPECT_EQ(run("[0, 1].exists(i, 1 / i == 1)"), "true");
  EXPECT_EQ(run("[0, 1].all(i, 1 / i == 1)"), "cel-divide-by-zero");
  EXPECT_EQ(run("unknown || true", false), "true");
  EXPECT_EQ(run("unknown", false), "cel-unknown-name");
  EXPECT_EQ(run("error(1)", false), "cel-overload");
}

TEST_F(EvaluateTest, the_cost_is_bounded) {
  const std::string ten = "[1,2,3,4,5,6,7,8,9,0]";
  std::string nested = "1";
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"}) nested = ten + ".map(" + name + ", " + nested + ")";
  EXPECT_EQ(run(nested), "cel-cost");
  EXPECT_EQ(run(nested + " == [] || true"), "cel-cost");
}

TEST_F(EvaluateTest, json_members_are_reached_by_name) {
  names_["row"] = record({{"attributes", {Json{R"({"color":"red","sizes":[1,2],"n":{"m":1.5}})"}}}});
  EXPECT_EQ(run("row.attributes.color == \"red\"", true, "product"), "true");
  EXPECT_EQ(run("row.attributes.n.m == 1.5", true, "product"), "true");
  EXPECT_EQ(run("row.attributes.sizes == [1, 2]", true, "product"), "true");
  EXPECT_EQ(run("row.attributes.missing == null", true, "product"), "true");
  EXPECT_EQ(run("row.attributes.missing.deeper == null", true, "product"), "true");
  EXPECT_EQ(run("row.attributes.sizes.exists(s, s == 2)", true, "product"), "true");
}

}  // namespace

}  // namespace kingpost::cel
