#include "kingpost/surface/surface.hpp"

#include <gtest/gtest.h>

#include "kingpost/cel/cel.hpp"

namespace kingpost::surface {
namespace {

cel::ExprPtr expression(std::string_view text) {
  Diagnostics diagnostics;
  return cel::parse(text, Span{}, diagnostics);
}

Audience caller(std::vector<std::string> roles, bool anonymous = false) { return {false, anonymous, std::move(roles)}; }

ir::Field field(std::string name) {
  ir::Field out;
  out.column = name;
  out.name = std::move(name);
  return out;
}

/// A product that everybody reads, with a cost for merchants and a secret for nobody but the engine.
ir::System shop() {
  ir::System system;
  system.name = "shop";
  system.roles = {{"customer", {}, {"customer"}, {}}, {"merchant", {}, {"merchant"}, {}}};
  ir::Entity product;
  product.id = ir::EntityId{0};
  product.name = product.table = "product";
  product.fields = {field("id"), field("name"), field("cost")};
  product.fields[0].generated = ir::Generated::kUuidV7;
  product.fields[2].nullable = true;
  product.fields[2].read_policy = expression("has_role(\"merchant\")");
  product.key = {ir::FieldId{0}};
  product.access.read = expression("true");
  product.access.create = product.access.update = product.access.remove = expression("has_role(\"merchant\")");
  ir::Entity log;
  log.id = ir::EntityId{1};
  log.name = log.table = "log";
  log.fields = {field("id")};
  log.access.read = expression("system");
  system.entities = {product, log};
  ir::Contract contract;
  contract.name = "v1";
  contract.current = true;
  contract.entities = {{ir::EntityId{0},
                        "product",
                        {{"id", ir::FieldId{0}, {}, {}, true}, {"name", ir::FieldId{1}, {}, {}, true}, {"cost", ir::FieldId{2}, {}, {}, true}},
                        {}},
                       {ir::EntityId{1}, "log", {{"id", ir::FieldId{0}, {}, {}, true}}, {}}};
  contract.by_name = {{"product", 0}, {"log", 1}};
  contract.by_entity = {0, 1};
  system.contracts = {contract};
  return system;
}

TEST(Surface, an_audience_sees_only_what_its_roles_can_ever_reach) {
  const ir::System system = shop();
  const Api api = describe(system, system.contracts[0], caller({"customer"}));
  ASSERT_EQ(api.entities.size(), 1U);
  EXPECT_TRUE(api.entities[0].readable);
  EXPECT_FALSE(api.entities[0].creatable);
  EXPECT_EQ(api.entities[0].find("cost"), nullptr);
}

TEST(Surface, a_merchant_sees_the_cost_and_may_write) {
  const ir::System system = shop();
  const Api api = describe(system, system.contracts[0], caller({"merchant"}));
  EXPECT_TRUE(api.entities[0].creatable);
  ASSERT_NE(api.entities[0].find("cost"), nullptr);
  EXPECT_TRUE(api.entities[0].find("name")->required);
  EXPECT_FALSE(api.entities[0].find("id")->required);
}

TEST(Surface, what_only_the_engine_reaches_is_in_no_description) {
  const ir::System system = shop();
  EXPECT_EQ(describe(system, system.contracts[0], Audience{}).find("log"), nullptr);
}

TEST(Surface, an_anonymous_caller_has_no_identity_so_ownership_never_holds) {
  EXPECT_EQ(judge(expression("row.owner == auth.uid"), caller({}, true)), Verdict::kNever);
  EXPECT_EQ(judge(expression("row.owner == auth.uid || true"), caller({}, true)), Verdict::kAlways);
  EXPECT_EQ(judge(expression("row.owner == auth.uid"), caller({"customer"})), Verdict::kDepends);
}

TEST(Surface, names_are_legal_in_every_format) {
  EXPECT_EQ(pascal_case("order_item"), "OrderItem");
  EXPECT_EQ(pascal_case("2 for 1"), "_2For1");
  EXPECT_EQ(snake_case("unit price\"; drop"), "unit_price___drop");
}

}  // namespace
}  // namespace kingpost::surface
