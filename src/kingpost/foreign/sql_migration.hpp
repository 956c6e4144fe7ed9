#pragma once

#include <map>
#include <set>
#include <vector>

#include "kingpost/foreign/sql_catalogue.hpp"

namespace kingpost::foreign {

/// What is known while the statements of one migration are read in order.
struct MigrationState {
  std::set<TableName> new_tables;
  std::map<std::string, std::size_t> enum_values;  ///< literal that was added, and which fact did
  bool in_transaction = false;                     ///< by BEGIN, or because the tool does
};

/// Appends what one statement does, seen before it is applied to `catalogue`. A statement with several commands gives several facts.
void describe_statement(const ParsedStatement& statement, SqlCatalogue& catalogue, MigrationState& state, std::vector<StatementFact>& out);

}  // namespace kingpost::foreign
