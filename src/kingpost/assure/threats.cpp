#include "kingpost/assure/threats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace kingpost::assure {
namespace {

constexpr double kOpenPoints = 8;
constexpr double kDesignedPoints = 2;
constexpr double kOperatorPoints = 1;
constexpr double kConditionalPoints = 0.5;
constexpr double kAnonymousFactor = 3;
constexpr double kSignedInFactor = 2;
constexpr double kWriteFactor = 1.5;
constexpr double kSensitiveFactor = 2;

double points(Status status) {
  switch (status) {
    case Status::kOpen:
      return kOpenPoints;
    case Status::kDesigned:
      return kDesignedPoints;
    case Status::kOperator:
      return kOperatorPoints;
    case Status::kConditional:
      return kConditionalPoints;
    default:
      return 0;
  }
}

double risk_of(const OperationThreats& one) {
  const double sum =
      std::accumulate(one.top10.begin(), one.top10.end(), 0.0, [](double total, const Assessment& at) { return total + points(at.status); });
  const double reach = one.operation.reach == Reach::kAnonymous ? kAnonymousFactor : one.operation.reach == Reach::kSignedIn ? kSignedInFactor : 1;
  const double write = one.operation.permission->action == Action::kRead ? 1 : kWriteFactor;
  return sum * reach * write * (one.operation.personal.empty() ? 1 : kSensitiveFactor);
}

}  // namespace

const std::vector<Weight>& risk_weights() {
  static const std::vector<Weight> kWeights = {{"an open threat", kOpenPoints},
                                               {"a threat met by design alone", kDesignedPoints},
                                               {"a threat left to the operator", kOperatorPoints},
                                               {"a threat met under a condition", kConditionalPoints},
                                               {"times, when anonymous callers reach it", kAnonymousFactor},
                                               {"times, when every signed-in caller reaches it", kSignedInFactor},
                                               {"times, when it writes", kWriteFactor},
                                               {"times, when fields marked personal or secret are there", kSensitiveFactor}};
  return kWeights;
}

std::string_view status_name(Status status) noexcept {
  constexpr std::string_view kNames[] = {"does not arise", "in force", "in force when", "designed, not yet run", "operator's task", "open"};
  return kNames[static_cast<std::size_t>(status)];
}

std::string_view status_key(Status status) noexcept {
  constexpr std::string_view kNames[] = {"doesNotArise", "inForce", "inForceWhen", "designed", "operator", "open"};
  return kNames[static_cast<std::size_t>(status)];
}

const std::vector<ThreatName>& stride_names() {
  static const std::vector<ThreatName> kNames = {{"S", "Spoofing"},          {"T", "Tampering"},
                                                 {"R", "Repudiation"},       {"I", "Information disclosure"},
                                                 {"D", "Denial of service"}, {"E", "Elevation of privilege"}};
  return kNames;
}

const std::vector<ThreatName>& top10_names() {
  static const std::vector<ThreatName> kNames = {{"API1", "Broken object level authorization"},
                                                 {"API2", "Broken authentication"},
                                                 {"API3", "Broken object property level authorization"},
                                                 {"API4", "Unrestricted resource consumption"},
                                                 {"API5", "Broken function level authorization"},
                                                 {"API6", "Unrestricted access to sensitive business flows"},
                                                 {"API7", "Server side request forgery"},
                                                 {"API8", "Security misconfiguration"},
                                                 {"API9", "Improper inventory management"},
                                                 {"API10", "Unsafe consumption of APIs"}};
  return kNames;
}

std::string few(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 5;
  if (names.size() <= kMost + 1) return fmt::format("{}", fmt::join(names, ", "));
  return fmt::format("{} and {} more", fmt::join(names.begin(), names.begin() + kMost, ", "), names.size() - kMost);
}

bool holds_credential(const ir::HttpClient& client) {
  const std::size_t start = client.url.find("://");
  if (start == std::string::npos) return false;
  const std::string host = client.url.substr(start + 3, client.url.find('/', start + 3) - start - 3);
  const bool literal = !client.auth.empty() && client.auth.find("env(") == std::string::npos;
  return host.find('@') != std::string::npos || literal;
}

bool speaks_plain_http(const ir::HttpClient& client) { return client.url.starts_with("http://"); }

ThreatModel threat_model(const ir::System& system) {
  ThreatModel out;
  out.matrix = permission_matrix(system);
  out.personal = personal_fields(system, out.matrix);
  std::vector<Operation> operations = operations_of(system, out.matrix);
  const ThreatFacts facts{system, out.matrix, out.personal, operations};
  for (DataFlow& flow : data_flows(system, out.matrix)) {
    std::vector<Assessment> stride = judge_flow(facts, flow);
    out.flows.push_back({std::move(flow), std::move(stride)});
  }
  for (const Operation& operation : operations) {
    if (operation.reach == Reach::kEngine) continue;
    OperationThreats one{operation, judge_operation(facts, operation), 0};
    one.risk = risk_of(one);
    out.operations.push_back(std::move(one));
  }
  for (std::size_t at = 0; at < out.operations.size(); ++at) {
    if (out.operations[at].risk > 0) out.ranked.push_back(at);
  }
  std::stable_sort(out.ranked.begin(), out.ranked.end(),
                   [&](std::size_t left, std::size_t right) { return out.operations[left].risk > out.operations[right].risk; });
  return out;
}

}  // namespace kingpost::assure
