#include "kingpost/dialect/test_system.hpp"

#include <stdexcept>

namespace kingpost::dialect {

using ir::Scalar;

ir::Field make_field(const std::string& name, Scalar scalar, bool nullable) {
  ir::Field field;
  field.name = name;
  field.column = name;
  field.type.scalar = scalar;
  field.storage = ir::default_storage(field.type);
  field.nullable = nullable;
  return field;
}

ir::Field make_decimal_field(const std::string& name, std::uint32_t precision, std::uint32_t scale, bool nullable) {
  auto field = make_field(name, Scalar::kDecimal, nullable);
  field.type.precision = precision;
  field.type.scale = scale;
  return field;
}

ir::EntityId TestSystem::add_entity(const std::string& name) {
  ir::Entity entity;
  entity.id = ir::EntityId{static_cast<std::uint32_t>(system_.entities.size())};
  entity.name = name;
  entity.table = name;
  entity.fields.push_back(make_field("id", Scalar::kUuid));
  entity.fields.back().generated = ir::Generated::kUuidV7;
  entity.key.push_back(ir::FieldId{0});
  system_.entities.push_back(std::move(entity));
  return system_.entities.back().id;
}

ir::FieldId TestSystem::add_field(const std::string& entity, ir::Field field) {
  auto& fields = system_.entities[id(entity).index()].fields;
  fields.push_back(std::move(field));
  return ir::FieldId{static_cast<std::uint32_t>(fields.size() - 1)};
}

void TestSystem::add_reference(const std::string& entity, const std::string& name, const std::string& target, const std::string& inverse,
                               bool nullable) {
  auto field = make_field(name, Scalar::kUuid, nullable);
  field.column = name + "_id";
  const auto forward_id = ir::RelationId{static_cast<std::uint32_t>(system_.relations.size())};
  field.relation = forward_id;
  const auto holder = add_field(entity, std::move(field));
  ir::Relation forward;
  forward.name = name;
  forward.from = id(entity);
  forward.to = id(target);
  forward.from_fields = {holder};
  forward.to_fields = {ir::FieldId{0}};
  forward.nullable = nullable;
  forward.on_delete = nullable ? ir::OnDelete::kSetNull : ir::OnDelete::kCascade;
  forward.constraint = entity + "_" + name + "_fkey";
  ir::Relation backward = forward;
  backward.name = inverse;
  backward.kind = ir::RelationKind::kToMany;
  std::swap(backward.from, backward.to);
  std::swap(backward.from_fields, backward.to_fields);
  backward.inverse = forward_id;
  system_.entities[forward.from.index()].relations.push_back(forward_id);
  system_.entities[backward.from.index()].relations.push_back(ir::RelationId{forward_id.value + 1});
  forward.inverse = ir::RelationId{forward_id.value + 1};
  system_.relations.push_back(std::move(forward));
  system_.relations.push_back(std::move(backward));
}

void TestSystem::add_many(const std::string& from, const std::string& name, const std::string& to, const std::string& through) {
  ir::Relation relation;
  relation.name = name;
  relation.kind = ir::RelationKind::kManyToMany;
  relation.from = id(from);
  relation.to = id(to);
  relation.through = id(through);
  relation.from_fields = {ir::FieldId{0}};
  relation.to_fields = {ir::FieldId{0}};
  const auto& junction = system_.entity(relation.through);
  relation.through_from = {junction.find_field(from)};
  relation.through_to = {junction.find_field(to)};
  system_.entities[relation.from.index()].relations.push_back(ir::RelationId{static_cast<std::uint32_t>(system_.relations.size())});
  system_.relations.push_back(std::move(relation));
}

TestSystem::TestSystem() {
  system_.name = "test";
  for (const auto* name : {"team", "person", "task", "tag", "task_tag"}) add_entity(name);
  system_.enums.push_back({"task.status", {"open", "closed"}});
  add_field("team", make_field("name", Scalar::kText));
  add_field("person", make_field("name", Scalar::kText));
  add_field("person", make_field("score", Scalar::kInt64, true));
  add_reference("person", "team", "team", "members", true);
  add_field("task", make_field("title", Scalar::kText));
  add_field("task", make_field("note", Scalar::kText, true));
  auto status = make_field("status", Scalar::kEnum);
  status.type.enumeration = ir::EnumId{0};
  add_field("task", std::move(status));
  add_field("task", make_field("count", Scalar::kInt64));
  add_field("task", make_field("limit", Scalar::kInt64, true));
  add_field("task", make_field("small", Scalar::kInt32));
  add_field("task", make_decimal_field("price", 12, 2));
  add_field("task", make_decimal_field("cost", 12, 2, true));
  auto legacy = make_decimal_field("legacy", 10, 2);
  legacy.storage.sqlite = ir::SqliteCodec::kReal;
  add_field("task", std::move(legacy));
  add_field("task", make_field("ratio", Scalar::kFloat));
  add_field("task", make_field("urgent", Scalar::kBool));
  add_field("task", make_field("hidden", Scalar::kBool, true));
  add_field("task", make_field("due", Scalar::kDate, true));
  add_field("task", make_field("created_at", Scalar::kTimestamp));
  auto legacy_time = make_field("seen_at", Scalar::kTimestamp);
  legacy_time.storage.sqlite = ir::SqliteCodec::kTimestampText;
  add_field("task", std::move(legacy_time));
  add_field("task", make_field("estimate", Scalar::kDuration, true));
  auto legacy_key = make_field("token", Scalar::kUuid);
  legacy_key.storage.sqlite = ir::SqliteCodec::kUuidText;
  add_field("task", std::move(legacy_key));
  add_reference("task", "owner", "person", "tasks", false);
  add_reference("task", "helper", "person", "helps", true);
  add_reference("task", "parent", "task", "children", true);
  add_reference("task_tag", "task", "task", "task_tags", false);
  add_reference("task_tag", "tag", "tag", "tag_tasks", false);
  add_field("tag", make_field("name", Scalar::kText));
  add_field("tag", make_field("weight", Scalar::kInt64, true));
  add_many("task", "tags", "tag", "task_tag");
  auto margin = make_decimal_field("margin", 13, 2);
  margin.nullable = true;
  margin.computed = typed("row.price - row.cost", "task");
  add_field("task", std::move(margin));
}

cel::ExprPtr TestSystem::typed(const std::string& text, const std::string& entity) const {
  Diagnostics diagnostics;
  const ir::SystemTypes types(system_);
  cel::Scope scope;
  scope.names = {{"auth", cel::make_record("auth")}, {"row", cel::make_record(entity)}};
  scope.provider = &types;
  const auto parsed = cel::parse(text, {}, diagnostics);
  auto expr = cel::check(parsed, scope, std::nullopt, diagnostics);
  if (expr == nullptr) {
    std::string why = text;
    for (const auto& one : diagnostics.all()) why += "\n  " + one.message;
    throw std::runtime_error(why);
  }
  return expr;
}

}  // namespace kingpost::dialect
