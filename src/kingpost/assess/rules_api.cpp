#include "kingpost/assess/rules_api.hpp"

#include <array>

#include "kingpost/assess/rules.hpp"

namespace kingpost::assess {
namespace {

constexpr std::array kRules{
    Rule{"api-unbounded-list", 1, "API contract", "List without a limit",
         "Operations that answer with a list of records and take no limit, page or cursor.", rule::foreign_unbounded_list},
    Rule{"api-offset-pagination", 2, "API contract", "Pages by offset", "Lists that page by number or offset and offer no cursor.",
         rule::foreign_offset_pagination},
    Rule{"api-no-idempotency", 4, "API contract", "A repeated call pays twice",
         "Operations that create payments, orders, bookings or transfers and declare neither an idempotency key nor a reference of the caller's.",
         rule::foreign_no_idempotency},
    Rule{"api-no-etag", 5, "API contract", "Writers overwrite each other", "PUT and PATCH by key without If-Match and without a version in the body.",
         rule::foreign_no_etag},
    Rule{"api-error-undeclared", 6, "API contract", "Failures are not declared",
         "Operations that declare success only; secured ones without 401 and 403.", rule::foreign_error_undeclared},
    Rule{"api-unbounded-field", 7, "API contract", "Input without a bound", "Lists and texts of request bodies without a greatest length.",
         rule::foreign_unbounded_field},
    Rule{"api-closed-enum", 8, "API contract", "Values that cannot grow",
         "Three and more closed enums in answers, named status, type, reason and the like.", rule::foreign_closed_enum},
    Rule{"api-no-version", 10, "API contract", "No version is named",
         "An API whose addresses, headers and parameters name no version; a protobuf package without one.", rule::foreign_no_version},
    Rule{"sch-int32-pk", 12, "Schema", "Key that runs out", "Keys declared as 32-bit numbers in an API.", rule::foreign_int32_key},
    Rule{"sch-float-money", 13, "Schema", "Money in binary fractions", "Float and double members whose names promise an amount of money.",
         rule::foreign_float_money},
    Rule{"sch-naive-timestamp", 14, "Schema", "Moment without a form", "Texts named like a moment that declare no format.",
         rule::foreign_naive_timestamp},
    Rule{"qry-cost", 26, "Query and index", "Lists in circles", "GraphQL lists without a limit that lead back to their own type.",
         rule::graphql_cost},
    Rule{"sec-no-policy", 29, "Security", "Nobody decided who may", "Operations without a security requirement that is theirs or the document's.",
         rule::foreign_no_policy},
    Rule{"sec-bola", 30, "Security", "Anybody's record by its id", "Operations by key without credentials in an API that asks for them elsewhere.",
         rule::foreign_bola},
    Rule{"sec-mass-assign", 31, "Security", "Callers set what is not theirs",
         "Roles, powers, balances and marks of verification in ordinary request bodies.", rule::foreign_mass_assign},
    Rule{"sec-pii-exposed", 32, "Security", "Secrets in answers and addresses",
         "Passwords, card numbers and keys in answers of reading operations or in query and path.", rule::foreign_pii_exposed},
    Rule{"sec-ssrf-url", 35, "Security", "Callers name what the server calls", "Addresses for webhooks, callbacks and imports in request bodies.",
         rule::foreign_ssrf_url},
    Rule{"sec-business-flow", 36, "Security", "Robots may repeat it", "Log in, sign up, codes and coupons without a declared 429 or a challenge.",
         rule::foreign_business_flow},
    Rule{"sec-trust-boundary", 37, "Security", "Credentials in the open",
         "Servers at http://, keys in the query, OAuth flows that leak tokens or passwords.", rule::foreign_trust_boundary},
    Rule{"evt-no-dedup", 45, "Events", "A repeated event counts twice", "Event messages of protobuf without an id.", rule::foreign_event_dedup},
    Rule{"prt-enum-zero", 131, "protobuf", "Nothing means something", "proto3 enums whose value 0 has a meaning.", rule::proto_enum_zero},
    Rule{"prt-unreserved", 132, "protobuf", "Numbers free to be taken again",
         "Up to three field numbers in the middle of a message that are neither used nor reserved.", rule::proto_unreserved},
    Rule{"prt-required", 133, "protobuf", "Required for ever", "proto2 fields marked `required`.", rule::proto_required},
    Rule{"prt-shared-request", 134, "protobuf", "Requests that cannot part", "A request message that several rpcs take.", rule::proto_shared_request},
    Rule{"prt-no-message", 135, "protobuf", "No room to grow", "Rpcs that take Empty, or take or give a bare wrapper, Struct or Any.",
         rule::proto_no_message},
    Rule{"gql-scalar-mutation", 141, "GraphQL", "Mutations that answer yes", "Mutations whose answer is a bare scalar.",
         rule::graphql_scalar_mutation},
    Rule{"gql-untyped-input", 142, "GraphQL", "Input that may be anything", "Members of input types with a JSON scalar.", rule::graphql_untyped},
};

}  // namespace

std::span<const Rule> api_rules() noexcept { return kRules; }

}  // namespace kingpost::assess
