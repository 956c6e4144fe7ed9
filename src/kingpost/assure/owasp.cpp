#include <fmt/format.h>

#include <algorithm>

#include "kingpost/assure/threats.hpp"
#include "kingpost/base/limits.hpp"
#include "kingpost/cel/cel.hpp"

// OWASP API Security Top 10 (2023), asked of one operation.
namespace kingpost::assure {
namespace {

using surface::Verdict;
using M = Mechanism;

class OperationJudge {
 public:
  OperationJudge(const ThreatFacts& facts, const Operation& operation)
      : facts_(facts),
        system_(facts.system),
        operation_(operation),
        permission_(*operation.permission),
        entity_(permission_.entity.valid() ? &system_.entity(permission_.entity) : nullptr),
        command_(permission_.command.valid() ? &system_.commands[permission_.command.index()] : nullptr) {}

  std::vector<Assessment> judge() {
    std::vector<Assessment> out = {objects(), authentication(), properties(),    consumption(), functions(),
                                   flows(),   forgery(),        configuration(), inventory(),   partners()};
    for (std::size_t at = 0; at < out.size(); ++at) {
      out[at].threat = top10_names()[at].id;
      // Commands are designed and checked by this version, not run.
      if (command_ != nullptr && (out[at].status == Status::kInForce || out[at].status == Status::kConditional)) {
        out[at].status = Status::kDesigned;
        out[at].condition.clear();
      }
    }
    return out;
  }

 private:
  Assessment make(Status status, std::vector<M> by, std::string because, std::string breaks = {}) const {
    Assessment out;
    out.status = status;
    out.by = std::move(by);
    out.because = std::move(because);
    out.breaks = std::move(breaks);
    return out;
  }

  Assessment ruled(Status status, std::vector<M> by, std::string because, std::string breaks) const {
    Assessment out = make(status, std::move(by), std::move(because), std::move(breaks));
    out.span = permission_.span;
    return out;
  }

  static Assessment when(Assessment out, std::string condition) {
    out.status = Status::kConditional;
    out.condition = std::move(condition);
    return out;
  }

  [[nodiscard]] bool is_read() const { return permission_.action == Action::kRead; }
  [[nodiscard]] std::string rule() const { return fmt::format("`{}`", permission_.policy); }
  [[nodiscard]] bool is_anonymous() const { return operation_.reach == Reach::kAnonymous; }

  Assessment objects() const {
    std::vector<M> by = {M::kRowPolicy};
    if (permission_.action == Action::kUpdate) by.push_back(M::kUpdateBothSides);
    if (entity_ != nullptr && entity_->tenanted) by.push_back(M::kTenantKey);
    if (!operation_.owned) {
      if (permission_.rule != nullptr && cel::is_true(*permission_.rule) && is_read()) {
        return ruled(Status::kNone, {}, fmt::format("{}: the model gives every record to everybody, and none belongs to a person.", rule()), {});
      }
      return ruled(Status::kInForce, std::move(by), fmt::format("{}. Its records belong to no person.", rule()), "A wider rule.");
    }
    if (!operation_.everything.empty()) {
      return ruled(Status::kOpen, {M::kRowPolicy},
                   fmt::format("{} lets {} reach every record, and records belong to persons.", rule(), few(operation_.everything)),
                   "Compare the record with the caller, for example `row.owner == auth.uid`.");
    }
    Assessment out =
        ruled(Status::kInForce, std::move(by), fmt::format("{} is asked of each record.", rule()), "A rule that no longer names the caller.");
    if (operation_.staff.empty()) return out;
    return when(out, fmt::format("{} are given to staff alone: they reach every record", few(operation_.staff)));
  }

  Assessment authentication() const {
    if (is_anonymous()) return ruled(Status::kNone, {}, fmt::format("{} asks for no caller.", rule()), {});
    return when(
        ruled(Status::kInForce, {M::kTokenCheck, M::kStrongSecret, M::kSignIn}, fmt::format("{} holds for callers with a valid token alone.", rule()),
              "A leaked secret; a token that outlives its user's rights."),
        "the signing secret is kept and tokens live short: there is no revocation and no audience check");
  }

  Assessment properties() const {
    std::vector<std::string> shown;
    for (const PersonalField& one : facts_.personal) {
      if (one.entity != permission_.entity || !is_read()) continue;
      const ir::Field& field = entity_->field(one.field);
      const bool secret = field.sensitivity == ir::Sensitivity::kSecret;
      const bool wide = std::any_of(one.readers.begin(), one.readers.end(),
                                    [](const std::string& reader) { return reader == "anonymous: always" || reader == "signed in: always"; });
      if (wide || (secret && !one.readers.empty())) shown.push_back(field.name);
    }
    if (!shown.empty()) {
      return ruled(Status::kOpen, {M::kFieldPolicy}, fmt::format("{} reach callers who have no need of them.", few(shown)),
                   "Give the field a `read` rule (`read: none` for secrets).");
    }
    if (command_ != nullptr) {
      return make(Status::kInForce, {M::kTypedInput}, fmt::format("It takes {} members and nothing beyond them.", command_->input.size()),
                  "A step that stores an input member nobody checked.");
    }
    std::size_t ruled_fields = 0;
    std::size_t closed = 0;
    std::size_t open = 0;
    for (const ir::Field& field : entity_->fields) {
      if (is_read()) {
        ruled_fields += field.read_policy != nullptr ? 1U : 0U;
        continue;
      }
      const bool never = field.write_policy != nullptr && cel::never_true(*field.write_policy);
      const bool made =
          field.generated == ir::Generated::kCreatedAt || field.generated == ir::Generated::kUpdatedAt || field.generated == ir::Generated::kVersion;
      (never || made || !field.stored() ? closed : open) += 1;
      ruled_fields += field.write_policy != nullptr && !never ? 1U : 0U;
    }
    if (permission_.action == Action::kDelete) return make(Status::kNone, {}, "It takes and shows no field.");
    if (is_read()) {
      return make(Status::kInForce, {M::kFieldPolicy, M::kContractView},
                  fmt::format("{} of {} fields have a `read` rule; contracts show only what they list.", ruled_fields, entity_->fields.size()),
                  "A field added without a rule.");
    }
    std::vector<M> by = {M::kServerFields, M::kFieldPolicy, M::kContractView};
    if (entity_->states) by.push_back(M::kStateMoves);
    return make(Status::kInForce, std::move(by),
                fmt::format("{} fields may be set, {} of them under a `write` rule; {} never.", open, ruled_fields, closed),
                "A field that grants rights and has no `write` rule.");
  }

  Assessment consumption() const {
    static const Limits kLimits;
    std::string because;
    for (const ir::LoadPeak& peak : system_.load ? system_.load->peaks : std::vector<ir::LoadPeak>{}) {
      const bool own = command_ != nullptr ? peak.operation == command_->name : is_read() && peak.operation.starts_with(entity_->name + ".");
      if (own) because += fmt::format("Declared peak of {}: {:g} a second. ", peak.operation, peak.per_second);
    }
    if (is_read()) {
      because += fmt::format("At most {} rows a page and {} embeds.", kLimits.page_rows, kLimits.embed_count);
    } else {
      because += fmt::format("At most {} bytes a body and {} rows in one.", kLimits.body_bytes, kLimits.bulk_rows);
    }
    std::vector<M> by = {M::kBoundedRequests, M::kBoundedPlans, M::kDeadlines, M::kRateAtEdge};
    if (is_anonymous() && permission_.action == Action::kCreate) {
      return ruled(Status::kOpen, std::move(by), "Anybody can fill it without signing in. " + because,
                   "Ask callers to sign in, or bound them in front.");
    }
    return make(Status::kOperator, std::move(by), because + " Requests a caller are counted by nobody in this version.", "A client in a loop.");
  }

  Assessment functions() const {
    std::vector<std::string> allowed;
    for (std::size_t at = 0; at < facts_.matrix.callers.size(); ++at) {
      if (permission_.verdicts[at] != Verdict::kNever) allowed.push_back(facts_.matrix.callers[at].name);
    }
    if (!is_read() && is_anonymous() && permission_.action != Action::kCreate) {
      return ruled(Status::kOpen, {M::kDefaultDeny},
                   fmt::format("{} lets anybody {} records without signing in.", rule(), action_name(permission_.action)), "Name who may.");
    }
    return ruled(Status::kInForce, {M::kDefaultDeny, M::kRoleSpecs}, fmt::format("{} lets in: {}. All others are refused.", rule(), few(allowed)),
                 "A wider rule, or --dev.");
  }

  Assessment flows() const {
    if (is_read()) return make(Status::kNone, {}, "It changes nothing.");
    if (command_ != nullptr) {
      if (!command_->idempotency_required) {
        Assessment out = make(Status::kOpen, {M::kCommandTransaction}, "A repeated call repeats its effect: it does not say `idempotency: required`.",
                              "Say `idempotency: required`.");
        out.span = command_->span;
        return out;
      }
      return make(Status::kInForce, {M::kIdempotency, M::kCommandTransaction, M::kRateAtEdge},
                  "`idempotency: required`; its requirements are checked in the same transaction.",
                  "Bots that act like people: nothing in this version tells them apart.");
    }
    if (is_anonymous() && permission_.action == Action::kCreate) {
      return ruled(Status::kOpen, {M::kRateAtEdge}, fmt::format("{} lets programs create records as fast as they can.", rule()),
                   "Ask callers to sign in.");
    }
    return when(make(Status::kInForce, {M::kIdempotency, M::kEntityTags},
                     "A repeated key replays the first answer; If-Match refuses what has changed since.", "A client that sends neither."),
                "clients send Idempotency-Key and If-Match");
  }

  [[nodiscard]] std::vector<std::string> client_names() const {
    std::vector<std::string> out;
    for (const std::size_t at : operation_.clients) out.push_back(system_.http_clients[at].name);
    return out;
  }

  Assessment forgery() const {
    if (operation_.clients.empty()) return make(Status::kNone, {}, "It leads to no call of another system.");
    return make(Status::kDesigned, {M::kOutboundGuard},
                fmt::format("It leads to calls of {}; their addresses and paths are the model's, none comes from a caller.", few(client_names())),
                "An address in the environment that leads inside.");
  }

  Assessment configuration() const {
    const auto waits = std::find_if(system_.not_executed.begin(), system_.not_executed.end(), [this](const ir::NotExecuted& one) {
      return one.safety && one.entity.valid() && one.entity == permission_.entity;
    });
    if (waits != system_.not_executed.end()) {
      Assessment out =
          make(Status::kDesigned, {M::kSafetyRefusal, M::kFieldEncryption},
               fmt::format("`{}` of {} is not run by this version, so the server refuses to serve the model.", waits->feature, waits->element),
               "Serving with --dev.");
      out.span = waits->span;
      return out;
    }
    return when(make(Status::kInForce, {M::kPrivateAnswers, M::kOpenOrigins, M::kGenericErrors, M::kStrictFraming, M::kTlsAtEdge},
                     "Answers are private and typed, errors say nothing of the machine, no origin gets credentials.", "--dev; a proxy that caches."),
                "TLS ends in front and the server runs without --dev");
  }

  Assessment inventory() const {
    std::vector<std::string> contracts;
    std::vector<std::string> endless;
    Span span;
    for (const ir::Contract& contract : system_.contracts) {
      if (entity_ != nullptr && contract.view_of(entity_->id) == nullptr) continue;
      contracts.push_back(contract.name);
      if (!contract.current && contract.sunset.empty()) {
        endless.push_back(contract.name);
        span = contract.span;
      }
    }
    if (!endless.empty()) {
      Assessment out = make(Status::kOpen, {M::kContractDates},
                            fmt::format("{} show it and are not current, without a date on which they end.", few(endless)), "Say `sunset`.");
      out.span = span;
      return out;
    }
    return make(Status::kInForce, {M::kRoleSpecs, M::kContractDates},
                fmt::format("Shown by {}, each with an OpenAPI document a role.", few(contracts)), "A route past this server.");
  }

  Assessment partners() const {
    if (operation_.clients.empty()) return make(Status::kNone, {}, "It uses no answer of another system.");
    for (const std::size_t at : operation_.clients) {
      const ir::HttpClient& client = system_.http_clients[at];
      const std::vector<const ir::Step*> calls = calls_of(system_, client.name);
      const bool untimed = std::any_of(calls.begin(), calls.end(), [](const ir::Step* step) { return step->timeout_ms == 0; });
      if (!speaks_plain_http(client) && !untimed) continue;
      Assessment out = make(Status::kOpen, {M::kTypedAnswers, M::kOutboundLimits},
                            speaks_plain_http(client) ? fmt::format("{} is called without TLS.", client.name)
                                                      : fmt::format("Calls of {} say no `timeout`.", client.name),
                            speaks_plain_http(client) ? "Use https." : "Say `timeout` and what happens then.");
      out.span = client.span;
      return out;
    }
    return make(Status::kDesigned, {M::kTypedAnswers, M::kOutboundLimits, M::kSagaUndo},
                fmt::format("Answers of {} are read by declared types, within a timeout.", few(client_names())), "An answer that is stored unread.");
  }

  const ThreatFacts& facts_;
  const ir::System& system_;
  const Operation& operation_;
  const Permission& permission_;
  const ir::Entity* entity_;
  const ir::Command* command_;
};

}  // namespace

std::vector<Assessment> judge_operation(const ThreatFacts& facts, const Operation& operation) { return OperationJudge(facts, operation).judge(); }

}  // namespace kingpost::assure
