#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>

#include "kingpost/app/commands.hpp"
#include "kingpost/app/loading.hpp"
#include "kingpost/base/clock.hpp"
#include "kingpost/seed/seed.hpp"

namespace kingpost::app {

namespace {

/// `product=100k,order=2M`.
Result<std::map<std::string, std::int64_t>> read_rows(std::string_view text) {
  std::map<std::string, std::int64_t> out;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view one = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    const std::size_t equals = one.find('=');
    const char* end = one.data() + one.size();
    std::int64_t count = 0;
    std::int64_t unit = 1;
    const auto parsed = equals == std::string_view::npos ? std::from_chars_result{end, std::errc::invalid_argument}
                                                         : std::from_chars(one.data() + equals + 1, end, count);
    const std::string_view suffix(parsed.ptr, static_cast<std::size_t>(end - parsed.ptr));
    if (suffix == "k") unit = 1'000;
    if (suffix == "M") unit = 1'000'000;
    if (parsed.ec != std::errc{} || count < 0 || count > seed::kMaxSeedRows || (!suffix.empty() && unit == 1)) {
      return fail(ErrorKind::kInvalidArgument, "kp-usage", fmt::format("'{}' is not ENTITY=COUNT, for example product=100k", one));
    }
    out[std::string(one.substr(0, equals))] = count * unit;
  }
  return out;
}

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
  auto rows = read_rows(options.rows);
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
