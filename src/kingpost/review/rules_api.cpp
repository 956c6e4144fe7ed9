#include <fmt/format.h>

#include <algorithm>

#include "kingpost/base/limits.hpp"
#include "kingpost/review/audience.hpp"
#include "kingpost/review/rules.hpp"

namespace kingpost::review::rule {

void api_offset_pagination(const ir::System& system, Report& report) {
  for (const auto& entity : system.entities) {
    const double rows = rows_after(entity, kDaysPerYear);
    if (!is_reachable(entity) || entity.access.read == nullptr || rows < kManyRows) continue;
    const bool ordered = std::any_of(entity.queries.begin(), entity.queries.end(), [](const ir::Query& query) { return !query.order.empty(); });
    if (ordered) continue;
    report.add(
        {.severity = Severity::kWarning,
         .span = entity.span,
         .message = fmt::format("Lists of `{}` get slower with every month: it holds {} rows after a year and declares no query with an order, so "
                                "each page in any order but the key's sorts all rows the caller may see.",
                                entity.name, amount_text(rows)),
         .fix = "Declare the order clients page by, for example `queries: {recent: order by created_at desc}`, and page by cursor."});
  }
}

void api_no_idempotency(const ir::System& system, Report& report) {
  const Callers callers(system);
  for (const auto& command : system.commands) {
    if (command.idempotency_required || callers.of(command.allow) <= Audience::kEngine) continue;
    const auto effect = std::find_if(command.steps.begin(), command.steps.end(),
                                     [](const ir::Step& step) { return step.kind == ir::StepKind::kCreate || is_relative(step); });
    if (effect == command.steps.end()) continue;
    const auto& entity = system.entity(effect->entity).name;
    const bool money = std::any_of(effect->set.begin(), effect->set.end(), [](const ir::Assignment& set) { return names_money(set.name); });
    report.add(
        {.severity = money ? Severity::kError : Severity::kWarning,
         .span = command.span,
         .message = effect->kind == ir::StepKind::kCreate
                        ? fmt::format("A client that repeats `{}` after a lost answer creates a second `{}`.", command.name, entity)
                        : fmt::format("A client that repeats `{}` after a lost answer counts twice on `{}`.", command.name, entity),
         .fix = fmt::format("Add `idempotency: required` to `{}`: the key is stored with the effect and the first answer is repeated.", command.name),
         .edits = {edit_set(command.span, {}, "idempotency", "required")}});
  }
}

namespace {

bool is_bulky(ir::Scalar scalar) {
  return scalar == ir::Scalar::kText || scalar == ir::Scalar::kJson || scalar == ir::Scalar::kBytes || scalar == ir::Scalar::kList;
}

/// The most one value can take, in bytes; JSON is bounded by the request's body alone.
double worst_bytes(const ir::LogicalType& type) {
  if (type.scalar == ir::Scalar::kText) return 4.0 * ir::kDefaultTextLength;
  return static_cast<double>(Limits{}.body_bytes);
}

/// `max(…)` for the field; nothing for json, which has no greatest length.
std::vector<ModelEdit> bounds(const ir::Field& field) {
  switch (field.type.scalar) {
    case ir::Scalar::kText:
      return {edit_word(field.span, "max(2000)")};
    case ir::Scalar::kList:
      return {edit_word(field.span, "max(50)")};
    case ir::Scalar::kBytes:
      return {edit_word(field.span, "max(200000)")};
    default:
      return {};
  }
}

void unbounded_columns(const ir::Entity& entity, Report& report) {
  const double per_day = entity.growth ? entity.growth->per_day : 0;
  if (per_day < 1'000 || entity.access.create == nullptr) return;
  for (const auto& field : entity.fields) {
    if (!is_client_set(field) || !is_bulky(field.type.scalar) || field.type.max_length != 0) continue;
    report.add({.severity = Severity::kWarning,
                .span = field.span,
                .message = fmt::format("Callers may fill the disk through `{}.{}`: at {} rows a day the type's own maximum allows {:.0f} MiB a day.",
                                       entity.name, field.name, amount_text(per_day), per_day * worst_bytes(field.type) / (1U << 20U)),
                .fix = field.type.scalar == ir::Scalar::kJson
                           ? "Give it the fields it really has; if it must stay json, add a check on its size."
                           : fmt::format("Write the greatest length people need, for example `{} max({})`.", ir::print_logical_type(field.type),
                                         field.type.scalar == ir::Scalar::kText   ? 2'000
                                         : field.type.scalar == ir::Scalar::kList ? 50
                                                                                  : 200'000),
                .edits = bounds(field)});
  }
}

void unbounded_numbers(const ir::System& system, const std::vector<ir::Member>& members, const std::string& owner, Report& report) {
  for (const auto& member : members) {
    const auto* type = member.type.scalar == ir::Scalar::kList && member.type.element != nullptr ? member.type.element.get() : &member.type;
    if (type->scalar == ir::Scalar::kRecord) {
      const auto& record = system.records[type->record.index()];
      unbounded_numbers(system, record.members, owner + "." + member.name, report);
      continue;
    }
    const bool number = type->scalar == ir::Scalar::kInt64 || type->scalar == ir::Scalar::kInt32 || type->scalar == ir::Scalar::kDecimal ||
                        type->scalar == ir::Scalar::kFloat;
    const bool counted = names_money(member.name) || has_word(member.name, "quantity qty count seats nights units");
    if (!number || !counted || member.min) continue;
    report.add({.severity = Severity::kError,
                .span = member.span,
                .message = fmt::format("`{}.{}` accepts negative numbers, so a caller can turn a charge into a refund or a purchase into stock.",
                                       owner, member.name),
                .fix = fmt::format("Add `min(…)` to `{}`: 1 for quantities, 0 for amounts.", member.name),
                .edits = {edit_word(member.span, names_money(member.name) ? "min(0)" : "min(1)")}});
  }
}

}  // namespace

void api_unbounded_field(const ir::System& system, Report& report) {
  const Callers callers(system);
  for (const auto& entity : system.entities) unbounded_columns(entity, report);
  for (const auto& command : system.commands) {
    if (callers.of(command.allow) > Audience::kEngine) unbounded_numbers(system, command.input, command.name, report);
  }
}

void api_no_version(const ir::System& system, Report& report) {
  const bool named =
      std::any_of(system.contracts.begin(), system.contracts.end(), [](const ir::Contract& contract) { return contract.span.known(); });
  const bool served = std::any_of(system.entities.begin(), system.entities.end(), is_reachable);
  if (named || !served) return;
  const auto first = std::find_if(system.entities.begin(), system.entities.end(), is_reachable);
  report.add({.severity = Severity::kNote,
              .span = first->span,
              .message = "The first change that renames or removes something breaks every client at once: no contract is named, so none can be kept "
                         "beside the next.",
              .fix = "Add `contracts: {v1: {current: true}}` before the first client exists.",
              .edits = {edit_set({}, {}, "contracts", "{v1: {current: true}}")}});
}

}  // namespace kingpost::review::rule
