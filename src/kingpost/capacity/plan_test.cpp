#include "kingpost/capacity/plan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "kingpost/capacity/demand.hpp"
#include "kingpost/capacity/test_system.hpp"

namespace kingpost::capacity {
namespace {

constexpr const char* kTiny = R"(kingpost: 1
system: tiny
roles: {writer: }
entities:
  note:
    fields:
      text: string(200)
    access: {all: has_role("writer")}
)";

Plan plan_of(const ir::System& system, double factor = 1, Database database = Database::kPostgres,
             const std::function<void(PlanOptions&)>& change = nullptr) {
  PlanOptions options;
  options.factor = factor;
  options.database = database;
  options.sensitivity = false;
  if (change) change(options);
  return make_plan(system, options);
}

const Resource& resource(const Sizing& sizing, std::string_view name) {
  const auto found = std::find_if(sizing.resources.begin(), sizing.resources.end(), [&](const Resource& one) { return one.name == name; });
  EXPECT_NE(found, sizing.resources.end()) << name;
  return found == sizing.resources.end() ? sizing.resources.front() : *found;
}

std::vector<ir::SystemPtr> subjects() { return {compile_example("shop/shop.yaml"), compile_example("saas/saas.yaml"), compile_text(kTiny)}; }

TEST(Plan, ServersAreTheCeilingOfThePeakOverTheRateAtTheObjectiveLessHeadroom) {
  const auto system = compile_example("shop/shop.yaml");
  ASSERT_NE(system, nullptr);
  for (const double factor : {1.0, 7.0, 100.0}) {
    const auto plan = plan_of(*system, factor);
    const double rate = plan.once.rate_per_server * (1 - plan.assume[Input::kHeadroom]);
    EXPECT_EQ(plan.once.servers_for_rate, std::max(1.0, std::ceil(plan.once.demand.total.peak_per_second / rate - 1e-9)));
    EXPECT_EQ(plan.once.servers, plan.once.servers_for_rate + 1) << "one may be lost at 99.95 %";
  }
}

TEST(Plan, ConcurrencyIsLittlesLaw) {
  const auto system = compile_example("shop/shop.yaml");
  ASSERT_NE(system, nullptr);
  const auto plan = plan_of(*system);
  double sum = 0;
  for (const auto& one : plan.once.demand.operations) {
    EXPECT_DOUBLE_EQ(one.concurrency, one.peak_per_second.value * one.service_ms / 1e3) << one.name;
    sum += one.concurrency;
  }
  EXPECT_NEAR(plan.once.demand.total.concurrency, sum, 1e-9);
}

TEST(Plan, ACommandsCostIsThatOfItsSteps) {
  const auto system = compile_example("shop/shop.yaml");
  ASSERT_NE(system, nullptr);
  const auto plan = plan_of(*system);
  const auto& operations = plan.once.demand.operations;
  const auto found = std::find_if(operations.begin(), operations.end(), [](const auto& one) { return one.name == "place_order"; });
  ASSERT_NE(found, operations.end());
  EXPECT_TRUE(found->writes);
  // order with its audit row, three items, three cart items deleted, one event, one idempotency key
  EXPECT_EQ(found->rows_written, 2 + 3 + 3 + 1 + 1);
  EXPECT_EQ(found->mean_per_second.basis, Basis::kDeclared) << "growth of order says how many there are on average";
  EXPECT_NEAR(found->mean_per_second.value, 50'000 / 86'400.0, 1e-6);
  const bool saga = std::any_of(operations.begin(), operations.end(), [](const auto& one) { return one.name == "saga fulfilment" && one.internal; });
  EXPECT_TRUE(saga) << "what an order sets going is counted";
  EXPECT_FALSE(std::find_if(operations.begin(), operations.end(), [](const auto& one) { return one.name == "product.get"; })->writes);
}

TEST(Plan, ATinyModelSaysWhatWasAssumedAndWhichKeywordsToAdd) {
  const auto system = compile_text(kTiny);
  ASSERT_NE(system, nullptr);
  const auto plan = plan_of(*system, 1, Database::kSqlite);
  std::string notes;
  for (const auto& note : plan.notes) notes += note + "\n";
  EXPECT_NE(notes.find("load: {"), std::string::npos);
  EXPECT_NE(notes.find("growth: {"), std::string::npos);
  EXPECT_EQ(plan.once.servers, 1);
  EXPECT_EQ(plan.once.database_nodes, 0) << "SQLite lives in the server";
  for (const auto& one : plan.once.demand.operations) EXPECT_EQ(one.peak_per_second.basis, Basis::kAssumed) << one.name;
}

TEST(Plan, MoreLoadNeverTakesLessOfAnything) {
  for (const auto& system : subjects()) {
    ASSERT_NE(system, nullptr);
    for (const auto database : {Database::kSqlite, Database::kPostgres}) {
      Plan before = plan_of(*system, 0.1, database);
      for (const double factor : {1.0, 3.0, 10.0, 100.0, 1000.0}) {
        const Plan after = plan_of(*system, factor, database);
        EXPECT_GE(after.once.cost_month, before.once.cost_month) << system->name << " " << factor;
        EXPECT_GE(after.once.servers, before.once.servers);
        EXPECT_GE(after.once.iops, before.once.iops);
        for (std::size_t h = 0; h < kHorizons; ++h) EXPECT_GE(after.once.disk.data[h], before.once.disk.data[h]);
        for (std::size_t i = 0; i < after.once.resources.size(); ++i) {
          if (after.once.resources[i].name == "memory of a server") continue;  // shared among more servers
          EXPECT_GE(after.once.resources[i].need, before.once.resources[i].need * (1 - 1e-9)) << after.once.resources[i].name;
        }
        EXPECT_GE(after.ten.cost_month, after.once.cost_month);
        before = after;
      }
    }
  }
}

TEST(Plan, MoreRowsNeverTakeFewerBytes) {
  const auto system = compile_example("saas/saas.yaml");
  ASSERT_NE(system, nullptr);
  for (const auto database : {Database::kSqlite, Database::kPostgres}) {
    const Assumptions assume;
    const auto shapes = shape_system(*system, database, assume);
    for (const auto& entity : system->entities) {
      double table = 0;
      std::vector<double> indexes(shapes[entity.id.index()].indexes.size());
      for (double rows = 0; rows < 2e9; rows = rows * 1.7 + 1) {
        const double now = table_bytes(shapes[entity.id.index()], database, rows);
        EXPECT_GE(now, table) << entity.name << " " << rows;
        table = now;
        std::vector<double> all(system->entities.size(), 1000);
        all[entity.id.index()] = rows;
        for (std::size_t i = 0; i < indexes.size(); ++i) {
          const double bytes = index_bytes({*system, database, assume, all}, entity, shapes[entity.id.index()], i);
          // Where pages begin to fill in another way the formula steps; it never falls by more than that.
          EXPECT_GE(bytes, indexes[i]) << entity.name << " " << shapes[entity.id.index()].indexes[i].name << " " << rows;
          indexes[i] = bytes;
        }
      }
    }
  }
}

TEST(Plan, WiderTextsNeverTakeFewerBytes) {
  const auto system = compile_example("shop/shop.yaml");
  ASSERT_NE(system, nullptr);
  for (const auto database : {Database::kSqlite, Database::kPostgres}) {
    double before = 0;
    for (const double width : {0.0, 10.0, 100.0, 126.0, 127.0, 500.0, 1900.0}) {
      Assumptions assume;
      ASSERT_TRUE(assume.set("bytes.product.description", width, Basis::kDeclared, "test").has_value());
      const double now = derive_demand(*system, 1, database, assume).total.bytes[1];
      EXPECT_GE(now, before) << width;
      before = now;
    }
  }
}

TEST(Plan, TheSameModelGivesTheSamePlan) {
  const auto system = compile_example("shop/shop.yaml");
  ASSERT_NE(system, nullptr);
  PlanOptions options;
  const auto a = make_plan(*system, options);
  const auto b = make_plan(*system, options);
  ASSERT_EQ(a.sensitivity.size(), b.sensitivity.size());
  for (std::size_t i = 0; i < a.sensitivity.size(); ++i) {
    EXPECT_EQ(a.sensitivity[i].name, b.sensitivity[i].name);
    EXPECT_EQ(a.sensitivity[i].cost_low, b.sensitivity[i].cost_low);
  }
  EXPECT_EQ(a.once.cost_month, b.once.cost_month);
}

TEST(Plan, SensitivityPutsFirstWhatMovesTheCostMost) {
  const auto system = compile_example("shop/shop.yaml");
  ASSERT_NE(system, nullptr);
  const auto plan = make_plan(*system, PlanOptions{});
  ASSERT_GT(plan.sensitivity.size(), 10U);
  const auto swing = [](const Sensitivity& one) { return std::abs(one.cost_high - one.cost_low); };
  for (std::size_t i = 1; i < plan.sensitivity.size(); ++i) EXPECT_GE(swing(plan.sensitivity[i - 1]) + 1e-6, swing(plan.sensitivity[i]));
  const auto peaks = std::find_if(plan.sensitivity.begin(), plan.sensitivity.end(), [](const auto& one) { return one.name == "peaks"; });
  ASSERT_NE(peaks, plan.sensitivity.end());
  EXPECT_LT(peaks->cost_low, plan.once.cost_month);
  EXPECT_GT(peaks->cost_high, plan.once.cost_month);
}

TEST(Plan, WhatBreaksFirstBreaksAtTheLoadThatWasSaid) {
  const auto system = compile_example("shop/shop.yaml");
  ASSERT_NE(system, nullptr);
  for (const auto database : {Database::kSqlite, Database::kPostgres}) {
    const auto plan = plan_of(*system, 1, database);
    ASSERT_FALSE(plan.once.binding.empty());
    const auto& have = resource(plan.once, plan.once.binding);
    const auto at = plan_of(*system, plan.breaks_at, database);
    EXPECT_NEAR(resource(at.once, plan.once.binding).need / have.have, 1, 0.02) << plan.once.binding;
  }
}

TEST(Plan, OldRowsLeaveAfterTheirTime) {
  RowGrowth growth{3'650, 10, 365, Basis::kDeclared, ""};
  EXPECT_NEAR(rows_after(growth, 0), 3'650, 1e-9);
  EXPECT_NEAR(rows_after(growth, 365), 3'650, 1e-9) << "as many come as go";
  EXPECT_NEAR(rows_after(growth, 5'000), 3'650, 1e-9);
  growth.keep_days = 0;
  EXPECT_NEAR(rows_after(growth, 100), 4'650, 1e-9);
}

TEST(Plan, InputsAndPricesRefuseWhatTheyCannotBe) {
  Assumptions assume;
  for (const auto& [name, value] : std::vector<std::pair<std::string, double>>{{"nothing", 1},
                                                                               {"null-share", 1.5},
                                                                               {"headroom", 1},
                                                                               {"page-rows", -1},
                                                                               {"page-rows", std::nan("")},
                                                                               {"width.a.b", 1},
                                                                               {"nulls.a.b", 2}}) {
    const auto done = assume.set(name, value, Basis::kDeclared, "test");
    ASSERT_FALSE(done.has_value()) << name;
    EXPECT_EQ(done.error().code, "kp-capacity-assumption");
  }
  Prices prices;
  EXPECT_FALSE(prices.set("server.cores", 0, "test").has_value()) << "a machine of nothing";
  EXPECT_TRUE(prices.set("server.month", 0, "test").has_value()) << "a gift";
  EXPECT_FALSE(prices.set("gold", 1, "test").has_value());
  EXPECT_FALSE(prices.set_currency("<b>").has_value());
  EXPECT_EQ(prices.figure(Price::kServerMonth).basis, Basis::kDeclared);
}

TEST(Plan, TheTablesAreInTheOrderOfTheirEnumerators) {
  ASSERT_EQ(input_table().size(), kInputs);
  for (std::size_t i = 0; i < kInputs; ++i) {
    EXPECT_EQ(static_cast<std::size_t>(input_table()[i].input), i);
    EXPECT_EQ(input_table()[i].basis == Basis::kAssumed, input_table()[i].source.empty()) << input_table()[i].name << ": who measured names where";
  }
  ASSERT_EQ(price_table().size(), kPrices);
  for (std::size_t i = 0; i < kPrices; ++i) EXPECT_EQ(static_cast<std::size_t>(price_table()[i].price), i);
}

}  // namespace
}  // namespace kingpost::capacity
