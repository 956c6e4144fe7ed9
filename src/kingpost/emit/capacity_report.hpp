#pragma once

#include <string>
#include <vector>

#include "kingpost/capacity/plan.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::emit {

/// A column of a capacity table. `detail` ones are left out of the text for terminals.
struct ReportColumn {
  std::string title;
  bool number = false;
  bool detail = false;
};

struct ReportTable {
  std::string id;
  std::string title;
  std::string intro;
  std::vector<ReportColumn> columns;
  std::vector<std::vector<std::string>> rows;  ///< plain text, unescaped
};

/// The plan as tables that every format prints; each row says declared, measured or assumed and from where.
struct CapacityReport {
  std::string title;
  std::string lead;  ///< the answer in a few sentences
  std::vector<ReportTable> tables;
  std::vector<std::string> notes;
};

[[nodiscard]] CapacityReport make_capacity_report(const ir::System& system, const capacity::Plan& plan);

[[nodiscard]] std::string basis_word(capacity::Basis basis);
/// `1.2 GiB`, `340 KiB`; binary units.
[[nodiscard]] std::string bytes_text(double bytes);
/// Three significant digits, with commas between thousands.
[[nodiscard]] std::string amount_text(double value);

}  // namespace kingpost::emit
