#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "kingpost/assess/rules_api.hpp"

namespace kingpost::assess::rule {
namespace {

using foreign::ApiFacts;
using foreign::ApiKind;
using foreign::ApiOperation;

bool is_open(const ApiOperation& operation) {
  return !operation.secured && !operation.explicitly_public && operation.method != "WEBHOOK" && !operation.partly_elsewhere &&
         !is_meant_for_everyone(operation);
}

bool has_secured(const ApiFacts& api) {
  return std::any_of(api.operations.begin(), api.operations.end(), [](const ApiOperation& one) { return one.secured; });
}

}  // namespace

void foreign_no_policy(const foreign::Facts& facts, review::Report& report) {
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    if (!is_http(api) || api.operations.empty()) continue;
    const bool some = has_secured(api);
    const auto writes =
        operations_that(api, [&](const ApiFacts&, const ApiOperation& one) { return is_open(one) && changes_data(one) && !(some && is_by_id(one)); });
    const auto open = operations_that(api, [](const ApiFacts&, const ApiOperation& one) { return is_open(one); });
    if (some ? writes.empty() : open.empty()) continue;
    if (some) {
      report.add(
          {.severity = Severity::kWarning,
           .span = writes.front().span,
           .message = fmt::format("{} data without credentials, while other operations of this API ask for them: {}.",
                                  writes.size() == 1 ? "An operation changes" : fmt::format("{} operations change", writes.size()), first_of(writes)),
           .fix = "Write `security` at the top of the document, and `security: []` on what is public on purpose."});
      continue;
    }
    const bool declared = !api.security.empty();
    report.add(
        {.severity = writes.empty() ? Severity::kNote : Severity::kWarning,
         .span = declared         ? api.security.front().span
                 : writes.empty() ? open.front().span
                                  : writes.front().span,
         .message = fmt::format("{} of the {} asks for credentials{}.",
                                declared ? fmt::format("The scheme `{}` is declared, but none", api.security.front().name) : std::string("None"),
                                counted(api.operations.size(), "operation"),
                                writes.empty()
                                    ? std::string{}
                                    : fmt::format("; {} {} data: {}", writes.size(), writes.size() == 1 ? "changes" : "change", first_of(writes))),
         .fix = "Declare how callers prove who they are, require it for the whole document, and write `security: []` on what is public on purpose."});
  }
}

void foreign_bola(const foreign::Facts& facts, review::Report& report) {
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    if (!is_http(api) || !has_secured(api)) continue;
    const auto hits = operations_that(api, [](const ApiFacts&, const ApiOperation& one) { return is_open(one) && is_by_id(one); });
    if (hits.empty()) continue;
    const bool writes =
        std::any_of(hits.begin(), hits.end(), [](const Hit& hit) { return !hit.name.starts_with("GET ") && !hit.name.starts_with("HEAD "); });
    report.add({.severity = writes ? Severity::kError : Severity::kWarning,
                .span = hits.front().span,
                .message = fmt::format(
                    "{} one record by its key and without credentials, while other operations of this API ask for them: {}. Whoever guesses a key {} "
                    "somebody else's record.",
                    hits.size() == 1 ? "An operation reaches" : fmt::format("{} operations reach", hits.size()), first_of(hits),
                    writes ? "changes" : "reads"),
                .fix = "Require credentials, and have the server compare the record's owner with the caller; write `security: []` where a record is "
                       "public on purpose."});
  }
}

namespace {

bool is_secret_member(const foreign::ApiMember& member) {
  if (member.write_only || member.list || member.type == "boolean" || member.type == "Boolean" || member.type == "bool") return false;
  const auto name = leaf(member.name);
  constexpr std::string_view kAbout =
      " policy required strength expired expires expiry reset changed updated change last length min max hint enabled set has is status type rule "
      "rules count attempts "
      "at date time days url uri link endpoint verified digits last4 suffix masked redacted brand name ";
  if (says(name, kAbout)) return false;
  const auto all = folded(name);
  constexpr std::string_view kSecrets =
      " password passwd passwordhash hashedpassword userpassword adminpassword rootpassword pin cvv cvc cvv2 ssn socialsecuritynumber cardnumber "
      "creditcardnumber privatekey "
      "secretkey apisecret clientsecret totpsecret mfasecret ";
  return kSecrets.find(" " + all + " ") != std::string_view::npos;
}

void told_in_answers(const ApiFacts& api, review::Report& report) {
  std::vector<Hit> hits;
  std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
  bool shared = true;
  for (const auto& type : api.types) {
    if (!type.used_in_read || type.kind == "input") continue;
    for (const auto& member : type.members) {
      if (!is_secret_member(member) || !seen.emplace(member.span.line, member.span.column).second) continue;
      hits.push_back({fmt::format("{}.{}", type.name, member.name), member.span});
      shared = shared && type.used_in_request;
    }
  }
  if (hits.empty()) return;
  const auto message =
      shared
          ? fmt::format("By a schema that requests share, operations that only read give out {}: nothing in the contract keeps a server from it.",
                        first_of(hits))
          : fmt::format("Operations that only read give out what nobody needs to read: {}. It lands in caches, logs and browsers.", first_of(hits));
  report.add({.severity = shared ? Severity::kWarning : Severity::kError,
              .span = hits.front().span,
              .message = message,
              .fix = "Mark it writeOnly or leave it out of the answer's schema; show a created secret once, in the answer that creates it."});
}

void told_in_addresses(const ApiFacts& api, review::Report& report) {
  std::vector<Hit> hits;
  for (const auto& operation : api.operations) {
    for (const auto& parameter : operation.parameters) {
      constexpr std::string_view kSecrets = " password passwd secret clientsecret ssn cardnumber cvv pin ";
      if ((parameter.place != "query" && parameter.place != "path") || kSecrets.find(" " + folded(parameter.name) + " ") == std::string_view::npos)
        continue;
      hits.push_back({fmt::format("{}: {}", name_of(operation), parameter.name), parameter.span});
    }
  }
  if (hits.empty()) return;
  report.add(
      {.severity = Severity::kError,
       .span = hits.front().span,
       .message = fmt::format("Secrets travel in the address: {}. Every proxy, log and browser history on the way keeps them.", first_of(hits)),
       .fix = "Send them in the body of a POST, or in the Authorization header."});
}

}  // namespace

void foreign_pii_exposed(const foreign::Facts& facts, review::Report& report) {
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    told_in_answers(api, report);
    told_in_addresses(api, report);
  }
}

namespace {

bool is_local(std::string_view url) {
  for (const char* host :
       {"localhost", "127.0.0.1", "0.0.0.0", "[::1]", "host.docker", ".local", ".internal", "example.", ".test", "{", "your", "<"}) {
    if (url.find(host) != std::string_view::npos) return true;
  }
  return url.find('.') == std::string_view::npos;
}

}  // namespace

void foreign_trust_boundary(const foreign::Facts& facts, review::Report& report) {
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    const bool secure =
        std::any_of(api.servers.begin(), api.servers.end(), [](const foreign::ApiServer& one) { return one.url.starts_with("https://"); });
    for (const auto& server : api.servers) {
      if (!server.url.starts_with("http://") || is_local(server.url)) continue;
      report.add(
          {.severity = secure ? Severity::kNote : Severity::kWarning,
           .span = server.span,
           .message = fmt::format("`{}` is offered without TLS: whoever is on the way reads the credentials and changes the answers.", server.url),
           .fix = "Offer https alone, and answer http with a redirect for browsers only; an API client that was sent a credential in the clear has "
                  "lost it."});
      break;
    }
    for (const auto& scheme : api.security) {
      const bool in_address = scheme.type == "apiKey" && scheme.place == "query";
      const auto has = [&](const char* flow) { return std::find(scheme.flows.begin(), scheme.flows.end(), flow) != scheme.flows.end(); };
      if (in_address) {
        report.add(
            {.severity = Severity::kWarning,
             .span = scheme.span,
             .message = fmt::format("The key of `{}` travels in the query: logs, proxies, histories and Referer headers keep it.", scheme.name),
             .fix = "Take it from the Authorization header; where both are taken, retire the query with a date."});
      } else if (scheme.type == "oauth2" && (has("implicit") || has("password"))) {
        report.add(
            {.severity = Severity::kNote,
             .span = scheme.span,
             .message = has("implicit")
                            ? fmt::format("`{}` offers the implicit flow, which puts tokens into addresses; OAuth 2.1 has removed it.", scheme.name)
                            : fmt::format("`{}` offers the password flow, which hands the user's password to every client; OAuth 2.1 has removed it.",
                                          scheme.name),
             .fix = "Use the authorization code flow with PKCE, and client credentials between machines."});
      }
    }
  }
}

void foreign_event_dedup(const foreign::Facts& facts, review::Report& report) {
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    if (api.kind != ApiKind::kProto) continue;
    std::vector<Hit> hits;
    for (const auto& type : api.types) {
      const auto words = words_of(type.name);
      // What an rpc takes or gives is no message of a broker.
      if (type.kind != "message" || words.size() < 2 || words.back() != "event" || type.used_in_request || type.used_in_response ||
          type.members.size() < 2)
        continue;
      const bool keyed = std::any_of(type.members.begin(), type.members.end(), [](const foreign::ApiMember& member) {
        return says(member.name, " id uuid key sequence offset seq ") || says(member.type, " envelope metadata header meta ") ||
               says(member.name, " metadata header meta ");
      });
      if (!keyed) hits.push_back({type.name, type.span});
    }
    if (hits.empty()) continue;
    report.add({.severity = Severity::kWarning,
                .span = hits.front().span,
                .message = fmt::format("{} no id: {}. Brokers deliver at least once, and a consumer cannot tell a repetition from a second event.",
                                       hits.size() == 1 ? "An event carries" : fmt::format("{} events carry", hits.size()), first_of(hits)),
                .fix = "Give each event an id of its own and the time it happened (CloudEvents: id, source, time), set by the producer."});
  }
}

}  // namespace kingpost::assess::rule
