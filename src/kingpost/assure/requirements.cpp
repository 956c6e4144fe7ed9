#include "kingpost/assure/requirements.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kingpost::assure {
namespace {

void add_once(std::vector<std::string>& out, std::string text) {
  if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(std::move(text));
}

bool names(const std::vector<std::string>& ids, const std::string& id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

class Tracer {
 public:
  Tracer(const ir::System& system, const PermissionMatrix& matrix) : system_(system), matrix_(matrix) {}

  RequirementTrace trace() const {
    RequirementTrace out;
    for (const ir::Requirement& requirement : system_.requirements) out.lines.push_back(line(requirement));
    for (const ir::Entity& entity : system_.entities) {
      const bool field = std::any_of(entity.fields.begin(), entity.fields.end(), [](const ir::Field& one) { return !one.requirements.empty(); });
      if (!entity.built_in && !field && entity.requirements.empty()) out.untraced.push_back(of(entity));
    }
    for (std::uint32_t at = 0; at < system_.commands.size(); ++at) {
      if (system_.commands[at].requirements.empty()) out.untraced.push_back(of(ir::CommandId{at}));
    }
    return out;
  }

 private:
  [[nodiscard]] static Element of(const ir::Entity& entity) { return {ElementKind::kEntity, entity.name, entity.id, {}, {}, entity.span}; }

  [[nodiscard]] static Element of(const ir::Entity& entity, ir::FieldId id) {
    return {ElementKind::kField, entity.name + "." + entity.field(id).name, entity.id, id, {}, entity.field(id).span};
  }

  [[nodiscard]] Element of(ir::CommandId id) const {
    const ir::Command& command = system_.commands[id.index()];
    return {ElementKind::kCommand, command.name, {}, {}, id, command.span};
  }

  RequirementLine line(const ir::Requirement& requirement) const {
    RequirementLine out;
    out.id = requirement.id;
    out.text = requirement.text;
    out.span = requirement.span;
    for (const ir::Entity& entity : system_.entities) {
      if (names(entity.requirements, out.id)) add(out, entity);
      for (std::uint32_t at = 0; at < entity.fields.size(); ++at) {
        if (names(entity.fields[at].requirements, out.id)) add(out, entity, ir::FieldId{at});
      }
    }
    for (std::uint32_t at = 0; at < system_.commands.size(); ++at) {
      if (names(system_.commands[at].requirements, out.id)) add(out, ir::CommandId{at});
    }
    for (const ir::ServedRequirements& one : system_.served) {
      if (!names(one.ids, out.id)) continue;
      out.elements.push_back({ElementKind::kOther, one.kind + " " + one.name, {}, {}, {}, one.span});
      // Of these only services are more than a design in this version.
      raise(out, one.kind == "service");
    }
    return out;
  }

  /// Whether this version leaves the element undone.
  [[nodiscard]] bool waits(const std::string& element) const {
    return std::any_of(system_.not_executed.begin(), system_.not_executed.end(), [&](const ir::NotExecuted& one) { return one.element == element; });
  }

  void raise(RequirementLine& out, bool runs) const { out.met = std::max(out.met, runs ? Met::kMet : Met::kDesigned); }

  void operations(RequirementLine& out, const ir::Entity& entity) const {
    for (std::size_t at = entity.id.index() * 4; at < entity.id.index() * 4 + 4; ++at) {
      const Permission& row = matrix_.rows[at];
      const bool reached =
          std::any_of(row.verdicts.begin(), row.verdicts.end(), [](surface::Verdict one) { return one != surface::Verdict::kNever; });
      if (!reached) continue;
      add_once(out.operations, row.name);
      add_once(out.checks, fmt::format("rule of {}: {}", row.name, row.policy));
    }
    for (const ir::SloTarget& target : system_.slo ? system_.slo->targets : std::vector<ir::SloTarget>{}) {
      if (target.operation.starts_with(entity.name + ".")) objective(out, target);
    }
  }

  static void objective(RequirementLine& out, const ir::SloTarget& target) {
    if (target.p50_ms > 0) add_once(out.objectives, fmt::format("{} p50 {:g} ms", target.operation, target.p50_ms));
    if (target.p99_ms > 0) add_once(out.objectives, fmt::format("{} p99 {:g} ms", target.operation, target.p99_ms));
  }

  void add(RequirementLine& out, const ir::Entity& entity) const {
    out.elements.push_back(of(entity));
    raise(out, true);
    operations(out, entity);
    for (const ir::Check& check : entity.checks) add_once(out.checks, fmt::format("check {} of {}", check.name, entity.name));
    for (const ir::Unique& unique : entity.uniques) add_once(out.checks, fmt::format("unique {}", unique.name));
    if (entity.states) add_once(out.checks, fmt::format("states of {}", entity.name));
  }

  void add(RequirementLine& out, const ir::Entity& entity, ir::FieldId id) const {
    const ir::Field& field = entity.field(id);
    const std::string name = entity.name + "." + field.name;
    out.elements.push_back(of(entity, id));
    raise(out, !waits(name));
    operations(out, entity);
    if (field.read_policy != nullptr) add_once(out.checks, fmt::format("read rule of {}: {}", name, rule_text(field.read_policy)));
    if (field.write_policy != nullptr) add_once(out.checks, fmt::format("write rule of {}: {}", name, rule_text(field.write_policy)));
    if (field.unique) add_once(out.checks, fmt::format("unique {}", name));
    if (field.encrypted) add_once(out.checks, fmt::format("encryption of {}{}", name, waits(name) ? " (not yet run)" : ""));
    if (field.sensitivity != ir::Sensitivity::kNone)
      add_once(out.checks, fmt::format("{} marked {}", name, field.sensitivity == ir::Sensitivity::kSecret ? "secret" : "personal"));
    for (const ir::Contract& contract : system_.contracts) {
      const ir::ViewEntity* view = contract.view_of(entity.id);
      if (view == nullptr || view->field_of(id) == nullptr) add_once(out.checks, fmt::format("contract {} hides {}", contract.name, name));
    }
  }

  void add(RequirementLine& out, ir::CommandId id) const {
    const ir::Command& command = system_.commands[id.index()];
    out.elements.push_back(of(id));
    raise(out, !waits(command.name));
    add_once(out.operations, command.name);
    add_once(out.checks, fmt::format("rule of {}: {}", command.name, command.allow == nullptr ? "no rule" : rule_text(command.allow)));
    if (command.idempotency_required) add_once(out.checks, fmt::format("{} demands an Idempotency-Key", command.name));
    for (const ir::Step& step : command.steps) {
      if (step.kind == ir::StepKind::kRequire) add_once(out.checks, fmt::format("{} requires {}", command.name, rule_text(step.target)));
      if (step.kind == ir::StepKind::kLock) add_once(out.checks, fmt::format("{} locks {}", command.name, rule_text(step.target)));
      if (step.otherwise) add_once(out.checks, fmt::format("{} answers {} otherwise", command.name, step.otherwise->code));
      if (!step.entity.valid() || step.kind == ir::StepKind::kDelete) continue;
      for (const ir::Assignment& one : step.set) {
        if (!one.field.valid()) continue;
        const ir::Field& field = system_.entity(step.entity).field(one.field);
        if (field.min)
          add_once(out.checks, fmt::format("{}.{} is at least {}", system_.entity(step.entity).name, field.name, print_decimal(*field.min)));
      }
    }
    for (const ir::SloTarget& target : system_.slo ? system_.slo->targets : std::vector<ir::SloTarget>{}) {
      if (target.operation == command.name) objective(out, target);
    }
  }

  const ir::System& system_;
  const PermissionMatrix& matrix_;
};

}  // namespace

std::string_view element_kind_name(ElementKind kind) noexcept {
  constexpr std::string_view kNames[] = {"entity", "field", "command", "other"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view met_name(Met met) noexcept {
  constexpr std::string_view kNames[] = {"unmet", "designed, not yet run", "met"};
  return kNames[static_cast<std::size_t>(met)];
}

RequirementTrace trace_requirements(const ir::System& system, const PermissionMatrix& matrix) { return Tracer(system, matrix).trace(); }

}  // namespace kingpost::assure
