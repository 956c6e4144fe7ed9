#include <fmt/format.h>

#include <algorithm>

#include "kingpost/assess/rules_api.hpp"

namespace kingpost::assess::rule {
namespace {

using foreign::ApiFacts;
using foreign::ApiMember;
using foreign::ApiOperation;

constexpr std::string_view kMoneyWords =
    " pay payment payments charge charges order orders transfer transfers checkout refund refunds payout payouts booking bookings reservation "
    "reservations "
    "purchase purchases withdrawal withdrawals deposit deposits topup topups donation donations buy ";

bool any_member(const ApiOperation& operation, bool (*test)(const ApiMember&)) {
  return std::any_of(operation.parameters.begin(), operation.parameters.end(), test) ||
         std::any_of(operation.body.begin(), operation.body.end(), test);
}

bool is_repeat_key(const ApiMember& member) {
  const auto name = folded(leaf(member.name));
  for (const char* part :
       {"idempot", "requestid", "clientmutationid", "clienttoken", "externalid", "clientreference", "merchantreference", "dedup", "nonce"}) {
    if (name.find(part) != std::string::npos) return true;
  }
  return name == "reference" || name == "referenceid" || name == "uuid" ||
         (name == "id" && member.place.empty() && member.required && !member.read_only);
}

bool is_version(const ApiMember& member) {
  const auto name = folded(leaf(member.name));
  if (member.place == "header") return name.starts_with("if") || name.find("etag") != std::string::npos;
  constexpr std::string_view kNames = " version etag revision resourceversion lockversion fingerprint generation rev sha versionnumber ";
  return kNames.find(" " + name + " ") != std::string_view::npos;
}

bool moves_money(const ApiOperation& operation) {
  if (operation.method != "POST" && operation.method != "MUTATION") return false;
  if (!changes_data(operation) || operation.deprecated || operation.partly_elsewhere) return false;
  const bool http = operation.method == "POST";
  const auto segment = http ? last_segment(operation.path) : operation.path;
  constexpr std::string_view kOther =
      " cancel update delete remove method methods settings status webhook attribute attributes config link links account accounts reorder sort "
      "confirm capture void reverse address addresses note notes comment comments tag tags upload uploads ";
  constexpr std::string_view kDoes =
      " create request add make place submit process complete refund pay charge buy purchase transfer withdraw deposit book reserve checkout ";
  constexpr std::string_view kPrepares = " draft setting reason reference mark note metadata clear assign grant bulk invoice set ";
  if (!http && (!says(segment, kDoes) || says(segment, kPrepares))) return false;
  return says(segment, kMoneyWords) && !says(segment, kOther) && !(http && is_by_id(operation));
}

}  // namespace

void foreign_no_idempotency(const foreign::Facts& facts, review::Report& report) {
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    const auto hits =
        operations_that(api, [](const ApiFacts&, const ApiOperation& one) { return moves_money(one) && !any_member(one, is_repeat_key); });
    if (hits.empty()) continue;
    report.add({.severity = Severity::kWarning,
                .span = hits.front().span,
                .message = fmt::format(
                    "{} nothing by which a repeated call could be told from a new one: {}. A client that retries after a lost answer pays or orders "
                    "twice.",
                    hits.size() == 1 ? "An operation that costs money declares" : fmt::format("{} operations that cost money declare", hits.size()),
                    first_of(hits)),
                .fix = "Declare an `Idempotency-Key` header (or a client's own reference, unique) as required, and answer a repetition with the "
                       "first answer."});
  }
}

void foreign_no_etag(const foreign::Facts& facts, review::Report& report) {
  const auto replaces = [](const ApiFacts&, const ApiOperation& one) {
    return (one.method == "PUT" || one.method == "PATCH") && is_by_id(one) && !one.deprecated && !one.partly_elsewhere && one.body.size() > 1;
  };
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    if (!is_http(api)) continue;
    const auto all = operations_that(api, replaces);
    const auto hits =
        operations_that(api, [&](const ApiFacts& of, const ApiOperation& one) { return replaces(of, one) && !any_member(one, is_version); });
    if (hits.empty()) continue;
    const bool whole = std::any_of(hits.begin(), hits.end(), [](const Hit& hit) { return hit.name.starts_with("PUT"); });
    report.add({.severity = whole ? Severity::kWarning : Severity::kNote,
                .span = hits.front().span,
                .message = fmt::format(
                    "{} of {} that {} a record by its key {} neither If-Match nor a version: {}. Two people who edit at once overwrite each "
                    "other without noticing.",
                    hits.size(), counted(all.size(), "operation"), all.size() == 1 ? "changes" : "change", hits.size() == 1 ? "takes" : "take",
                    first_of(hits)),
                .fix = "Answer reads with an ETag, take it back as If-Match, and answer 412 when the record has changed since."});
  }
}

namespace {

constexpr std::string_view kPowers =
    " isadmin admin issuperuser superuser isstaff isroot creditbalance emailverified isverified verified passwordhash kycstatus isapproved ";
constexpr std::string_view kPowersOfSelf =
    " role roles permissions permission ownerid owner accounttype plan credits isactive tenantid organizationid balance ";

bool is_for_staff(const ApiOperation& operation) {
  constexpr std::string_view kStaff =
      " admin admins internal staff management system scim operator role roles permission permissions sudo impersonate sso ";
  return says(operation.path, kStaff) || says(operation.id, kStaff);
}

bool about_self(const ApiOperation& operation) {
  constexpr std::string_view kSelf = " signup register registration me profile self ";
  const auto segment = last_segment(operation.path);
  return says(segment, kSelf) || says(operation.method == "MUTATION" ? operation.path : segment, kSelf);
}

}  // namespace

void foreign_mass_assign(const foreign::Facts& facts, review::Report& report) {
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    std::vector<Hit> hits;
    for (const auto& operation : api.operations) {
      if (!changes_data(operation) || is_for_staff(operation) || operation.method == "WEBHOOK" || operation.deprecated) continue;
      for (const auto& member : operation.body) {
        const auto name = " " + folded(leaf(member.name)) + " ";
        const bool power = kPowers.find(name) != std::string_view::npos && !member.list;
        const bool own = kPowersOfSelf.find(name) != std::string_view::npos && about_self(operation);
        if (member.read_only || member.name.find('.') != std::string::npos || !(power || own)) continue;
        hits.push_back({fmt::format("{}: {}", name_of(operation), member.name), member.span});
        break;
      }
    }
    if (hits.empty()) continue;
    report.add({.severity = Severity::kError,
                .span = hits.front().span,
                .message = fmt::format(
                    "Callers may send what decides about their own rights or money: {}. Whoever binds the body to the record lets them set it.",
                    first_of(hits)),
                .fix = "Leave the member out of the request's schema (readOnly where the schema is shared), and set it in an operation of its own "
                       "with a permission "
                       "of its own."});
  }
}

void foreign_business_flow(const foreign::Facts& facts, review::Report& report) {
  const auto abused = [](const ApiFacts&, const ApiOperation& one) {
    if (one.method != "POST" || one.partly_elsewhere || one.deprecated) return false;
    constexpr std::string_view kFlows = " login signin signup otp sms forgot coupon redeem captcha ";
    const auto segment = last_segment(one.path);
    const bool joins =
        says(segment, " register registration ") && says(one.path, " user users account accounts auth customer customers member members ");
    const bool sends = says(segment, " resend ") && says(one.path, " code codes otp sms email verification confirmation password ");
    if (says(one.path, " sandbox test reset ") || !(says(segment, kFlows) || joins || sends)) return false;
    const bool told = std::any_of(one.answers.begin(), one.answers.end(),
                                  [](const foreign::ApiAnswer& answer) { return answer.status == "429" || answer.status == "4XX"; });
    const bool captcha = any_member(one, [](const ApiMember& member) { return folded(member.name).find("captcha") != std::string::npos; });
    return !told && !captcha;
  };
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    if (!is_http(api)) continue;
    const auto hits = operations_that(api, abused);
    if (hits.empty()) continue;
    report.add(
        {.severity = Severity::kNote,
         .span = hits.front().span,
         .message = fmt::format("{} what robots repeat, and nothing here says that somebody counts: {} declare{} no 429 and no challenge.",
                                hits.size() == 1 ? "One operation does" : fmt::format("{} operations do", hits.size()), first_of(hits),
                                hits.size() == 1 ? "s" : ""),
         .fix =
             "Limit them by account, address and device, declare 429 with Retry-After, and send messages that cost money only after a challenge."});
  }
}

void foreign_ssrf_url(const foreign::Facts& facts, review::Report& report) {
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    std::vector<Hit> hits;
    for (const auto& operation : api.operations) {
      if (!changes_data(operation) || operation.method == "WEBHOOK") continue;
      for (const auto& member : operation.body) {
        const auto name = folded(leaf(member.name));
        const bool address = name.ends_with("url") || name.ends_with("uri") || name == "endpoint" || name == "target";
        const bool called = says(operation.path, " webhook webhooks hook hooks import fetch callback callbacks subscriptions ") ||
                            says(member.name, " webhook callback hook notification ");
        const bool elsewhere = says(member.name, " redirect return success cancel logo image avatar homepage website html ");
        if (!address || !called || elsewhere || (member.type != "string" && member.type != "String")) continue;
        hits.push_back({fmt::format("{}: {}", name_of(operation), member.name), member.span});
        break;
      }
    }
    if (hits.empty()) continue;
    report.add(
        {.severity = Severity::kNote,
         .span = hits.front().span,
         .message = fmt::format(
             "Callers name addresses that the server will call: {}. Without a guard they reach what only the server can: its own network and the "
             "credentials of its cloud.",
             first_of(hits)),
         .fix = "Call only https and public addresses, resolve the name once and check the address called, follow no redirects, and send from a "
                "network without "
                "ways inside; say so in the description."});
  }
}

}  // namespace kingpost::assess::rule
