#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "kingpost/base/limits.hpp"
#include "kingpost/cel/cel.hpp"
#include "kingpost/review/audience.hpp"
#include "kingpost/review/rules.hpp"

// Who may do what: missing, too wide, or forgotten.
namespace kingpost::review::rule {
namespace {

using Operation = std::pair<const char*, cel::ExprPtr ir::Access::*>;
constexpr std::array<Operation, 4> kOperations{Operation{"read", &ir::Access::read}, Operation{"create", &ir::Access::create},
                                               Operation{"update", &ir::Access::update}, Operation{"delete", &ir::Access::remove}};

/// Whether records say whose they are: a reference to a person, or to a record that has one.
bool is_owned(const ir::System& system, const ir::Entity& entity, int hops) {
  return std::any_of(entity.relations.begin(), entity.relations.end(), [&](ir::RelationId id) {
    const auto& relation = system.relation(id);
    if (!is_foreign_key(relation) || is_tenant_link(system, relation)) return false;
    return relation.to == system.user || (hops > 0 && !relation.nullable && is_owned(system, system.entity(relation.to), hops - 1));
  });
}

Span place_of(const cel::ExprPtr& rule, const Span& fallback) { return rule != nullptr && rule->span.known() ? rule->span : fallback; }

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t at = 0; at < words.size(); ++at) text += (at == 0 ? "" : at + 1 == words.size() ? " and " : ", ") + words[at];
  return text;
}

void open_entities(const ir::System& system, const Callers& callers, Report& report) {
  for (const auto& entity : system.entities) {
    if (!is_reachable(entity) || !is_owned(system, entity, 1)) continue;
    std::vector<std::string> open;
    Span place = entity.span;
    for (const auto& [name, member] : kOperations) {
      const auto rule = without_tenant(entity.access.*member);
      if (callers.of(rule) != Audience::kMembers) continue;
      if (open.empty()) place = place_of(rule, entity.span);
      open.emplace_back(name);
    }
    if (open.empty()) continue;
    report.add({.severity = Severity::kError,
                .span = place,
                .message = fmt::format("Any signed-in caller of that role can {} anybody's `{}` by its id: the rule asks for a role, never for the "
                                       "person the record belongs to.",
                                       joined(open), entity.name),
                .fix = "Compare the record with the caller, for example `row.customer == auth.uid || has_role(\"staff\")`."});
  }
}

void open_commands(const ir::System& system, const Callers& callers, Report& report) {
  for (const auto& command : system.commands) {
    if (callers.of(command.allow) < Audience::kMembers) continue;
    const auto owned = std::find_if(command.input.begin(), command.input.end(), [&](const ir::Member& member) {
      return member.entity.valid() && (member.entity == system.user || is_owned(system, system.entity(member.entity), 1));
    });
    if (owned == command.input.end()) continue;
    const bool asked = std::any_of(command.steps.begin(), command.steps.end(), [](const ir::Step& step) {
      bool found = false;
      for (const auto* expr : {&step.target, &step.where}) walk(*expr, [&](const cel::Expr& node) { found = found || names_caller(node); });
      return found;
    });
    if (asked) continue;
    report.add({.severity = Severity::kError,
                .span = command.span,
                .message = fmt::format("Any signed-in caller of that role can run `{}` on somebody else's `{}`: `allow` asks for a role, never whose "
                                       "`{}` it is.",
                                       command.name, system.entity(owned->entity).name, owned->name),
                .fix = fmt::format("Compare the input with the caller in `allow`, for example `input.{}.customer == auth.uid`.", owned->name)});
  }
}

}  // namespace

void sec_no_policy(const ir::System& system, Report& report) {
  for (const auto& entity : system.entities) {
    if (entity.built_in || entity.access.declared) continue;
    report.add({.severity = Severity::kWarning,
                .span = entity.span,
                .message = fmt::format("Every call on `{}` is refused outside --dev: nobody decided who may read or write it.", entity.name),
                .fix = "Write `access:` with the rules, or `access: none` when only commands and sagas touch it.",
                .edits = {edit_set(entity.span, {}, "access", "none")}});
  }
}

void sec_bola(const ir::System& system, Report& report) {
  const Callers callers(system);
  open_entities(system, callers, report);
  open_commands(system, callers, report);
}

void sec_mass_assign(const ir::System& system, Report& report) {
  const Callers callers(system);
  for (const auto& entity : system.entities) {
    if (!is_reachable(entity)) continue;
    const auto create = callers.of(without_tenant(entity.access.create));
    const auto update = callers.of(without_tenant(entity.access.update));
    const bool creates = create > Audience::kPrivileged;
    const bool updates = update > Audience::kPrivileged;
    if (!creates && !updates) continue;
    for (const auto& field : entity.fields) {
      const bool power = is_one_of(field.name,
                                   "role roles is_admin admin permissions balance credit is_verified verified approved is_approved paid "
                                   "is_paid commission plan discount") ||
                         (names_money(field.name) && !is_one_of(field.name, "budget"));
      const bool status = is_one_of(field.name, "status state") && updates;
      if (!is_client_set(field) || !(power || status)) continue;
      bool tested = false;
      for (const auto* rule : {&entity.access.create, &entity.access.update}) {
        walk(*rule, [&](const cel::Expr& node) { tested = tested || (node.kind == cel::ExprKind::kSelect && node.name == field.name); });
      }
      if (tested) continue;
      // Without a value of its own nobody could create a record once the field is closed.
      const bool spare = !creates || field.nullable || field.default_value != nullptr;
      report.add({.severity = Severity::kError,
                  .span = field.span,
                  .message = fmt::format("A caller who may {} {} also chooses its `{}`: one more member in the body is all it takes.",
                                         updates ? "update" : "create", with_article(entity.name), field.name),
                  .fix = status ? "Declare `states:` so that it moves in commands alone, or give the field a `write` rule."
                                : fmt::format("Give `{}` a `write` rule (`write: none` when commands set it).", field.name),
                  .edits = spare ? std::vector<ModelEdit>{edit_word(field.span, "write(none)")} : std::vector<ModelEdit>()});
    }
  }
}

void sec_always_true(const ir::System& system, Report& report) {
  for (const auto& entity : system.entities) {
    if (!is_reachable(entity)) continue;
    std::vector<std::string> open;
    Span place = entity.span;
    for (const auto& [name, member] : kOperations) {
      const auto& rule = entity.access.*member;
      if (member == &ir::Access::read || rule == nullptr || !cel::is_true(*rule)) continue;
      if (open.empty()) place = place_of(rule, entity.span);
      open.emplace_back(name);
    }
    if (open.empty()) continue;
    const bool destroys = open.size() > 1 || open.front() != "create";
    report.add({.severity = destroys ? Severity::kError : Severity::kWarning,
                .span = place,
                .message = destroys ? fmt::format("Anybody on the network can {} any `{}` without signing in.", joined(open), entity.name)
                                    : fmt::format("Anybody on the network can fill `{}` without signing in, {} bytes a request.", entity.name,
                                                  Limits{}.body_bytes),
                .fix = "Name who may: an owner, a role, or `access: none` with a command in front."});
  }
}

}  // namespace kingpost::review::rule
