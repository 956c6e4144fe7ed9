#include "kingpost/assure/flows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "kingpost/assure/operations.hpp"

namespace kingpost::assure {
namespace {

bool split(const ir::System& system) { return system.topology == ir::Topology::kServices && !system.services.empty(); }

class FlowFinder {
 public:
  FlowFinder(const ir::System& system, const PermissionMatrix& matrix) : system_(system), matrix_(matrix), split_(split(system)) {}

  std::vector<DataFlow> find() {
    callers();
    stores();
    if (split_) between();
    events();
    for (std::size_t at = 0; at < system_.http_clients.size(); ++at) client(at);
    DataFlow flow;
    flow.kind = FlowKind::kOperator;
    flow.name = "operators to the server and its database";
    flow.from = "Operators";
    flow.to = server_name({});
    flow.boundary = "administration";
    flow.carries = "migrations, settings, secrets, tokens";
    out_.push_back(std::move(flow));
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string server_name(ir::ServiceId service) const {
    return split_ && service.valid() ? system_.services[service.index()].name : system_.name + " server";
  }

  [[nodiscard]] std::vector<std::string> sensitive(ir::ServiceId service, std::size_t caller) const {
    std::vector<std::string> out;
    for (const ir::Entity& entity : system_.entities) {
      if (service.valid() && entity.service != service) continue;
      const bool reached = caller == kNobody || matrix_.rows[entity.id.index() * 4].verdicts[caller] != surface::Verdict::kNever;
      for (const ir::Field& field : entity.fields) {
        if (field.sensitivity == ir::Sensitivity::kNone || !reached) continue;
        const bool seen = caller == kNobody || field.read_policy == nullptr ||
                          surface::judge(field.read_policy, matrix_.callers[caller].audience) != surface::Verdict::kNever;
        if (seen) out.push_back(entity.name + "." + field.name);
      }
    }
    return out;
  }

  void callers() {
    for (std::size_t at = 0; at < matrix_.callers.size(); ++at) {
      const Caller& caller = matrix_.callers[at];
      const bool anonymous = caller.kind == Caller::Kind::kAnonymous;
      std::size_t reached = 0;
      for (const Permission& row : matrix_.rows) reached += row.verdicts[at] != surface::Verdict::kNever ? 1U : 0U;
      // The diagram draws anonymous callers where they reach something, and callers with a token always.
      if (reached == 0 && caller.kind != Caller::Kind::kSignedIn) continue;
      DataFlow flow;
      flow.name = caller.kind == Caller::Kind::kRole ? "role " + caller.name + " to the API" : caller.name + " callers to the API";
      flow.from = anonymous ? "Anonymous callers" : "Signed-in callers";
      flow.to = server_name({});
      flow.boundary = "the internet to trusted code";
      flow.carries = fmt::format("requests of {} operations, and their answers", reached);
      flow.caller = at;
      flow.sensitive = sensitive({}, at);
      out_.push_back(std::move(flow));
    }
  }

  void store(ir::ServiceId service) {
    DataFlow flow;
    flow.kind = FlowKind::kStore;
    flow.from = server_name(service);
    flow.to = (split_ && service.valid() ? system_.services[service.index()].name : system_.name) + " database";
    flow.name = flow.from + " to " + flow.to;
    flow.boundary = "trusted code to data at rest";
    flow.carries = "statements with the policy inside, and rows";
    flow.service = service;
    flow.sensitive = sensitive(service, kNobody);
    out_.push_back(std::move(flow));
  }

  void stores() {
    if (!split_) return store({});
    for (std::uint32_t at = 0; at < system_.services.size(); ++at) store(ir::ServiceId{at});
  }

  void between() {
    for (std::uint32_t at = 0; at < system_.services.size(); ++at) {
      for (const ir::ServiceUse& use : system_.services[at].uses) {
        const ir::Entity& entity = system_.entity(use.entity);
        if (!entity.service.valid() || entity.service.index() == at) continue;
        DataFlow flow;
        flow.kind = FlowKind::kBetween;
        flow.from = system_.services[entity.service.index()].name;
        flow.to = system_.services[at].name;
        flow.name = fmt::format("{} of {} to {}", entity.name, flow.from, flow.to);
        flow.boundary = "one service to another";
        flow.carries = use.fields.empty() ? "the key" : fmt::format("the key and {} fields", use.fields.size());
        flow.service = ir::ServiceId{at};
        flow.entity = use.entity;
        for (const ir::FieldId id : use.fields) {
          if (entity.field(id).sensitivity != ir::Sensitivity::kNone) flow.sensitive.push_back(entity.name + "." + entity.field(id).name);
        }
        out_.push_back(std::move(flow));
      }
    }
  }

  void events() {
    if (system_.events.empty()) return;
    DataFlow flow;
    flow.kind = FlowKind::kEvents;
    flow.name = "events to sagas and consumers";
    flow.from = split_ ? "Event broker" : "Outbox";
    flow.to = "sagas and consumers";
    flow.boundary = split_ ? "one service to another, through a broker" : "a caller's transaction to the engine's own work";
    flow.carries =
        fmt::format("{} kinds of events for {} sagas and {} consumers", system_.events.size(), system_.sagas.size(), system_.consumers.size());
    out_.push_back(std::move(flow));
  }

  void client(std::size_t at) {
    const ir::HttpClient& client = system_.http_clients[at];
    DataFlow flow;
    flow.kind = FlowKind::kClient;
    flow.name = "the engine to " + client.name;
    for (std::uint32_t index = 0; index < system_.services.size(); ++index) {
      const auto& used = system_.services[index].http;
      if (std::find(used.begin(), used.end(), client.name) != used.end()) flow.service = ir::ServiceId{index};
    }
    flow.from = server_name(flow.service);
    flow.to = client.name;
    flow.boundary = "trusted code to a third party";
    std::vector<std::string> sent;
    for (const ir::HttpOperation& operation : client.operations) {
      for (const ir::Member& member : operation.body) sent.push_back(operation.name + "." + member.name);
    }
    flow.carries = sent.empty() ? "calls without a body" : fmt::format("{}", fmt::join(sent, ", "));
    flow.client = at;
    out_.push_back(std::move(flow));
  }

  static constexpr std::size_t kNobody = static_cast<std::size_t>(-1);
  const ir::System& system_;
  const PermissionMatrix& matrix_;
  bool split_;
  std::vector<DataFlow> out_;
};

}  // namespace

std::string_view flow_kind_name(FlowKind kind) noexcept {
  constexpr std::string_view kNames[] = {"caller", "store", "client", "events", "between services", "operators"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::vector<DataFlow> data_flows(const ir::System& system, const PermissionMatrix& matrix) { return FlowFinder(system, matrix).find(); }

}  // namespace kingpost::assure
