#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "kingpost/assess/rules_api.hpp"

namespace kingpost::assess {
namespace {

bool alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
char low(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

}  // namespace

bool says(std::string_view name, std::string_view words) {
  const auto all = words_of(name);
  return std::any_of(all.begin(), all.end(), [&](const std::string& word) { return words.find(" " + word + " ") != std::string_view::npos; });
}

std::string folded(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (alnum(c)) out.push_back(low(c));
  }
  return out;
}

std::string first_of(const std::vector<Hit>& hits, std::size_t shown) {
  std::string out;
  const std::size_t count = std::min(hits.size(), hits.size() == shown + 1 ? shown + 1 : shown);
  for (std::size_t at = 0; at < count; ++at) {
    if (at != 0) out += at + 1 == hits.size() ? " and " : ", ";
    out += "`" + hits[at].name + "`";
  }
  if (hits.size() > count) out += fmt::format(" and {} more", hits.size() - count);
  return out;
}

bool is_http(const foreign::ApiFacts& api) noexcept { return api.kind == foreign::ApiKind::kOpenApi || api.kind == foreign::ApiKind::kSwagger; }

std::string name_of(const foreign::ApiOperation& operation) {
  const bool plain = operation.method == "RPC" || operation.method == "QUERY" || operation.method == "MUTATION" || operation.method == "SUBSCRIPTION";
  return plain ? operation.path : operation.method + " " + operation.path;
}

std::string last_segment(std::string_view path) {
  while (!path.empty()) {
    const auto slash = path.rfind('/');
    const auto part = path.substr(slash == std::string_view::npos ? 0 : slash + 1);
    if (!part.empty() && part.front() != '{') return std::string(part);
    path = path.substr(0, slash == std::string_view::npos ? 0 : slash);
  }
  return {};
}

std::string leaf(std::string_view name) {
  const auto dot = name.rfind('.');
  std::string out(dot == std::string_view::npos ? name : name.substr(dot + 1));
  std::erase_if(out, [](char c) { return c == '[' || c == ']'; });
  return out;
}

bool changes_data(const foreign::ApiOperation& operation) {
  const auto& method = operation.method;
  if (method == "MUTATION" || method == "PUT" || method == "PATCH" || method == "DELETE") return true;
  if (method != "POST") return false;
  // Many APIs ask by POST.
  constexpr std::string_view kReads = " get list search query find validate preview estimate calculate check count lookup export describe fetch ";
  const auto first = words_of(operation.id);
  const bool asks = !first.empty() && kReads.find(" " + first.front() + " ") != std::string_view::npos;
  return !asks && !says(last_segment(operation.path), kReads);
}

bool is_by_id(const foreign::ApiOperation& operation) {
  if (!operation.path.starts_with('/') && operation.method != "WEBHOOK") return false;
  const auto slash = operation.path.rfind('/');
  return slash != std::string::npos && operation.path.substr(slash).starts_with("/{");
}

bool is_meant_for_everyone(const foreign::ApiOperation& operation) {
  constexpr std::string_view kWords =
      " login signin signup register registration token tokens oauth oauth2 auth authenticate authentication session sessions password reset forgot "
      "verify confirm activate health healthz ready live status ping version metrics webhook webhooks callback callbacks openapi docs swagger known "
      "public "
      "jwks captcha logout sso saml authorize introspect revoke invite invitation root index info ";
  return says(operation.path, kWords) || says(operation.id, kWords) || operation.path == "/" || operation.method == "OPTIONS";
}

bool is_limit(std::string_view argument) {
  const auto name = folded(argument);
  constexpr std::string_view kExact =
      " first last top take count max size rows n num number page pagenumber pageno paging pagination maximum pageindex ";
  if (kExact.find(" " + name + " ") != std::string_view::npos) return true;
  for (const char* part : {"limit", "pagesize", "perpage", "maxresults", "maxitems", "maxcount", "resultsperpage", "pagelength", "maxrecords",
                           "numresults", "pagetoken", "cursor"}) {
    if (name.find(part) != std::string::npos) return true;
  }
  return false;
}

const foreign::ApiAnswer* good_answer(const foreign::ApiOperation& operation) {
  for (const auto& answer : operation.answers) {
    if (answer.status.starts_with('2')) return &answer;
  }
  return nullptr;
}

std::vector<const foreign::ApiFacts*> distinct_apis(const foreign::Facts& facts) {
  std::vector<const foreign::ApiFacts*> out;
  std::set<std::string> seen;
  for (const auto& api : facts.apis) {
    std::string content = api.package + "\n" + api.title;
    for (const auto& operation : api.operations) content += "\n" + operation.method + " " + operation.path + " " + operation.body_type;
    for (const auto& type : api.types) content += "\n" + type.name + " " + std::to_string(type.members.size());
    if (api.operations.empty() && api.types.empty()) content += "\n" + api.file;
    if (seen.insert(std::move(content)).second) out.push_back(&api);
  }
  return out;
}

std::vector<Hit> operations_that(const foreign::ApiFacts& api, const OperationTest& test) {
  std::vector<Hit> out;
  for (const auto& operation : api.operations) {
    if (test(api, operation)) out.push_back({name_of(operation), operation.span});
  }
  return out;
}

}  // namespace kingpost::assess
