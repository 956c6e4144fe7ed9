#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "kingpost/foreign/foreign.hpp"

namespace kingpost::foreign {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = StatementFact::Kind;

struct Read {
  SqlFacts facts;
  Diagnostics diagnostics;

  const TableFact& table(std::string_view name) const {
    static const TableFact kNone;
    const auto found = std::find_if(facts.tables.begin(), facts.tables.end(), [&](const TableFact& each) { return each.name.name == name; });
    EXPECT_NE(found, facts.tables.end()) << name;
    return found == facts.tables.end() ? kNone : *found;
  }
};

Read read(const std::vector<std::pair<std::string, std::string>>& texts) {
  std::vector<File> files;
  for (const auto& [path, text] : texts) files.push_back({path, text, static_cast<FileIndex>(files.size())});
  Read out;
  out.facts = read_sql(files, out.diagnostics);
  return out;
}
Read read(std::string text) { return read({{"schema.sql", std::move(text)}}); }

std::vector<std::string> columns_of(const TableFact& table) {
  std::vector<std::string> out;
  for (const auto& column : table.columns) out.push_back(column.name + " " + column.type);
  return out;
}

TEST(SqlReader, TypesAreSpelledAsPostgresPrintsThem) {
  const auto got = read(
      "CREATE TABLE t (a int8, b varchar(20), c timestamp(3), d timestamptz, e decimal(10,2), f serial, g text[], h float8, i bool, j char(2), k "
      "app.mood)");
  EXPECT_THAT(columns_of(got.table("t")),
              ElementsAre("a bigint", "b character varying(20)", "c timestamp(3) without time zone", "d timestamp with time zone", "e numeric(10,2)",
                          "f integer", "g text[]", "h double precision", "i boolean", "j character(2)", "k app.mood"));
}

TEST(SqlReader, EveryColumnAndConstraintHasItsOwnLine) {
  const auto got = read(
      "-- ünïcode\nCREATE TABLE t (\n  id bigint PRIMARY KEY,\n  a int,\n  CONSTRAINT ok CHECK (a > 0 AND a IS NOT NULL)\n);\nCREATE INDEX i ON t "
      "(a);");
  const auto& table = got.table("t");
  EXPECT_EQ(table.span.line, 2U);
  EXPECT_EQ(table.columns.at(1).span, (Span{0, 4, 3, 4, 4}));
  EXPECT_EQ(table.checks.at(0).span.line, 5U);
  EXPECT_EQ(table.checks.at(0).condition, "a > 0 AND a IS NOT NULL");
  EXPECT_EQ(table.indexes.at(0).span.line, 7U);
}

TEST(SqlReader, OneStatementThatDoesNotParseLosesNoOther) {
  const auto got = read("CREATE TABLE a (id int);\nCREATE TABEL b (id int);\nINSERT INTO a VALUES ((1);\nCREATE TABLE c (id int);");
  EXPECT_EQ(got.facts.tables.size(), 2U);
  ASSERT_EQ(got.diagnostics.all().size(), 2U);
  EXPECT_EQ(got.diagnostics.all()[0].code, "foreign-parse");
  EXPECT_EQ(got.diagnostics.all()[0].span.line, 2U);
  EXPECT_EQ(got.diagnostics.all()[0].span.column, 8U);
}

TEST(SqlReader, ADumpWithMetaCommandsAndCopiedDataReadsWithoutAWord) {
  const auto got = read(
      "\\connect shop\nSET client_encoding = 'UTF8';\nCREATE TABLE public.film (id integer NOT NULL, title text);\n"
      "CREATE SEQUENCE public.film_id_seq;\nALTER TABLE ONLY public.film ALTER COLUMN id SET DEFAULT nextval('public.film_id_seq'::regclass);\n"
      "COPY public.film (id, title) FROM stdin;\n1\tA; 'quote\n2\tB\n\\.\n\nALTER TABLE ONLY public.film ADD CONSTRAINT film_pkey PRIMARY KEY (id);\n"
      "ALTER TABLE ONLY public.film ADD CONSTRAINT film_fk FOREIGN KEY (id) REFERENCES public.copy(id) ON UPDATE CASCADE;\n");
  EXPECT_THAT(got.diagnostics.all(), IsEmpty());
  const auto& film = got.table("film");
  EXPECT_EQ(film.name.schema, "");
  EXPECT_EQ(film.rows, 2U);
  EXPECT_TRUE(film.columns.at(0).generated);
  EXPECT_THAT(film.primary_key.columns, ElementsAre("id"));
  EXPECT_EQ(film.foreign_keys.at(0).on_update, "cascade");
  EXPECT_EQ(film.foreign_keys.at(0).on_delete, "");
}

TEST(SqlReader, NoActionThatIsSaidIsToldFromSilence) {
  const auto got = read("CREATE TABLE t (a int REFERENCES x ON DELETE NO ACTION, b int REFERENCES y, c int REFERENCES z ON DELETE SET NULL)");
  const auto& keys = got.table("t").foreign_keys;
  EXPECT_EQ(keys.at(0).on_delete, "no action");
  EXPECT_EQ(keys.at(1).on_delete, "");
  EXPECT_EQ(keys.at(2).on_delete, "set null");
}

TEST(SqlReader, AlterationsOfLaterFilesChangeTheTableOfAnEarlierOne) {
  const auto got = read(
      {{"migrations/010_more.sql", "ALTER TABLE t RENAME COLUMN a TO b; ALTER TABLE t RENAME TO u; ALTER TABLE u DROP COLUMN gone;"},
       {"migrations/2_base.sql", "CREATE TABLE t (id int PRIMARY KEY, a text, gone int); CREATE INDEX i ON t (gone); CREATE INDEX k ON t (a);"}});
  const auto& table = got.table("u");
  EXPECT_THAT(columns_of(table), ElementsAre("id integer", "b text"));
  ASSERT_EQ(table.indexes.size(), 1U);
  EXPECT_THAT(table.indexes.at(0).columns, ElementsAre("b"));
}

TEST(SqlReader, WaysBackAreNotApplied) {
  const auto got = read({{"m/0001_a.up.sql", "CREATE TABLE a (id int PRIMARY KEY);"},
                         {"m/0001_a.down.sql", "DROP TABLE a;"},
                         {"migrations/0002_b.sql", "-- +goose Up\nCREATE TABLE b (id int);\n-- +goose Down\nDROP TABLE b;"},
                         {"DropTables.sql", "DROP TABLE a; DROP TABLE b;"}});
  EXPECT_EQ(got.facts.tables.size(), 2U);
  for (const auto& migration : got.facts.migrations) {
    EXPECT_TRUE(migration.has_rollback) << migration.file;
    EXPECT_TRUE(migration.is_migration) << migration.file;
  }
}

TEST(SqlReader, RoutinesTellWhatTheyReadAndWrite) {
  const auto got = read(
      "CREATE VIEW v AS WITH q AS (SELECT * FROM hidden) SELECT * FROM q JOIN shop.orders o ON true;\n"
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$ DECLARE n int; BEGIN\n"
      " INSERT INTO log SELECT * FROM src; n := (SELECT count(*) FROM counted); IF EXISTS (SELECT 1 FROM asked) THEN DELETE FROM dead; END IF;\n"
      " RETURN NEW; END $$;\nCREATE TRIGGER t AFTER INSERT ON orders EXECUTE FUNCTION f();\n"
      "CREATE PROCEDURE p() LANGUAGE sql AS 'UPDATE one SET a = 1; TRUNCATE two';");
  ASSERT_EQ(got.facts.routines.size(), 4U);
  const auto names = [](const std::vector<TableName>& tables) {
    std::vector<std::string> out;
    for (const auto& table : tables) out.push_back(table.schema + "." + table.name);
    std::sort(out.begin(), out.end());
    return out;
  };
  EXPECT_THAT(names(got.facts.routines[0].reads), ElementsAre(".hidden", "shop.orders"));
  EXPECT_THAT(names(got.facts.routines[1].reads), ElementsAre(".asked", ".counted", ".src"));
  EXPECT_THAT(names(got.facts.routines[1].writes), ElementsAre(".dead", ".log"));
  EXPECT_TRUE(got.facts.routines[1].security_definer);
  EXPECT_TRUE(got.facts.routines[1].fixed_search_path);
  EXPECT_THAT(names(got.facts.routines[2].writes), ElementsAre(".dead", ".log"));
  EXPECT_EQ(got.facts.routines[2].table.name, "orders");
  EXPECT_THAT(names(got.facts.routines[3].writes), ElementsAre(".one", ".two"));
}

TEST(SqlReader, PoliciesPartitionsEnumsDomainsAndCommentsAreKept) {
  const auto got = read(
      "CREATE DOMAIN email AS text CHECK (VALUE ~ '@'); CREATE TYPE mood AS ENUM ('a'); ALTER TYPE mood ADD VALUE 'b';\n"
      "CREATE TABLE t (id int, at date, e email, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);\n"
      "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');\n"
      "COMMENT ON TABLE t IS 'the table'; COMMENT ON COLUMN t.id IS 'the key';\n"
      "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t FOR SELECT TO app USING (true);\n"
      "DO $$ BEGIN ALTER TABLE t ADD COLUMN inside int; EXCEPTION WHEN duplicate_column THEN NULL; END $$;");
  const auto& table = got.table("t");
  EXPECT_THAT(columns_of(table), ElementsAre("id integer", "at date", "e text", "inside integer"));
  EXPECT_EQ(table.comment, "the table");
  EXPECT_EQ(table.columns.at(0).comment, "the key");
  EXPECT_EQ(table.partitioned_by, "at");
  EXPECT_TRUE(table.row_security);
  EXPECT_EQ(table.policies.at(0).condition, "true");
  EXPECT_EQ(got.table("t1").partition_of.name, "t");
  EXPECT_THAT(got.facts.enums.at(0).values, ElementsAre("a", "b"));
}

TEST(SqlReader, StatementsOfAMigrationKnowLocksTypesAndNewTables) {
  const auto got = read({{"migrations/1_base.sql", "CREATE TABLE t (id int, a varchar(10));"},
                         {"migrations/2_next.sql",
                          "BEGIN; SET LOCAL lock_timeout = '1s'; CREATE TABLE fresh (id int); CREATE INDEX ON fresh (id);\n"
                          "ALTER TABLE t ALTER a TYPE text, ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES fresh NOT VALID;\n"
                          "ALTER TABLE t ADD COLUMN u uuid NOT NULL DEFAULT gen_random_uuid(); COMMIT;\nUPDATE t SET a = 'x';"}});
  ASSERT_EQ(got.facts.migrations.size(), 2U);
  const auto& facts = got.facts.migrations[1].statements;
  std::vector<Kind> kinds;
  for (const auto& fact : facts) kinds.push_back(fact.kind);
  EXPECT_THAT(kinds, ElementsAre(Kind::kBegin, Kind::kSetLockTimeout, Kind::kCreateTable, Kind::kCreateIndex, Kind::kAlterType, Kind::kAddConstraint,
                                 Kind::kAddColumn, Kind::kCommit, Kind::kUpdate));
  EXPECT_TRUE(facts[3].table_is_new);
  EXPECT_EQ(facts[4].old_type, "character varying(10)");
  EXPECT_EQ(facts[4].type, "text");
  EXPECT_TRUE(facts[5].not_valid);
  EXPECT_TRUE(facts[6].volatile_default);
  EXPECT_TRUE(facts[6].in_transaction);
  EXPECT_FALSE(facts[8].in_transaction);
  EXPECT_FALSE(facts[8].has_where);
  EXPECT_FALSE(got.facts.migrations[1].whole_in_transaction);
}

TEST(SqlReader, TemplatesAndVariablesOfToolsStandForNames) {
  const auto got = read(
      "CREATE TABLE {{ index .Options \"Namespace\" }}.users (id int);\nALTER TABLE ${schema}.users ADD COLUMN a int;\n"
      "INSERT INTO users VALUES (:id, :'name');\nSELECT '{{1},{2}}'::int[], x[1:2] FROM users;");
  EXPECT_THAT(got.diagnostics.all(), IsEmpty());
  EXPECT_THAT(columns_of(got.table("users")), ElementsAre("id integer", "a integer"));
}

TEST(SqlReader, SqliteIsReadByRewritingItsTokens) {
  const auto got = read(
      "PRAGMA foreign_keys = ON;\nCREATE TABLE [Album] ([AlbumId] INTEGER PRIMARY KEY AUTOINCREMENT, Title NVARCHAR(160) DEFAULT \"x\" COLLATE "
      "NOCASE,\n"
      "  loose, made DATETIME, `order` INT, artistid INTEGER REFERENCES Artist (ArtistId) ON DELETE CASCADE, UNIQUE (Title) ON CONFLICT REPLACE)\n"
      "  WITHOUT ROWID, STRICT;\nCREATE INDEX IF NOT EXISTS main.ix ON album (ArtistID);\nINSERT OR IGNORE INTO Album VALUES (1), (2);\n"
      "CREATE TRIGGER tr AFTER INSERT ON Album BEGIN UPDATE x SET a = 1 WHERE b IN (SELECT c FROM y); DELETE FROM `z`; END;");
  EXPECT_THAT(got.diagnostics.all(), IsEmpty());
  EXPECT_EQ(got.facts.flavour, SqlFlavour::kSqlite);
  const auto& album = got.table("Album");
  EXPECT_THAT(columns_of(album),
              ElementsAre("AlbumId integer", "Title nvarchar(160)", "loose blob", "made datetime", "order integer", "artistid integer"));
  EXPECT_TRUE(album.columns.at(0).generated);
  EXPECT_EQ(album.columns.at(2).span.line, 3U);
  EXPECT_EQ(album.columns.at(2).span.column, 3U);
  EXPECT_EQ(album.foreign_keys.at(0).on_delete, "cascade");
  EXPECT_THAT(album.indexes.at(0).columns, ElementsAre("artistid"));
  EXPECT_EQ(album.rows, 2U);
  ASSERT_EQ(got.facts.routines.size(), 2U);
  const auto& trigger = got.facts.routines.at(1);
  EXPECT_EQ(trigger.kind, RoutineFact::Kind::kTrigger);
  EXPECT_EQ(trigger.table.name, "Album");
  EXPECT_EQ(trigger.writes.size(), 2U);
}

TEST(SqlReader, MysqlDumpsAreReadByRewritingTheirTokens) {
  const auto got = read(
      "/*!40101 SET NAMES utf8 */;\nCREATE TABLE `orders` (\n  `id` int(11) unsigned NOT NULL AUTO_INCREMENT,\n  `user_id` int(11) DEFAULT NULL "
      "COMMENT 'who''s',\n"
      "  `flag` tinyint(1) NOT NULL DEFAULT '0',\n  `note` varchar(255) CHARACTER SET utf8 DEFAULT 'it\\'s',\n"
      "  `at` datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),\n  PRIMARY KEY (`id`) USING BTREE,\n"
      "  UNIQUE KEY `u` (`note`(10)),\n  KEY `k` (`user_id`),\n  CONSTRAINT `fk` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE "
      "CASCADE\n"
      ") ENGINE=InnoDB DEFAULT CHARSET=utf8 COMMENT='all';\nLOCK TABLES `orders` WRITE;\nINSERT INTO `orders` VALUES (1,2,'it\\'s; (x)'),(2,3,'b');\n"
      "CREATE TABLE p (id int NOT NULL);\nALTER TABLE `p` ADD PRIMARY KEY (`id`), MODIFY `id` int(11) NOT NULL AUTO_INCREMENT;");
  EXPECT_THAT(got.diagnostics.all(), IsEmpty());
  EXPECT_EQ(got.facts.flavour, SqlFlavour::kMysql);
  const auto& orders = got.table("orders");
  EXPECT_THAT(columns_of(orders),
              ElementsAre("id bigint", "user_id integer", "flag boolean", "note character varying(255)", "at timestamp without time zone"));
  EXPECT_EQ(orders.comment, "all");
  EXPECT_EQ(orders.columns.at(1).comment, "who's");
  EXPECT_THAT(orders.primary_key.columns, ElementsAre("id"));
  EXPECT_THAT(orders.uniques.at(0).columns, ElementsAre("note"));
  EXPECT_THAT(orders.indexes.at(0).columns, ElementsAre("user_id"));
  EXPECT_EQ(orders.indexes.at(0).span.line, 10U);
  EXPECT_EQ(orders.rows, 2U);
  EXPECT_TRUE(got.table("p").columns.at(0).generated);
}

TEST(SqlReader, NestingThatWouldOverflowAParserIsRefused) {
  std::string chain = "SELECT 1";
  for (int i = 0; i < 50'000; ++i) chain += "+1";
  const auto got = read({{"a.sql", chain + "; CREATE TABLE t (id int);"},
                         {"b.sql", "SELECT " + std::string(5'000, '(') + "1" + std::string(5'000, ')') + ";"},
                         {"c.sql", "SELECT " + std::string(3'000, '-') + "1;"}});
  EXPECT_EQ(got.facts.tables.size(), 1U);
  EXPECT_GE(got.diagnostics.all().size(), 2U);
}

TEST(SqlReader, FilesForAnotherDatabaseAreLeftOutWithAWord) {
  const auto got = read({{"pg.sql", "CREATE TABLE a (id serial PRIMARY KEY, b jsonb); CREATE TABLE c (id uuid);"},
                         {"lite.sql", "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT);"}});
  EXPECT_EQ(got.facts.tables.size(), 2U);
  ASSERT_EQ(got.diagnostics.all().size(), 1U);
  EXPECT_EQ(got.diagnostics.all()[0].code, "foreign-mixed");
}

}  // namespace
}  // namespace kingpost::foreign
