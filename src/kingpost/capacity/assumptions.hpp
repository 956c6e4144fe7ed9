#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/result.hpp"
#include "kingpost/capacity/capacity.hpp"

namespace kingpost::capacity {

/// Every input that the model does not carry. Order and names are those of assumption_table().
enum class Input : std::uint8_t {
  kPeaksScale,
  kGrowthScale,
  kRowsScale,
  kStringShare,
  kStringCap,
  kTextBytes,
  kJsonBytes,
  kBinaryBytes,
  kListItems,
  kNullShare,
  kIntegerBytes,
  kDecimalDigits,
  kToastRatio,
  kUsers,
  kChildren,
  kPerUser,
  kReferenceRows,
  kUsersPerTenant,
  kHistoryDays,
  kActiveShare,
  kRequestsPerDay,
  kPeakToMean,
  kReadShare,
  kPageRows,
  kHeaderBytes,
  kPgStatementUs,
  kPgRowReadUs,
  kPgRowWriteUs,
  kPgIndexWriteUs,
  kPgCommitUs,
  kPgCommitCpuUs,
  kRoundTripUs,
  kSqliteRequestUs,
  kSqliteRowReadUs,
  kSqliteRowWriteUs,
  kSqliteIndexWriteUs,
  kSqliteCommitUs,
  kSqliteGroup,
  kAppRequestUs,
  kAppRowUs,
  kAppStatementUs,
  kRateAtSlo,
  kHeadroom,
  kNodeMemoryMib,
  kConnectionKib,
  kClientsPerRate,
  kPoolPerNode,
  kBackendMib,
  kHotRowShare,
  kHotIndexShare,
  kMissShare,
  kDirtyPageShare,
  kBloat,
  kWalFactor,
  kWalDays,
  kBackupsKept,
  kBackupRatio,
  kLogBytes,
  kLogDays,
  kCount
};

inline constexpr std::size_t kInputs = static_cast<std::size_t>(Input::kCount);

/// One input: its name as `--assume NAME=VALUE` takes it, its default and what it means.
struct InputRow {
  Input input;
  std::string_view name;
  double value;
  std::string_view unit;
  Basis basis;
  std::string_view source;  ///< where a measured one was measured; empty for an assumed one
  std::string_view meaning;
  double most;  ///< a larger value is refused
};

[[nodiscard]] const std::vector<InputRow>& input_table();

/// What is known of a column's values; a negative member is not known.
struct ColumnFacts {
  double bytes = -1;       ///< mean bytes of a value that is not null, without its header
  double null_share = -1;  ///< 0…1
  double distinct = -1;    ///< different values among all rows
};

/// The inputs of a plan: the table's defaults and what the user set. A value.
class Assumptions {
 public:
  Assumptions();

  [[nodiscard]] double operator[](Input input) const { return values_[static_cast<std::size_t>(input)].value; }
  [[nodiscard]] const Figure& figure(Input input) const { return values_[static_cast<std::size_t>(input)]; }
  void scale(Input input, double by) { values_[static_cast<std::size_t>(input)].value *= by; }

  /// Sets an input by name, or one of `bytes.ENTITY.FIELD`, `nulls.ENTITY.FIELD`, `distinct.ENTITY.FIELD` and `rows.ENTITY` (rows of today).
  /// Errors: kp-capacity-assumption (unknown name, or a value that is not finite, negative or above the input's bound).
  [[nodiscard]] Result<void> set(std::string_view name, double value, Basis basis, std::string source);

  [[nodiscard]] const ColumnFacts* column(const std::string& entity, const std::string& field) const;
  [[nodiscard]] const Figure* rows_of(const std::string& entity) const;
  /// Names set for single columns and entities, for checking them against a model and for telling them.
  [[nodiscard]] const std::map<std::string, Figure>& named() const noexcept { return named_; }

 private:
  std::array<Figure, kInputs> values_;
  std::map<std::string, ColumnFacts> columns_;  ///< by entity.field
  std::map<std::string, Figure> rows_;
  std::map<std::string, Figure> named_;
};

}  // namespace kingpost::capacity
