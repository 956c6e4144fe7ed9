#include "kingpost/assess/infer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "kingpost/assess/markdown.hpp"
#include "kingpost/assess/tables.hpp"

namespace kingpost::assess {
namespace {

using emit::C4Kind;
using emit::C4Model;
using foreign::ContainerFact;
using foreign::ContainerRole;
using foreign::TableFact;

bool contains(const std::vector<std::string>& names, const std::string& name) { return std::find(names.begin(), names.end(), name) != names.end(); }

emit::ErEntity entity_of(const TableFact& table) {
  emit::ErEntity entity{shown(table.name), {}};
  for (const auto& column : table.columns) {
    emit::ErRow row{column.name, column.type, {}, column.nullable && !contains(table.primary_key.columns, column.name), false};
    if (contains(table.primary_key.columns, column.name)) row.keys.emplace_back("PK");
    const auto holds = [&](const auto& one) { return contains(one.columns, column.name); };
    if (std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(), holds)) row.keys.emplace_back("FK");
    const auto alone = [&](const auto& one) { return one.columns.size() == 1 && one.columns.front() == column.name; };
    if (std::any_of(table.uniques.begin(), table.uniques.end(), alone)) row.keys.emplace_back("UK");
    entity.rows.push_back(std::move(row));
  }
  return entity;
}

bool is_single(const TableFact& table, const std::vector<std::string>& columns) {
  const auto same = [&](const auto& one) { return one.columns == columns; };
  return table.primary_key.columns == columns || std::any_of(table.uniques.begin(), table.uniques.end(), same) ||
         std::any_of(table.indexes.begin(), table.indexes.end(),
                     [&](const auto& one) { return one.unique && one.where.empty() && one.columns == columns; });
}

constexpr std::size_t kMostHosts = 16;

class ContainerDrawer {
 public:
  ContainerDrawer(const foreign::Facts& facts, const std::string& system) : facts_(facts) { out_.system = system; }

  C4Model run() {
    for (const auto& deployment : facts_.deployments) {
      for (const auto& container : deployment.containers) add(container);
    }
    if (out_.nodes.empty() && !facts_.apis.empty()) add_apis();
    for (const auto& deployment : facts_.deployments) {
      for (const auto& container : deployment.containers) link(container);
    }
    add_callers();
    return std::move(out_);
  }

 private:
  static std::string_view word_of(ContainerRole role) {
    switch (role) {
      case ContainerRole::kDatabase:
        return "keeps data";
      case ContainerRole::kCache:
        return "keeps what may be lost";
      case ContainerRole::kBroker:
        return "carries messages";
      case ContainerRole::kSearch:
        return "finds texts";
      case ContainerRole::kProxy:
        return "passes requests on";
      case ContainerRole::kObservability:
        return "watches";
      case ContainerRole::kJob:
        return "runs and ends";
      case ContainerRole::kApplication:
        break;
    }
    return "";
  }

  static bool keeps(ContainerRole role) {
    return role == ContainerRole::kDatabase || role == ContainerRole::kCache || role == ContainerRole::kBroker || role == ContainerRole::kSearch;
  }

  /// A pod is one node, called after its workload: containers beside the first are told, those that only run before it are not.
  void add(const ContainerFact& container) {
    if (container.init) return;
    const std::string& name = container.owner.empty() ? container.name : container.owner;
    if (const auto known = nodes_.find(name); known != nodes_.end()) {
      const bool beside = container.workload != "compose" && container.name != first_[name] && beside_.insert({name, container.name}).second;
      if (beside) out_.nodes[known->second].description += (out_.nodes[known->second].description.empty() ? "with " : ", with ") + container.name;
      return;
    }
    if (nodes_.size() >= kMostContainers) return;
    nodes_.emplace(name, out_.nodes.size());
    first_.emplace(name, container.name);
    roles_.push_back(container.role);
    std::string description(word_of(container.role));
    const auto say = [&description](const std::string& text) { description += (description.empty() ? "" : ", ") + text; };
    if (container.replicas > 1) say(fmt::format("{} replicas", container.replicas));
    if (keeps(container.role) && !container.persistent) say("no volume");
    const auto slash = container.image.rfind('/');
    std::string image = container.image.empty() ? "built here" : container.image.substr(slash == std::string::npos ? 0 : slash + 1);
    image = image.substr(0, image.find('@'));
    out_.nodes.push_back({keeps(container.role) ? C4Kind::kDatabase : C4Kind::kContainer, name, image, description});
  }

  /// The node that a host name leads to: a workload, or one that a Service of that name selects.
  [[nodiscard]] std::optional<std::size_t> node_of(const std::string& name) const {
    if (const auto node = nodes_.find(name); node != nodes_.end()) return node->second;
    for (const auto& deployment : facts_.deployments) {
      for (const auto& resource : deployment.resources) {
        if (resource.kind != "Service" || resource.name != name || resource.selector.empty()) continue;
        if (const auto node = selected_by(resource.selector)) return node;
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] std::optional<std::size_t> selected_by(const foreign::Labels& selector) const {
    for (const auto& deployment : facts_.deployments) {
      for (const auto& container : deployment.containers) {
        const auto has = [&](const auto& one) { return std::find(container.labels.begin(), container.labels.end(), one) != container.labels.end(); };
        if (container.labels.empty() || !std::all_of(selector.begin(), selector.end(), has)) continue;
        const auto node = nodes_.find(container.owner.empty() ? container.name : container.owner);
        if (node != nodes_.end()) return node->second;
      }
    }
    return std::nullopt;
  }

  /// Without anything that runs, each API file is a container, and the schema its database.
  void add_apis() {
    for (const auto& api : facts_.apis) {
      if (out_.nodes.size() >= kMostContainers) break;
      static constexpr const char* kKinds[] = {"OpenAPI", "Swagger", "GraphQL", "gRPC"};
      const auto slash = api.file.rfind('/');
      const std::string name = !api.title.empty()     ? api.title
                               : !api.package.empty() ? api.package
                                                      : api.file.substr(slash == std::string::npos ? 0 : slash + 1);
      out_.nodes.push_back({C4Kind::kContainer, name, kKinds[static_cast<std::size_t>(api.kind)], counted(api.operations.size(), "operation")});
      callers_.insert({out_.nodes.size() - 1, api.kind == foreign::ApiKind::kProto ? "gRPC" : "HTTP"});
    }
    if (facts_.sql.tables.empty()) return;
    static constexpr const char* kDatabases[] = {"PostgreSQL", "SQLite", "MySQL"};
    const std::size_t database = out_.nodes.size();
    out_.nodes.push_back(
        {C4Kind::kDatabase, "schema", kDatabases[static_cast<std::size_t>(facts_.sql.flavour)], counted(facts_.sql.tables.size(), "table")});
    for (std::size_t at = 0; at < database; ++at) out_.links.push_back({at, database, "presumably keeps data in", "assumed"});
  }

  /// First labels of what could be host names in a value: `redis` of `redis:6379` and of `redis://redis.shop.svc:6379/0`.
  static std::vector<std::string> hosts_in(std::string_view value) {
    std::vector<std::string> hosts;
    if (value.find(':') == std::string_view::npos && value.find('.') == std::string_view::npos) return hosts;
    const auto is_part = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    for (std::size_t at = 0; at < value.size() && hosts.size() < kMostHosts;) {
      std::size_t end = at;
      while (end < value.size() && is_part(value[end])) ++end;
      const bool begins = at == 0 || std::string_view("/@,; =").find(value[at - 1]) != std::string_view::npos;
      if (begins && end > at && (end == value.size() || value[end] == ':' || value[end] == '.' || value[end] == '/'))
        hosts.emplace_back(value.substr(at, end - at));
      at = end + 1;
    }
    return hosts;
  }

  void link(const ContainerFact& container) {
    const auto from = nodes_.find(container.owner.empty() ? container.name : container.owner);
    if (from == nodes_.end() || container.init) return;
    std::set<std::string> needed(container.depends_on.begin(), container.depends_on.end());
    for (const auto& variable : container.environment) {
      for (auto& host : hosts_in(variable.value)) needed.insert(std::move(host));
    }
    for (const auto& name : needed) {
      const auto to = node_of(name);
      if (!to || *to == from->second || !linked_.insert({from->second, *to}).second) continue;
      const ContainerRole role = roles_[*to];
      const char* label = role == ContainerRole::kDatabase ? "keeps data in"
                          : role == ContainerRole::kCache  ? "caches in"
                          : role == ContainerRole::kBroker ? "sends through"
                          : role == ContainerRole::kSearch ? "searches in"
                                                           : "needs";
      out_.links.push_back({from->second, *to, label, ""});
    }
    for (const auto& port : container.ports) {
      if (port.published > 0 && !keeps(container.role) && port.host != "127.0.0.1")
        callers_.insert({from->second, fmt::format("port {}", port.published)});
    }
  }

  void add_callers() {
    for (const auto& deployment : facts_.deployments) {
      for (const auto& resource : deployment.resources) {
        if (resource.kind == "Ingress") {
          for (const auto& backend : resource.backends) {
            if (const auto node = node_of(backend)) callers_.insert({*node, resource.tls ? "HTTPS" : "HTTP"});
          }
        } else if (resource.kind == "Service" && (resource.type == "LoadBalancer" || resource.type == "NodePort")) {
          if (const auto node = selected_by(resource.selector); node && !resource.selector.empty()) callers_.insert({*node, resource.type});
        }
      }
    }
    if (callers_.empty()) return;
    const std::size_t person = out_.nodes.size();
    out_.nodes.push_back({C4Kind::kPerson, "client", "", "whoever reaches what is published"});
    std::optional<std::size_t> last;
    for (const auto& [to, how] : callers_) {
      if (last != to) out_.links.push_back({person, to, "reaches", how});
      last = to;
    }
  }

  const foreign::Facts& facts_;
  C4Model out_;
  std::map<std::string, std::size_t> nodes_;
  std::map<std::string, std::string> first_;              ///< container of each node
  std::set<std::pair<std::string, std::string>> beside_;  ///< node, further container
  std::vector<ContainerRole> roles_;
  std::set<std::pair<std::size_t, std::size_t>> linked_;
  std::set<std::pair<std::size_t, std::string>> callers_;
};

}  // namespace

emit::ErModel infer_er(const foreign::SqlFacts& facts, const std::string& title, const std::vector<std::string>* only) {
  const Coupling coupling = couple(facts);
  const auto left_out = [&](std::size_t at) { return coupling.roles[at] == TableRole::kPart || coupling.roles[at] == TableRole::kTool; };
  const auto inside = [&](std::size_t at) { return only == nullptr || contains(*only, shown(facts.tables[at].name)); };
  emit::ErModel model;
  model.title = title;
  std::map<std::size_t, std::size_t> nodes;
  for (std::size_t at = 0; at < facts.tables.size(); ++at) {
    if (left_out(at) || !inside(at)) continue;
    nodes.emplace(at, model.entities.size());
    model.entities.push_back(entity_of(facts.tables[at]));
  }
  for (const KeyLink& link : coupling.links) {
    if (left_out(link.from) || left_out(link.to) || !inside(link.from)) continue;
    if (nodes.emplace(link.to, model.entities.size()).second) model.entities.push_back({shown(facts.tables[link.to].name), {}});
    const std::string label = fmt::format("{}", fmt::join(link.key->columns, ", "));
    model.lines.push_back({nodes.at(link.to), nodes.at(link.from), label, !link.required, is_single(facts.tables[link.from], link.key->columns)});
  }
  return model;
}

emit::C4Model infer_c4(const foreign::Facts& facts, const std::string& system) { return ContainerDrawer(facts, system).run(); }

}  // namespace kingpost::assess
