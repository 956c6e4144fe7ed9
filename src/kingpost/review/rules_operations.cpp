#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

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
              .fix = fmt::format("Write `errors: {:.3g}%` or less, or promise less availability.", budget)});
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
                .fix = "Add `keep: 36 months` (or what the law asks for), or `keep: forever` to have decided it."});
  }
}

}  // namespace kingpost::review::rule
