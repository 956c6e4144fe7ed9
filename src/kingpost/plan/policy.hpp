#pragma once

#include <string>

#include "kingpost/base/error.hpp"
#include "kingpost/ir/system.hpp"
#include "kingpost/request/principal.hpp"

namespace kingpost::plan {

/// What folding a policy for one principal came to.
struct Verdict {
  bool denied = false;
  cel::ExprPtr condition;  ///< what is left to ask of a row; null = always true
};

/// An update's policy, taken apart into what the stored row and what the resulting row must satisfy.
struct UpdateVerdict {
  bool denied = false;
  bool unsupported = false;  ///< one condition compares the former record with the new one
  cel::ExprPtr stored;
  cel::ExprPtr result;
};

enum class Action : std::uint8_t { kRead, kCreate, kUpdate, kDelete };

/// The access rules of a System as one principal meets them: default deny, folded, tenancy woven in. Values of the principal stay symbolic,
/// only whether they are known counts. Must not outlive the system and the principal.
class Policies {
 public:
  Policies(const ir::System& system, const request::Principal& principal) : system_(&system), principal_(&principal) {}

  /// The --dev administrator and the engine itself pass every policy.
  [[nodiscard]] bool exempt() const noexcept { return principal_->admin || principal_->system; }
  [[nodiscard]] const request::Principal& principal() const noexcept { return *principal_; }
  [[nodiscard]] Verdict of(const ir::Entity& entity, Action action) const;
  [[nodiscard]] UpdateVerdict update(const ir::Entity& entity) const;
  [[nodiscard]] Verdict field_read(const ir::Field& field) const;
  [[nodiscard]] Verdict field_write(const ir::Field& field) const;
  /// 42501: 401 for an anonymous caller, 403 otherwise.
  [[nodiscard]] Error denial(std::string message) const;
  /// Splits an already folded update condition.
  [[nodiscard]] static UpdateVerdict split_update(const cel::ExprPtr& condition);

 private:
  [[nodiscard]] Verdict judge(const cel::ExprPtr& policy) const;
  [[nodiscard]] Verdict with_tenant(const ir::Entity& entity, Verdict verdict) const;

  const ir::System* system_;
  const request::Principal* principal_;
};

/// `left && right`, where null stands for true; conditions of `right` that `left` already has are left out.
[[nodiscard]] cel::ExprPtr both(const cel::ExprPtr& left, const cel::ExprPtr& right);

/// The message of a denial on an entity, for example `permission denied for product`.
[[nodiscard]] std::string denial_message(std::string_view entity_name);

}  // namespace kingpost::plan
