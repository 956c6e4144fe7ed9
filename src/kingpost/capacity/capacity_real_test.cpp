// The storage formulas beside what SQLite and PostgreSQL really take: widths are sampled from a small seeded database, sizes are compared on a
// larger one that the same generator filled with another seed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <functional>

#include "kingpost/app/measured_database.hpp"
#include "kingpost/capacity/demand.hpp"
#include "kingpost/capacity/test_system.hpp"
#include "kingpost/dialect/schema.hpp"
#include "kingpost/seed/seed.hpp"
#include "kingpost/store/test_postgres.hpp"
#include "kingpost/store/test_program.hpp"

namespace kingpost::capacity {
namespace {

constexpr double kAllowed = 0.15;
constexpr double kMiB = 1024.0 * 1024;

using Rows = std::map<std::string, std::int64_t>;

/// Long documents, composite keys, short codes, blobs: what the examples lack.
constexpr const char* kWide = R"(kingpost: 1
system: wide
roles: {reader: }
entities:
  document:
    fields:
      title: string(120)
      body: text max(20000)
      attributes: json optional
      score: float
      active: bool
      published: date optional
      checked_at: timestamp created
    access: {all: has_role("reader")}
  reading:
    key: [device, at]
    fields:
      device: int
      at: timestamp
      value: decimal(10,3)
      code: string(6)
    queries:
      by_code: code = ? order by at desc
    access: {all: has_role("reader")}
)";

std::string ddl_of(const ir::System& system, dialect::Database database) {
  auto schema = dialect::build_schema(system, database);
  if (!schema) {
    ADD_FAILURE() << schema.error().message;
    return {};
  }
  std::string script;
  for (const std::string& statement : dialect::create_statements(*schema)) script += statement + ";\n";
  return script;
}

class RealSizes : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { postgres_ = store::TestPostgres::start(); }
  static void TearDownTestSuite() { postgres_.reset(); }

  /// The URL of an empty database with the model's tables.
  std::string make(const ir::System& system, Database database, const std::string& name) {
    if (database == Database::kSqlite) {
      EXPECT_TRUE(store::make_sqlite_file(directory_.file(name), ddl_of(system, dialect::Database::kSqlite)));
      return "sqlite:" + directory_.file(name);
    }
    const auto url = postgres_->create_database(name);
    const auto schema = dialect::build_schema(system, dialect::Database::kPostgres);
    EXPECT_TRUE(schema.has_value());
    for (const auto& statement : dialect::create_statements(*schema)) EXPECT_TRUE(run(url, statement));
    return url;
  }

  static bool run(const std::string& url, const std::string& sql) {
    auto connection = store::open_admin(url, store::OpenMode::kMustExist);
    if (!connection) return false;
    const auto done = (*connection)->run(sql);
    if (!done) ADD_FAILURE() << done.error().message;
    return done.has_value();
  }

  static void seed(const ir::System& system, const std::string& url, const Rows& rows, std::uint64_t seed) {
    seed::SeedOptions options;
    options.rows = rows;
    options.seed = seed;
    const auto report = seed::seed_database(system, url, options, Limits{});
    ASSERT_TRUE(report.has_value()) << report.error().message;
  }

  static std::unique_ptr<store::TestPostgres> postgres_;
  store::TestDirectory directory_;
};

std::unique_ptr<store::TestPostgres> RealSizes::postgres_;

/// Prints a row for each entity of at least a MiB and checks it and the total.
void compare(const ir::System& system, Database database, const std::vector<app::RealSize>& real, const Assumptions& assume) {
  const auto paper = size_today(system, database, assume);
  double paper_total = 0;
  double real_total = 0;
  for (const auto& one : real) {
    const auto& estimate = paper[one.entity.index()];
    const double found = one.table_bytes + one.index_bytes;
    const double said = estimate.table_bytes + estimate.index_bytes;
    paper_total += said;
    real_total += found;
    if (found < kMiB) continue;
    const auto& name = system.entity(one.entity).name;
    fmt::print("  {:<8} {:<14} {:>8.0f} rows  table {:>6.2f} MiB paper {:>+6.1f} %  indexes {:>6.2f} MiB paper {:>+6.1f} %  all {:>+6.1f} %\n",
               database == Database::kSqlite ? "sqlite" : "postgres", name, one.rows, one.table_bytes / kMiB,
               100 * (estimate.table_bytes / one.table_bytes - 1), one.index_bytes / kMiB,
               100 * (estimate.index_bytes / std::max(1.0, one.index_bytes) - 1), 100 * (said / found - 1));
    EXPECT_LE(std::abs(said / found - 1), kAllowed) << name;
  }
  fmt::print("  {:<8} in all {:.1f} MiB, paper {:+.1f} %\n", database == Database::kSqlite ? "sqlite" : "postgres", real_total / kMiB,
             100 * (paper_total / real_total - 1));
  EXPECT_GT(real_total, 8 * kMiB) << "too little to say anything";
  EXPECT_LE(std::abs(paper_total / real_total - 1), kAllowed);
}

/// The rows of a comparison, multiplied by KINGPOST_CAPACITY_SCALE for a longer one by hand.
Rows scaled(Rows rows, double by) {
  const char* wish = std::getenv("KINGPOST_CAPACITY_SCALE");
  if (wish != nullptr) by *= std::atof(wish);
  for (auto& [name, count] : rows) count = std::max<std::int64_t>(1, std::llround(static_cast<double>(count) * by));
  return rows;
}

void set_rows(const ir::System& system, const std::vector<app::RealSize>& real, Assumptions& assume) {
  for (const auto& one : real) {
    ASSERT_TRUE(assume.set("rows." + system.entity(one.entity).name, one.rows, Basis::kMeasured, "seeded").has_value());
  }
}

constexpr std::size_t kSampleRows = 1000;

TEST_F(RealSizes, TheExamplesAreWithinFifteenPercentInBothDatabases) {
  const std::vector<std::pair<std::string, Rows>> examples = {
      {"shop/shop.yaml",
       {{"user", 10'000}, {"category", 200}, {"product", 20'000}, {"stock_level", 18'000}, {"order", 30'000}, {"order_item", 60'000}}},
      {"saas/saas.yaml",
       {{"organisation", 50}, {"user", 4'000}, {"ticket", 20'000}, {"message", 40'000}, {"ticket_label", 20'000}, {"label", 2'000}}}};
  for (const auto database : {Database::kSqlite, Database::kPostgres}) {
    if (database == Database::kPostgres && postgres_ == nullptr) continue;
    for (const auto& [example, rows] : examples) {
      const auto system = compile_example(example);
      ASSERT_NE(system, nullptr);
      const auto small = make(*system, database, "small_" + system->name);
      seed(*system, small, scaled(rows, 0.02), 7);
      Assumptions assume;
      const auto measured = app::measure_columns(*system, small, kSampleRows, assume);
      ASSERT_TRUE(measured.has_value()) << measured.error().message;
      const auto large = make(*system, database, "large_" + system->name);
      seed(*system, large, scaled(rows, 1), 1);
      const auto real = app::measure_sizes(*system, large);
      ASSERT_TRUE(real.has_value()) << real.error().message;
      set_rows(*system, *real, assume);
      compare(*system, database, *real, assume);
    }
  }
}

TEST_F(RealSizes, LongDocumentsAndCompositeKeysToo) {
  const auto system = compile_text(kWide);
  ASSERT_NE(system, nullptr);
  for (const auto database : {Database::kSqlite, Database::kPostgres}) {
    if (database == Database::kPostgres && postgres_ == nullptr) continue;
    const bool lite = database == Database::kSqlite;
    const auto fill = [&](const std::string& url, std::int64_t rows) {
      const std::string series = lite ? fmt::format("WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {}) ", rows * 20) : "";
      const std::string from = lite ? "s" : fmt::format("generate_series(1, {}) AS s(i)", rows * 20);
      // Random hexadecimal text, which no page-wise compression shortens below its half; of 1000 to 9000 bytes.
      const std::string body = lite ? "hex(randomblob(500 + (i * 7919) % 4000))"
                                    : "(SELECT string_agg(md5(i::text || j::text), '') FROM generate_series(1, 31 + (i * 7919) % 250) AS j)";
      ASSERT_TRUE(run(url, fmt::format("{}INSERT INTO document(id, title, body, score, active, published, checked_at) SELECT {}, 'Title ' || i, {}, "
                                       "i / 3.0, {}, {}, {} FROM {} WHERE i <= {}",
                                       series, lite ? "randomblob(16)" : "gen_random_uuid()", body, lite ? "i % 2" : "i % 2 = 0",
                                       lite ? "'2026-01-01'" : "date '2026-01-01'", lite ? "1735689600000000 + i" : "now()", from, rows)));
      ASSERT_TRUE(run(url, fmt::format("{}INSERT INTO reading(device, at, value, code) SELECT i % 100, {}, {}, substr('ABCDEF', 1 + i % 6) FROM {}",
                                       series, lite ? "1735689600000000 + i * 1000000" : "timestamptz '2026-01-01' + i * interval '1 second'",
                                       lite ? "i * 37 % 100000" : "i * 37 % 100000 / 1000.0", from)));
    };
    const auto small = make(*system, database, "small_wide");
    fill(small, 200);
    Assumptions assume;
    const auto measured = app::measure_columns(*system, small, 100'000, assume);
    ASSERT_TRUE(measured.has_value()) << measured.error().message;
    // What the database compressed is measured; it must not be compressed again on paper.
    ASSERT_TRUE(assume.set("toast-ratio", 1, Basis::kMeasured, "widths are as stored").has_value());
    ASSERT_TRUE(assume.set("distinct.reading.code", 6, Basis::kMeasured, "as filled").has_value());
    const auto large = make(*system, database, "large_wide");
    fill(large, 3'000);
    const auto real = app::measure_sizes(*system, large);
    ASSERT_TRUE(real.has_value()) << real.error().message;
    set_rows(*system, *real, assume);
    compare(*system, database, *real, assume);
  }
}

}  // namespace
}  // namespace kingpost::capacity
