#pragma once

#include <string>

#include "kingpost/foreign/sql_facts.hpp"

namespace kingpost::assess {

/// How a column is said in the model.
struct DraftType {
  std::string type;      ///< int, string(20), enum(a, b), list(text), …
  std::string declared;  ///< a declaration by which the drafter recognises columns of one type
  std::string note;      ///< what the type does not say; empty otherwise
};

/// The model's type for a column's SQL type, in either flavour.
[[nodiscard]] DraftType draft_type(const foreign::SqlFacts& facts, const std::string& sql_type);

}  // namespace kingpost::assess
