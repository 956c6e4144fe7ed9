#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kingpost/cel/expr.hpp"
#include "kingpost/ir/types.hpp"

namespace kingpost::ir {

/// A name a client sees. Reads compute `expression` over `row` (null: the field itself); writes store `inverse` over `input` (null: the value
/// itself).
struct ViewField {
  std::string name;
  FieldId field;
  cel::ExprPtr expression;
  cel::ExprPtr inverse;
  bool writable = true;
};

struct ViewRelation {
  std::string name;
  RelationId relation;
};

/// What one contract shows of one entity. Lookups by wire name.
struct ViewEntity {
  EntityId entity;
  std::string name;
  std::vector<ViewField> fields;
  std::vector<ViewRelation> relations;

  [[nodiscard]] const ViewField* find_field(std::string_view wire_name) const noexcept;
  [[nodiscard]] const ViewRelation* find_relation(std::string_view wire_name) const noexcept;
  [[nodiscard]] const ViewField* field_of(FieldId field) const noexcept;
};

struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};

/// A version of the API. Every request resolves names through one, from the first day; without `contracts:` there is one named `v1`.
struct Contract {
  std::string name;
  bool current = false;
  std::string deprecated;  ///< YYYY-MM-DD or empty
  std::string sunset;
  std::vector<ViewEntity> entities;  ///< those a client can reach
  std::unordered_map<std::string, std::size_t, StringHash, std::equal_to<>> by_name;
  std::vector<std::size_t> by_entity;  ///< EntityId → index into `entities`, or npos
  Span span;

  static constexpr std::size_t kHidden = static_cast<std::size_t>(-1);
  [[nodiscard]] const ViewEntity* find(std::string_view wire_name) const noexcept;
  [[nodiscard]] const ViewEntity* view_of(EntityId entity) const noexcept;
};

}  // namespace kingpost::ir
