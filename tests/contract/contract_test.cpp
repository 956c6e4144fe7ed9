#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "databases.hpp"

namespace kingpost::contract {
namespace {

std::vector<std::string> suite_files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(cases_path("contract"))) {
    const auto path = entry.path().string();
    if (path.ends_with(".cases.yaml")) files.push_back(path);
  }
  std::sort(files.begin(), files.end());
  return files;
}

void expect_exchange(const Suite& suite, const Exchange& exchange, Backend& backend) {
  const auto answer = backend.call(suite, exchange);
  const auto what = backend.name() + ": " + exchange.method + " " + exchange.target + " as " + exchange.caller + "\n" + answer.response.body;
  EXPECT_EQ(answer.response.status, exchange.status) << what;
  const bool coded = exchange.code.empty() || answer.response.body.find("\"code\":\"" + exchange.code + "\"") != std::string::npos;
  EXPECT_TRUE(coded) << exchange.code << " in " << what;
  if (!exchange.answer.empty()) {
    // PostgreSQL keeps members of jsonb in an order of its own, so there JSON is compared as a value.
    const bool ordered = backend.name() != "postgres";
    const auto expected = ordered ? compact_json(exchange.answer) : canonical_json(exchange.answer);
    EXPECT_EQ(ordered ? answer.response.body : canonical_json(answer.response.body), expected) << what;
  }
  if (backend.name() == "oracle") return;
  if (exchange.statements != 0) {
    EXPECT_EQ(answer.statements, static_cast<std::size_t>(exchange.statements)) << what;
  }
  for (const auto& [name, value] : exchange.answer_headers) {
    EXPECT_NE(answer.response.headers.find(name + ": " + value + "\r\n"), std::string::npos) << name << " in\n" << answer.response.headers << what;
  }
}

void run_suites(Backend& backend) {
  std::size_t cases = 0;
  std::size_t skipped = 0;
  for (const auto& file : suite_files()) {
    const auto suite = load_suite(file);
    bool fresh = false;
    for (const auto& one : suite.cases) {
      if (std::find(one.skip.begin(), one.skip.end(), backend.name()) != one.skip.end()) {
        ++skipped;
        continue;
      }
      SCOPED_TRACE(suite.name + ": " + one.name);
      if (!fresh) backend.reset(suite);
      fresh = true;
      for (const auto& exchange : one.exchanges) {
        expect_exchange(suite, exchange, backend);
        fresh = fresh && (exchange.method == "GET" || exchange.method == "HEAD");
      }
      ++cases;
    }
  }
  std::printf("[ contract ] %s: %zu cases, %zu not for it\n", backend.name().c_str(), cases, skipped);
  EXPECT_GT(cases, 0U);
}

TEST(Contract, HoldsForTheOracle) {
  const auto backend = make_oracle_backend();
  run_suites(*backend);
}

TEST(Contract, HoldsOnSqlite) {
  const auto backend = make_sqlite_backend();
  run_suites(*backend);
}

TEST(Contract, HoldsOnPostgres) {
  const auto backend = make_postgres_backend();
  if (backend == nullptr) GTEST_SKIP() << "PostgreSQL is NOT tested here";
  run_suites(*backend);
}

}  // namespace
}  // namespace kingpost::contract
