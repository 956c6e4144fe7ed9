#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kingpost/introspect/column_types.hpp"
#include "kingpost/introspect/normalise.hpp"

namespace kingpost::introspect {

struct DraftField {
  std::string name;
  std::string column;
  std::string type;
  std::string storage;
  std::string sql_type;
  std::string sql_default;
  std::string on_delete;  ///< of a ref, as the model says it
  std::string on_update;
  bool optional = false;
  bool counted = false;  ///< `auto`
  std::string target;    ///< entity of a ref
};

/// A foreign key that no ref can say.
struct DraftKey {
  std::string name;
  std::vector<std::string> fields;
  std::string to;
  std::vector<std::string> target;
  std::string on_delete;
  std::string on_update;
  std::string constraint;
};

struct DraftIndex {
  std::string key;
  std::string name;
  std::vector<std::string> fields;
  bool unique = false;
  std::string where_sql;
};

struct DraftUnique {
  std::string name;
  std::vector<std::string> fields;
};

struct DraftEntity {
  std::string name;
  std::string table;
  std::vector<std::string> key;
  std::vector<DraftField> fields;
  std::vector<DraftKey> foreign_keys;
  std::vector<DraftUnique> uniques;
  std::vector<DraftIndex> indexes;
  std::vector<std::pair<std::string, std::string>> has;
  std::vector<std::pair<std::string, std::string>> checks;
  std::vector<std::string> options;
  std::vector<std::string> notes;

  [[nodiscard]] const DraftField* find_column(std::string_view column) const;
  [[nodiscard]] const DraftField* find(std::string_view field) const;
};

/// A model that is to be written.
struct Draft {
  std::vector<DraftEntity> entities;
  std::vector<std::string> notes;  ///< of what belongs to no entity
};

/// How a column's values look, by table and column.
using Samples = std::map<std::pair<std::string, std::string>, ColumnSample>;

/// Chooses types and names, and finds relations and their inverses.
[[nodiscard]] Draft make_draft(const NormalSchema& schema, const Samples& samples);

/// The model text.
[[nodiscard]] std::string print_draft(const Draft& draft, const std::string& system, const std::string& origin);

}  // namespace kingpost::introspect
