#pragma once

#include "kingpost/ir/system.hpp"
#include "kingpost/review/facts.hpp"

// One function a rule, named like the rule; what each looks for stands in the table of rule_table.cpp.
namespace kingpost::review::rule {

void api_unbounded_list(const ir::System& system, Report& report);
void api_offset_pagination(const ir::System& system, Report& report);
void api_unstable_sort(const ir::System& system, Report& report);
void api_no_idempotency(const ir::System& system, Report& report);
void api_no_etag(const ir::System& system, Report& report);
void api_error_undeclared(const ir::System& system, Report& report);
void api_unbounded_field(const ir::System& system, Report& report);
void api_closed_enum(const ir::System& system, Report& report);
void api_long_sync(const ir::System& system, Report& report);
void api_no_version(const ir::System& system, Report& report);

void sch_no_pk(const ir::System& system, Report& report);
void sch_int32_pk(const ir::System& system, Report& report);
void sch_float_money(const ir::System& system, Report& report);
void sch_naive_timestamp(const ir::System& system, Report& report);
void sch_missing_fk(const ir::System& system, Report& report);
void sch_cascade_blast(const ir::System& system, Report& report);
void sch_no_on_delete(const ir::System& system, Report& report);
void sch_multivalue(const ir::System& system, Report& report);
void sch_softdelete_unique(const ir::System& system, Report& report);
void sch_transitive(const ir::System& system, Report& report);

void idx_fk_unindexed(const ir::System& system, Report& report);
void idx_filter_sort(const ir::System& system, Report& report);
void idx_redundant(const ir::System& system, Report& report);
void idx_too_many(const ir::System& system, Report& report);

void qry_nplus1(const ir::System& system, Report& report);
void qry_cost(const ir::System& system, Report& report);

void sec_no_policy(const ir::System& system, Report& report);
void sec_bola(const ir::System& system, Report& report);
void sec_mass_assign(const ir::System& system, Report& report);
void sec_pii_exposed(const ir::System& system, Report& report);
void sec_always_true(const ir::System& system, Report& report);
void sec_token_lifetime(const ir::System& system, Report& report);
void sec_ssrf_url(const ir::System& system, Report& report);
void sec_business_flow(const ir::System& system, Report& report);
void sec_trust_boundary(const ir::System& system, Report& report);
void sec_secret_literal(const ir::System& system, Report& report);

void ten_missing_key(const ir::System& system, Report& report);
void ten_fk_crosses(const ir::System& system, Report& report);
void ten_unique_global(const ir::System& system, Report& report);
void ten_index_leading(const ir::System& system, Report& report);

void evt_dual_write(const ir::System& system, Report& report);
void evt_no_dedup(const ir::System& system, Report& report);
void evt_no_order_key(const ir::System& system, Report& report);
void evt_no_dlq(const ir::System& system, Report& report);
void evt_no_compensation(const ir::System& system, Report& report);
void evt_incompatible(const ir::System& system, Report& report);

void svc_join_crosses(const ir::System& system, Report& report);
void svc_cycle(const ir::System& system, Report& report);
void svc_premature(const ir::System& system, Report& report);

void slo_budget_sum(const ir::System& system, Report& report);

void cap_pool(const ir::System& system, Report& report);
void cap_hot_row(const ir::System& system, Report& report);

void ops_no_retention(const ir::System& system, Report& report);
void ops_no_backup(const ir::System& system, Report& report);

}  // namespace kingpost::review::rule
