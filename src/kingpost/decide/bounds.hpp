#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "kingpost/capacity/capacity.hpp"

namespace kingpost::decide {

/// A number that some decision compares a figure with. Values, units and sources stand in bounds().
enum class Bound : std::uint8_t {
  kOne,
  kTwo,
  kNodeRequests,
  kPrimaryRows,
  kPrimaryStatements,
  kSqliteRows,
  kSqliteBytes,
  kOneMachinePercent,
  kFailoverPercent,
  kRegionPercent,
  kSplittableShare,
  kPartitionRows,
  kPartitionBytes,
  kPurgeRowsPerDay,
  kWideColumnRows,
  kKeyValueReads,
  kDocumentShare,
  kRowBytes,
  kGraphRows,
  kShortRetentionDays,
  kSearchRows,
  kSearchRate,
  kKeyBytes,
  kNaturalKeyRows,
  kKeysetRows,
  kPoolConnections,
  kOutboxEvents,
  kLogEvents,
  kSyncMs,
  kHotRow,
  kReplicaReads,
  kStandbyRpoRows,
  kBackupRows,
  kCacheSaved,
  kCdnSaved,
  kInProcessBytes,
  kSharedCacheNodes,
  kEgressBytes,
  kMeshServices,
  kBurstRatio,
  kServerlessMean,
  kTenantSchemas,
  kTenantDatabases,
  kGraphqlEntities,
  kGraphqlRelations,
  kInternalCalls,
  kAuditBytesPerDay,
};

struct BoundRow {
  Bound id;
  std::string_view name;  ///< stable, for JSON and tests
  double value;
  std::string_view unit;
  capacity::Basis basis;    ///< kMeasured by us, kDeclared by the technology's documentation or by definition, kAssumed by judgement
  std::string_view source;  ///< where the value comes from, with its arithmetic
};

/// Every bound once, in the order of the enumeration.
[[nodiscard]] std::span<const BoundRow> bounds() noexcept;
[[nodiscard]] const BoundRow& bound(Bound id) noexcept;
/// `measured`, `documented` or `assumed`.
[[nodiscard]] std::string_view bound_basis_name(capacity::Basis basis) noexcept;

}  // namespace kingpost::decide
