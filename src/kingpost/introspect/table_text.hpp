#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kingpost::introspect {

/// A lexical unit of SQL (sqlite.org/lang_keywords, tokenize.c): a word, a quoted name, a literal, or one sign.
struct Token {
  enum class Kind { kWord, kName, kText, kSign };
  Kind kind = Kind::kSign;
  std::string text;    ///< a name without its quotes, anything else as written
  std::string source;  ///< as written
  bool apart = false;  ///< blanks or a comment stand before it
};

/// Never fails: what is not closed ends with the text, as SQLite has accepted it already. Comments are left out.
[[nodiscard]] std::vector<Token> read_tokens(std::string_view sql);

/// The text of tokens [begin, end) with one blank for whatever separated them.
[[nodiscard]] std::string print_tokens(const std::vector<Token>& tokens, std::size_t begin, std::size_t end);
/// The same text without comments and with single blanks.
[[nodiscard]] std::string plain_sql(std::string_view sql);

struct CheckText {
  std::string name;  ///< empty = unnamed
  std::string sql;
};
struct ConstraintText {
  std::string name;
  std::vector<std::string> columns;
  bool deferred = false;
};
struct ColumnText {
  std::string name;
  std::string collation;
};

/// What no pragma tells about a table.
struct TableText {
  std::vector<ColumnText> columns;
  std::vector<CheckText> checks;
  std::vector<ConstraintText> uniques;
  std::vector<ConstraintText> foreign_keys;
  bool autoincrement = false;
  bool conflict_clause = false;  ///< ON CONFLICT behind a constraint
};

/// Reads a CREATE TABLE statement as SQLite keeps it.
[[nodiscard]] TableText read_table_text(std::string_view sql);

/// The condition of a partial index's CREATE INDEX, or empty.
[[nodiscard]] std::string index_condition(std::string_view sql);

}  // namespace kingpost::introspect
