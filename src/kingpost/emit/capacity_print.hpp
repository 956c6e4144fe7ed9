#pragma once

#include <string>

#include "kingpost/capacity/plan.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::emit {

/// The plan for a terminal of 100 columns.
[[nodiscard]] std::string print_capacity_text(const ir::System& system, const capacity::Plan& plan);
[[nodiscard]] std::string print_capacity_markdown(const ir::System& system, const capacity::Plan& plan);
/// As docs/schemas/capacity.schema.json describes.
[[nodiscard]] std::string print_capacity_json(const ir::System& system, const capacity::Plan& plan);
/// One page with charts, light and dark, without outside references.
[[nodiscard]] std::string print_capacity_html(const ir::System& system, const capacity::Plan& plan);
/// The inside of that page: charts and tables, for the page and the design site. Headings start at h2.
[[nodiscard]] std::string print_capacity_body(const ir::System& system, const capacity::Plan& plan);

}  // namespace kingpost::emit
