#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kingpost/surface/surface.hpp"

namespace kingpost::emit {

/// The cases that testers run against any implementation of a contract's OpenAPI document (`openapi`: its path, seen from the file itself): the
/// entities with what a valid row of them is and who may do what, the scripts of steps, and the cases, one a line. Deterministic; every name is
/// escaped. Thread-safe.
[[nodiscard]] std::string print_contract_cases(const surface::Api& api, const ir::System& system, const ir::Contract& contract,
                                               std::string_view openapi);

/// The program that runs them: one ES module for Node 18 and later, without dependencies.
[[nodiscard]] std::string_view contract_suite_runner() noexcept;
/// The steps that cases refer to, members of a JSON object without its braces.
[[nodiscard]] std::string_view contract_suite_scripts() noexcept;
/// How to run it, Markdown.
[[nodiscard]] std::string_view contract_suite_readme() noexcept;

/// One value of a member, as JSON text, and whether the contract takes it.
struct SuiteValue {
  std::string_view kind;  ///< positive, boundary or negative
  std::string name;       ///< above-max
  std::string json;       ///< the value's JSON text; of `repeat` the character
  std::uint32_t repeat = 0;
  bool accepted = false;
};

/// Values at, below and above every bound of a member, and of wrong forms. Bounded: at most 32.
[[nodiscard]] std::vector<SuiteValue> suite_values(const surface::ApiField& field);
/// Texts that a filter on such a member cannot read; empty where every text is one.
[[nodiscard]] std::string malformed_filter(const ir::LogicalType& type);
/// Members of the JSON object that says how a valid value is made: `"t":"text","max":64`.
[[nodiscard]] std::string value_recipe(const ir::LogicalType& type, const surface::ApiField& field);

}  // namespace kingpost::emit
