#include "kingpost/seed/seed.hpp"

#include <fmt/format.h>

#include <utility>

#include "kingpost/base/civil_time.hpp"
#include "kingpost/seed/load.hpp"
#include "kingpost/seed/order.hpp"
#include "kingpost/seed/rows.hpp"
#include "kingpost/seed/values.hpp"
#include "kingpost/store/store.hpp"

namespace kingpost::seed {

std::int64_t SeedReport::total() const {
  std::int64_t rows = 0;
  for (const SeededEntity& entity : entities) rows += entity.rows;
  return rows;
}

Uuid seed_user_id(const SeedOptions& options, std::uint32_t index) {
  Random random = Random::for_row(options.seed, "user id", index, 0);
  // A year and a day back, in the order of their numbers, so that users sort as they were made.
  constexpr std::int64_t kDays = 366;
  return make_uuid(options.now_us - kDays * kMicrosPerDay + static_cast<std::int64_t>(index) * kMicrosPerSecond, random);
}

Result<SeedReport> seed_database(const ir::System& system, const std::string& url, const SeedOptions& options, const Limits& limits) {
  auto plan = plan_seed(system, options);
  if (!plan) return fail(std::move(plan.error()));
  auto store = store::open_store(url, limits);
  if (!store) return fail(std::move(store.error()));
  Loader loader(system, **store);
  SeedProgress progress;
  for (const PlannedEntity& planned : plan->entities) {
    const ir::Entity& entity = system.entity(planned.entity);
    auto empty = loader.is_empty(entity);
    if (!empty) return fail(std::move(empty.error()));
    if (!*empty) {
      Error error = make_error(ErrorKind::kFailedPrecondition, "kp-seed-not-empty", fmt::format("The table `{}` already holds rows.", entity.table));
      error.hint = "Seed a new database; seed adds nothing to rows that are there.";
      return fail(std::move(error));
    }
    progress.rows_total += planned.rows;
  }
  SeedReport report;
  report.notes = plan->notes;
  RowMaker maker(system, options);
  for (const PlannedEntity& planned : plan->entities) {
    const ir::Entity& entity = system.entity(planned.entity);
    const std::vector<Row>& rows = maker.make(entity, planned.rows);
    const auto made = static_cast<std::int64_t>(rows.size());
    progress.rows_total -= planned.rows - made;
    progress.entity = entity.name;
    if (system.tenancy && system.tenancy->entity == planned.entity && !rows.empty() && entity.key.size() == 1) {
      if (const auto* id = std::get_if<Uuid>(&rows.front()[entity.key.front().index()].data)) report.first_tenant = *id;
    }
    auto loaded = loader.load(entity, rows, [&](std::int64_t wrote) {
      progress.rows_done += wrote;
      if (options.progress) options.progress(progress);
    });
    if (!loaded) return fail(std::move(loaded.error()));
    report.entities.push_back({entity.name, made});
    const bool asked = options.rows.count(entity.name) != 0;
    if (made < planned.rows && asked)
      report.notes.push_back(fmt::format("{}: {} rows instead of {}; the model leaves no room for more.", entity.name, made, planned.rows));
  }
  (*store)->drain();
  return report;
}

}  // namespace kingpost::seed
