#include "kingpost/emit/capacity_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace kingpost::emit {
namespace {

using capacity::kHorizons;

constexpr std::size_t kSensitivities = 20;

std::string with_commas(std::string digits) {
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string percent(double share) { return fmt::format("{:.{}f} %", share * 100, share < 0.0995 ? 1 : 0); }
std::string valued(double value, std::string_view unit) { return unit.empty() ? fmt::format("{:g}", value) : fmt::format("{:g} {}", value, unit); }
std::string times(double value) { return value <= 0 ? "-" : amount_text(value) + "×"; }
std::string money(double value) { return value >= 100 ? with_commas(fmt::format("{:.0f}", value)) : fmt::format("{:.2f}", value); }

class ReportMaker {
 public:
  ReportMaker(const ir::System& system, const capacity::Plan& plan) : system_(system), plan_(plan), once_(plan.once), ten_(plan.ten) {}

  CapacityReport make() {
    report_.title = fmt::format("Capacity of {} on {}", plan_.system, database());
    lead();
    machines();
    resources();
    costs();
    sensitivity();
    entities();
    indexes();
    operations();
    disk();
    inputs();
    report_.notes = plan_.notes;
    return std::move(report_);
  }

 private:
  [[nodiscard]] std::string database() const { return plan_.database == capacity::Database::kPostgres ? "PostgreSQL" : "SQLite"; }
  [[nodiscard]] std::string at_once() const { return fmt::format("at {:g}×", once_.demand.factor); }
  [[nodiscard]] std::string at_ten() const { return fmt::format("at {:g}×", ten_.demand.factor); }

  ReportTable& open(std::string id, std::string title, std::string intro, std::vector<ReportColumn> columns) {
    report_.tables.push_back({std::move(id), std::move(title), std::move(intro), std::move(columns), {}});
    return report_.tables.back();
  }

  /// The load's own basis: declared when all but a hundredth of the clients' calls are.
  [[nodiscard]] std::string load_basis() const {
    constexpr double kAlmostAll = 0.99;
    double declared = 0;
    for (const auto& one : once_.demand.operations) {
      if (!one.internal && one.peak_per_second.basis == capacity::Basis::kDeclared) declared += one.peak_per_second.value;
    }
    return declared > 0 && declared >= kAlmostAll * once_.demand.total.peak_per_second ? "declared" : "assumed";
  }

  [[nodiscard]] const capacity::Resource* soonest() const {
    const capacity::Resource* first = nullptr;
    for (const auto& one : once_.resources) {
      if (one.months >= 0 && (first == nullptr || one.months < first->months)) first = &one;
    }
    return first;
  }

  void lead() {
    const auto& total = once_.demand.total;
    report_.lead =
        fmt::format("{} requests a second at the peak ({:.0f} % writes) need {} and {}: {} {} a month with {} on disk after a year. ",
                    amount_text(total.peak_per_second), 100 * total.writes_per_second / std::max(total.peak_per_second, 1e-9),
                    once_.servers == 1 ? std::string("one server") : fmt::format("{:.0f} servers", once_.servers),
                    once_.database_nodes > 0 ? fmt::format("{:.0f} database node{}", once_.database_nodes, once_.database_nodes == 1 ? "" : "s")
                                             : std::string("no database server"),
                    money(once_.cost_month), plan_.prices.currency(), bytes_text(once_.disk.data[1]));
    if (!once_.binding.empty()) {
      report_.lead += fmt::format("As the load rises, {} give{} out first, at {} times the declared load. ", once_.binding,
                                  once_.binding.ends_with("s") ? "" : "s", amount_text(plan_.breaks_at));
    }
    const auto* first = soonest();
    report_.lead += first != nullptr ? fmt::format("As time passes, {} is full first, in {:.0f} months.", first->name, first->months)
                                     : std::string("Growth alone fills nothing within fifty years.");
  }

  void machines() {
    auto& table =
        open("machines", "Machines",
             "servers = ceil(peak ÷ (rate at the objective × (1 - headroom))), and one that may be lost. Computed from the inputs below, so as "
             "sure as the weakest of them.",
             {{"figure"}, {at_once(), true}, {at_ten(), true}, {"basis"}, {"from"}});
    const auto row = [&](const std::string& name, const std::string& once, const std::string& ten, const std::string& basis,
                         const std::string& from) {
      table.rows.push_back({name, once, ten, basis, from});
    };
    const auto& a = once_.demand.total;
    const auto& b = ten_.demand.total;
    row("requests/s, peak", amount_text(a.peak_per_second), amount_text(b.peak_per_second), load_basis(), "load.peak, growth");
    row("requests/s, mean", amount_text(a.mean_per_second), amount_text(b.mean_per_second), "assumed", "peak-to-mean where growth says none");
    row("rows read/s, peak", amount_text(a.rows_read_per_second), amount_text(b.rows_read_per_second), "assumed", "page-rows, children");
    row("rows written/s, peak", amount_text(a.rows_written_per_second), amount_text(b.rows_written_per_second), "assumed",
        "steps of commands, children");
    row("statements/s, peak", amount_text(a.statements_per_second), amount_text(b.statements_per_second), "assumed", "steps of commands");
    row("rate of one server at objective", amount_text(once_.rate_per_server), amount_text(ten_.rate_per_server), "assumed",
        "request-us, rate-at-slo (measured)");
    row("servers for the rate", amount_text(once_.servers_for_rate), amount_text(ten_.servers_for_rate), "assumed", "headroom");
    row("servers with one lost", amount_text(once_.servers), amount_text(ten_.servers), "assumed",
        system_.slo ? "slo.availability" : "no slo declared");
    row("memory of a server", bytes_text(once_.server_memory_bytes), bytes_text(ten_.server_memory_bytes), "assumed",
        "server-mib (measured), connection-kib");
    row("clients connected", amount_text(once_.clients), amount_text(ten_.clients), "assumed", "clients-per-request");
    row("busy at the database", amount_text(a.concurrency), amount_text(b.concurrency), "assumed", "Little's law: rate × time");
    if (once_.database_nodes > 0) {
      row("connections to the database", amount_text(once_.pool_total), amount_text(ten_.pool_total), "declared", "servers × pool");
      row("database nodes", amount_text(once_.database_nodes), amount_text(ten_.database_nodes), "assumed", "primary, standby, read replicas");
      row("size of a database node", times(once_.database_scale), times(ten_.database_scale), "assumed", "of the price file's node");
    }
    row("working set at 12 months", bytes_text(once_.working_set_bytes[1]), bytes_text(ten_.working_set_bytes[1]), "assumed",
        "hot-rows, hot-indexes");
    row("disk operations/s", amount_text(once_.iops), amount_text(ten_.iops), "assumed", "miss-share, dirty-pages");
    row("egress a month", bytes_text(once_.egress_bytes_per_month), bytes_text(ten_.egress_bytes_per_month), "assumed",
        "widths, page-rows, mean rate");
  }

  void resources() {
    auto& table = open("resources", "What breaks first",
                       fmt::format("The machines planned {}, under that load and ten times it. Above 100 % something has to change.", at_once()),
                       {{"resource"},
                        {"need", true},
                        {"have", true},
                        {"unit"},
                        {at_once(), true},
                        {at_ten(), true},
                        {"breaks at", true},
                        {"full in", true},
                        {"basis", false, true},
                        {"computed as", false, true}});
    for (const auto& one : once_.resources) {
      const auto other = std::find_if(ten_.resources.begin(), ten_.resources.end(), [&](const auto& ten) { return ten.name == one.name; });
      // Ten times the need beside what is planned for once.
      const double ten = other == ten_.resources.end() ? 0 : needed(*other) / std::max(one.have, 1e-12);
      table.rows.push_back({one.name + (one.name == once_.binding ? " ← first" : ""), amount_text(one.need), amount_text(one.have), one.unit,
                            percent(one.need / std::max(one.have, 1e-12)), percent(ten), times(one.breaks_at),
                            one.months < 0 ? "-" : fmt::format("{:.0f} months", one.months), "assumed", one.formula});
    }
  }

  /// Per-server needs fall when servers are added; beside the servers of one load they count whole.
  [[nodiscard]] double needed(const capacity::Resource& ten) const {
    return ten.name == "memory of a server" ? ten.need * ten_.servers_for_rate / once_.servers_for_rate : ten.need;
  }

  void costs() {
    auto& table = open("cost", "Cost a month",
                       "Quantities from the plan, prices from the price file (--prices) or, where it says nothing, assumed: ours are of the "
                       "right order of magnitude only, and no offer.",
                       {{"item"},
                        {"quantity", true},
                        {"unit"},
                        {"price", true},
                        {plan_.prices.currency(), true},
                        {at_ten(), true},
                        {"price is"},
                        {"from", false, true}});
    for (const auto& line : once_.costs) {
      const auto other =
          std::find_if(ten_.costs.begin(), ten_.costs.end(), [&](const auto& ten) { return ten.unit == line.unit && same(ten.name, line.name); });
      table.rows.push_back({line.name, amount_text(line.quantity), line.unit, fmt::format("{:g}", line.price.value), money(line.month),
                            other == ten_.costs.end() ? "-" : money(other->month), basis_word(line.price.basis), line.price.source});
    }
    table.rows.push_back({"in all", "", "", "", money(once_.cost_month), money(ten_.cost_month), "", ""});
  }

  static bool same(const std::string& a, const std::string& b) { return a.substr(0, a.find(',')) == b.substr(0, b.find(',')); }

  void sensitivity() {
    if (plan_.sensitivity.empty()) return;
    auto& table = open("sensitivity", "Which input matters",
                       "Each input alone at half and at one and a half of its value. What moves most is worth measuring first.",
                       {{"input"},
                        {"value", true},
                        {"cost -50 %", true},
                        {"cost +50 %", true},
                        {"servers", true},
                        {"breaks at", true},
                        {"basis"},
                        {"from", false, true}});
    for (std::size_t i = 0; i < std::min(kSensitivities, plan_.sensitivity.size()); ++i) {
      const auto& one = plan_.sensitivity[i];
      table.rows.push_back({one.name, amount_text(one.figure.value), money(one.cost_low), money(one.cost_high),
                            fmt::format("{:.0f} … {:.0f}", one.servers_low, one.servers_high),
                            fmt::format("{} … {}", times(one.breaks_low), times(one.breaks_high)), basis_word(one.figure.basis),
                            one.figure.basis == capacity::Basis::kAssumed ? one.meaning : one.figure.source});
    }
  }

  /// Entities by what they take after three years, largest first.
  [[nodiscard]] std::vector<std::size_t> by_size() const {
    std::vector<std::size_t> order(once_.demand.entities.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return all_bytes(a, 2) > all_bytes(b, 2); });
    return order;
  }
  [[nodiscard]] double all_bytes(std::size_t entity, std::size_t horizon) const {
    const auto& size = once_.demand.entities[entity];
    double bytes = size.table_bytes[horizon];
    for (const auto& index : size.indexes) bytes += index.bytes[horizon];
    return bytes;
  }

  void entities() {
    auto& table =
        open("entities", "Rows and bytes",
             fmt::format("Tables with their indexes at 1, 12 and 36 months {}, by the storage format of {}; column widths are assumed where "
                         "nothing was measured.",
                         at_once(), database()),
             {{"entity"},
              {"rows at 1", true, true},
              {"rows at 12", true},
              {"rows at 36", true, true},
              {"bytes a row", true},
              {"1 month", true},
              {"12 months", true},
              {"36 months", true},
              {"reads/s", true, true},
              {"writes/s", true, true},
              {"rows are"},
              {"from"}});
    for (const auto at : by_size()) {
      const auto& size = once_.demand.entities[at];
      table.rows.push_back({system_.entity(size.entity).name, amount_text(size.rows[0]), amount_text(size.rows[1]), amount_text(size.rows[2]),
                            amount_text(size.row_bytes), bytes_text(all_bytes(at, 0)), bytes_text(all_bytes(at, 1)), bytes_text(all_bytes(at, 2)),
                            amount_text(size.reads_per_second), amount_text(size.writes_per_second), basis_word(size.rows_basis), size.rows_source});
    }
    const auto& total = once_.demand.total;
    table.rows.push_back({"in all", amount_text(total.rows[0]), amount_text(total.rows[1]), amount_text(total.rows[2]), "",
                          bytes_text(total.bytes[0]), bytes_text(total.bytes[1]), bytes_text(total.bytes[2]), amount_text(total.rows_read_per_second),
                          amount_text(total.rows_written_per_second), "", ""});
  }

  void indexes() {
    auto& table = open("indexes", "Indexes", "",
                       {{"entity"}, {"index"}, {"1 month", true}, {"12 months", true}, {"36 months", true}, {"rows are", false, true}});
    for (const auto at : by_size()) {
      const auto& size = once_.demand.entities[at];
      for (const auto& index : size.indexes) {
        table.rows.push_back({system_.entity(size.entity).name, index.name, bytes_text(index.bytes[0]), bytes_text(index.bytes[1]),
                              bytes_text(index.bytes[2]), basis_word(size.rows_basis)});
      }
    }
  }

  void operations() {
    auto& table =
        open("operations", "Operations",
             "What one call asks, and how many calls there are. Time is how long a connection (or SQLite's writer) is held; busy = rate × time "
             "(Little's law).",
             {{"operation"},
              {"peak/s", true},
              {"mean/s", true},
              {"statements", true},
              {"read", true},
              {"written", true},
              {"answer", true},
              {"time", true},
              {"busy", true},
              {"peak is"},
              {"from", false, true},
              {"mean is", false, true},
              {"mean from", false, true}});
    for (const auto& one : once_.demand.operations) {
      table.rows.push_back({one.name, amount_text(one.peak_per_second.value), amount_text(one.mean_per_second.value), amount_text(one.statements),
                            amount_text(one.rows_read), amount_text(one.rows_written), one.answer_bytes > 0 ? bytes_text(one.answer_bytes) : "-",
                            fmt::format("{} ms", amount_text(one.service_ms)), amount_text(one.concurrency), basis_word(one.peak_per_second.basis),
                            one.peak_per_second.source, basis_word(one.mean_per_second.basis), one.mean_per_second.source});
    }
  }

  void disk() {
    auto& table = open("disk", "Disk, backups and logs", "", {{"what"}, {at_once(), true}, {at_ten(), true}, {"basis"}, {"from"}});
    const auto row = [&](const std::string& name, double once, double ten, const std::string& from) {
      table.rows.push_back({name, bytes_text(once), bytes_text(ten), "assumed", from});
    };
    constexpr std::array<const char*, kHorizons> kWhen = {"1 month", "12 months", "36 months"};
    for (std::size_t h = 0; h < kHorizons; ++h)
      row(fmt::format("data at {}", kWhen[h]), once_.disk.data[h], ten_.disk.data[h], "tables and indexes × bloat");
    row("write-ahead log a day", once_.disk.log_bytes_per_day, ten_.disk.log_bytes_per_day, "bytes written × log-factor");
    row("archived log", once_.disk.log_archive, ten_.disk.log_archive, "log-archive-days");
    row("backups at 12 months", once_.disk.backups[1], ten_.disk.backups[1], "backups × backup-ratio");
    row("server's log", once_.disk.request_logs, ten_.disk.request_logs, "request-log-bytes × request-log-days");
  }

  void inputs() {
    auto& table = open("inputs", "Inputs", "Each can be set: --assume NAME=VALUE, prices by --prices FILE. Measured ones name where.",
                       {{"input"}, {"value"}, {"basis"}, {"meaning"}, {"from", false, true}});
    for (const auto& row : capacity::input_table()) {
      const auto& figure = plan_.assume.figure(row.input);
      table.rows.push_back({std::string(row.name), valued(figure.value, row.unit), basis_word(figure.basis), std::string(row.meaning),
                            figure.basis == capacity::Basis::kAssumed ? "default" : figure.source});
    }
    for (const auto& [name, figure] : plan_.assume.named()) {
      table.rows.push_back({name, valued(figure.value, ""), basis_word(figure.basis), figure.source, figure.source});
    }
    for (const auto& row : capacity::price_table()) {
      const auto& figure = plan_.prices.figure(row.price);
      table.rows.push_back({std::string(row.name), valued(figure.value, row.unit), basis_word(figure.basis), std::string(row.meaning),
                            figure.basis == capacity::Basis::kAssumed ? "default" : figure.source});
    }
  }

  const ir::System& system_;
  const capacity::Plan& plan_;
  const capacity::Sizing& once_;
  const capacity::Sizing& ten_;
  CapacityReport report_;
};

}  // namespace

std::string basis_word(capacity::Basis basis) {
  switch (basis) {
    case capacity::Basis::kDeclared:
      return "declared";
    case capacity::Basis::kMeasured:
      return "measured";
    case capacity::Basis::kAssumed:
      break;
  }
  return "assumed";
}

std::string bytes_text(double bytes) {
  constexpr std::array<const char*, 6> kUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t unit = 0;
  while (bytes >= 1000 && unit + 1 < kUnits.size()) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{} {}", amount_text(bytes), kUnits[unit]);
}

std::string amount_text(double value) {
  if (value == 0) return "0";
  const double size = std::abs(value);
  if (size >= 999.5) {
    const double step = std::pow(10, std::floor(std::log10(size)) - 2);
    return size < 1e15 ? with_commas(fmt::format("{:.0f}", std::round(value / step) * step)) : fmt::format("{:.3g}", value);
  }
  if (size < 0.0005) return fmt::format("{:.1e}", value);
  auto text = fmt::format("{:.{}f}", value, size >= 99.95 ? 0 : size >= 9.995 ? 1 : size >= 0.0995 ? 2 : 4);
  if (text.find('.') != std::string::npos) {
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
  }
  return text;
}

CapacityReport make_capacity_report(const ir::System& system, const capacity::Plan& plan) { return ReportMaker(system, plan).make(); }

}  // namespace kingpost::emit
