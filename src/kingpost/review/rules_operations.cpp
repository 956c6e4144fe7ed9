#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <set>

#include "kingpost/base/limits.hpp"
#include "kingpost/cel/cel.hpp"
#include "kingpost/review/rules.hpp"

namespace kingpost::review::rule {
namespace {

/// How long a short transaction holds a row's lock until its commit is durable, assumed.
constexpr double kLockSeconds = 0.005;
constexpr double kBusy = 0.5;

void chained_availability(const ir::System& system, Report& report) {
  const double promised = system.slo->availability_percent;
  if (system.topology != ir::Topology::kServices || promised <= 0) return;
  const ir::Service* worst = nullptr;
  std::size_t most = 0;
  for (const auto& service : system.services) {
    std::set<std::uint32_t> needed;
    for (const auto& use : service.uses) {
      const auto& owner = system.entity(use.entity).service;
      if (owner.valid() && !use.fields.empty()) needed.insert(owner.value);
    }
    if (needed.size() <= most) continue;
    worst = &service;
    most = needed.size();
  }
  if (worst == nullptr) return;
  const double chain = 100 * std::pow(promised / 100, static_cast<double>(most + 1));
  report.add(
      {.severity = Severity::kWarning,
       .span = worst->span,
       .message = fmt::format("`{}` can answer {:.3f} % of the time, not the promised {:g} %: it reads {} other service{}, each allowed to fail as "
                              "often itself.",
                              worst->name, chain, promised, most, most == 1 ? "" : "s"),
       .fix = "Read replicated copies kept from events, or promise less.",
       .evidence = fmt::format("{:g} % to the power of {}", promised, most + 1)});
}

void error_budget(const ir::System& system, Report& report) {
  const auto& slo = *system.slo;
  if (slo.availability_percent <= 0 || slo.error_percent <= 0) return;
  const double budget = 100 - slo.availability_percent;
  if (slo.error_percent <= budget + 1e-9) return;
  report.add({.severity = Severity::kWarning,
              .span = slo.span,
              .message = fmt::format("The objectives contradict each other: {:g} % of requests may fail, while {:g} % availability leaves {:.3g} %.",
                                     slo.error_percent, slo.availability_percent, budget),
              .fix = fmt::format("Write `errors: {:.3g}%` or less, or promise less availability.", budget),
              .edits = {edit_set({}, {"slo"}, "errors", fmt::format("{:.3g}%", budget))}});
}

}  // namespace

void slo_budget_sum(const ir::System& system, Report& report) {
  if (!system.slo) return;
  chained_availability(system, report);
  error_budget(system, report);
}

void cap_hot_row(const ir::System& system, Report& report) {
  for (const auto& command : system.commands) {
    const double rate = peak_of(system, command.name);
    if (rate <= 0) continue;
    for (const auto& step : command.steps) {
      if (!is_relative(step) || !step.entity.valid()) continue;
      const auto& entity = system.entity(step.entity);
      const double rows = entity.growth ? static_cast<double>(entity.growth->rows) : 0;
      const double busy = rows < 1 ? 0 : rate / rows * kLockSeconds;
      if (busy < kBusy) continue;
      report.add(
          {.severity = busy >= 1 ? Severity::kError : Severity::kWarning,
           .span = step.span.known() ? step.span : command.span,
           .message = busy >= 1
                          ? fmt::format("`{}` cannot reach {} a second: all calls count on {} row{} of `{}` and wait for each other's commit, "
                                        "which allows about {} a second.",
                                        command.name, amount_text(rate), amount_text(rows), rows < 2 ? "" : "s", entity.name,
                                        amount_text(rows / kLockSeconds))
                          : fmt::format("`{}` waits longer than it works: at {} a second the {} row{} of `{}` it counts on are locked {:.0f} % of "
                                        "the time.",
                                        command.name, amount_text(rate), amount_text(rows), rows < 2 ? "" : "s", entity.name, busy * 100),
           .fix = "Insert a row each time and sum them in a projection, or spread the counter over many rows.",
           .evidence = fmt::format("a lock of {:g} ms a commit is assumed", kLockSeconds * 1e3)});
    }
  }
}

void ops_no_retention(const ir::System& system, Report& report) {
  for (const auto& entity : system.entities) {
    if (!entity.growth || entity.growth->per_day <= 0 || entity.growth->keep_days > 0 || entity.growth->keep_forever) continue;
    const double three_years = rows_after(entity, 3 * kDaysPerYear);
    const auto personal = std::any_of(entity.fields.begin(), entity.fields.end(), [&](const ir::Field& field) {
      return field.sensitivity != ir::Sensitivity::kNone || names_personal(field.name) ||
             (names_contact(field.name) && is_about_person(system, entity));
    });
    report.add({.severity = three_years >= 1e6 || personal ? Severity::kWarning : Severity::kNote,
                .span = entity.growth->span.known() ? entity.growth->span : entity.span,
                .message = fmt::format("`{}` holds {} rows after three years and nobody decided when one may go{}.", entity.name,
                                       amount_text(three_years), personal ? ", though it holds personal data" : ""),
                .fix = "Add `keep: 36 months` (or what the law asks for), or `keep: forever` to have decided it.",
                .edits = {edit_set(entity.span, {"growth"}, "keep", "36 months")}});
  }
}

namespace {

/// PostgreSQL's default of 100 less the 3 it keeps for whoever comes to help.
constexpr double kDatabaseConnections = 97;
/// How long a short statement keeps its connection, assumed where no median is declared.
constexpr double kStatementSeconds = 0.005;

double seconds_of(const ir::System& system, const std::string& operation) {
  if (system.slo) {
    for (const auto& target : system.slo->targets) {
      if (target.operation == operation && target.p50_ms > 0) return target.p50_ms / 1e3;
    }
  }
  for (const auto& command : system.commands) {
    if (command.name == operation) return kStatementSeconds * static_cast<double>(std::max<std::size_t>(1, command.steps.size()));
  }
  return kStatementSeconds;
}

/// Whether answers to the operation come from a cache most of the time.
bool is_cached(const ir::System& system, const std::string& operation) {
  const auto entity = system.find_entity(operation.substr(0, operation.find('.')));
  return entity.valid() && operation.find('.') != std::string::npos && system.entity(entity).cache.has_value();
}

}  // namespace

void cap_pool(const ir::System& system, Report& report) {
  if (system.topology == ir::Topology::kServices) {
    const auto declared = std::count_if(system.services.begin(), system.services.end(), [](const auto& service) { return service.span.known(); });
    const auto each = Limits{}.postgres_connections;
    const auto open = static_cast<double>(declared * each);
    if (open > kDatabaseConnections) {
      report.add({.severity = Severity::kError,
                  .span = system.services.front().span,
                  .message = fmt::format("The database refuses connections as soon as all services run: {} services of one node open {} each, {} "
                                         "together, and it takes {}.",
                                         declared, each, amount_text(open), amount_text(kDatabaseConnections)),
                  .fix = "Lower `postgres-connections`, give services databases of their own, or put a pooler in front.",
                  .evidence = "PostgreSQL's default max_connections less the reserved ones"});
    }
  }
  if (!system.load) return;
  double busy = 0;
  double rate = 0;
  const ir::LoadPeak* heaviest = nullptr;
  double most = 0;
  for (const auto& peak : system.load->peaks) {
    if (is_cached(system, peak.operation)) continue;
    const double part = peak.per_second * system.load->multiply * seconds_of(system, peak.operation);
    busy += part;
    rate += peak.per_second * system.load->multiply;
    if (part > most) heaviest = &peak;
    most = std::max(most, part);
  }
  if (busy <= 0.8 * kDatabaseConnections || heaviest == nullptr) return;
  report.add({.severity = busy > kDatabaseConnections ? Severity::kError : Severity::kWarning,
              .span = heaviest->span.known() ? heaviest->span : system.load->span,
              .message = fmt::format("At the declared peak {} requests a second keep {:.0f} database connections busy, and PostgreSQL takes {:.0f}: "
                                     "`{}` alone holds {:.0f}.",
                                     amount_text(rate), busy, kDatabaseConnections, heaviest->operation, most),
              .fix = "Cache its answers, shorten it, read from a replica, or raise max_connections together with the memory for them.",
              .evidence = fmt::format("Little's law with the declared medians, {:g} ms a statement assumed elsewhere", kStatementSeconds * 1e3)});
}

void ops_no_backup(const ir::System& system, Report& report) {
  const bool said = std::any_of(system.requirements.begin(), system.requirements.end(), [](const ir::Requirement& requirement) {
    std::string text = requirement.text;
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    constexpr std::array<std::string_view, 8> kWords{"lost", "lose", "loss", "backup", "back up", "restore", "recover", "durab"};
    return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) { return text.find(word) != std::string::npos; });
  });
  if (said) return;
  const ir::Entity* first = nullptr;
  std::string names;
  std::size_t count = 0;
  for (const auto& entity : system.entities) {
    const bool kept = entity.growth && entity.growth->keep_forever;
    const bool money = std::any_of(entity.fields.begin(), entity.fields.end(), [](const ir::Field& field) {
      const bool number = field.type.scalar == ir::Scalar::kDecimal || field.type.scalar == ir::Scalar::kFloat;
      return field.stored() && number && has_word(field.name, "amount total balance payment refund deposit salary paid credit debit");
    });
    if (entity.built_in || !(kept || money || entity.audit)) continue;
    if (first == nullptr) first = &entity;
    if (++count <= 3) names += (names.empty() ? "`" : ", `") + entity.name + "`";
  }
  if (first == nullptr) return;
  report.add(
      {.severity = Severity::kWarning,
       .span = first->span,
       .message = fmt::format("The first restore decides how much is lost: {} entit{} hold{} what must be kept ({}{}), and no requirement says "
                              "how much may be lost or how long a restore may take.",
                              count, count == 1 ? "y" : "ies", count == 1 ? "s" : "", names, count > 3 ? ", …" : ""),
       .fix = "Write a requirement, for example `At most 5 minutes of data may be lost; a restore takes at most an hour and is rehearsed monthly.`",
       .evidence = "searched for in `requirements`: loss, backup, restore, recovery",
       .element = system.name});
}

}  // namespace kingpost::review::rule
