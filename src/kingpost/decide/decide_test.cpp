#include "kingpost/decide/decide.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "kingpost/compile/compile.hpp"
#include "kingpost/decide/caching_plan.hpp"
#include "kingpost/decide/facts.hpp"
#include "kingpost/decide/kinds.hpp"

namespace kingpost::decide {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kModels[] = {"examples/shop/shop.yaml",           "examples/saas/saas.yaml",         "tests/cases/decide/tiny.yaml",
                                   "tests/cases/decide/telemetry.yaml", "tests/cases/decide/network.yaml", "tests/cases/decide/news.yaml"};
constexpr double kFactors[] = {0.01, 1, 10, 100, 1'000};

std::string source_path(const std::string& path) { return std::string(KINGPOST_SOURCE_DIR) + "/" + path; }

Result<std::string> read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(ErrorKind::kNotFound, "kp-file", "cannot read " + path);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

ir::SystemPtr load(const std::string& path) {
  SourceMap sources;
  Diagnostics diagnostics;
  auto system = compile::compile_file(source_path(path), read_text, Limits{}, sources, diagnostics);
  EXPECT_NE(system, nullptr) << print_diagnostics(diagnostics, sources, DiagnosticFormat::kText, false);
  return system;
}

Evidence evidence_of(const ir::System& system, double factor) {
  return Evidence(system, capacity::derive_demand(system, factor, capacity::Database::kPostgres));
}

const Decision* find(const std::vector<Decision>& decisions, std::string_view kind, std::string_view scope = "") {
  const auto found = std::find_if(decisions.begin(), decisions.end(), [&](const Decision& one) { return one.kind == kind && one.scope == scope; });
  return found == decisions.end() ? nullptr : &*found;
}

std::string choice_of(const std::vector<Decision>& decisions, std::string_view kind, std::string_view scope = "") {
  const auto* found = find(decisions, kind, scope);
  return found == nullptr ? "(not asked)" : found->choice;
}

std::string print_brief(const Evidence& evidence, const std::vector<Decision>& decisions) {
  std::string out;
  for (const Decision& one : decisions) {
    out += fmt::format("{}{}: {}\n", one.kind, one.scope.empty() ? "" : " " + one.scope, one.choice);
    for (const Threshold& threshold : one.thresholds) {
      // Present values belong to the capacity plan, whose assumptions may get better.
      std::string when;
      for (const Crossing& crossing : threshold.crossings) when += (when.empty() ? "" : " and ") + crossing_text(evidence, crossing, false);
      out += fmt::format("  → {} when {}\n", threshold.becomes, when);
    }
  }
  for (const CacheLine& line : plan_caches(evidence, decisions)) {
    out += fmt::format("{} [{}] {} · {} · {}\n", line.query, line.where, line.cache_control, line.key, line.verdict);
  }
  return out;
}

void expect_text(const std::string& path, const std::string& text) {
  if (std::getenv("KINGPOST_UPDATE_CASES") != nullptr) {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  const auto wanted = read_text(path);
  ASSERT_TRUE(wanted.has_value()) << path << " is missing; run with KINGPOST_UPDATE_CASES=1";
  EXPECT_EQ(*wanted, text);
}

void pin(Evidence& evidence, const Crossing& crossing) { evidence.pin(crossing.figure, crossed_value(evidence.figure(crossing.figure), crossing)); }

class EveryModel : public testing::TestWithParam<std::tuple<const char*, double>> {
 protected:
  void SetUp() override {
    system_ = load(std::get<0>(GetParam()));
    ASSERT_NE(system_, nullptr);
  }
  [[nodiscard]] Evidence evidence() const { return evidence_of(*system_, std::get<1>(GetParam())); }
  ir::SystemPtr system_;
};

INSTANTIATE_TEST_SUITE_P(Models, EveryModel, testing::Combine(testing::ValuesIn(kModels), testing::ValuesIn(kFactors)));

TEST_P(EveryModel, MakesADifferentChoiceBeyondEveryThresholdItPrintsAndNoOtherBefore) {
  const Evidence evidence = this->evidence();
  const auto decisions = decide(evidence);
  std::size_t tried = 0;
  for (const Decision& decision : decisions) {
    for (const Threshold& threshold : decision.thresholds) {
      ASSERT_FALSE(threshold.crossings.empty()) << decision.kind;
      Evidence beyond = evidence;
      for (const Crossing& crossing : threshold.crossings) pin(beyond, crossing);
      EXPECT_EQ(decide::choice_of(beyond, decision.kind, decision.scope), threshold.becomes)
          << decision.kind << " " << decision.scope << ": " << threshold_text(evidence, threshold);
      EXPECT_NE(threshold.becomes, decision.choice);
      ++tried;
      if (threshold.crossings.size() == 1) continue;
      for (const Crossing& left_out : threshold.crossings) {
        Evidence before = evidence;
        for (const Crossing& crossing : threshold.crossings) {
          if (crossing.figure != left_out.figure) pin(before, crossing);
        }
        EXPECT_NE(decide::choice_of(before, decision.kind, decision.scope), threshold.becomes)
            << decision.kind << " " << decision.scope << " does not need " << left_out.figure;
      }
    }
  }
  EXPECT_GT(tried, kinds().size());
}

TEST_P(EveryModel, BacksEveryDecisionByARuleAndEveryAlternativeByAReason) {
  const auto decisions = decide(this->evidence());
  const Evidence evidence = this->evidence();
  for (const Decision& decision : decisions) {
    const KindRow* kind = find_kind(decision.kind);
    ASSERT_NE(kind, nullptr) << decision.kind;
    EXPECT_FALSE(decision.reasons.empty() || decision.reasons.front().empty()) << decision.kind;
    EXPECT_FALSE(decision.alternatives.empty()) << decision.kind;
    for (const Alternative& other : decision.alternatives) EXPECT_FALSE(other.why_not.empty()) << decision.kind << ": " << other.name;
    for (const std::string& figure : decision.figures) EXPECT_TRUE(evidence.has(figure)) << figure;
    if (decision.status == Status::kNotNeeded) {
      EXPECT_THAT(decision.choice, testing::AnyOf("not needed", "none", "one region", "keys as they are")) << decision.kind;
    }
  }
}

/// What must hold together: when the first is chosen, the second is one of the listed.
struct Implication {
  std::string_view kind;
  std::string_view choice;  ///< beginning
  std::string_view other;
  std::vector<std::string_view> one_of;  ///< beginnings
};

const Implication kImplications[] = {
    {"topology", kServicesChoice, "database", {kPostgresChoice}},
    {"topology", kServicesChoice, "gateway", {"API gateway"}},
    {"topology", kServicesChoice, "internal-api", {"gRPC", "REST"}},
    {"topology", kServicesChoice, "broker", {kBrokerChoice, "not needed"}},
    {"topology", kServicesChoice, "authentication", {"short-lived", "not needed"}},
    {"topology", kMonolithChoice, "internal-api", {"not needed"}},
    {"topology", kMonolithChoice, "mesh", {"not needed"}},
    {"topology", kMonolithChoice, "gateway", {"load balancer", "reverse proxy"}},
    {"mesh", "service mesh", "topology", {kServicesChoice}},
    {"database", kSqliteChoice, "sharding", {"not needed"}},
    {"database", kSqliteChoice, "read-replicas", {"not needed"}},
    {"database", kSqliteChoice, "availability", {"not needed"}},
    {"database", kSqliteChoice, "pooling", {"not needed"}},
    {"database", kSqliteChoice, "serverless", {"not needed"}},
    {"database", kSqliteChoice, "gateway", {"reverse proxy"}},
    {"database", kSqliteChoice, "shared-cache", {"not needed", "Redis"}},
    {"broker", kBrokerChoice, "delivery", {"transactional outbox"}},
    {"broker", kBrokerChoice, "broker-class", {"partitioned log", "durable stream", "queue"}},
    {"broker", "no broker", "broker-class", {"not needed"}},
    {"broker", "not needed", "broker-class", {"not needed"}},
    {"broker", "not needed", "delivery", {"not needed"}},
    {"regions", "a second region", "availability", {"synchronous standby"}},
    {"regions", "a second region", "backup", {"continuous"}},
    {"availability", "synchronous", "backup", {"continuous"}},
    {"availability", "asynchronous", "backup", {"continuous"}},
    {"tenancy", "shared tables", "database", {kPostgresChoice}},
    {"gateway", "load balancer", "authentication", {"short-lived", "not needed"}},
};

void expect_consistent(const std::vector<Decision>& decisions, const std::string& place) {
  for (const Implication& rule : kImplications) {
    if (!choice_of(decisions, rule.kind).starts_with(rule.choice)) continue;
    const std::string other = choice_of(decisions, rule.other);
    EXPECT_TRUE(std::any_of(rule.one_of.begin(), rule.one_of.end(), [&](std::string_view begin) { return other.starts_with(begin); }))
        << place << ": " << rule.kind << " is " << choice_of(decisions, rule.kind) << ", but " << rule.other << " is " << other;
  }
  const auto any_cache = [&](std::string_view where) {
    return std::any_of(decisions.begin(), decisions.end(), [&](const Decision& one) { return one.kind == "cache" && one.choice == where; });
  };
  EXPECT_EQ(choice_of(decisions, "shared-cache") == "Redis", any_cache(kRedisCache)) << place;
  if (any_cache(kCdnCache)) {
    EXPECT_EQ(choice_of(decisions, "cdn"), "CDN before the API") << place;
  }
  const bool replicas = choice_of(decisions, "read-replicas") == kReplicasChoice;
  for (const Decision& one : decisions) {
    if (one.kind == "consistency" && one.choice.starts_with("a replica's")) {
      EXPECT_TRUE(replicas) << place << " " << one.scope;
    }
  }
}

TEST_P(EveryModel, MakesDecisionsThatHoldTogetherAtEveryLoad) {
  expect_consistent(decide(evidence()), fmt::format("{} × {}", std::get<0>(GetParam()), std::get<1>(GetParam())));
}

TEST(Decide, MakesDecisionsThatHoldTogetherWhateverTheFiguresAre) {
  std::uint64_t state = 42;
  const auto random = [&state] {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>(state >> 33U) / 2147483648.0;
  };
  constexpr double kAvailabilities[] = {99, 99.5, 99.9, 99.95, 99.99, 99.999};
  for (const char* model : {"examples/shop/shop.yaml", "tests/cases/decide/news.yaml", "tests/cases/decide/network.yaml"}) {
    const auto system = load(model);
    const Evidence evidence = evidence_of(*system, 1);
    for (int round = 0; round < 60; ++round) {
      Evidence moved = evidence;
      for (const auto& [key, figure] : evidence.collected()) {
        // An isolation of tenants without tenants cannot be written.
        if (key.starts_with("isolation_") || key == "tenanted" || random() < 0.5) continue;
        const bool count = figure.unit.empty();
        const double value = key == "availability"   ? kAvailabilities[static_cast<int>(random() * 6)]
                             : figure.unit == "flag" ? std::floor(random() * 2)
                             : figure.unit == "%"    ? random() * 100
                             : count                 ? std::floor(random() * 12)
                                                     : std::pow(10, random() * 8 - 2);
        moved.pin(key, value);
      }
      expect_consistent(decide(moved), fmt::format("{} round {}", model, round));
    }
  }
}

TEST_P(EveryModel, KeepsAnswersPrivateThatDependOnTheCaller) {
  const Evidence evidence = this->evidence();
  const auto lines = plan_caches(evidence, decide(evidence));
  EXPECT_EQ(lines.size(), evidence.cache_subjects().size());
  for (const CacheLine& line : lines) {
    const ir::Entity& entity = system_->entity(system_->find_entity(line.query.substr(0, line.query.find('.'))));
    const bool open = sharing_of(entity) == Sharing::kPublic;
    EXPECT_THAT(line.cache_control, StartsWith(open ? "public" : "private")) << line.query;
    if (!open) {
      EXPECT_NE(line.where, kCdnCache) << line.query;
      EXPECT_THAT(line.vary, HasSubstr("Authorization")) << line.query;
    }
    if (entity.tenanted && !line.key.empty()) {
      EXPECT_THAT(line.key, HasSubstr("{tenant}"));
    }
    if (line.where == kNoCache) {
      EXPECT_EQ(line.saved_per_second, 0);
    }
    EXPECT_FALSE(line.verdict.empty());
  }
}

class GoldenModel : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Models, GoldenModel, testing::ValuesIn(kModels));

TEST_P(GoldenModel, GetsTheDecisionsThatAreWrittenDown) {
  const auto system = load(GetParam());
  const Evidence evidence = evidence_of(*system, 1);
  const std::string path = GetParam();
  const auto slash = path.rfind('/');
  const std::string name = path.substr(slash + 1, path.rfind('.') - slash - 1);
  expect_text(source_path("tests/cases/decide/" + name + ".txt"), print_brief(evidence, decide(evidence)));
}

TEST(Decide, GivesATinyModelAModularMonolithOnSqliteAndSaysWhy) {
  const auto system = load("tests/cases/decide/tiny.yaml");
  const Evidence evidence = evidence_of(*system, 1);
  const auto decisions = decide(evidence);
  EXPECT_EQ(choice_of(decisions, "topology"), kMonolithChoice);
  const Decision* database = find(decisions, "database");
  ASSERT_NE(database, nullptr);
  EXPECT_EQ(database->choice, kSqliteChoice);
  EXPECT_THAT(database->reasons.front(), HasSubstr("no server"));
  ASSERT_EQ(database->alternatives.size(), 1U);
  EXPECT_THAT(database->alternatives[0].why_not, AllOf(HasSubstr("rows written at peak"), HasSubstr("≤ 2,000 rows/s")));
  EXPECT_THAT(database->alternatives[0].when, HasSubstr("rows written at peak > 2,000 rows/s"));
  for (const char* kind : {"broker", "mesh", "sharding", "read-replicas", "cdn", "shared-cache", "regions", "tenancy", "search", "serverless"}) {
    EXPECT_THAT(choice_of(decisions, kind), testing::AnyOf("not needed", "one region")) << kind;
  }
}

TEST(Decide, FlipsAtLeastFourDecisionsOfTheShopAtAHundredTimesTheLoadAndNamesTheFigureThatCrossed) {
  const auto system = load("examples/shop/shop.yaml");
  const Evidence now = evidence_of(*system, 1);
  const Evidence later = evidence_of(*system, 100);
  const auto before = decide(now);
  const auto after = decide(later);
  std::string text;
  std::size_t system_wide = 0;
  const auto flips = find_flips(now, later);
  for (const Flip& flip : flips) {
    EXPECT_EQ(choice_of(before, flip.kind, flip.scope), flip.from);
    EXPECT_EQ(choice_of(after, flip.kind, flip.scope), flip.to);
    system_wide += flip.scope.empty() ? 1U : 0U;
    text += fmt::format("{}{}: {} → {}\n", flip.kind, flip.scope.empty() ? "" : " " + flip.scope, flip.from, flip.to);
    EXPECT_FALSE(flip.crossed.empty()) << flip.kind;
    for (const Crossed& crossed : flip.crossed) {
      const Figure figure = now.figure(crossed.figure);
      const double limit = bound(crossed.bound).value;
      EXPECT_TRUE((crossed.from <= limit) != (crossed.to <= limit) || (crossed.from < limit) != (crossed.to < limit)) << flip.kind;
      text += fmt::format("  {}: {} → {}, bound {}\n", figure.name, amount_text(crossed.from, figure.unit), amount_text(crossed.to, figure.unit),
                          amount_text(limit, figure.unit));
    }
  }
  std::size_t different = 0;
  for (std::size_t at = 0; at < before.size(); ++at) different += before[at].choice == after[at].choice ? 0U : 1U;
  EXPECT_EQ(flips.size(), different);
  EXPECT_GE(system_wide, 4U) << text;
  expect_text(source_path("tests/cases/decide/shop-100x.txt"), text);
}

TEST(Decide, UsesEveryBoundOfTheTableInAThresholdThatIsLiveForSomeModel) {
  std::set<Bound> used;
  for (const char* model : kModels) {
    const auto system = load(model);
    for (const double factor : kFactors) {
      for (const Decision& decision : decide(evidence_of(*system, factor))) {
        for (const Threshold& threshold : decision.thresholds) {
          for (const Crossing& crossing : threshold.crossings) used.insert(crossing.bound);
        }
      }
    }
  }
  for (const BoundRow& row : bounds()) EXPECT_TRUE(used.contains(row.id)) << row.name << " decides nothing";
}

TEST(Decide, AsksEveryKindInOrderAndAnswersEachOnceForTheShop) {
  std::set<std::string_view> ids;
  int number = 0;
  for (const KindRow& kind : kinds()) {
    EXPECT_EQ(kind.number, ++number) << kind.id;
    EXPECT_TRUE(ids.insert(kind.id).second) << kind.id;
  }
  EXPECT_GE(kinds().size(), 18U);
  const auto system = load("examples/shop/shop.yaml");
  std::set<std::string> answered;
  std::set<std::pair<std::string, std::string>> seen;
  for (const Decision& one : decide(evidence_of(*system, 1))) {
    answered.insert(one.kind);
    EXPECT_TRUE(seen.insert({one.kind, one.scope}).second) << one.kind << " " << one.scope;
  }
  EXPECT_EQ(answered.size(), kinds().size());
  for (const KindRow& kind : kinds()) {
    std::istringstream links{std::string(kind.links)};
    for (std::string link; links >> link;) EXPECT_TRUE(ids.contains(link)) << kind.id << " links to " << link;
  }
}

TEST(Decide, TellsAModelThatDeclaresServicesForNoReason) {
  const auto system = load("tests/cases/decide/network.yaml");
  const auto decisions = decide(evidence_of(*system, 1));
  const Decision* topology = find(decisions, "topology");
  ASSERT_NE(topology, nullptr);
  EXPECT_EQ(topology->choice, kServicesChoice);
  EXPECT_EQ(topology->status, Status::kAgainst);
}

TEST(Decide, WritesAmountsAsReadersExpectThem) {
  EXPECT_EQ(amount_text(1'500, "/s"), "1,500/s");
  EXPECT_EQ(amount_text(0.034, "reads/s"), "0.034 reads/s");
  EXPECT_EQ(amount_text(5.0 * 1024 * 1024 * 1024, "B"), "5 GiB");
  EXPECT_EQ(amount_text(99.95, "%"), "99.95 %");
  EXPECT_EQ(amount_text(12'345'678, "rows"), "12,345,678 rows");
  EXPECT_EQ(amount_text(3, ""), "3");
}

}  // namespace
}  // namespace kingpost::decide
