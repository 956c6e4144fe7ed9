#include "kingpost/assure/compliance.hpp"

namespace kingpost::assure {

Compliance check_compliance(const ir::System& system) {
  Compliance out;
  out.matrix = permission_matrix(system);
  out.personal = personal_fields(system, out.matrix);
  const ComplianceFacts facts{system, out.matrix, out.personal};
  out.items.reserve(compliance_rows().size());
  for (const ComplianceRow& row : compliance_rows()) {
    ComplianceItem item{row.id, row.level, row.topic, row.status, row.by, std::string(row.because), {}};
    if (row.judge != nullptr) row.judge(facts, item);
    out.items.push_back(std::move(item));
  }
  return out;
}

}  // namespace kingpost::assure
