#include <fmt/format.h>

#include <algorithm>

#include "kingpost/emit/behaviour.hpp"
#include "kingpost/emit/c4.hpp"
#include "kingpost/emit/html.hpp"
#include "kingpost/emit/site_parts.hpp"

namespace kingpost::emit {

namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr std::size_t kNamed = 6;

/// Builds the components of one service. What the model does not ask for is not drawn.
class ComponentBuilder {
 public:
  ComponentBuilder(const ir::System& system, ir::ServiceId service) : system_(system), service_(service) {
    model_.system = system.name;
    model_.level = C4Level::kComponent;
    model_.boundary = service_name(system, service) + (service.valid() && !split(system) ? ", a part of " + system.name + " server" : "");
    for (const ir::Entity& entity : system.entities) {
      if (belongs(service, entity.service)) entities_.push_back(&entity);
    }
    for (const ir::Command& command : system.commands) {
      if (belongs(service, command.service)) commands_.push_back(&command);
    }
  }

  C4Model build() {
    if (!entities_.empty() || !commands_.empty()) {
      const std::size_t caller = add(C4Kind::kPerson, "API clients", "", callers(), "access");
      store_ = add(C4Kind::kDatabase, store_name(system_, service_), "SQLite or PostgreSQL", tables(), "databases");
      model_.nodes[store_].outside = true;
      add_front(caller);
    }
    add_commands();
    add_outbox();
    add_background();
    add_clients();
    return std::move(model_);
  }

 private:
  std::size_t add(C4Kind kind, std::string name, std::string_view technology, std::string description, std::string anchor = {}) {
    model_.nodes.push_back({kind, std::move(name), std::string(technology), std::move(description), false, std::move(anchor)});
    return model_.nodes.size() - 1;
  }

  void link(std::size_t from, std::size_t to, std::string label, std::string_view technology = {}) {
    if (from != kNone && to != kNone) model_.links.push_back({from, to, std::move(label), std::string(technology)});
  }

  [[nodiscard]] std::string callers() const {
    std::vector<std::string> names;
    for (const ir::Role& role : system_.roles) names.push_back(role.name);
    return names.empty() ? "Whoever the policies let in" : "Roles: " + listed(names, kNamed);
  }

  [[nodiscard]] std::string tables() const {
    std::vector<std::string> names;
    for (const ir::Entity* entity : entities_) names.push_back(entity->table);
    return counted(names.size(), "table", "tables") + ": " + listed(names, kNamed);
  }

  void add_front(std::size_t caller) {
    std::vector<std::string> contracts;
    for (const ir::Contract& contract : system_.contracts) contracts.push_back(contract.name);
    std::size_t rules = 0;
    std::size_t fields = 0;
    for (const ir::Entity* entity : entities_) {
      const ir::Access& access = entity->access;
      for (const cel::ExprPtr& policy : {access.read, access.create, access.update, access.remove}) rules += std::size_t{policy != nullptr};
      for (const ir::Field& field : entity->fields) fields += std::size_t{field.read_policy != nullptr} + std::size_t{field.write_policy != nullptr};
    }
    const std::size_t api = add(C4Kind::kComponent, "REST API", "HTTP/1.1, HTTP/2",
                                fmt::format("{} in contract {}", counted(entities_.size(), "entity", "entities"), listed(contracts, kNamed)), "api");
    link(caller, api, "requests with a bearer token", "HTTPS");
    const std::string rows = (rules == 0 ? std::string("No row policy yet") : counted(rules, "row policy", "row policies")) +
                             (fields > 0 ? ", " + counted(fields, "field rule", "field rules") : "");
    policies_ = add(C4Kind::kComponent, "Policies", "CEL as SQL predicates",
                    (system_.tenancy ? "Tenant key on every statement; " : "") + rows + "; what is not allowed is denied", "access");
    link(api, policies_, "plans every read and write");
    link(policies_, store_, "statements with the policy inside", "SQL");
    api_ = api;
    add_cache();
    add_protection();
  }

  void add_cache() {
    std::vector<std::string> names;
    for (const ir::Entity* entity : entities_) {
      if (entity->cache) names.push_back(entity->name + " " + duration_text(entity->cache->ttl_ms));
    }
    if (names.empty()) return;
    link(api_, add(C4Kind::kComponent, "Cache", "in process", listed(names, kNamed)), "looks up first");
  }

  void add_protection() {
    std::vector<std::string> audited;
    std::vector<std::string> encrypted;
    for (const ir::Entity* entity : entities_) {
      if (entity->audit) audited.push_back(entity->name);
      for (const ir::Field& field : entity->fields) {
        if (field.encrypted) encrypted.push_back(entity->name + "." + field.name);
      }
    }
    if (!audited.empty()) link(policies_, add(C4Kind::kComponent, "Audit trail", "hash chain", listed(audited, kNamed)), "records each write");
    if (!encrypted.empty()) link(policies_, add(C4Kind::kComponent, "Encryption", "AEAD per field", listed(encrypted, kNamed)), "seals and opens");
  }

  void add_commands() {
    // Each command on its own while the picture holds them.
    if (commands_.size() > kNamed) {
      std::vector<std::string> names;
      for (const ir::Command* command : commands_) names.push_back(command->name);
      const std::size_t all = add(C4Kind::kComponent, "Commands", "one transaction each", listed(names, kNamed), "behaviour");
      link(api_, all, "POST /rpc/…");
      link(all, store_, "transactions", "SQL");
      command_nodes_.assign(commands_.size(), all);
      return;
    }
    for (const ir::Command* command : commands_) {
      const std::size_t node =
          add(C4Kind::kComponent, command->name, "command, one transaction",
              command->summary.empty() ? counted(command->steps.size(), "step", "steps") : command->summary, command_anchor(command->name));
      const std::string allow = brief(command->allow);
      link(api_, node, allow == "system" ? "for the engine only" : "POST /rpc/" + command->name);
      link(node, store_, "one transaction", "SQL");
      command_nodes_.push_back(node);
    }
  }

  void add_outbox() {
    std::vector<std::string> events;
    for (const ir::Command* command : commands_) {
      for (const ir::EventId event : emitted_by(*command)) events.push_back(system_.events[event.index()].name);
    }
    if (events.empty()) return;
    outbox_ = add(C4Kind::kQueue, "Outbox", "table in the same database", "Events leave after commit, in order per key: " + listed(events, kNamed),
                  "events");
    std::vector<std::size_t> linked;
    for (std::size_t at = 0; at < commands_.size(); ++at) {
      if (emitted_by(*commands_[at]).empty() || std::find(linked.begin(), linked.end(), command_nodes_[at]) != linked.end()) continue;
      linked.push_back(command_nodes_[at]);
      link(command_nodes_[at], outbox_, "emits in its transaction");
    }
  }

  void add_background() {
    for (const ir::Saga& saga : system_.sagas) {
      if (!belongs(service_, home_of(system_, saga))) continue;
      const std::size_t node =
          add(C4Kind::kComponent, saga.name, "saga coordinator", counted(saga.steps.size(), "step", "steps") + ", undone in reverse when one fails",
              "saga-" + file_segment(saga.name));
      if (saga.starts_on.valid()) start(node, saga.starts_on);
      link(node, store_, "its state and moves", "SQL");
      for (const ir::Step& step : saga.steps) {
        if (step.kind == ir::StepKind::kHttp) callers_.emplace_back(client_of(step.http), node);
        if (step.command.valid()) run(node, step.command);
      }
    }
    for (const ir::Consumer& one : system_.consumers) {
      if (!belongs(service_, home_of(system_, one.step))) continue;
      const std::size_t node = add(C4Kind::kComponent, one.name, "consumer", "Acts once on each event", "consumer-" + file_segment(one.name));
      if (one.on.valid()) start(node, one.on);
      act(node, one.step);
    }
    for (const ir::Schedule& one : system_.schedules) {
      if (!belongs(service_, home_of(system_, one.step))) continue;
      const std::string when = one.cron.empty() ? "every " + duration_text(one.every_ms) : "cron " + one.cron;
      act(add(C4Kind::kComponent, one.name, "schedule", when, "schedule-" + file_segment(one.name)), one.step);
    }
    for (const ir::Projection& one : system_.projections) {
      if (!one.from.valid() || !belongs(service_, system_.entity(one.from).service)) continue;
      link(add(C4Kind::kComponent, one.name, "projection", "Kept from " + system_.entity(one.from).name, "projection-" + file_segment(one.name)),
           store_, "kept up to date", "SQL");
    }
  }

  /// An event of this service comes from its outbox, another's from the broker.
  void start(std::size_t node, ir::EventId event) {
    const std::string& name = system_.events[event.index()].name;
    bool own = false;
    for (const ir::Command* command : commands_) {
      for (const ir::EventId one : emitted_by(*command)) own = own || one == event;
    }
    if (own && outbox_ != kNone) return link(outbox_, node, name);
    if (elsewhere_ == kNone) {
      elsewhere_ = add(C4Kind::kQueue, "Events of other services", "outbox or broker", "Delivered at least once, in order per key", "events");
      model_.nodes[elsewhere_].outside = true;
    }
    link(elsewhere_, node, name);
  }

  void act(std::size_t node, const ir::Step& step) {
    if (step.command.valid()) return run(node, step.command);
    if (step.kind == ir::StepKind::kHttp) callers_.emplace_back(client_of(step.http), node);
    if (step.entity.valid()) link(node, store_, "writes " + system_.entity(step.entity).name, "SQL");
  }

  void run(std::size_t node, ir::CommandId command) {
    const ir::Command* wanted = &system_.commands[command.index()];
    const auto own = std::find(commands_.begin(), commands_.end(), wanted);
    if (own != commands_.end()) return link(node, command_nodes_[static_cast<std::size_t>(own - commands_.begin())], "runs " + wanted->name);
    link(node, other_service(wanted->service), "runs " + wanted->name);
  }

  /// The node of another service, added when new.
  std::size_t other_service(ir::ServiceId service) {
    const std::string name = service_name(system_, service);
    const auto found = std::find_if(model_.nodes.begin(), model_.nodes.end(), [&name](const C4Node& one) { return one.outside && one.name == name; });
    if (found != model_.nodes.end()) return static_cast<std::size_t>(found - model_.nodes.begin());
    const std::size_t at = add(C4Kind::kContainer, name, "Kingpost", "Another service");
    model_.nodes[at].outside = true;
    return at;
  }

  /// Sagas of other services that call a client of this one.
  [[nodiscard]] std::vector<ir::ServiceId> foreign_users(const std::string& client) const {
    std::vector<ir::ServiceId> out;
    for (const ir::Saga& saga : system_.sagas) {
      const ir::ServiceId home = home_of(system_, saga);
      const bool calls = std::any_of(saga.steps.begin(), saga.steps.end(),
                                     [&client](const ir::Step& step) { return step.kind == ir::StepKind::kHttp && client_of(step.http) == client; });
      if (calls && home.valid() && home != service_ && std::find(out.begin(), out.end(), home) == out.end()) out.push_back(home);
    }
    return out;
  }

  void add_clients() {
    for (const ir::HttpClient& client : system_.http_clients) {
      const ir::ServiceId owner = owner_of_client(system_, client.name);
      std::vector<std::size_t> users;
      for (const auto& [name, node] : callers_) {
        if (name == client.name && std::find(users.begin(), users.end(), node) == users.end()) users.push_back(node);
      }
      if (owner.valid() && service_.valid() && owner != service_) {
        for (const std::size_t user : users) link(user, other_service(owner), "calls " + client.name + " through it");
        continue;
      }
      if (users.empty() && (!owner.valid() || owner != service_)) continue;
      const std::string guards = client.breaker_failures > 0 ? "Timeout, retries, circuit breaker" : "Timeout, retries";
      const std::size_t node = add(C4Kind::kComponent, client.name + " client", "HTTPS", guards, "client-" + file_segment(client.name));
      for (const std::size_t user : users) link(user, node, "calls");
      if (service_.valid()) {
        for (const ir::ServiceId other : foreign_users(client.name)) link(other_service(other), node, "calls");
      }
      link(node, add(C4Kind::kExternal, client.name, "HTTPS", counted(client.operations.size(), "operation", "operations")), "calls", "HTTPS");
    }
  }

  const ir::System& system_;
  ir::ServiceId service_;
  C4Model model_;
  std::vector<const ir::Entity*> entities_;
  std::vector<const ir::Command*> commands_;
  std::vector<std::size_t> command_nodes_;                    ///< as commands_
  std::vector<std::pair<std::string, std::size_t>> callers_;  ///< of HTTP clients, by name
  std::size_t api_ = kNone;
  std::size_t policies_ = kNone;
  std::size_t store_ = kNone;
  std::size_t outbox_ = kNone;
  std::size_t elsewhere_ = kNone;
};

}  // namespace

C4Model make_c4_components(const ir::System& system, ir::ServiceId service) { return ComponentBuilder(system, service).build(); }

}  // namespace kingpost::emit
