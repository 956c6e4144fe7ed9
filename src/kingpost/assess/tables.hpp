#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/foreign/sql_facts.hpp"

namespace kingpost::assess {

/// Finds tables by the names that SQL uses: with their schema, or without it where that says which. The tables must outlive the index.
class TableIndex {
 public:
  explicit TableIndex(const std::vector<foreign::TableFact>& tables);
  [[nodiscard]] std::optional<std::size_t> find(const foreign::TableName& name) const;

 private:
  std::map<foreign::TableName, std::size_t> exact_;
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_name_;
};

/// The partitions of a table, or what inherits from it. Pointers into the facts.
[[nodiscard]] std::vector<const foreign::TableFact*> parts_of(const foreign::SqlFacts& facts, const foreign::TableFact& whole);

/// `schema.name`, or the name alone where there is no schema or it is `public`.
[[nodiscard]] std::string shown(const foreign::TableName& name);

/// Words of a name in any spelling, lower case: `getUserIDs`, `get-user-ids` and `get_user_ids` are the same.
[[nodiscard]] std::vector<std::string> words_of(std::string_view name);

/// `invoices` is invoice, `categories` category; good enough for comparing names.
[[nodiscard]] std::string singular_of(std::string word);

/// Whether a column only records when or by which row version something happened to the row itself.
[[nodiscard]] bool is_stamp(std::string_view column);

}  // namespace kingpost::assess
