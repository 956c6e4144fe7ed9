#include "kingpost/assess/boundaries.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "kingpost/assess/community.hpp"
#include "kingpost/assess/strangler.hpp"
#include "kingpost/assess/tables.hpp"

namespace kingpost::assess {
namespace {

using foreign::Facts;
using foreign::TableFact;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TableFact& add_table(Facts& facts, const std::string& name) {
  TableFact table;
  table.name.name = name;
  table.columns = {{"id", "bigint", false, true, {}, {}, {}}, {"amount", "numeric", true, false, {}, {}, {}}};
  table.primary_key = {name + "_pkey", {"id"}, {}};
  facts.sql.tables.push_back(std::move(table));
  return facts.sql.tables.back();
}

void refer(Facts& facts, const std::string& from, const std::string& to, const std::string& on_delete = "cascade") {
  auto& table = *std::find_if(facts.sql.tables.begin(), facts.sql.tables.end(), [&](const auto& one) { return one.name.name == from; });
  const std::string column = to + "_id";
  table.columns.push_back({column, "bigint", on_delete == "set null", false, {}, {}, {}});
  foreign::ForeignKeyFact key;
  key.name = from + "_" + to + "_fkey";
  key.columns = {column};
  key.target.name = to;
  key.on_delete = on_delete;
  table.foreign_keys.push_back(std::move(key));
}

/// Groups of tables around a first one, all hanging loosely on `account`.
Facts groups(const std::vector<std::pair<std::string, int>>& sizes) {
  Facts facts;
  add_table(facts, "account");
  for (const auto& [word, size] : sizes) {
    for (int at = 0; at < size; ++at) {
      add_table(facts, at == 0 ? word : fmt::format("{}_part{}", word, at));
      if (at > 0) refer(facts, fmt::format("{}_part{}", word, at), word);
    }
    refer(facts, word, "account", "");
  }
  return facts;
}

const Service* find(const Boundaries& boundaries, const std::string& name) {
  const auto found = std::find_if(boundaries.services.begin(), boundaries.services.end(), [&](const Service& one) { return one.name == name; });
  return found == boundaries.services.end() ? nullptr : &*found;
}

TEST(CommunityTest, TwoCliquesWithOneBridgeAreTwo) {
  std::vector<Tie> ties;
  for (std::size_t base : {std::size_t{0}, std::size_t{5}}) {
    for (std::size_t one = 0; one < 5; ++one) {
      for (std::size_t other = one + 1; other < 5; ++other) ties.push_back({base + one, base + other, 1});
    }
  }
  ties.push_back({4, 5, 1});
  const auto found = find_communities(10, ties, {});
  EXPECT_EQ(found.count, 2U);
  EXPECT_THAT(found.of, ElementsAre(0, 0, 0, 0, 0, 1, 1, 1, 1, 1));
  // 20 of 21 ties within; both halves hold half of all strength.
  EXPECT_NEAR(found.modularity, 20.0 / 21 - 0.5, 1e-9);
}

TEST(CommunityTest, KarateClubIsPartedAsWellAsTheLiteratureSays) {
  // Zachary's karate club (J. Anthropol. Res. 33, 1977); the best modularity known is 0.4198 (Agarwal and Kempe 2008).
  static constexpr int kEdges[][2] = {
      {2, 1},   {3, 1},   {3, 2},   {4, 1},   {4, 2},   {4, 3},   {5, 1},   {6, 1},   {7, 1},   {7, 5},   {7, 6},   {8, 1},   {8, 2},
      {8, 3},   {8, 4},   {9, 1},   {9, 3},   {10, 3},  {11, 1},  {11, 5},  {11, 6},  {12, 1},  {13, 1},  {13, 4},  {14, 1},  {14, 2},
      {14, 3},  {14, 4},  {17, 6},  {17, 7},  {18, 1},  {18, 2},  {20, 1},  {20, 2},  {22, 1},  {22, 2},  {26, 24}, {26, 25}, {28, 3},
      {28, 24}, {28, 25}, {29, 3},  {30, 24}, {30, 27}, {31, 2},  {31, 9},  {32, 1},  {32, 25}, {32, 26}, {32, 29}, {33, 3},  {33, 9},
      {33, 15}, {33, 16}, {33, 19}, {33, 21}, {33, 23}, {33, 24}, {33, 30}, {33, 31}, {33, 32}, {34, 9},  {34, 10}, {34, 14}, {34, 15},
      {34, 16}, {34, 19}, {34, 20}, {34, 21}, {34, 23}, {34, 24}, {34, 27}, {34, 28}, {34, 29}, {34, 30}, {34, 31}, {34, 32}, {34, 33}};
  std::vector<Tie> ties;
  for (const auto& edge : kEdges) ties.push_back({static_cast<std::size_t>(edge[1] - 1), static_cast<std::size_t>(edge[0] - 1), 1});
  const auto found = find_communities(34, ties, {0, 1});
  EXPECT_GE(found.modularity, 0.39);
  EXPECT_LE(found.modularity, 0.4199);
}

TEST(CommunityTest, WithoutTiesEveryNodeStandsAlone) { EXPECT_EQ(find_communities(3, {}, {}).count, 3U); }

TEST(CouplingTest, ALookupIsToldFromATableOfThePeople) {
  Facts facts = groups({{"film", 3}});
  auto& language = add_table(facts, "language");
  language.columns = {{"id", "integer", false, true, {}, {}, {}}, {"name", "text", false, false, {}, {}, {}}};
  refer(facts, "film", "language", "");
  auto& users = add_table(facts, "users");
  users.columns = {
      {"id", "integer", false, true, {}, {}, {}}, {"name", "text", false, false, {}, {}, {}}, {"email", "text", false, false, {}, {}, {}}};
  refer(facts, "film", "users", "");
  const auto coupling = couple(facts.sql);
  EXPECT_EQ(coupling.roles[facts.sql.tables.size() - 2], TableRole::kLookup);
  EXPECT_EQ(coupling.roles.back(), TableRole::kOwn);
}

TEST(CouplingTest, AJunctionAPartitionAndAToolsTableAreTold) {
  Facts facts = groups({{"film", 1}, {"actor", 1}});
  add_table(facts, "film_actor").columns.pop_back();
  refer(facts, "film_actor", "film");
  refer(facts, "film_actor", "actor");
  add_table(facts, "payment");
  add_table(facts, "payment_2026").partition_of.name = "payment";
  add_table(facts, "schema_migrations");
  const auto roles = couple(facts.sql).roles;
  EXPECT_THAT(roles, ElementsAre(TableRole::kOwn, TableRole::kOwn, TableRole::kOwn, TableRole::kJunction, TableRole::kOwn, TableRole::kPart,
                                 TableRole::kTool));
}

TEST(BoundariesTest, AFewTablesStayOneServiceAndAreToldWhy) {
  const auto boundaries = propose_boundaries(groups({{"order", 5}, {"ticket", 5}}));
  EXPECT_TRUE(boundaries.keep_one);
  EXPECT_THAT(boundaries.reasons, Contains(HasSubstr("11 business tables")));
  EXPECT_TRUE(std::none_of(boundaries.services.begin(), boundaries.services.end(), [](const Service& one) { return one.extract; }));
  EXPECT_EQ(plan_strangler(boundaries).stages.size(), 1U);
}

TEST(BoundariesTest, ManyTablesInClearGroupsArePartedAndNamedAfterThem) {
  const auto boundaries = propose_boundaries(groups({{"billing", 12}, {"catalog", 10}, {"shipping", 9}}));
  EXPECT_FALSE(boundaries.keep_one) << boundaries.reasons.front();
  for (const std::string name : {"billing", "catalog", "shipping"}) {
    const auto* service = find(boundaries, name);
    ASSERT_NE(service, nullptr) << name;
    EXPECT_GE(service->tables.size(), 9U);
  }
  // Three keys lead to `account`; it is in one of the groups, so two are cut, each by its name.
  EXPECT_EQ(boundaries.cuts.size(), 2U);
  EXPECT_THAT(boundaries.cuts.front().constraint, HasSubstr("_account_fkey"));
  EXPECT_THAT(boundaries.cuts.front().replacement, HasSubstr("account_id"));
}

TEST(BoundariesTest, WhatACutKeyBecomesDependsOnItsDelete) {
  Facts facts = groups({{"billing", 12}, {"catalog", 10}, {"shipping", 9}});
  refer(facts, "shipping_part1", "billing", "cascade");
  refer(facts, "shipping_part2", "catalog", "set null");
  const auto boundaries = propose_boundaries(facts);
  const auto replacement = [&](const std::string& name) {
    const auto cut = std::find_if(boundaries.cuts.begin(), boundaries.cuts.end(), [&](const CutKey& one) { return one.constraint == name; });
    return cut == boundaries.cuts.end() ? std::string("not cut") : cut->replacement;
  };
  EXPECT_THAT(replacement("shipping_part1_billing_fkey"), HasSubstr("deletes its own rows"));
  EXPECT_THAT(replacement("shipping_part2_catalog_fkey"), HasSubstr("clears it"));
}

TEST(BoundariesTest, ATransactionAcrossGroupsIsNamedAndCountsAgainstTheCut) {
  Facts facts = groups({{"billing", 12}, {"catalog", 10}, {"shipping", 9}});
  foreign::RoutineFact checkout;
  checkout.kind = foreign::RoutineFact::Kind::kFunction;
  checkout.name.name = "checkout";
  checkout.writes = {{"", "billing"}, {"", "shipping"}};
  facts.sql.routines.push_back(checkout);
  const auto boundaries = propose_boundaries(facts);
  ASSERT_EQ(boundaries.splits.size(), 1U);
  EXPECT_EQ(boundaries.splits[0].routine, "checkout");
  EXPECT_EQ(boundaries.splits[0].services.size(), 2U);
}

TEST(BoundariesTest, EverythingTiedToEverythingIsNotParted) {
  Facts facts;
  for (int at = 0; at < 30; ++at) add_table(facts, fmt::format("t{}x", at));
  for (int at = 0; at < 30; ++at) {
    for (int other : {at + 1, at + 7, at + 13}) refer(facts, fmt::format("t{}x", at), fmt::format("t{}x", other % 30), "");
  }
  EXPECT_TRUE(propose_boundaries(facts).keep_one);
}

TEST(BoundariesTest, NoTablesGiveNoServices) {
  const auto boundaries = propose_boundaries({});
  EXPECT_TRUE(boundaries.keep_one);
  EXPECT_TRUE(boundaries.services.empty());
  EXPECT_FALSE(print_boundaries_json(boundaries).empty());
  EXPECT_FALSE(print_boundaries_markdown(boundaries).empty());
}

TEST(BoundariesTest, AHostileNameStaysOneCellOfTheTable) {
  Facts facts = groups({{"billing", 12}, {"catalog", 10}, {"shipping", 9}});
  for (auto& table : facts.sql.tables) {
    if (table.name.name == "billing_part1") table.name.name = "evil` | <script>\nbilling";
  }
  const auto text = print_boundaries_markdown(propose_boundaries(facts));
  EXPECT_THAT(text, AllOf(HasSubstr("`evil' \\| <script> billing`"), Not(HasSubstr("evil`"))));
}

TEST(StranglerTest, LeavesGoFirstAndEveryStageHasAWayBack) {
  Facts facts = groups({{"billing", 12}, {"catalog", 10}, {"shipping", 9}});
  for (int at = 1; at <= 4; ++at) refer(facts, fmt::format("shipping_part{}", at), "catalog", "");
  const auto boundaries = propose_boundaries(facts);
  const auto plan = plan_strangler(boundaries);
  ASSERT_GE(plan.stages.size(), 2U);
  EXPECT_TRUE(plan.stages[0].moves.empty());
  for (std::size_t at = 1; at < plan.stages.size(); ++at) {
    const auto& stage = plan.stages[at];
    EXPECT_FALSE(stage.moves.empty());
    for (const auto* part : {&stage.steps, &stage.in_step, &stage.verification, &stage.rollback, &stage.exit}) EXPECT_FALSE(part->empty());
  }
  const auto text = print_strangler_markdown(plan, boundaries);
  EXPECT_THAT(text, HasSubstr("Way back"));
  EXPECT_EQ(text, print_strangler_markdown(plan_strangler(propose_boundaries(facts)), propose_boundaries(facts)));
}

TEST(StranglerTest, AKeyIsCutOnceThoughBothSidesGo) {
  Facts facts = groups({{"billing", 12}, {"catalog", 10}, {"shipping", 9}});
  refer(facts, "shipping_part1", "catalog", "");
  const auto boundaries = propose_boundaries(facts);
  std::vector<std::string> cuts;
  for (const auto& stage : plan_strangler(boundaries).stages) cuts.insert(cuts.end(), stage.cuts.begin(), stage.cuts.end());
  auto unique = cuts;
  std::sort(unique.begin(), unique.end());
  EXPECT_EQ(std::unique(unique.begin(), unique.end()), unique.end());
}

TEST(TablesTest, NamesAreFoundWithAndWithoutTheirSchema) {
  std::vector<TableFact> tables(3);
  tables[0].name = {"public", "film"};
  tables[1].name = {"audit", "film"};
  tables[2].name = {"audit", "entry"};
  const TableIndex index(tables);
  EXPECT_EQ(index.find({"", "film"}), 0U);
  EXPECT_EQ(index.find({"audit", "film"}), 1U);
  EXPECT_EQ(index.find({"", "entry"}), 2U);
  EXPECT_EQ(index.find({"other", "film"}), std::nullopt);
}

TEST(TablesTest, WordsAreReadInEveryCustomAndSingular) {
  EXPECT_THAT(words_of("InvoiceLine_items"), ElementsAre("invoice", "line", "items"));
  EXPECT_EQ(singular_of("categories"), "category");
  EXPECT_EQ(singular_of("addresses"), "address");
  EXPECT_EQ(singular_of("statuses"), "status");
  EXPECT_EQ(singular_of("status"), "status");
}

}  // namespace
}  // namespace kingpost::assess
