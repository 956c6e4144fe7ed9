#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kingpost/foreign/sql_facts.hpp"
#include "kingpost/foreign/sql_tree.hpp"

namespace kingpost::foreign {

/// The texts of a list of String nodes.
[[nodiscard]] std::vector<std::string> strings_of(const Node& list);
/// `schema.name` of a list of String nodes; `public` and `pg_catalog` are not said.
[[nodiscard]] TableName name_of(const Node& list);
/// The name in a RangeVar. `public` counts as no schema: most texts say it in one place and not in the other.
[[nodiscard]] TableName table_of(const Node& range);
/// A TypeName as PostgreSQL prints it: `int8` is `bigint`, `varchar(20)` is `character varying(20)`; `serial` is left as it is.
[[nodiscard]] std::string print_type(const Node& type);
/// An expression as SQL text, one spelling for one tree. What this printer does not know stands as `…`.
[[nodiscard]] std::string print_expression(const Node& expression);
/// Whether an expression has to be computed anew for each row (PostgreSQL's volatile functions; one that we do not know counts as volatile).
[[nodiscard]] bool is_volatile(const Node& expression);

}  // namespace kingpost::foreign
