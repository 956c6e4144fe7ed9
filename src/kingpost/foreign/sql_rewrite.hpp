#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/foreign/sql_catalogue.hpp"
#include "kingpost/foreign/sql_tokens.hpp"

namespace kingpost::foreign {

/// A statement in words that PostgreSQL's parser reads, with the way back.
struct Rewritten {
  std::string text;
  OffsetMap map;  ///< to offsets of the given text
};

/// Which database a text speaks to, by words that only one of them knows; nothing where it could be any.
/// SQLite: AUTOINCREMENT, WITHOUT ROWID, PRAGMA. MySQL: AUTO_INCREMENT, ENGINE=, UNSIGNED, `/*!`. PostgreSQL: serial, jsonb, uuid, dollar quotes ….
struct FlavourVotes {
  int postgres = 0;
  int sqlite = 0;
  int mysql = 0;
  std::size_t tables = 0;  ///< CREATE TABLE statements
};
[[nodiscard]] FlavourVotes votes_for(std::string_view text);

/// Rewrites one statement of SQLite or MySQL token by token: other quotes, AUTOINCREMENT, WITHOUT ROWID and STRICT, conflict clauses, columns without
/// type, display widths, UNSIGNED, comments and options of tables, KEY lists. One statement may become several (a table and its indexes), or none
/// when it says nothing about tables (PRAGMA, SET NAMES, LOCK TABLES …). Types of MySQL become those of PostgreSQL that hold the same values
/// (`int unsigned` is `bigint`, `datetime` a timestamp without zone, `timestamp` one with); those of SQLite stay as declared. What it does not know
/// passes unchanged, and the parser may refuse it.
/// `spellings` keeps, for a run, how a name was first written: neither database minds the case of its letters.
[[nodiscard]] std::vector<Rewritten> rewrite_sql(std::string_view text, std::span<const Token> tokens, SqlFlavour flavour,
                                                 std::map<std::string, std::string>& spellings);

/// Fills, byte for byte, what a tool would have put into a PostgreSQL statement: `{{ … }}` and `${…}` become a name, or nothing before a dot;
/// `:name` of psql becomes the name where `variables` may stand. `tokens` are those of `statement`; bodies in dollar quotes are filled too.
void fill_templates(std::string& statement, std::span<const Token> tokens, bool variables = true);

}  // namespace kingpost::foreign
