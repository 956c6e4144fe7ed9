#include <fmt/format.h>

#include <algorithm>

#include "kingpost/assess/rules_api.hpp"

namespace kingpost::assess::rule {
namespace {

using foreign::ApiFacts;
using foreign::ApiOperation;

bool is_plain(std::string_view type) {
  constexpr std::string_view kPlain = " string integer number boolean String Int Float Boolean ID int32 int64 uint32 uint64 bytes bool double float ";
  return type.empty() || kPlain.find(fmt::format(" {} ", type)) != std::string_view::npos;
}

/// Sets that stay small by their nature.
bool stays_small(const ApiFacts& api, const std::string& name, const std::string& type) {
  constexpr std::string_view kSmall =
      " country countries currency currencies language languages locale locales permission permissions role roles scope scopes health status "
      "statuses config "
      "configs configuration settings type types kind kinds region regions zone zones feature features flag flags version versions key keys options "
      "plans category categories enums timezones me limits capabilities methods providers templates ";
  if (says(last_segment(name), kSmall)) return true;
  return std::any_of(api.types.begin(), api.types.end(), [&](const foreign::ApiType& each) { return each.name == type && each.kind == "enum"; });
}

const foreign::ApiAnswer* list_answer(const ApiOperation& operation) {
  const auto* answer = good_answer(operation);
  return answer != nullptr && answer->list ? answer : nullptr;
}

bool reads_list(const ApiFacts& api, const ApiOperation& operation) {
  const auto* answer = list_answer(operation);
  if (answer == nullptr || operation.deprecated || is_plain(answer->item_type)) return false;
  if (operation.method == "RPC") {
    const auto words = words_of(operation.id);
    constexpr std::string_view kLists = " list search find query scan ";
    return !words.empty() && !operation.server_streaming && kLists.find(" " + words.front() + " ") != std::string_view::npos;
  }
  if (operation.method != "GET" && operation.method != "QUERY") return false;
  if (is_by_id(operation) && answer->type != "array") return false;
  return !stays_small(api, operation.path, answer->item_type);
}

bool limits(const ApiOperation& operation) {
  const auto& answer = *list_answer(operation);
  if (answer.limited || answer.paged) return true;
  const auto one = [](const foreign::ApiMember& member) {
    const auto name = folded(member.name);
    // Keys that the caller lists, or a stretch of time that he must name, bound the answer too.
    const bool keys = name == "ids" || (member.list && member.required) || (member.list && name.ends_with("ids"));
    const bool time = member.required && (name.starts_with("start") || name.starts_with("from") || name.starts_with("since"));
    return keys || time || is_limit(leaf(member.name));
  };
  return std::any_of(operation.parameters.begin(), operation.parameters.end(), one) ||
         std::any_of(operation.body.begin(), operation.body.end(), one) ||
         std::any_of(answer.headers.begin(), answer.headers.end(), [](const std::string& header) { return folded(header) == "link"; });
}

}  // namespace

void foreign_unbounded_list(const foreign::Facts& facts, review::Report& report) {
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    const auto all = operations_that(api, reads_list);
    const auto hits = operations_that(
        api, [](const ApiFacts& of, const ApiOperation& one) { return reads_list(of, one) && !one.partly_elsewhere && !limits(one); });
    if (hits.empty()) continue;
    const bool every = hits.size() == all.size();
    report.add(
        {.severity = Severity::kWarning,
         .span = hits.front().span,
         .message = fmt::format(
             "{} of {} that {} records {} no way to say how many: {}. The answer grows with the table until it times out or fills the "
             "memory of the server or the client.",
             hits.size(), counted(all.size(), "operation"), all.size() == 1 ? "lists" : "list", hits.size() == 1 ? "has" : "have", first_of(hits)),
         .fix =
             every
                 ? "Add a `limit` with a default and a maximum, and a cursor to go on from; adding it later breaks clients that count on everything."
                 : "Give them the limit and the cursor that the other lists of this API have."});
  }
}

void foreign_offset_pagination(const foreign::Facts& facts, review::Report& report) {
  const auto by_offset = [](const ApiFacts& api, const ApiOperation& operation) {
    if (list_answer(operation) == nullptr || !reads_list(api, operation)) return false;
    bool offset = false;
    bool cursor = false;
    for (const auto* members : {&operation.parameters, &operation.body}) {
      for (const auto& member : *members) {
        const auto name = folded(leaf(member.name));
        offset =
            offset || name == "offset" || name == "skip" || name == "page" || name == "pagenumber" || name == "startindex" || name == "pageindex";
        cursor = cursor || name.find("cursor") != std::string::npos || name.find("token") != std::string::npos || name.starts_with("starting") ||
                 name == "after" || name == "before" || name == "marker" || name.starts_with("since");
      }
    }
    return offset && !cursor;
  };
  for (const auto* one_api : distinct_apis(facts)) {
    const auto& api = *one_api;
    const auto hits = operations_that(api, by_offset);
    if (hits.empty()) continue;
    report.add(
        {.severity = Severity::kNote,
         .span = hits.front().span,
         .message = fmt::format("{} {} by page number or offset alone: {}. The database reads and drops every row before the page, and a row written "
                                "meanwhile makes clients see one twice or never.",
                                counted(hits.size(), "list"), hits.size() == 1 ? "pages" : "page", first_of(hits)),
         .fix = "Offer a cursor over an order with a unique last column (keyset); keep the offset for small tables, with a greatest value."});
  }
}

}  // namespace kingpost::assess::rule
