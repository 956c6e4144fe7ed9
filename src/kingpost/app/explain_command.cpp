#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "kingpost/app/commands.hpp"
#include "kingpost/app/database.hpp"
#include "kingpost/app/loading.hpp"
#include "kingpost/base/clock.hpp"
#include "kingpost/cel/cel.hpp"
#include "kingpost/protocol/rest/call.hpp"
#include "kingpost/serve/pipeline.hpp"
#include "kingpost/sql/explain.hpp"

namespace kingpost::app {

namespace {

/// A folder that goes when its owner does.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "kingpost-explain-XXXXXX").string();
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code code;
    if (!path_.empty()) std::filesystem::remove_all(path_, code);
  }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

Result<request::Principal> read_principal(const ExplainOptions& options, const ir::System& system) {
  request::Principal principal;
  if (!options.role.empty()) {
    const ir::Role* role = system.find_role(options.role);
    if (role == nullptr) {
      std::vector<std::string> names;
      for (const ir::Role& one : system.roles) names.push_back(one.name);
      Error error = make_error(ErrorKind::kInvalidArgument, "kp-usage", "the model has no role '" + options.role + "'");
      if (const auto near = nearest_name(options.role, names)) error.hint = "Did you mean " + *near + "?";
      return fail(std::move(error));
    }
    principal.roles = role->implies;
    principal.user = make_uuid_v7(SystemClock().now_us() / 1'000);
  }
  if (!options.user.empty()) {
    principal.user = parse_uuid(options.user);
    if (!principal.user) return fail(ErrorKind::kInvalidArgument, "kp-usage", "--user is not a uuid");
  }
  if (!options.tenant.empty()) {
    principal.tenant = parse_uuid(options.tenant);
    if (!principal.tenant) return fail(ErrorKind::kInvalidArgument, "kp-usage", "--tenant is not a uuid");
  }
  return principal;
}

Result<protocol::rest::Call> read_request(const ExplainOptions& options) {
  const std::size_t blank = options.request.find(' ');
  constexpr std::string_view kRoot = "/rest/v1";
  wire::HttpRequest http;
  http.method = std::string_view(options.request).substr(0, blank);
  http.target = blank == std::string::npos ? std::string_view{} : std::string_view(options.request).substr(blank + 1);
  if (!http.path().starts_with(kRoot)) {
    return fail(ErrorKind::kInvalidArgument, "kp-usage", "the request is written 'GET /rest/v1/…'");
  }
  http.body = options.body;
  http.headers.add({"prefer", "return=representation"});
  return protocol::rest::parse_call(http, http.path().substr(kRoot.size()), Limits{});
}

void print_policy(const ir::System& system, const protocol::rest::Call& call, const ir::Contract& contract) {
  const ir::ViewEntity* view = contract.find(call.request.root.name);
  if (view == nullptr) return;
  const ir::Access& access = system.entity(view->entity).access;
  const auto line = [](std::string_view name, const cel::ExprPtr& policy) {
    fmt::print("  {:<7} {}\n", name, policy == nullptr ? std::string("nobody") : cel::print_expr(*policy));
  };
  fmt::print("Policy of {}\n", view->name);
  line("read", access.read);
  line("create", access.create);
  line("update", access.update);
  line("delete", access.remove);
}

int explain_on(const std::string& database, const ExplainOptions& options, const ir::SystemPtr& system) {
  auto principal = read_principal(options, *system);
  if (!principal) return complain(principal.error());
  auto call = read_request(options);
  if (!call) return complain(call.error());
  auto store = store::open_store(database, Limits{});
  if (!store) return complain(store.error());
  fmt::print("Request   {}\nCaller    {}\n", options.request, principal->anonymous() ? "anonymous" : options.role.empty() ? "a user" : options.role);
  auto compiled = serve::compile_request(call->request, *principal, system, (*store)->database(), Limits{});
  if (!compiled) return complain(compiled.error());
  fmt::print("Contract  {}\n\n", (*compiled)->contract == nullptr ? "" : (*compiled)->contract->name);
  if ((*compiled)->contract != nullptr) print_policy(*system, *call, *(*compiled)->contract);
  fmt::print("\n{}\n", sql::print_program(*(*compiled)->program));
  auto binding = sql::bind_request(*(*compiled)->program, call->request, *principal, *system, SystemClock().now_us());
  if (!binding) return complain(binding.error());
  auto plans = (*store)->explain(*(*compiled)->program, *binding);
  if (!plans) return complain(plans.error());
  fmt::print("Query plans\n");
  for (std::size_t at = 0; at < plans->size(); ++at) fmt::print("  step {}\n{}\n", at + 1, (*plans)[at]);
  return kExitOk;
}

}  // namespace

int run_explain(const ExplainOptions& options) {
  const ir::SystemPtr system = load_or_report(options.model, Limits{});
  if (!system) return kExitFindings;
  if (!options.database.empty()) return explain_on(options.database, options, system);
  const TemporaryFolder folder;
  const std::string database = "sqlite:" + folder.path() + "/empty.db";
  auto wanted = wanted_schema(database, *system);
  if (!wanted) return complain(wanted.error());
  if (auto applied = apply_schema(database, *wanted); !applied) return complain(applied.error());
  return explain_on(database, options, system);
}

}  // namespace kingpost::app
