#include "kingpost/compile/keys.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kingpost/compile/stages.hpp"

namespace kingpost::compile {
namespace {

/// Field names of a list, without repeats; unknown ones are reported and left out.
std::vector<ir::FieldId> read_fields(Context& context, const ir::Entity& entity, const model::Node* list) {
  std::vector<ir::FieldId> ids;
  for (const auto& item : items_of(list)) {
    const auto id = require_field(context, entity, text_of(item));
    if (!id.valid()) continue;
    if (std::find(ids.begin(), ids.end(), id) != ids.end()) {
      report(context, "repeated-field", item.span, fmt::format("`{}` is listed twice.", item.text), "Remove one.");
      continue;
    }
    ids.push_back(id);
  }
  return ids;
}

void compile_key(Context& context, ir::Entity& entity) {
  const auto& source = context.source(entity.id);
  const auto* key = source.node != nullptr && source.node->is_map() ? source.node->find("key") : nullptr;
  if (key != nullptr) {
    entity.key = read_fields(context, entity, key);
    if (items_of(key).empty())
      report(context, "empty-key", key->span, fmt::format("The key of `{}` names no field.", entity.name), "Leave `key` out for the default `id`.");
    for (const auto& item : items_of(key)) {
      const auto id = entity.find_field(item.text);
      if (id.valid() && entity.field(id).nullable) {
        report(context, "key-optional", item.span, fmt::format("`{}` is part of the key of `{}` and cannot be optional.", item.text, entity.name),
               "Remove `optional`.");
      }
    }
  } else if (const auto id = entity.find_field("id"); id.valid()) {
    entity.key = {id};
    if (entity.field(id).nullable) {
      report(context, "key-optional", entity.field(id).span, fmt::format("`id` is the key of `{}` and cannot be optional.", entity.name),
             "Remove `optional`.");
    }
  }
  if (entity.key.size() != 1) return;
  auto& field = entity.fields[entity.key.front().index()];
  const bool ours = field.type.scalar == ir::Scalar::kUuid && source.fields[entity.key.front().index()].ref() == nullptr && field.external.empty();
  if (ours && field.generated == ir::Generated::kNo) field.generated = ir::Generated::kUuidV7;
}

/// A uuid made by us is unique over all tenants; every other key is unique within its tenant.
void scope_key(ir::Entity& entity) {
  if (!entity.tenanted || !entity.tenant_field.valid() || entity.key.empty()) return;
  const bool global = entity.key.size() == 1 && (entity.field(entity.key.front()).generated == ir::Generated::kUuidV7 ||
                                                 entity.field(entity.key.front()).generated == ir::Generated::kAutoIncrement);
  const bool present = std::find(entity.key.begin(), entity.key.end(), entity.tenant_field) != entity.key.end();
  if (!global && !present) entity.key.insert(entity.key.begin(), entity.tenant_field);
}

void check_auto(Context& context, const ir::Entity& entity) {
  for (std::size_t i = 0; i < entity.fields.size(); ++i) {
    if (entity.fields[i].generated != ir::Generated::kAutoIncrement) continue;
    if (entity.key.size() == 1 && entity.key.front().index() == i) continue;
    const auto* modifier = context.source(entity.id).fields[i].find("auto");
    report(context, "modifier-place", modifier->span,
           fmt::format("`auto` counts up a key of one field; `{}` is not the key of `{}`.", entity.fields[i].name, entity.name),
           fmt::format("Write `key: [{}]`, or remove `auto`.", entity.fields[i].name));
  }
}

void compile_uniques(Context& context, ir::Entity& entity) {
  for (std::size_t i = 0; i < entity.fields.size(); ++i) {
    if (entity.fields[i].unique) add_unique(entity, {ir::FieldId{static_cast<std::uint32_t>(i)}}, {}, entity.fields[i].span);
  }
  const auto* node = context.source(entity.id).node;
  if (node == nullptr || !node->is_map()) return;
  for (const auto& item : items_of(node->find("unique"))) {
    const auto* list = item.is_map() ? item.find("fields") : &item;
    const auto fields = read_fields(context, entity, list);
    if (fields.empty()) continue;
    if (!add_unique(entity, fields, item.is_map() ? text_at(item, "name") : std::string(), item.span)) {
      report(context, "duplicate-unique", item.span, "These fields are already unique together.", "Remove one of the two.");
    }
  }
}

}  // namespace

bool add_unique(ir::Entity& entity, std::vector<ir::FieldId> fields, std::string name, Span span) {
  const bool scoped = std::find(fields.begin(), fields.end(), entity.tenant_field) != fields.end();
  if (entity.tenanted && entity.tenant_field.valid() && !scoped) fields.insert(fields.begin(), entity.tenant_field);
  if (fields == entity.key) return false;
  for (const auto& unique : entity.uniques) {
    if (unique.fields == fields) return false;
  }
  if (name.empty()) name = bounded_name(fmt::format("{}_{}_key", entity.table, joined_columns(entity, fields)));
  entity.uniques.push_back({std::move(fields), std::move(name), span});
  return true;
}

std::string joined_columns(const ir::Entity& entity, const std::vector<ir::FieldId>& fields) {
  std::string text;
  for (const auto id : fields) text += (text.empty() ? "" : "_") + entity.field(id).column;
  return text;
}

void compile_keys(Context& context) {
  for (auto& entity : context.system.entities) {
    compile_key(context, entity);
    check_auto(context, entity);
    scope_key(entity);
    compile_uniques(context, entity);
  }
  if (!context.system.tenancy) return;
  const auto& tenant = context.entity(context.system.tenancy->entity);
  if (tenant.key.size() != 1 || tenant.field(tenant.key.front()).type.scalar != ir::Scalar::kUuid) {
    report(context, "tenancy-entity", context.system.tenancy->span, fmt::format("The tenant `{}` needs a key of one uuid.", tenant.name),
           "Leave its `key` out for the default `id`.");
  }
}

}  // namespace kingpost::compile
