#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "kingpost/dialect/dialect.hpp"
#include "kingpost/plan/layout.hpp"
#include "kingpost/plan/row_set.hpp"

namespace kingpost::protocol::rest {

/// Writes rows as JSON straight from the cells; no tree is built. One thread.
class JsonRenderer {
 public:
  JsonRenderer(const plan::RowSets& rows, dialect::Database database) noexcept : rows_(rows), database_(database) {}

  /// The root's rows as an array.
  void append_array(std::string& out, const plan::NodeLayout& root);
  /// One row of the root as an object.
  void append_object(std::string& out, const plan::NodeLayout& root, std::size_t row);

 private:
  struct Group {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  /// Where each parent's rows lie in a child's step: rows are sorted by key, so equal keys are neighbours.
  struct GroupIndex {
    const plan::NodeLayout* node = nullptr;
    std::vector<Group> slots;  ///< open addressing; begin == end is free
  };

  void append_members(std::string& out, const plan::NodeLayout& node, std::size_t row, bool present, bool& first);
  void append_embed(std::string& out, const plan::MemberLayout& member, std::uint32_t parent_step, std::size_t parent_row);
  [[nodiscard]] Group find_group(const plan::NodeLayout& node, std::uint32_t parent_step, std::size_t parent_row);
  [[nodiscard]] const GroupIndex& index_of(const plan::NodeLayout& node);

  const plan::RowSets& rows_;
  dialect::Database database_;
  std::vector<GroupIndex> indexes_;
};

}  // namespace kingpost::protocol::rest
