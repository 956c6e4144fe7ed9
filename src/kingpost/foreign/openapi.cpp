#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "kingpost/foreign/foreign.hpp"
#include "kingpost/foreign/openapi_schema.hpp"

namespace kingpost::foreign {
namespace {

constexpr std::size_t kMaxOperations = 20'000;
constexpr std::array<std::string_view, 8> kMethods{"get", "put", "post", "delete", "options", "head", "patch", "trace"};

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

/// Letters and digits only, lower case: `List_Items` and `listItems` are the same word.
std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) out.push_back(static_cast<char>(std::tolower(byte)));
  }
  return out;
}

bool is_wrapper(const std::string& member, std::string_view path) {
  static constexpr std::array<std::string_view, 18> kWords{"items",  "data",    "results",   "result",  "records",  "entries",
                                                           "values", "list",    "rows",      "content", "edges",    "nodes",
                                                           "hits",   "objects", "resources", "value",   "elements", "collection"};
  const auto name = folded(member);
  if (std::find(kWords.begin(), kWords.end(), name) != kWords.end()) return true;
  while (path.ends_with('/')) path.remove_suffix(1);
  const auto last = folded(path.substr(path.rfind('/') + 1));
  return !name.empty() && last.ends_with(name);
}

bool tells_next_page(const std::string& member) {
  const auto name = folded(member.substr(member.rfind('.') + 1));
  return name.starts_with("next") || name == "hasmore" || name.ends_with("cursor") || name.ends_with("pagetoken") || name == "totalpages" ||
         name == "pagination" || name == "links" || name == "paging" || name == "pageinfo";
}

class OpenApiReader {
 public:
  OpenApiReader(const Value& root, const File& file, ApiFacts& facts) : root_(root), file_(file.index), schemas_(root, file.index), facts_(facts) {}

  void read() {
    swagger_ = root_.has("swagger");
    facts_.kind = swagger_ ? ApiKind::kSwagger : ApiKind::kOpenApi;
    facts_.syntax = root_.text_of(swagger_ ? "swagger" : "openapi");
    facts_.title = root_["info"].text_of("title");
    facts_.version = root_["info"].text_of("version");
    facts_.span = root_.members.empty() ? root_.span(file_) : root_.members.front().span(file_);
    servers();
    security_schemes();
    for (const auto& path : root_["paths"].members) path_item(path.name, path.value, false);
    for (const auto& hook : root_["webhooks"].members) path_item(hook.name, hook.value, true);
    types();
    facts_.references_elsewhere = schemas_.references_elsewhere();
  }

 private:
  void servers() {
    if (!swagger_) {
      for (const auto& server : root_["servers"].items) facts_.servers.push_back({server.text_of("url"), server["url"].span(file_)});
      return;
    }
    const auto& host = root_.text_of("host");
    const auto& base = root_.text_of("basePath");
    for (const auto& scheme : root_["schemes"].items) {
      facts_.servers.push_back({fmt::format("{}://{}{}", scheme.text, host.empty() ? "localhost" : host, base), scheme.span(file_)});
    }
    if (root_["schemes"].items.empty() && !(host + base).empty()) {
      facts_.servers.push_back({host.empty() ? base : fmt::format("//{}{}", host, base), root_[host.empty() ? "basePath" : "host"].span(file_)});
    }
  }

  void security_schemes() {
    const auto& schemes = swagger_ ? root_["securityDefinitions"] : root_["components"]["securitySchemes"];
    for (const auto& each : schemes.members) {
      const auto& scheme = schemas_.follow(each.value);
      ApiSecurityScheme out{each.name, scheme.text_of("type"), scheme.text_of("in"), scheme.text_of("scheme"), {}, each.span(file_)};
      for (const auto& flow : scheme["flows"].members) out.flows.push_back(flow.name);
      if (!scheme.text_of("flow").empty()) out.flows.push_back(scheme.text_of("flow"));
      facts_.security.push_back(std::move(out));
    }
  }

  void path_item(const std::string& path, const Value& written, bool webhook) {
    const std::size_t before = schemas_.references_elsewhere();
    const auto& item = schemas_.follow(written);
    const bool elsewhere = schemas_.references_elsewhere() != before;
    for (const auto& each : item.members) {
      if (std::find(kMethods.begin(), kMethods.end(), each.name) == kMethods.end() || facts_.operations.size() >= kMaxOperations) continue;
      const std::size_t count = schemas_.references_elsewhere();
      const auto& body = schemas_.follow(each.value);
      if (!body.is_map()) continue;
      ApiOperation out;
      out.method = webhook ? "WEBHOOK" : upper(each.name);
      out.path = path;
      out.id = body.text_of("operationId");
      out.deprecated = body["deprecated"].is_true();
      out.span = each.span(file_);
      guard(body, out);
      parameters(item["parameters"], out);
      parameters(body["parameters"], out);
      if (!swagger_) request_body(schemas_.follow(body["requestBody"])["content"], out);
      for (const auto& answer : body["responses"].members) answer_of(answer, out);
      out.partly_elsewhere = elsewhere || schemas_.references_elsewhere() != count || refers_out(body);
      facts_.operations.push_back(std::move(out));
    }
  }

  /// A reference to another file is counted once, so operations that share it are asked themselves.
  static bool refers_out(const Value& value, std::size_t depth = 0) {
    const auto& reference = value.text_of("$ref");
    if (!reference.empty() && reference[0] != '#') return true;
    if (depth > 5) return false;
    return std::any_of(value.items.begin(), value.items.end(), [&](const Value& item) { return refers_out(item, depth + 1); }) ||
           std::any_of(value.members.begin(), value.members.end(), [&](const Member& member) { return refers_out(member.value, depth + 1); });
  }

  void guard(const Value& body, ApiOperation& out) const {
    const auto& security = body.has("security") ? body["security"] : root_["security"];
    const bool optional = std::any_of(security.items.begin(), security.items.end(), [](const Value& one) { return one.members.empty(); });
    out.secured = !security.items.empty() && !optional;
    out.explicitly_public = body.has("security") && !out.secured;
  }

  void parameters(const Value& list, ApiOperation& out) {
    for (const auto& written : list.items) {
      const auto& parameter = schemas_.follow(written);
      if (!parameter.is_map()) continue;
      const auto& place = parameter.text_of("in");
      if (place == "body") {
        body_schema(parameter["schema"], out);
        continue;
      }
      const auto& content = parameter["content"].members;
      const auto& schema = swagger_ ? parameter : content.empty() ? parameter["schema"] : content.front().value["schema"];
      auto member = schemas_.member(parameter.text_of("name"), schema, parameter["name"].span(file_));
      member.place = place == "formData" ? "form" : place;
      member.required = parameter["required"].is_true();
      const auto name = folded(member.name);
      const bool key = name == "authorization" || name == "apikey" || name == "xapikey" || name == "accesstoken" || name == "xauthtoken";
      if (key && !out.secured && place != "path") {
        out.secured = true;
        out.explicitly_public = false;
      }
      (place == "formData" ? out.body : out.parameters).push_back(std::move(member));
    }
  }

  void body_schema(const Value& schema, ApiOperation& out) {
    schemas_.reach(schema, in_request_);
    out.body_type = SchemaReader::name_of(schema);
    auto members = schemas_.members_of(schema);
    if (members.empty()) {
      auto whole = schemas_.member("body", schema, schema.span(file_));
      if (out.body_type.empty()) out.body_type = whole.type;
      if (whole.list) members.push_back(std::move(whole));
    }
    std::move(members.begin(), members.end(), std::back_inserter(out.body));
  }

  void request_body(const Value& content, ApiOperation& out) {
    if (content.members.empty()) return;
    const auto json =
        std::find_if(content.members.begin(), content.members.end(), [](const Member& type) { return type.name.find("json") != std::string::npos; });
    body_schema((json == content.members.end() ? content.members.front() : *json).value["schema"], out);
  }

  void answer_of(const Member& written, ApiOperation& out) {
    const auto& answer = schemas_.follow(written.value);
    if (written.name.starts_with("x-")) return;
    ApiAnswer fact;
    fact.status = upper(written.name) == "DEFAULT" ? "default" : upper(written.name);
    fact.span = written.span(file_);
    for (const auto& header : answer["headers"].members) fact.headers.push_back(header.name);
    const Value* schema = &answer["schema"];
    for (const auto& type : answer["content"].members) {
      if (schema->is_map() && type.name.find("json") == std::string::npos) continue;
      schema = &type.value["schema"];
    }
    fact.has_body = schema->is_map();
    if (fact.has_body) describe(*schema, fact, out);
    out.answers.push_back(std::move(fact));
  }

  void describe(const Value& schema, ApiAnswer& fact, const ApiOperation& out) {
    const bool good = fact.status.starts_with('2') || fact.status == "default";
    const bool reads = out.method == "GET" || out.method == "HEAD";
    schemas_.reach(schema, in_response_);
    if (good && reads) schemas_.reach(schema, in_read_);
    fact.type = SchemaReader::name_of(schema);
    if (!good) return;
    const auto whole = schemas_.member("body", schema, fact.span);
    if (fact.type.empty()) fact.type = whole.type;
    if (whole.list) {
      fact.list = true;
      fact.limited = whole.limited;
      fact.item_type = whole.item_type;
      return;
    }
    const auto members = schemas_.members_of(schema);
    for (const auto& member : members) {
      if (tells_next_page(member.name)) fact.paged = true;
      if (!member.list || fact.list || member.name.find('.') != std::string::npos || !is_wrapper(member.name, out.path)) continue;
      fact.list = true;
      fact.limited = member.limited;
      fact.item_type = member.item_type;
    }
    // Objects without a name would be known to nobody else.
    if (SchemaReader::name_of(schema).empty() && !members.empty() && reads) {
      ApiType type;
      type.name = fmt::format("the answer of {} {}", out.method, out.path);
      type.kind = "object";
      type.members = members;
      type.used_in_response = type.used_in_read = true;
      type.span = schema.span(file_);
      facts_.types.push_back(std::move(type));
    }
  }

  void types() {
    const auto& named = swagger_ ? root_["definitions"] : root_["components"]["schemas"];
    for (const auto& each : named.members) {
      const auto& schema = schemas_.follow(each.value);
      ApiType type;
      type.name = each.name;
      type.span = each.span(file_);
      type.kind = schema.has("enum") ? "enum" : "object";
      for (const auto& value : schema["enum"].items) type.values.push_back(value.text);
      type.open = schema["additionalProperties"].text != "false";
      type.used_in_request = in_request_.contains(&schema);
      type.used_in_response = in_response_.contains(&schema);
      type.used_in_read = in_read_.contains(&schema);
      type.members = schemas_.members_of(schema);
      facts_.types.push_back(std::move(type));
    }
  }

  const Value& root_;
  FileIndex file_;
  SchemaReader schemas_;
  ApiFacts& facts_;
  bool swagger_ = false;
  std::unordered_set<const Value*> in_request_;
  std::unordered_set<const Value*> in_response_;
  std::unordered_set<const Value*> in_read_;
};

}  // namespace

ApiFacts read_openapi(const File& file, Diagnostics& diagnostics) {
  ApiFacts facts;
  facts.file = file.path;
  const Value root = read_json_or_yaml(file.text, file.index, diagnostics);
  if (!root.is_map()) return facts;
  OpenApiReader(root, file, facts).read();
  if (facts.references_elsewhere != 0) {
    refuse(diagnostics, file.index, 1, 1,
           fmt::format("{} references of this description lead to other files; what stands there was not read.", facts.references_elsewhere));
  }
  return facts;
}

}  // namespace kingpost::foreign
