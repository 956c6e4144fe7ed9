#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>

#include "kingpost/app/commands.hpp"
#include "kingpost/app/loading.hpp"
#include "kingpost/app/measured_database.hpp"
#include "kingpost/capacity/demand.hpp"
#include "kingpost/capacity/plan.hpp"
#include "kingpost/compile/units.hpp"
#include "kingpost/emit/capacity_print.hpp"
#include "kingpost/emit/capacity_report.hpp"
#include "kingpost/model/source_text.hpp"
#include "kingpost/model/yaml.hpp"
#include "kingpost/store/admin_connection.hpp"

namespace kingpost::app {
namespace {

constexpr double kMostFactor = 1e6;
constexpr std::size_t kSampleRows = 10'000;

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

Result<void> read_price(const std::string& name, const model::Node& node, const std::string& source, capacity::Prices& prices) {
  if (name == "currency" && node.is_scalar()) return prices.set_currency(node.text);
  const auto value = node.is_scalar() ? number_of(node.text) : std::nullopt;
  if (!value) return fail(ErrorKind::kInvalidArgument, "kp-capacity-price", fmt::format("`{}` in line {} needs a number.", name, node.span.line));
  return prices.set(name, *value, source);
}

/// Reads a price file: a YAML map of the names in examples/prices.yaml, `server` and `database` as maps of their own.
Result<void> read_prices(const std::string& path, capacity::Prices& prices) {
  auto text = read_file(path);
  if (!text) return fail(std::move(text.error()));
  Diagnostics diagnostics;
  const auto refuse = [&](const std::string& why) {
    Error error = make_error(ErrorKind::kInvalidArgument, "kp-capacity-price", fmt::format("The price file {} cannot be read: {}", path, why));
    error.hint = "See examples/prices.yaml.";
    return fail(std::move(error));
  };
  if (!model::check_source_text(*text, {}, Limits{}, diagnostics))
    return refuse(diagnostics.all().empty() ? "no text." : diagnostics.all().front().message);
  const auto root = model::read_yaml(model::without_mark(*text), {}, Limits{}, diagnostics);
  if (!diagnostics.all().empty()) return refuse(diagnostics.all().front().message);
  if (!root.is_map()) return refuse("it is no map.");
  const std::string source = "prices of " + path;
  for (const auto& member : root.members) {
    if (!member.value.is_map()) {
      if (auto done = read_price(member.key, member.value, source, prices); !done) return refuse(done.error().message);
      continue;
    }
    for (const auto& inner : member.value.members) {
      if (auto done = read_price(member.key + "." + inner.key, inner.value, source, prices); !done) return refuse(done.error().message);
    }
  }
  return {};
}

Result<void> read_assumptions(const ir::System& system, const std::vector<std::string>& texts, capacity::Assumptions& assume) {
  for (const auto& text : texts) {
    const auto equals = text.find('=');
    const auto value = equals == std::string::npos ? std::nullopt : compile::parse_count(std::string_view(text).substr(equals + 1));
    if (!value) {
      return fail(ErrorKind::kInvalidArgument, "kp-capacity-assumption",
                  fmt::format("'{}' is not NAME=VALUE, for example page-rows=50 or rows.product=2M", text));
    }
    if (auto done = assume.set(std::string_view(text).substr(0, equals), *value, capacity::Basis::kDeclared, "--assume"); !done) return done;
  }
  // A column or entity that the model has not would be believed and change nothing.
  for (const auto& [name, figure] : assume.named()) {
    const auto kind = name.find('.');
    const auto last = name.rfind('.');
    const bool column = !name.starts_with("rows.");
    const auto entity =
        system.find_entity(column ? std::string_view(name).substr(kind + 1, last - kind - 1) : std::string_view(name).substr(kind + 1));
    const bool known =
        entity.valid() && (!column || (last > kind && system.entity(entity).find_field(std::string_view(name).substr(last + 1)).valid()));
    if (!known) return fail(ErrorKind::kInvalidArgument, "kp-capacity-assumption", fmt::format("`{}` names nothing of the model.", name));
  }
  return {};
}

/// Paper beside reality, on standard error: what the formulas say of the very rows that the database holds.
Result<void> tell_reality(const ir::System& system, const std::string& url, capacity::Database database, const capacity::Assumptions& assume) {
  auto real = measure_sizes(system, url);
  if (!real) return fail(std::move(real.error()));
  const auto paper = capacity::size_today(system, database, assume);
  double found = 0;
  double said = 0;
  for (const auto& one : *real) {
    found += one.table_bytes + one.index_bytes;
    said += paper[one.entity.index()].table_bytes + paper[one.entity.index()].index_bytes;
  }
  if (found > 0) {
    fmt::print(stderr, "The database holds {} in {} tables; the formulas say {} of its rows and widths ({:+.1f} %).\n", emit::bytes_text(found),
               real->size(), emit::bytes_text(said), 100 * (said / found - 1));
  }
  return {};
}

Result<capacity::PlanOptions> plan_options(const ir::System& system, const CapacityOptions& options) {
  capacity::PlanOptions plan;
  if (!(options.factor > 0) || options.factor > kMostFactor) {
    return fail(ErrorKind::kInvalidArgument, "kp-usage", fmt::format("--factor is above 0 and at most {:g}.", kMostFactor));
  }
  plan.factor = options.factor;
  std::string database = options.database;
  if (!options.like.empty()) {
    const auto kind = store::database_of(options.like);
    if (!kind) return fail(kind.error());
    const std::string of_url = *kind == dialect::Database::kSqlite ? "sqlite" : "postgres";
    if (!database.empty() && database != of_url) {
      return fail(ErrorKind::kInvalidArgument, "kp-usage", "--like and --database name different databases.");
    }
    database = of_url;
  }
  plan.database = database == "sqlite" ? capacity::Database::kSqlite : capacity::Database::kPostgres;
  if (!options.prices.empty()) {
    if (auto done = read_prices(options.prices, plan.prices); !done) return fail(std::move(done.error()));
  }
  if (!options.like.empty()) {
    if (auto done = measure_columns(system, options.like, kSampleRows, plan.assume); !done) return fail(std::move(done.error()));
    if (auto done = tell_reality(system, options.like, plan.database, plan.assume); !done) return fail(std::move(done.error()));
  }
  if (auto done = read_assumptions(system, options.assume, plan.assume); !done) return fail(std::move(done.error()));
  return plan;
}

}  // namespace

int run_capacity(const CapacityOptions& options) {
  const ir::SystemPtr system = load_or_report(options.model, Limits{});
  if (!system) return kExitFindings;
  const auto chosen = plan_options(*system, options);
  if (!chosen) return complain(chosen.error());
  const auto plan = capacity::make_plan(*system, *chosen);
  const auto text = options.format == "json"       ? emit::print_capacity_json(*system, plan)
                    : options.format == "html"     ? emit::print_capacity_html(*system, plan)
                    : options.format == "markdown" ? emit::print_capacity_markdown(*system, plan)
                                                   : emit::print_capacity_text(*system, plan);
  if (options.output.empty()) {
    std::fputs(text.c_str(), stdout);
    return std::fflush(stdout) == 0 ? kExitOk : kExitUsage;
  }
  if (auto written = write_file(options.output, text); !written) return complain(written.error());
  return kExitOk;
}

}  // namespace kingpost::app
