#include "kingpost/assure/personal_data.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kingpost::assure {
namespace {

using surface::Verdict;

template <typename Match>
bool contains(const cel::ExprPtr& expr, const Match& match) {
  if (expr == nullptr) return false;
  return match(*expr) || std::any_of(expr->args.begin(), expr->args.end(), [&](const cel::ExprPtr& arg) { return contains(arg, match); });
}

bool reads_field(const cel::ExprPtr& expr, const std::string& entity, const std::string& field) {
  return contains(expr, [&](const cel::Expr& node) {
    return node.kind == cel::ExprKind::kSelect && node.name == field && node.args[0]->type.kind == cel::TypeKind::kRecord &&
           node.args[0]->type.name == entity;
  });
}

bool reads_member(const cel::ExprPtr& expr, const std::string& ident, const std::string& member) {
  return contains(expr, [&](const cel::Expr& node) {
    return node.kind == cel::ExprKind::kSelect && (member.empty() || node.name == member) && node.args[0]->kind == cel::ExprKind::kIdent &&
           node.args[0]->name == ident;
  });
}

void add_once(std::vector<std::string>& out, std::string text) {
  if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(std::move(text));
}

class FieldTracer {
 public:
  FieldTracer(const ir::System& system, const PermissionMatrix& matrix) : system_(system), matrix_(matrix) {}

  PersonalField trace(const ir::Entity& entity, ir::FieldId id) const {
    PersonalField out;
    out.entity = entity.id;
    out.field = id;
    readers(out, entity);
    for (const ir::Contract& contract : system_.contracts) {
      const ir::ViewEntity* view = contract.view_of(entity.id);
      if (view != nullptr && view->field_of(id) != nullptr) out.contracts.push_back(contract.name);
    }
    const std::vector<std::pair<ir::EventId, std::string>> members = event_members(entity, entity.field(id).name);
    for (const auto& [event, member] : members) add_once(out.events, system_.events[event.index()].name + "." + member);
    calls(out, entity, members);
    retention(out, entity);
    deletion(out, entity);
    return out;
  }

 private:
  void readers(PersonalField& out, const ir::Entity& entity) const {
    const Permission& read = matrix_.rows[entity.id.index() * 4];
    const cel::ExprPtr& rule = entity.field(out.field).read_policy;
    for (std::size_t at = 0; at < matrix_.callers.size(); ++at) {
      Verdict verdict = read.verdicts[at];
      if (rule != nullptr) verdict = std::min(verdict, surface::judge(rule, matrix_.callers[at].audience));
      if (verdict == Verdict::kNever) continue;
      out.readers.push_back(fmt::format("{}: {}", matrix_.callers[at].name, verdict_name(verdict)));
      if (verdict == Verdict::kAlways && at < 2) {
        out.open.push_back(fmt::format("Every {} caller reads it in every record.", at == 0 ? "anonymous" : "signed-in"));
      }
    }
  }

  [[nodiscard]] std::vector<std::pair<ir::EventId, std::string>> event_members(const ir::Entity& entity, const std::string& field) const {
    std::vector<std::pair<ir::EventId, std::string>> out;
    for (const ir::Command& command : system_.commands) {
      for (const ir::Step& step : command.steps) {
        if (step.kind != ir::StepKind::kEmit || !step.event.valid()) continue;
        for (const ir::Assignment& one : step.set) {
          if (reads_field(one.value, entity.name, field)) out.emplace_back(step.event, one.name);
        }
      }
    }
    return out;
  }

  using Members = std::vector<std::pair<ir::EventId, std::string>>;

  void call(PersonalField& out, const ir::Entity& entity, const ir::Step& step, const Members& members, ir::EventId event) const {
    if (step.http.empty()) return;
    for (const ir::Assignment& one : step.set) {
      bool sent = reads_field(one.value, entity.name, entity.field(out.field).name);
      for (const auto& [from, member] : members) sent = sent || (from == event && reads_member(one.value, "event", member));
      if (sent) add_once(out.sent, step.http + "." + one.name);
    }
  }

  void calls(PersonalField& out, const ir::Entity& entity, const Members& members) const {
    for (const ir::Command& command : system_.commands) {
      for (const ir::Step& step : command.steps) call(out, entity, step, members, {});
    }
    for (const ir::Saga& saga : system_.sagas) {
      for (const ir::Step& step : saga.steps) {
        call(out, entity, step, members, saga.starts_on);
        for (const ir::Assignment& one : step.set) {
          if (step.entity != entity.id || one.field != out.field) continue;
          for (const ir::Step& source : saga.steps) {
            if (!source.http.empty() && reads_member(one.value, source.id, {})) add_once(out.from, source.http);
          }
        }
      }
    }
    for (const ir::Consumer& one : system_.consumers) call(out, entity, one.step, members, one.on);
  }

  void retention(PersonalField& out, const ir::Entity& entity) const {
    if (entity.growth && entity.growth->keep_days > 0) {
      out.retention = fmt::format("kept {} days (growth.keep); removal is not yet run by this version", entity.growth->keep_days);
    } else if (entity.growth && entity.growth->keep_forever) {
      out.retention = "kept for ever (growth.keep)";
    } else {
      out.retention = "the model does not say";
      out.open.emplace_back("No time after which it is removed: say `keep` under `growth`.");
    }
    for (const ir::Schedule& one : system_.schedules) {
      if (one.step.kind == ir::StepKind::kDelete && one.step.entity == entity.id) {
        out.retention += fmt::format("; schedule {} deletes records, not yet run by this version", one.name);
      }
    }
  }

  void deletion(PersonalField& out, const ir::Entity& entity) const {
    if (entity.id == system_.user) {
      out.deletion = "with the user's own record";
      return;
    }
    for (const ir::RelationId id : entity.relations) {
      const ir::Relation& relation = system_.relation(id);
      if (relation.kind != ir::RelationKind::kToOne || relation.reverse || relation.to != system_.user) continue;
      switch (relation.on_delete) {
        case ir::OnDelete::kCascade:
          out.deletion = fmt::format("with its user (on_delete(cascade) of {})", relation.name);
          return;
        case ir::OnDelete::kSetNull:
        case ir::OnDelete::kSetDefault:
          out.deletion = fmt::format("stays when its user goes; only {} is cleared", relation.name);
          out.open.push_back(fmt::format("When `{}` goes the value stays: somebody has to erase it.", relation.name));
          return;
        default:
          out.deletion = fmt::format("keeps its user from being deleted (on_delete of {})", relation.name);
          out.open.push_back(
              fmt::format("Its user cannot be deleted while the record is there: a request for erasure needs a command that clears `{}`.",
                          entity.field(out.field).name));
          return;
      }
    }
    const bool removable = entity.access.remove != nullptr && !entity.access.engine_only;
    out.deletion = removable ? "by whoever may delete the record" : "nobody may delete the record";
    if (!removable) out.open.emplace_back("No rule lets anybody delete it.");
  }

  const ir::System& system_;
  const PermissionMatrix& matrix_;
};

}  // namespace

std::vector<PersonalField> personal_fields(const ir::System& system, const PermissionMatrix& matrix) {
  const FieldTracer tracer(system, matrix);
  std::vector<PersonalField> out;
  for (const ir::Entity& entity : system.entities) {
    for (std::uint32_t at = 0; at < entity.fields.size(); ++at) {
      if (entity.fields[at].sensitivity != ir::Sensitivity::kNone) out.push_back(tracer.trace(entity, ir::FieldId{at}));
    }
  }
  return out;
}

}  // namespace kingpost::assure
