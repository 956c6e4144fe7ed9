#include <gtest/gtest.h>

#include "kingpost/ir/system.hpp"

namespace kingpost::ir {
namespace {

Field make_field(std::string name, Scalar scalar) {
  Field field;
  field.column = name;
  field.name = std::move(name);
  field.type.scalar = scalar;
  field.storage = default_storage(field.type);
  return field;
}

System two_entities() {
  System system;
  Entity author;
  author.id = EntityId{0};
  author.name = author.table = "author";
  author.fields = {make_field("id", Scalar::kUuid), make_field("name", Scalar::kString)};
  author.key = {FieldId{0}};
  author.relations = {RelationId{1}};
  Entity book;
  book.id = EntityId{1};
  book.name = book.table = "book";
  book.fields = {make_field("id", Scalar::kUuid), make_field("author", Scalar::kUuid)};
  book.fields[1].column = "author_id";
  book.key = {FieldId{0}};
  book.relations = {RelationId{0}};
  system.entities = {author, book};
  Relation forward;
  forward.name = "author";
  forward.from = EntityId{1};
  forward.to = EntityId{0};
  forward.from_fields = {FieldId{1}};
  forward.to_fields = {FieldId{0}};
  Relation backward = forward;
  backward.name = "books";
  backward.kind = RelationKind::kToMany;
  std::swap(backward.from, backward.to);
  std::swap(backward.from_fields, backward.to_fields);
  system.relations = {forward, backward};
  return system;
}

TEST(IrTest, ARefIsARecordAndItsInverseAListOfRecordsInExpressions) {
  const auto system = two_entities();
  const SystemTypes types(system);
  const auto forward = types.field("book", "author");
  ASSERT_TRUE(forward);
  EXPECT_EQ(forward->kind, cel::TypeKind::kRecord);
  EXPECT_EQ(forward->name, "author");
  const auto backward = types.field("author", "books");
  ASSERT_TRUE(backward);
  EXPECT_EQ(backward->kind, cel::TypeKind::kList);
  EXPECT_TRUE(backward->relation);
  EXPECT_FALSE(types.field("author", "author_id"));
}

TEST(IrTest, ARecordStandsForItsSingleKey) {
  const auto system = two_entities();
  const SystemTypes types(system);
  ASSERT_TRUE(types.key_of("author"));
  EXPECT_EQ(types.key_of("author")->kind, cel::TypeKind::kUuid);
  EXPECT_FALSE(types.key_of("nobody"));
}

TEST(IrTest, TheTenantIsPartOfAuthOnlyWhereThereIsTenancy) {
  auto system = two_entities();
  EXPECT_FALSE(SystemTypes(system).field("auth", "tenant"));
  system.tenancy = Tenancy{EntityId{0}, "tenant", Isolation::kShared, {}};
  EXPECT_TRUE(SystemTypes(system).field("auth", "tenant"));
}

TEST(IrTest, MembersOfInputsAreFoundByTheirRecordName) {
  auto system = two_entities();
  Command command;
  command.name = "publish";
  command.input.push_back(Member{"book", {}, EntityId{1}, false, {}, {}, {}});
  system.commands.push_back(command);
  const SystemTypes types(system);
  const auto type = types.field(input_record("publish"), "book");
  ASSERT_TRUE(type);
  EXPECT_EQ(type->name, "book");
}

TEST(IrTest, DecimalsAreScaledIntegersOnSqlite) {
  LogicalType type;
  type.scalar = Scalar::kDecimal;
  EXPECT_EQ(default_storage(type).sqlite, SqliteCodec::kScaledInteger);
}

TEST(IrTest, PrintingNamesEveryRelation) {
  const auto text = print_system(two_entities());
  EXPECT_NE(text.find("books: many book (id = author)"), std::string::npos) << text;
}

}  // namespace
}  // namespace kingpost::ir
