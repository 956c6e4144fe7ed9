#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kingpost/base/limits.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/base/uuid.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::seed {

struct SeedProgress {
  std::int64_t rows_done = 0;
  std::int64_t rows_total = 0;
  std::string entity;
};

struct SeedOptions {
  std::map<std::string, std::int64_t> rows;  ///< by entity name; the others get a number that suits their place in the model
  double scale = 1;                          ///< multiplies the numbers not given in `rows`
  std::uint64_t seed = 1;
  /// The moment the invented history ends, Unix microseconds. A constant, so that the same seed yields the same bytes.
  std::int64_t now_us = 1'735'689'600'000'000;
  std::function<void(const SeedProgress&)> progress;  ///< called after each batch
};

struct SeededEntity {
  std::string entity;
  std::int64_t rows = 0;
};

struct SeedReport {
  std::vector<SeededEntity> entities;  ///< in the order of writing
  std::vector<std::string> notes;      ///< what was not seeded as asked, and why
  std::optional<Uuid> first_tenant;    ///< key of the first tenant, when there are tenants with uuid keys
  [[nodiscard]] std::int64_t total() const;
};

inline constexpr std::int64_t kMaxSeedRows = 5'000'000;

/// The id of the index-th seeded user: 0 is customer@example.com, 1 is merchant@example.com.
[[nodiscard]] Uuid seed_user_id(const SeedOptions& options, std::uint32_t index);

/// Fills the empty tables of the database at `url` (sqlite:PATH or postgres://…) with rows that keep the model's keys, references,
/// tenants, uniques and checks. Blocks. Errors: kp-seed-not-empty, kp-seed-entity (unknown name in `rows`), kp-seed-limit, those of
/// opening and writing a store.
[[nodiscard]] Result<SeedReport> seed_database(const ir::System& system, const std::string& url, const SeedOptions& options, const Limits& limits);

}  // namespace kingpost::seed
