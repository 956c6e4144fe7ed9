#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "kingpost/assess/rules_api.hpp"

namespace kingpost::assess::rule {
namespace {

using foreign::ApiFacts;
using foreign::ApiMember;
using foreign::ApiType;

using Index = std::map<std::string, const ApiType*>;

Index objects_of(const ApiFacts& api) {
  Index out;
  for (const auto& type : api.types) {
    if (type.kind == "object" || type.kind == "interface") out.emplace(type.name, &type);
  }
  return out;
}

const std::string& target_of(const ApiMember& member) { return member.list ? member.item_type : member.type; }

/// What a page holds is bounded where the page is asked for.
bool is_page(const std::string& type) {
  for (const char* ending : {"Connection", "Edge", "Page", "Payload", "Result", "Results", "Collection"}) {
    if (type.ends_with(ending)) return true;
  }
  return false;
}

bool is_unlimited(const ApiMember& member, const Index& objects) {
  const bool list = (member.list && objects.contains(member.item_type)) || member.type.ends_with("Connection");
  return list && !member.limited && !member.deprecated && std::none_of(member.arguments.begin(), member.arguments.end(), is_limit);
}

/// The types on a shortest way from `from` back to `to`, both included; empty when there is none.
std::vector<std::string> way_back(const Index& objects, const std::string& from, const std::string& to) {
  std::map<std::string, std::string> before{{from, ""}};
  std::vector<std::string> waiting{from};
  for (std::size_t at = 0; at < waiting.size(); ++at) {
    if (waiting[at] == to) {
      std::vector<std::string> way;
      for (std::string step = to; !step.empty(); step = before[step]) way.insert(way.begin(), step);
      return way;
    }
    for (const auto& member : objects.at(waiting[at])->members) {
      const auto& next = target_of(member);
      if (objects.contains(next) && before.emplace(next, waiting[at]).second) waiting.push_back(next);
    }
  }
  return {};
}

}  // namespace

void graphql_cost(const foreign::Facts& facts, review::Report& report) {
  constexpr std::size_t kMostLooked = 400;
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    if (api.kind != foreign::ApiKind::kGraphql) continue;
    const auto objects = objects_of(api);
    std::vector<Hit> hits;
    std::vector<std::string> shortest;
    std::size_t looked = 0;
    for (const auto& type : api.types) {
      if (!objects.contains(type.name) || is_page(type.name) || !type.used_in_read) continue;
      for (const auto& member : type.members) {
        if (!is_unlimited(member, objects) || ++looked > kMostLooked) continue;
        auto way = way_back(objects, target_of(member), type.name);
        if (way.empty()) continue;
        hits.push_back({fmt::format("{}.{}", type.name, member.name), member.span});
        way.insert(way.begin(), type.name);
        if (shortest.empty() || way.size() < shortest.size()) shortest = std::move(way);
      }
    }
    if (hits.empty()) continue;
    report.add({.severity = Severity::kWarning,
                .span = hits.front().span,
                .message = fmt::format(
                    "{} without a limit lead{} back to where {}: {}. Each turn of the circle multiplies the rows, so a query of a few lines reads "
                    "the whole database.",
                    counted(hits.size(), "list"), hits.size() == 1 ? "s" : "", hits.size() == 1 ? "it starts" : "they start", first_of(hits)),
                .fix = "Page these lists (`first` with a maximum), and refuse queries by depth and by cost before they run.",
                .evidence = fmt::format("shortest way back: {}", fmt::join(shortest, " → "))});
  }
}

void graphql_scalar_mutation(const foreign::Facts& facts, review::Report& report) {
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    if (api.kind != foreign::ApiKind::kGraphql) continue;
    const auto all = operations_that(api, [](const ApiFacts&, const foreign::ApiOperation& one) { return one.method == "MUTATION"; });
    const auto hits = operations_that(api, [](const ApiFacts&, const foreign::ApiOperation& one) {
      if (one.method != "MUTATION" || one.deprecated || says(one.id, " login logout signin signup auth token upload track log ")) return false;
      const auto& type = one.answers.front().type;
      return type == "Boolean" || type == "String" || type == "Int" || type == "Void";
    });
    if (hits.empty()) continue;
    report.add({.severity = Severity::kNote,
                .span = hits.front().span,
                .message = fmt::format(
                    "{} of {} {} a bare scalar: {}. Clients cannot refresh what changed, and there is no place to tell why something was refused.",
                    hits.size(), counted(all.size(), "mutation"), hits.size() == 1 ? "answers with" : "answer with", first_of(hits)),
                .fix = "Answer with a payload type of the mutation's own: the changed object and a list of the user's errors."});
  }
}

void graphql_untyped(const foreign::Facts& facts, review::Report& report) {
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    if (api.kind != foreign::ApiKind::kGraphql) continue;
    std::vector<Hit> hits;
    for (const auto& type : api.types) {
      if (type.kind != "input") continue;
      for (const auto& member : type.members) {
        constexpr std::string_view kAny = " json jsonobject any object map ";
        if (kAny.find(" " + folded(target_of(member)) + " ") != std::string_view::npos)
          hits.push_back({fmt::format("{}.{}", type.name, member.name), member.span});
      }
    }
    if (hits.empty()) continue;
    report.add({.severity = Severity::kNote,
                .span = hits.front().span,
                .message = fmt::format("{} of inputs take anything: {}. Nothing checks their depth, size or names, and no client knows what to send.",
                                       counted(hits.size(), "member"), first_of(hits)),
                .fix = "Write an input type (with `@oneOf` where there are variants), or bound depth and size where the scalar is read."});
  }
}

}  // namespace kingpost::assess::rule
