#include <fmt/format.h>

#include <cmath>

#include "kingpost/emit/capacity_print.hpp"
#include "kingpost/emit/capacity_report.hpp"
#include "kingpost/emit/json_writer.hpp"

namespace kingpost::emit {
namespace {

using capacity::kHorizons;

class CapacityJson {
 public:
  CapacityJson(const ir::System& system, const capacity::Plan& plan) : system_(system), plan_(plan) {}

  std::string print() {
    json_.begin_object();
    json_.member("format", "kingpost-capacity/1").member("system", plan_.system);
    json_.member("database", plan_.database == capacity::Database::kPostgres ? "postgres" : "sqlite");
    json_.member("currency", plan_.prices.currency());
    json_.key("breaks_first").begin_object().member("resource", plan_.once.binding);
    number("at_times_declared_load", plan_.breaks_at);
    json_.end_object();
    json_.key("plans").begin_array();
    sizing(plan_.once);
    sizing(plan_.ten);
    json_.end_array();
    sensitivity();
    inputs();
    json_.key("notes").begin_array();
    for (const auto& note : plan_.notes) json_.text(note);
    json_.end_array().end_object();
    return json_.take();
  }

 private:
  void number(std::string_view name, double value) { json_.key(name).raw(digits(value)); }
  static std::string digits(double value) { return std::isfinite(value) ? fmt::format("{:.9g}", value) : "0"; }

  void figure(std::string_view name, const capacity::Figure& figure) {
    json_.key(name).begin_object();
    number("value", figure.value);
    json_.member("basis", basis_word(figure.basis)).member("source", figure.source).end_object();
  }

  void horizons(std::string_view name, const double (&values)[kHorizons]) {
    json_.key(name).begin_object();
    for (std::size_t h = 0; h < kHorizons; ++h) number(fmt::format("months_{}", capacity::kHorizonMonths[h]), values[h]);
    json_.end_object();
  }

  void entity(const capacity::EntitySize& size) {
    json_.begin_object().member("name", system_.entity(size.entity).name);
    json_.key("rows").begin_object().member("basis", basis_word(size.rows_basis)).member("source", size.rows_source);
    number("today", size.today);
    number("per_day", size.per_day);
    number("keep_days", size.keep_days);
    horizons("at", size.rows);
    json_.end_object();
    number("row_bytes", size.row_bytes);
    horizons("table_bytes", size.table_bytes);
    json_.key("indexes").begin_array();
    for (const auto& index : size.indexes) {
      json_.begin_object().member("name", index.name);
      horizons("bytes", index.bytes);
      json_.end_object();
    }
    json_.end_array();
    number("reads_per_second", size.reads_per_second);
    number("writes_per_second", size.writes_per_second);
    json_.end_object();
  }

  void operation(const capacity::OperationLoad& one) {
    json_.begin_object().member("name", one.name).member("writes", one.writes).member("internal", one.internal);
    figure("peak_per_second", one.peak_per_second);
    figure("mean_per_second", one.mean_per_second);
    number("statements", one.statements);
    number("rows_read", one.rows_read);
    number("rows_written", one.rows_written);
    number("index_writes", one.index_writes);
    number("answer_bytes", one.answer_bytes);
    number("held_ms", one.service_ms);
    number("database_cpu_ms", one.cpu_ms);
    number("server_cpu_ms", one.app_cpu_ms);
    number("concurrency", one.concurrency);
    json_.end_object();
  }

  void totals(const capacity::Totals& total) {
    json_.key("total").begin_object();
    number("peak_per_second", total.peak_per_second);
    number("mean_per_second", total.mean_per_second);
    number("reads_per_second", total.reads_per_second);
    number("writes_per_second", total.writes_per_second);
    number("rows_read_per_second", total.rows_read_per_second);
    number("rows_written_per_second", total.rows_written_per_second);
    number("statements_per_second", total.statements_per_second);
    number("concurrency", total.concurrency);
    number("egress_bytes_per_second", total.egress_bytes_per_second);
    number("growth_bytes_per_day", total.growth_bytes_per_day);
    horizons("rows", total.rows);
    horizons("bytes", total.bytes);
    json_.end_object();
  }

  void sizing(const capacity::Sizing& one) {
    json_.begin_object();
    number("factor", one.demand.factor);
    totals(one.demand.total);
    json_.key("machines").begin_object();
    number("rate_per_server", one.rate_per_server);
    number("servers_for_rate", one.servers_for_rate);
    number("servers", one.servers);
    number("server_memory_bytes", one.server_memory_bytes);
    number("clients", one.clients);
    number("pool_connections", one.pool_total);
    number("database_nodes", one.database_nodes);
    number("database_scale", one.database_scale);
    number("disk_operations_per_second", one.iops);
    number("egress_bytes_per_month", one.egress_bytes_per_month);
    horizons("working_set_bytes", one.working_set_bytes);
    json_.end_object();
    json_.key("disk").begin_object();
    horizons("data_bytes", one.disk.data);
    horizons("backup_bytes", one.disk.backups);
    number("log_bytes_per_day", one.disk.log_bytes_per_day);
    number("log_archive_bytes", one.disk.log_archive);
    number("request_log_bytes", one.disk.request_logs);
    json_.end_object();
    json_.member("breaks_first", one.binding);
    json_.key("resources").begin_array();
    for (const auto& resource : one.resources) {
      json_.begin_object().member("name", resource.name).member("unit", resource.unit);
      number("need", resource.need);
      number("have", resource.have);
      number("breaks_at_times_declared_load", resource.breaks_at);
      number("months_to_exhaustion", resource.months);
      json_.member("basis", "assumed").member("source", resource.formula).end_object();
    }
    json_.end_array();
    costs(one);
    json_.key("entities").begin_array();
    for (const auto& size : one.demand.entities) entity(size);
    json_.end_array().key("operations").begin_array();
    for (const auto& load : one.demand.operations) operation(load);
    json_.end_array().end_object();
  }

  void costs(const capacity::Sizing& one) {
    json_.key("cost").begin_object();
    number("month", one.cost_month);
    json_.key("items").begin_array();
    for (const auto& line : one.costs) {
      json_.begin_object().member("name", line.name).member("unit", line.unit);
      number("quantity", line.quantity);
      figure("price", line.price);
      number("month", line.month);
      json_.end_object();
    }
    json_.end_array().end_object();
  }

  void sensitivity() {
    json_.key("sensitivity").begin_array();
    for (const auto& one : plan_.sensitivity) {
      json_.begin_object().member("input", one.name);
      figure("figure", one.figure);
      number("cost_at_half", one.cost_low);
      number("cost_at_one_and_a_half", one.cost_high);
      number("servers_at_half", one.servers_low);
      number("servers_at_one_and_a_half", one.servers_high);
      number("breaks_at_half", one.breaks_low);
      number("breaks_at_one_and_a_half", one.breaks_high);
      json_.end_object();
    }
    json_.end_array();
  }

  void inputs() {
    json_.key("inputs").begin_array();
    const auto input = [&](std::string_view name, std::string_view unit, const capacity::Figure& value) {
      json_.begin_object().member("name", name).member("unit", unit);
      number("value", value.value);
      json_.member("basis", basis_word(value.basis)).member("source", value.source).end_object();
    };
    for (const auto& row : capacity::input_table()) input(row.name, row.unit, plan_.assume.figure(row.input));
    for (const auto& [name, value] : plan_.assume.named()) input(name, "", value);
    for (const auto& row : capacity::price_table()) input(row.name, row.unit, plan_.prices.figure(row.price));
    json_.end_array();
  }

  const ir::System& system_;
  const capacity::Plan& plan_;
  JsonWriter json_;
};

}  // namespace

std::string print_capacity_json(const ir::System& system, const capacity::Plan& plan) { return CapacityJson(system, plan).print(); }

}  // namespace kingpost::emit
