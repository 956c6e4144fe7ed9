#include <fmt/format.h>

#include <algorithm>

#include "kingpost/assure/compliance.hpp"
#include "kingpost/base/limits.hpp"

// The items of OWASP ASVS 5.0.0 that concern a backend, in words of our own.
namespace kingpost::assure {
namespace {

using M = Mechanism;
using S = Status;

void settle(ComplianceItem& item, Status status, std::string because) {
  item.status = status;
  item.because = std::move(because);
}

std::string field_name(const ComplianceFacts& facts, const PersonalField& one) {
  const ir::Entity& entity = facts.system.entity(one.entity);
  return entity.name + "." + entity.field(one.field).name;
}

template <typename Keep>
std::vector<std::string> personal_names(const ComplianceFacts& facts, const Keep& keep) {
  std::vector<std::string> out;
  for (const PersonalField& one : facts.personal) {
    if (keep(one)) out.push_back(field_name(facts, one));
  }
  return out;
}

void validation_rules(const ComplianceFacts& facts, ComplianceItem& item) {
  std::size_t fields = 0;
  std::size_t bounded = 0;
  for (const ir::Entity& entity : facts.system.entities) {
    for (const ir::Field& field : entity.fields) {
      ++fields;
      bounded += field.min || field.max || field.type.max_length != 0 || field.type.enumeration.valid() ? 1U : 0U;
    }
  }
  settle(item, S::kInForce,
         fmt::format("{} fields are typed, {} of them with a range, a length or a list of values; OpenAPI and JSON Schemas print them.", fields,
                     bounded));
}

void combined_rules(const ComplianceFacts& facts, ComplianceItem& item) {
  std::size_t checks = 0;
  for (const ir::Entity& entity : facts.system.entities) checks += entity.checks.size();
  if (checks == 0) return settle(item, S::kOpen, "No entity has `checks`: no rule compares two fields.");
  settle(item, S::kInForce, fmt::format("{} checks compare fields, in the server and in the database.", checks));
}

void step_order(const ComplianceFacts& facts, ComplianceItem& item) {
  std::vector<std::string> names;
  for (const ir::Entity& entity : facts.system.entities) {
    if (entity.states) names.push_back(entity.name);
  }
  if (names.empty()) return settle(item, S::kNone, "No entity has `states`.");
  settle(item, S::kInForce,
         fmt::format("{} change state by declared moves alone; the commands that make the moves are not run by this version.", few(names)));
}

void transactions(const ComplianceFacts& facts, ComplianceItem& item) {
  settle(item, facts.system.commands.empty() ? S::kInForce : S::kDesigned,
         facts.system.commands.empty()
             ? std::string("Every write is one transaction; there are no commands.")
             : fmt::format("Every write is one transaction; the {} commands are designed as one each.", facts.system.commands.size()));
}

void locking(const ComplianceFacts& facts, ComplianceItem& item) {
  std::vector<std::string> held;
  for (const ir::Entity& entity : facts.system.entities) {
    if (entity.version_field().valid()) held.push_back(entity.name + " has a version");
  }
  for (const ir::Command& command : facts.system.commands) {
    for (const ir::Step& step : command.steps) {
      if (step.kind == ir::StepKind::kLock) held.push_back(command.name + " locks " + rule_text(step.target));
    }
  }
  settle(item, S::kInForce,
         fmt::format("If-Match on every record; ranges and uniques hold in the database, whatever races{}.", held.empty() ? "" : "; " + few(held)));
}

void authorization_written(const ComplianceFacts& facts, ComplianceItem& item) {
  std::vector<std::string> silent;
  for (const ir::Entity& entity : facts.system.entities) {
    if (!entity.built_in && !entity.access.declared) silent.push_back(entity.name);
  }
  if (!silent.empty()) return settle(item, S::kOpen, fmt::format("{} say nothing of access; all calls are refused.", few(silent)));
  settle(item, S::kInForce,
         fmt::format("The permission matrix has {} rules for {} kinds of callers.", facts.matrix.rows.size(), facts.matrix.callers.size()));
}

void field_rules_written(const ComplianceFacts& facts, ComplianceItem& item) {
  settle(item, S::kInForce, fmt::format("{} field rules stand in the permission matrix.", facts.matrix.fields.size()));
}

void object_access(const ComplianceFacts& facts, ComplianceItem& item) {
  const std::vector<Operation> operations = operations_of(facts.system, facts.matrix);
  std::vector<std::string> wide;
  for (const Operation& one : operations) {
    if (one.owned && !one.everything.empty()) {
      wide.push_back(one.permission->name);
      if (!item.span.known()) item.span = one.permission->span;
    }
  }
  if (!wide.empty()) return settle(item, S::kOpen, fmt::format("{} let callers reach records of others.", few(wide)));
  settle(item, S::kInForce, "Every operation on records that belong to somebody compares them with the caller, or asks for a role of staff.");
}

void property_access(const ComplianceFacts& facts, ComplianceItem& item) {
  const auto wide = personal_names(facts, [](const PersonalField& one) {
    return std::any_of(one.readers.begin(), one.readers.end(),
                       [](const std::string& at) { return at == "anonymous: always" || at == "signed in: always"; });
  });
  if (!wide.empty()) return settle(item, S::kOpen, fmt::format("{} reach everybody.", few(wide)));
  settle(item, S::kInForce, fmt::format("{} fields narrow their entity's rule; contracts list what they show.", facts.matrix.fields.size()));
}

void tenants(const ComplianceFacts& facts, ComplianceItem& item) {
  if (!facts.system.tenancy) return settle(item, S::kNone, "The model has no tenants.");
  item.span = facts.system.tenancy->span;
  std::size_t tenanted = 0;
  for (const ir::Entity& entity : facts.system.entities) tenanted += entity.tenanted ? 1U : 0U;
  if (facts.system.tenancy->isolation != ir::Isolation::kShared) {
    return settle(item, S::kDesigned, "A schema or database for each tenant is not run by this version, so the server refuses the model.");
  }
  settle(item, S::kInForce, fmt::format("{} of {} entities carry the tenant in keys, references and rules.", tenanted, facts.system.entities.size()));
}

void outbound(const ComplianceFacts& facts, ComplianceItem& item) {
  if (facts.system.http_clients.empty()) return settle(item, S::kNone, "The model calls no other system.");
  std::vector<std::string> names;
  for (const ir::HttpClient& one : facts.system.http_clients) names.push_back(one.name);
  settle(item, S::kDesigned, fmt::format("Calls go to {} alone, at addresses of the model or the environment.", few(names)));
}

void outbound_tls(const ComplianceFacts& facts, ComplianceItem& item) {
  outbound(facts, item);
  for (const ir::HttpClient& one : facts.system.http_clients) {
    if (!speaks_plain_http(one)) continue;
    item.span = one.span;
    return settle(item, S::kOpen, fmt::format("{} is called at `{}`, which is not https.", one.name, one.url));
  }
}

void secrets(const ComplianceFacts& facts, ComplianceItem& item) {
  for (const ir::HttpClient& one : facts.system.http_clients) {
    if (!holds_credential(one)) continue;
    item.span = one.span;
    return settle(item, S::kOpen, fmt::format("The model holds a credential of {}.", one.name));
  }
}

void resource_strategy(const ComplianceFacts& facts, ComplianceItem& item) {
  std::vector<std::string> untimed;
  for (const ir::HttpClient& one : facts.system.http_clients) {
    const auto calls = calls_of(facts.system, one.name);
    if (std::any_of(calls.begin(), calls.end(), [](const ir::Step* step) { return step->timeout_ms == 0; })) untimed.push_back(one.name);
  }
  if (!untimed.empty()) return settle(item, S::kOpen, fmt::format("Some calls of {} say no `timeout`.", few(untimed)));
}

void classified(const ComplianceFacts& facts, ComplianceItem& item) {
  if (facts.personal.empty()) return settle(item, S::kOpen, "No field is marked `sensitive`: say so on purpose, or mark what is personal or secret.");
  const auto all = personal_names(facts, [](const PersonalField&) { return true; });
  const bool built_in =
      std::all_of(facts.personal.begin(), facts.personal.end(), [&](const PersonalField& one) { return facts.system.entity(one.entity).built_in; });
  if (built_in) return settle(item, S::kOpen, fmt::format("Only the built-in {} are marked: mark what else is personal or secret.", few(all)));
  settle(item, S::kInForce, fmt::format("{} fields are marked personal or secret: {}.", all.size(), few(all)));
}

void protected_as_written(const ComplianceFacts& facts, ComplianceItem& item) {
  if (facts.personal.empty()) return settle(item, S::kNone, "No field is marked.");
  const auto plain = personal_names(facts, [&](const PersonalField& one) { return !facts.system.entity(one.entity).field(one.field).encrypted; });
  if (!plain.empty()) return settle(item, S::kOperator, fmt::format("{} are stored in plain; disks and backups have to be encrypted.", few(plain)));
  settle(item, S::kDesigned, "Every marked field is `encrypted`, which this version does not run yet and therefore refuses to serve.");
}

void to_others(const ComplianceFacts& facts, ComplianceItem& item) {
  const auto sent = personal_names(facts, [](const PersonalField& one) { return !one.sent.empty() || !one.events.empty(); });
  if (sent.empty()) return settle(item, S::kInForce, "No marked field goes into an event or to another system.");
  settle(item, S::kOpen, fmt::format("{} go into events or to other systems (see the data facts): agree with each receiver.", few(sent)));
}

void retention(const ComplianceFacts& facts, ComplianceItem& item) {
  if (facts.personal.empty()) return settle(item, S::kNone, "No field is marked.");
  const auto silent = personal_names(facts, [](const PersonalField& one) { return one.retention == "the model does not say"; });
  if (!silent.empty()) return settle(item, S::kOpen, fmt::format("The model does not say how long {} are kept.", few(silent)));
  settle(item, S::kOperator, "The model says how long each marked field is kept; this version removes nothing by itself.");
}

void heavy(const ComplianceFacts& facts, ComplianceItem& item) {
  const Limits limits;
  std::vector<std::string> searched;
  for (const ir::Entity& entity : facts.system.entities) {
    for (const ir::Query& query : entity.queries) {
      if (!query.search.empty()) searched.push_back(entity.name + "." + query.name);
    }
  }
  settle(item, S::kInForce,
         fmt::format("Pages ({} rows), bulks ({} rows) and embeds ({}) are bounded by default{}.", limits.page_rows, limits.bulk_rows,
                     limits.embed_count, searched.empty() ? "" : "; searches: " + few(searched)));
}

void audit(const ComplianceFacts& facts, ComplianceItem& item) {
  std::vector<std::string> kept;
  for (const ir::Entity& entity : facts.system.entities) {
    if (entity.audit) kept.push_back(entity.name);
  }
  if (kept.empty()) return settle(item, S::kOpen, "No entity says `audit: true`, and this version logs no refusals of rules.");
  settle(item, S::kDesigned, fmt::format("{} say `audit: true`, which this version does not run yet and therefore refuses to serve.", few(kept)));
}

void breakers(const ComplianceFacts& facts, ComplianceItem& item) {
  std::vector<std::string> bare;
  for (const ir::HttpClient& one : facts.system.http_clients) {
    if (one.breaker_window <= 0) bare.push_back(one.name);
  }
  if (facts.system.http_clients.empty())
    return settle(item, S::kInForce, "Without its database the server answers 503 and recovers by itself; it calls nothing else.");
  if (!bare.empty()) return settle(item, S::kOpen, fmt::format("{} have no `breaker`.", few(bare)));
  settle(item, S::kDesigned, "Without its database the server answers 503; every client has a breaker.");
}

void old_contracts(const ComplianceFacts& facts, ComplianceItem& item) {
  settle(item, S::kInForce, fmt::format("{} contracts, each printed as OpenAPI for each role.", facts.system.contracts.size()));
}

std::vector<ComplianceRow> input_rows() {
  return {
      {"1.2.3", 1, "JSON is written with escapes", S::kInForce, {M::kPrivateAnswers}, "Answers are built by typed writers of JSON."},
      {"1.2.4", 1, "Queries take parameters", S::kInForce, {M::kBoundValues}, "No text of a request becomes SQL."},
      {"1.3.2",
       1,
       "Nothing evaluates a client's text",
       S::kInForce,
       {M::kBoundValues},
       "Expressions come from the model and are compiled before serving."},
      {"1.3.6", 2, "Calls out go to known places", S::kDesigned, {M::kOutboundGuard}, "", outbound},
      {"1.3.12", 3, "Patterns do not backtrack", S::kInForce, {M::kTypedInput}, "Patterns run on RE2, in time linear in the text."},
      {"2.1.1", 1, "Rules of input are written down", S::kInForce, {M::kTypedInput}, "", validation_rules},
      {"2.1.2", 2, "Rules over several fields are written down", S::kInForce, {M::kConstraints}, "", combined_rules},
      {"2.2.1", 1, "Input is checked by allowed values and ranges", S::kInForce, {M::kTypedInput, M::kConstraints}, "", validation_rules},
      {"2.2.2", 1, "Input is checked by the server", S::kInForce, {M::kTypedInput}, "Before a statement runs, and again by the database."},
      {"2.2.3", 2, "Combined values have to fit", S::kInForce, {M::kConstraints}, "", combined_rules},
      {"2.3.1", 1, "Steps in their order", S::kInForce, {M::kStateMoves}, "", step_order},
      {"2.3.3", 2, "All or nothing", S::kInForce, {M::kCommandTransaction, M::kDurableWrites}, "", transactions},
      {"2.3.4", 2, "What is scarce is not given twice", S::kInForce, {M::kEntityTags, M::kConstraints}, "", locking},
      {"2.4.1", 2, "Programs are kept from calling too often", S::kOperator, {M::kRateAtEdge}, "This version counts no requests a caller."},
      {"3.4.2",
       1,
       "Which foreign origins may read",
       S::kInForce,
       {M::kOpenOrigins},
       "Every origin may read what is asked with a header; none gets credentials, and there are no cookies."},
      {"3.4.4", 2, "No guessing of media types", S::kInForce, {M::kPrivateAnswers}, "Answers say `nosniff`."},
      {"3.5.1",
       1,
       "A foreign page cannot act for a visitor",
       S::kInForce,
       {M::kOpenOrigins},
       "Credentials travel in a header that no browser adds by itself."},
      {"3.5.3",
       1,
       "Safe methods change nothing",
       S::kInForce,
       {M::kBoundedPlans},
       "GET and HEAD make read plans, which run on connections that cannot write."},
  };
}

std::vector<ComplianceRow> service_rows() {
  return {
      {"4.1.1",
       1,
       "Answers say their media type and charset",
       S::kInForce,
       {M::kPrivateAnswers},
       "application/json; charset=utf-8 and application/problem+json."},
      {"4.1.3", 2, "Headers of the proxy cannot be forged", S::kInForce, {M::kTokenCheck}, "No X-Forwarded or X-User header decides anything."},
      {"4.1.4", 3, "Only known methods", S::kInForce, {M::kBoundedRequests}, "Others are refused with 405."},
      {"4.2.1", 2, "Messages end in one way", S::kInForce, {M::kStrictFraming}, "Both lengths, repeated lengths and unknown codings are refused."},
      {"4.2.2", 3, "Lengths of answers are true", S::kInForce, {M::kStrictFraming}, "The server writes each length from the bytes that it sends."},
      {"4.3.1", 2, "Expensive questions are bounded", S::kInForce, {M::kBoundedPlans, M::kDeadlines}, "", heavy},
      {"6.2.1", 1, "Length of passwords", S::kOperator, {M::kSignIn}, "Passwords live where tokens are issued."},
      {"6.3.1", 1, "Guessing of passwords", S::kOperator, {M::kSignIn, M::kRateAtEdge}, "Where tokens are issued."},
      {"6.3.2",
       1,
       "No default accounts",
       S::kInForce,
       {M::kStrongSecret, M::kDefaultDeny},
       "No account exists that nobody made, and a published secret is refused. Not so under --dev."},
      {"6.3.3", 2, "Second factors", S::kOperator, {M::kSignIn}, "Where tokens are issued."},
      {"7.2.1", 1, "Tokens are checked by the backend", S::kInForce, {M::kTokenCheck}, "At every request."},
      {"7.2.2",
       1,
       "Tokens are made, not fixed",
       S::kOperator,
       {M::kTokenCheck, M::kSignIn},
       "A token without an expiry is refused; how long it lives is the issuer's choice."},
      {"7.4.1", 1, "An ended session ends", S::kOpen, {M::kTokenCheck}, "A token is good until it expires: this version revokes none."},
      {"7.4.2",
       1,
       "A removed account ends its sessions",
       S::kOpen,
       {M::kTokenCheck},
       "A token is good until it expires, whatever became of its user."},
      {"8.1.1", 1, "Who may do what is written down", S::kInForce, {M::kDefaultDeny}, "", authorization_written},
      {"8.1.2", 2, "Who may see which field is written down", S::kInForce, {M::kFieldPolicy}, "", field_rules_written},
      {"8.2.1", 1, "Functions are for those who may", S::kInForce, {M::kDefaultDeny, M::kRoleSpecs}, "What no rule allows is denied."},
      {"8.2.2", 1, "Records are for those who may", S::kInForce, {M::kRowPolicy}, "", object_access},
      {"8.2.3", 2, "Fields are for those who may", S::kInForce, {M::kFieldPolicy, M::kContractView}, "", property_access},
      {"8.3.1", 1, "Rules are enforced in the backend", S::kInForce, {M::kRowPolicy}, "In the statement itself."},
      {"8.3.2",
       3,
       "Changes of rights take effect at once",
       S::kConditional,
       {M::kRowPolicy, M::kTokenCheck},
       "Rules over records do, at the next request; roles and tenants when the token expires."},
      {"8.3.3",
       3,
       "Rights are the first caller's",
       S::kInForce,
       {M::kRowPolicy},
       "Statements run with the caller's id and roles; work of the engine is marked `system`."},
      {"8.4.1", 2, "Tenants are kept apart", S::kInForce, {M::kTenantKey}, "", tenants},
      {"9.1.1", 1, "Tokens are verified before they are read", S::kInForce, {M::kTokenCheck}, "HMAC-SHA-256, compared in constant time."},
      {"9.1.2", 1, "Algorithms by a list", S::kInForce, {M::kTokenCheck}, "HS256 and no other."},
      {"9.1.3", 1, "Keys from known places", S::kInForce, {M::kTokenCheck}, "A header that points to a key is refused."},
      {"9.2.1", 1, "Only within their time", S::kInForce, {M::kTokenCheck}, "`exp` is demanded, `nbf` respected, with five seconds of leeway."},
      {"9.2.2",
       2,
       "Only tokens of the right kind",
       S::kOpen,
       {M::kTokenCheck},
       "Nothing tells an access token from another that the same secret signed."},
      {"9.2.3", 2, "Only tokens for this service", S::kOpen, {M::kTokenCheck}, "No audience is checked: use a secret of its own."},
  };
}

std::vector<ComplianceRow> operation_rows() {
  return {
      {"11.2.1", 2, "Cryptography from a library", S::kInForce, {M::kTokenCheck}, "OpenSSL."},
      {"11.3.2", 1, "Approved ciphers for stored data", S::kDesigned, {M::kFieldEncryption}, "", protected_as_written},
      {"11.4.2", 2, "Passwords are stored by a slow hash", S::kOperator, {M::kSignIn}, "Where tokens are issued."},
      {"11.5.1",
       2,
       "Random numbers that nobody guesses",
       S::kInForce,
       {M::kStrongSecret},
       "Secrets come from OpenSSL's generator; keys of records are no secrets."},
      {"12.2.1", 1, "TLS to clients", S::kOperator, {M::kTlsAtEdge}, "This version speaks plain HTTP behind a proxy."},
      {"12.3.1",
       2,
       "TLS to databases and others",
       S::kOperator,
       {M::kDatabaseAccount, M::kTlsAtEdge},
       "Put `sslmode=verify-full` into the database's address."},
      {"12.3.2", 2, "Certificates of others are checked", S::kDesigned, {M::kOutboundGuard}, "", outbound_tls},
      {"13.1.1", 2, "Ways out are written down", S::kInForce, {M::kOutboundGuard}, "", outbound},
      {"13.1.2",
       3,
       "Bounds of connections are written down",
       S::kInForce,
       {M::kBoundedRequests, M::kDeadlines},
       "The reference lists every limit with its default; a full pool answers 503."},
      {"13.1.3",
       3,
       "Timeouts and retries are written down",
       S::kInForce,
       {M::kDeadlines, M::kOutboundLimits},
       "Requests have one deadline; steps say `timeout` and `retry`.",
       resource_strategy},
      {"13.2.2", 2, "Least rights for inner accounts", S::kOperator, {M::kDatabaseAccount}, "Give the server's account its own schema."},
      {"13.2.4", 2, "A list of places to call", S::kDesigned, {M::kOutboundGuard}, "", outbound},
      {"13.3.1",
       2,
       "Secrets are kept in a vault",
       S::kOperator,
       {M::kSecretsOutside},
       "The server reads its secrets from the environment; fill it from a vault.",
       secrets},
      {"13.4.2", 2, "No debugging in production", S::kConditional, {M::kDesignHidden}, "In force without --dev."},
      {"13.4.4", 2, "No TRACE", S::kInForce, {M::kBoundedRequests}, "It is refused."},
      {"13.4.5", 2, "Documents are not served unasked", S::kInForce, {M::kDesignHidden, M::kRoleSpecs}, "", old_contracts},
  };
}

std::vector<ComplianceRow> data_rows() {
  return {
      {"14.1.1", 2, "Sensitive data is known", S::kInForce, {}, "", classified},
      {"14.2.1",
       1,
       "Nothing sensitive in addresses",
       S::kConditional,
       {M::kGenericErrors},
       "Tokens travel in headers; filters on marked fields do stand in the query, so a proxy must not log it."},
      {"14.2.2", 2, "Nothing sensitive in caches", S::kInForce, {M::kPrivateAnswers}, "Answers are private and no-cache; errors no-store."},
      {"14.2.3", 2, "Nothing sensitive to strangers", S::kInForce, {M::kContractView}, "", to_others},
      {"14.2.4", 2, "Protection as written", S::kDesigned, {M::kFieldEncryption}, "", protected_as_written},
      {"14.2.6", 3, "No more than needed", S::kInForce, {M::kFieldPolicy, M::kContractView}, "", property_access},
      {"14.2.7", 3, "Removed in time", S::kOperator, {}, "", retention},
      {"15.1.3", 2, "What is expensive is known", S::kInForce, {M::kBoundedPlans}, "", heavy},
      {"15.2.2", 2, "What is expensive is bounded", S::kInForce, {M::kBoundedPlans, M::kDeadlines}, "", heavy},
      {"15.3.1",
       1,
       "Answers show what they must",
       S::kInForce,
       {M::kContractView, M::kFieldPolicy},
       "Clients name fields with `select`; contracts list what there is."},
      {"15.3.3",
       2,
       "No field by surprise",
       S::kInForce,
       {M::kServerFields, M::kContractView},
       "Members that are no field of the contract, or the server's own, are refused."},
      {"15.3.7",
       2,
       "Repeated parameters",
       S::kInForce,
       {M::kTypedInput},
       "Each parameter has one place (query, body or header) and is read there alone; a repeated filter is one condition more."},
      {"15.4.2", 3, "Check and act are one", S::kInForce, {M::kRowPolicy, M::kEntityTags}, "Rules and conditions are part of the writing statement."},
      {"16.2.5", 2, "Logs hold nothing sensitive", S::kInForce, {M::kGenericErrors}, "Log lines name codes and places; no value of a row or token."},
      {"16.3.1", 2, "Sign-ins are logged", S::kOperator, {M::kSignIn}, "Where tokens are issued."},
      {"16.3.2", 2, "Refusals are logged", S::kOpen, {M::kAuditTrail}, "", audit},
      {"16.4.1", 2, "Logs cannot be forged", S::kInForce, {M::kGenericErrors}, "Control characters of requests do not reach a line."},
      {"16.4.3", 2, "Logs are sent elsewhere", S::kOperator, {M::kLogKeeping}, "The server writes to standard error."},
      {"16.5.1", 2, "Errors say nothing of the machine", S::kInForce, {M::kGenericErrors}, "RFC 9457 problems with a stable code."},
      {"16.5.2", 2, "Others may fail", S::kInForce, {M::kOutboundLimits}, "", breakers},
      {"16.5.3", 2, "Failing closes", S::kInForce, {M::kDefaultDeny, M::kDurableWrites}, "An error in a rule denies; a failed write leaves nothing."},
  };
}

}  // namespace

const std::vector<ComplianceRow>& compliance_rows() {
  static const std::vector<ComplianceRow> kRows = [] {
    std::vector<ComplianceRow> out = input_rows();
    for (const auto& more : {service_rows(), operation_rows(), data_rows()}) out.insert(out.end(), more.begin(), more.end());
    return out;
  }();
  return kRows;
}

}  // namespace kingpost::assure
