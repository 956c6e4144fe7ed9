#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "kingpost/assess/rules_api.hpp"

namespace kingpost::assess::rule {
namespace {

using foreign::ApiFacts;
using foreign::ApiKind;

/// What everybody copies beside his own files is not his to change.
bool is_vendored(const ApiFacts& api) { return api.package == "google.protobuf" || api.package == "google.api" || api.package == "google.rpc"; }
bool is_proto(const ApiFacts& api) { return api.kind == ApiKind::kProto && !is_vendored(api); }

/// Numbers between the least and the greatest that nothing uses and nothing reserves; empty where numbers are given out in blocks on purpose.
std::vector<int> gaps_of(const foreign::ApiType& type) {
  constexpr std::size_t kMostGaps = 3;
  constexpr int kGreatest = 200;
  std::set<int> used;
  for (const auto& member : type.members) used.insert(member.number);
  if (used.size() < 3 || *used.rbegin() > kGreatest) return {};
  std::vector<int> out;
  for (int number = 1; number < *used.rbegin(); ++number) {
    const auto reserved = [&](const std::pair<int, int>& range) { return number >= range.first && number <= range.second; };
    if (!used.contains(number) && std::none_of(type.reserved.begin(), type.reserved.end(), reserved)) out.push_back(number);
  }
  return out.size() <= kMostGaps ? out : std::vector<int>{};
}

}  // namespace

void proto_enum_zero(const foreign::Facts& facts, review::Report& report) {
  std::vector<Hit> hits;
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    if (!is_proto(api) || api.syntax != "proto3") continue;
    for (const auto& type : api.types) {
      if (type.kind != "enum" || type.values.empty()) continue;
      constexpr std::string_view kNothing = " unspecified unknown none invalid default undefined unset null nil empty no ok ";
      if (!says(type.values.front(), kNothing)) hits.push_back({fmt::format("{} = {}", type.name, type.values.front()), type.span});
    }
  }
  if (hits.empty()) return;
  report.add({.severity = Severity::kNote,
              .span = hits.front().span,
              .message = fmt::format("{} a meaning to 0: {}. A field that nobody set reads as that value.",
                                     hits.size() == 1 ? "An enum gives" : fmt::format("{} enums give", hits.size()), first_of(hits)),
              .fix = "Begin enums with `…_UNSPECIFIED = 0`."});
}

void proto_unreserved(const foreign::Facts& facts, review::Report& report) {
  std::vector<Hit> hits;
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    if (!is_proto(api)) continue;
    for (const auto& type : api.types) {
      if (type.kind != "message") continue;
      const auto gaps = gaps_of(type);
      if (!gaps.empty()) hits.push_back({fmt::format("{} {}", type.name, fmt::join(gaps, ", ")), type.span});
    }
  }
  if (hits.empty()) return;
  report.add({.severity = Severity::kNote,
              .span = hits.front().span,
              .message = fmt::format(
                  "Numbers in the middle are neither used nor reserved: {}. If a field was removed there, whoever takes its number next reads old "
                  "data as something else.",
                  first_of(hits)),
              .fix = "Write `reserved` with the number and the name of what was removed."});
}

void proto_required(const foreign::Facts& facts, review::Report& report) {
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    if (!is_proto(api)) continue;
    std::vector<Hit> hits;
    for (const auto& type : api.types) {
      for (const auto& member : type.members) {
        if (member.required) hits.push_back({fmt::format("{}.{}", type.name, member.name), member.span});
      }
    }
    if (hits.empty()) continue;
    report.add({.severity = Severity::kWarning,
                .span = hits.front().span,
                .message = fmt::format("{} `required` for ever: {}. A sender that drops it makes every older reader refuse the whole message.",
                                       hits.size() == 1 ? "A field is" : fmt::format("{} fields are", hits.size()), first_of(hits)),
                .fix = "Write `optional` and check in the service; proto3 and editions have removed `required` for this reason."});
  }
}

void proto_shared_request(const foreign::Facts& facts, review::Report& report) {
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    if (!is_proto(api)) continue;
    std::map<std::string, std::vector<Hit>> by_request;
    for (const auto& operation : api.operations) {
      if (operation.body_type != "Empty") by_request[operation.body_type].push_back({operation.path, operation.span});
    }
    std::vector<Hit> hits;
    for (const auto& [request, users] : by_request) {
      if (users.size() > 1) hits.push_back({fmt::format("{} ({})", request, users.size()), users.front().span});
    }
    if (hits.empty()) continue;
    report.add({.severity = Severity::kNote,
                .span = hits.front().span,
                .message = fmt::format("Several rpcs share a request message: {}. What one of them needs next, all of them take and have to explain.",
                                       first_of(hits)),
                .fix = "Give each rpc a request and a response message of its own, named after it."});
  }
}

void proto_no_message(const foreign::Facts& facts, review::Report& report) {
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    if (!is_proto(api)) continue;
    const auto hits = operations_that(api, [](const ApiFacts&, const foreign::ApiOperation& one) {
      const auto bare = [](const std::string& type) {
        return type == "StringValue" || type == "Int64Value" || type == "Int32Value" || type == "BoolValue" || type == "Struct" || type == "Any";
      };
      // An empty answer to a deletion is the custom; an empty request can never learn a filter.
      return !one.deprecated && (bare(one.body_type) || bare(one.answers.front().type) || one.body_type == "Empty");
    });
    if (hits.empty()) continue;
    report.add({.severity = Severity::kNote,
                .span = hits.front().span,
                .message = fmt::format(
                    "{} a well-known type where a message of {} own belongs: {}. A field can never be added there without breaking callers.",
                    hits.size() == 1 ? "An rpc takes or gives" : fmt::format("{} rpcs take or give", hits.size()), hits.size() == 1 ? "its" : "their",
                    first_of(hits)),
                .fix = "Write an empty message named after the rpc; fields come later without harm."});
  }
}

}  // namespace kingpost::assess::rule
