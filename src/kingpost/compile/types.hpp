#pragma once

#include "kingpost/compile/context.hpp"

namespace kingpost::compile {

/// Where a type stands decides what it may be: columns store no named types, members of messages are no refs of lists.
enum class TypePlace : std::uint8_t { kField, kMember };

/// Reads a type word. An enum is registered in the system as `enum_name`. Of ref(…) the result is a uuid until relations are compiled.
/// Diagnostics: unknown-type, type-argument, type-place.
[[nodiscard]] std::optional<ir::LogicalType> compile_type(Context& context, const model::Word& word, const std::string& enum_name, TypePlace place);

/// Reads a field in either form into type word and modifiers; empty when there is nothing to go on (already reported by the grammar).
[[nodiscard]] std::optional<FieldSource> read_field_source(Context& context, const model::Member& member);

struct Bounds {
  std::optional<Decimal>* min;
  std::optional<Decimal>* max;
};

/// Applies `min` and `max`: to numbers as bounds, to texts, lists and bytes as the greatest length. Diagnostics: modifier-value, modifier-place.
void apply_bounds(Context& context, const FieldSource& source, ir::LogicalType& type, const Bounds& bounds);

/// The members of an input, an event, a named type or an HTTP body. Enums are registered as `owner.member`.
[[nodiscard]] std::vector<ir::Member> compile_member_list(Context& context, const model::Node* node, const std::string& owner);

/// Whether the wire dialect keeps the name for itself; such a column of an imported database has its field's name on the wire.
[[nodiscard]] bool is_reserved_column(std::string_view column);

[[nodiscard]] bool is_text(ir::Scalar scalar) noexcept;
[[nodiscard]] bool is_number(ir::Scalar scalar) noexcept;

}  // namespace kingpost::compile
