#include "kingpost/compile/relations.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kingpost/compile/keys.hpp"
#include "kingpost/compile/stages.hpp"

namespace kingpost::compile {
namespace {

ir::OnDelete action_of(std::string_view word) {
  if (word == "restrict") return ir::OnDelete::kRestrict;
  if (word == "cascade") return ir::OnDelete::kCascade;
  if (word == "set_null") return ir::OnDelete::kSetNull;
  if (word == "set_default") return ir::OnDelete::kSetDefault;
  return ir::OnDelete::kNoAction;
}

/// Gives refs the type of the key they hold, following keys that are refs themselves.
class RefTypes {
 public:
  explicit RefTypes(Context& context) : context_(context) {}

  void resolve(ir::EntityId id, std::size_t index) {
    auto& source = context_.source(id).fields[index];
    const auto* ref = source.ref();
    if (ref == nullptr || done(id, index)) return;
    if (std::find(open_.begin(), open_.end(), std::pair(id, index)) != open_.end()) {
      report(context_, "key-cycle", source.name_span,
             fmt::format("The key of `{}` leads back to itself through `{}`.", context_.entity(id).name, source.name),
             "Give one of the entities a key of its own.");
      done_.emplace_back(id, index);
      return;
    }
    const auto target = source.derived ? context_.system.find_entity(ref->name) : require_entity(context_, {ref->name, ref->span, ref->quoted});
    if (target.valid()) {
      open_.emplace_back(id, index);
      apply(id, index, target);
      open_.pop_back();
    }
    done_.emplace_back(id, index);
  }

 private:
  [[nodiscard]] bool done(ir::EntityId id, std::size_t index) const {
    return std::find(done_.begin(), done_.end(), std::pair(id, index)) != done_.end();
  }

  void apply(ir::EntityId id, std::size_t index, ir::EntityId target) {
    const auto key = single_key(context_.entity(target));
    const auto& source = context_.source(id).fields[index];
    if (!key.valid()) {
      if (context_.entity(target).key.empty()) return;  // reported with the key
      report(context_, "ref-composite-key", source.ref()->span,
             fmt::format("`{}` has a key of several fields, so one column cannot refer to it.", context_.entity(target).name),
             "Give it the default key `id` and declare the fields unique together.");
      return;
    }
    resolve(target, key.index());
    const auto& held = context_.entity(target).field(key);
    auto& field = context_.entity(id).fields[index];
    field.type = held.type;
    if (source.find("storage") == nullptr) {
      const auto declared = field.storage.declared;
      field.storage = held.storage;
      if (source.find("sql_type") != nullptr) field.storage.declared = declared;
    }
  }

  Context& context_;
  std::vector<std::pair<ir::EntityId, std::size_t>> open_;
  std::vector<std::pair<ir::EntityId, std::size_t>> done_;
};

void check_actions(Context& context, const FieldSource& source, const ir::Field& field, const ir::Relation& relation) {
  const auto* modifier = source.find("on_delete");
  if (modifier == nullptr) return;
  const auto place = modifier->values.empty() ? modifier->span : modifier->values[0].span;
  if (relation.on_delete == ir::OnDelete::kSetNull && !field.nullable) {
    report(context, "set-null-required", place, fmt::format("`{}` is required, so it cannot be set to null when its record is deleted.", field.name),
           "Make it optional, or choose restrict or cascade.");
  } else if (relation.on_delete == ir::OnDelete::kSetNull && relation.from_fields.size() > 1) {
    report(context, "tenant-set-null", place,
           fmt::format("The foreign key of `{}` holds the tenant's key too, which SQLite would set to null with it.", field.name),
           "Choose restrict or cascade.");
  } else if (relation.on_delete == ir::OnDelete::kSetDefault && source.find("default") == nullptr) {
    report(context, "set-null-required", place, fmt::format("`{}` has no default to be set to.", field.name),
           "Choose restrict, cascade or set_null.");
  }
}

/// A reference inside a tenant carries the tenant's key, so that no row can refer across tenants.
void scope_to_tenant(Context& context, ir::Relation& relation, const FieldSource& source) {
  auto& from = context.entity(relation.from);
  auto& to = context.entity(relation.to);
  if (!to.tenanted || !to.tenant_field.valid()) return;
  if (!from.tenanted) {
    report(context, "tenancy-crosses", source.name_span,
           fmt::format("`{}` is not part of a tenant, so it cannot refer to `{}`, which is.", from.name, to.name),
           fmt::format("Remove `tenancy: none` from `{}`, or add it to `{}`.", from.name, to.name));
    return;
  }
  relation.from_fields.insert(relation.from_fields.begin(), from.tenant_field);
  relation.to_fields.insert(relation.to_fields.begin(), to.tenant_field);
  add_unique(to, relation.to_fields, {}, source.name_span);
}

void link_ref(Context& context, ir::EntityId id, std::size_t index) {
  const auto& source = context.source(id).fields[index];
  const auto* ref = source.ref();
  if (ref == nullptr) return;
  const auto target = context.system.find_entity(ref->name);
  if (!target.valid()) return;
  const auto key = single_key(context.entity(target));
  if (!key.valid()) return;
  const auto& field = context.entity(id).fields[index];
  ir::Relation relation;
  relation.name = field.name;
  relation.from = id;
  relation.to = target;
  relation.from_fields = {ir::FieldId{static_cast<std::uint32_t>(index)}};
  relation.to_fields = {key};
  relation.nullable = field.nullable;
  relation.named = true;
  relation.span = field.span;
  relation.constraint = bounded_name(fmt::format("{}_{}_fkey", context.entity(id).table, field.column));
  if (source.derived) relation.on_delete = ir::OnDelete::kRestrict;
  for (const std::string_view name : {"on_delete", "on_update"}) {
    const auto* modifier = source.find(name);
    if (modifier == nullptr || modifier->values.empty()) continue;
    (name == "on_delete" ? relation.on_delete : relation.on_update) = action_of(modifier->values[0].text);
  }
  if (!source.derived) scope_to_tenant(context, relation, source);
  check_actions(context, source, field, relation);
  const auto relation_id = add_relation(context.system, std::move(relation));
  context.entity(id).fields[index].relation = relation_id;
}

std::vector<ir::FieldId> fields_at(Context& context, const ir::Entity& entity, const model::Node& map, std::string_view key) {
  std::vector<ir::FieldId> fields;
  for (const auto& item : items_of(map.find(key))) {
    const auto id = require_field(context, entity, text_of(item));
    if (!id.valid()) return {};
    fields.push_back(id);
  }
  return fields;
}

/// A foreign key of an imported database that no ref says.
void link_foreign_key(Context& context, ir::EntityId id, const model::Member& member) {
  if (!member.value.is_map() || member.value.find("to") == nullptr) return;
  ir::Relation relation;
  relation.name = member.key;
  relation.from = id;
  relation.to = require_entity(context, text_of(*member.value.find("to")));
  relation.span = member.key_span;
  if (!relation.to.valid()) return;
  auto& from = context.entity(id);
  const auto& to = context.entity(relation.to);
  relation.from_fields = fields_at(context, from, member.value, "fields");
  relation.to_fields = member.value.find("target") != nullptr ? fields_at(context, to, member.value, "target") : to.key;
  if (relation.from_fields.empty() || relation.from_fields.size() != relation.to_fields.size()) {
    report(context, "relation-target", member.key_span,
           fmt::format("The foreign key `{}` needs as many fields as its target has, {}.", member.key, relation.to_fields.size()),
           "List the fields in the order of the target's.");
    return;
  }
  if (name_taken(context.system, from, member.key)) {
    report(context, "relation-name-clash", member.key_span, fmt::format("`{}` already has something named `{}`.", from.name, member.key),
           "Choose another name for the relation.");
    return;
  }
  relation.nullable =
      std::any_of(relation.from_fields.begin(), relation.from_fields.end(), [&](ir::FieldId one) { return from.field(one).nullable; });
  relation.named = true;
  relation.on_delete = action_of(text_at(member.value, "on_delete"));
  relation.on_update = action_of(text_at(member.value, "on_update"));
  relation.constraint = text_at(member.value, "name");
  if (relation.constraint.empty())
    relation.constraint = bounded_name(fmt::format("{}_{}_fkey", from.table, joined_columns(from, relation.from_fields)));
  add_relation(context.system, std::move(relation));
}

}  // namespace

ir::FieldId single_key(const ir::Entity& entity) {
  ir::FieldId only;
  for (const auto id : entity.key) {
    if (id == entity.tenant_field && entity.key.size() > 1) continue;
    if (only.valid()) return {};
    only = id;
  }
  return only;
}

bool name_taken(const ir::System& system, const ir::Entity& entity, std::string_view name) {
  if (entity.find_field(name).valid() || entity.find_column(name).valid()) return true;
  return std::any_of(entity.relations.begin(), entity.relations.end(), [&](ir::RelationId id) { return system.relation(id).name == name; });
}

std::vector<ir::RelationId> foreign_keys(const ir::System& system, const ir::Entity& holder, ir::EntityId target) {
  std::vector<ir::RelationId> found;
  for (const auto id : holder.relations) {
    const auto& relation = system.relation(id);
    const bool forward = relation.kind == ir::RelationKind::kToOne && !relation.reverse;
    if (forward && relation.to == target && relation.from_fields.back() != holder.tenant_field) found.push_back(id);
  }
  return found;
}

ir::RelationId add_relation(ir::System& system, ir::Relation relation) {
  const ir::RelationId id{static_cast<std::uint32_t>(system.relations.size())};
  system.entities[relation.from.index()].relations.push_back(id);
  system.relations.push_back(std::move(relation));
  return id;
}

void link_refs(Context& context) {
  RefTypes types(context);
  for (std::size_t i = 0; i < context.entities.size(); ++i) {
    for (std::size_t k = 0; k < context.entities[i].fields.size(); ++k) types.resolve(ir::EntityId{static_cast<std::uint32_t>(i)}, k);
  }
  for (std::size_t i = 0; i < context.entities.size(); ++i) {
    for (std::size_t k = 0; k < context.entities[i].fields.size(); ++k) link_ref(context, ir::EntityId{static_cast<std::uint32_t>(i)}, k);
  }
}

void link_foreign_keys(Context& context) {
  for (std::size_t i = 0; i < context.entities.size(); ++i) {
    const auto* node = context.entities[i].node;
    if (node == nullptr || !node->is_map()) continue;
    for (const auto& member : members_of(node->find("foreign_keys"))) link_foreign_key(context, ir::EntityId{static_cast<std::uint32_t>(i)}, member);
  }
}

void compile_relations(Context& context) {
  link_refs(context);
  link_foreign_keys(context);
  link_inverses(context);
  link_through(context);
}

}  // namespace kingpost::compile
