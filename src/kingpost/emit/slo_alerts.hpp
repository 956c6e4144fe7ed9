#pragma once

#include <string>

#include "kingpost/assure/slo.hpp"

namespace kingpost::emit {

/// Prometheus rules: the share of bad by window, and an alert a tier that the objective can reach. Metric names are those of base/metric_names.hpp.
/// Deterministic; names of the model are quoted for PromQL, for YAML and against Prometheus' templates.
[[nodiscard]] std::string print_slo_rules(const ir::System& system, const assure::SloPlan& plan);

/// Unit tests for `promtool test rules` beside that file, of the alerts that page or of the others (whose windows are long, so they are evaluated
/// seldom): each alert fires above its threshold and is silent below it; availability alerts fire in an
/// outage and end after it.
[[nodiscard]] std::string print_slo_tests(const assure::SloPlan& plan, bool pages);

}  // namespace kingpost::emit
