#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kingpost/ir/types.hpp"

namespace kingpost::plan {

/// A result column: what it means and how it lies.
struct ResultColumn {
  ir::LogicalType type;
  ir::Storage storage;
};

struct NodeLayout;

enum class MemberKind : std::uint8_t { kValue, kOne, kMany, kSpread };

/// One member of a rendered object. `prefix` is the ready JSON text `"name":`.
struct MemberLayout {
  MemberKind kind = MemberKind::kValue;
  std::string name;
  std::string prefix;
  std::uint32_t column = 0;
  ir::LogicalType type;
  ir::Storage storage;
  std::unique_ptr<NodeLayout> node;
};

/// How the rows of one level are found. A to-one joined into its parent's statement has the parent's step and `present_column`
/// (null there = no such row). A to-many has its own step: its rows are sorted by the join columns and belong to the parent whose
/// `parent_columns` equal their `key_columns`.
struct NodeLayout {
  std::uint32_t step = 0;
  bool joined = false;
  std::uint32_t present_column = 0;
  std::vector<std::uint32_t> parent_columns;
  std::vector<std::uint32_t> key_columns;
  std::vector<MemberLayout> members;
};

/// What the answer is made of.
struct ResultLayout {
  std::optional<NodeLayout> root;
  std::optional<std::uint32_t> count_step;     ///< one row, one integer: the exact count, or one above `count_bound`
  std::optional<std::uint32_t> planned_step;   ///< one row, one text: PostgreSQL's plan as JSON, whose estimate holds above `count_bound`
  std::uint64_t count_bound = 0;               ///< of an estimate
  std::vector<std::uint32_t> version_columns;  ///< in the root's step
  std::vector<std::uint32_t> cursor_columns;   ///< in the root's step: order values, then the key
  std::vector<ResultColumn> cursor_types;
  std::optional<std::uint32_t> written_step;  ///< its row count is what was inserted, updated or deleted
  std::optional<std::uint32_t> found_step;    ///< of an upsert that merges: its row count is what was there before
  std::vector<std::uint32_t> written_key_columns;
  std::vector<std::string> written_key_names;  ///< wire names, for Location
  std::vector<ResultColumn> written_key_types;
};

}  // namespace kingpost::plan
