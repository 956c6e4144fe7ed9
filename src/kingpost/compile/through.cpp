#include <fmt/format.h>

#include <algorithm>

#include "kingpost/compile/relations.hpp"
#include "kingpost/compile/stages.hpp"

namespace kingpost::compile {
namespace {

/// The two foreign keys of a junction: `near` leads to the relation's owner, `far` to its target.
struct Junction {
  ir::RelationId near;
  ir::RelationId far;
};

ir::RelationId add_through(Context& context, const Junction& junction, std::string name, Span span) {
  const auto near = context.system.relation(junction.near);
  const auto far = context.system.relation(junction.far);
  ir::Relation relation;
  relation.name = std::move(name);
  relation.kind = ir::RelationKind::kManyToMany;
  relation.from = near.to;
  relation.to = far.to;
  relation.from_fields = near.to_fields;
  relation.to_fields = far.to_fields;
  relation.through = near.from;
  relation.through_from = near.from_fields;
  relation.through_to = far.from_fields;
  relation.named = span.known();
  relation.constraint = context.entity(near.from).table;
  relation.span = span.known() ? span : near.span;
  return add_relation(context.system, std::move(relation));
}

std::optional<ir::RelationId> only_key(Context& context, ir::EntityId through, ir::EntityId target, Span span) {
  const auto& junction = context.entity(through);
  const auto keys = foreign_keys(context.system, junction, target);
  if (keys.size() == 1) return keys.front();
  const auto& name = context.entity(target).name;
  if (keys.empty()) {
    report(context, "relation-target", span, fmt::format("`{}` does not refer to `{}`.", junction.name, name),
           fmt::format("Add a field `{}: ref({})` to it.", name, name));
  } else {
    report(
        context, "ambiguous-inverse", span, fmt::format("`{}` refers to `{}` more than once.", junction.name, name),
        fmt::format("Relate to `{}` itself, for example `many({}.{})`.", junction.name, junction.name, context.system.relation(keys.front()).name));
  }
  return std::nullopt;
}

void link_named(Context& context, ir::EntityId owner, const model::Member& member) {
  Diagnostics repeated;  // the grammar has reported the words' faults
  const auto words = model::parse_words(member.value.text, member.value.span, repeated);
  if (words.size() < 2 || words[0].args.size() != 1 || words[1].name != "through" || words[1].args.size() != 1) return;
  if (words[0].name == "one") {
    report(context, "relation-kind", words[0].span, "A relation through an entity leads to many records.", "Write `many(…) through(…)`.");
    return;
  }
  const auto& target_word = words[0].args[0];
  const auto& through_word = words[1].args[0];
  const auto target = require_entity(context, {target_word.name, target_word.span, target_word.quoted});
  const auto through = require_entity(context, {through_word.name, through_word.span, through_word.quoted});
  if (!target.valid() || !through.valid()) return;
  const auto near = only_key(context, through, owner, through_word.span);
  const auto far = target == owner ? near : only_key(context, through, target, through_word.span);
  if (!near || !far) return;
  if (*near == *far) {
    report(context, "relation-target", through_word.span,
           fmt::format("`{}` refers to `{}` only once.", through_word.name, context.entity(owner).name),
           "A relation of an entity with itself needs two references.");
    return;
  }
  if (name_taken(context.system, context.entity(owner), member.key)) {
    report(context, "relation-name-clash", member.key_span,
           fmt::format("`{}` already has something named `{}`.", context.entity(owner).name, member.key), "Choose another name for the relation.");
    return;
  }
  add_through(context, {*near, *far}, member.key, member.key_span);
}

ir::RelationId find_through(const ir::System& system, const Junction& junction) {
  const auto& near = system.relation(junction.near);
  const auto& far = system.relation(junction.far);
  for (const auto id : system.entity(near.to).relations) {
    const auto& relation = system.relation(id);
    if (relation.kind == ir::RelationKind::kManyToMany && relation.through == near.from && relation.through_from == near.from_fields &&
        relation.through_to == far.from_fields) {
      return id;
    }
  }
  return {};
}

/// The two references a junction's key is made of, the tenant's aside; none when the entity is no junction.
std::optional<Junction> junction_of(const ir::Entity& entity) {
  std::vector<ir::RelationId> refs;
  for (const auto field : entity.key) {
    if (field == entity.tenant_field) continue;
    if (!entity.field(field).relation.valid()) return std::nullopt;
    refs.push_back(entity.field(field).relation);
  }
  if (refs.size() != 2) return std::nullopt;
  return Junction{refs[0], refs[1]};
}

ir::RelationId derive_through(Context& context, const Junction& junction) {
  if (const auto known = find_through(context.system, junction); known.valid()) return known;
  const auto& near = context.system.relation(junction.near);
  const auto& far = context.system.relation(junction.far);
  const auto& owner = context.entity(near.to);
  std::vector<std::string> names;
  if (near.to != far.to) names.push_back(context.entity(far.to).name);
  names.push_back(fmt::format("{}_by_{}", far.name, context.entity(near.from).name));
  for (auto& name : names) {
    if (!name_taken(context.system, owner, name)) return add_through(context, junction, std::move(name), {});
  }
  return {};  // the records stay reachable through the junction itself
}

}  // namespace

void link_through(Context& context) {
  for (std::size_t i = 0; i < context.entities.size(); ++i) {
    const auto* node = context.entities[i].node;
    if (node == nullptr || !node->is_map()) continue;
    for (const auto& member : members_of(node->find("has"))) {
      if (member.value.is_scalar()) link_named(context, ir::EntityId{static_cast<std::uint32_t>(i)}, member);
    }
  }
  for (const auto& entity : context.system.entities) {
    const auto junction = junction_of(entity);
    if (!junction) continue;
    const auto there = derive_through(context, *junction);
    const auto back = derive_through(context, {junction->far, junction->near});
    if (!there.valid() || !back.valid()) continue;
    context.system.relations[there.index()].inverse = back;
    context.system.relations[back.index()].inverse = there;
  }
}

}  // namespace kingpost::compile
