#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "kingpost/assure/threats.hpp"
#include "kingpost/base/limits.hpp"

// What can go wrong on a way that data takes, and what stands against it.
namespace kingpost::assure {
namespace {

using surface::Verdict;
using M = Mechanism;

Assessment none(std::string because) {
  return {.threat = {}, .status = Status::kNone, .by = {}, .because = std::move(because), .condition = {}, .breaks = {}, .span = {}};
}

Assessment met(std::vector<M> by, std::string because, std::string breaks) {
  return {.threat = {},
          .status = Status::kInForce,
          .by = std::move(by),
          .because = std::move(because),
          .condition = {},
          .breaks = std::move(breaks),
          .span = {}};
}

Assessment when(std::vector<M> by, std::string because, std::string condition, std::string breaks) {
  Assessment out = met(std::move(by), std::move(because), std::move(breaks));
  out.status = Status::kConditional;
  out.condition = std::move(condition);
  return out;
}

Assessment as(Status status, std::vector<M> by, std::string because, std::string breaks) {
  Assessment out = met(std::move(by), std::move(because), std::move(breaks));
  out.status = status;
  return out;
}

using Judge = Assessment (*)(const ThreatFacts& facts, const DataFlow& flow);

const Caller& caller_of(const ThreatFacts& facts, const DataFlow& flow) { return facts.matrix.callers[flow.caller]; }

bool is_anonymous(const ThreatFacts& facts, const DataFlow& flow) { return caller_of(facts, flow).kind == Caller::Kind::kAnonymous; }

/// Operations that the flow's caller may call and that change something.
std::vector<const Permission*> writes_of(const ThreatFacts& facts, const DataFlow& flow) {
  std::vector<const Permission*> out;
  for (const Permission& row : facts.matrix.rows) {
    if (row.action != Action::kRead && row.verdicts[flow.caller] != Verdict::kNever) out.push_back(&row);
  }
  return out;
}

std::vector<std::string> names_of(const std::vector<const Permission*>& rows) {
  std::vector<std::string> out;
  for (const Permission* row : rows) out.push_back(row->name);
  return out;
}

Assessment caller_s(const ThreatFacts& facts, const DataFlow& flow) {
  if (is_anonymous(facts, flow)) return none("Anonymous callers claim to be nobody, and get what the rules give to everybody.");
  const Caller& caller = caller_of(facts, flow);
  return when({M::kTokenCheck, M::kStrongSecret, M::kSignIn},
              caller.kind == Caller::Kind::kRole ? fmt::format("The role `{}` is taken from the signed token alone.", caller.name)
                                                 : std::string("The caller's id is taken from the signed token alone."),
              "KINGPOST_SECRET stays secret and tokens live short: they cannot be revoked before they expire, and no audience is checked",
              "Whoever learns the secret signs any user, role and tenant.");
}

Assessment caller_t(const ThreatFacts& facts, const DataFlow& flow) {
  const std::vector<const Permission*> writes = writes_of(facts, flow);
  if (writes.empty()) {
    return when({M::kStrictFraming, M::kTlsAtEdge}, "It changes nothing: no rule lets it write.", "TLS ends in front of the server",
                "Without TLS somebody on the way changes what it reads.");
  }
  const auto bound =
      std::count_if(writes.begin(), writes.end(), [&](const Permission* row) { return row->verdicts[flow.caller] == Verdict::kDepends; });
  return when({M::kTypedInput, M::kContractView, M::kServerFields, M::kUpdateBothSides, M::kEntityTags, M::kStrictFraming, M::kTlsAtEdge},
              fmt::format("It can write by {} operations ({}); {} of them ask something of the record.", writes.size(), few(names_of(writes)), bound),
              "TLS ends in front of the server", "Without TLS somebody on the way changes requests; a rule that becomes wider lets more in.");
}

Assessment caller_r(const ThreatFacts& facts, const DataFlow& flow) {
  const std::vector<const Permission*> writes = writes_of(facts, flow);
  if (writes.empty()) return none("It changes nothing that it could deny.");
  std::set<std::string> kept;
  std::set<std::string> unkept;
  for (const Permission* row : writes) {
    if (!row->entity.valid()) continue;
    const ir::Entity& entity = facts.system.entity(row->entity);
    (entity.audit ? kept : unkept).insert(entity.name);
  }
  const std::vector<std::string> missing(unkept.begin(), unkept.end());
  if (!missing.empty()) {
    return as(Status::kOpen, {M::kLogKeeping}, fmt::format("Changes of {} are kept nowhere: no `audit: true`.", few(missing)),
              "Say `audit: true` where a dispute would cost something.");
  }
  if (kept.empty()) return as(Status::kDesigned, {M::kCommandTransaction}, "It writes by commands alone.", "No command's entity says `audit: true`.");
  return as(Status::kDesigned, {M::kAuditTrail, M::kSafetyRefusal}, fmt::format("{} say `audit: true`.", few({kept.begin(), kept.end()})),
            "Serving with --dev, which keeps no trail.");
}

Assessment caller_i(const ThreatFacts& facts, const DataFlow& flow) {
  std::vector<std::string> wide;
  for (const PersonalField& one : facts.personal) {
    const Caller& caller = caller_of(facts, flow);
    const std::string reader = caller.name + ": always";
    const ir::Entity& entity = facts.system.entity(one.entity);
    if (caller.kind != Caller::Kind::kRole && std::find(one.readers.begin(), one.readers.end(), reader) != one.readers.end()) {
      wide.push_back(entity.name + "." + entity.field(one.field).name);
    }
  }
  if (!wide.empty()) {
    return as(Status::kOpen, {M::kRowPolicy}, fmt::format("{} of every record reach this caller.", few(wide)),
              "Give the field a `read` rule, or the entity a narrower one.");
  }
  std::vector<M> by = {M::kRowPolicy, M::kFieldPolicy, M::kContractView, M::kPrivateAnswers, M::kGenericErrors};
  if (facts.system.tenancy) by.push_back(M::kTenantKey);
  return when(std::move(by),
              flow.sensitive.empty() ? std::string("No field marked personal or secret reaches it.")
                                     : fmt::format("It can see {} where the rules let it.", few(flow.sensitive)),
              "TLS ends in front of the server, and fields that are personal are marked so",
              "A rule that becomes `true`; an unmarked personal field.");
}

Assessment caller_d(const ThreatFacts& facts, const DataFlow& flow) {
  const Limits limits;
  const std::string bounds = fmt::format("At most {} rows a page, {} bytes a body, {} connections, {} ms a request, by default.", limits.page_rows,
                                         limits.body_bytes, limits.connections, limits.request_timeout_ms);
  if (is_anonymous(facts, flow)) {
    std::vector<std::string> filled;
    for (const Permission* row : writes_of(facts, flow)) {
      if (row->action == Action::kCreate) filled.push_back(row->name);
    }
    if (!filled.empty()) {
      return as(Status::kOpen, {M::kBoundedRequests, M::kRateAtEdge}, fmt::format("Anybody can fill the database by {}. {}", few(filled), bounds),
                "Ask callers to sign in, or bound them in front.");
    }
  }
  return as(Status::kOperator, {M::kBoundedRequests, M::kBoundedPlans, M::kDeadlines, M::kRateAtEdge},
            bounds + " How many requests a caller sends is bounded by nothing in this version.",
            "One caller with many connections takes the capacity of all.");
}

Assessment caller_e(const ThreatFacts& facts, const DataFlow& flow) {
  const Caller& caller = caller_of(facts, flow);
  if (caller.kind == Caller::Kind::kAnonymous) {
    std::vector<std::string> open;
    for (const Permission* row : writes_of(facts, flow)) {
      if (row->verdicts[flow.caller] == Verdict::kAlways) open.push_back(row->name);
    }
    if (!open.empty()) {
      return as(Status::kOpen, {M::kDefaultDeny}, fmt::format("{} ask for nobody in particular.", few(open)), "Name who may: an owner or a role.");
    }
  }
  std::vector<std::string> implied;
  if (caller.kind == Caller::Kind::kRole) implied = caller.audience.roles;
  std::string because = "What no rule allows is denied, and only roles of the model count.";
  if (implied.size() > 1) because += fmt::format(" The role implies {}.", few(implied));
  return when({M::kDefaultDeny, M::kRowPolicy, M::kTokenCheck, M::kRoleSpecs}, std::move(because),
              "the server runs without --dev, under which callers without a token pass every rule", "--dev on a reachable address.");
}

Assessment store_s(const ThreatFacts&, const DataFlow& flow) {
  return as(Status::kOperator, {M::kDatabaseAccount},
            fmt::format("The {} is opened with the account in the address given to `serve`; a SQLite file with the user's rights.", flow.to),
            "A shared or default database account.");
}

Assessment store_t(const ThreatFacts& facts, const DataFlow& flow) {
  std::size_t checks = 0;
  std::size_t uniques = 0;
  std::size_t keys = 0;
  for (const ir::Entity& entity : facts.system.entities) {
    if (flow.service.valid() && entity.service != flow.service) continue;
    checks += entity.checks.size();
    uniques += entity.uniques.size();
    keys += static_cast<std::size_t>(
        std::count_if(entity.fields.begin(), entity.fields.end(), [](const ir::Field& one) { return one.relation.valid(); }));
  }
  return met({M::kBoundValues, M::kConstraints, M::kDurableWrites},
             fmt::format("{} checks, {} uniques and {} foreign keys stand in the database as well as in the server.", checks, uniques, keys),
             "Writing past the server with an account that may drop constraints.");
}

Assessment store_r(const ThreatFacts& facts, const DataFlow& flow) {
  std::vector<std::string> kept;
  for (const ir::Entity& entity : facts.system.entities) {
    if (entity.audit && (!flow.service.valid() || entity.service == flow.service)) kept.push_back(entity.name);
  }
  const std::string schema = "Changes of the schema are in the database's history of migrations.";
  if (kept.empty())
    return as(Status::kOperator, {M::kMigrationLock, M::kLogKeeping}, schema + " Changes of rows are in the database's own log alone.",
              "A database log that is switched off.");
  return as(Status::kDesigned, {M::kMigrationLock, M::kAuditTrail},
            fmt::format("{} Changes of {} are to be kept (`audit: true`).", schema, few(kept)), "Serving with --dev.");
}

Assessment store_i(const ThreatFacts& facts, const DataFlow& flow) {
  std::vector<std::string> sealed;
  std::vector<std::string> plain;
  for (const PersonalField& one : facts.personal) {
    const ir::Entity& entity = facts.system.entity(one.entity);
    if (flow.service.valid() && entity.service != flow.service) continue;
    (entity.field(one.field).encrypted ? sealed : plain).push_back(entity.name + "." + entity.field(one.field).name);
  }
  if (!plain.empty()) {
    return as(Status::kOperator, {M::kDiskEncryption, M::kDatabaseAccount},
              fmt::format("{} lie there in plain: marked, not `encrypted`.", few(plain)), "A copied file or backup shows them.");
  }
  if (!sealed.empty()) {
    return as(Status::kDesigned, {M::kFieldEncryption, M::kSafetyRefusal},
              fmt::format("{} are `encrypted`; until this runs, the server refuses to serve the model.", few(sealed)),
              "Serving with --dev, under which writes to them are refused.");
  }
  return as(Status::kOperator, {M::kDiskEncryption, M::kDatabaseAccount}, "No field is marked personal or secret.",
            "A personal field that nobody marked.");
}

Assessment store_d(const ThreatFacts&, const DataFlow&) {
  const Limits limits;
  return met({M::kDeadlines, M::kBoundedPlans},
             fmt::format("At most {} connections to PostgreSQL, {} writes waiting, {} ms a request; a statement past its time is ended.",
                         limits.postgres_connections, limits.write_queue, limits.request_timeout_ms),
             "Other programs on the same database.");
}

Assessment store_e(const ThreatFacts& facts, const DataFlow&) {
  return as(Status::kOperator, {M::kDatabaseAccount, M::kRowPolicy},
            facts.system.tenancy
                ? "Rules and tenants are enforced in statements; no second wall (row level security) stands in the database in this version."
                : "Rules are enforced in statements; the database itself knows one account.",
            "An account that is superuser, or shared with reports.");
}

const ir::HttpClient& client_of(const ThreatFacts& facts, const DataFlow& flow) { return facts.system.http_clients[flow.client]; }

Assessment client_s(const ThreatFacts& facts, const DataFlow& flow) {
  const ir::HttpClient& client = client_of(facts, flow);
  Assessment out =
      as(Status::kDesigned, {M::kOutboundGuard}, fmt::format("Calls carry {}; the other side proves itself by its certificate.", client.auth),
         "A credential shared with other programs.");
  if (client.auth.empty())
    out = as(Status::kOpen, {M::kOutboundGuard}, "Calls carry no credential: the model says no `auth`.", "Say `auth: bearer(env(NAME))`.");
  if (speaks_plain_http(client))
    out = as(Status::kOpen, {M::kOutboundGuard}, fmt::format("`{}` is not https: nobody proves who answers.", client.url), "Use https.");
  out.span = client.span;
  return out;
}

Assessment client_t(const ThreatFacts& facts, const DataFlow& flow) {
  const ir::HttpClient& client = client_of(facts, flow);
  Assessment out = speaks_plain_http(client)
                       ? as(Status::kOpen, {M::kTypedAnswers},
                            fmt::format("`{}` is not https: calls and answers can be changed on the way.", client.url), "Use https.")
                       : as(Status::kDesigned, {M::kTypedAnswers, M::kOutboundGuard}, "Answers are read by the types under `returns`.",
                            client.url.starts_with("env(") ? "An address in the environment that is not https." : "A `returns` that is left out.");
  out.span = client.span;
  return out;
}

Assessment client_r(const ThreatFacts& facts, const DataFlow& flow) {
  const std::size_t calls = calls_of(facts.system, client_of(facts, flow).name).size();
  if (calls == 0) return none("No step calls it.");
  return as(Status::kDesigned, {M::kSagaUndo, M::kOutbox},
            fmt::format("{} steps call it; each carries its own Idempotency-Key and its outcome is kept with the saga.", calls),
            "A partner that ignores Idempotency-Key.");
}

Assessment client_i(const ThreatFacts& facts, const DataFlow& flow) {
  const ir::HttpClient& client = client_of(facts, flow);
  std::vector<std::string> sent;
  for (const PersonalField& one : facts.personal) {
    const ir::Entity& entity = facts.system.entity(one.entity);
    for (const std::string& target : one.sent) {
      if (target.starts_with(client.name + ".")) sent.push_back(fmt::format("{}.{} as {}", entity.name, entity.field(one.field).name, target));
    }
  }
  Assessment out = as(Status::kDesigned, {M::kOutboundGuard, M::kSecretsOutside},
                      sent.empty() ? fmt::format("It is sent {}; none comes from a field marked personal or secret.", flow.carries)
                                   : fmt::format("It is sent {}.", few(sent)),
                      "A member added to a body.");
  if (holds_credential(client)) {
    out = as(Status::kOpen, {M::kSecretsOutside}, "Its address or `auth` in the model holds a credential, which everybody with the model can read.",
             "Move it to env(NAME) and change it.");
  }
  out.span = client.span;
  return out;
}

Assessment client_d(const ThreatFacts& facts, const DataFlow& flow) {
  const ir::HttpClient& client = client_of(facts, flow);
  std::size_t untimed = 0;
  const std::vector<const ir::Step*> calls = calls_of(facts.system, client.name);
  for (const ir::Step* step : calls) untimed += step->timeout_ms == 0 ? 1U : 0U;
  if (calls.empty()) return none("No step calls it.");
  const bool breaker = client.breaker_window > 0;
  Assessment out = as(
      breaker && untimed == 0 ? Status::kDesigned : Status::kOpen, {M::kOutboundLimits, M::kOutbox},
      fmt::format("{} of its {} calls say no `timeout`; {}.", untimed, calls.size(), breaker ? "a breaker is declared" : "no `breaker` is declared"),
      breaker && untimed == 0 ? "A timeout longer than callers wait." : "When it hangs, work piles up behind it: say `timeout` and `breaker`.");
  out.span = client.span;
  return out;
}

Assessment client_e(const ThreatFacts& facts, const DataFlow& flow) {
  const ir::HttpClient& client = client_of(facts, flow);
  Assessment out = as(Status::kDesigned, {M::kOutboundGuard},
                      fmt::format("The address is `{}` and every path is written in the model: no part of either comes from a caller.",
                                  holds_credential(client) ? std::string("(withheld)") : client.url),
                      "An address in the environment that leads inside; redirects that are followed.");
  out.span = client.span;
  return out;
}

Assessment events_s(const ThreatFacts& facts, const DataFlow&) {
  if (facts.system.topology == ir::Topology::kServices)
    return as(Status::kOperator, {M::kBroker}, "Services meet at a broker.", "One account for all.");
  return as(Status::kDesigned, {M::kOutbox}, "Only commands emit, inside their transaction; no caller can.",
            "A table of events that somebody else may write.");
}

Assessment events_t(const ThreatFacts& facts, const DataFlow&) {
  return as(Status::kDesigned, {M::kOutbox, M::kTypedInput},
            fmt::format("{} kinds of events have typed members and a version.", facts.system.events.size()), "A consumer of another version.");
}

Assessment events_r(const ThreatFacts&, const DataFlow&) {
  return as(Status::kDesigned, {M::kOutbox}, "An event stands in the database with the change that it tells of.",
            "An outbox that is emptied by hand.");
}

Assessment events_i(const ThreatFacts& facts, const DataFlow&) {
  std::vector<std::string> carried;
  for (const PersonalField& one : facts.personal) {
    const ir::Entity& entity = facts.system.entity(one.entity);
    for (const std::string& event : one.events) carried.push_back(fmt::format("{}.{} in {}", entity.name, entity.field(one.field).name, event));
  }
  if (carried.empty())
    return as(Status::kDesigned, {M::kOutbox}, "No event carries a field marked personal or secret.", "A member added to an event.");
  return as(Status::kOpen, {M::kOutbox}, fmt::format("{}: every reader of the events has them, and removal has to reach them too.", few(carried)),
            "Send the key and let readers ask.");
}

Assessment events_d(const ThreatFacts&, const DataFlow&) {
  return as(Status::kDesigned, {M::kOutbox, M::kOutboundLimits}, "Callers do not wait for delivery: it happens after their commit.",
            "A consumer that never succeeds.");
}

Assessment events_e(const ThreatFacts& facts, const DataFlow&) {
  std::vector<std::string> inner;
  for (const ir::Saga& saga : facts.system.sagas) {
    for (const ir::Step& step : saga.steps) {
      if (step.command.valid()) inner.push_back(facts.system.commands[step.command.index()].name);
    }
  }
  for (const ir::Consumer& one : facts.system.consumers) {
    if (one.step.command.valid()) inner.push_back(facts.system.commands[one.step.command.index()].name);
  }
  if (inner.empty()) return as(Status::kDesigned, {M::kOutbox}, "No event runs a command.", "A consumer that runs one.");
  return as(Status::kDesigned, {M::kCommandTransaction},
            fmt::format("Events run {} with the engine's rights: what they act on comes from the event, not from a caller.", few(inner)),
            "An event whose members a caller chooses freely.");
}

Assessment between_any(const ThreatFacts& facts, const DataFlow& flow) {
  return as(Status::kDesigned, {M::kBroker, M::kTlsAtEdge},
            fmt::format("`uses` of {} names {} of {} and nothing else.", facts.system.services[flow.service.index()].name, flow.carries,
                        facts.system.entity(flow.entity).name),
            "Services that read each other's tables.");
}

Assessment operator_s(const ThreatFacts&, const DataFlow&) {
  return as(Status::kOperator, {M::kHostAccess},
            "Migrations, seeding and tokens need the command line and the database's address, no account of the server.", "A shared login.");
}

Assessment operator_t(const ThreatFacts&, const DataFlow&) {
  return met({M::kMigrationLock, M::kAdditiveMigrations}, "The schema changes under a lock, by additions; what could lose data is refused.",
             "SQL by hand.");
}

Assessment operator_r(const ThreatFacts&, const DataFlow&) {
  return as(Status::kOperator, {M::kMigrationLock, M::kLogKeeping}, "The database keeps which model was applied when, not by whom.",
            "A login that many share.");
}

Assessment operator_i(const ThreatFacts& facts, const DataFlow&) {
  std::vector<std::string> leaked;
  for (const ir::HttpClient& client : facts.system.http_clients) {
    if (holds_credential(client)) leaked.push_back(client.name);
  }
  if (!leaked.empty())
    return as(Status::kOpen, {M::kSecretsOutside}, fmt::format("The model holds credentials of {}.", few(leaked)),
              "Move them to env(NAME) and change them.");
  return met({M::kSecretsOutside, M::kDesignHidden}, "The model holds no credential: secrets come from the environment.",
             "--dev or --design on a reachable address.");
}

Assessment operator_d(const ThreatFacts&, const DataFlow&) {
  return as(Status::kOperator, {M::kDurableWrites, M::kDiskEncryption}, "Nothing in this version takes backups.", "A disk without a copy elsewhere.");
}

Assessment operator_e(const ThreatFacts&, const DataFlow&) {
  return when({M::kSafetyRefusal, M::kHostAccess}, "Who can start the server decides its secret and its flags.",
              "--dev is never used on a reachable address", "--dev gives callers without a token every right.");
}

struct KindJudges {
  FlowKind kind;
  Judge stride[6];
};

constexpr KindJudges kJudges[] = {
    {FlowKind::kCaller, {caller_s, caller_t, caller_r, caller_i, caller_d, caller_e}},
    {FlowKind::kStore, {store_s, store_t, store_r, store_i, store_d, store_e}},
    {FlowKind::kClient, {client_s, client_t, client_r, client_i, client_d, client_e}},
    {FlowKind::kEvents, {events_s, events_t, events_r, events_i, events_d, events_e}},
    {FlowKind::kBetween, {between_any, between_any, between_any, between_any, between_any, between_any}},
    {FlowKind::kOperator, {operator_s, operator_t, operator_r, operator_i, operator_d, operator_e}},
};

}  // namespace

std::vector<Assessment> judge_flow(const ThreatFacts& facts, const DataFlow& flow) {
  std::vector<Assessment> out;
  const KindJudges& judges = kJudges[static_cast<std::size_t>(flow.kind)];
  for (std::size_t at = 0; at < 6; ++at) {
    out.push_back(judges.stride[at](facts, flow));
    out.back().threat = stride_names()[at].id;
  }
  return out;
}

}  // namespace kingpost::assure
