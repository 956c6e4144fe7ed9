#include "kingpost/review/elements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace kingpost::review {
namespace {

auto place(const Span& span) { return std::tie(span.file, span.line, span.column); }

}  // namespace

void Elements::add(const Span& span, std::string name) {
  if (span.known()) entries_.push_back({span, std::move(name)});
}

Elements::Elements(const ir::System& system) : system_(system.name) {
  for (const auto& entity : system.entities) {
    add(entity.span, entity.name);
    for (const auto& field : entity.fields) add(field.span, entity.name + "." + field.name);
    for (const auto& check : entity.checks) add(check.span, entity.name + "." + check.name);
    for (const auto& unique : entity.uniques) add(unique.span, entity.name + "." + unique.name);
    for (const auto& index : entity.indexes) {
      if (index.is_explicit) add(index.span, entity.name + "." + index.name);
    }
    for (const auto& query : entity.queries) add(query.span, entity.name + "." + query.name);
    if (entity.growth) add(entity.growth->span, entity.name + ".growth");
    if (entity.states) add(entity.states->span, entity.name + ".states");
  }
  for (const auto& relation : system.relations) {
    if (relation.named) add(relation.span, system.entity(relation.from).name + "." + relation.name);
  }
  for (const auto& command : system.commands) {
    add(command.span, command.name);
    for (const auto& member : command.input) add(member.span, command.name + "." + member.name);
    for (std::size_t at = 0; at < command.steps.size(); ++at) add(command.steps[at].span, fmt::format("{}.step{}", command.name, at + 1));
  }
  for (const auto& event : system.events) {
    add(event.span, event.name);
    for (const auto& member : event.data) add(member.span, event.name + "." + member.name);
  }
  for (const auto& record : system.records) {
    for (const auto& member : record.members) add(member.span, record.name + "." + member.name);
  }
  for (const auto& saga : system.sagas) {
    add(saga.span, saga.name);
    for (const auto& step : saga.steps) add(step.span, saga.name + "." + step.id);
  }
  for (const auto& client : system.http_clients) {
    add(client.span, client.name);
    for (const auto& operation : client.operations) add(operation.span, client.name + "." + operation.name);
  }
  for (const auto& consumer : system.consumers) add(consumer.span, consumer.name);
  for (const auto& schedule : system.schedules) add(schedule.span, schedule.name);
  for (const auto& service : system.services) add(service.span, service.name);
  for (const auto& role : system.roles) add(role.span, role.name);
  for (const auto& policy : system.policies) add(policy.span, policy.name);
  if (system.load) add(system.load->span, "load");
  if (system.slo) add(system.slo->span, "slo");
  // Of elements at one place, such as a mixin's fields, the first one named keeps it.
  std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& left, const Entry& right) { return place(left.span) < place(right.span); });
  const auto same = [](const Entry& left, const Entry& right) { return place(left.span) == place(right.span); };
  entries_.erase(std::unique(entries_.begin(), entries_.end(), same), entries_.end());
}

std::string Elements::at(const Span& span) const {
  const auto after = std::upper_bound(entries_.begin(), entries_.end(), span,
                                      [](const Span& wanted, const Entry& entry) { return place(wanted) < place(entry.span); });
  if (!span.known() || after == entries_.begin() || (after - 1)->span.file != span.file) return system_;
  return (after - 1)->name;
}

}  // namespace kingpost::review
