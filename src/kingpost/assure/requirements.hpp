#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/assure/permissions.hpp"

namespace kingpost::assure {

enum class ElementKind : std::uint8_t { kEntity, kField, kCommand, kOther };
[[nodiscard]] std::string_view element_kind_name(ElementKind kind) noexcept;

/// An element that names a requirement.
struct Element {
  ElementKind kind = ElementKind::kEntity;
  std::string name;  ///< `order`, `order.card_hint`, `place_order`; of kOther with what it is: `saga fulfilment`
  ir::EntityId entity;
  ir::FieldId field;
  ir::CommandId command;
  Span span;
};

enum class Met : std::uint8_t {
  kUnmet,     ///< no element names it
  kDesigned,  ///< every element that names it is designed and checked, and not run by this version
  kMet,       ///< an element that runs names it
};
[[nodiscard]] std::string_view met_name(Met met) noexcept;

struct RequirementLine {
  std::string id;
  std::string text;
  Span span;
  Met met = Met::kUnmet;
  std::vector<Element> elements;
  std::vector<std::string> operations;  ///< that somebody can reach, `order.read`
  std::vector<std::string> checks;      ///< what holds it up: rules, constraints, requirements of commands
  std::vector<std::string> objectives;  ///< service objectives of its operations, `place_order p99`
};

struct RequirementTrace {
  std::vector<RequirementLine> lines;  ///< in the model's order
  std::vector<Element> untraced;       ///< entities and commands that serve no requirement; built-in ones left out
};

/// Which elements serve which requirement. Pure.
[[nodiscard]] RequirementTrace trace_requirements(const ir::System& system, const PermissionMatrix& matrix);

}  // namespace kingpost::assure
