#include "kingpost/serve/pipeline.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <utility>

#include "kingpost/plan/plan.hpp"

namespace kingpost::serve {

namespace rest = protocol::rest;

namespace {

constexpr std::string_view kRestRoot = "/rest/v1";
constexpr std::string_view kDesignRoot = "/design";
constexpr std::string_view kCommandRoot = "/rpc/";

std::string payload_hash(const wire::HttpRequest& http) {
  std::string text(http.method);
  text += ' ';
  text += http.target;
  text += '\n';
  // The same body in another contract is another request.
  text += http.headers.find("content-profile").value_or("");
  text += '\n';
  text += http.body;
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

/// Whose idempotency keys these are: the tenant's, the user's and the roles', since an answer shows what those roles may see.
std::string idempotency_owner(const Caller& caller) {
  const request::Principal& principal = caller.principal;
  std::string owner;
  if (principal.tenant) owner += print_uuid(*principal.tenant) + "/";
  if (principal.user) owner += print_uuid(*principal.user) + "/";
  if (principal.admin) owner += "administrator";
  for (const std::string& role : principal.roles) owner += role + ",";
  return owner;
}

/// The answer that an idempotency key keeps; errors that only rendering finds are kept too, because the effect stands.
store::StoredAnswer render_stored(const Pending& pending, const rest::AnswerContext& context, const plan::RowSets& rows) {
  wire::HttpResponse response;
  if (auto answered = rest::answer_rows(pending.call, context, rows, response); !answered) {
    rest::answer_error(answered.error(), pending.call.target, response);
  }
  return {response.status, std::move(response.headers), std::move(response.body)};
}

/// A policy's refusal of an anonymous caller asks for authentication.
Error denied(Error error, const Compiled& compiled) {
  if (error.code == "42501" && compiled.anonymous) error.kind = ErrorKind::kUnauthenticated;
  return error;
}

}  // namespace

Result<std::shared_ptr<const Compiled>> compile_request(const request::Request& request, const request::Principal& principal,
                                                        const ir::SystemPtr& system, dialect::Database database, const Limits& limits) {
  auto plan = plan::make_plan(request, principal, *system, limits);
  if (!plan) return fail(std::move(plan.error()));
  auto program = sql::render_program(*plan, *system, database, limits);
  if (!program) return fail(std::move(program.error()));
  auto compiled = std::make_shared<Compiled>();
  compiled->system = system;
  compiled->program = std::make_shared<const sql::Program>(std::move(*program));
  compiled->contract = plan->contract;
  compiled->anonymous = plan->anonymous;
  return std::shared_ptr<const Compiled>(std::move(compiled));
}

Pipeline::Pipeline(const Shared& shared, std::shared_ptr<wire::Loop> loop)
    : shared_(shared),
      loop_(std::move(loop)),
      lane_(shared_.store.open_lane([loop = loop_](std::function<void()> task) { loop->post(std::move(task)); })),
      deployment_(shared_.deployments.get()),
      generation_(shared_.deployments.generation()),
      callers_(shared_.authority, shared_.dev),
      shapes_(static_cast<std::size_t>(shared_.limits.shape_cache)) {}

void Pipeline::end_tick() { lane_->end_tick(); }

void Pipeline::refresh() {
  const std::uint64_t now = shared_.deployments.generation();
  if (now == generation_) return;
  generation_ = now;
  deployment_ = shared_.deployments.get();
  shapes_.clear();
  callers_.clear();
}

void Pipeline::handle(const wire::HttpRequest& request, wire::Responder responder) {
  refresh();
  response_.clear();
  origin_ = request.headers.find("origin").value_or("");
  const std::string_view path = request.path();
  if (path.starts_with(kRestRoot) && (path.size() == kRestRoot.size() || path[kRestRoot.size()] == '/')) {
    return handle_rest(request, path.substr(kRestRoot.size()), std::move(responder));
  }
  if (path.starts_with("/health/")) return handle_health(path, std::move(responder));
  if (path.starts_with(kDesignRoot)) return handle_design(path.substr(kDesignRoot.size()), std::move(responder));
  if (path == "/") {
    response_.status = 302;
    response_.add_header("Location", deployment_->design.empty() ? "/rest/v1/" : "/design/");
    return responder.send(response_);
  }
  Error error = make_error(ErrorKind::kNotFound, "PGRST125", "Invalid path specified in request URL");
  error.hint = "The API is below /rest/v1/, the design at /design/.";
  refuse(error, request.target, std::move(responder));
}

void Pipeline::handle_rest(const wire::HttpRequest& http, std::string_view path, wire::Responder responder) {
  if (http.method == "OPTIONS") {
    rest::answer_options(path, origin_, response_);
    return responder.send(response_);
  }
  const std::int64_t now_us = shared_.clock.now_us();
  auto caller = callers_.identify(http, *deployment_->system, now_us / 1'000'000);
  if (!caller) return refuse(caller.error(), http.target, std::move(responder));
  if (deployment_->mock_commands && path.starts_with(kCommandRoot)) {
    return mock_command(http, path.substr(kCommandRoot.size()), **caller, std::move(responder));
  }
  auto call = rest::parse_call(http, path, shared_.limits);
  if (!call) return refuse(call.error(), http.target, std::move(responder));
  if (call->root) return answer_openapi(*call, **caller, std::move(responder));
  auto compiled = compile(call->request, **caller);
  if (!compiled) return refuse(compiled.error(), http.target, std::move(responder));
  auto binding = sql::bind_request(*(*compiled)->program, call->request, (*caller)->principal, *deployment_->system, now_us);
  if (!binding) return refuse(binding.error(), http.target, std::move(responder));
  if (call->request.operation == request::Operation::kRead) {
    auto done = lane_->try_read(*(*compiled)->program, *binding, rows_);
    if (!done) return refuse(done.error(), http.target, std::move(responder));
    if (*done) return answer_read(*call, **compiled, std::move(responder));
  }
  if (call->request.idempotent) call->request.payload_hash = payload_hash(http);
  submit(std::make_shared<Pending>(Pending{std::move(*call), *compiled, *caller, origin_, std::move(responder)}), std::move(*binding));
}

Result<std::shared_ptr<const Compiled>> Pipeline::compile(const request::Request& request, const Caller& caller) {
  std::string shape = request::shape_of(request);
  shape += '\x1f';
  shape += caller.shape;
  if (auto found = shapes_.find(shape)) return found;
  auto compiled = compile_request(request, caller.principal, deployment_->system, shared_.store.database(), shared_.limits);
  if (compiled) shapes_.insert(std::move(shape), *compiled);
  return compiled;
}

rest::AnswerContext Pipeline::context_of(const Compiled& compiled) const {
  rest::AnswerContext context;
  context.layout = &compiled.program->layout;
  context.contract = compiled.contract;
  context.database = shared_.store.database();
  context.page_rows = static_cast<std::uint64_t>(shared_.limits.page_rows);
  return context;
}

void Pipeline::answer_read(const rest::Call& call, const Compiled& compiled, wire::Responder responder) {
  if (auto answered = rest::answer_rows(call, context_of(compiled), rows_, response_); !answered) {
    return refuse(answered.error(), call.target, std::move(responder));
  }
  rest::add_common_headers(origin_, response_);
  responder.send(response_);
}

void Pipeline::submit(const std::shared_ptr<Pending>& pending, sql::Binding binding) {
  store::Job job;
  job.program = pending->compiled->program;
  job.binding = std::move(binding);
  job.deadline_us = shared_.clock.steady_us() + shared_.limits.request_timeout_ms * 1'000;
  const rest::AnswerContext context = context_of(*pending->compiled);
  const request::Request& request = pending->call.request;
  if (request.idempotent) {
    store::Idempotency idempotency;
    idempotency.principal = idempotency_owner(*pending->caller);
    idempotency.key = request.idempotency_key;
    idempotency.payload_hash = request.payload_hash;
    idempotency.now_us = shared_.clock.now_us();
    idempotency.expires_us = idempotency.now_us + shared_.limits.idempotency_hours * 3'600 * 1'000'000;
    idempotency.make_answer = [pending, context](const plan::RowSets& rows) { return render_stored(*pending, context, rows); };
    job.idempotency = std::move(idempotency);
  }
  lane_->submit(std::move(job), [this, pending, context](Result<store::Outcome> outcome) { finish(*pending, context, std::move(outcome)); });
}

void Pipeline::finish(Pending& pending, const rest::AnswerContext& context, Result<store::Outcome> outcome) {
  response_.clear();
  origin_ = pending.origin;
  if (!outcome) return refuse(denied(std::move(outcome.error()), *pending.compiled), pending.call.target, std::move(pending.responder));
  if (const auto& answer = outcome->replayed ? outcome->replayed : outcome->stored) {
    response_.status = answer->status;
    response_.headers = answer->headers;
    response_.body = answer->body;
    if (outcome->replayed) response_.headers += "Idempotency-Replayed: true\r\n";
  } else if (auto answered = rest::answer_rows(pending.call, context, outcome->rows, response_); !answered) {
    return refuse(answered.error(), pending.call.target, std::move(pending.responder));
  }
  rest::add_common_headers(pending.origin, response_);
  pending.responder.send(response_);
}

void Pipeline::answer_openapi(const rest::Call& call, const Caller& caller, wire::Responder responder) {
  const ir::System& system = *deployment_->system;
  const ir::Contract* contract = call.request.contract.empty() ? &system.current_contract() : system.find_contract(call.request.contract);
  if (contract == nullptr) {
    return refuse(make_error(ErrorKind::kInvalidArgument, "PGRST106", "Invalid schema: " + call.request.contract), call.target, std::move(responder));
  }
  response_.headers +=
      "Content-Type: application/openapi+json; charset=utf-8\r\nCache-Control: private, no-cache\r\nVary: Authorization, apikey, "
      "Accept-Profile\r\nX-Content-Type-Options: nosniff\r\n";
  response_.body = deployment_->openapi(*contract, caller.principal);
  rest::add_common_headers(origin_, response_);
  responder.send(response_);
}

void Pipeline::handle_health(std::string_view path, wire::Responder responder) {
  const bool live = path == "/health/live";
  if (!live && path != "/health/ready") {
    return refuse(make_error(ErrorKind::kNotFound, "PGRST125", "Health answers at /health/live and /health/ready"), path, std::move(responder));
  }
  const bool good = live || shared_.ready.load(std::memory_order_relaxed);
  response_.status = good ? 200 : 503;
  response_.headers += "Content-Type: application/json\r\nCache-Control: no-store\r\n";
  constexpr std::string_view kNotReady = R"({"status":"not ready","reason":"the database does not answer"})";
  response_.body = live ? R"({"status":"live"})" : good ? R"({"status":"ready"})" : kNotReady;
  responder.send(response_);
}

void Pipeline::handle_design(std::string_view path, wire::Responder responder) {
  if (path.empty()) {
    response_.status = 302;
    response_.add_header("Location", "/design/");
    return responder.send(response_);
  }
  std::string_view name = path.substr(1);
  if (name.empty()) name = "index.html";
  const auto found = deployment_->design.find(name);
  if (path.front() != '/' || found == deployment_->design.end()) {
    Error error = make_error(ErrorKind::kNotFound, "PGRST125", "There is no such page in the design");
    if (deployment_->design.empty()) error.hint = "The design shows policies, so it is served with --dev or --design only.";
    return refuse(error, "/design/", std::move(responder));
  }
  response_.add_header("Content-Type", found->second.content_type);
  response_.headers +=
      "Cache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
      "Content-Security-Policy: default-src 'self' 'unsafe-inline' data:; frame-ancestors 'none'\r\n";
  response_.body = found->second.bytes;
  responder.send(response_);
}

void Pipeline::refuse(const Error& error, std::string_view target, wire::Responder responder) {
  if (shared_.sink != nullptr && (error.kind == ErrorKind::kInternal || error.kind == ErrorKind::kDataLoss)) {
    shared_.sink->observe(observe::Failure{"serve", error.code, error.message});
  }
  rest::answer_error(error, target, response_);
  rest::add_common_headers(origin_, response_);
  responder.send(response_);
}

}  // namespace kingpost::serve
