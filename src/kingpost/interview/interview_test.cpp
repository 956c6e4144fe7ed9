#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
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

TEST(Interview, ASampleOfAnswersMakesCleanModelsOrContradictsItself) {
  const std::vector<std::string> rows = lines_of("sample.txt");
  ASSERT_GE(rows.size(), 100U);
  std::size_t refused = 0;
  for (const std::string& row : rows) {
    const auto project = make_project(given_of(row));
    if (!project) {
      EXPECT_EQ(project.error().front().code, "kp-interview-contradiction") << row << project.error().front().message;
      ++refused;
      continue;
    }
    const std::string faults = faults_of(given_of(row));
    EXPECT_TRUE(faults.empty()) << row << '\n' << faults;
  }
  EXPECT_LT(refused, rows.size() / 3);
}

/// The paths of a model's lines down to the third level, `entities.order.service`.
std::set<std::string> paths_of(const std::string& answers, const std::string& change) {
  std::vector<Given> given = given_of(answers);
  for (const Given& changed : given_of(change)) {
    std::erase_if(given, [&](const Given& one) { return one.key == changed.key; });
    given.push_back(changed);
  }
  const auto project = make_project(given);
  EXPECT_TRUE(project) << answers << change << (project ? "" : project.error().front().message);
  std::set<std::string> out;
  std::array<std::string, 5> open;
  std::istringstream lines(project ? project->model : std::string());
  for (std::string line; std::getline(lines, line);) {
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == std::string::npos || line[indent] == '#' || line[indent] == '-' || indent / 2 >= open.size()) continue;
    open[indent / 2] = line.substr(indent, line.find(':') - indent);
    std::string path;
    for (std::size_t level = 0; level <= indent / 2; ++level) path += (level == 0 ? "" : ".") + open[level];
    out.insert(path);
  }
  return out;
}

TEST(Interview, ChangingOneAnswerChangesNamedParts) {
  // `answers | one answer more | +path -path …`
  const std::vector<std::string> rows = lines_of("changes.txt");
  ASSERT_GE(rows.size(), 20U);
  for (const std::string& row : rows) {
    std::istringstream parts(row);
    std::string base;
    std::string change;
    std::string expected;
    std::getline(parts, base, '|');
    std::getline(parts, change, '|');
    std::getline(parts, expected, '|');
    const std::set<std::string> before = paths_of(base, "");
    const std::set<std::string> after = paths_of(base, change);
    std::istringstream words(expected);
    std::size_t asserted = 0;
    for (std::string word; words >> word; ++asserted) {
      const std::string path = word.substr(1);
      const bool adds = word.front() == '+';
      EXPECT_EQ(after.contains(path), adds) << row << "\nafter: " << word;
      EXPECT_EQ(before.contains(path), !adds) << row << "\nbefore: " << word;
    }
    EXPECT_GT(asserted, 0U) << row;
  }
}

TEST(Interview, BadAnswersAreRefusedByCodeAndSentence) {
  // `answers | code | part of the message`
  const std::vector<std::string> rows = lines_of("refused.txt");
  ASSERT_GE(rows.size(), 15U);
  for (const std::string& row : rows) {
    const std::size_t first = row.find(" | ");
    const std::size_t second = row.find(" | ", first + 1);
    const auto project = make_project(given_of(row.substr(0, first)));
    ASSERT_FALSE(project) << row;
    EXPECT_EQ(project.error().front().code, row.substr(first + 3, second - first - 3)) << row;
    EXPECT_NE(project.error().front().message.find(row.substr(second + 3)), std::string::npos) << project.error().front().message;
  }
}

TEST(Interview, AllThatIsWrongIsToldAtOnce) {
  const auto project = make_project(given_of("nmae=x users=many pattern=stall"));
  ASSERT_FALSE(project);
  EXPECT_EQ(project.error().size(), 3U);
}

TEST(Interview, AnswersWrittenBackMakeTheSameProjectAgain) {
  for (const char* answers : {"name=a", "pattern=ledger name=b users=2M tenants=shared", "pattern=content integrations=none clients=2027-12-31"}) {
    const auto first = make_project(given_of(answers));
    ASSERT_TRUE(first);
    const auto read = parse_answers(first->answers);
    ASSERT_TRUE(read) << read.error().front().message;
    const auto second = make_project(*read);
    ASSERT_TRUE(second);
    EXPECT_EQ(first->model, second->model);
    EXPECT_EQ(first->answers, second->answers);
  }
}

TEST(Interview, HostileSummariesStayText) {
  for (const char* summary :
       {"'", "\"", "it's \"x\" \\ # $(users) : {a: b}", "a  #? payments", "${x} `rm` | <b>", "- a", "$(nothing)", "\xE2\x80\xAE"}) {
    EXPECT_EQ(faults_of({{"summary", summary}}), "") << summary;
    const auto read = parse_answers(make_project({{"summary", summary}})->answers);
    ASSERT_TRUE(read) << summary;
    const auto found = std::find_if(read->begin(), read->end(), [](const Given& given) { return given.key == "summary"; });
    EXPECT_EQ(found->value, summary);
  }
}

TEST(Answers, AreReadFromLinesListsAndQuotes) {
  const auto read = parse_answers("# c\nname: bikes # why\nusers=10k\n\nintegrations:\n  - mail\n  - search\nsummary: 'it''s'\n");
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 4U);
  EXPECT_EQ((*read)[0].value, "bikes");
  EXPECT_EQ((*read)[2].value, "mail,search");
  EXPECT_EQ((*read)[3].value, "it's");
  for (const char* bad : {"no key here\n", "- a\n", "summary: 'x\n", ": x\n"}) EXPECT_FALSE(parse_answers(bad)) << bad;
}

TEST(Session, TakesDefaultsGoesBackRefusesAndConfirms) {
  Session session({}, *load_patterns());
  EXPECT_NE(session.prompt().find("What is the system called?"), std::string::npos);
  EXPECT_NE(session.take("Bikes!").find("cannot be"), std::string::npos);
  EXPECT_EQ(session.take("bikes"), "");
  EXPECT_NE(session.take("?").find("one of shop"), std::string::npos);
  EXPECT_NE(session.take("bokking").find("do you mean \"booking\""), std::string::npos);
  EXPECT_EQ(session.take("marketplace"), "");
  EXPECT_EQ(session.take("back"), "");
  EXPECT_NE(session.prompt().find("[marketplace]"), std::string::npos);
  EXPECT_EQ(session.take(""), "");
  for (std::size_t asked = 2; asked < make_questions().size() && session.prompt().find("\ntenants [") == std::string::npos; ++asked) {
    EXPECT_EQ(session.take(""), "");
  }
  EXPECT_NE(session.take("shared").find("does not fit together"), std::string::npos);
  while (session.state() == Session::State::kAsking) EXPECT_EQ(session.take(""), "");
  EXPECT_EQ(session.state(), Session::State::kConfirming);
  EXPECT_NE(session.prompt().find("bikes"), std::string::npos);
  EXPECT_EQ(session.take("yes"), "");
  EXPECT_EQ(session.state(), Session::State::kDone);
  EXPECT_TRUE(make_project(session.answers()));
  Session other({}, *load_patterns());
  EXPECT_EQ(other.take("quit"), "");
  EXPECT_EQ(other.state(), Session::State::kQuit);
}

TEST(Questions, AreListedAsJsonWithTheirReasons) {
  const auto json = print_questions_json();
  ASSERT_TRUE(json);
  EXPECT_GE(make_questions().size(), 15U);
  for (const Question& question : make_questions()) {
    EXPECT_FALSE(question.why.empty()) << question.key;
    EXPECT_NE(json->find(fmt::format("\"key\":\"{}\"", question.key)), std::string::npos);
  }
}

}  // namespace
}  // namespace kingpost::interview
