#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "kingpost/base/clock.hpp"
#include "kingpost/base/limits.hpp"
#include "kingpost/identity/token.hpp"
#include "kingpost/observe/sink.hpp"
#include "kingpost/protocol/rest/answer.hpp"
#include "kingpost/protocol/rest/call.hpp"
#include "kingpost/serve/callers.hpp"
#include "kingpost/serve/deployment.hpp"
#include "kingpost/serve/shape_cache.hpp"
#include "kingpost/sql/sql.hpp"
#include "kingpost/store/store.hpp"
#include "kingpost/wire/server.hpp"

namespace kingpost::serve {

/// What all loops share. Everything outlives the server.
struct Shared {
  DeploymentSlot& deployments;
  store::Store& store;
  const identity::TokenAuthority& authority;
  const Clock& clock;
  const Limits& limits;
  bool dev = false;
  /// Set by the health monitor.
  std::atomic<bool>& ready;
  /// Hears of failures on our side; may be null.
  observe::Sink* sink = nullptr;
};

/// A request's shape made ready to run.
struct Compiled {
  ir::SystemPtr system;
  sql::ProgramPtr program;
  const ir::Contract* contract = nullptr;
  bool anonymous = false;
};

/// Plans and renders a request without running it: `explain` and the pipeline share it.
[[nodiscard]] Result<std::shared_ptr<const Compiled>> compile_request(const request::Request& request, const request::Principal& principal,
                                                                      const ir::SystemPtr& system, dialect::Database database, const Limits& limits);

/// A request that waits for the database.
struct Pending {
  protocol::rest::Call call;
  std::shared_ptr<const Compiled> compiled;
  CallerPtr caller;
  std::string origin;
  wire::Responder responder;
};

/// The whole way of a request on one loop.
class Pipeline final : public wire::Handler {
 public:
  Pipeline(const Shared& shared, std::shared_ptr<wire::Loop> loop);

  void handle(const wire::HttpRequest& request, wire::Responder responder) override;
  void end_tick() override;

 private:
  void handle_rest(const wire::HttpRequest& http, std::string_view path, wire::Responder responder);
  void mock_command(const wire::HttpRequest& http, std::string_view name, const Caller& caller, wire::Responder responder);
  void handle_health(std::string_view path, wire::Responder responder);
  void handle_design(std::string_view path, wire::Responder responder);
  [[nodiscard]] Result<std::shared_ptr<const Compiled>> compile(const request::Request& request, const Caller& caller);
  void answer_openapi(const protocol::rest::Call& call, const Caller& caller, wire::Responder responder);
  void answer_read(const protocol::rest::Call& call, const Compiled& compiled, wire::Responder responder);
  void submit(const std::shared_ptr<Pending>& pending, sql::Binding binding);
  void finish(Pending& pending, const protocol::rest::AnswerContext& context, Result<store::Outcome> outcome);
  [[nodiscard]] protocol::rest::AnswerContext context_of(const Compiled& compiled) const;
  void refuse(const Error& error, std::string_view target, wire::Responder responder);
  void refresh();

  Shared shared_;
  std::shared_ptr<wire::Loop> loop_;
  std::unique_ptr<store::Lane> lane_;
  DeploymentPtr deployment_;
  std::uint64_t generation_ = 0;
  Callers callers_;
  ShapeCache<Compiled> shapes_;
  plan::RowSets rows_;
  wire::HttpResponse response_;
  std::string origin_;
};

}  // namespace kingpost::serve
