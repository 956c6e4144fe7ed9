#include "kingpost/mcp/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kingpost::mcp {

namespace {

constexpr std::array<std::string_view, 4> kVersions = {"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"};
constexpr int kParseError = -32700;
constexpr int kInvalidRequest = -32600;
constexpr int kUnknownMethod = -32601;
constexpr int kInvalidParams = -32602;
constexpr int kUnknownResource = -32002;

std::string answer(const std::string& id, const std::string& result) { return fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{}}})", id, result); }

std::string type_of(ArgumentKind kind) {
  switch (kind) {
    case ArgumentKind::kText:
      return R"("type":"string")";
    case ArgumentKind::kBoolean:
      return R"("type":"boolean")";
    case ArgumentKind::kNumber:
      return R"("type":"number")";
    case ArgumentKind::kTexts:
      return R"("type":"array","items":{"type":"string"})";
  }
  return R"("type":"string")";
}

std::string schema_of(const std::vector<Argument>& arguments) {
  std::string members;
  std::string required;
  for (const Argument& argument : arguments) {
    std::string values;
    for (const std::string& value : argument.values) values += (values.empty() ? R"(,"enum":[)" : ",") + json_text(value);
    if (!values.empty()) values += "]";
    members += fmt::format("{}{}:{{{}{},\"description\":{}}}", members.empty() ? "" : ",", json_text(argument.name), type_of(argument.kind), values,
                           json_text(argument.description));
    if (argument.required) required += (required.empty() ? "" : ",") + json_text(argument.name);
  }
  return fmt::format(R"({{"type":"object","properties":{{{}}},"required":[{}],"additionalProperties":false}})", members, required);
}

constexpr std::string_view kOutcomeSchema =
    R"({"type":"object","properties":{"exit_code":{"type":"integer"},"output":{"type":"string"},"notes":{"type":"string"}},)"
    R"("required":["exit_code","output","notes"]})";

std::string list_tools(const Catalogue& catalogue) {
  std::string out = R"({"tools":[)";
  for (const Tool& tool : catalogue.tools) {
    if (out.back() == '}') out += ',';
    out += fmt::format(R"({{"name":{},"title":{},"description":{},"inputSchema":{},"outputSchema":{},)"
                       R"("annotations":{{"title":{},"readOnlyHint":{},"destructiveHint":false,"idempotentHint":true,"openWorldHint":false}}}})",
                       json_text(tool.name), json_text(tool.title), json_text(tool.description), schema_of(tool.arguments), kOutcomeSchema,
                       json_text(tool.title), tool.read_only);
  }
  return out + "]}";
}

std::string list_resources(const Catalogue& catalogue) {
  std::string out = R"({"resources":[)";
  for (const Resource& resource : catalogue.resources) {
    if (out.back() == '}') out += ',';
    out += fmt::format(R"({{"uri":{},"name":{},"description":{},"mimeType":{}}})", json_text(resource.uri), json_text(resource.name),
                       json_text(resource.description), json_text(resource.mime_type));
  }
  return out + "]}";
}

std::string list_prompts(const Catalogue& catalogue) {
  std::string out = R"({"prompts":[)";
  for (const Prompt& prompt : catalogue.prompts) {
    if (out.back() == '}') out += ',';
    std::string arguments;
    for (const Argument& argument : prompt.arguments) {
      arguments += fmt::format(R"({}{{"name":{},"description":{},"required":{}}})", arguments.empty() ? "" : ",", json_text(argument.name),
                               json_text(argument.description), argument.required);
    }
    out += fmt::format(R"({{"name":{},"description":{},"arguments":[{}]}})", json_text(prompt.name), json_text(prompt.description), arguments);
  }
  return out + "]}";
}

/// What is wrong with an argument's value; empty when it fits.
std::string misfit(const Argument& argument, const Json& value) {
  switch (argument.kind) {
    case ArgumentKind::kText:
      if (value.kind != JsonKind::kText) return "must be a string";
      break;
    case ArgumentKind::kBoolean:
      return value.kind == JsonKind::kBoolean ? "" : "must be true or false";
    case ArgumentKind::kNumber:
      return value.kind == JsonKind::kNumber ? "" : "must be a number";
    case ArgumentKind::kTexts:
      if (value.kind != JsonKind::kList) return "must be a list of strings";
      for (const Json& item : value.items) {
        if (item.kind != JsonKind::kText || item.text.find('\0') != std::string::npos) return "must be a list of strings without U+0000";
      }
      return "";
  }
  if (value.text.find('\0') != std::string::npos) return "must not hold U+0000";
  if (argument.values.empty() || std::find(argument.values.begin(), argument.values.end(), value.text) != argument.values.end()) return "";
  return fmt::format("must be one of {}", fmt::join(argument.values, ", "));
}

/// What is wrong with the arguments of a call; empty when they fit the declaration.
std::string misfit(const std::vector<Argument>& declared, const Json& given) {
  if (given.kind != JsonKind::kObject && given.kind != JsonKind::kNull) return "arguments must be an object";
  for (const auto& [name, value] : given.members) {
    const auto found = std::find_if(declared.begin(), declared.end(), [&](const Argument& argument) { return argument.name == name; });
    if (found == declared.end()) return fmt::format("there is no argument `{}`", name);
    if (const std::string why = misfit(*found, value); !why.empty()) return fmt::format("`{}` {}", name, why);
  }
  for (const Argument& argument : declared) {
    if (argument.required && given.find(argument.name) == nullptr) return fmt::format("the argument `{}` is missing", argument.name);
  }
  return {};
}

std::string initialize_result(const Catalogue& catalogue, const Json& parameters) {
  const std::string asked = parameters.text_of("protocolVersion");
  const bool known = std::find(kVersions.begin(), kVersions.end(), asked) != kVersions.end();
  return fmt::format(R"({{"protocolVersion":{},"capabilities":{{"tools":{{}},"resources":{{}},"prompts":{{}}}},)"
                     R"("serverInfo":{{"name":"kingpost","title":"Kingpost, the backend architect","version":{}}},"instructions":{}}})",
                     json_text(known ? asked : kVersions[0]), json_text(catalogue.version), json_text(catalogue.instructions));
}

template <typename Item>
const Item* named(const std::vector<Item>& items, std::string Item::*member, const std::string& name) {
  const auto found = std::find_if(items.begin(), items.end(), [&](const Item& item) { return item.*member == name; });
  return found == items.end() ? nullptr : &*found;
}

}  // namespace

Reaction Session::receive(std::string_view line) {
  const Result<Json> message = parse_json(line);
  if (!message) return {answer_error("null", kParseError, "This line is no JSON: " + message.error().message), {}, {}};
  if (message->kind == JsonKind::kList)
    return {answer_error("null", kInvalidRequest, "Batches are not part of the protocol; send one message a line"), {}, {}};
  const Json* id = message->find("id");
  const std::string method = message->text_of("method");
  if (message->kind != JsonKind::kObject || message->text_of("jsonrpc") != "2.0")
    return {answer_error("null", kInvalidRequest, "A message is an object with \"jsonrpc\": \"2.0\""), {}, {}};
  const bool good_id = id != nullptr && (id->kind == JsonKind::kText || id->kind == JsonKind::kNumber);
  if (method.empty()) {
    // An answer to something that we never asked.
    if (message->find("result") != nullptr || message->find("error") != nullptr) return {};
    return {answer_error(good_id ? id->print() : "null", kInvalidRequest, "The method is missing"), {}, {}};
  }
  const Json* parameters = message->find("params");
  const Json none;
  if (id == nullptr) {
    Reaction out;
    if (method == "notifications/cancelled" && parameters != nullptr) {
      if (const Json* which = parameters->find("requestId")) out.cancel = which->print();
    }
    return out;
  }
  if (!good_id) return {answer_error("null", kInvalidRequest, "An id is a string or a number"), {}, {}};
  return request(id->print(), method, parameters == nullptr ? none : *parameters);
}

Reaction Session::request(const std::string& id, const std::string& method, const Json& parameters) {
  if (method == "initialize") {
    initialized_ = true;
    return {answer(id, initialize_result(*catalogue_, parameters)), {}, {}};
  }
  if (method == "ping") return {answer(id, "{}"), {}, {}};
  if (!initialized_) return {answer_error(id, kInvalidRequest, "Send initialize first"), {}, {}};
  if (method == "tools/list") return {answer(id, list_tools(*catalogue_)), {}, {}};
  if (method == "tools/call") return call_tool(id, parameters);
  if (method == "resources/list") return {answer(id, list_resources(*catalogue_)), {}, {}};
  if (method == "resources/templates/list") return {answer(id, R"({"resourceTemplates":[]})"), {}, {}};
  if (method == "prompts/list") return {answer(id, list_prompts(*catalogue_)), {}, {}};
  if (method == "resources/read") {
    const Resource* resource = named(catalogue_->resources, &Resource::uri, parameters.text_of("uri"));
    if (resource == nullptr) return {answer_error(id, kUnknownResource, "There is no such resource; ask resources/list"), {}, {}};
    return {answer(id, fmt::format(R"({{"contents":[{{"uri":{},"mimeType":{},"text":{}}}]}})", json_text(resource->uri),
                                   json_text(resource->mime_type), json_text(resource->read()))),
            {},
            {}};
  }
  if (method == "prompts/get") {
    const Prompt* prompt = named(catalogue_->prompts, &Prompt::name, parameters.text_of("name"));
    if (prompt == nullptr) return {answer_error(id, kInvalidParams, "There is no such prompt; ask prompts/list"), {}, {}};
    const Json* given = parameters.find("arguments");
    const Json arguments = given == nullptr ? Json{} : *given;
    if (const std::string why = misfit(prompt->arguments, arguments); !why.empty()) return {answer_error(id, kInvalidParams, why), {}, {}};
    return {answer(id, fmt::format(R"({{"description":{},"messages":[{{"role":"user","content":{{"type":"text","text":{}}}}}]}})",
                                   json_text(prompt->description), json_text(prompt->text(arguments)))),
            {},
            {}};
  }
  return {answer_error(id, kUnknownMethod, fmt::format("There is no method {}", method)), {}, {}};
}

Reaction Session::call_tool(const std::string& id, const Json& parameters) const {
  const Tool* tool = named(catalogue_->tools, &Tool::name, parameters.text_of("name"));
  if (tool == nullptr) return {answer_error(id, kInvalidParams, "There is no such tool; ask tools/list"), {}, {}};
  const Json* given = parameters.find("arguments");
  Json arguments = given == nullptr ? Json{} : *given;
  if (const std::string why = misfit(tool->arguments, arguments); !why.empty()) return {answer_error(id, kInvalidParams, why), {}, {}};
  return {{}, Call{id, tool, std::move(arguments)}, {}};
}

std::string answer_call(const std::string& id, const Outcome& outcome) {
  const bool failed = outcome.exit_code != 0 && outcome.exit_code != 1;
  std::string content;
  for (const std::string* text : {&outcome.output, &outcome.notes}) {
    if (!text->empty()) content += fmt::format(R"({}{{"type":"text","text":{}}})", content.empty() ? "" : ",", json_text(*text));
  }
  if (content.empty())
    content = fmt::format(R"({{"type":"text","text":{}}})", json_text(failed ? "It failed and said nothing." : "Done; nothing to say."));
  return answer(id, fmt::format(R"({{"content":[{}],"structuredContent":{{"exit_code":{},"output":{},"notes":{}}},"isError":{}}})", content,
                                outcome.exit_code, json_text(outcome.output), json_text(outcome.notes), failed));
}

std::string answer_error(const std::string& id, int code, std::string_view message) {
  return fmt::format(R"({{"jsonrpc":"2.0","id":{},"error":{{"code":{},"message":{}}}}})", id, code, json_text(message));
}

}  // namespace kingpost::mcp
