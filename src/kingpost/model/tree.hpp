#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/base/span.hpp"

namespace kingpost::model {

enum class NodeKind : std::uint8_t { kNull, kScalar, kMap, kList };

struct Member;

/// A node of a model text: a scalar with its text as written, a keyed map in order, or a list. Immutable once parsed.
struct Node {
  NodeKind kind = NodeKind::kNull;
  bool quoted = false;  ///< a quoted or block scalar: never null, bool or number
  bool flow = false;    ///< written in flow style ([…], {…})
  Span span;
  std::string text;
  std::vector<Member> members;
  std::vector<Node> items;

  /// The value of `key`, or nullptr. Keys are unique.
  [[nodiscard]] const Node* find(std::string_view key) const noexcept;
  [[nodiscard]] bool is_map() const noexcept { return kind == NodeKind::kMap; }
  [[nodiscard]] bool is_list() const noexcept { return kind == NodeKind::kList; }
  [[nodiscard]] bool is_scalar() const noexcept { return kind == NodeKind::kScalar; }
  [[nodiscard]] bool is_null() const noexcept { return kind == NodeKind::kNull; }
};

struct Member {
  std::string key;
  Span key_span;
  Node value;
};

/// One word of a field's shorthand: `decimal(12,2)`, `min(0)`, `optional`. Arguments are nested words or literal texts.
struct Word {
  std::string name;
  Span span;
  bool call = false;    ///< written with parentheses
  bool quoted = false;  ///< a quoted literal argument; `name` holds its value without quotes
  std::vector<Word> args;
  std::string text;  ///< the word as written: an argument with blanks or operators is an expression, its text both here and in `name`
};

/// A model and everything it imports, merged: the members of imported files follow the importing file's per section.
struct Document {
  Node root;
  std::vector<std::string> files;
};

}  // namespace kingpost::model
