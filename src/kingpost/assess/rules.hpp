#pragma once

#include <span>
#include <string_view>

#include "kingpost/foreign/foreign.hpp"
#include "kingpost/review/facts.hpp"

namespace kingpost::assess {

/// Judges everything that was read by one rule. Pure.
using Check = void (*)(const foreign::Facts& facts, review::Report& report);

/// One rule over foreign facts. Where review knows a rule of the same meaning, id and number are the same.
struct Rule {
  std::string_view id;
  int number = 0;
  std::string_view group;
  std::string_view title;
  std::string_view looks_for;
  Check check = nullptr;
};

/// Rules over tables, routines and views.
[[nodiscard]] std::span<const Rule> sql_rules() noexcept;
/// Rules over the statements of migrations.
[[nodiscard]] std::span<const Rule> migration_rules() noexcept;
/// Rules over OpenAPI, Swagger, GraphQL and protobuf.
[[nodiscard]] std::span<const Rule> api_rules() noexcept;
/// Rules over compose, Kubernetes and .env files.
[[nodiscard]] std::span<const Rule> deploy_rules() noexcept;

}  // namespace kingpost::assess
