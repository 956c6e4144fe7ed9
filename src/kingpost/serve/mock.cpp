#include <fmt/format.h>

#include <algorithm>

#include "kingpost/protocol/rest/arguments.hpp"
#include "kingpost/serve/pipeline.hpp"
#include "kingpost/surface/surface.hpp"

namespace kingpost::serve {

namespace {

Error unknown_command(std::string_view name) {
  Error error = make_error(ErrorKind::kNotFound, "PGRST202", fmt::format("There is no command {}", name));
  error.hint = "The OpenAPI document of the design lists the commands.";
  return error;
}

/// What a caller has to bring before a command looks at anything.
Result<void> check_call(const wire::HttpRequest& http, const ir::Command& command, const Caller& caller, const ir::System& system,
                        const Limits& limits) {
  const request::Principal& principal = caller.principal;
  const surface::Audience audience{false, principal.anonymous(), principal.roles};
  if (!principal.admin && surface::judge(command.allow, audience) == surface::Verdict::kNever) {
    return fail(principal.anonymous() ? ErrorKind::kUnauthenticated : ErrorKind::kPermissionDenied, "42501",
                fmt::format("permission denied for command {}", command.name));
  }
  if (command.idempotency_required && !http.headers.find("idempotency-key")) {
    Error error = make_error(ErrorKind::kInvalidArgument, "kp-idempotency-key", fmt::format("{} needs an Idempotency-Key", command.name));
    error.hint = "Send a fresh value for every intent and the same one for every repetition.";
    return fail(std::move(error));
  }
  return protocol::rest::check_arguments(http.body, command, system, limits);
}

}  // namespace

void Pipeline::mock_command(const wire::HttpRequest& http, std::string_view name, const Caller& caller, wire::Responder responder) {
  const ir::System& system = *deployment_->system;
  const auto command = std::find_if(system.commands.begin(), system.commands.end(), [&](const ir::Command& one) { return one.name == name; });
  if (command == system.commands.end()) return refuse(unknown_command(name), http.target, std::move(responder));
  if (http.method != "POST") {
    return refuse(make_error(ErrorKind::kUnimplemented, "PGRST101", "A command is called with POST"), http.target, std::move(responder));
  }
  if (auto fits = check_call(http, *command, caller, system, shared_.limits); !fits) {
    return refuse(fits.error(), http.target, std::move(responder));
  }
  const surface::Api api = surface::describe(system, system.current_contract(), {});
  const auto described = std::find_if(api.commands.begin(), api.commands.end(), [&](const surface::ApiCommand& one) { return one.name == name; });
  if (described == api.commands.end() || described->returns.empty()) {
    response_.status = 204;
    protocol::rest::add_common_headers(origin_, response_);
    return responder.send(response_);
  }
  // What the caller may read of a record of that kind is what the command could have returned to them.
  const std::string query(http.query());
  const std::string target = fmt::format("/rest/v1/{}?limit=1{}{}", described->returns, query.empty() ? "" : "&", query);
  wire::HttpRequest read;
  read.method = "GET";
  read.target = target;
  read.peer = http.peer;
  read.keep_alive = http.keep_alive;
  read.minor_version = http.minor_version;
  for (const wire::HeaderField& field : http.headers) {
    if (field.name == "authorization" || field.name == "apikey" || field.name == "origin") read.headers.add(field);
    if (field.name == "content-profile") read.headers.add({"accept-profile", field.value});
  }
  read.headers.add({"accept", "application/vnd.pgrst.object+json"});
  handle_rest(read, read.path().substr(std::string_view("/rest/v1").size()), std::move(responder));
}

}  // namespace kingpost::serve
