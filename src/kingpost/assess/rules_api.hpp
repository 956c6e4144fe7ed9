#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "kingpost/assess/markdown.hpp"
#include "kingpost/assess/tables.hpp"
#include "kingpost/foreign/foreign.hpp"
#include "kingpost/review/facts.hpp"

namespace kingpost::assess {

/// Something that a rule found, to be told with others of its kind in one sentence.
struct Hit {
  std::string name;
  Span span;
};

/// Whether some word of `name` is one of `words` (between blanks).
[[nodiscard]] bool says(std::string_view name, std::string_view words);
/// Letters and digits only, lower case.
[[nodiscard]] std::string folded(std::string_view name);
/// `a`, `b`, `c` and 35 more.
[[nodiscard]] std::string first_of(const std::vector<Hit>& hits, std::size_t shown = 3);

[[nodiscard]] bool is_http(const foreign::ApiFacts& api) noexcept;
/// GET /pets, or the name of a GraphQL field or rpc.
[[nodiscard]] std::string name_of(const foreign::ApiOperation& operation);
/// The part of a path that is no parameter and stands last.
[[nodiscard]] std::string last_segment(std::string_view path);
/// The part of a dotted name that stands last, without brackets.
[[nodiscard]] std::string leaf(std::string_view name);
[[nodiscard]] bool changes_data(const foreign::ApiOperation& operation);
/// Its path leads to one thing by its key.
[[nodiscard]] bool is_by_id(const foreign::ApiOperation& operation);
/// Something everybody has to reach: logging in, health, documents.
[[nodiscard]] bool is_meant_for_everyone(const foreign::ApiOperation& operation);
/// The caller, or the schema, says how much comes back at most.
[[nodiscard]] bool is_limit(std::string_view argument);
[[nodiscard]] const foreign::ApiAnswer* good_answer(const foreign::ApiOperation& operation);
/// Every description once: copies of one .proto in several services, or of one API as JSON and as YAML, say the same.
[[nodiscard]] std::vector<const foreign::ApiFacts*> distinct_apis(const foreign::Facts& facts);
/// Operations of one description that a rule speaks of.
using OperationTest = std::function<bool(const foreign::ApiFacts&, const foreign::ApiOperation&)>;
[[nodiscard]] std::vector<Hit> operations_that(const foreign::ApiFacts& api, const OperationTest& test);

namespace rule {

void foreign_unbounded_list(const foreign::Facts& facts, review::Report& report);
void foreign_offset_pagination(const foreign::Facts& facts, review::Report& report);
void foreign_no_idempotency(const foreign::Facts& facts, review::Report& report);
void foreign_no_etag(const foreign::Facts& facts, review::Report& report);
void foreign_error_undeclared(const foreign::Facts& facts, review::Report& report);
void foreign_unbounded_field(const foreign::Facts& facts, review::Report& report);
void foreign_closed_enum(const foreign::Facts& facts, review::Report& report);
void foreign_no_version(const foreign::Facts& facts, review::Report& report);
void foreign_int32_key(const foreign::Facts& facts, review::Report& report);
void foreign_float_money(const foreign::Facts& facts, review::Report& report);
void foreign_naive_timestamp(const foreign::Facts& facts, review::Report& report);
void foreign_no_policy(const foreign::Facts& facts, review::Report& report);
void foreign_bola(const foreign::Facts& facts, review::Report& report);
void foreign_mass_assign(const foreign::Facts& facts, review::Report& report);
void foreign_pii_exposed(const foreign::Facts& facts, review::Report& report);
void foreign_ssrf_url(const foreign::Facts& facts, review::Report& report);
void foreign_business_flow(const foreign::Facts& facts, review::Report& report);
void foreign_trust_boundary(const foreign::Facts& facts, review::Report& report);
void foreign_event_dedup(const foreign::Facts& facts, review::Report& report);
void graphql_cost(const foreign::Facts& facts, review::Report& report);
void graphql_scalar_mutation(const foreign::Facts& facts, review::Report& report);
void graphql_untyped(const foreign::Facts& facts, review::Report& report);
void proto_enum_zero(const foreign::Facts& facts, review::Report& report);
void proto_unreserved(const foreign::Facts& facts, review::Report& report);
void proto_required(const foreign::Facts& facts, review::Report& report);
void proto_shared_request(const foreign::Facts& facts, review::Report& report);
void proto_no_message(const foreign::Facts& facts, review::Report& report);

}  // namespace rule
}  // namespace kingpost::assess
