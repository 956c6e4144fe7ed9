#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kingpost/capacity/plan.hpp"
#include "kingpost/capacity/rows.hpp"

namespace kingpost::capacity {
namespace {

constexpr double kGiB = 1024.0 * 1024 * 1024;
constexpr double kMiB = 1024.0 * 1024;
constexpr double kKiB = 1024;
constexpr double kSecondsADay = 86'400;
constexpr double kMonthsSeen = 600;
constexpr double kHighAvailability = 99.9;

/// A straight line through what is known at 1, 12 and 36 months, and on.
double at_month(const double (&known)[kHorizons], double month) {
  const std::size_t right = month <= kHorizonMonths[1] ? 1 : 2;
  const double from = kHorizonMonths[right - 1];
  const double slope = (known[right] - known[right - 1]) / (kHorizonMonths[right] - from);
  return known[right - 1] + slope * (month - from);
}

/// The first month in which `known` reaches `have`; -1 when it does not within fifty years.
double month_of(const double (&known)[kHorizons], double have) {
  for (double month = 0; month <= kMonthsSeen; month += 1) {
    if (at_month(known, std::max(month, 0.0)) >= have) return month;
  }
  return -1;
}

class MachineSizer {
 public:
  MachineSizer(const ir::System& system, const Assumptions& assume, const Prices& prices) : system_(system), assume_(assume), prices_(prices) {}

  Sizing size(Demand demand) {
    sizing_.demand = std::move(demand);
    postgres_ = sizing_.demand.database == Database::kPostgres;
    servers();
    disk();
    database();
    resources();
    costs();
    return std::move(sizing_);
  }

 private:
  [[nodiscard]] double by(Input input) const { return assume_[input]; }
  [[nodiscard]] const Totals& total() const { return sizing_.demand.total; }
  [[nodiscard]] double free_share() const { return 1 - by(Input::kHeadroom); }
  /// A declared objective of availability that one machine alone does not meet.
  [[nodiscard]] bool spare() const { return postgres_ && (!system_.slo || system_.slo->availability_percent >= kHighAvailability); }

  void servers() {
    const double peak = std::max(total().peak_per_second, 1e-9);
    const double processors = std::max(total().app_cpu_seconds_per_second, 1e-12);
    sizing_.rate_per_server = peak / processors * prices_[Price::kServerCores] * by(Input::kRateAtSlo);
    sizing_.servers_for_rate = std::max(1.0, std::ceil(peak / (sizing_.rate_per_server * free_share()) - 1e-9));
    // SQLite lives in one process; a second server would be a second database.
    sizing_.servers = postgres_ ? sizing_.servers_for_rate + (spare() ? 1 : 0) : 1;
    sizing_.clients = total().peak_per_second * by(Input::kClientsPerRate);
    sizing_.server_memory_bytes = by(Input::kNodeMemoryMib) * kMiB + sizing_.clients / sizing_.servers_for_rate * by(Input::kConnectionKib) * kKiB;
    sizing_.pool_total = postgres_ ? sizing_.servers * by(Input::kPoolPerNode) : 0;
    sizing_.network_bits_per_second = total().egress_bytes_per_second * 8;
    sizing_.egress_bytes_per_month = total().mean_egress_bytes_per_second * kSecondsADay * kDaysAMonth;
  }

  void disk() {
    DiskUse& disk = sizing_.disk;
    disk.log_bytes_per_day = total().mean_bytes_written_per_second * by(Input::kWalFactor) * kSecondsADay;
    disk.log_archive = disk.log_bytes_per_day * by(Input::kWalDays);
    disk.request_logs = total().mean_per_second * by(Input::kLogBytes) * kSecondsADay * by(Input::kLogDays);
    for (std::size_t h = 0; h < kHorizons; ++h) {
      disk.data[h] = total().bytes[h] * by(Input::kBloat);
      disk.backups[h] = disk.data[h] * by(Input::kBackupRatio) * by(Input::kBackupsKept);
      double tables = 0;
      double indexes = 0;
      for (const auto& entity : sizing_.demand.entities) {
        tables += entity.table_bytes[h];
        for (const auto& index : entity.indexes) indexes += index.bytes[h];
      }
      sizing_.working_set_bytes[h] = (tables * by(Input::kHotRowShare) + indexes * by(Input::kHotIndexShare)) * by(Input::kBloat) +
                                     sizing_.pool_total * by(Input::kBackendMib) * kMiB;
    }
    sizing_.iops = total().rows_read_per_second * by(Input::kMissShare) + total().commits_per_second / (postgres_ ? 1 : group()) +
                   (total().rows_written_per_second + total().index_writes_per_second) * by(Input::kDirtyPageShare);
  }

  [[nodiscard]] double group() const { return std::max(1.0, by(Input::kSqliteGroup)); }

  void database() {
    if (!postgres_) return;
    const double node = prices_[Price::kDatabaseCores] * free_share();
    // Reads may go to replicas; writes need the primary, and what it has left serves reads too.
    const double beyond = std::max(0.0, total().cpu_seconds_per_second - node);
    const double reads = total().cpu_seconds_per_second - total().write_cpu_seconds_per_second;
    const double replicas = std::ceil(std::min(beyond, reads) / node - 1e-9);
    sizing_.database_nodes = 1 + replicas + (spare() ? 1 : 0);
    const double larger = std::max({total().write_cpu_seconds_per_second / node, sizing_.iops / prices_[Price::kDatabaseIops],
                                    sizing_.working_set_bytes[1] / (prices_[Price::kDatabaseMemory] * kGiB)});
    sizing_.database_scale = std::max(1.0, std::ceil(larger - 1e-9));
  }

  void add(std::string name, std::string unit, double need, double have, std::string formula) {
    Resource one;
    one.name = std::move(name);
    one.unit = std::move(unit);
    one.need = need;
    one.have = have;
    one.breaks_at = need > 0 ? have / need * sizing_.demand.factor : 0;
    one.formula = std::move(formula);
    sizing_.resources.push_back(std::move(one));
  }

  void add_growing(std::string name, const double (&known)[kHorizons], double have, std::string formula) {
    Resource one;
    one.name = std::move(name);
    one.unit = "GiB";
    one.need = known[1] / kGiB;
    one.have = have;
    one.months = month_of(known, have * kGiB);
    one.formula = std::move(formula);
    // Rows of today do not multiply with the load; what they take is found at twice the load, not by proportion.
    one.breaks_at = 0;
    sizing_.resources.push_back(std::move(one));
  }

  void resources() {
    const double cores = prices_[Price::kServerCores];
    add("server processors", "processors", total().app_cpu_seconds_per_second, sizing_.servers_for_rate * cores * by(Input::kRateAtSlo),
        "Σ peak × time at the server; have: servers × cores × rate-at-slo, the spare one not counted");
    add("network of the servers", "Mbit/s", sizing_.network_bits_per_second / 1e6, sizing_.servers_for_rate * prices_[Price::kServerNetwork],
        "Σ peak × answer bytes × 8");
    add("memory of a server", "MiB", sizing_.server_memory_bytes / kMiB, prices_[Price::kServerMemory] * kKiB,
        "server-mib + clients × connection-kib");
    Resource& memory = sizing_.resources.back();
    const double clients = memory.need - by(Input::kNodeMemoryMib);  // only they grow with the load
    memory.breaks_at = clients > 0 ? std::max(0.0, memory.have - by(Input::kNodeMemoryMib)) / clients * sizing_.demand.factor : 0;
    if (postgres_) {
      add("database processors", "processors", total().cpu_seconds_per_second,
          (sizing_.database_nodes - (spare() ? 1 : 0)) * prices_[Price::kDatabaseCores],
          "Σ peak × time at the database; have: cores of the primary and its read replicas");
      add("primary's processors for writes", "processors", total().write_cpu_seconds_per_second, prices_[Price::kDatabaseCores],
          "Σ peak of writes × their time; only the primary writes");
      add("connections in use", "connections", total().concurrency, sizing_.servers_for_rate * by(Input::kPoolPerNode),
          "Little's law: Σ peak × time a connection is held; have: servers × pool");
      add("connections of PostgreSQL", "connections", sizing_.pool_total, prices_[Price::kDatabaseConnections],
          "servers × pool; have: max_connections");
      // Servers come one by one: as many as the database has connections for carry this load.
      const double most = std::floor(prices_[Price::kDatabaseConnections] / std::max(1.0, by(Input::kPoolPerNode))) - (spare() ? 1 : 0);
      sizing_.resources.back().breaks_at =
          std::max(0.0, most) * sizing_.rate_per_server * free_share() / std::max(total().peak_per_second, 1e-9) * sizing_.demand.factor;
      add_growing("memory of the database", sizing_.working_set_bytes, prices_[Price::kDatabaseMemory],
                  "hot-rows × tables + hot-indexes × indexes + backends, at 12 months");
    } else {
      double busy = 0;
      for (const auto& operation : sizing_.demand.operations) {
        if (operation.writes) busy += operation.peak_per_second.value * operation.service_ms / 1e3;
      }
      add("SQLite's writer", "of one second", busy, 1, "Σ peak of writes × (time + commit ÷ sqlite-group); one writer at a time");
      add_growing("memory of the server for the file", sizing_.working_set_bytes, prices_[Price::kServerMemory],
                  "hot-rows × tables + hot-indexes × indexes, at 12 months");
    }
    add("disk operations", "a second", sizing_.iops, prices_[Price::kDatabaseIops], "rows read × miss-share + commits + writes × dirty-pages");
    double kept[kHorizons] = {};
    for (std::size_t h = 0; h < kHorizons; ++h) kept[h] = sizing_.disk.data[h] + sizing_.disk.log_bytes_per_day;
    add_growing("disk", kept, prices_[Price::kDatabaseDisk], "tables and indexes × bloat + a day of write-ahead log, at 12 months");
    const Resource* first = nullptr;
    for (const auto& one : sizing_.resources) {
      if (one.breaks_at > 0 && (first == nullptr || one.breaks_at < first->breaks_at)) first = &one;
    }
    if (first != nullptr) sizing_.binding = first->name;
  }

  void cost(std::string name, double quantity, std::string unit, Price price) {
    if (quantity <= 0) return;
    CostLine line{std::move(name), quantity, std::move(unit), prices_.figure(price), quantity * prices_[price]};
    sizing_.cost_month += line.month;
    sizing_.costs.push_back(std::move(line));
  }

  void costs() {
    cost("servers", postgres_ ? sizing_.servers : sizing_.servers_for_rate, "servers", Price::kServerMonth);
    cost(sizing_.database_scale > 1 ? fmt::format("database nodes, {:.0f} times as large", sizing_.database_scale) : "database nodes",
         sizing_.database_nodes * sizing_.database_scale, "nodes", Price::kDatabaseMonth);
    const double copies = postgres_ ? sizing_.database_nodes : 1;
    cost("disk at 12 months", (sizing_.disk.data[1] + sizing_.disk.log_bytes_per_day) / kGiB * copies, "GiB", Price::kDiskMonth);
    cost("backups and archived log at 12 months", (sizing_.disk.backups[1] + sizing_.disk.log_archive) / kGiB, "GiB", Price::kBackupMonth);
    cost("server log", total().mean_per_second * by(Input::kLogBytes) * kSecondsADay * kDaysAMonth / kGiB, "GiB", Price::kLog);
    cost("egress", sizing_.egress_bytes_per_month / kGiB, "GiB", Price::kEgress);
  }

  const ir::System& system_;
  const Assumptions& assume_;
  const Prices& prices_;
  Sizing sizing_;
  bool postgres_ = true;
};

}  // namespace

Sizing size_machines(const ir::System& system, Demand demand, const Assumptions& assume, const Prices& prices) {
  return MachineSizer(system, assume, prices).size(std::move(demand));
}

}  // namespace kingpost::capacity
