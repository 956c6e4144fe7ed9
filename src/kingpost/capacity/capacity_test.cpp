#include "kingpost/capacity/capacity.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "kingpost/capacity/assumptions.hpp"
#include "kingpost/capacity/test_system.hpp"

namespace kingpost::capacity {
namespace {

const EntitySize& size_of(const ir::System& system, const Demand& demand, std::string_view name) {
  return demand.entities[system.find_entity(name).index()];
}

TEST(Capacity, DeclaredGrowthAndPeaksAreTakenAsTheyStand) {
  const auto system = compile_example("shop/shop.yaml");
  ASSERT_NE(system, nullptr);
  const auto demand = derive_demand(*system, 1, Database::kPostgres);
  const auto& product = size_of(*system, demand, "product");
  EXPECT_EQ(product.rows_basis, Basis::kDeclared);
  EXPECT_NEAR(product.rows[1], 100'000 + 50 * 365.25, 1);
  const auto& order = size_of(*system, demand, "order");
  EXPECT_NEAR(order.rows[2], 50'000 * 36 * 365.25 / 12, 50'000);
  EXPECT_EQ(demand.operations[0].name, "product.get");
  EXPECT_EQ(demand.operations[0].peak_per_second.value, 1500);
  EXPECT_EQ(demand.operations[0].peak_per_second.basis, Basis::kDeclared);
}

TEST(Capacity, RowsOfAnOwnedCollectionFollowTheirOwner) {
  const auto system = compile_example("shop/shop.yaml");
  ASSERT_NE(system, nullptr);
  const auto demand = derive_demand(*system, 1, Database::kPostgres);
  EXPECT_NEAR(size_of(*system, demand, "order_item").rows[1], 3 * size_of(*system, demand, "order").rows[1], 1);
  EXPECT_EQ(size_of(*system, demand, "order_item").rows_basis, Basis::kAssumed);
  EXPECT_NEAR(size_of(*system, demand, "cart").rows[0], size_of(*system, demand, "user").rows[0], 1) << "one for each user";
}

}  // namespace
}  // namespace kingpost::capacity
