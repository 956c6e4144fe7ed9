#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kingpost/capacity/plan.hpp"

namespace kingpost::capacity {
namespace {

constexpr double kMost = 1e12;
constexpr std::size_t kCurrencyBytes = 8;

}  // namespace

const std::vector<PriceRow>& price_table() {
  static const std::vector<PriceRow> kRows = {
      {Price::kServerCores, "server.cores", 2, "processors", "of one application server"},
      {Price::kServerMemory, "server.memory_gib", 4, "GiB", "memory of one application server"},
      {Price::kServerNetwork, "server.network_mbit", 1000, "Mbit/s", "network of one application server"},
      {Price::kServerMonth, "server.month", 50, "a month", "one application server"},
      {Price::kDatabaseCores, "database.cores", 4, "processors", "of one database node"},
      {Price::kDatabaseMemory, "database.memory_gib", 16, "GiB", "memory of one database node"},
      {Price::kDatabaseDisk, "database.disk_gib", 500, "GiB", "disk of one database node"},
      {Price::kDatabaseIops, "database.iops", 3000, "a second", "reads and writes of the disk"},
      {Price::kDatabaseConnections, "database.connections", 100, "connections", "max_connections of PostgreSQL"},
      {Price::kDatabaseMonth, "database.month", 200, "a month", "one database node without its disk"},
      {Price::kDiskMonth, "disk_gib_month", 0.12, "a GiB and month", "disk in use"},
      {Price::kBackupMonth, "backup_gib_month", 0.03, "a GiB and month", "backups and archived write-ahead log"},
      {Price::kLog, "log_gib", 0.5, "a GiB", "taking in and keeping the server's log"},
      {Price::kEgress, "egress_gib", 0.09, "a GiB", "answers that leave the network"},
  };
  return kRows;
}

Prices::Prices() {
  for (const PriceRow& row : price_table()) {
    values_[static_cast<std::size_t>(row.price)] = {row.value, Basis::kAssumed, fmt::format("{}: {}", row.name, row.meaning)};
  }
}

Result<void> Prices::set(std::string_view name, double value, const std::string& source) {
  const auto& rows = price_table();
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const PriceRow& one) { return one.name == name; });
  if (row == rows.end()) {
    return fail(ErrorKind::kInvalidArgument, "kp-capacity-price", fmt::format("`{}` is nothing that a price file says.", name));
  }
  const bool machine = row->unit.find("month") == std::string_view::npos && row->unit != "a GiB";
  if (!std::isfinite(value) || value < 0 || value > kMost || (machine && value <= 0)) {
    return fail(ErrorKind::kInvalidArgument, "kp-capacity-price", fmt::format("`{}` cannot be {}.", name, value));
  }
  values_[static_cast<std::size_t>(row->price)] = {value, Basis::kDeclared, source};
  return {};
}

Result<void> Prices::set_currency(std::string_view currency) {
  const bool plain = std::all_of(currency.begin(), currency.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); });
  if (!plain || currency.empty() || currency.size() > kCurrencyBytes) {
    return fail(ErrorKind::kInvalidArgument, "kp-capacity-price", "`currency` is a short word such as USD or EUR.");
  }
  currency_ = currency;
  return {};
}

}  // namespace kingpost::capacity
