#include "kingpost/introspect/introspect.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "kingpost/compile/compile.hpp"
#include "kingpost/evolve/diff.hpp"
#include "kingpost/introspect/names.hpp"
#include "kingpost/introspect/read_schema.hpp"
#include "kingpost/introspect/table_text.hpp"
#include "kingpost/store/test_program.hpp"

namespace kingpost::introspect {
namespace {

namespace fs = std::filesystem;

ir::SystemPtr compile_text(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  const model::FileReader read = [&text](const std::string&) -> Result<std::string> { return text; };
  auto system = compile::compile_file("imported.yaml", read, Limits{}, sources, diagnostics);
  if (system == nullptr) ADD_FAILURE() << print_diagnostics(diagnostics, sources, DiagnosticFormat::kText, false) << text;
  return system;
}

std::string read_text(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  return text.str();
}

class IntrospectTest : public ::testing::Test {
 protected:
  /// Imports the file and checks the room's promise: the compiled model's schema is the file's, and so is that of a database made of it.
  [[nodiscard]] ImportResult round_trip(const std::string& path) {
    auto imported = import_sqlite(path);
    EXPECT_TRUE(imported.has_value()) << imported.error().message;
    if (!imported) return {};
    const auto system = compile_text(imported->model_yaml);
    const auto before = read_schema(path);
    EXPECT_TRUE(before.has_value());
    if (system == nullptr || !before) return *imported;
    const auto schema = dialect::build_schema(*system, dialect::Database::kSqlite);
    EXPECT_TRUE(schema.has_value()) << schema.error().message;
    if (!schema) return *imported;
    expect_same(*before, *schema, "the model");
    std::string script;
    for (const auto& statement : dialect::create_statements(*schema)) script += statement + ";\n";
    const std::string copy = directory_.file("copy" + std::to_string(++copies_));
    EXPECT_TRUE(store::make_sqlite_file(copy, script)) << script;
    const auto after = read_schema(copy);
    EXPECT_TRUE(after.has_value());
    if (after) expect_same(*before, *after, "a new database");
    return *imported;
  }

  static void expect_same(const dialect::RelationalSchema& before, const dialect::RelationalSchema& after, const std::string& what) {
    for (const auto& [from, to] : {std::pair(&before, &after), std::pair(&after, &before)}) {
      const auto diff = evolve::diff_schemas(*from, *to);
      EXPECT_TRUE(diff.empty()) << what << " differs:\n" << evolve::print_changes(diff);
    }
    for (const auto& table : before.tables) {
      const auto* other = after.find_table(table.name);
      ASSERT_NE(other, nullptr);
      EXPECT_EQ(table.without_rowid, other->without_rowid) << table.name;
      EXPECT_EQ(table.autoincrement, other->autoincrement) << table.name;
      EXPECT_EQ(table.strict, other->strict) << table.name;
    }
  }

  std::string make(const std::string& name, const std::string& script) {
    auto path = directory_.file(name);
    EXPECT_TRUE(store::make_sqlite_file(path, script));
    return path;
  }

  store::TestDirectory directory_;
  int copies_ = 0;
};

TEST_F(IntrospectTest, ChinookIsRecreatedWithoutLoss) {
  const char* given = std::getenv("KINGPOST_CHINOOK");
  const std::string path = given == nullptr ? std::string(KINGPOST_SOURCE_DIR) + "/../shared/data/chinook/Chinook_Sqlite.sqlite" : given;
  if (!fs::exists(path)) GTEST_SKIP() << "Chinook is not here; KINGPOST_CHINOOK names its file";
  const auto imported = round_trip(path);
  EXPECT_TRUE(imported.notes.empty()) << imported.notes.front();
  for (const std::string expected :
       {"table: Album", "sql_type: 'NUMERIC(10,2)'", "storage: timestamp_text", "artist:\n        type: ref(artist)",
        "tracks: many(track) through(playlist_track)", "albums: many(album.artist)", "reports_to:\n        type: ref(employee)"}) {
    EXPECT_NE(imported.model_yaml.find(expected), std::string::npos) << expected << "\n" << imported.model_yaml;
  }
}

/// Every `x.sql` of tests/cases/introspect is made into a file and imported; the model and its notes are `x.yaml`.
TEST_F(IntrospectTest, EveryFixtureComesBackAndReadsAsExpected) {
  const auto folder = fs::path(KINGPOST_SOURCE_DIR) / "tests/cases/introspect";
  std::size_t seen = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".sql") continue;
    ++seen;
    SCOPED_TRACE(entry.path().filename().string());
    const auto imported = round_trip(make(entry.path().stem().string() + ".sqlite", read_text(entry.path())));
    auto expected = entry.path();
    expected.replace_extension(".yaml");
    if (std::getenv("KINGPOST_UPDATE_CASES") != nullptr) std::ofstream(expected, std::ios::binary) << imported.model_yaml;
    EXPECT_EQ(read_text(expected), imported.model_yaml) << "KINGPOST_UPDATE_CASES=1 rewrites it when the change is meant";
    for (const auto& note : imported.notes) {
      const auto sentence = note.substr(note.starts_with("The ") ? 0 : note.find(": ") + 2);
      EXPECT_NE(imported.model_yaml.find("# " + sentence), std::string::npos) << note;
    }
  }
  EXPECT_GE(seen, 5U);
}

TEST_F(IntrospectTest, TheFileIsNotChanged) {
  const auto path = make("same.sqlite", "create table a(id integer primary key, t text); insert into a values (1, 'x');");
  const auto before = read_text(path);
  ASSERT_TRUE(import_sqlite(path).has_value());
  ASSERT_TRUE(read_schema(path).has_value());
  EXPECT_EQ(before, read_text(path));
}

TEST_F(IntrospectTest, AFileWithoutTablesAMissingFileAndATextAreRefused) {
  EXPECT_EQ(import_sqlite(make("empty.sqlite", "create view v as select 1;")).error().code, "kp-import");
  EXPECT_EQ(import_sqlite(directory_.file("absent.sqlite")).error().code, "kp-database-missing");
  std::ofstream(directory_.file("text.sqlite")) << std::string(5000, 'x');
  EXPECT_FALSE(import_sqlite(directory_.file("text.sqlite")).has_value());
}

TEST(IntrospectNames, BecomeSnakeCase) {
  EXPECT_EQ(model_name("InvoiceLine", "x"), "invoice_line");
  EXPECT_EQ(model_name("HTTPServer2Go", "x"), "http_server2_go");
  EXPECT_EQ(model_name("Order No", "x"), "order_no");
  EXPECT_EQ(model_name("2nd", "column"), "column_2nd");
  EXPECT_EQ(model_name("\u00e9", "column"), "column");
  EXPECT_EQ(plural_of("category"), "categories");
  EXPECT_EQ(plural_of("address"), "addresses");
  EXPECT_EQ(system_name("/data/Chinook_Sqlite.sqlite"), "chinook_sqlite");
}

TEST(IntrospectTableText, IsReadAroundQuotesAndComments) {
  const auto table = read_table_text(
      "create table [t](a constraint \"A ok\" check (a in ('(', ')')), \"check\" int collate nocase, -- check (x)\n"
      " b /* check (y) */ CHECK(b  >\n(1)) unique, constraint pair unique (a, b), constraint fk foreign key (a) references x(y) initially deferred)");
  ASSERT_EQ(table.checks.size(), 2U);
  EXPECT_EQ(table.checks[0].name, "A ok");
  EXPECT_EQ(table.checks[0].sql, "a in ('(', ')')");
  EXPECT_EQ(table.checks[1].sql, "b > (1)");
  ASSERT_EQ(table.columns.size(), 3U);
  EXPECT_EQ(table.columns[1].collation, "nocase");
  ASSERT_EQ(table.uniques.size(), 2U);
  EXPECT_EQ(table.uniques[1].name, "pair");
  ASSERT_EQ(table.foreign_keys.size(), 1U);
  EXPECT_EQ(table.foreign_keys[0].name, "fk");
  EXPECT_TRUE(table.foreign_keys[0].deferred);
  EXPECT_EQ(index_condition("create index i on t(lower(a)) where a > '(' -- x"), "a > '('");
}

TEST(IntrospectTableText, SurvivesTextsThatAreNoSql) {
  for (const std::string text :
       {"", "(", ")", "create table t(", "create table t('", "create table t(check", "create table t(a check(", "((((", ",,,"}) {
    static_cast<void>(read_table_text(text));
    static_cast<void>(index_condition(text));
  }
}

}  // namespace
}  // namespace kingpost::introspect
