#include "kingpost/app/deploy.hpp"

#include <fmt/format.h>

#include <map>
#include <mutex>

#include "kingpost/emit/design.hpp"
#include "kingpost/emit/openapi.hpp"
#include "kingpost/surface/surface.hpp"

namespace kingpost::app {

namespace {

/// Prints each audience's document once and keeps it, at most kMaxDocuments.
class OpenApiPrinter {
 public:
  OpenApiPrinter(ir::SystemPtr system, emit::OpenApiScope scope) : system_(std::move(system)), scope_(scope) {}

  [[nodiscard]] std::string print(const ir::Contract& contract, const request::Principal& principal) {
    surface::Audience audience;
    audience.whole = principal.admin;
    audience.anonymous = principal.anonymous();
    audience.roles = principal.roles;
    const std::string key = contract.name + '\x1f' + request::shape_of(principal);
    const std::scoped_lock lock(mutex_);
    const auto found = documents_.find(key);
    if (found != documents_.end()) return found->second;
    if (documents_.size() >= kMaxDocuments) documents_.clear();
    return documents_[key] = emit::print_openapi(surface::describe(*system_, contract, audience), scope_);
  }

 private:
  static constexpr std::size_t kMaxDocuments = 64;
  ir::SystemPtr system_;
  emit::OpenApiScope scope_;
  std::mutex mutex_;
  std::map<std::string, std::string> documents_;
};

}  // namespace

serve::DeploymentPtr make_deployment(const ir::SystemPtr& system, const DeploymentOptions& options) {
  auto deployment = std::make_shared<serve::Deployment>();
  deployment->system = system;
  deployment->mock_commands = options.mock;
  // A mock answers commands too, so its document lists them.
  const auto printer = std::make_shared<OpenApiPrinter>(system, options.mock ? emit::OpenApiScope::kDesigned : emit::OpenApiScope::kServed);
  deployment->openapi = [printer](const ir::Contract& contract, const request::Principal& principal) { return printer->print(contract, principal); };
  if (!options.design) return deployment;
  if (auto design = emit::make_design(*system, {.proto_numbers = options.proto_numbers})) {
    for (emit::Artefact& artefact : design->files) deployment->design[artefact.path] = {artefact.content_type, std::move(artefact.bytes)};
  }
  return deployment;
}

}  // namespace kingpost::app
