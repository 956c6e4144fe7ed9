#include "kingpost/emit/contract_suite.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "kingpost/compile/compile.hpp"

namespace kingpost::emit {
namespace {

using testing::HasSubstr;
using testing::Not;

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorKind::kNotFound, "file", path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

ir::SystemPtr example(const std::string& name) {
  SourceMap sources;
  Diagnostics diagnostics;
  return compile::compile_file(std::string(KINGPOST_SOURCE_DIR) + "/examples/" + name + "/" + name + ".yaml", read_file, Limits{}, sources,
                               diagnostics);
}

std::string cases_of(const ir::System& system) {
  const ir::Contract& contract = system.current_contract();
  return print_contract_cases(surface::describe(system, contract, {}), system, contract, "../../openapi/x.json");
}

const SuiteValue* find(const std::vector<SuiteValue>& values, std::string_view name) {
  for (const SuiteValue& value : values) {
    if (value.name == name) return &value;
  }
  return nullptr;
}

TEST(SuiteValues, LieAtAndBeyondEachBound) {
  surface::ApiField field;
  field.type.scalar = ir::Scalar::kDecimal;
  field.type.precision = 12;
  field.type.scale = 2;
  field.min = Decimal{0, 0};
  const std::vector<SuiteValue> price = suite_values(field);
  EXPECT_EQ(find(price, "at-min")->json, "0");
  EXPECT_EQ(find(price, "beyond-min")->json, "-0.01");
  EXPECT_EQ(find(price, "at-max")->json, "9999999999.99");
  EXPECT_EQ(find(price, "beyond-max")->json, "10000000000.00");
  EXPECT_EQ(find(price, "too-many-digits")->json, "0.001");
  EXPECT_FALSE(find(price, "null")->accepted);
  field.type = {};
  field.type.scalar = ir::Scalar::kInt64;
  field.min.reset();
  EXPECT_EQ(find(suite_values(field), "beyond-max")->json, "9223372036854775808");
  EXPECT_EQ(find(suite_values(field), "beyond-min")->json, "-9223372036854775809");
  field.type.scalar = ir::Scalar::kString;
  field.max_length = 4;
  EXPECT_EQ(find(suite_values(field), "at-max-length")->repeat, 4U);
  EXPECT_TRUE(find(suite_values(field), "at-max-length")->accepted);
  EXPECT_EQ(find(suite_values(field), "beyond-max-length")->repeat, 5U);
  EXPECT_FALSE(find(suite_values(field), "beyond-max-length")->accepted);
}

TEST(SuiteValues, AreFewForEveryType) {
  for (std::uint8_t scalar = 0; scalar <= static_cast<std::uint8_t>(ir::Scalar::kRecord); ++scalar) {
    surface::ApiField field;
    field.type.scalar = static_cast<ir::Scalar>(scalar);
    field.type.precision = 38;
    field.type.scale = 38;
    field.values.assign(1'000, "value");
    field.max_length = 1'000'000'000;
    EXPECT_LE(suite_values(field).size(), 32U) << int{scalar};
  }
}

TEST(ContractSuite, HasCasesOfEveryKindForEveryRole) {
  const ir::SystemPtr system = example("shop");
  ASSERT_NE(system, nullptr);
  const std::string text = cases_of(*system);
  for (const char* id : {R"("product/list","kind":"positive")", R"("product/create/price/beyond-min","kind":"boundary")",
                         R"("product/create/missing/sku","kind":"negative")", R"("product/access/customer/create","kind":"authorisation")",
                         R"("cart/isolation/customer","kind":"authorisation")", R"("product/hidden/(anonymous)/cost","kind":"authorisation")",
                         R"("rpc/place_order/without-key","kind":"negative")"}) {
    EXPECT_THAT(text, HasSubstr(std::string("{\"id\":") + id));
  }
  EXPECT_THAT(text, Not(HasSubstr("product/hidden/merchant/cost"))) << "merchants read it";
  EXPECT_THAT(text, Not(HasSubstr("product/isolation"))) << "everybody reads products";
  EXPECT_EQ(text, cases_of(*example("shop"))) << "equal systems give equal bytes";
}

TEST(ContractSuite, EscapesEveryName) {
  constexpr std::string_view kHostile = "\"},{\"id\":\"injected\n";
  ir::System system = *example("saas");
  for (ir::Role& role : system.roles) role.name += kHostile;
  for (ir::Contract& contract : system.contracts) {
    for (ir::ViewEntity& view : contract.entities) {
      view.name += kHostile;
      for (ir::ViewField& field : view.fields) field.name += kHostile;
      for (ir::ViewRelation& relation : view.relations) relation.name += kHostile;
    }
  }
  const std::string text = cases_of(system);
  EXPECT_THAT(text, Not(HasSubstr("{\"id\":\"injected")));
  EXPECT_THAT(text, HasSubstr(R"(\"},{\"id\":\"injected\n)"));
}

TEST(ContractSuite, LeavesOutWhatWouldRepeatInALargeContract) {
  std::string model = "kingpost: 1\nsystem: big\nroles:\n  a:\nentities:\n";
  for (int at = 0; at < 300; ++at) {
    model += "  e" + std::to_string(at) +
             ":\n    fields:\n      name: string(80) unique\n      quantity: int min(0)\n      price: decimal(12,2)\n      day: date optional\n"
             "    access: {read: true, write: has_role(\"a\")}\n";
  }
  SourceMap sources;
  Diagnostics diagnostics;
  const auto read = [&model](const std::string&) { return Result<std::string>(model); };
  const ir::SystemPtr system = compile::compile_file("big.yaml", read, Limits{}, sources, diagnostics);
  ASSERT_NE(system, nullptr);
  const std::string text = cases_of(*system);
  EXPECT_LT(text.size(), 4U << 20U);
  EXPECT_THAT(text, HasSubstr("{\"id\":\"e299/list\""));
  EXPECT_THAT(text, HasSubstr("{\"id\":\"e0/create/deep\""));
  EXPECT_THAT(text, Not(HasSubstr("{\"id\":\"e299/create/deep\"")));
}

}  // namespace
}  // namespace kingpost::emit
