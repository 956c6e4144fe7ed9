#include "kingpost/review/review.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "kingpost/review/elements.hpp"
#include "kingpost/review/rules.hpp"

namespace kingpost::review {
namespace {

struct Check {
  std::string_view id;
  void (*run)(const ir::System&, Report&);
};
constexpr std::array kChecks{
    Check{"api-unbounded-list", rule::api_unbounded_list},
    Check{"api-offset-pagination", rule::api_offset_pagination},
    Check{"api-unstable-sort", rule::api_unstable_sort},
    Check{"api-no-idempotency", rule::api_no_idempotency},
    Check{"api-no-etag", rule::api_no_etag},
    Check{"api-error-undeclared", rule::api_error_undeclared},
    Check{"api-unbounded-field", rule::api_unbounded_field},
    Check{"api-closed-enum", rule::api_closed_enum},
    Check{"api-long-sync", rule::api_long_sync},
    Check{"api-no-version", rule::api_no_version},
    Check{"sch-no-pk", rule::sch_no_pk},
    Check{"sch-int32-pk", rule::sch_int32_pk},
    Check{"sch-float-money", rule::sch_float_money},
    Check{"sch-naive-timestamp", rule::sch_naive_timestamp},
    Check{"sch-missing-fk", rule::sch_missing_fk},
    Check{"sch-cascade-blast", rule::sch_cascade_blast},
    Check{"sch-no-on-delete", rule::sch_no_on_delete},
    Check{"sch-multivalue", rule::sch_multivalue},
    Check{"sch-softdelete-unique", rule::sch_softdelete_unique},
    Check{"sch-transitive", rule::sch_transitive},
    Check{"idx-fk-unindexed", rule::idx_fk_unindexed},
    Check{"idx-filter-sort", rule::idx_filter_sort},
    Check{"idx-redundant", rule::idx_redundant},
    Check{"idx-too-many", rule::idx_too_many},
    Check{"qry-nplus1", rule::qry_nplus1},
    Check{"qry-cost", rule::qry_cost},
    Check{"sec-no-policy", rule::sec_no_policy},
    Check{"sec-bola", rule::sec_bola},
    Check{"sec-mass-assign", rule::sec_mass_assign},
    Check{"sec-pii-exposed", rule::sec_pii_exposed},
    Check{"sec-always-true", rule::sec_always_true},
    Check{"sec-token-lifetime", rule::sec_token_lifetime},
    Check{"sec-ssrf-url", rule::sec_ssrf_url},
    Check{"sec-business-flow", rule::sec_business_flow},
    Check{"sec-trust-boundary", rule::sec_trust_boundary},
    Check{"sec-secret-literal", rule::sec_secret_literal},
    Check{"ten-missing-key", rule::ten_missing_key},
    Check{"ten-fk-crosses", rule::ten_fk_crosses},
    Check{"ten-unique-global", rule::ten_unique_global},
    Check{"ten-index-leading", rule::ten_index_leading},
    Check{"evt-dual-write", rule::evt_dual_write},
    Check{"evt-no-dedup", rule::evt_no_dedup},
    Check{"evt-no-order-key", rule::evt_no_order_key},
    Check{"evt-no-dlq", rule::evt_no_dlq},
    Check{"evt-no-compensation", rule::evt_no_compensation},
    Check{"evt-incompatible", rule::evt_incompatible},
    Check{"svc-join-crosses", rule::svc_join_crosses},
    Check{"svc-cycle", rule::svc_cycle},
    Check{"svc-premature", rule::svc_premature},
    Check{"slo-budget-sum", rule::slo_budget_sum},
    Check{"cap-pool", rule::cap_pool},
    Check{"cap-hot-row", rule::cap_hot_row},
    Check{"ops-no-retention", rule::ops_no_retention},
    Check{"ops-no-backup", rule::ops_no_backup},
};

auto order_of(const Finding& finding) { return std::tie(finding.span.file, finding.span.line, finding.span.column, finding.number, finding.message); }

}  // namespace

std::vector<Finding> review(const ir::System& system) {
  std::vector<Finding> findings;
  for (const auto& check : kChecks) {
    const auto* row = find_rule(check.id);
    Report report(findings, check.id, row == nullptr ? 0 : row->number);
    check.run(system, report);
  }
  const Elements elements(system);
  for (auto& finding : findings) {
    if (finding.element.empty()) finding.element = elements.at(finding.span);
  }
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& left, const Finding& right) { return order_of(left) < order_of(right); });
  // A policy or a mixin used in several places would be blamed as often, at the same place in the same words.
  const auto same = [](const Finding& left, const Finding& right) { return order_of(left) == order_of(right); };
  findings.erase(std::unique(findings.begin(), findings.end(), same), findings.end());
  return findings;
}

Diagnostics to_diagnostics(const std::vector<Finding>& findings) {
  Diagnostics diagnostics;
  for (const auto& finding : findings) {
    if (!finding.accepted.empty()) continue;
    const auto message = finding.evidence.empty() ? finding.message : finding.message + " (" + finding.evidence + ")";
    diagnostics.add({finding.severity, finding.rule, message, finding.span, finding.fix,
                     !finding.edit && finding.text_edits.size() == 1 ? finding.text_edits.front() : finding.edit});
  }
  return diagnostics;
}

}  // namespace kingpost::review
