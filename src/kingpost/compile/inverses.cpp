#include <fmt/format.h>

#include <algorithm>

#include "kingpost/compile/relations.hpp"
#include "kingpost/compile/stages.hpp"

namespace kingpost::compile {
namespace {

/// `many(cart_item.cart)` taken apart.
struct HasSource {
  bool many = true;
  Text entity;
  Text ref;  ///< empty when not written
  const model::Word* through = nullptr;
};

Text part_of(const model::Word& word, std::size_t begin, std::size_t end) {
  Text text{word.name.substr(begin, end - begin), word.span, word.quoted};
  if (word.span.line == word.span.end_line && word.span.end_column - word.span.column == word.name.size()) {
    text.span.end_column = text.span.column + static_cast<std::uint32_t>(end);
    text.span.column += static_cast<std::uint32_t>(begin);
  }
  return text;
}

std::optional<HasSource> read_has(const std::vector<model::Word>& words) {
  if (words.empty() || words[0].args.size() != 1 || (words[0].name != "many" && words[0].name != "one")) return std::nullopt;
  HasSource source;
  source.many = words[0].name == "many";
  const auto& argument = words[0].args[0];
  const auto dot = argument.name.find('.');
  source.entity = part_of(argument, 0, std::min(dot, argument.name.size()));
  if (dot != std::string::npos) source.ref = part_of(argument, dot + 1, argument.name.size());
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i].name == "through" && words[i].args.size() == 1) source.through = &words[i].args[0];
  }
  return source;
}

bool is_unique(const ir::Entity& entity, std::vector<ir::FieldId> fields) {
  const auto same = [&](std::vector<ir::FieldId> other) {
    std::sort(other.begin(), other.end());
    return other == fields;
  };
  std::sort(fields.begin(), fields.end());
  return same(entity.key) || std::any_of(entity.uniques.begin(), entity.uniques.end(), [&](const ir::Unique& unique) { return same(unique.fields); });
}

ir::RelationId add_inverse(Context& context, ir::RelationId forward_id, std::string name, bool named, Span span) {
  const auto forward = context.system.relation(forward_id);
  ir::Relation inverse;
  inverse.name = std::move(name);
  inverse.from = forward.to;
  inverse.to = forward.from;
  inverse.from_fields = forward.to_fields;
  inverse.to_fields = forward.from_fields;
  inverse.reverse = is_unique(context.entity(forward.from), forward.from_fields);
  inverse.kind = inverse.reverse ? ir::RelationKind::kToOne : ir::RelationKind::kToMany;
  inverse.nullable = inverse.reverse;
  inverse.named = named;
  inverse.inverse = forward_id;
  inverse.constraint = forward.constraint;
  inverse.span = span;
  const auto id = add_relation(context.system, std::move(inverse));
  context.system.relations[forward_id.index()].inverse = id;
  return id;
}

/// The foreign key that a `has` entry means, or none (reported).
ir::RelationId find_foreign_key(Context& context, const HasSource& has, ir::EntityId target) {
  const auto holder_id = require_entity(context, has.entity);
  if (!holder_id.valid()) return {};
  const auto& holder = context.entity(holder_id);
  const auto& target_name = context.entity(target).name;
  const auto keys = foreign_keys(context.system, holder, target);
  std::vector<std::string> names;
  names.reserve(keys.size());
  for (const auto id : keys) names.push_back(context.system.relation(id).name);
  if (!has.ref.text.empty()) {
    for (const auto id : keys) {
      if (context.system.relation(id).name == has.ref.text) return id;
    }
    report_unknown(context, "relation-target", has.ref, fmt::format("`{}.{}` is no reference to `{}`.", holder.name, has.ref.text, target_name),
                   names);
    return {};
  }
  if (keys.size() == 1) return keys.front();
  if (keys.empty()) {
    report(context, "relation-target", has.entity.span, fmt::format("`{}` does not refer to `{}`.", holder.name, target_name),
           fmt::format("Add a field `{}: ref({})` to `{}`.", target_name, target_name, holder.name));
  } else {
    report(context, "ambiguous-inverse", has.entity.span,
           fmt::format("`{}` refers to `{}` by {}.", holder.name, target_name, fmt::join(names, " and ")),
           fmt::format("Say which: `many({}.{})`.", holder.name, names.front()));
  }
  return {};
}

void link_has(Context& context, ir::EntityId owner, const model::Member& member) {
  Diagnostics repeated;  // the grammar has reported the words' faults
  const auto words = model::parse_words(member.value.text, member.value.span, repeated);
  const auto has = read_has(words);
  if (!has || has->through != nullptr) return;
  const auto forward_id = find_foreign_key(context, *has, owner);
  if (!forward_id.valid()) return;
  const auto& forward = context.system.relation(forward_id);
  if (forward.inverse.valid()) {
    report(context, "inverse-twice", member.value.span,
           fmt::format("`{}.{}` already has the inverse `{}`.", has->entity.text, forward.name, context.system.relation(forward.inverse).name),
           "Remove one of the two.");
    return;
  }
  if (name_taken(context.system, context.entity(owner), member.key)) {
    report(context, "relation-name-clash", member.key_span,
           fmt::format("`{}` already has something named `{}`.", context.entity(owner).name, member.key), "Choose another name for the relation.");
    return;
  }
  const bool unique = is_unique(context.entity(forward.from), forward.from_fields);
  if (has->many && unique) {
    report(context, "relation-kind", member.value.span,
           fmt::format("`{}.{}` is unique, so there is one record at most.", has->entity.text, forward.name),
           fmt::format("Write `one({}.{})`.", has->entity.text, forward.name));
  } else if (!has->many && !unique) {
    report(context, "relation-kind", member.value.span,
           fmt::format("`{}.{}` is not unique, so there can be many records.", has->entity.text, forward.name),
           fmt::format("Write `many({}.{})`, or make the reference unique.", has->entity.text, forward.name));
  }
  add_inverse(context, forward_id, member.key, true, member.key_span);
}

void derive_inverse(Context& context, ir::RelationId forward_id) {
  const auto forward = context.system.relation(forward_id);
  const auto& holder = context.entity(forward.from);
  const auto& target = context.entity(forward.to);
  const bool tenant = forward.from_fields.back() == holder.tenant_field;
  const bool only = tenant || foreign_keys(context.system, holder, forward.to).size() == 1;
  std::vector<std::string> names;
  if (only && forward.from != forward.to) names.push_back(holder.name);
  names.push_back(fmt::format("{}_by_{}", holder.name, forward.name));
  for (auto& name : names) {
    if (name_taken(context.system, target, name)) continue;
    add_inverse(context, forward_id, std::move(name), false, forward.span);
    return;
  }
  report(context, "relation-name-clash", forward.span,
         fmt::format("The inverse of `{}.{}` finds no free name on `{}`.", holder.name, forward.name, target.name),
         target.built_in ? "Rename the entity or the field."
                         : fmt::format("Name it under `has` of `{}`: `NAME: many({}.{})`.", target.name, holder.name, forward.name));
}

}  // namespace

void link_inverses(Context& context) {
  for (std::size_t i = 0; i < context.entities.size(); ++i) {
    const auto* node = context.entities[i].node;
    if (node == nullptr || !node->is_map()) continue;
    for (const auto& member : members_of(node->find("has"))) {
      if (member.value.is_scalar()) link_has(context, ir::EntityId{static_cast<std::uint32_t>(i)}, member);
    }
  }
  const auto forward_count = context.system.relations.size();
  for (std::size_t i = 0; i < forward_count; ++i) {
    const ir::RelationId id{static_cast<std::uint32_t>(i)};
    const auto& relation = context.system.relation(id);
    if (relation.kind == ir::RelationKind::kToOne && !relation.reverse && !relation.inverse.valid()) derive_inverse(context, id);
  }
}

}  // namespace kingpost::compile
