#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/base/span.hpp"

namespace kingpost::foreign {

/// A name as SQL has it; the schema is empty where the text names none.
struct TableName {
  std::string schema;
  std::string name;
  friend bool operator==(const TableName&, const TableName&) = default;
  friend auto operator<=>(const TableName&, const TableName&) = default;
};

struct ColumnFact {
  std::string name;
  std::string type;  ///< lower case, canonical of its database: `bigint`, `character varying(20)`, `timestamp without time zone`
  bool nullable = true;
  bool generated = false;     ///< identity, serial, AUTOINCREMENT or GENERATED ALWAYS
  std::string default_value;  ///< as SQL text; empty = none
  std::string comment;
  Span span;
};

/// A list of columns with a name: primary key or unique constraint.
struct KeyFact {
  std::string name;
  std::vector<std::string> columns;
  Span span;
};

struct ForeignKeyFact {
  std::string name;
  std::vector<std::string> columns;
  TableName target;
  std::vector<std::string> target_columns;  ///< empty = the target's primary key
  std::string on_delete;                    ///< `no action`, `restrict`, `cascade`, `set null`, `set default`; empty = not said
  std::string on_update;
  Span span;
};

struct IndexFact {
  std::string name;
  std::vector<std::string> columns;  ///< an expression stands as its text in parentheses; a named collation or operator class follows after a blank
  std::vector<std::string> include;  ///< columns that are only carried along
  std::string method;                ///< btree where not said
  std::string where;                 ///< text of a partial index's condition
  bool unique = false;
  Span span;
};

struct CheckFact {
  std::string name;
  std::string condition;  ///< SQL text
  Span span;
};

/// A row security policy.
struct PolicyFact {
  std::string name;
  std::string command;             ///< `all`, `select`, `insert`, `update` or `delete`
  std::vector<std::string> roles;  ///< `public` where none is named
  bool permissive = true;
  std::string condition;  ///< USING, as SQL text
  std::string check;      ///< WITH CHECK, as SQL text
  Span span;
};

struct TableFact {
  TableName name;
  std::string comment;
  std::vector<ColumnFact> columns;
  KeyFact primary_key;  ///< no columns = none
  std::vector<KeyFact> uniques;
  std::vector<ForeignKeyFact> foreign_keys;
  std::vector<IndexFact> indexes;
  std::vector<CheckFact> checks;
  bool row_security = false;
  std::vector<PolicyFact> policies;
  std::uint64_t rows = 0;      ///< of COPY data and VALUES in the files; 0 = none seen
  TableName partition_of;      ///< name empty = none; partitions and inherited tables
  std::string partitioned_by;  ///< columns of a partitioned table
  Span span;
};

/// A view, function, procedure or trigger with the tables that its text reads and writes. What one routine writes, it writes in one transaction.
struct RoutineFact {
  enum class Kind : std::uint8_t { kView, kFunction, kProcedure, kTrigger };
  Kind kind = Kind::kView;
  TableName name;
  TableName table;       ///< of a trigger: where it fires
  std::string function;  ///< of a trigger: what it calls
  std::string language;
  std::vector<TableName> reads;
  std::vector<TableName> writes;
  bool materialized = false;
  bool security_definer = false;
  bool fixed_search_path = false;
  Span span;
};

struct EnumFact {
  TableName name;
  std::vector<std::string> values;
  Span span;
};

/// What one statement of a migration does, as far as locks and data are concerned. PostgreSQL only.
struct StatementFact {
  enum class Kind : std::uint8_t {
    kOther,
    kBegin,
    kCommit,
    kRollback,
    kSetLockTimeout,
    kSetStatementTimeout,
    kCreateTable,
    kDropTable,
    kRenameTable,
    kAddColumn,
    kDropColumn,
    kRenameColumn,
    kAlterType,
    kSetNotNull,
    kDropNotNull,
    kSetDefault,
    kAddConstraint,
    kValidateConstraint,
    kDropConstraint,
    kCreateIndex,
    kDropIndex,
    kAddEnumValue,
    kInsert,
    kUpdate,
    kDelete,
    kTruncate,
    kLockTable,
    kGrant,
  };
  enum class Constraint : std::uint8_t { kNone, kPrimaryKey, kUnique, kForeignKey, kCheck, kExclude };
  Kind kind = Kind::kOther;
  TableName table;
  TableName target;  ///< of a foreign key
  std::string column;
  std::string type;       ///< added or new type of a column
  std::string old_type;   ///< of kAlterType, when an earlier statement told it
  std::string condition;  ///< text of a check
  std::string value;      ///< enum value, grantee, new name
  Constraint constraint = Constraint::kNone;
  bool concurrently = false;
  bool not_valid = false;
  bool using_index = false;
  bool not_null = false;          ///< of an added column
  bool has_default = false;       ///< of an added column
  bool volatile_default = false;  ///< its default has to be computed a row
  bool has_where = false;         ///< of UPDATE and DELETE
  bool if_exists = false;
  bool value_used = false;    ///< of kAddEnumValue: a later statement of the same file says the new value
  bool table_is_new = false;  ///< created earlier in the same file: nobody else can see it
  bool in_transaction = false;
  Span span;
};

/// One SQL file as a migration: its statements in order, and whether a file beside it takes it back.
struct MigrationFact {
  std::string file;
  FileIndex index = 0;        ///< in the SourceMap of the run
  std::string tool;           ///< `goose`, `dbmate`, `flyway`, `diesel`, `prisma`, `supabase`, `sqitch`, `golang-migrate`; empty = not recognised
  bool is_migration = false;  ///< named or placed like one of a series; a schema dump is none
  bool has_rollback = false;
  bool whole_in_transaction = false;  ///< BEGIN … COMMIT around everything, or a tool that does so by default
  std::vector<StatementFact> statements;
};

enum class SqlFlavour : std::uint8_t { kPostgres, kSqlite, kMysql };

/// Everything SQL says, files applied in order: an ALTER changes the table that an earlier file created. A table that is created twice keeps its
/// first definition; what takes a migration back is not applied; temporary tables are left out; a domain stands as its base type.
struct SqlFacts {
  SqlFlavour flavour = SqlFlavour::kPostgres;
  std::vector<TableFact> tables;
  std::vector<RoutineFact> routines;
  std::vector<EnumFact> enums;
  std::vector<MigrationFact> migrations;
};

}  // namespace kingpost::foreign
