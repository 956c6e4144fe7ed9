#include <fmt/format.h>

#include <algorithm>

#include "kingpost/emit/behaviour.hpp"
#include "kingpost/emit/flow.hpp"
#include "kingpost/emit/html.hpp"
#include "kingpost/surface/surface.hpp"

namespace kingpost::emit {

namespace {

constexpr std::size_t kNamed = 4;

/// Fields of that sensitivity in the entities of a service; all of them for an invalid one.
std::vector<std::string> sensitive(const ir::System& system, ir::ServiceId service, ir::Sensitivity kind) {
  std::vector<std::string> out;
  for (const ir::Entity& entity : system.entities) {
    if (!belongs(service, entity.service)) continue;
    for (const ir::Field& field : entity.fields) {
      if (field.sensitivity == kind) out.push_back(entity.name + "." + field.name);
    }
  }
  return out;
}

/// Whether anonymous callers reach anything, and signed-in ones of any role.
bool reached_by(const ir::System& system, const surface::Audience& audience) {
  for (const ir::Entity& entity : system.entities) {
    if (entity.access.engine_only) continue;
    for (const cel::ExprPtr& policy : {entity.access.read, entity.access.create, entity.access.update, entity.access.remove}) {
      if (surface::judge(policy, audience) != surface::Verdict::kNever) return true;
    }
  }
  return false;
}

class DataFlow {
 public:
  explicit DataFlow(const ir::System& system) : system_(system) {
    flow_.title = "Data flow and trust boundaries of " + system.name;
    flow_.left_to_right = true;
    outside_ = group("Internet: not trusted");
    inside_ = group(system.name + ": trusted code");
    data_ = group("Data at rest: reached by its service alone");
    split_ = split(system);
  }

  Flow build() {
    std::vector<std::size_t> people = callers();
    if (split_) {
      people = {gateway(people)};
      for (std::uint32_t at = 0; at < system_.services.size(); ++at) add_service(ir::ServiceId{at}, people);
      reads_between();
      steps_between();
    } else {
      add_service({}, people);
    }
    events();
    clients();
    return std::move(flow_);
  }

 private:
  std::size_t group(std::string name) {
    flow_.groups.push_back({std::move(name), kNoGroup});
    return flow_.groups.size() - 1;
  }

  void edge(std::size_t from, std::size_t to, std::string label, std::string detail, bool dashed = false) {
    flow_.edges.push_back({from, to, std::move(label), std::move(detail), dashed});
  }

  std::vector<std::size_t> callers() {
    std::vector<std::size_t> out;
    const surface::Audience nobody{.whole = false, .anonymous = true, .roles = {}};
    if (reached_by(system_, nobody)) {
      out.push_back(flow_.add({FlowShape::kPerson, "Anonymous callers", "no token", "See what the policies leave to everybody", "access", outside_}));
    }
    std::vector<std::string> roles;
    for (const ir::Role& role : system_.roles) roles.push_back(role.name);
    out.push_back(flow_.add({FlowShape::kPerson, "Signed-in callers", "bearer token",
                             roles.empty() ? "No roles in this model" : "Roles: " + listed(roles, kNamed), "access", outside_}));
    return out;
  }

  /// Before services that run apart stands one address.
  std::size_t gateway(const std::vector<std::size_t>& people) {
    const std::size_t node =
        flow_.add({FlowShape::kBox, "Gateway", "ends TLS, routes by path", "tokens pass as they are", "c4-container", group("Edge")});
    for (const std::size_t person : people) {
      edge(person, node, anonymous(person) ? "public requests, answers" : "requests, answers", "HTTPS");
    }
    return node;
  }

  [[nodiscard]] bool anonymous(std::size_t node) const { return flow_.nodes[node].name == "Anonymous callers"; }

  [[nodiscard]] bool keeps_data(ir::ServiceId service) const {
    return std::any_of(system_.entities.begin(), system_.entities.end(), [service](const ir::Entity& one) { return belongs(service, one.service); });
  }

  void add_service(ir::ServiceId service, const std::vector<std::size_t>& people) {
    const std::vector<std::string> personal = sensitive(system_, service, ir::Sensitivity::kPersonal);
    const std::vector<std::string> secret = sensitive(system_, service, ir::Sensitivity::kSecret);
    const std::size_t node = flow_.add({FlowShape::kBox, service_name(system_, service),
                                        keeps_data(service) ? "verifies tokens, weaves policies into SQL" : "keeps no data",
                                        service.valid() ? "" : "signs and verifies with KINGPOST_SECRET", "access", inside_});
    services_.push_back(node);
    if (!keeps_data(service)) return;
    for (const std::size_t person : people) {
      edge(person, node, anonymous(person) ? "public requests, answers" : "requests, answers", split_ ? "HTTP inside" : "HTTPS at the edge");
    }
    std::string holds;
    if (!personal.empty()) holds = "Personal: " + listed(personal, kNamed);
    if (!secret.empty()) holds += (holds.empty() ? "Secret: " : ". Secret: ") + listed(secret, kNamed);
    if (holds.empty()) holds = "No field is marked personal or secret";
    const std::size_t store = flow_.add({FlowShape::kStore, store_name(system_, service), "SQLite or PostgreSQL", holds, "databases", data_});
    edge(node, store, system_.tenancy ? "statements with tenant and policy inside" : "statements with the policy inside", "SQL, own account");
  }

  void reads_between() {
    for (std::size_t at = 0; at < system_.services.size(); ++at) {
      for (const ir::ServiceUse& use : system_.services[at].uses) {
        const ir::Entity& entity = system_.entity(use.entity);
        if (!entity.service.valid() || entity.service.index() == at) continue;
        edge(services_[entity.service.index()], services_[at], entity.name + (use.fields.empty() ? ": key" : ": chosen fields"),
             "replicated read model", true);
      }
    }
  }

  void steps_between() {
    for (const SagaCall& call : saga_calls(system_))
      edge(services_[call.from.index()], services_[call.to.index()], call.what, "saga step, HTTP inside");
  }

  [[nodiscard]] std::size_t node_of(ir::ServiceId service) const {
    return split_ && service.valid() ? services_[service.index()] : services_.front();
  }

  void events() {
    std::vector<std::string> names;
    for (const ir::Event& event : system_.events) names.push_back(event.name);
    if (names.empty()) return;
    const std::size_t queue = flow_.add({FlowShape::kQueue, split_ ? "Event broker" : "Outbox", split_ ? "at least once" : "in the same database",
                                         listed(names, kNamed), "events", split_ ? inside_ : data_});
    std::vector<std::size_t> senders;
    for (const ir::Command& command : system_.commands) {
      const std::size_t node = node_of(command.service);
      if (emitted_by(command).empty() || std::find(senders.begin(), senders.end(), node) != senders.end()) continue;
      senders.push_back(node);
      edge(node, queue, "events after commit", {}, true);
    }
    std::vector<std::size_t> receivers;
    const auto receive = [&](ir::ServiceId service) {
      const std::size_t node = node_of(service);
      if (std::find(receivers.begin(), receivers.end(), node) != receivers.end()) return;
      receivers.push_back(node);
      edge(queue, node, "events for sagas and consumers", {}, true);
    };
    for (const ir::Saga& saga : system_.sagas) receive(home_of(system_, saga));
    for (const ir::Consumer& one : system_.consumers) receive(home_of(system_, one.step));
  }

  void clients() {
    std::size_t third = kNoGroup;
    for (const ir::HttpClient& client : system_.http_clients) {
      if (third == kNoGroup) third = group("Third parties: trusted for their answers alone");
      const std::size_t node = flow_.add({FlowShape::kOutside,
                                          client.name,
                                          client.auth.empty() ? "HTTPS, no credentials" : "HTTPS, " + client.auth,
                                          {},
                                          "client-" + file_segment(client.name),
                                          third});
      std::vector<std::string> sent;
      for (const ir::HttpOperation& operation : client.operations) {
        for (const ir::Member& member : operation.body) {
          const std::string name = operation.name + "." + member.name;
          if (std::find(sent.begin(), sent.end(), name) == sent.end()) sent.push_back(name);
        }
      }
      const std::size_t from = node_of(owner_of_client(system_, client.name));
      edge(from, node, sent.empty() ? "calls" : "sends " + listed(sent, kNamed), "HTTPS, guarded against SSRF");
    }
  }

  const ir::System& system_;
  Flow flow_;
  std::size_t outside_ = 0;
  std::size_t inside_ = 0;
  std::size_t data_ = 0;
  bool split_ = false;
  std::vector<std::size_t> services_;
};

}  // namespace

Flow make_data_flow(const ir::System& system) { return DataFlow(system).build(); }

}  // namespace kingpost::emit
