#include "kingpost/evolve/diff.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <functional>

#include "kingpost/dialect/test_system.hpp"

namespace kingpost::evolve {
namespace {

using dialect::build_schema;
using dialect::Database;
using dialect::make_field;
using dialect::TestSystem;
using Edit = std::function<void(TestSystem&)>;

ir::Entity& entity(TestSystem& test, const std::string& name) { return test.system().entities[test.id(name).index()]; }
ir::Field& field(TestSystem& test, const std::string& name, const std::string& of) {
  auto& one = entity(test, name);
  return one.fields[one.find_field(of).index()];
}

SchemaDiff diff_after(const Edit& edit, Database database) {
  const TestSystem before;
  TestSystem after;
  edit(after);
  const auto old = build_schema(before.system(), database);
  const auto wanted = build_schema(after.system(), database);
  if (!old || !wanted) throw std::runtime_error(old ? wanted.error().message : old.error().message);
  return diff_schemas(*old, *wanted);
}

std::string codes(const SchemaDiff& diff) {
  std::string out;
  for (const auto& change : diff.changes) out += (out.empty() ? "" : " ") + std::string(change.additive ? "+" : "!") + change.code;
  return out;
}

/// Runs statements in one transaction; the first error, or nothing.
std::string run(sqlite3* db, const std::vector<std::string>& statements) {
  for (const auto& statement : statements) {
    char* message = nullptr;
    if (sqlite3_exec(db, statement.c_str(), nullptr, nullptr, &message) == SQLITE_OK) continue;
    std::string error = std::string(message) + " in " + statement;
    sqlite3_free(message);
    return error;
  }
  return {};
}

std::string first_text(sqlite3* db, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db, sql, -1, &statement, nullptr) != SQLITE_OK) return sqlite3_errmsg(db);
  std::string out;
  if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL) {
    out = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));  // SQLite's text is unsigned char
  }
  sqlite3_finalize(statement);
  return out;
}

/// Applies an additive edit to a database with a row, and looks at what is there afterwards through a fresh connection's eyes.
void applies(const Edit& edit, const std::vector<std::string>& then) {
  sqlite3* db = nullptr;
  sqlite3_open(":memory:", &db);
  const TestSystem before;
  TestSystem after;
  edit(after);
  const auto old = build_schema(before.system(), Database::kSqlite);
  const auto wanted = build_schema(after.system(), Database::kSqlite);
  ASSERT_TRUE(old && wanted);
  const auto diff = diff_schemas(*old, *wanted);
  ASSERT_TRUE(diff.additive()) << print_changes(diff);
  EXPECT_EQ(run(db, {"PRAGMA foreign_keys = ON"}), "");
  EXPECT_EQ(run(db, dialect::create_statements(*old)), "");
  EXPECT_EQ(run(db, {"INSERT INTO person (id, name) VALUES (zeroblob(16), 'p')", "INSERT INTO tag (id, name) VALUES (zeroblob(16), 't')"}), "");
  EXPECT_EQ(run(db, {"BEGIN IMMEDIATE"}), "");
  EXPECT_EQ(run(db, diff.statements), "");
  EXPECT_EQ(run(db, {"COMMIT"}), "");
  EXPECT_EQ(first_text(db, "PRAGMA integrity_check"), "ok");
  EXPECT_EQ(first_text(db, "SELECT name FROM person"), "p");
  for (const auto& statement : then) {
    const bool fails = statement.starts_with("!");
    EXPECT_EQ(run(db, {statement.substr(fails ? 1 : 0)}).empty(), !fails) << statement;
  }
  // What is recorded differs in nothing from what is wanted.
  EXPECT_EQ(codes(diff_schemas(diff.result, *wanted)), "");
  sqlite3_close(db);
}

TEST(Diff, EqualSchemasDoNotDiffer) {
  for (const auto database : {Database::kSqlite, Database::kPostgres}) EXPECT_TRUE(diff_after([](TestSystem&) {}, database).empty());
}

TEST(Diff, WhatOnlyAddsIsApplied) {
  applies([](TestSystem& test) { test.add_entity("extra"); }, {"INSERT INTO extra VALUES (zeroblob(16))"});
  applies([](TestSystem& test) { test.add_field("person", make_field("nick", ir::Scalar::kText, true)); }, {"UPDATE person SET nick = 'x'"});
  applies(
      [](TestSystem& test) {
        auto level = make_field("level", ir::Scalar::kInt64);
        level.default_value = cel::make_literal(cel::Value{std::int64_t{3}}, cel::make_type(cel::TypeKind::kInt));
        level.max = Decimal{9, 0};
        test.add_field("person", level);
      },
      {"INSERT INTO person (id, name, level) SELECT x'00000000000000000000000000000001', 'q', level + 6 FROM person",
       "!UPDATE person SET level = 10"});
  applies([](TestSystem& test) { test.add_reference("tag", "author", "person", "authored", true); },
          {"UPDATE tag SET author_id = zeroblob(16)", "!UPDATE tag SET author_id = x'ff000000000000000000000000000000'"});
  applies(
      [](TestSystem& test) {
        auto& person = entity(test, "person");
        person.indexes.push_back({"person_name_idx", {{person.find_field("name"), false}}, false, false, "query by_name", "", {}});
      },
      {});
}

TEST(Diff, ConstraintsAreWidenedInPlace) {
  applies([](TestSystem& test) { test.system().enums[0].values.emplace_back("wait'ing"); }, {});
  applies([](TestSystem& test) { field(test, "person", "name").nullable = true; }, {"UPDATE person SET name = NULL"});
  applies(
      [](TestSystem& test) {
        field(test, "tag", "name").default_value = cel::make_literal(cel::Value{std::string("it's")}, cel::make_type(cel::TypeKind::kString));
        test.add_field("tag", make_field("extra", ir::Scalar::kBool, true));
      },
      {"INSERT INTO tag (id) VALUES (x'00000000000000000000000000000001')", "!UPDATE tag SET extra = 2", "UPDATE tag SET extra = 1"});
}

TEST(Diff, AUniqueOverANewColumnIsAnIndex) {
  applies(
      [](TestSystem& test) {
        const auto mail = test.add_field("person", make_field("mail", ir::Scalar::kText, true));
        entity(test, "person").uniques.push_back({{mail}, "person_mail_key", {}});
      },
      {"INSERT INTO person (id, name, mail) VALUES (x'00000000000000000000000000000001', 'a', 'm')",
       "!INSERT INTO person (id, name, mail) VALUES (x'00000000000000000000000000000002', 'b', 'm')"});
}

TEST(Diff, EverythingElseIsRefusedWithAWordOnWhatToDo) {
  const std::vector<std::pair<std::string, Edit>> cases = {
      {"!drop-column", [](TestSystem& test) { entity(test, "tag").fields.pop_back(); }},
      {"!drop-table", [](TestSystem& test) { entity(test, "task_tag").view = true; }},
      {"!rename-column",
       [](TestSystem& test) {
         field(test, "tag", "weight").column = "heft";
         field(test, "tag", "weight").renamed_from = "weight";
       }},
      {"!rename-table",
       [](TestSystem& test) {
         entity(test, "task_tag").table = "labelled";
         entity(test, "task_tag").renamed_from = "task_tag";
       }},
      {"!change-type", [](TestSystem& test) { field(test, "tag", "weight").type.scalar = ir::Scalar::kText; }},
      {"!set-not-null", [](TestSystem& test) { field(test, "tag", "weight").nullable = false; }},
      {"!add-required-column", [](TestSystem& test) { test.add_field("tag", make_field("must", ir::Scalar::kText)); }},
      {"!add-unique",
       [](TestSystem& test) {
         entity(test, "tag").uniques.push_back({{entity(test, "tag").find_field("name")}, "", {}});
       }},
      {"!add-check",
       [](TestSystem& test) {
         field(test, "tag", "weight").min = Decimal{0, 0};
       }},
      {"!narrow-check", [](TestSystem& test) { test.system().enums[0].values.pop_back(); }},
      {"!change-foreign-key", [](TestSystem& test) { test.system().relations[0].on_delete = ir::OnDelete::kRestrict; }},
      {"!change-key", [](TestSystem& test) { entity(test, "tag").key = {entity(test, "tag").find_field("name")}; }},
  };
  for (const auto& [code, edit] : cases) {
    for (const auto database : {Database::kSqlite, Database::kPostgres}) {
      const auto diff = diff_after(edit, database);
      EXPECT_EQ(codes(diff).substr(0, code.size()), code);
      EXPECT_TRUE(diff.statements.empty()) << code;
      ASSERT_FALSE(diff.changes.empty()) << code;
      EXPECT_FALSE(diff.changes[0].advice.empty()) << code;
    }
  }
}

TEST(Diff, ARefusalKeepsTheRestFromBeingApplied) {
  const auto diff = diff_after(
      [](TestSystem& test) {
        test.add_entity("extra");
        entity(test, "tag").fields.pop_back();
      },
      Database::kSqlite);
  EXPECT_EQ(codes(diff), "!drop-column +add-table");
  EXPECT_TRUE(diff.statements.empty());
  EXPECT_EQ(print_changes(diff),
            "! the column tag.weight is no longer in the model, and its values would be lost [drop-column]\n"
            "    Keep the field; mark it optional, or hide it with a contract's `hide: [weight]`.\n"
            "+ the table extra is new [add-table]\n");
}

TEST(Diff, ImportedTablesKeepTheirText) {
  const auto imported = [](TestSystem& test) { field(test, "tag", "name").storage.declared = "NVARCHAR(20)"; };
  TestSystem before;
  imported(before);
  TestSystem after;
  imported(after);
  field(after, "tag", "name").nullable = true;
  const auto diff = diff_schemas(*build_schema(before.system(), Database::kSqlite), *build_schema(after.system(), Database::kSqlite));
  EXPECT_EQ(codes(diff), "+drop-not-null !change-imported");
}

}  // namespace
}  // namespace kingpost::evolve
