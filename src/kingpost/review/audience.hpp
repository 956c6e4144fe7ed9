#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "kingpost/ir/system.hpp"

namespace kingpost::review {

/// The widest circle of callers that an expression lets in, from narrow to wide.
enum class Audience : std::uint8_t {
  kNobody,
  kEngine,      ///< system
  kPrivileged,  ///< roles of staff
  kOwner,       ///< those whom the record names
  kCondition,   ///< whoever asks, for records in a certain condition
  kMembers,     ///< everybody who signed in, or who has an ordinary role
  kEveryone,    ///< anonymous callers too
};

/// Tells apart roles of staff and of ordinary callers: staff are roles that some rule lets in beside the owner of a record (`own || staff`), that
/// inherit such a role, or that are named like staff.
class Callers {
 public:
  explicit Callers(const ir::System& system);
  /// Of a rule over `row`, `new`, `old`, `input`; null is kNobody. A tenant's own predicate is left out of account.
  [[nodiscard]] Audience of(const cel::ExprPtr& rule) const;
  [[nodiscard]] bool is_staff(const std::string& role) const { return staff_.contains(role); }

 private:
  std::set<std::string> staff_;
};

/// `x == auth.uid` or `auth.uid in …`: a comparison of data with the caller, tenants aside.
[[nodiscard]] bool names_caller(const cel::Expr& expr);
/// The role asked for by has_role("…"), else empty.
[[nodiscard]] std::string asked_role(const cel::Expr& expr);
/// The rule without the `row.tenant == auth.tenant` that tenancy put in front of it; null when nothing else is left, which means everybody of the
/// tenant.
[[nodiscard]] cel::ExprPtr without_tenant(const cel::ExprPtr& rule);

}  // namespace kingpost::review
