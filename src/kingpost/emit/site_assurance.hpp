#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/assure/compliance.hpp"
#include "kingpost/assure/requirements.hpp"
#include "kingpost/assure/slo.hpp"
#include "kingpost/assure/threats.hpp"
#include "kingpost/emit/site.hpp"
#include "kingpost/emit/site_parts.hpp"

namespace kingpost::emit {

/// What `assure` says of a system, asked once for files and pages.
struct AssuranceSet {
  assure::ThreatModel threats;  ///< with the permission matrix
  assure::Compliance compliance;
  assure::RequirementTrace requirements;
  assure::SloPlan slos;
};
[[nodiscard]] std::shared_ptr<const AssuranceSet> make_assurance(const ir::System& system);

/// One value of a cell: plain text in which pairs of backticks mark code; `anchor` is an id of the site, or empty.
struct AssureValue {
  // NOLINTBEGIN(google-explicit-constructor): a cell is written as the texts that stand in it
  AssureValue(std::string value_text, std::string value_anchor = {}) : text(std::move(value_text)), anchor(std::move(value_anchor)) {}
  AssureValue(const char* value_text) : text(value_text) {}
  AssureValue(std::string_view value_text) : text(value_text) {}
  // NOLINTEND(google-explicit-constructor)
  std::string text;
  std::string anchor;
};
using AssureCell = std::vector<AssureValue>;

enum class AssureShape : std::uint8_t {
  kText,
  kCode,
  kStatus,  ///< a word that is shown as a badge
  kNumber,
  kList,  ///< an array in JSON
  kCodeList,
  kHidden,  ///< in JSON alone; a number
};

struct AssureColumn {
  std::string key;  ///< in JSON
  std::string title;
  AssureShape shape = AssureShape::kText;
};

struct AssureTable {
  std::string key;  ///< in JSON, and of the site's ids
  std::string title;
  std::string intro;
  std::vector<AssureColumn> columns;
  std::vector<std::vector<AssureCell>> rows;
  bool data_only = false;  ///< in JSON alone
  bool findable = false;   ///< the site's search knows its rows by their first cell
};

struct AssureReport {
  std::string key;  ///< of the site's section
  std::string title;
  std::string intro;
  std::vector<AssureTable> tables;
  std::vector<std::string> notes;
};

/// The same report for readers, programs and the site. Every text is escaped. Deterministic.
[[nodiscard]] std::string print_assure_markdown(const ir::System& system, const AssureReport& report);
[[nodiscard]] std::string print_assure_json(const ir::System& system, const AssureReport& report);
void write_assure(Page& page, const AssureReport& report);

[[nodiscard]] AssureReport report_requirements(const SiteInput& input);
[[nodiscard]] AssureReport report_permissions(const SiteInput& input);
[[nodiscard]] AssureReport report_threats(const SiteInput& input);
[[nodiscard]] AssureReport report_slos(const SiteInput& input);
[[nodiscard]] AssureReport report_compliance(const SiteInput& input);
/// The matrix for spreadsheets: RFC 4180, with cells that a spreadsheet would take for formulas made harmless.
[[nodiscard]] std::string print_permissions_csv(const ir::System& system, const assure::PermissionMatrix& matrix);

/// Texts that several reports need.
[[nodiscard]] std::vector<AssureValue> mechanism_titles(const std::vector<assure::Mechanism>& all);
[[nodiscard]] AssureTable mechanism_table(std::string key);
[[nodiscard]] AssureCell line_cell(const Span& span);
[[nodiscard]] std::string status_text(assure::Status status, const std::string& condition);

}  // namespace kingpost::emit
