#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/foreign/sql_facts.hpp"

namespace kingpost::assess {

/// What a table is for, as far as its shape tells.
enum class TableRole : std::uint8_t {
  kOwn,       ///< data of the business
  kLookup,    ///< a short list of names or codes that others refer to
  kJunction,  ///< joins two others and says little more
  kRoot,      ///< whose data it is (a tenant, an account): so many of other names refer to it that it tells nothing about any of them
  kPart,      ///< a partition, or a copy of another table's shape: goes where that goes
  kTool,      ///< bookkeeping of a migration tool
};

/// A foreign key between two tables that are both known.
struct KeyLink {
  std::size_t from = 0;  ///< holds the columns
  std::size_t to = 0;
  const foreign::ForeignKeyFact* key = nullptr;
  bool required = false;     ///< no column of it may be null
  bool identifying = false;  ///< its columns are part of the holder's primary key
  bool cascades = false;
};

/// A column that is named and typed like a reference to a table, without a foreign key.
struct ImpliedLink {
  std::size_t from = 0;
  std::size_t to = 0;
};

/// What one routine or trigger writes, it writes in one transaction.
struct WrittenTogether {
  const foreign::RoutineFact* routine = nullptr;
  std::vector<std::size_t> tables;  ///< two and more, in order
};

/// How strongly two tables belong together, whatever the direction; `one` < `other`.
struct Tie {
  std::size_t one = 0;
  std::size_t other = 0;
  double weight = 0;
};

/// Tables as a weighted graph. Refers to the facts, which must outlive it.
struct Coupling {
  std::vector<TableRole> roles;                 ///< one a table
  std::vector<std::size_t> parents;             ///< of a kPart: the table that it follows; otherwise itself
  std::vector<std::vector<std::string>> words;  ///< of each name, without what all share
  std::vector<KeyLink> links;
  std::vector<ImpliedLink> implied;
  std::vector<WrittenTogether> transactions;
  std::vector<Tie> ties;  ///< by one, other; lookups, roots, parts and tools have none
};

/// Weights of ties. They are judgement, not measurement: order matters more than size. A row that cannot exist without another is tied most, then one
/// that is deleted with it, then one that must name it, then one that may. A foreign key to a table that many refer to (users, tenants) says little
/// about where its holder belongs, so each is divided by log2(1 + referring tables).
inline constexpr double kIdentifyingWeight = 4;
inline constexpr double kCascadeWeight = 3;
inline constexpr double kRequiredWeight = 2;
inline constexpr double kOptionalWeight = 1;
inline constexpr double kImpliedWeight = 0.75;   ///< a reference that only a name suggests
inline constexpr double kTransactionWeight = 3;  ///< shared among the pairs that a routine writes
inline constexpr double kViewWeight = 0.5;       ///< shared among the pairs that a view joins
inline constexpr double kNameWeight = 2;         ///< shared among the tables whose names begin with one word
inline constexpr double kSchemaWeight = 2;       ///< shared among the tables of one of several schemas
/// A table is a root when at least this many, and this share of all, refer to it.
inline constexpr std::size_t kRootReferers = 10;
inline constexpr double kRootShare = 0.3;
/// A routine that touches more tables than this cleans or copies; it tells nothing about the business.
inline constexpr std::size_t kMostTogether = 12;

/// Reads ties out of foreign keys, routines, views and names. Time: tables and keys, times the logarithm, plus the square of groups of names. Pure.
[[nodiscard]] Coupling couple(const foreign::SqlFacts& facts);

}  // namespace kingpost::assess
