#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace kingpost::assure {

/// What keeps a threat away. The order is that of the table in mechanisms.cpp.
enum class Mechanism : std::uint8_t {
  kDefaultDeny,
  kRowPolicy,
  kUpdateBothSides,
  kFieldPolicy,
  kContractView,
  kServerFields,
  kStateMoves,
  kTenantKey,
  kTokenCheck,
  kStrongSecret,
  kTypedInput,
  kConstraints,
  kBoundValues,
  kBoundedRequests,
  kBoundedPlans,
  kDeadlines,
  kStrictFraming,
  kPrivateAnswers,
  kOpenOrigins,
  kGenericErrors,
  kIdempotency,
  kEntityTags,
  kRoleSpecs,
  kContractDates,
  kSafetyRefusal,
  kDesignHidden,
  kMigrationLock,
  kAdditiveMigrations,
  kSecretsOutside,
  kDurableWrites,
  kFieldEncryption,
  kAuditTrail,
  kCommandTransaction,
  kOutbox,
  kSagaUndo,
  kOutboundGuard,
  kOutboundLimits,
  kTypedAnswers,
  kTlsAtEdge,
  kRateAtEdge,
  kSignIn,
  kDatabaseAccount,
  kDiskEncryption,
  kLogKeeping,
  kHostAccess,
  kBroker,
};

/// Whether a mechanism runs in this version of the server, is designed and checked but not run, or is the operator's to provide.
enum class Force : std::uint8_t { kRuns, kDesigned, kOperator };

struct MechanismRow {
  Mechanism id;
  std::string_view key;  ///< stable, kebab-case
  std::string_view title;
  std::string_view what;   ///< one sentence: how it works
  std::string_view where;  ///< of kRuns and kDesigned: the file that holds it, or empty where there is none yet
  std::string_view shown;  ///< of kRuns: the file with the test that shows it
  std::string_view test;   ///< a part of that test's name
  Force force;
};

[[nodiscard]] std::span<const MechanismRow> mechanisms() noexcept;
[[nodiscard]] const MechanismRow& mechanism(Mechanism id) noexcept;
/// `in force`, `designed, not yet run`, `operator's task`.
[[nodiscard]] std::string_view force_name(Force force) noexcept;

}  // namespace kingpost::assure
