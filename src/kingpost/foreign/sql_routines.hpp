#pragma once

#include <vector>

#include "kingpost/foreign/sql_catalogue.hpp"

namespace kingpost::foreign {

/// Collects the tables that a tree reads and writes; names of common table expressions are none.
void tables_in(const Node& tree, std::vector<TableName>& reads, std::vector<TableName>& writes);

/// Views, functions, procedures and triggers with the tables of their bodies.
class SqlRoutines {
 public:
  explicit SqlRoutines(SqlParser& parser) : parser_(&parser) {}
  /// Takes a CREATE or DROP of a routine; other statements are nothing to it.
  void apply(const ParsedStatement& statement);
  /// The statements inside a DO block's text, in order.
  [[nodiscard]] std::vector<std::string> block_statements(const ParsedStatement& statement);
  /// Everything, in order of creation; triggers do what their functions do.
  [[nodiscard]] std::vector<RoutineFact> take();

 private:
  void create_view(const ParsedStatement& statement, const Node& body);
  void create_function(const ParsedStatement& statement, const Node& body);
  void create_trigger(const ParsedStatement& statement, const Node& body);
  void read_body(const ParsedStatement& statement, const std::string& text, RoutineFact& routine);
  void add(RoutineFact routine);

  SqlParser* parser_;
  std::vector<RoutineFact> routines_;
};

}  // namespace kingpost::foreign
