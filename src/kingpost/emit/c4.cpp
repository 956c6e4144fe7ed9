#include "kingpost/emit/c4.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kingpost/emit/behaviour.hpp"

namespace kingpost::emit {

namespace {

constexpr std::string_view kServer = "Kingpost";
constexpr std::string_view kStore = "SQLite or PostgreSQL";
constexpr std::size_t kNone = static_cast<std::size_t>(-1);

std::string counted(std::size_t count, std::string_view one, std::string_view many) { return fmt::format("{} {}", count, count == 1 ? one : many); }

class Builder {
 public:
  explicit Builder(const ir::System& system) : system_(system), of_service_(system.services.size(), kNone) { model_.system = system.name; }

  C4Model build() {
    const std::size_t people = people_count();
    containers();
    if (split(system_)) {
      gateway(people);
    } else {
      for (std::size_t person = 0; person < people; ++person) link(person, server_, "uses", "REST over HTTPS");
    }
    if (split(system_)) {
      uses();
      broker();
      sagas();
    }
    clients();
    return std::move(model_);
  }

 private:
  std::size_t add(C4Kind kind, std::string name, std::string_view technology, std::string description) {
    model_.nodes.push_back({kind, std::move(name), std::string(technology), std::move(description), false, {}});
    return model_.nodes.size() - 1;
  }

  void link(std::size_t from, std::size_t to, std::string label, std::string_view technology) {
    model_.links.push_back({from, to, std::move(label), std::string(technology)});
  }

  std::size_t people_count() {
    for (const ir::Role& role : system_.roles) {
      std::string inherits;
      for (const std::string& parent : role.inherits) inherits += (inherits.empty() ? "also " : ", ") + parent;
      add(C4Kind::kPerson, role.name, "", inherits.empty() ? "A role of the system" : inherits);
    }
    if (system_.roles.empty()) add(C4Kind::kPerson, "client", "", "Whoever calls the API");
    return model_.nodes.size();
  }

  void containers() {
    if (split(system_)) {
      for (std::size_t at = 0; at < system_.services.size(); ++at) service(at);
    } else {
      const std::size_t server = add(C4Kind::kContainer, system_.name + " server", kServer, summary());
      server_ = server;
      const std::size_t store = add(C4Kind::kDatabase, system_.name + " database", kStore, counted(system_.entities.size(), "table", "tables"));
      link(server, store, "reads and writes", "SQL");
      for (std::size_t& one : of_service_) one = server;
    }
  }

  [[nodiscard]] std::string summary() const {
    if (system_.services.empty()) return "Serves the API, the design and the health checks";
    std::string out = "Services: ";
    for (std::size_t at = 0; at < system_.services.size(); ++at) out += (at == 0 ? "" : ", ") + system_.services[at].name;
    return out;
  }

  void service(std::size_t at) {
    const std::size_t count = owned(at);
    const ir::Service& one = system_.services[at];
    of_service_[at] = add(C4Kind::kContainer, one.name, kServer, count == 0 ? "Keeps nothing" : "Owns " + counted(count, "entity", "entities"));
    if (server_ == kNone) server_ = of_service_[at];
    if (count == 0) return;
    const std::size_t store = add(C4Kind::kDatabase, one.name + " database", kStore, counted(count, "table", "tables"));
    link(of_service_[at], store, "reads and writes", "SQL");
  }

  /// Clients know one address, whatever runs behind it.
  void gateway(std::size_t people) {
    const std::size_t edge = add(C4Kind::kContainer, "Gateway", "reverse proxy", "One address: ends TLS, routes by path");
    for (std::size_t person = 0; person < people; ++person) link(person, edge, "uses", "REST over HTTPS");
    for (std::size_t at = 0; at < system_.services.size(); ++at) {
      if (owned(at) > 0) link(edge, of_service_[at], "routes", "HTTP");
    }
  }

  [[nodiscard]] std::size_t owned(std::size_t service) const {
    const auto own = [service](const ir::Entity& entity) { return entity.service.valid() && entity.service.index() == service; };
    return static_cast<std::size_t>(std::count_if(system_.entities.begin(), system_.entities.end(), own));
  }

  void uses() {
    for (std::size_t at = 0; at < system_.services.size(); ++at) {
      for (const ir::ServiceUse& use : system_.services[at].uses) {
        const ir::Entity& entity = system_.entity(use.entity);
        if (!entity.service.valid() || entity.service.index() == at || entity.service.index() >= of_service_.size()) continue;
        link(of_service_[at], of_service_[entity.service.index()], "reads " + entity.name, "read model");
      }
    }
  }

  /// Events that another service acts on leave theirs through a broker.
  void broker() {
    std::size_t queue = kNone;
    const auto route = [&](ir::ServiceId to, ir::EventId event) {
      if (!to.valid() || !event.valid()) return;
      for (const ir::Command& command : system_.commands) {
        const std::vector<ir::EventId> events = emitted_by(command);
        if (!command.service.valid() || command.service == to || std::find(events.begin(), events.end(), event) == events.end()) continue;
        if (queue == kNone) queue = add(C4Kind::kContainer, "Event broker", "message broker", "At least once, in order per key");
        const std::string& name = system_.events[event.index()].name;
        link_once(of_service_[command.service.index()], queue, "publishes " + name, "from the outbox");
        link_once(queue, of_service_[to.index()], "delivers " + name, "once, by the inbox");
      }
    };
    for (const ir::Saga& saga : system_.sagas) route(home_of(system_, saga), saga.starts_on);
    for (const ir::Consumer& one : system_.consumers) route(home_of(system_, one.step), one.on);
  }

  /// What sagas have other services do, in one arrow for each pair.
  void sagas() {
    const std::vector<SagaCall> calls = saga_calls(system_);
    std::vector<bool> told(calls.size(), false);
    for (std::size_t at = 0; at < calls.size(); ++at) {
      if (told[at]) continue;
      std::vector<std::string> names;
      for (std::size_t other = at; other < calls.size(); ++other) {
        if (calls[other].from != calls[at].from || calls[other].to != calls[at].to) continue;
        told[other] = true;
        names.push_back(calls[other].what);
      }
      link(of_service_[calls[at].from.index()], of_service_[calls[at].to.index()], "runs " + listed(names, 3), "saga steps");
    }
  }

  void link_once(std::size_t from, std::size_t to, std::string label, std::string_view technology) {
    for (const C4Link& one : model_.links) {
      if (one.from == from && one.to == to && one.label == label) return;
    }
    link(from, to, std::move(label), technology);
  }

  void clients() {
    for (const ir::HttpClient& client : system_.http_clients) {
      const std::size_t outside = add(C4Kind::kExternal, client.name, "HTTPS", counted(client.operations.size(), "operation", "operations"));
      std::size_t caller = server_;
      for (std::size_t at = 0; at < system_.services.size(); ++at) {
        for (const std::string& name : system_.services[at].http) {
          if (name == client.name) caller = of_service_[at];
        }
      }
      if (caller != kNone) link(caller, outside, "calls", "HTTPS");
    }
  }

  const ir::System& system_;
  C4Model model_;
  std::vector<std::size_t> of_service_;
  std::size_t server_ = kNone;
};

}  // namespace

C4Model make_c4(const ir::System& system) { return Builder(system).build(); }

C4Model make_c4_context(const ir::System& system) {
  C4Model model;
  model.system = system.name;
  model.level = C4Level::kContext;
  const C4Model containers = make_c4(system);
  model.nodes.push_back({C4Kind::kSystem, system.name, "", system.summary.empty() ? "The system of this design" : system.summary, false, "overview"});
  for (const C4Node& node : containers.nodes) {
    if (node.kind != C4Kind::kPerson && node.kind != C4Kind::kExternal) continue;
    model.nodes.push_back(node);
    const std::size_t at = model.nodes.size() - 1;
    if (node.kind == C4Kind::kPerson) model.links.push_back({at, 0, "uses", "REST over HTTPS"});
    if (node.kind == C4Kind::kExternal) model.links.push_back({0, at, "calls", "HTTPS"});
  }
  return model;
}

}  // namespace kingpost::emit
