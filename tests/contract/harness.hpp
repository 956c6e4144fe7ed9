#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kingpost/base/limits.hpp"
#include "kingpost/ir/system.hpp"
#include "kingpost/protocol/rest/call.hpp"
#include "kingpost/request/principal.hpp"

namespace kingpost::contract {

/// One call of a case and what it must answer.
struct Exchange {
  std::string caller;
  std::string method;
  std::string target;  ///< below /rest/v1
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  int status = 200;
  std::string code;    ///< of the error, when one is expected
  std::string answer;  ///< JSON text; empty = not looked at
  std::vector<std::pair<std::string, std::string>> answer_headers;
  int statements = 0;  ///< 0 = not looked at
};

struct Case {
  std::string name;
  std::vector<Exchange> exchanges;
  std::vector<std::string> skip;  ///< oracle, sqlite, postgres
};

struct SeedRow {
  std::string entity;
  std::vector<std::pair<std::string, RawValue>> values;  ///< by model name of the column
};

/// A file of cases with its base: the model, who calls, and the rows that are there.
struct Suite {
  std::string name;
  ir::SystemPtr system;
  std::map<std::string, request::Principal> callers;
  std::vector<SeedRow> rows;
  std::vector<Case> cases;
};

/// The time that every write of the suite sees.
inline constexpr std::int64_t kNowUs = 1'700'000'000'000'000;

/// Compiles a model of tests/cases; throws std::runtime_error with its diagnostics.
[[nodiscard]] ir::SystemPtr load_system(const std::string& path);
/// Reads a file of cases; throws std::runtime_error saying what is wrong with it.
[[nodiscard]] Suite load_suite(const std::string& path);

/// An exchange as the REST dialect reads it. The views of the HTTP request point into the exchange.
[[nodiscard]] Result<protocol::rest::Call> read_call(const Exchange& exchange, const Limits& limits);

/// JSON text without white space outside strings.
[[nodiscard]] std::string compact_json(const std::string& text);
/// JSON text with sorted members.
[[nodiscard]] std::string canonical_json(const std::string& text);
[[nodiscard]] std::string cases_path(const std::string& below);

}  // namespace kingpost::contract
