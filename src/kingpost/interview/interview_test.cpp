#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "kingpost/compile/compile.hpp"
#include "kingpost/interview/project.hpp"
#include "kingpost/interview/session.hpp"
#include "kingpost/model/model.hpp"
#include "kingpost/review/review.hpp"

namespace kingpost::interview {
namespace {

constexpr std::size_t kMostAccepted = 5;

std::vector<Given> given_of(const std::string& line) {
  std::istringstream words(line);
  std::vector<Given> out;
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    out.push_back({word.substr(0, equals), word.substr(equals + 1)});
  }
  return out;
}

std::vector<std::string> lines_of(const std::string& name) {
  std::ifstream in(std::string(KINGPOST_SOURCE_DIR) + "/tests/cases/interview/" + name);
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.front() != '#') out.push_back(line);
  }
  return out;
}

/// Everything that is wrong with the project of these answers, in sentences.
std::string faults_of(const std::vector<Given>& given) {
  const auto project = make_project(given);
  if (!project) return fmt::format("refused: {}\n", project.error().front().message);
  std::string out;
  const auto formatted = model::format_model(project->model);
  if (!formatted || *formatted != project->model) out += "not canonical\n";
  const auto read = [&](const std::string&) -> Result<std::string> { return project->model; };
  SourceMap sources;
  Diagnostics diagnostics;
  const ir::SystemPtr system = compile::compile_file("model.yaml", read, Limits{}, sources, diagnostics);
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (diagnostic.code != "not-executed") out += fmt::format("{}: {}\n", diagnostic.code, diagnostic.message);
  }
  if (!system) return out + "does not compile\n";
  std::size_t accepted = 0;
  for (const review::Finding& finding : review::review(*system)) {
    const auto known = known_findings();
    if (std::any_of(known.begin(), known.end(), [&](const KnownFinding& one) { return one.rule == finding.rule; })) {
      ++accepted;
    } else {
      out += fmt::format("{}: {}\n", finding.rule, finding.message);
    }
  }
  if (accepted > kMostAccepted) out += fmt::format("{} findings to accept\n", accepted);
  return out;
}

TEST(Interview, EveryPatternWithEverySetOfAnswersChecksAndReviewsClean) {
  const std::vector<std::string> sets = lines_of("sets.txt");
  ASSERT_GE(sets.size(), 6U);
  for (const char* pattern : {"shop", "saas", "booking", "content", "messaging", "ledger", "telemetry", "marketplace"}) {
    for (const std::string& set : sets) {
      // `name | answers | patterns that cannot have them`
      const std::size_t bar = set.find(" ! ");
      const std::string answers = set.substr(0, bar);
      const bool never = bar != std::string::npos && set.substr(bar).find(pattern) != std::string::npos;
      std::vector<Given> given = given_of(answers);
      given.push_back({"pattern", pattern});
      const std::string faults = faults_of(given);
      if (never) {
        EXPECT_EQ(faults.substr(0, 7), "refused") << pattern << ' ' << set;
      } else {
        EXPECT_TRUE(faults.empty()) << pattern << ' ' << set << '\n' << faults;
      }
    }
  }
}

}  // namespace
}  // namespace kingpost::interview
