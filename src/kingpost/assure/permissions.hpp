#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kingpost/ir/system.hpp"
#include "kingpost/surface/surface.hpp"

namespace kingpost::assure {

/// A kind of caller: anonymous, signed in without a role, or a role of the model with what it inherits.
struct Caller {
  enum class Kind : std::uint8_t { kAnonymous, kSignedIn, kRole };
  std::string name;
  Kind kind = Kind::kRole;
  surface::Audience audience;
};

/// Anonymous, signed in, then the roles in the model's order.
[[nodiscard]] std::vector<Caller> callers_of(const ir::System& system);

enum class Action : std::uint8_t { kRead, kCreate, kUpdate, kDelete, kRun };
[[nodiscard]] std::string_view action_name(Action action) noexcept;

/// Who may do one thing: `verdicts` stand in the order of the matrix's callers.
struct Permission {
  std::string name;  ///< `product.read`; of a command its name
  Action action = Action::kRead;
  ir::EntityId entity;    ///< invalid for a command
  ir::CommandId command;  ///< valid for kRun
  cel::ExprPtr rule;      ///< null: nothing allows it
  std::string policy;     ///< canonical text of the rule, or why there is none: `access: none`, `no rule`
  Span span;              ///< of the rule, else of the element
  bool engine_only = false;
  std::vector<surface::Verdict> verdicts;
};

/// A field with a rule of its own, which narrows what its entity allows.
struct FieldPermission {
  ir::EntityId entity;
  ir::FieldId field;
  bool write = false;
  std::string policy;
  Span span;
  std::vector<surface::Verdict> verdicts;
};

struct PermissionMatrix {
  std::vector<Caller> callers;
  std::vector<Permission> rows;  ///< entities in the model's order, four actions each, then commands
  std::vector<FieldPermission> fields;
};

/// Everything any caller may do. Pure; verdicts are those of surface::judge, which the server's plans agree with (tested).
[[nodiscard]] PermissionMatrix permission_matrix(const ir::System& system);

/// `always`, `depends`, `never`.
[[nodiscard]] std::string_view verdict_name(surface::Verdict verdict) noexcept;
/// Canonical text; empty for null.
[[nodiscard]] std::string rule_text(const cel::ExprPtr& rule);

}  // namespace kingpost::assure
