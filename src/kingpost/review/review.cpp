#include "kingpost/review/review.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "kingpost/review/rules.hpp"

namespace kingpost::review {
namespace {

constexpr std::array kRules{
    RuleRow{"api-offset-pagination", 2, "API contract", "Large list without an order to page by",
            "A readable entity that reaches 100k rows within a year and declares no query with an order."},
    RuleRow{"api-no-idempotency", 4, "API contract", "A repeated call does the work twice",
            "A command for clients that creates records or counts up or down, without a required Idempotency-Key."},
    RuleRow{"api-unbounded-field", 7, "API contract", "Input without a bound",
            "Texts, JSON, bytes and lists without a maximum on a growing entity; quantities and amounts of a command without a minimum."},
    RuleRow{"api-no-version", 10, "API contract", "No contract is named", "A model without `contracts`."},
    RuleRow{"sch-int32-pk", 12, "Schema", "Key that runs out", "An int32 key whose declared growth uses it up within a hundred years."},
    RuleRow{"sch-float-money", 13, "Schema", "Money in binary fractions", "A float whose name promises an amount of money."},
    RuleRow{"sch-naive-timestamp", 14, "Schema", "Moment without a time zone",
            "A timestamp stored without zone, or a moment kept in a text or a number."},
    RuleRow{"sch-missing-fk", 15, "Schema", "Key without a foreign key", "A uuid or number named like a reference that is neither ref nor external."},
    RuleRow{"sch-cascade-blast", 16, "Schema", "One delete takes too much",
            "A cascade into audited, stateful, kept or paid records, or into a thousand records and more at a time."},
    RuleRow{"sch-no-on-delete", 17, "Schema", "Nobody decided what a delete does", "A ref without `on_delete`."},
    RuleRow{"sch-multivalue", 18, "Schema", "Many values in one place", "Numbered columns, lists in a text, entity-attribute-value."},
    RuleRow{"sch-softdelete-unique", 19, "Schema", "Deleted rows keep their unique values", "A unique beside a mark of deletion that it leaves out."},
    RuleRow{"sch-transitive", 20, "Schema", "A fact kept twice", "A field that repeats a field of the record that is referred to."},
    RuleRow{"idx-filter-sort", 22, "Query and index", "Scan behind a policy or a list",
            "A read rule that filters a large entity by a field no index leads with; a list of a large entity under declared load."},
    RuleRow{"idx-redundant", 23, "Query and index", "Index that another one makes useless", "An explicit index that is the beginning of another."},
    RuleRow{"idx-too-many", 24, "Query and index", "Writes pay for many indexes", "Six indexes and more under heavy declared writes."},
    RuleRow{"sec-no-policy", 29, "Security", "Nobody decided who may", "An entity without `access`."},
    RuleRow{"sec-bola", 30, "Security", "Anybody's record by its id",
            "An entity or a command that acts on somebody's record and asks for an ordinary role alone."},
    RuleRow{"sec-mass-assign", 31, "Security", "Callers set what is not theirs",
            "Role, price, balance, approval or status writable by ordinary callers."},
    RuleRow{"sec-pii-exposed", 32, "Security", "Personal data in the open",
            "Personal fields readable by everyone, secrets in answers, personal data in events."},
    RuleRow{"sec-always-true", 33, "Security", "Anonymous writes", "A create, update or delete rule that is true."},
    RuleRow{"sec-trust-boundary", 37, "Security", "Call without TLS or proof of identity", "An outgoing system at http:// or without auth."},
    RuleRow{"sec-secret-literal", 38, "Security", "Secret in the model", "A password in a URL, a default or an expression."},
    RuleRow{"ten-missing-key", 39, "Tenancy", "Rows that belong to no tenant",
            "A `tenancy: none` entity that clients write; an entity that half the model refers to and that is no tenant."},
    RuleRow{"evt-no-dedup", 45, "Events", "A repeated event counts twice", "A consumer of a command that creates or counts and asks for no key."},
    RuleRow{"evt-no-order-key", 46, "Events", "Events overtake each other", "Events of one thing with different keys; a key with few values."},
    RuleRow{"evt-no-compensation", 48, "Events", "A failed saga leaves effects", "A step with an effect before the pivot without `undo`."},
    RuleRow{"svc-join-crosses", 60, "Boundaries and operations", "Rule that joins across services",
            "In a services topology, an expression that reads another service's fields."},
    RuleRow{"svc-cycle", 61, "Boundaries and operations", "Services in a circle", "Services that need each other's data."},
    RuleRow{"svc-premature", 62, "Boundaries and operations", "Services without need", "A services topology whose declared load one node carries."},
    RuleRow{"slo-budget-sum", 63, "Boundaries and operations", "Objectives that cannot hold together",
            "Availability over a chain of services, error budget against availability, waiting time against latency."},
    RuleRow{"cap-hot-row", 65, "Boundaries and operations", "Everybody waits for one row",
            "A command that counts on one of few records at a declared rate that keeps its lock busy."},
    RuleRow{"ops-no-retention", 66, "Boundaries and operations", "Growth without an end", "Growth without `keep`."},
};

using Check = void (*)(const ir::System&, Report&);
constexpr std::array kChecks{
    Check{rule::api_offset_pagination}, Check{rule::api_no_idempotency}, Check{rule::api_unbounded_field},
    Check{rule::api_no_version},        Check{rule::sch_int32_pk},       Check{rule::sch_float_money},
    Check{rule::sch_naive_timestamp},   Check{rule::sch_missing_fk},     Check{rule::sch_cascade_blast},
    Check{rule::sch_no_on_delete},      Check{rule::sch_multivalue},     Check{rule::sch_softdelete_unique},
    Check{rule::sch_transitive},        Check{rule::idx_filter_sort},    Check{rule::idx_redundant},
    Check{rule::idx_too_many},          Check{rule::sec_no_policy},      Check{rule::sec_bola},
    Check{rule::sec_mass_assign},       Check{rule::sec_pii_exposed},    Check{rule::sec_always_true},
    Check{rule::sec_trust_boundary},    Check{rule::sec_secret_literal}, Check{rule::ten_missing_key},
    Check{rule::evt_no_dedup},          Check{rule::evt_no_order_key},   Check{rule::evt_no_compensation},
    Check{rule::svc_join_crosses},      Check{rule::svc_cycle},          Check{rule::svc_premature},
    Check{rule::slo_budget_sum},        Check{rule::cap_hot_row},        Check{rule::ops_no_retention},
};
static_assert(kRules.size() == kChecks.size());

auto order_of(const Finding& finding) { return std::tie(finding.span.file, finding.span.line, finding.span.column, finding.number, finding.message); }

}  // namespace

std::span<const RuleRow> rules() noexcept { return kRules; }

std::vector<Finding> review(const ir::System& system) {
  std::vector<Finding> findings;
  for (std::size_t at = 0; at < kRules.size(); ++at) {
    Report report(findings, kRules[at].id, kRules[at].number);
    kChecks[at](system, report);
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
    const auto message = finding.evidence.empty() ? finding.message : finding.message + " (" + finding.evidence + ")";
    diagnostics.add({finding.severity, finding.rule, message, finding.span, finding.fix, finding.edit});
  }
  return diagnostics;
}

}  // namespace kingpost::review
