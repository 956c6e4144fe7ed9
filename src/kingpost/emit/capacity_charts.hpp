#pragma once

#include <string>
#include <vector>

#include "kingpost/capacity/plan.hpp"
#include "kingpost/ir/system.hpp"

namespace kingpost::emit {

/// Charts as SVG in the colours of the page (custom properties --ink, --muted, --line, --accent, --warn), each a figure with a caption. They scale
/// with their width; what they show stands in a table as well.
[[nodiscard]] std::string chart_growth(const ir::System& system, const capacity::Plan& plan);
[[nodiscard]] std::string chart_resources(const capacity::Plan& plan);
[[nodiscard]] std::string chart_sensitivity(const capacity::Plan& plan);
[[nodiscard]] std::string chart_operations(const capacity::Plan& plan);

}  // namespace kingpost::emit
