#include <fmt/format.h>

#include <algorithm>

#include "kingpost/base/limits.hpp"
#include "kingpost/cel/cel.hpp"
#include "kingpost/review/audience.hpp"
#include "kingpost/review/rules.hpp"

// The rules of the group "API contract" about what a client can rely on: lists, orders, errors, time.
namespace kingpost::review::rule {
namespace {

/// Rows of short writes by one statement that a modest disk makes durable a second, assumed.
constexpr double kRowsPerSecond = 20'000;

bool is_number(ir::Scalar scalar) { return scalar == ir::Scalar::kInt64 || scalar == ir::Scalar::kInt32 || scalar == ir::Scalar::kDecimal; }

/// The command that counts on a field relative to its stored value; null when none does.
const ir::Command* counter_of(const ir::System& system, const ir::Entity& entity, ir::FieldId field) {
  for (const auto& command : system.commands) {
    for (const auto& step : command.steps) {
      if (step.kind != ir::StepKind::kUpdate || step.entity != entity.id) continue;
      const bool counts = std::any_of(step.set.begin(), step.set.end(), [&](const ir::Assignment& set) {
        return set.field == field && set.value != nullptr && cel::mentions(*set.value, "row");
      });
      if (counts) return &command;
    }
  }
  return nullptr;
}

}  // namespace

void api_unbounded_list(const ir::System& system, Report& report) {
  const auto most = static_cast<double>(Limits{}.embed_rows);
  for (const auto& relation : system.relations) {
    if (relation.kind != ir::RelationKind::kToMany || !relation.named) continue;
    const auto& parent = system.entity(relation.from);
    const auto& child = system.entity(relation.to);
    const double parents = rows_after(parent, kDaysPerYear);
    const double each = parents > 0 ? rows_after(child, kDaysPerYear) / parents : 0;
    if (parent.access.read == nullptr || child.access.read == nullptr || each <= most) continue;
    report.add({.severity = Severity::kWarning,
                .span = relation.span,
                .message = fmt::format("An answer that embeds `{}` of one `{}` fails within a year: it holds about {} `{}` each, and an answer takes "
                                       "{} embedded rows.",
                                       relation.name, parent.name, amount_text(each), child.name, amount_text(most)),
                .fix = fmt::format("Remove `{}` from `has` and declare a query of `{}` by its `{}` that clients page through.", relation.name,
                                   child.name, parent.name),
                .evidence = "the limit `embed-rows`"});
  }
}

void api_unstable_sort(const ir::System& system, Report& report) {
  for (const auto& entity : system.entities) {
    if (!is_reachable(entity) || entity.access.read == nullptr) continue;
    for (const auto& query : entity.queries) {
      if (query.order.empty()) continue;
      const auto id = query.order.front().field;
      const auto& field = entity.field(id);
      const auto* command = counter_of(system, entity, id);
      const bool touched = field.generated == ir::Generated::kUpdatedAt && (entity.access.update != nullptr || entity.states);
      if (command == nullptr && !touched) continue;
      const double rate = command == nullptr ? 0 : peak_of(system, command->name);
      report.add({.severity = Severity::kWarning,
                  .span = query.span,
                  .message = fmt::format("A client that pages through `{}.{}` gets records twice and misses others: `{}` changes with {}{}, and a "
                                         "changed record moves to another page.",
                                         entity.name, query.name, field.name, command == nullptr ? "every write" : "`" + command->name + "`",
                                         rate > 0 ? fmt::format(", {} times a second at the peak", amount_text(rate)) : std::string()),
                  .fix = "Order by what never changes, such as `created_at`, and serve rankings from a projection."});
    }
  }
}

void api_no_etag(const ir::System& system, Report& report) {
  const Callers callers(system);
  for (const auto& entity : system.entities) {
    for (std::uint32_t at = 0; at < entity.fields.size(); ++at) {
      const auto& field = entity.fields[at];
      if (!is_number(field.type.scalar) || field.relation.valid()) continue;
      const auto* counts = counter_of(system, entity, ir::FieldId{at});
      if (counts == nullptr) continue;
      if (is_client_set(field) && callers.of(without_tenant(entity.access.update)) > Audience::kEngine) {
        report.add({.severity = Severity::kWarning,
                    .span = field.span,
                    .message = fmt::format("Whoever writes `{}.{}` by a plain update erases what `{}` counted since they read it, unless they send "
                                           "If-Match.",
                                           entity.name, field.name, counts->name),
                    .fix = fmt::format("Give `{}` a `write` rule and change it by a command that takes the difference.", field.name)});
      }
      for (const auto& command : system.commands) {
        for (const auto& step : command.steps) {
          if (step.kind != ir::StepKind::kUpdate || step.entity != entity.id) continue;
          const auto blind = std::find_if(step.set.begin(), step.set.end(), [&](const ir::Assignment& set) {
            return set.field == ir::FieldId{at} && set.value != nullptr && cel::mentions(*set.value, "input") && !cel::mentions(*set.value, "row");
          });
          if (blind == step.set.end()) continue;
          bool compared = false;
          walk(step.where, [&](const cel::Expr& node) { compared = compared || (node.kind == cel::ExprKind::kSelect && node.name == field.name); });
          if (compared) continue;
          report.add(
              {.severity = Severity::kError,
               .span = blind->span.known() ? blind->span : step.span,
               .message = fmt::format("`{}` erases what `{}` counted on `{}.{}` since the caller read it: it stores the caller's number whatever "
                                      "the record holds by then.",
                                      command.name, counts->name, entity.name, field.name),
               .fix = fmt::format("Take the difference and write `row.{} + input.…`, or compare the former value in `where`.", field.name)});
        }
      }
    }
  }
}

void api_error_undeclared(const ir::System& system, Report& report) {
  const Callers callers(system);
  for (const auto& command : system.commands) {
    if (callers.of(command.allow) <= Audience::kEngine) continue;
    for (const auto& step : command.steps) {
      if (step.otherwise) continue;
      const ir::Field* bounded = nullptr;
      if (is_relative(step)) {
        for (const auto& set : step.set) {
          const auto* field = set.field.valid() ? &system.entity(step.entity).field(set.field) : nullptr;
          if (field != nullptr && (field->min || field->max) && cel::mentions(*set.value, "row")) bounded = field;
        }
      }
      if (step.kind != ir::StepKind::kRequire && bounded == nullptr) continue;
      const auto code = bounded != nullptr ? bounded->name + "_exhausted" : command.name + "_refused";
      report.add({.severity = Severity::kNote,
                  .span = step.span.known() ? step.span : command.span,
                  .message = bounded != nullptr
                                 ? fmt::format("Clients of `{}` cannot tell people why it failed: when `{}` meets its bound they get a check's name.",
                                               command.name, bounded->name)
                                 : fmt::format("Clients of `{}` cannot tell this refusal from another: the step requires something and names no "
                                               "error.",
                                               command.name),
                  .fix = fmt::format("Add `else: {{code: {}, message: …}}` to the step.", code),
                  .edits = {edit_set(step.span, {}, "else",
                                     fmt::format("{{code: {}, message: {}}}", code,
                                                 bounded != nullptr ? "Not enough is left." : "This cannot be done as things are."))}});
    }
  }
}

namespace {

void closed_enums(const std::vector<ir::Member>& members, const std::string& owner, std::string_view who, Report& report) {
  for (const auto& member : members) {
    const auto* type = member.type.scalar == ir::Scalar::kList && member.type.element != nullptr ? member.type.element.get() : &member.type;
    if (type->scalar != ir::Scalar::kEnum) continue;
    report.add({.severity = Severity::kWarning,
                .span = member.span,
                .message = fmt::format("The day {} sends a new word as `{}`, every `{}` that carries it fails to be read.", who, member.name, owner),
                .fix = fmt::format("Write `{}: string(64)` and treat words you do not know as their own case.", member.name),
                .edits = {edit_type(member.span, type == &member.type ? "string(64)" : "list(string(64))")}});
  }
}

}  // namespace

void api_closed_enum(const ir::System& system, Report& report) {
  for (const auto& client : system.http_clients) {
    for (const auto& operation : client.operations)
      closed_enums(operation.returns, client.name + "." + operation.name, "`" + client.name + "`", report);
  }
  if (system.topology != ir::Topology::kServices) return;
  for (const auto& event : system.events) closed_enums(event.data, event.name, "the sending service", report);
}

namespace {

/// The entity's field in `row.f == …`; none for anything else.
ir::FieldId compared_field(const ir::Entity& entity, const cel::Expr& expr) {
  if (expr.kind != cel::ExprKind::kOperator || expr.op != cel::Op::kEqual) return {};
  for (const auto& side : expr.args) {
    if (side->kind == cel::ExprKind::kSelect && side->args[0]->kind == cel::ExprKind::kIdent && side->args[0]->name == "row") {
      if (const auto id = entity.find_field(side->name); id.valid()) return id;
    }
  }
  return {};
}

/// Rows that a step's `where` leaves, from the declared growth after three years; 0 when that cannot be said.
double rows_of(const ir::System& system, const ir::Entity& entity, const cel::ExprPtr& where) {
  const double all = rows_after(entity, 3 * kDaysPerYear);
  if (where == nullptr) return all;
  if (where->kind == cel::ExprKind::kOperator && where->op == cel::Op::kAnd)
    return std::min(rows_of(system, entity, where->args[0]), rows_of(system, entity, where->args[1]));
  const auto id = compared_field(entity, *where);
  if (!id.valid()) return all;
  const auto alone = [&](const std::vector<ir::FieldId>& fields) {
    return std::all_of(fields.begin(), fields.end(), [&](ir::FieldId part) { return part == id || part == entity.tenant_field; });
  };
  const bool one =
      alone(entity.key) || std::any_of(entity.uniques.begin(), entity.uniques.end(), [&](const auto& unique) { return alone(unique.fields); });
  if (one) return 1;
  const auto& field = entity.field(id);
  if (!field.relation.valid()) return field.type.scalar == ir::Scalar::kUuid ? 0 : all;
  const double parents = rows_after(system.entity(system.relation(field.relation).to), 3 * kDaysPerYear);
  return parents > 0 ? all / parents : 0;
}

}  // namespace

void api_long_sync(const ir::System& system, Report& report) {
  const Callers callers(system);
  const double limit = static_cast<double>(Limits{}.request_timeout_ms) / 1e3;
  for (const auto& command : system.commands) {
    if (callers.of(command.allow) <= Audience::kEngine) continue;
    double objective = 0;
    if (system.slo) {
      for (const auto& target : system.slo->targets) {
        if (target.operation == command.name || (target.operation.empty() && objective <= 0)) objective = target.p99_ms / 1e3;
      }
    }
    for (const auto& step : command.steps) {
      const bool bulk = (step.kind == ir::StepKind::kUpdate || step.kind == ir::StepKind::kDelete) && step.each == nullptr && step.entity.valid();
      if (!bulk) continue;
      const auto& entity = system.entity(step.entity);
      const double rows = rows_of(system, entity, step.where);
      const double seconds = rows / kRowsPerSecond;
      if (seconds <= limit && !(objective > 0 && seconds > objective)) continue;
      report.add({.severity = seconds > limit ? Severity::kError : Severity::kWarning,
                  .span = step.span.known() ? step.span : command.span,
                  .message = seconds > limit
                                 ? fmt::format("`{}` never answers: the step writes {} rows of `{}` and needs about {:.0f} s, while a request ends "
                                               "after {:.0f} s.",
                                               command.name, amount_text(rows), entity.name, seconds, limit)
                                 : fmt::format("`{}` misses its objective of {:g} ms: the step writes {} rows of `{}` and needs about {:.1f} s.",
                                               command.name, objective * 1e3, amount_text(rows), entity.name, seconds),
                  .fix = "Record the wish, answer at once, and let a schedule do the work in batches; or narrow `where` by a reference.",
                  .evidence = fmt::format("{} rows a second are assumed, after three years of declared growth", amount_text(kRowsPerSecond))});
    }
  }
}

}  // namespace kingpost::review::rule
