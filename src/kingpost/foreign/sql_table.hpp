#pragma once

#include "kingpost/foreign/sql_catalogue.hpp"

namespace kingpost::foreign {

/// Adds a ColumnDef, with the constraints that stand in it.
void add_column(const ParsedStatement& statement, TableFact& table, const Node& definition);
/// Adds a Constraint of a table, or of one of its columns.
void add_constraint(const ParsedStatement& statement, TableFact& table, const Node& constraint, const std::string& column);
/// Takes a column away with what was built on it.
void drop_column(TableFact& table, const std::string& column);
/// Renames a column wherever the table says it.
void rename_column(TableFact& table, const std::string& from, const std::string& to);
[[nodiscard]] ColumnFact* find_column(TableFact& table, const std::string& name);
/// The referential actions of a foreign key: `no action` only where the text says so.
[[nodiscard]] ForeignKeyFact foreign_key_of(const ParsedStatement& statement, const Node& constraint, const std::string& column);
/// The elements of an index or an exclusion as text.
[[nodiscard]] std::vector<std::string> index_columns(const Node& elements);

}  // namespace kingpost::foreign
