#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/result.hpp"
#include "kingpost/capacity/assumptions.hpp"
#include "kingpost/capacity/capacity.hpp"

namespace kingpost::capacity {

/// What machines offer and cost. Order and names are those of price_table().
enum class Price : std::uint8_t {
  kServerCores,
  kServerMemory,
  kServerNetwork,
  kServerMonth,
  kDatabaseCores,
  kDatabaseMemory,
  kDatabaseDisk,
  kDatabaseIops,
  kDatabaseConnections,
  kDatabaseMonth,
  kDiskMonth,
  kBackupMonth,
  kLog,
  kEgress,
  kCount
};

inline constexpr std::size_t kPrices = static_cast<std::size_t>(Price::kCount);

struct PriceRow {
  Price price;
  std::string_view name;  ///< as a price file says it: `server.cores`, `egress_gib`
  double value;           ///< assumed
  std::string_view unit;
  std::string_view meaning;
};

[[nodiscard]] const std::vector<PriceRow>& price_table();

/// Prices and sizes of machines: assumed until the user's file says them.
class Prices {
 public:
  Prices();
  [[nodiscard]] double operator[](Price price) const { return values_[static_cast<std::size_t>(price)].value; }
  [[nodiscard]] const Figure& figure(Price price) const { return values_[static_cast<std::size_t>(price)]; }
  void scale(Price price, double by) { values_[static_cast<std::size_t>(price)].value *= by; }
  /// Error kp-capacity-price: an unknown name, a number that is not finite or negative, a machine of nothing.
  [[nodiscard]] Result<void> set(std::string_view name, double value, const std::string& source);
  /// Three letters or a short word that prices are told in. Error kp-capacity-price.
  [[nodiscard]] Result<void> set_currency(std::string_view currency);
  [[nodiscard]] const std::string& currency() const noexcept { return currency_; }

 private:
  std::string currency_ = "USD";
  std::array<Figure, kPrices> values_;
};

/// Something that can run out.
struct Resource {
  std::string name;
  std::string unit;
  double need = 0;
  double have = 0;
  double breaks_at = 0;  ///< times the declared load at which the machines planned for it no longer suffice; 0 = load does not use it
  double months = -1;    ///< until growth alone exhausts it at this load; -1 = not within fifty years
  std::string formula;
};

struct CostLine {
  std::string name;
  double quantity = 0;
  std::string unit;
  Figure price;
  double month = 0;
};

/// Bytes on the database's disk and beside it.
struct DiskUse {
  double data[kHorizons] = {};  ///< tables and indexes with bloat
  double log_archive = 0;
  double backups[kHorizons] = {};
  double request_logs = 0;
  double log_bytes_per_day = 0;  ///< write-ahead log
};

/// The machines for one multiple of the load.
struct Sizing {
  Demand demand;
  double rate_per_server = 0;   ///< requests a second that a server carries at its objective
  double servers_for_rate = 0;  ///< ceil(peak ÷ (rate at SLO × (1 - headroom)))
  double servers = 0;           ///< with one that may be lost
  double clients = 0;           ///< open connections of clients
  double server_memory_bytes = 0;
  double pool_total = 0;
  double database_nodes = 0;  ///< primary, standby, read replicas; 0 with SQLite, which lives in the server
  double database_scale = 1;  ///< how many times the price file's node the primary must be
  double working_set_bytes[kHorizons] = {};
  double iops = 0;
  double network_bits_per_second = 0;
  double egress_bytes_per_month = 0;
  DiskUse disk;
  std::vector<Resource> resources;
  std::string binding;  ///< the resource that breaks first
  std::vector<CostLine> costs;
  double cost_month = 0;
};

/// What half and one and a half of one input does.
struct Sensitivity {
  std::string name;
  std::string meaning;
  Figure figure;
  double cost_low = 0;
  double cost_high = 0;
  double servers_low = 0;
  double servers_high = 0;
  double breaks_low = 0;  ///< at how many times the load something breaks
  double breaks_high = 0;
};

struct Plan {
  std::string system;
  Database database = Database::kPostgres;
  Assumptions assume;
  Prices prices;
  Sizing once;
  Sizing ten;
  double breaks_at = 0;                  ///< of `once.binding`
  std::vector<Sensitivity> sensitivity;  ///< by what it moves the cost most first; inputs that move nothing are left out
  std::vector<std::string> notes;
};

struct PlanOptions {
  double factor = 1;
  Database database = Database::kPostgres;
  Assumptions assume;
  Prices prices;
  bool sensitivity = true;
};

/// The whole plan on paper: at `factor` and at ten times that. Pure and deterministic.
[[nodiscard]] Plan make_plan(const ir::System& system, const PlanOptions& options);

/// The machines that carry a demand.
[[nodiscard]] Sizing size_machines(const ir::System& system, Demand demand, const Assumptions& assume, const Prices& prices);

}  // namespace kingpost::capacity
