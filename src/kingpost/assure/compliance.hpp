#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kingpost/assure/threats.hpp"

namespace kingpost::assure {

/// An item of OWASP ASVS 5.0.0 as far as the design decides it. Topics are short words of our own: the standard's text decides.
struct ComplianceItem {
  std::string_view id;  ///< of ASVS 5.0.0, `8.2.2`
  int level = 1;
  std::string_view topic;
  Status status = Status::kOperator;
  std::vector<Mechanism> by;
  std::string because;  ///< with the model's names and figures
  Span span;
};

struct Compliance {
  std::vector<ComplianceItem> items;  ///< in the standard's order
  std::vector<PersonalField> personal;
  PermissionMatrix matrix;
};

inline constexpr std::string_view kAsvsVersion = "5.0.0";

/// What the design settles, what is left to the operator and what is open. Items that no API without its own pages has (files, browsers, WebRTC)
/// are not listed. Pure and deterministic.
[[nodiscard]] Compliance check_compliance(const ir::System& system);

/// What the items' judges read.
struct ComplianceFacts {
  const ir::System& system;
  const PermissionMatrix& matrix;
  const std::vector<PersonalField>& personal;
};

using ComplianceJudge = void (*)(const ComplianceFacts& facts, ComplianceItem& item);

struct ComplianceRow {
  std::string_view id;
  int level;
  std::string_view topic;
  Status status;  ///< before `judge` looks at the model
  std::vector<Mechanism> by;
  std::string_view because;
  ComplianceJudge judge = nullptr;
};

[[nodiscard]] const std::vector<ComplianceRow>& compliance_rows();

}  // namespace kingpost::assure
