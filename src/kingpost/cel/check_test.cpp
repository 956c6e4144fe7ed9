#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "kingpost/cel/test_provider.hpp"

namespace kingpost::cel {

namespace {

using testing::TestProvider;

constexpr Span kOrigin = {0, 1, 1, 1, 1};

std::string all_messages(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& one : diagnostics.all()) text += one.code + ": " + one.message + " (" + one.suggestion + ")\n";
  return text;
}

struct Checked {
  ExprPtr expr;
  Diagnostics diagnostics;

  [[nodiscard]] std::string code() const { return diagnostics.all().empty() ? std::string() : diagnostics.all().front().code; }
  [[nodiscard]] std::string suggestion() const { return diagnostics.all().empty() ? std::string() : diagnostics.all().front().suggestion; }
};

Checked check_text(const std::string& text, const Scope& scope, const std::optional<Type>& expected = std::nullopt) {
  Checked checked;
  const ExprPtr parsed = parse(text, kOrigin, checked.diagnostics);
  if (parsed != nullptr) checked.expr = check(parsed, scope, expected, checked.diagnostics);
  return checked;
}

class CheckTest : public ::testing::Test {
 protected:
  Checked product(const std::string& text, const std::optional<Type>& expected = std::nullopt) const {
    return check_text(text, testing::make_scope(provider_, "product"), expected);
  }
  Checked ticket(const std::string& text, const std::optional<Type>& expected = std::nullopt) const {
    return check_text(text, testing::make_scope(provider_, "ticket", "close_ticket"), expected);
  }
  TestProvider provider_;
};

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(' ');
  return begin == std::string::npos ? std::string() : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

TEST_F(CheckTest, every_expression_of_the_example_models_has_the_expected_type) {
  std::ifstream file(KINGPOST_SOURCE_DIR "/tests/cases/cel/language.txt");
  ASSERT_TRUE(file.is_open());
  std::size_t count = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream parts(line);
    std::string row;
    std::string input;
    std::string type;
    std::string text;
    std::getline(parts, row, '|');
    std::getline(parts, input, '|');
    std::getline(parts, type, '|');
    std::getline(parts, text);
    const Checked checked = check_text(trimmed(text), testing::make_scope(provider_, trimmed(row), trimmed(input)));
    ASSERT_NE(checked.expr, nullptr) << line << "\n" << all_messages(checked.diagnostics);
    EXPECT_EQ(print_type(checked.expr->type), trimmed(type)) << line;
    // The printed form reads back and checks to the same printed form.
    const std::string printed = print_expr(*checked.expr);
    const Checked again = check_text(printed, testing::make_scope(provider_, trimmed(row), trimmed(input)));
    ASSERT_NE(again.expr, nullptr) << printed << "\n" << all_messages(again.diagnostics);
    EXPECT_EQ(print_expr(*again.expr), printed);
    ++count;
  }
  EXPECT_GT(count, 50U);
}

TEST_F(CheckTest, a_reference_becomes_the_type_of_its_key_where_a_key_is_compared) {
  const Checked checked = ticket("row.author == auth.uid");
  ASSERT_NE(checked.expr, nullptr);
  EXPECT_EQ(checked.expr->args[0]->kind, ExprKind::kSelect);
  EXPECT_EQ(checked.expr->args[0]->type.kind, TypeKind::kUuid);
}

TEST_F(CheckTest, a_reference_becomes_its_key_where_a_uuid_is_expected) {
  const Checked checked = ticket("input.ticket", make_type(TypeKind::kUuid));
  ASSERT_NE(checked.expr, nullptr) << all_messages(checked.diagnostics);
  EXPECT_EQ(checked.expr->type.kind, TypeKind::kUuid);
}

TEST_F(CheckTest, two_records_of_one_kind_are_compared_by_key) {
  const Checked checked = ticket("row.author == row.assignee");
  ASSERT_NE(checked.expr, nullptr);
  EXPECT_EQ(checked.expr->args[0]->type.kind, TypeKind::kUuid);
  EXPECT_TRUE(checked.expr->args[1]->type.nullable);
  EXPECT_EQ(ticket("row.author == input.ticket").code(), "cel-type");
}

TEST_F(CheckTest, a_record_with_several_keys_cannot_stand_for_one) {
  Scope scope = testing::make_scope(provider_, "ticket_label");
  EXPECT_EQ(check_text("row == auth.uid", scope).code(), "cel-type");
}

TEST_F(CheckTest, a_bare_name_is_an_enum_value_where_that_enum_is_expected) {
  const Checked checked = ticket("row.status == open");
  ASSERT_NE(checked.expr, nullptr);
  ASSERT_EQ(checked.expr->args[1]->kind, ExprKind::kLiteral);
  EXPECT_EQ(std::get<EnumValue>(checked.expr->args[1]->value.data).name, "open");
  EXPECT_NE(ticket("closed", make_enum("ticket_status")).expr, nullptr);
  EXPECT_NE(ticket("row.assignee == null ? open : waiting", make_enum("ticket_status")).expr, nullptr);
}

TEST_F(CheckTest, a_misspelt_enum_value_proposes_the_nearest) {
  const Checked checked = ticket("row.status == clsed");
  EXPECT_EQ(checked.code(), "cel-unknown-name");
  EXPECT_THAT(checked.suggestion(), ::testing::HasSubstr("'closed'"));
}

TEST_F(CheckTest, a_misspelt_field_name_or_role_proposes_the_nearest_with_its_place) {
  const Checked field = product("row.pricee > 1.0");
  EXPECT_EQ(field.code(), "cel-unknown-field");
  EXPECT_THAT(field.suggestion(), ::testing::HasSubstr("'price'"));
  EXPECT_EQ(field.diagnostics.all()[0].span, (Span{0, 1, 1, 1, 11}));
  const Checked name = product("rwo.price > 1.0");
  EXPECT_EQ(name.code(), "cel-unknown-name");
  EXPECT_THAT(name.suggestion(), ::testing::HasSubstr("'row'"));
  const Checked role = product("has_role(\"merchnt\")");
  EXPECT_EQ(role.code(), "cel-unknown-role");
  EXPECT_THAT(role.suggestion(), ::testing::HasSubstr("'merchant'"));
  const Checked function = product("row.sku.startWith(\"A\")");
  EXPECT_EQ(function.code(), "cel-unknown-function");
  EXPECT_THAT(function.suggestion(), ::testing::HasSubstr("'startsWith'"));
}

TEST_F(CheckTest, every_slip_of_an_expression_is_said_once) {
  const Checked checked = product("row.a == 1 && row.b == 2 && rw.c.d == 3");
  EXPECT_EQ(checked.diagnostics.error_count(), 3U) << all_messages(checked.diagnostics);
}

TEST_F(CheckTest, a_double_literal_next_to_a_decimal_is_that_exact_decimal) {
  const Checked checked = product("row.price * 1.10");
  ASSERT_NE(checked.expr, nullptr);
  EXPECT_EQ(print_type(checked.expr->type), "decimal(15,4)");
  const auto& literal = std::get<Decimal>(checked.expr->args[1]->value.data);
  EXPECT_EQ(print_decimal(literal), "1.10");
}

TEST_F(CheckTest, decimals_keep_their_exactness_or_are_refused) {
  EXPECT_EQ(print_type(product("row.price * row.price").expr->type), "decimal(24,4)");
  EXPECT_EQ(print_type(product("row.price + 1").expr->type), "decimal(22,2)");
  EXPECT_EQ(product("row.price / 3").code(), "cel-type");
  EXPECT_EQ(product("row.price * row.weight").code(), "cel-type");
  EXPECT_THAT(product("row.price * row.weight").suggestion(), ::testing::HasSubstr("double("));
  const Checked wide = product("row.price * 1.1", make_decimal(12, 2));
  EXPECT_EQ(wide.code(), "cel-type");
  EXPECT_THAT(wide.suggestion(), ::testing::HasSubstr("round(…, 2)"));
  EXPECT_NE(product("row.price * 2", make_decimal(12, 2)).expr, nullptr);
}

TEST_F(CheckTest, text_literals_become_uuids_and_dates_where_those_are_compared) {
  EXPECT_NE(product("row.id == \"0190f0a4-0000-7000-8000-000000000001\"").expr, nullptr);
  EXPECT_EQ(product("row.id == \"no uuid\"").code(), "cel-type");
  EXPECT_EQ(product("row.created_at > \"2024-01-01\"").code(), "cel-type");
  EXPECT_THAT(product("row.created_at > \"2024-01-01\"").suggestion(), ::testing::HasSubstr("timestamp("));
}

TEST_F(CheckTest, constant_arguments_are_tried_at_once) {
  EXPECT_EQ(product("row.created_at < now - duration(\"3 weeks\")").code(), "cel-type");
  EXPECT_EQ(product("row.created_at < timestamp(\"yesterday\")").code(), "cel-type");
  EXPECT_EQ(product("row.sku.matches(\"(\")").code(), "cel-type");
}

TEST_F(CheckTest, a_map_literal_is_a_named_record_where_one_is_expected) {
  const Type line = make_record("order_line");
  const Scope scope = testing::make_scope(provider_, "order");
  const Type lines = make_list(line);
  EXPECT_NE(check_text("placed.items.map(i, {\"product\": i.product, \"quantity\": i.quantity})", scope, lines).expr, nullptr);
  EXPECT_EQ(check_text("placed.items.map(i, {\"product\": i.product})", scope, lines).code(), "cel-type");
  EXPECT_EQ(check_text("placed.items.map(i, {\"product\": i.product, \"quantity\": 1, \"colour\": 2})", scope, lines).code(), "cel-unknown-field");
  EXPECT_EQ(check_text("{\"product\": 1, \"quantity\": 1}", scope, line).code(), "cel-type");
}

TEST_F(CheckTest, null_needs_an_optional_target) {
  EXPECT_EQ(product("null", make_type(TypeKind::kInt)).code(), "cel-type");
  EXPECT_NE(product("null", make_type(TypeKind::kInt, true)).expr, nullptr);
}

TEST_F(CheckTest, every_refused_expression_says_its_code_and_advice) {
  std::ifstream file(KINGPOST_SOURCE_DIR "/tests/cases/cel/refused.txt");
  ASSERT_TRUE(file.is_open());
  std::size_t count = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream parts(line);
    std::string code;
    std::string advice;
    std::string text;
    std::getline(parts, code, '|');
    std::getline(parts, advice, '|');
    std::getline(parts, text);
    const Checked checked = product(trimmed(text));
    EXPECT_EQ(checked.expr, nullptr) << line;
    EXPECT_EQ(checked.code(), trimmed(code)) << line;
    EXPECT_THAT(checked.suggestion(), ::testing::HasSubstr(trimmed(advice))) << line << "\n" << all_messages(checked.diagnostics);
    ++count;
  }
  EXPECT_GT(count, 50U);
}

TEST_F(CheckTest, a_loop_variable_hides_an_outer_name_and_ends_with_its_loop) {
  EXPECT_NE(product("[1, 2].exists(row, row > 1) && row.price > 0.5").expr, nullptr);
  EXPECT_EQ(product("[1, 2].exists(i, i > 1) && i > 1").code(), "cel-unknown-name");
}

TEST_F(CheckTest, aggregates_of_a_group_need_a_place_that_groups) {
  EXPECT_EQ(product("count()").code(), "cel-unknown-function");
  EXPECT_NE(ticket("max(row.created_at)").expr, nullptr);
}

}  // namespace

}  // namespace kingpost::cel
