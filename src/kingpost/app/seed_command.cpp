#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "kingpost/app/commands.hpp"
#include "kingpost/app/loading.hpp"
#include "kingpost/app/seed_rows.hpp"
#include "kingpost/base/clock.hpp"
#include "kingpost/seed/seed.hpp"

namespace kingpost::app {

namespace {

/// A bar on a terminal for what takes longer than two seconds.
class ProgressBar {
 public:
  void show(const seed::SeedProgress& progress) {
    if (isatty(STDERR_FILENO) != 1 || clock_.steady_us() - begun_us_ < kQuietMicros || progress.rows_total == 0) return;
    const auto filled = static_cast<std::size_t>(progress.rows_done) * kWidth / static_cast<std::size_t>(progress.rows_total);
    fmt::print(stderr, "\r[{}{}] {:>3}% {:<24}", std::string(filled, '#'), std::string(kWidth - filled, ' '),
               progress.rows_done * 100 / progress.rows_total, progress.entity.substr(0, 24));
    shown_ = true;
  }
  void finish() const {
    if (shown_) fmt::print(stderr, "\r{}\r", std::string(kWidth + 34, ' '));
  }

 private:
  static constexpr std::int64_t kQuietMicros = 2'000'000;
  static constexpr std::size_t kWidth = 30;
  SystemClock clock_;
  std::int64_t begun_us_ = clock_.steady_us();
  bool shown_ = false;
};

}  // namespace

int run_seed(const SeedOptions& options) {
  const ir::SystemPtr system = load_or_report(options.model, Limits{});
  if (!system) return kExitFindings;
  auto rows = read_seed_rows(options.rows);
  if (!rows) return complain(rows.error());
  seed::SeedOptions seed_options;
  seed_options.rows = std::move(*rows);
  seed_options.scale = options.scale;
  seed_options.seed = options.seed;
  ProgressBar bar;
  seed_options.progress = [&bar](const seed::SeedProgress& progress) { bar.show(progress); };
  auto report = seed::seed_database(*system, options.database, seed_options, Limits{});
  bar.finish();
  if (!report) {
    if (options.if_empty && report.error().code == "kp-seed-not-empty") return kExitOk;
    return complain(report.error());
  }
  for (const seed::SeededEntity& entity : report->entities) fmt::print("{:>10}  {}\n", entity.rows, entity.entity);
  for (const std::string& note : report->notes) fmt::print(stderr, "note: {}\n", note);
  fmt::print("{:>10}  rows in all; user {} is a customer, {} a merchant\n", report->total(), print_uuid(seed::seed_user_id(seed_options, 0)),
             print_uuid(seed::seed_user_id(seed_options, 1)));
  return kExitOk;
}

}  // namespace kingpost::app
