#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "kingpost/assess/rules_api.hpp"

namespace kingpost::assess::rule {
namespace {

using foreign::ApiFacts;
using foreign::ApiKind;
using foreign::ApiOperation;
using foreign::ApiType;

constexpr std::size_t kFewOperations = 5;

bool tells_errors(const ApiOperation& operation) {
  return std::any_of(operation.answers.begin(), operation.answers.end(), [](const foreign::ApiAnswer& answer) {
    return answer.status.starts_with('4') || answer.status.starts_with('5') || answer.status == "default";
  });
}

bool is_called(const ApiOperation& operation) { return operation.method != "WEBHOOK" && !operation.deprecated && !operation.partly_elsewhere; }

}  // namespace

void foreign_error_undeclared(const foreign::Facts& facts, review::Report& report) {
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    if (!is_http(api)) continue;
    const auto all = operations_that(api, [](const ApiFacts&, const ApiOperation& one) { return is_called(one); });
    const auto hits = operations_that(api, [](const ApiFacts&, const ApiOperation& one) { return is_called(one) && !tells_errors(one); });
    if (!hits.empty()) {
      report.add(
          {.severity = 2 * hits.size() > all.size() ? Severity::kWarning : Severity::kNote,
           .span = hits.front().span,
           .message = fmt::format("{} of {} {} success only: {}. Generated clients have no type for a failure, and each team guesses another one.",
                                  hits.size(), counted(all.size(), "operation"), hits.size() == 1 ? "declares" : "declare", first_of(hits)),
           .fix = "Declare one error body (RFC 9457 problem+json) and refer to it from 400, 401, 403, 404, 409 and 429 wherever they can happen, or "
                  "from `default`."});
      continue;
    }
    const auto silent = operations_that(api, [](const ApiFacts&, const ApiOperation& one) {
      const auto refuses = [](const foreign::ApiAnswer& answer) {
        return answer.status == "401" || answer.status == "403" || answer.status == "4XX" || answer.status == "default";
      };
      return is_called(one) && one.secured && std::none_of(one.answers.begin(), one.answers.end(), refuses);
    });
    if (silent.size() < 2) continue;
    report.add({.severity = Severity::kNote,
                .span = silent.front().span,
                .message = fmt::format(
                    "{} that ask for credentials declare neither 401 nor 403: {}. Clients cannot tell \"log in again\" from \"you may not\".",
                    counted(silent.size(), "operation"), first_of(silent)),
                .fix = "Declare 401 (who are you) and 403 (you may not) with the error body that the other answers have."});
  }
}

void foreign_unbounded_field(const foreign::Facts& facts, review::Report& report) {
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    if (!is_http(api)) continue;
    std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
    std::vector<Hit> lists;
    std::size_t texts = 0;
    std::size_t all_texts = 0;
    std::size_t all_lists = 0;
    for (const auto& operation : api.operations) {
      if (!changes_data(operation) || operation.method == "WEBHOOK") continue;
      for (const auto& member : operation.body) {
        if (member.read_only || !seen.emplace(member.span.line, member.span.column).second) continue;
        if (member.type == "string") {
          ++all_texts;
          texts += member.bounded ? 0 : 1;
        } else if (member.list) {
          ++all_lists;
          if (!member.bounded) lists.push_back({fmt::format("{}: {}", name_of(operation), member.name), member.span});
        }
      }
    }
    if (lists.empty() || texts + lists.size() < 3) continue;
    report.add(
        {.severity = Severity::kNote,
         .span = lists.front().span,
         .message = fmt::format(
             "Request bodies take {} of {} lists and {} of {} texts at any length, among them {}. One caller's request of many megabytes is work "
             "for the parser, the memory and the database.",
             lists.size(), all_lists, texts, all_texts, first_of(lists)),
         .fix = "Write `maxItems` and `maxLength` as large as people need, have the server check them, and bound the body as a whole."});
  }
}

void foreign_closed_enum(const foreign::Facts& facts, review::Report& report) {
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    if (!is_http(api)) continue;
    std::vector<Hit> hits;
    std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
    for (const auto& type : api.types) {
      if (!type.used_in_response) continue;
      for (const auto& member : type.members) {
        constexpr std::string_view kGrowing = " status state type kind reason method provider category event brand channel source ";
        if (!member.closed_enum || !says(leaf(member.name), kGrowing) || !seen.emplace(member.span.line, member.span.column).second) continue;
        hits.push_back({fmt::format("{}.{}", type.name, member.name), member.span});
      }
    }
    if (hits.size() < 3) continue;
    report.add(
        {.severity = Severity::kNote,
         .span = hits.front().span,
         .message = fmt::format(
             "{} in answers are closed lists of values that are likely to grow: {}. Generated clients fail on the first value they do not know, so "
             "a new one is a breaking change.",
             counted(hits.size(), "member"), first_of(hits)),
         .fix =
             "Say that clients must accept unknown values (and generate them so), or write the values as examples of a string instead of an enum."});
  }
}

namespace {

/// `v1`, `/2.0/`, `2024-01-01` in an address.
bool names_version(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool begins = at == 0 || text[at - 1] == '/' || text[at - 1] == '.' || text[at - 1] == '-' || text[at - 1] == '_' || text[at - 1] == '{';
    if (!begins) continue;
    const auto digit = [&](std::size_t from) { return from < text.size() && std::isdigit(static_cast<unsigned char>(text[from])) != 0; };
    if ((text[at] == 'v' || text[at] == 'V') && digit(at + 1)) return true;
    if (at > 0 && text[at - 1] == '/' && digit(at) && (at + 1 == text.size() || text[at + 1] == '.' || text[at + 1] == '/')) return true;
    if (text.substr(at).starts_with("version") || text.substr(at).starts_with("apiVersion")) return true;
    if (digit(at) && digit(at + 3) && at + 4 < text.size() && text[at + 4] == '-') return true;
  }
  return false;
}

bool has_version(const ApiFacts& api) {
  const auto server = [](const foreign::ApiServer& one) { return names_version(one.url); };
  const auto operation = [](const ApiOperation& one) {
    const auto header = [](const foreign::ApiMember& member) { return says(member.name, " version apiversion ") && member.place != "path"; };
    return names_version(one.path) || std::any_of(one.parameters.begin(), one.parameters.end(), header);
  };
  return std::any_of(api.servers.begin(), api.servers.end(), server) || std::any_of(api.operations.begin(), api.operations.end(), operation);
}

}  // namespace

void foreign_no_version(const foreign::Facts& facts, review::Report& report) {
  std::set<std::string> packages;
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    if (is_http(api)) {
      if (api.operations.size() < kFewOperations || has_version(api)) continue;
      report.add(
          {.severity = Severity::kNote,
           .span = api.servers.empty() ? api.span : api.servers.front().span,
           .message = fmt::format(
               "No address, header or parameter of {} operations names a version: the first change that clients cannot take has no place beside "
               "what they use.",
               api.operations.size()),
           .fix = "Name the version before the first client depends on it: `/v1` in the address, or a header with a default that is pinned per "
                  "client."});
    } else if (api.kind == ApiKind::kProto && !api.operations.empty() && api.version.empty() && packages.insert(api.package).second) {
      report.add(
          {.severity = Severity::kNote,
           .span = api.operations.front().span,
           .message = api.package.empty()
                          ? "Services stand in no package: their names collide with everybody else's, and no second version can live beside them."
                          : fmt::format("The package `{}` of {} names no version: an incompatible change has no place beside what clients use.",
                                        api.package, counted(api.operations.size(), "rpc")),
           .fix = "Put the version last in the package's name, such as `shop.orders.v1`."});
    }
  }
}

namespace {

struct MemberRule {
  Severity severity;
  const char* what;
  const char* why;
  const char* fix;
};

using MemberTest = bool (*)(const ApiFacts&, const ApiType&, const foreign::ApiMember&);

/// Members of named types, each place once, told together a file.
void members_that(const foreign::Facts& facts, review::Report& report, MemberTest test, const MemberRule& words) {
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    std::vector<Hit> hits;
    std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
    for (const auto& type : api.types) {
      for (const auto& member : type.members) {
        if (member.deprecated || !test(api, type, member) || !seen.emplace(member.span.line, member.span.column).second) continue;
        hits.push_back({fmt::format("{}.{}", type.name, member.name), member.span});
      }
    }
    if (hits.empty()) continue;
    report.add({.severity = words.severity,
                .span = hits.front().span,
                .message = fmt::format("{} {}: {}. {}", counted(hits.size(), "member"),
                                       fmt::format(fmt::runtime(words.what), hits.size() == 1 ? "s" : ""), first_of(hits), words.why),
                .fix = words.fix});
  }
}

bool is_count(std::string_view name) {
  return says(name, " count counts total number num size percent rate ratio limit page seconds minutes days ms score ");
}

bool is_binary_fraction(const ApiFacts& api, const foreign::ApiMember& member) {
  if (api.kind == ApiKind::kGraphql) return member.type == "Float";
  if (api.kind == ApiKind::kProto) return member.type == "double" || member.type == "float";
  return member.type == "number" && (member.format == "float" || member.format == "double");
}

}  // namespace

void foreign_float_money(const foreign::Facts& facts, review::Report& report) {
  const auto test = [](const ApiFacts& api, const ApiType&, const foreign::ApiMember& member) {
    constexpr std::string_view kMoney = " price amount cost fee balance tax salary total subtotal discount payment money refund prices ";
    const auto name = leaf(member.name);
    const bool other = says(name, " percent percentage rate ratio count score weight factor multiplier tokens hours seconds ");
    return is_binary_fraction(api, member) && says(name, kMoney) && !other;
  };
  members_that(
      facts, report, test,
      {Severity::kWarning, "hold{} money in binary fractions", "0.10 has no such fraction: sums drift by cents, and equal amounts compare unequal.",
       "Send amounts as whole minor units with a currency, or as decimal text."});
}

void foreign_int32_key(const foreign::Facts& facts, review::Report& report) {
  const auto test = [](const ApiFacts& api, const ApiType& type, const foreign::ApiMember& member) {
    constexpr std::string_view kSmall = " country currency language status type category role region locale state zone color process pid page line ";
    const auto name = leaf(member.name);
    const auto words = words_of(name);
    const bool key = !words.empty() && words.back() == "id" && !says(name, kSmall) && !is_count(name) && !says(type.name, kSmall);
    const bool narrow = api.kind == ApiKind::kGraphql ? member.type == "Int"
                        : api.kind == ApiKind::kProto ? member.type == "int32" || member.type == "uint32"
                                                      : member.format == "int32";
    return key && narrow;
  };
  members_that(facts, report, test,
               {Severity::kNote, "give{} keys 32 bits",
                "They end at 2.1 billion, and the type stands in every client; a counted key also tells strangers how many there are.",
                "Make keys strings (opaque to clients) or 64 bits wide before they spread."});
}

void foreign_naive_timestamp(const foreign::Facts& facts, review::Report& report) {
  const auto test = [](const ApiFacts& api, const ApiType&, const foreign::ApiMember& member) {
    const auto words = words_of(leaf(member.name));
    if (words.size() < 2 || member.list) return false;
    const bool moment = words.back() == "at" && (words[words.size() - 2].ends_with("ed") || words[words.size() - 2] == "expires" ||
                                                 words[words.size() - 2] == "starts" || words[words.size() - 2] == "ends");
    if (!moment && words.back() != "timestamp") return false;
    if (api.kind == ApiKind::kGraphql) return member.type == "String";
    if (api.kind == ApiKind::kProto) return member.type == "string";
    return member.type == "string" && member.format.empty() && !member.bounded;
  };
  members_that(facts, report, test,
               {Severity::kNote, "hold{} a moment as a text without a format", "Each producer writes another zone and form, and nothing checks them.",
                "Declare `format: date-time` (RFC 3339, with a zone); in protobuf google.protobuf.Timestamp, in GraphQL a DateTime scalar."});
}

}  // namespace kingpost::assess::rule
