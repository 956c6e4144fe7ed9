#include <algorithm>

#include "kingpost/cel/cel.hpp"
#include "kingpost/surface/parts.hpp"
#include "kingpost/surface/surface.hpp"

namespace kingpost::surface {

namespace {

/// What an audience knows before a row: its roles, and whether it has a user at all.
cel::PartialActivation knowledge_of(const Audience& audience) {
  cel::PartialActivation known;
  known.lookup = [anonymous = audience.anonymous](const cel::Expr& expr) -> std::optional<Result<cel::Value>> {
    if (expr.kind == cel::ExprKind::kIdent && expr.name == "system") return cel::Value{false};
    const bool of_auth = expr.kind == cel::ExprKind::kSelect && expr.args[0]->kind == cel::ExprKind::kIdent && expr.args[0]->name == "auth";
    if (of_auth && anonymous) return Result<cel::Value>(fail(ErrorKind::kUnauthenticated, "42501", "the caller is anonymous"));
    return std::nullopt;
  };
  known.has_role = [&audience](const std::string& role) {
    return std::find(audience.roles.begin(), audience.roles.end(), role) != audience.roles.end();
  };
  return known;
}

/// A policy that no outside caller can pass: it needs the engine itself.
bool only_engine(const cel::ExprPtr& policy, const ir::System& system) {
  Audience all;
  all.whole = false;
  for (const ir::Role& role : system.roles) all.roles.push_back(role.name);
  return judge(policy, all) == Verdict::kNever;
}

bool allowed(const cel::ExprPtr& policy, const Audience& audience, const ir::System& system) {
  if (policy == nullptr) return false;
  return audience.whole ? !only_engine(policy, system) : judge(policy, audience) != Verdict::kNever;
}

bool field_allowed(const cel::ExprPtr& policy, const Audience& audience, const ir::System& system) {
  return policy == nullptr || allowed(policy, audience, system);
}

std::uint32_t max_length_of(const ir::LogicalType& type) {
  if (type.max_length != 0) return type.max_length;
  switch (type.scalar) {
    case ir::Scalar::kString:
    case ir::Scalar::kText:
      return ir::kDefaultTextLength;
    case ir::Scalar::kBytes:
      return ir::kDefaultBytesLength;
    case ir::Scalar::kList:
      return ir::kDefaultListItems;
    default:
      return 0;
  }
}

/// Describes one entity; holds what its parts share.
class EntityDescriber {
 public:
  EntityDescriber(const ir::System& system, const ir::Contract& contract, const Audience& audience, const ir::ViewEntity& view)
      : system_(system), contract_(contract), audience_(audience), view_(view), entity_(system.entity(view.entity)) {}

  [[nodiscard]] ApiEntity describe() const {
    ApiEntity out;
    out.name = view_.name;
    out.type_name = pascal_case(view_.name);
    out.summary = entity_.summary;
    out.entity = entity_.id;
    out.key_fields = entity_.key.size();
    if (entity_.service.valid()) out.service = system_.services[entity_.service.index()].name;
    const bool open = !entity_.access.engine_only;
    out.readable = open && allowed(entity_.access.read, audience_, system_);
    out.creatable = open && !entity_.view && allowed(entity_.access.create, audience_, system_);
    out.updatable = open && !entity_.view && allowed(entity_.access.update, audience_, system_);
    out.removable = open && !entity_.view && allowed(entity_.access.remove, audience_, system_);
    for (const ir::ViewField& field : view_.fields) add_field(out, field);
    if (out.readable) {
      for (const ir::ViewRelation& relation : view_.relations) add_relation(out, relation);
    }
    return out;
  }

 private:
  void add_field(ApiEntity& out, const ir::ViewField& view) const {
    const ir::Field& field = entity_.field(view.field);
    ApiField api;
    api.name = view.name;
    api.summary = field.summary;
    api.field = view.field;
    api.type = field.type;
    api.key = std::find(entity_.key.begin(), entity_.key.end(), view.field) != entity_.key.end();
    api.unique = field.unique;
    api.computed = !field.stored();
    api.generated = field.generated != ir::Generated::kNo || !field.default_sql.empty();
    api.has_default = field.default_value != nullptr;
    api.nullable = field.nullable;
    api.sensitivity = field.sensitivity;
    api.min = field.min;
    api.max = field.max;
    api.max_length = max_length_of(field.type);
    if (field.type.enumeration.valid()) api.values = system_.enums[field.type.enumeration.index()].values;
    if (field.relation.valid()) api.references = wire_name(system_.relation(field.relation).to);
    decide_access(out, field, view, api);
    if (api.readable || api.creatable || api.updatable) out.fields.push_back(std::move(api));
  }

  void decide_access(const ApiEntity& entity, const ir::Field& field, const ir::ViewField& view, ApiField& api) const {
    api.readable = entity.readable && field_allowed(field.read_policy, audience_, system_);
    api.conditional = field.read_policy != nullptr && (audience_.whole || judge(field.read_policy, audience_) == Verdict::kDepends);
    const bool stamped =
        field.generated == ir::Generated::kCreatedAt || field.generated == ir::Generated::kUpdatedAt || field.generated == ir::Generated::kVersion;
    const bool tenant = entity_.tenanted && view.field == entity_.tenant_field;
    const bool writable = view.writable && field.stored() && !stamped && !tenant && field_allowed(field.write_policy, audience_, system_);
    api.creatable = entity.creatable && writable;
    api.updatable = entity.updatable && writable;
    api.required = api.creatable && !field.nullable && !api.has_default && !api.generated;
  }

  void add_relation(ApiEntity& out, const ir::ViewRelation& view) const {
    const ir::Relation& relation = system_.relation(view.relation);
    const ir::Entity& target = system_.entity(relation.to);
    const std::string name = wire_name(relation.to);
    if (name.empty() || target.access.engine_only || !allowed(target.access.read, audience_, system_)) return;
    out.relations.push_back({view.name, {}, name, relation.kind != ir::RelationKind::kToOne, relation.nullable || relation.reverse, view.relation});
  }

  [[nodiscard]] std::string wire_name(ir::EntityId entity) const {
    const ir::ViewEntity* view = contract_.view_of(entity);
    return view == nullptr ? std::string() : view->name;
  }

  const ir::System& system_;
  const ir::Contract& contract_;
  const Audience& audience_;
  const ir::ViewEntity& view_;
  const ir::Entity& entity_;
};

}  // namespace

std::vector<ApiMember> describe_members(const std::vector<ir::Member>& members, const ir::Contract& contract) {
  std::vector<ApiMember> out;
  for (const ir::Member& member : members) {
    ApiMember api{member.name, {}, {}, member.type, member.nullable, member.min, member.max, {}};
    if (member.entity.valid()) {
      if (const ir::ViewEntity* view = contract.view_of(member.entity)) api.references = view->name;
    }
    out.push_back(std::move(api));
  }
  return out;
}

namespace {

void add_error(ApiCommand& command, const ir::Step& step) {
  if (!step.otherwise) return;
  for (const auto& [code, message] : command.errors) {
    if (code == step.otherwise->code) return;
  }
  command.errors.emplace_back(step.otherwise->code, step.otherwise->message);
}

void add_commands(const ir::System& system, const ir::Contract& contract, Api& api) {
  for (std::size_t at = 0; at < system.commands.size(); ++at) {
    const ir::Command& command = system.commands[at];
    if (command.allow == nullptr || !allowed(command.allow, api.audience, system)) continue;
    ApiCommand out;
    out.name = command.name;
    out.type_name = pascal_case(command.name);
    out.summary = command.summary;
    out.idempotent = command.idempotency_required;
    if (command.service.valid()) out.service = system.services[command.service.index()].name;
    for (const ir::Step& step : command.steps) add_error(out, step);
    out.input = describe_members(command.input, contract);
    out.command = ir::CommandId{static_cast<std::uint32_t>(at)};
    if (command.returns != nullptr && command.returns->type.kind == cel::TypeKind::kRecord) {
      const ir::EntityId entity = system.find_entity(command.returns->type.name);
      if (const ir::ViewEntity* view = entity.valid() ? contract.view_of(entity) : nullptr) out.returns = view->name;
    }
    api.commands.push_back(std::move(out));
  }
}

}  // namespace

Verdict judge(const cel::ExprPtr& policy, const Audience& audience) {
  if (policy == nullptr) return Verdict::kNever;
  const cel::ExprPtr folded = cel::fold_predicate(policy, knowledge_of(audience));
  if (cel::never_true(*folded)) return Verdict::kNever;
  return cel::is_true(*folded) ? Verdict::kAlways : Verdict::kDepends;
}

Api describe(const ir::System& system, const ir::Contract& contract, const Audience& audience) {
  Api api;
  api.system = system.name;
  api.summary = system.summary;
  api.contract = contract.name;
  api.current = contract.current;
  api.deprecated = contract.deprecated;
  api.sunset = contract.sunset;
  api.audience = audience;
  for (const ir::ViewEntity& view : contract.entities) {
    ApiEntity entity = EntityDescriber(system, contract, audience, view).describe();
    if (entity.readable || entity.creatable || entity.updatable || entity.removable) api.entities.push_back(std::move(entity));
  }
  add_commands(system, contract, api);
  if (audience.whole) {
    for (const ir::Event& event : system.events) {
      api.events.push_back({event.name, pascal_case(event.name), event.version, event.key, describe_members(event.data, contract)});
    }
  }
  add_types(system, contract, api);
  assign_names(api);
  return api;
}

const ApiField* ApiEntity::find(std::string_view field_name) const noexcept {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const ApiField& field) { return field.name == field_name; });
  return found == fields.end() ? nullptr : &*found;
}

const ApiEntity* Api::find(std::string_view entity_name) const noexcept {
  const auto found = std::find_if(entities.begin(), entities.end(), [&](const ApiEntity& entity) { return entity.name == entity_name; });
  return found == entities.end() ? nullptr : &*found;
}

}  // namespace kingpost::surface
