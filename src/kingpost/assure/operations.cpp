#include "kingpost/assure/operations.hpp"

#include <algorithm>

#include "kingpost/cel/cel.hpp"

namespace kingpost::assure {
namespace {

using surface::Verdict;

bool owned_within(const ir::System& system, const ir::Entity& entity, int hops) {
  return std::any_of(entity.relations.begin(), entity.relations.end(), [&](ir::RelationId id) {
    const ir::Relation& relation = system.relation(id);
    if (relation.kind != ir::RelationKind::kToOne || relation.reverse) return false;
    if (entity.tenanted && relation.from_fields.size() == 1 && relation.from_fields.front() == entity.tenant_field) return false;
    if (relation.to == system.user) return true;
    return hops > 0 && !relation.nullable && owned_within(system, system.entity(relation.to), hops - 1);
  });
}

bool is_client(const std::string& operation, const std::string& client) {
  return operation.size() > client.size() && operation.starts_with(client) && operation[client.size()] == '.';
}

constexpr std::string_view kRecords[] = {"row", "new", "old", "input"};

/// `row.tenant == auth.tenant`, as tenancy puts it in front of every rule.
bool asks_tenant(const cel::Expr& expr) {
  return expr.kind == cel::ExprKind::kOperator && expr.op == cel::Op::kEqual &&
         std::any_of(expr.args.begin(), expr.args.end(), [](const cel::ExprPtr& arg) {
           return arg->kind == cel::ExprKind::kSelect && arg->name == "tenant" && arg->args[0]->kind == cel::ExprKind::kIdent &&
                  arg->args[0]->name == "auth";
         });
}

/// The rule without that; null when nothing else is left.
cel::ExprPtr without_tenant(const cel::ExprPtr& rule) {
  if (asks_tenant(*rule)) return nullptr;
  const bool both = rule->kind == cel::ExprKind::kOperator && rule->op == cel::Op::kAnd && rule->args.size() == 2;
  return both && asks_tenant(*rule->args[0]) ? rule->args[1] : rule;
}

/// Follows what a command sets going.
class Reached {
 public:
  explicit Reached(const ir::System& system) : system_(system), commands_(system.commands.size()), events_(system.events.size()) {}

  void command(ir::CommandId id) {
    if (!id.valid() || commands_[id.index()]) return;
    commands_[id.index()] = true;
    for (const ir::Step& step : system_.commands[id.index()].steps) take(step);
  }

  std::set<std::size_t> clients;

 private:
  void call(const std::string& operation) {
    for (std::size_t at = 0; at < system_.http_clients.size(); ++at) {
      if (is_client(operation, system_.http_clients[at].name)) clients.insert(at);
    }
  }

  void take(const ir::Step& step) {
    if (!step.http.empty()) call(step.http);
    call(step.undo);
    command(step.command);
    if (step.kind == ir::StepKind::kEmit) event(step.event);
  }

  void event(ir::EventId id) {
    if (!id.valid() || events_[id.index()]) return;
    events_[id.index()] = true;
    for (const ir::Saga& saga : system_.sagas) {
      if (saga.starts_on != id) continue;
      for (const ir::Step& step : saga.steps) take(step);
      if (saga.on_failed) take(*saga.on_failed);
    }
    for (const ir::Consumer& one : system_.consumers) {
      if (one.on == id) take(one.step);
    }
  }

  const ir::System& system_;
  std::vector<bool> commands_;
  std::vector<bool> events_;
};

class OperationFinder {
 public:
  OperationFinder(const ir::System& system, const PermissionMatrix& matrix)
      : system_(system), matrix_(matrix), staff_(staff_roles(system, matrix)), owned_(system.entities.size()) {
    for (const ir::Entity& entity : system.entities) owned_[entity.id.index()] = is_owned(system, entity);
  }

  Operation find(const Permission& permission) const {
    Operation out;
    out.permission = &permission;
    for (std::size_t at = 0; at < matrix_.callers.size(); ++at) caller(out, permission, at);
    if (permission.command.valid()) {
      const ir::Command& command = system_.commands[permission.command.index()];
      out.clients = clients_of(system_, permission.command);
      for (const ir::Member& member : command.input) {
        out.owned = out.owned || (member.entity.valid() && (member.entity == system_.user || owned_[member.entity.index()]));
        if (member.entity.valid()) sensitive(out, system_.entity(member.entity));
      }
    } else {
      out.owned = owned_[permission.entity.index()];
      if (permission.action != Action::kDelete) sensitive(out, system_.entity(permission.entity));
    }
    return out;
  }

 private:
  void caller(Operation& out, const Permission& permission, std::size_t at) const {
    const Verdict verdict = permission.verdicts[at];
    if (verdict == Verdict::kNever) return;
    const Caller& who = matrix_.callers[at];
    const Reach reach = who.kind == Caller::Kind::kAnonymous  ? Reach::kAnonymous
                        : who.kind == Caller::Kind::kSignedIn ? Reach::kSignedIn
                                                              : Reach::kRole;
    out.reach = std::max(out.reach, reach);
    if (!reaches_all(permission, who)) return;
    (staff_.contains(who.name) ? out.staff : out.everything).push_back(who.name);
  }

  /// Every record, or every one of the caller's tenant: nothing else is asked of the record.
  [[nodiscard]] bool reaches_all(const Permission& permission, const Caller& who) const {
    const cel::ExprPtr rule = without_tenant(permission.rule);
    if (rule == nullptr) return true;
    const Verdict verdict = surface::judge(rule, who.audience);
    if (verdict != Verdict::kDepends) return verdict == Verdict::kAlways;
    return std::none_of(std::begin(kRecords), std::end(kRecords), [&](std::string_view name) { return cel::mentions(*rule, name); });
  }

  void sensitive(Operation& out, const ir::Entity& entity) const {
    for (const ir::Field& field : entity.fields) {
      if (field.sensitivity != ir::Sensitivity::kNone) out.personal.push_back(entity.name + "." + field.name);
    }
  }

  const ir::System& system_;
  const PermissionMatrix& matrix_;
  std::set<std::string> staff_;
  std::vector<bool> owned_;
};

}  // namespace

std::string_view reach_name(Reach reach) noexcept {
  constexpr std::string_view kNames[] = {"the engine alone", "callers with a role", "every signed-in caller", "anonymous callers too"};
  return kNames[static_cast<std::size_t>(reach)];
}

bool names_caller(const cel::ExprPtr& rule) {
  if (rule == nullptr) return false;
  if (rule->kind == cel::ExprKind::kSelect && rule->name == "uid" && rule->args[0]->kind == cel::ExprKind::kIdent && rule->args[0]->name == "auth") {
    return true;
  }
  return std::any_of(rule->args.begin(), rule->args.end(), [](const cel::ExprPtr& arg) { return names_caller(arg); });
}

bool is_owned(const ir::System& system, const ir::Entity& entity) { return owned_within(system, entity, 1); }

std::set<std::string> staff_roles(const ir::System& system, const PermissionMatrix& matrix) {
  std::set<std::string> out;
  for (const Permission& row : matrix.rows) {
    if (!names_caller(row.rule) || row.verdicts[1] != Verdict::kDepends) continue;
    const cel::ExprPtr rule = without_tenant(row.rule);
    for (std::size_t at = 2; rule != nullptr && at < matrix.callers.size(); ++at) {
      if (surface::judge(rule, matrix.callers[at].audience) == Verdict::kAlways) out.insert(matrix.callers[at].name);
    }
  }
  for (const ir::Role& role : system.roles) {
    if (std::any_of(role.implies.begin(), role.implies.end(), [&](const std::string& one) { return out.contains(one); })) out.insert(role.name);
  }
  return out;
}

std::vector<ir::EventId> events_of(const ir::Command& command) {
  std::vector<ir::EventId> out;
  for (const ir::Step& step : command.steps) {
    if (step.kind == ir::StepKind::kEmit && step.event.valid() && std::find(out.begin(), out.end(), step.event) == out.end())
      out.push_back(step.event);
  }
  return out;
}

std::vector<std::size_t> clients_of(const ir::System& system, ir::CommandId command) {
  if (system.http_clients.empty()) return {};
  Reached reached(system);
  reached.command(command);
  return {reached.clients.begin(), reached.clients.end()};
}

std::vector<const ir::Step*> calls_of(const ir::System& system, const std::string& client) {
  std::vector<const ir::Step*> out;
  const auto take = [&](const ir::Step& step) {
    if (is_client(step.http, client)) out.push_back(&step);
  };
  for (const ir::Command& one : system.commands) std::for_each(one.steps.begin(), one.steps.end(), take);
  for (const ir::Saga& one : system.sagas) std::for_each(one.steps.begin(), one.steps.end(), take);
  for (const ir::Consumer& one : system.consumers) take(one.step);
  for (const ir::Schedule& one : system.schedules) take(one.step);
  return out;
}

std::vector<Operation> operations_of(const ir::System& system, const PermissionMatrix& matrix) {
  const OperationFinder finder(system, matrix);
  std::vector<Operation> out;
  out.reserve(matrix.rows.size());
  for (const Permission& row : matrix.rows) out.push_back(finder.find(row));
  return out;
}

}  // namespace kingpost::assure
