#include "kingpost/deploy/deploy.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kingpost/base/diagnostic.hpp"
#include "kingpost/deploy/escape.hpp"
#include "kingpost/deploy/parts.hpp"

namespace kingpost::deploy {

namespace {

bool wants(const Options& options, Target target) {
  return std::find(options.targets.begin(), options.targets.end(), target) != options.targets.end();
}

/// Whether a path can stand in every file that names it: relative, below its folder, one line, no white space at its ends.
bool can_be_named(std::string_view path) {
  if (path.empty() || path.size() > 500 || path.front() == '/' || one_line(path, 500) != path) return false;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    if (part.empty() || part == "." || part == "..") return false;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return true;
}

Result<void> check_model(const std::vector<ModelFile>& files) {
  if (files.empty()) return fail(ErrorKind::kInvalidArgument, "kp-deploy-model", "There is no model file to deploy.");
  for (const ModelFile& file : files) {
    if (can_be_named(file.path)) continue;
    return fail(ErrorKind::kInvalidArgument, "kp-deploy-model",
                fmt::format("The model's file `{}` cannot be copied into a deployment: rename it.", one_line(file.path, 200)));
  }
  return {};
}

}  // namespace

const std::vector<TargetRow>& target_table() {
  static const std::vector<TargetRow> kRows{
      {Target::kCompose, "compose", "an image and a compose file with PostgreSQL; Redis, Prometheus and Grafana as profiles"},
      {Target::kKubernetes, "k8s", "kustomizations for PostgreSQL and for SQLite: probes, budget, autoscaler, network policies, migration job"},
      {Target::kSystemd, "systemd", "a hardened unit over SQLite, with its secret in a file"},
      {Target::kGithub, "github", "a workflow that checks, reviews and plans the migration of the model"},
      {Target::kGitlab, "gitlab", "a pipeline that does the same"},
      {Target::kNginx, "nginx", "a server block with the server's limits"},
      {Target::kHaproxy, "haproxy", "a frontend and a backend with the server's limits and its health check"},
      {Target::kGateway, "gateway", "a declarative file for Kong with the server's limits and its health check"},
      {Target::kIstio, "istio", "mutual TLS, who may call, and timeouts; only where the topology says services"},
  };
  return kRows;
}

Result<std::vector<Target>> parse_targets(std::string_view list) {
  std::vector<std::string> names{"all"};
  for (const TargetRow& row : target_table()) names.emplace_back(row.name);
  std::vector<Target> asked;
  while (true) {
    const std::size_t end = std::min(list.find(','), list.size());
    const std::string_view name = list.substr(0, end);
    bool known = false;
    for (const TargetRow& row : target_table()) {
      if (name != "all" && name != row.name) continue;
      known = true;
      asked.push_back(row.target);
    }
    if (!known) {
      Error error = make_error(ErrorKind::kInvalidArgument, "kp-deploy-target", fmt::format("'{}' is nothing to deploy to.", one_line(name, 60)));
      const auto near = nearest_name(name, names);
      error.hint = near ? fmt::format("Did you mean {}?", *near) : fmt::format("Name some of {}, separated by commas.", fmt::join(names, ", "));
      return fail(std::move(error));
    }
    if (end == list.size()) break;
    list.remove_prefix(end + 1);
  }
  std::sort(asked.begin(), asked.end());
  asked.erase(std::unique(asked.begin(), asked.end()), asked.end());
  return asked;
}

Result<std::vector<File>> make_files(const ir::System& system, const Options& options) {
  if (auto good = check_model(options.model); !good) return fail(std::move(good.error()));
  const Facts facts = derive_facts(system, options);
  std::vector<File> out;
  add_read_me(facts, options.targets, out);
  const bool image =
      wants(options, Target::kCompose) || wants(options, Target::kKubernetes) || wants(options, Target::kGithub) || wants(options, Target::kGitlab);
  if (image) add_image(facts, out);
  if (image || wants(options, Target::kSystemd)) add_model(options, out);
  if (wants(options, Target::kCompose)) add_compose(facts, out);
  if (wants(options, Target::kKubernetes)) {
    add_kubernetes(facts, out);
    add_kubernetes_policy(facts, out);
  }
  if (wants(options, Target::kSystemd)) add_systemd(facts, out);
  if (wants(options, Target::kGithub)) add_github(facts, out);
  if (wants(options, Target::kGitlab)) add_gitlab(facts, out);
  if (wants(options, Target::kNginx)) add_nginx(facts, out);
  if (wants(options, Target::kHaproxy)) add_haproxy(facts, out);
  if (wants(options, Target::kGateway)) add_gateway(facts, out);
  if (wants(options, Target::kIstio)) add_istio(facts, out);
  return out;
}

}  // namespace kingpost::deploy
