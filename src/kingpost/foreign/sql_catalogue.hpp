#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kingpost/foreign/sql_facts.hpp"
#include "kingpost/foreign/sql_tokens.hpp"
#include "kingpost/foreign/sql_tree.hpp"

namespace kingpost::foreign {

/// Text that was rewritten for PostgreSQL's parser: from each `first` on, offset o of the new text is `second` + (o - `first`) of the old one.
using OffsetMap = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

/// One statement that was parsed, and the way from the tree's offsets back to its file.
struct ParsedStatement {
  Node tree;
  std::string text;           ///< what the parser read
  std::vector<Token> tokens;  ///< of `text`
  OffsetMap map;              ///< to offsets in the file; sorted, begins with 0
  std::size_t file = 0;       ///< index in the files of the run
  const Places* places = nullptr;
  Span span;  ///< the whole statement
  std::uint64_t copied_rows = 0;

  /// The token that begins at or after `location`, in the file.
  [[nodiscard]] Span at(std::uint32_t location) const;
  [[nodiscard]] std::uint32_t offset(std::uint32_t location) const;
};

/// Tables as DDL leaves them, statement by statement.
class SqlCatalogue {
 public:
  /// Applies a statement; false when it needs a table that is not known (yet).
  bool apply(const ParsedStatement& statement);
  [[nodiscard]] TableFact* find(const TableName& name);
  [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }
  [[nodiscard]] bool has(const TableName& name) const { return names_.contains(name); }
  /// Everything in the order of creation, except routines and migrations.
  void take(SqlFacts& facts);

 private:
  bool create_table(const ParsedStatement& statement, const Node& body);
  bool create_index(const ParsedStatement& statement, const Node& body);
  bool alter_table(const ParsedStatement& statement, const Node& body);
  bool alter_command(const ParsedStatement& statement, TableFact& table, const Node& command);
  bool rename(const Node& body);
  bool comment(const Node& body);
  bool policy(const ParsedStatement& statement, const Node& body);
  void drop(const Node& body);
  void create_enum(const ParsedStatement& statement, const Node& body);
  bool insert_rows(const ParsedStatement& statement, const Node& body);
  void rename_table(const TableName& from, const TableName& to);
  TableFact* add(TableFact table);

  std::vector<std::unique_ptr<TableFact>> tables_;
  std::map<TableName, TableFact*> names_;
  std::map<TableName, std::string> domains_;
  std::vector<EnumFact> enums_;
};

}  // namespace kingpost::foreign
