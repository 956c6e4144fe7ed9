#include "kingpost/assess/strangler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "kingpost/assess/markdown.hpp"

namespace kingpost::assess {
namespace {

constexpr std::size_t kMostNames = 12;
constexpr std::size_t kMostRoutes = 12;

/// What taking `service` out cuts while those in `gone` are out already.
struct Cost {
  std::vector<const CutKey*> keys;
  std::vector<const SplitTransaction*> transactions;
  [[nodiscard]] std::size_t total() const {
    const auto roots = static_cast<std::size_t>(std::count_if(keys.begin(), keys.end(), [](const CutKey* cut) { return cut->root; }));
    return keys.size() - roots + kTransactionCost * transactions.size();
  }
};

Cost cost_of(const Boundaries& boundaries, std::size_t service, const std::set<std::size_t>& gone) {
  Cost cost;
  for (const CutKey& cut : boundaries.cuts) {
    const bool own = cut.from_service == service || cut.to_service == service;
    if (own && !gone.contains(cut.from_service) && !gone.contains(cut.to_service)) cost.keys.push_back(&cut);
  }
  for (const SplitTransaction& split : boundaries.splits) {
    const bool own = std::find(split.services.begin(), split.services.end(), service) != split.services.end();
    const bool torn = std::any_of(split.services.begin(), split.services.end(), [&](std::size_t one) { return gone.contains(one); });
    if (own && !torn) cost.transactions.push_back(&split);
  }
  return cost;
}

Stage in_place(const Boundaries& boundaries) {
  Stage stage;
  stage.title = "Stage 0: modules in place";
  const auto core = std::find_if(boundaries.services.begin(), boundaries.services.end(), [](const Service& one) { return one.core; });
  stage.service = core == boundaries.services.end() ? 0 : static_cast<std::size_t>(core - boundaries.services.begin());
  for (const Service& one : boundaries.services)
    stage.steps.push_back(fmt::format("Give {} a module in the code that alone reads and writes {}; others call its functions.", code(one.name),
                                      code_list(one.tables, kMostNames)));
  if (boundaries.services.size() > 1) {
    stage.steps.emplace_back(
        "Give each module a database schema and a role of its own; grant across only what is still needed, so that each crossing is visible as a "
        "grant.");
    stage.steps.emplace_back("Replace joins across modules, one at a time, by two reads or by a view that the owning module publishes.");
    stage.steps.emplace_back("Write an outbox row in the transaction of each change that another module needs to hear of.");
  }
  stage.in_step.emplace_back("Nothing to keep equal: one database, one transaction, every foreign key stays.");
  stage.verification.emplace_back("A check in CI refuses a query of one module on another's tables; the count of exceptions may only fall.");
  stage.verification.emplace_back("Latency and error rate of every operation before and after, over a week with its peak.");
  stage.rollback.emplace_back("Revert the commit: no data has moved and no constraint is gone.");
  stage.exit.push_back(
      boundaries.services.size() > 1
          ? fmt::format(
                "No grant is left across modules but for the {} listed, and the outbox has been read by a consumer for two weeks without a gap.",
                counted(boundaries.cuts.size(), "foreign key"))
          : std::string("Every table has one owning module."));
  if (boundaries.keep_one)
    stage.exit.emplace_back("Stop here. Come back when a part needs to scale, deploy or be owned apart, with the figures that show it.");
  return stage;
}

void keep_in_step(Stage& stage, const Service& service, const Cost& cost) {
  stage.in_step.push_back(
      fmt::format("Backfill {} into the new database by key ranges under a snapshot, then follow the old database's log from that position (logical "
                  "decoding, or the outbox).",
                  code_list(stage.moves, kMostNames)));
  stage.in_step.emplace_back(
      "The old database stays the only one that is written until cutover; the application never writes to both, because one of two writes can fail.");
  stage.in_step.emplace_back(
      "At cutover the direction turns: the new service is the only writer and its log feeds the old tables, which become read-only for everybody "
      "else.");
  if (!service.references.empty())
    stage.in_step.push_back(fmt::format("Reference tables that it owns ({}) are published as events, whole at first and then by change.",
                                        code_list(service.references, kMostNames)));
  std::set<std::string> needed;
  for (const CutKey* cut : cost.keys) {
    if (cut->from_service == stage.service && !cut->root) needed.insert(cut->to_table);
  }
  if (!needed.empty())
    stage.in_step.push_back(fmt::format("It keeps the keys, and the columns that it shows, of {} as a copy filled from events.",
                                        code_list({needed.begin(), needed.end()}, kMostNames)));
}

Stage take_out(const Boundaries& boundaries, std::size_t at, const Cost& cost, std::size_t number) {
  const Service& service = boundaries.services[at];
  Stage stage;
  stage.title = fmt::format("Stage {}: {}", number, service.name);
  stage.service = at;
  stage.cost = cost.total();
  stage.moves = service.tables;
  stage.moves.insert(stage.moves.end(), service.references.begin(), service.references.end());
  for (const CutKey* cut : cost.keys) stage.cuts.push_back(cut->constraint);
  stage.steps.emplace_back(
      "Put a router before the old system that sends everything to it; prove that it costs less than the latency budget allows.");
  stage.steps.push_back(service.operations.empty()
                            ? fmt::format("Find the operations that only touch {}; no API file names them.", code_list(stage.moves, kMostNames))
                            : fmt::format("Operations to route, by their names: {}.", code_list(service.operations, kMostRoutes)));
  stage.steps.push_back(fmt::format(
      "Build {} over its own database with its tables only; the {} that would lead out of it or into it become what the list of cuts says.",
      code(service.name), counted(cost.keys.size(), "foreign key")));
  for (const SplitTransaction* split : cost.transactions) {
    stage.steps.push_back(
        fmt::format("Part {} (writes {} in one transaction) into local steps with an event between them and a compensation for each.",
                    code(split->routine), code_list(split->tables, kMostNames)));
  }
  stage.steps.emplace_back("Read from both for a share of requests, answer from the old one, and compare; raise the share to 100 %.");
  stage.steps.emplace_back(
      "Cut over: stop writes to these tables, wait until the log is read to its end, drop the cut constraints, turn the direction, route writes to "
      "the new service.");
  keep_in_step(stage, service, cost);
  stage.verification.emplace_back("Row counts and a hash by key range, equal on both sides at one log position, every hour.");
  stage.verification.emplace_back(
      "Differences of compared reads: none in a week that cannot be explained by lag; lag below the staleness that users were promised.");
  if (!cost.keys.empty())
    stage.verification.push_back(fmt::format("A daily count of values without a counterpart for each of: {}.", code_list(stage.cuts, kMostNames)));
  stage.rollback.emplace_back("Before cutover: route reads back to the old system and drop the copy; nothing else has changed.");
  stage.rollback.emplace_back(
      "After cutover: stop writes, wait until the old tables have read the new log to its end, route everything back, and restore the dropped "
      "constraints as NOT VALID, then VALIDATE. "
      "No write is lost, because every one of them went through that log.");
  stage.exit.emplace_back(
      "Two weeks with a peak in them without a rollback, a difference or a missed objective; only then are the old tables and the reverse feed "
      "removed. From there on the way back is a restore.");
  return stage;
}

void print_list(std::string& out, std::string_view title, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  out += fmt::format("**{}**\n\n", title);
  for (const auto& line : lines) out += "- " + line + "\n";
  out += '\n';
}

}  // namespace

StranglerPlan plan_strangler(const Boundaries& boundaries) {
  StranglerPlan plan;
  plan.stages.push_back(in_place(boundaries));
  std::set<std::size_t> gone;
  while (true) {
    std::size_t best = boundaries.services.size();
    Cost least;
    for (std::size_t at = 0; at < boundaries.services.size(); ++at) {
      if (!boundaries.services[at].extract || gone.contains(at)) continue;
      Cost cost = cost_of(boundaries, at, gone);
      if (best != boundaries.services.size() && cost.total() >= least.total()) continue;
      best = at;
      least = std::move(cost);
    }
    if (best == boundaries.services.size()) break;
    plan.stages.push_back(take_out(boundaries, best, least, plan.stages.size()));
    gone.insert(best);
  }
  for (const Service& one : boundaries.services) {
    if (!one.extract)
      plan.stay.push_back(fmt::format("{}: {}", code(one.name), boundaries.keep_one ? "a module of the one service." : plain(one.reason)));
  }
  return plan;
}

std::string print_strangler_markdown(const StranglerPlan& plan, const Boundaries& boundaries) {
  std::string out = "# Strangler plan\n\n";
  out += plan.stages.size() == 1
             ? "One stage: the schema does not justify parting the system (see the boundaries).\n\n"
             : fmt::format("{} stages, the cheapest cut first. After each one can stop; before each one can go back.\n\n", plan.stages.size());
  for (const Stage& stage : plan.stages) {
    out += "## " + plain(stage.title) + "\n\n";
    if (!stage.moves.empty()) {
      out +=
          fmt::format("Moves {} ({}). Cost {}: {} dropped{}; those to a root count nothing, transactions {} each.\n\n",
                      counted(stage.moves.size(), "table"), code_list(stage.moves, kMostNames), stage.cost, counted(stage.cuts.size(), "foreign key"),
                      stage.cuts.empty() ? "" : " (" + code_list(stage.cuts, kMostNames) + ")", kTransactionCost);
    }
    print_list(out, "Steps", stage.steps);
    print_list(out, "Kept in step", stage.in_step);
    print_list(out, "Verification", stage.verification);
    print_list(out, "Way back", stage.rollback);
    print_list(out, "Done when", stage.exit);
  }
  if (!plan.stay.empty() && !boundaries.keep_one) {
    out += "## What stays\n\n";
    for (const auto& line : plan.stay) out += "- " + line + "\n";
  }
  return out;
}

}  // namespace kingpost::assess
