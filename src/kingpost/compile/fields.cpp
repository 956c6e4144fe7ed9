#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "kingpost/compile/stages.hpp"
#include "kingpost/compile/types.hpp"

namespace kingpost::compile {
namespace {

/// What the wire dialect keeps for itself as query parameters.
constexpr std::string_view kReservedColumns[] = {"select", "columns", "on_conflict", "order", "limit", "offset", "and", "or", "not", "cursor"};
/// Names that no CEL expression could say after `row.`.
constexpr std::string_view kReservedFields[] = {"true", "false", "null", "in"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Both databases' notion of one name, as SQLite folds case.
bool same_name(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](char a, char b) { return lower(a) == lower(b); });
}

struct CodecName {
  std::string_view name;
  std::optional<ir::SqliteCodec> sqlite;
  std::optional<ir::PostgresCodec> postgres;
};
constexpr CodecName kCodecs[] = {
    {"real", ir::SqliteCodec::kReal, std::nullopt},
    {"decimal_text", ir::SqliteCodec::kDecimalText, std::nullopt},
    {"uuid_text", ir::SqliteCodec::kUuidText, std::nullopt},
    {"timestamp_text", ir::SqliteCodec::kTimestampText, std::nullopt},
    {"unix_seconds", ir::SqliteCodec::kUnixSeconds, std::nullopt},
    {"varchar", std::nullopt, ir::PostgresCodec::kVarchar},
    {"timestamp_no_zone", std::nullopt, ir::PostgresCodec::kTimestampNoZone},
    {"json_text", std::nullopt, ir::PostgresCodec::kJsonText},
    {"smallint", std::nullopt, ir::PostgresCodec::kSmallint},
};

void apply_storage(Context& context, const Modifier& modifier, ir::Field& field) {
  if (modifier.values.size() != 1) return;
  std::vector<std::string> names;
  for (const auto& codec : kCodecs) {
    names.emplace_back(codec.name);
    if (codec.name != modifier.values[0].text) continue;
    if (codec.sqlite) field.storage.sqlite = *codec.sqlite;
    if (codec.postgres) field.storage.postgres = *codec.postgres;
    return;
  }
  report_unknown(context, "unknown-storage", modifier.values[0], fmt::format("There is no storage codec `{}`.", modifier.values[0].text), names);
}

void apply_generated(Context& context, const Modifier& modifier, ir::Field& field) {
  const bool time = modifier.name != "auto";
  const bool fits =
      time ? field.type.scalar == ir::Scalar::kTimestamp : field.type.scalar == ir::Scalar::kInt64 || field.type.scalar == ir::Scalar::kInt32;
  if (!fits) {
    report(context, "modifier-place", modifier.span, fmt::format("`{}` has no meaning for {}.", modifier.name, ir::print_logical_type(field.type)),
           time ? "Only a timestamp is set by the clock." : "Only an int key is counted up.");
    return;
  }
  if (field.generated != ir::Generated::kNo) {
    report(context, "modifier-place", modifier.span, fmt::format("`{}` is already set in another way.", field.name),
           "Keep one of `created`, `updated`, `auto`.");
    return;
  }
  field.generated = modifier.name == "created" ? ir::Generated::kCreatedAt : time ? ir::Generated::kUpdatedAt : ir::Generated::kAutoIncrement;
}

ir::Sensitivity sensitivity_of(std::string_view word) {
  if (word == "secret") return ir::Sensitivity::kSecret;
  return ir::Sensitivity::kPersonal;
}

void apply_modifier(Context& context, const FieldSource& source, const Modifier& modifier, ir::Field& field) {
  const auto value = modifier.values.empty() ? std::string() : modifier.values[0].text;
  const auto& name = modifier.name;
  if (name == "optional") field.nullable = true;
  if (name == "unique") field.unique = true;
  if (name == "encrypted") field.encrypted = true;
  if (name == "summary") field.summary = value;
  if (name == "renamed_from") field.renamed_from = value;
  if (name == "column") field.column = value;
  if (name == "sql_type") field.storage.declared = value;
  if (name == "sql_default") field.default_sql = value;
  if (name == "sensitive") field.sensitivity = sensitivity_of(value);
  if (name == "created" || name == "updated" || name == "auto") apply_generated(context, modifier, field);
  if (name == "storage") apply_storage(context, modifier, field);
  if (name == "for") field.requirements = require_requirements(context, modifier.values);
  if (name == "search") {
    field.search = is_text(field.type.scalar);
    if (!field.search)
      report(context, "modifier-place", modifier.span, fmt::format("`{}` is no text, so it cannot be searched.", field.name), "Remove `search`.");
  }
  if (name == "external") {
    if (source.ref() != nullptr) {
      report(context, "modifier-place", modifier.span, "A ref has a foreign key; `external` marks a key without one.",
             "Write `uuid external(entity)`.");
    } else if (!modifier.values.empty() && require_entity(context, modifier.values[0]).valid()) {
      field.external = value;
    }
  }
  if ((name == "on_delete" || name == "on_update") && source.ref() == nullptr) {
    report(context, "modifier-place", modifier.span, fmt::format("`{}` belongs to a ref; `{}` is none.", name, field.name),
           "Remove it, or make the field a ref.");
  }
}

void check_column(Context& context, const ir::Entity& entity, const FieldSource& source, const ir::Field& field) {
  const auto* named = source.find("column");
  const auto place = named != nullptr ? named->span : source.name_span;
  // With a name of its own beside `column` the field has another name on the wire.
  const auto wire = named != nullptr && is_reserved_column(field.column) ? field.name : field.column;
  for (const auto reserved : kReservedColumns) {
    if (!same_name(wire, reserved)) continue;
    report(context, "reserved-column", place, fmt::format("The wire dialect keeps `{}` for itself, so no column can have that name.", field.column),
           fmt::format("Rename the field, for example `{}_{}`.", entity.name, field.column));
  }
  for (const auto reserved : kReservedFields) {
    if (field.name == reserved) {
      report(context, "reserved-name", source.name_span,
             fmt::format("`{}` already has a meaning in expressions, so no field can have that name.", field.name));
    }
  }
  for (const auto& other : entity.fields) {
    if (other.name == field.name) {
      report(context, "duplicate-field", source.name_span, fmt::format("`{}` already has a field `{}`.", entity.name, field.name),
             "A mixin or the tenancy may have brought it; rename or remove one.");
      return;
    }
    if (!same_name(other.column, field.column)) continue;
    report(context, "duplicate-column", place,
           fmt::format("The fields `{}` and `{}` of `{}` share the column `{}`.", other.name, field.name, entity.name, field.column),
           "Rename one of them; a ref `x` has the column `x_id`.");
    return;
  }
}

void add_field(Context& context, ir::EntityId id, FieldSource source) {
  const auto& owner = context.entity(id).name;
  auto type = compile_type(context, source.type, owner + "." + source.name, TypePlace::kField);
  if (!type) type = ir::LogicalType{};
  ir::Field field;
  field.name = source.name;
  field.column = source.ref() != nullptr ? source.name + "_id" : source.name;
  field.span = source.name_span;
  field.type = std::move(*type);
  apply_bounds(context, source, field.type, {&field.min, &field.max});
  field.storage = ir::default_storage(field.type);
  for (const auto& modifier : source.modifiers) apply_modifier(context, source, modifier, field);
  check_column(context, context.entity(id), source, field);
  if (context.entity(id).find_field(field.name).valid()) return;
  context.entity(id).fields.push_back(std::move(field));
  context.source(id).fields.push_back(std::move(source));
}

FieldSource derived_source(std::string name, std::string type, Span span) {
  FieldSource source;
  source.name = std::move(name);
  source.name_span = span;
  source.type.name = std::move(type);
  source.derived = true;
  return source;
}

bool declares(const Context& context, const model::Node& node, std::string_view field) {
  const auto has = [&](const model::Node* map) {
    const auto& members = members_of(map);
    return std::any_of(members.begin(), members.end(), [&](const model::Member& member) { return member.key == field; });
  };
  if (has(node.find("fields"))) return true;
  for (const auto& item : items_of(node.find("mixins"))) {
    for (const auto& mixin : members_of(context.root.find("mixins"))) {
      if (mixin.key == item.text && has(&mixin.value)) return true;
    }
  }
  return false;
}

void add_tenant_field(Context& context, ir::EntityId id) {
  auto& tenant = context.entity(context.system.tenancy->entity);
  auto source = derived_source(tenant.name, "ref", context.entity(id).span);
  model::Word target;
  target.name = tenant.name;
  source.type.args.push_back(std::move(target));
  add_field(context, id, std::move(source));
  context.entity(id).tenant_field = context.entity(id).find_field(tenant.name);
}

void add_mixins(Context& context, ir::EntityId id, const model::Node& node) {
  const auto& mixins = members_of(context.root.find("mixins"));
  std::set<std::string> seen;
  for (const auto& item : items_of(node.find("mixins"))) {
    const auto found = std::find_if(mixins.begin(), mixins.end(), [&](const model::Member& mixin) { return mixin.key == item.text; });
    if (found == mixins.end()) {
      report_unknown(context, "unknown-mixin", text_of(item), fmt::format("There is no mixin `{}`.", item.text), keys_of(mixins));
      continue;
    }
    if (!seen.insert(item.text).second) {
      report(context, "duplicate-mixin", item.span, fmt::format("`{}` takes the mixin `{}` twice.", context.entity(id).name, item.text),
             "Remove one.");
      continue;
    }
    context.entity(id).mixins.push_back(item.text);
    for (const auto& member : members_of(&found->value)) {
      if (auto source = read_field_source(context, member)) add_field(context, id, std::move(*source));
    }
  }
}

void add_user_fields(Context& context) {
  if (!context.system.user.valid()) return;
  const auto id = context.system.user;
  add_field(context, id, derived_source("id", "uuid", {}));
  for (const auto& [name, size] : std::array<std::pair<const char*, const char*>, 2>{{{"email", "320"}, {"name", "120"}}}) {
    auto source = derived_source(name, "string", {});
    model::Word length;
    length.name = size;
    source.type.args.push_back(std::move(length));
    source.modifiers.push_back({std::string_view(name) == "email" ? "unique" : "optional", {}, {}});
    add_field(context, id, std::move(source));
  }
  auto created = derived_source("created_at", "timestamp", {});
  created.modifiers.push_back({"created", {}, {}});
  add_field(context, id, std::move(created));
  auto& email = context.entity(id).fields[1];
  email.sensitivity = context.entity(id).fields[2].sensitivity = ir::Sensitivity::kPersonal;
}

}  // namespace

bool is_reserved_column(std::string_view column) {
  return std::any_of(std::begin(kReservedColumns), std::end(kReservedColumns), [&](std::string_view one) { return same_name(column, one); });
}

void compile_fields(Context& context) {
  for (std::size_t i = 0; i < context.entities.size(); ++i) {
    const ir::EntityId id{static_cast<std::uint32_t>(i)};
    const auto* node = context.entities[i].node;
    if (node == nullptr || !node->is_map()) continue;
    if (node->find("key") == nullptr && !declares(context, *node, "id"))
      add_field(context, id, derived_source("id", "uuid", context.entity(id).span));
    if (context.entity(id).tenanted) add_tenant_field(context, id);
    for (const auto& member : members_of(node->find("fields"))) {
      if (auto source = read_field_source(context, member)) add_field(context, id, std::move(*source));
    }
    add_mixins(context, id, *node);
  }
  add_user_fields(context);
}

}  // namespace kingpost::compile
