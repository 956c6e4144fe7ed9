#pragma once

#include <string>
#include <vector>

#include "kingpost/cel/cel.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::dialect {

/// Builds small systems for tests of this room, which may not ask the compiler.
class TestSystem {
 public:
  /// Entities team, person, task, tag, task_tag: every codec that SQLite can have, nullable and not, to-one, to-many and many-to-many.
  TestSystem();

  [[nodiscard]] const ir::System& system() const { return system_; }
  [[nodiscard]] ir::System& system() { return system_; }
  [[nodiscard]] ir::EntityId id(const std::string& entity) const { return system_.find_entity(entity); }
  /// Parses and types `text` with `row` as a record of `entity`, `auth` and `now`; throws std::runtime_error with the diagnostics.
  [[nodiscard]] cel::ExprPtr typed(const std::string& text, const std::string& entity) const;

  ir::FieldId add_field(const std::string& entity, ir::Field field);
  ir::EntityId add_entity(const std::string& name);
  /// A foreign key `name` to `target`'s key, with `inverse` as the list on the other side.
  void add_reference(const std::string& entity, const std::string& name, const std::string& target, const std::string& inverse, bool nullable);
  void add_many(const std::string& from, const std::string& name, const std::string& to, const std::string& through);

 private:
  ir::System system_;
};

[[nodiscard]] ir::Field make_field(const std::string& name, ir::Scalar scalar, bool nullable = false);
[[nodiscard]] ir::Field make_decimal_field(const std::string& name, std::uint32_t precision, std::uint32_t scale, bool nullable = false);

}  // namespace kingpost::dialect
