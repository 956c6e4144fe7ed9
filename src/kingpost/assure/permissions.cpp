#include "kingpost/assure/permissions.hpp"

#include "kingpost/cel/cel.hpp"

namespace kingpost::assure {
namespace {

using surface::Verdict;

class MatrixBuilder {
 public:
  explicit MatrixBuilder(const ir::System& system) : system_(system) { out_.callers = callers_of(system); }

  PermissionMatrix build() {
    out_.rows.reserve(system_.entities.size() * 4 + system_.commands.size());
    for (const ir::Entity& entity : system_.entities) {
      add(entity, Action::kRead, entity.access.read);
      add(entity, Action::kCreate, entity.access.create);
      add(entity, Action::kUpdate, entity.access.update);
      add(entity, Action::kDelete, entity.access.remove);
      for (std::uint32_t at = 0; at < entity.fields.size(); ++at) {
        add_field(entity, ir::FieldId{at}, false, entity.fields[at].read_policy);
        add_field(entity, ir::FieldId{at}, true, entity.fields[at].write_policy);
      }
    }
    for (std::uint32_t at = 0; at < system_.commands.size(); ++at) add(ir::CommandId{at});
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::vector<Verdict> judge(const cel::ExprPtr& rule) const {
    std::vector<Verdict> out(out_.callers.size(), Verdict::kNever);
    if (rule == nullptr || cel::never_true(*rule)) return out;
    if (cel::is_true(*rule)) return std::vector<Verdict>(out_.callers.size(), Verdict::kAlways);
    for (std::size_t at = 0; at < out.size(); ++at) out[at] = surface::judge(rule, out_.callers[at].audience);
    return out;
  }

  void add(const ir::Entity& entity, Action action, const cel::ExprPtr& rule) {
    Permission one;
    one.name = entity.name + "." + std::string(action_name(action));
    one.action = action;
    one.entity = entity.id;
    const bool closed = entity.access.engine_only || (entity.view && action != Action::kRead);
    one.engine_only = entity.access.engine_only;
    one.rule = closed ? nullptr : rule;
    one.policy = entity.access.engine_only ? "access: none" : closed ? "a view" : rule == nullptr ? "no rule" : rule_text(rule);
    one.span = rule != nullptr && rule->span.known() ? rule->span : entity.span;
    one.verdicts = judge(one.rule);
    out_.rows.push_back(std::move(one));
  }

  void add(ir::CommandId id) {
    const ir::Command& command = system_.commands[id.index()];
    Permission one;
    one.name = command.name;
    one.action = Action::kRun;
    one.command = id;
    one.rule = command.allow;
    one.policy = command.allow == nullptr ? "no rule" : rule_text(command.allow);
    one.engine_only = one.policy == "system";
    one.span = command.allow != nullptr && command.allow->span.known() ? command.allow->span : command.span;
    one.verdicts = judge(one.rule);
    out_.rows.push_back(std::move(one));
  }

  void add_field(const ir::Entity& entity, ir::FieldId id, bool write, const cel::ExprPtr& rule) {
    if (rule == nullptr) return;
    const ir::Field& field = entity.field(id);
    out_.fields.push_back({entity.id, id, write, rule_text(rule), rule->span.known() ? rule->span : field.span, judge(rule)});
  }

  const ir::System& system_;
  PermissionMatrix out_;
};

}  // namespace

std::vector<Caller> callers_of(const ir::System& system) {
  std::vector<Caller> out;
  out.push_back({"anonymous", Caller::Kind::kAnonymous, {.whole = false, .anonymous = true, .roles = {}}});
  out.push_back({"signed in", Caller::Kind::kSignedIn, {.whole = false, .anonymous = false, .roles = {}}});
  for (const ir::Role& role : system.roles) {
    out.push_back({role.name, Caller::Kind::kRole, {.whole = false, .anonymous = false, .roles = role.implies}});
  }
  return out;
}

std::string_view action_name(Action action) noexcept {
  constexpr std::string_view kNames[] = {"read", "create", "update", "delete", "run"};
  return kNames[static_cast<std::size_t>(action)];
}

PermissionMatrix permission_matrix(const ir::System& system) { return MatrixBuilder(system).build(); }

std::string_view verdict_name(Verdict verdict) noexcept {
  return verdict == Verdict::kAlways ? "always" : verdict == Verdict::kDepends ? "depends" : "never";
}

std::string rule_text(const cel::ExprPtr& rule) { return rule == nullptr ? std::string() : cel::print_expr(*rule); }

}  // namespace kingpost::assure
