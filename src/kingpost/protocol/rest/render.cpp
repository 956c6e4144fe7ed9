#include "kingpost/protocol/rest/render.hpp"

#include <bit>

#include "kingpost/dialect/codec.hpp"

namespace kingpost::protocol::rest {

using plan::Cell;
using plan::MemberKind;
using plan::MemberLayout;
using plan::NodeLayout;
using plan::RowSet;

namespace {

bool equal_cells(const Cell& left, const Cell& right) {
  const CellView a = left.view();
  const CellView b = right.view();
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case CellView::Kind::kNull:
      return true;
    case CellView::Kind::kInt:
      return a.integer == b.integer;
    case CellView::Kind::kReal:
      return std::bit_cast<std::uint64_t>(a.real) == std::bit_cast<std::uint64_t>(b.real);
    case CellView::Kind::kText:
    case CellView::Kind::kBlob:
      return a.bytes == b.bytes;
  }
  return false;
}

std::size_t mix(std::size_t seed, const Cell& cell) {
  const CellView view = cell.view();
  std::size_t hash = 0;
  if (view.kind == CellView::Kind::kInt) {
    hash = static_cast<std::size_t>(view.integer) * 0x9E3779B97F4A7C15ULL;
  } else if (view.kind == CellView::Kind::kText || view.kind == CellView::Kind::kBlob) {
    hash = std::hash<std::string_view>{}(view.bytes);
  } else if (view.kind == CellView::Kind::kReal) {
    hash = std::bit_cast<std::uint64_t>(view.real) * 0x9E3779B97F4A7C15ULL;
  }
  return (seed ^ hash) * 0xBF58476D1CE4E5B9ULL ^ (hash >> 29);
}

std::size_t hash_key(const RowSet& rows, std::size_t row, const std::vector<std::uint32_t>& columns) {
  std::size_t seed = columns.size();
  for (const std::uint32_t column : columns) seed = mix(seed, rows.at(row, column));
  return seed;
}

struct KeyOfRow {
  const RowSet& rows;
  std::size_t row;
  const std::vector<std::uint32_t>& columns;
};

bool equal_keys(const KeyOfRow& left, const KeyOfRow& right) {
  for (std::size_t at = 0; at < left.columns.size(); ++at) {
    if (!equal_cells(left.rows.at(left.row, left.columns[at]), right.rows.at(right.row, right.columns[at]))) return false;
  }
  return true;
}

}  // namespace

void JsonRenderer::append_array(std::string& out, const NodeLayout& root) {
  const std::size_t count = rows_[root.step].rows();
  out += '[';
  for (std::size_t row = 0; row < count; ++row) {
    if (row != 0) out += ',';
    append_object(out, root, row);
  }
  out += ']';
}

void JsonRenderer::append_object(std::string& out, const NodeLayout& root, std::size_t row) {
  bool first = true;
  out += '{';
  append_members(out, root, row, true, first);
  out += '}';
}

void JsonRenderer::append_members(std::string& out, const NodeLayout& node, std::size_t row, bool present, bool& first) {
  const RowSet& rows = rows_[node.step];
  for (const MemberLayout& member : node.members) {
    if (member.kind == MemberKind::kSpread) {
      const NodeLayout& inner = *member.node;
      bool there = present;
      std::size_t inner_row = row;
      if (there && inner.joined) {
        there = rows_[inner.step].at(row, inner.present_column).kind != CellView::Kind::kNull;
      } else if (there) {
        const Group group = find_group(inner, node.step, row);
        there = group.begin != group.end;
        inner_row = group.begin;
      }
      append_members(out, inner, inner_row, there, first);
      continue;
    }
    if (!first) out += ',';
    first = false;
    out += member.prefix;
    if (!present) {
      out += member.kind == MemberKind::kMany ? "[]" : "null";
    } else if (member.kind == MemberKind::kValue) {
      dialect::append_json(out, rows.at(row, member.column).view(), member.type, member.storage, database_);
    } else {
      append_embed(out, member, node.step, row);
    }
  }
}

void JsonRenderer::append_embed(std::string& out, const MemberLayout& member, std::uint32_t parent_step, std::size_t parent_row) {
  const NodeLayout& node = *member.node;
  if (node.joined) {
    if (rows_[node.step].at(parent_row, node.present_column).kind == CellView::Kind::kNull) {
      out += "null";
    } else {
      append_object(out, node, parent_row);
    }
    return;
  }
  const Group group = find_group(node, parent_step, parent_row);
  if (member.kind == MemberKind::kOne) {
    if (group.begin == group.end) {
      out += "null";
    } else {
      append_object(out, node, group.begin);
    }
    return;
  }
  out += '[';
  for (std::size_t row = group.begin; row < group.end; ++row) {
    if (row != group.begin) out += ',';
    append_object(out, node, row);
  }
  out += ']';
}

const JsonRenderer::GroupIndex& JsonRenderer::index_of(const NodeLayout& node) {
  for (const GroupIndex& index : indexes_) {
    if (index.node == &node) return index;
  }
  const RowSet& rows = rows_[node.step];
  GroupIndex index;
  index.node = &node;
  index.slots.resize(std::bit_ceil(rows.rows() * 2 + 1));
  const std::size_t mask = index.slots.size() - 1;
  for (std::size_t begin = 0; begin < rows.rows();) {
    std::size_t end = begin + 1;
    while (end < rows.rows() && equal_keys({rows, begin, node.key_columns}, {rows, end, node.key_columns})) ++end;
    std::size_t slot = hash_key(rows, begin, node.key_columns) & mask;
    while (index.slots[slot].begin != index.slots[slot].end) slot = (slot + 1) & mask;
    index.slots[slot] = {begin, end};
    begin = end;
  }
  indexes_.push_back(std::move(index));
  return indexes_.back();
}

JsonRenderer::Group JsonRenderer::find_group(const NodeLayout& node, std::uint32_t parent_step, std::size_t parent_row) {
  const RowSet& children = rows_[node.step];
  const RowSet& parents = rows_[parent_step];
  for (const std::uint32_t column : node.parent_columns) {
    if (parents.at(parent_row, column).kind == CellView::Kind::kNull) return {};
  }
  const GroupIndex& index = index_of(node);
  const std::size_t mask = index.slots.size() - 1;
  std::size_t slot = hash_key(parents, parent_row, node.parent_columns) & mask;
  while (index.slots[slot].begin != index.slots[slot].end) {
    if (equal_keys({parents, parent_row, node.parent_columns}, {children, index.slots[slot].begin, node.key_columns})) return index.slots[slot];
    slot = (slot + 1) & mask;
  }
  return {};
}

}  // namespace kingpost::protocol::rest
