#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>

#include "kingpost/assure/compliance.hpp"
#include "kingpost/assure/requirements.hpp"
#include "kingpost/assure/slo.hpp"
#include "kingpost/assure/threats.hpp"
#include "kingpost/base/metric_names.hpp"
#include "kingpost/compile/compile.hpp"

namespace kingpost::assure {
namespace {

using surface::Verdict;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

Result<std::string> read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorKind::kNotFound, "file", path);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

std::string source(const std::string& path) { return read_text(std::string(KINGPOST_SOURCE_DIR) + "/" + path).value_or(""); }

ir::SystemPtr compiled(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const auto reader = [&text](const std::string&) -> Result<std::string> { return text; };
  auto system = compile::compile_file("model.yaml", reader, Limits{}, sources, diagnostics);
  EXPECT_NE(system, nullptr) << print_diagnostics(diagnostics, sources, DiagnosticFormat::kText, false);
  return system;
}

const std::string& shop_text() {
  static const std::string kText = source("examples/shop/shop.yaml");
  return kText;
}

/// The shop with one piece of its text changed.
ir::SystemPtr shop_with(const std::string& from, const std::string& to) {
  std::string text = shop_text();
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  return compiled(text);
}

const Assessment& of_operation(const ThreatModel& model, const std::string& name, std::string_view threat) {
  static const Assessment kAbsent{};
  for (const OperationThreats& one : model.operations) {
    if (one.operation.permission->name != name) continue;
    for (const Assessment& at : one.top10) {
      if (at.threat == threat) return at;
    }
  }
  ADD_FAILURE() << "no " << threat << " of " << name;
  return kAbsent;
}

const Assessment* of_flow(const ThreatModel& model, const std::string& name, std::string_view threat) {
  for (const FlowThreats& one : model.flows) {
    if (one.flow.name != name) continue;
    for (const Assessment& at : one.stride) {
      if (at.threat == threat) return &at;
    }
  }
  return nullptr;
}

TEST(Mechanisms, AreShownByTestsThatExist) {
  for (const MechanismRow& row : mechanisms()) {
    EXPECT_EQ(&mechanism(row.id), &row) << row.key;
    EXPECT_EQ(row.shown.empty(), row.force != Force::kRuns) << row.key;
    EXPECT_TRUE(row.where.empty() || !source(std::string(row.where)).empty()) << row.where;
    if (row.shown.empty()) continue;
    EXPECT_THAT(source(std::string(row.shown)), HasSubstr(std::string(row.test))) << row.key;
  }
}

TEST(Permissions, FollowTheModelForEveryCaller) {
  const auto shop = compiled(shop_text());
  const PermissionMatrix matrix = permission_matrix(*shop);
  const auto row = [&](const std::string& name) {
    const auto found = std::find_if(matrix.rows.begin(), matrix.rows.end(), [&](const Permission& one) { return one.name == name; });
    EXPECT_NE(found, matrix.rows.end()) << name;
    return found->verdicts;
  };
  constexpr auto kYes = Verdict::kAlways;
  constexpr auto kSome = Verdict::kDepends;
  constexpr auto kNo = Verdict::kNever;
  // anonymous, signed in, customer, merchant, support
  EXPECT_THAT(row("product.read"), ElementsAre(kYes, kYes, kYes, kYes, kYes));
  EXPECT_THAT(row("product.update"), ElementsAre(kNo, kNo, kNo, kYes, kNo));
  EXPECT_THAT(row("order.read"), ElementsAre(kNo, kSome, kSome, kYes, kYes));
  EXPECT_THAT(row("order.delete"), ElementsAre(kNo, kNo, kNo, kNo, kNo));
  EXPECT_THAT(row("reservation.read"), ElementsAre(kNo, kNo, kNo, kNo, kNo));
  EXPECT_THAT(row("place_order"), ElementsAre(kNo, kSome, kSome, kSome, kSome));
  EXPECT_THAT(row("reserve_stock"), ElementsAre(kNo, kNo, kNo, kNo, kNo));
}

struct Change {
  const char* from;
  const char* to;
  const char* operation;
  const char* threat;
  Status before;
  Status after;
};

TEST(Threats, ChangeWithTheModel) {
  constexpr Change kChanges[] = {
      // An owner's rule gives way to a role's: everybody reaches the carts of all.
      {"    access:\n      all: own\n", "    access:\n      all: has_role(\"customer\")\n", "cart.update", "API1", Status::kInForce, Status::kOpen},
      {"      read: own || staff\n", "      read: auth.uid != null\n", "order.read", "API1", Status::kConditional, Status::kOpen},
      // Anybody may create.
      {"    access:\n      all: own\n", "    access:\n      all: own\n      create: true\n", "cart.create", "API4", Status::kOperator, Status::kOpen},
      // A bound of a command goes.
      {"    idempotency: required\n", "", "place_order", "API6", Status::kDesigned, Status::kOpen},
      // A limit of a call goes.
      {"        timeout: 10s\n", "", "place_order", "API10", Status::kDesigned, Status::kOpen},
      // An old contract no longer ends.
      {"    sunset: 2027-07-01\n", "", "order.read", "API9", Status::kInForce, Status::kOpen},
  };
  const auto shop = compiled(shop_text());
  const ThreatModel before = threat_model(*shop);
  for (const Change& change : kChanges) {
    EXPECT_EQ(of_operation(before, change.operation, change.threat).status, change.before) << change.from;
    const auto changed = shop_with(change.from, change.to);
    if (changed == nullptr) continue;
    EXPECT_EQ(of_operation(threat_model(*changed), change.operation, change.threat).status, change.after) << change.to;
  }
}

TEST(Threats, OfATenantsRecordsDependOnStaffNotOnTheTenantAlone) {
  const auto saas = compiled(source("examples/saas/saas.yaml"));
  const ThreatModel model = threat_model(*saas);
  EXPECT_EQ(of_operation(model, "ticket.update", "API1").status, Status::kConditional);
  EXPECT_THAT(of_operation(model, "ticket.update", "API1").condition, HasSubstr("agent, manager"));
  EXPECT_EQ(of_operation(model, "ticket.create", "API1").status, Status::kInForce);
  EXPECT_THAT(of_operation(model, "ticket.create", "API1").by, Contains(Mechanism::kTenantKey));
}

TEST(Threats, OfCallsOutAriseOnlyWithCallsOut) {
  const auto shop = compiled(shop_text());
  const ThreatModel with = threat_model(*shop);
  EXPECT_EQ(of_operation(with, "place_order", "API7").status, Status::kDesigned);
  EXPECT_THAT(of_operation(with, "place_order", "API7").because, HasSubstr("payments"));
  EXPECT_EQ(of_operation(with, "product.read", "API7").status, Status::kNone);
  ASSERT_NE(of_flow(with, "the engine to payments", "E"), nullptr);
  const auto tiny = compiled(source("tests/cases/decide/tiny.yaml"));
  const ThreatModel without = threat_model(*tiny);
  EXPECT_EQ(without.flows.size(), 3U);  // callers with a token, the database, operators
  for (const OperationThreats& one : without.operations) EXPECT_EQ(one.top10[6].status, Status::kNone) << one.operation.permission->name;
}

TEST(Threats, OfTheFlawedExampleAreOpenAndRankedFirst) {
  const auto clinic = compiled(source("examples/flawed/flawed.yaml"));
  const ThreatModel model = threat_model(*clinic);
  EXPECT_EQ(of_operation(model, "patient.read", "API1").status, Status::kOpen);
  EXPECT_EQ(of_flow(model, "the engine to mail", "T")->status, Status::kOpen);
  EXPECT_EQ(of_flow(model, "the engine to payments", "I")->status, Status::kOpen);
  EXPECT_EQ(of_flow(model, "anonymous callers to the API", "D")->status, Status::kOpen);
  ASSERT_FALSE(model.ranked.empty());
  EXPECT_EQ(model.operations[model.ranked.front()].operation.permission->name, "review.create");
  for (std::size_t at = 1; at < model.ranked.size(); ++at) {
    EXPECT_GE(model.operations[model.ranked[at - 1]].risk, model.operations[model.ranked[at]].risk);
  }
  // No credential of the model may travel into the documents.
  for (const FlowThreats& flow : model.flows) {
    for (const Assessment& one : flow.stride) EXPECT_EQ(one.because.find("s3cret"), std::string::npos) << one.because;
  }
}

TEST(Threats, AreTenAnOperationAndSixAFlowEachWithItsReason) {
  for (const char* path : {"examples/shop/shop.yaml", "examples/saas/saas.yaml", "examples/flawed/flawed.yaml", "tests/cases/decide/tiny.yaml"}) {
    const auto system = compiled(source(path));
    const ThreatModel model = threat_model(*system);
    const auto check = [&](const Assessment& one, const std::string& name) {
      EXPECT_FALSE(one.because.empty()) << name << one.threat;
      EXPECT_EQ(one.condition.empty(), one.status != Status::kConditional) << name << one.threat;
      if (one.status != Status::kNone) {
        EXPECT_FALSE(one.by.empty()) << name << one.threat;
        EXPECT_FALSE(one.breaks.empty()) << name << one.threat;
      }
      if (one.status == Status::kInForce) {
        EXPECT_TRUE(std::any_of(one.by.begin(), one.by.end(), [](Mechanism at) { return mechanism(at).force == Force::kRuns; }))
            << name << one.threat;
      }
    };
    for (const FlowThreats& flow : model.flows) {
      EXPECT_EQ(flow.stride.size(), 6U);
      for (const Assessment& one : flow.stride) check(one, flow.flow.name);
    }
    for (const OperationThreats& one : model.operations) {
      EXPECT_EQ(one.top10.size(), 10U);
      for (const Assessment& at : one.top10) check(at, one.operation.permission->name);
    }
  }
}

TEST(Requirements, TraceToTheirElementsOrAreUnmet) {
  const auto shop = shop_with("  R2: Stock", "  R9: Nobody thought of this.\n  R2: Stock");
  const RequirementTrace trace = trace_requirements(*shop, permission_matrix(*shop));
  ASSERT_EQ(trace.lines.size(), 4U);
  EXPECT_EQ(trace.lines[0].elements.front().name, "place_order");
  EXPECT_EQ(trace.lines[0].met, Met::kDesigned);
  EXPECT_THAT(trace.lines[0].objectives, Contains("place_order p99 300 ms"));
  EXPECT_EQ(trace.lines[1].met, Met::kUnmet);
  EXPECT_THAT(trace.lines[2].checks, Contains("stock_level.available is at least 0"));
  EXPECT_EQ(trace.lines[3].elements.front().name, "order.card_hint");
  EXPECT_THAT(trace.lines[3].checks, Contains("contract v1 hides order.card_hint"));
  const auto untraced = [&](const std::string& name) {
    return std::any_of(trace.untraced.begin(), trace.untraced.end(), [&](const Element& one) { return one.name == name; });
  };
  EXPECT_TRUE(untraced("category"));
  EXPECT_TRUE(untraced("deliver_order"));
  EXPECT_FALSE(untraced("order"));
  EXPECT_FALSE(untraced("user"));
}

TEST(Requirements, AreServedBySagasAndTheirLikeToo) {
  const auto shop = shop_with("  fulfilment:\n    starts_on", "  fulfilment:\n    for: [R2]\n    starts_on");
  const RequirementTrace trace = trace_requirements(*shop, permission_matrix(*shop));
  ASSERT_EQ(trace.lines[1].id, "R2");
  EXPECT_THAT(trace.lines[1].elements, Contains(testing::Field(&Element::name, "saga fulfilment")));
}

TEST(Slo, BudgetsFollowFromTheTargets) {
  const auto shop = compiled(shop_text());
  const SloPlan plan = plan_slos(*shop);
  std::vector<std::string> ids;
  for (const Objective& one : plan.objectives) ids.push_back(one.id);
  EXPECT_THAT(ids, ElementsAre("availability", "errors", "p99", "product.get p99", "product.get p50", "place_order p99"));
  EXPECT_NEAR(plan.objectives[0].budget_minutes, 21.6, 1e-6);
  EXPECT_NEAR(plan.objectives[1].budget, 0.0005, 1e-9);
  EXPECT_NEAR(plan.objectives[1].budget_requests, plan.objectives[1].requests.value * 0.0005, 1e-3);
  EXPECT_GT(plan.objectives[1].budget_requests, 0);
  EXPECT_EQ(plan.objectives[3].tiers.size(), 4U);
  // Half of all requests may miss a median: no share of them is 14.4 times that.
  EXPECT_THAT(plan.objectives[4].tiers, ElementsAre(3U));
  const std::vector<double> buckets = duration_buckets(*shop);
  EXPECT_TRUE(std::is_sorted(buckets.begin(), buckets.end()));
  for (const double bound : {0.2, 0.3, 0.05, 0.005}) EXPECT_THAT(buckets, Contains(bound));
  const auto tiny = compiled(source("tests/cases/decide/tiny.yaml"));
  EXPECT_TRUE(plan_slos(*tiny).objectives.empty());
}

TEST(Compliance, HasEachItemOnceInTheStandardsOrder) {
  const auto shop = compiled(shop_text());
  const Compliance list = check_compliance(*shop);
  std::vector<std::vector<int>> order;
  for (const ComplianceItem& one : list.items) {
    EXPECT_FALSE(one.because.empty()) << one.id;
    std::vector<int> parts;
    std::istringstream text{std::string(one.id)};
    for (std::string part; std::getline(text, part, '.');) parts.push_back(std::stoi(part));
    order.push_back(std::move(parts));
  }
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_EQ(std::adjacent_find(order.begin(), order.end()), order.end());
}

TEST(Compliance, FollowsTheModel) {
  const auto status = [](const ir::System& system, std::string_view id) {
    const Compliance list = check_compliance(system);
    const auto found = std::find_if(list.items.begin(), list.items.end(), [&](const ComplianceItem& one) { return one.id == id; });
    return found->status;
  };
  const auto shop = compiled(shop_text());
  const auto saas = compiled(source("examples/saas/saas.yaml"));
  const auto clinic = compiled(source("examples/flawed/flawed.yaml"));
  EXPECT_EQ(status(*shop, "8.4.1"), Status::kNone);
  EXPECT_EQ(status(*saas, "8.4.1"), Status::kInForce);
  EXPECT_EQ(status(*shop, "8.2.2"), Status::kInForce);
  EXPECT_EQ(status(*clinic, "8.2.2"), Status::kOpen);
  EXPECT_EQ(status(*shop, "14.1.1"), Status::kInForce);
  EXPECT_EQ(status(*saas, "14.1.1"), Status::kOpen);
  EXPECT_EQ(status(*clinic, "13.3.1"), Status::kOpen);
  EXPECT_EQ(status(*clinic, "12.3.2"), Status::kOpen);
}

TEST(PersonalData, IsFollowedWhereTheModelSendsIt) {
  const auto shop = compiled(shop_text());
  const auto fields = personal_fields(*shop, permission_matrix(*shop));
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const PersonalField& one) {
    return shop->entity(one.entity).name == "order" && shop->entity(one.entity).field(one.field).name == "card_hint";
  });
  ASSERT_NE(found, fields.end());
  EXPECT_THAT(found->contracts, ElementsAre("v2"));
  EXPECT_THAT(found->from, ElementsAre("payments.charge"));
  EXPECT_THAT(found->readers, Contains("support: always"));
  EXPECT_THAT(found->retention, HasSubstr("days"));
  std::string text = source("examples/flawed/flawed.yaml");
  text.replace(text.find("      email: string(320) unique\n"), 31, "      email: {type: string(320), unique: true, sensitive: personal}\n");
  const auto clinic = compiled(text);
  ASSERT_NE(clinic, nullptr);
  const auto patient = personal_fields(*clinic, permission_matrix(*clinic));
  const auto email =
      std::find_if(patient.begin(), patient.end(), [&](const PersonalField& one) { return clinic->entity(one.entity).name == "patient"; });
  ASSERT_NE(email, patient.end());
  EXPECT_THAT(email->events, ElementsAre("appointment_booked.email"));
  EXPECT_THAT(email->sent, ElementsAre("mail.send.to"));
}

TEST(Assure, TakesATenthOfASecondForThreeHundredEntities) {
  std::string text = "kingpost: 1\nsystem: large\nroles:\n  staff:\n  clerk:\nentities:\n";
  for (int at = 0; at < 300; ++at) {
    text += "  thing_" + std::to_string(at) + ":\n    fields:\n      owner: ref(user) on_delete(cascade)\n      name: string(80) unique\n" +
            "      note: text optional\n      phone: {type: string(30), sensitive: personal}\n    access:\n" +
            "      read: row.owner == auth.uid || has_role(\"staff\")\n      write: row.owner == auth.uid\n";
  }
  text += "slo: {availability: 99.9%, errors: 0.1%, p99: 200ms}\n";
  const auto system = compiled(text);
  ASSERT_NE(system, nullptr);
  const auto start = std::chrono::steady_clock::now();
  const ThreatModel threats = threat_model(*system);
  const Compliance compliance = check_compliance(*system);
  const RequirementTrace trace = trace_requirements(*system, threats.matrix);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  EXPECT_GE(threats.operations.size(), 1200U);
  EXPECT_EQ(trace.untraced.size(), 300U);
  EXPECT_FALSE(compliance.items.empty());
  RecordProperty("seconds", std::to_string(taken.count()));
}

}  // namespace
}  // namespace kingpost::assure
