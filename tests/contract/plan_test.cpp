#include "kingpost/plan/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness.hpp"
#include "kingpost/plan/policy.hpp"
#include "kingpost/sql/sql.hpp"

namespace kingpost::contract {
namespace {

class PlanTest : public ::testing::Test {
 protected:
  PlanTest() : suite_(load_suite(cases_path("contract/reads.cases.yaml"))) {}

  Result<plan::Plan> plan_as(const std::string& caller, const std::string& method, const std::string& target, const std::string& body = "") {
    Exchange exchange;
    exchange.method = method;
    exchange.target = target;
    exchange.body = body;
    auto call = read_call(exchange, limits_);
    if (!call) return fail(call.error());
    call_ = std::make_unique<protocol::rest::Call>(std::move(*call));
    return plan::make_plan(call_->request, suite_.callers.at(caller), system(), limits_);
  }
  std::string code_as(const std::string& caller, const std::string& method, const std::string& target, const std::string& body = "") {
    const auto plan = plan_as(caller, method, target, body);
    return plan ? "none" : plan.error().code;
  }
  [[nodiscard]] const ir::System& system() const { return changed_ ? *changed_ : *suite_.system; }
  ir::System& change() {
    if (!changed_) changed_ = std::make_unique<ir::System>(*suite_.system);
    return *changed_;
  }
  ir::Entity& changed_entity(const std::string& name) { return change().entities[system().find_entity(name).index()]; }

  Suite suite_;
  Limits limits_;
  std::unique_ptr<protocol::rest::Call> call_;
  std::unique_ptr<ir::System> changed_;
};

TEST_F(PlanTest, WithoutAnAccessRuleEverythingIsDenied) {
  changed_entity("product").access = {};
  EXPECT_EQ(code_as("mia", "GET", "/product"), "42501");
  EXPECT_EQ(code_as("mia", "POST", "/product", R"({"sku":"a","name":"b","price":1})"), "42501");
  EXPECT_EQ(code_as("mia", "PATCH", "/product?sku=eq.a", R"({"stock":1})"), "42501");
  EXPECT_EQ(code_as("mia", "DELETE", "/product?sku=eq.a"), "42501");
  EXPECT_EQ(code_as("dev", "GET", "/product"), "none");
}

TEST_F(PlanTest, AnAnonymousCallerIsAskedToAuthenticate) {
  const auto anonymous = plan_as("anonymous", "GET", "/order");
  const auto customer = plan_as("ada", "GET", "/ledger");
  ASSERT_FALSE(anonymous);
  ASSERT_FALSE(customer);
  EXPECT_EQ(anonymous.error().kind, ErrorKind::kUnauthenticated);
  EXPECT_EQ(customer.error().kind, ErrorKind::kPermissionDenied);
}

TEST_F(PlanTest, EmbedsNeedTheirOwnPermission) { EXPECT_EQ(code_as("anonymous", "GET", "/product?select=sku,items(quantity)"), "42501"); }

TEST_F(PlanTest, PoliciesAreFoldedForThePrincipal) {
  const auto merchant = plan_as("mia", "GET", "/order?select=total");
  const auto customer = plan_as("ada", "GET", "/order?select=total");
  ASSERT_TRUE(merchant && customer);
  EXPECT_EQ(merchant->read->where.kind, plan::PredicateKind::kTrue);
  EXPECT_EQ(customer->read->where.kind, plan::PredicateKind::kPolicy);
}

TEST_F(PlanTest, NeverVisibleFieldsAreUnknownEverywhere) {
  for (const auto* target : {"/product?select=cost", "/product?cost=gt.1", "/product?order=cost", "/product?or=(cost.gt.1,sku.eq.a)",
                             "/category?select=name,product(cost)", "/product?select=sku,category(name)&order=category(secret)"}) {
    EXPECT_EQ(code_as("ada", "GET", target), "42703") << target;
  }
  EXPECT_EQ(code_as("ada", "GET", "/product?select=nothing"), "42703");
}

TEST_F(PlanTest, ErrorsNameOnlyVisibleNeighbours) {
  const auto plan = plan_as("ada", "GET", "/product?select=cosst");
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().hint.value_or("").find("\"product.cost\""), std::string::npos);
}

TEST_F(PlanTest, AWriteOfAnElementThatIsNotExecutedIsRefused) {
  ir::NotExecuted element;
  element.feature = "audit";
  element.element = "label";
  element.entity = system().find_entity("label");
  change().not_executed.push_back(element);
  EXPECT_EQ(code_as("dev", "POST", "/label", R"({"name":"x"})"), "kp-not-executed");
  EXPECT_EQ(code_as("dev", "GET", "/label"), "none");
}

TEST_F(PlanTest, AStateChangesOnlyByItsMovesAndBeginsWhereItMust) {
  auto& order = changed_entity("order");
  order.states.emplace();
  order.states->field = order.find_field("status");
  order.states->initial = "placed";
  EXPECT_EQ(code_as("dev", "PATCH", "/order?total=gt.1", R"({"status":"paid"})"), "42501");
  const auto plan = plan_as("dev", "POST", "/order", R"({"customer_id":"00000000-0000-7000-8000-00000000aaaa","total":1,"status":"paid"})");
  ASSERT_TRUE(plan);
  EXPECT_NE(plan->write->result_policy, nullptr);
}

TEST_F(PlanTest, AVersionFieldIsTheVersionAndCountsUp) {
  auto& label = changed_entity("label");
  ir::Field field;
  field.name = "version";
  field.column = "version";
  field.type.scalar = ir::Scalar::kInt64;
  field.generated = ir::Generated::kVersion;
  label.fields.push_back(field);
  auto plan = plan_as("mia", "PATCH", "/label?id=eq.00000000-0000-7000-8000-000000000021", R"({"name":"x"})");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->write->columns.back().source, plan::WriteColumn::Source::kIncrement);
  auto request = std::move(call_->request);
  request.has_if_match = true;
  plan = plan::make_plan(request, suite_.callers.at("mia"), system(), limits_);
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->version.size(), 1U);
  const auto program = sql::render_program(*plan, system(), dialect::Database::kSqlite, limits_);
  ASSERT_TRUE(program);
  EXPECT_NE(program->steps[1].sql.find(R"("version" = t0."version" + 1)"), std::string::npos) << program->steps[1].sql;
}

TEST_F(PlanTest, BoundsHaveNames) {
  EXPECT_EQ(code_as("mia", "GET", "/category?select=parent(parent(parent(parent(parent(parent(parent(name)))))))").substr(0, 9), "kp-limit-");
  limits_.filter_nodes = 3;
  EXPECT_EQ(code_as("mia", "GET", "/product?or=(sku.eq.a,sku.eq.b,sku.eq.c)").substr(0, 9), "kp-limit-");
}

TEST_F(PlanTest, APageIsNeverLargerThanTheServerAllows) {
  limits_.page_rows = 10;
  const auto plan = plan_as("mia", "GET", "/product?limit=5000");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->read->limit, 10U);
}

TEST_F(PlanTest, TheStatementsDependOnTheShapeAlone) {
  const auto steps = [&](const std::string& target) {
    const auto plan = plan_as("mia", "GET", target);
    return sql::render_program(plan.value(), system(), dialect::Database::kSqlite, limits_)->steps.size();
  };
  EXPECT_EQ(steps("/product?id=eq.00000000-0000-7000-8000-000000000011"), 1U);
  EXPECT_EQ(steps("/product?select=sku,category(name)&limit=20"), 1U);
  EXPECT_EQ(steps("/order?select=total,items(quantity,product(sku,category(name,parent(name))))"), 2U);
  EXPECT_EQ(steps("/product?select=sku,labels(name,product(sku))"), 3U);
}

cel::ExprPtr ident(const char* name) {
  auto expr = std::make_shared<cel::Expr>();
  expr->kind = cel::ExprKind::kIdent;
  expr->name = name;
  return expr;
}

TEST(UpdatePolicy, TestsTheStoredRowTheResultingRowOrBoth) {
  const auto both_rows = plan::Policies::split_update(ident("row"));
  EXPECT_NE(both_rows.stored, nullptr);
  EXPECT_NE(both_rows.result, nullptr);
  const auto incoming = plan::Policies::split_update(ident("new"));
  EXPECT_EQ(incoming.stored, nullptr);
  EXPECT_NE(incoming.result, nullptr);
  const auto former = plan::Policies::split_update(ident("old"));
  EXPECT_NE(former.stored, nullptr);
  EXPECT_EQ(former.result, nullptr);
  const auto apart = plan::Policies::split_update(plan::both(ident("old"), ident("new")));
  EXPECT_FALSE(apart.unsupported);
  auto compared = std::make_shared<cel::Expr>();
  compared->kind = cel::ExprKind::kOperator;
  compared->op = cel::Op::kEqual;
  compared->args = {ident("old"), ident("new")};
  EXPECT_TRUE(plan::Policies::split_update(compared).unsupported);
}

}  // namespace
}  // namespace kingpost::contract
