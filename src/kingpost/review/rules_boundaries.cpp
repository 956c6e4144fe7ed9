#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "kingpost/review/rules.hpp"

namespace kingpost::review::rule {
namespace {

/// What one modest node serves of short reads and writes with ample reserve, assumed far below what is measured.
constexpr double kOneNodePerSecond = 2'000;

using Edges = std::vector<std::set<std::size_t>>;

Edges service_edges(const ir::System& system) {
  Edges edges(system.services.size());
  for (std::size_t at = 0; at < system.services.size(); ++at) {
    for (const auto& use : system.services[at].uses) {
      const auto owner = system.entity(use.entity).service;
      if (owner.valid() && owner.index() != at && owner.index() < edges.size()) edges[at].insert(owner.index());
    }
  }
  return edges;
}

/// The shortest way from `start` back to itself; empty when there is none.
std::vector<std::size_t> way_back(const Edges& edges, std::size_t start) {
  std::vector<std::vector<std::size_t>> open{{start}};
  std::set<std::size_t> seen;
  for (std::size_t at = 0; at < open.size(); ++at) {
    const auto way = open[at];
    for (const auto next : edges[way.back()]) {
      auto longer = way;
      longer.push_back(next);
      if (next == start) return longer;
      if (seen.insert(next).second) open.push_back(std::move(longer));
    }
  }
  return {};
}

}  // namespace

void svc_join_crosses(const ir::System& system, Report& report) {
  if (system.topology != ir::Topology::kServices) return;
  for (const auto& entity : system.entities) {
    std::set<std::string> told;
    const auto look = [&](const cel::ExprPtr& expr, const Span& place) {
      walk(expr, [&](const cel::Expr& node) {
        if (node.kind != cel::ExprKind::kSelect || node.args[0]->type.kind != cel::TypeKind::kRecord) return;
        const auto other = system.find_entity(node.args[0]->type.name);
        if (!other.valid() || system.entity(other).built_in || system.entity(other).service == entity.service) return;
        const auto& target = system.entity(other);
        const auto field = target.find_field(node.name);
        const bool key = std::find(target.key.begin(), target.key.end(), field) != target.key.end();
        if (key || !target.service.valid() || !told.insert(target.name).second) return;
        report.add({.severity = Severity::kWarning,
                    .span = node.span.known() ? node.span : place,
                    .message = fmt::format("Every read of `{}` waits for the service `{}` or for its replica: the expression reads `{}.{}`, which "
                                           "another database holds.",
                                           entity.name, system.services[target.service.index()].name, target.name, node.name),
                    .fix = "Keep the two in one service, or store what is needed in the record when it is made."});
      });
    };
    for (const auto* rule : {&entity.access.read, &entity.access.create, &entity.access.update, &entity.access.remove}) look(*rule, entity.span);
    for (const auto& field : entity.fields) look(field.computed, field.span);
  }
}

void svc_cycle(const ir::System& system, Report& report) {
  const auto edges = service_edges(system);
  std::set<std::size_t> told;
  for (std::size_t at = 0; at < system.services.size(); ++at) {
    if (told.contains(at)) continue;
    const auto way = way_back(edges, at);
    if (way.empty()) continue;
    std::string names;
    for (const auto step : way) {
      names += (names.empty() ? "" : " → ") + system.services[step].name;
      told.insert(step);
    }
    const bool split = system.topology == ir::Topology::kServices;
    report.add({.severity = split ? Severity::kError : Severity::kWarning,
                .span = system.services[at].span,
                .message = split ? "None of these services can be deployed, started or restored without the others: they read each other's data in a "
                                   "circle."
                                 : "These services can never be taken apart: they read each other's data in a circle.",
                .fix = "Turn one direction around: let that service keep what it needs from events, or join the two.",
                .evidence = names});
  }
}

void svc_premature(const ir::System& system, Report& report) {
  // The built-in service of users stands in no file.
  const auto declared = [](const ir::Service& service) { return service.span.known(); };
  const auto count = std::count_if(system.services.begin(), system.services.end(), declared);
  if (system.topology != ir::Topology::kServices || count < 2) return;
  double total = 0;
  if (system.load) {
    for (const auto& peak : system.load->peaks) total += peak.per_second * system.load->multiply;
  }
  if (total >= kOneNodePerSecond) return;
  report.add({.severity = Severity::kWarning,
              .span = std::find_if(system.services.begin(), system.services.end(), declared)->span,
              .message = system.load ? fmt::format("{} services pay for network, replicas and sagas to carry {} requests a second, which one node "
                                                   "carries with reserve.",
                                                   count, amount_text(total))
                                     : fmt::format("{} services pay for network, replicas and sagas, and no declared load asks for them.", count),
              .fix = "Write `topology: monolith`: the boundaries stay checked, and the split is a line when a number asks for it.",
              .evidence = fmt::format("one node is assumed to carry {} short requests a second", amount_text(kOneNodePerSecond)),
              .edits = {edit_set({}, {}, "topology", "monolith")}});
}

}  // namespace kingpost::review::rule
