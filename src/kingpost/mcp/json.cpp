#include "kingpost/mcp/json.hpp"

#include <simdjson.h>

#include "kingpost/base/text.hpp"

namespace kingpost::mcp {

namespace {

using simdjson::dom::element_type;

Json copy(const simdjson::dom::element& element) {
  Json out;
  switch (element.type()) {
    case element_type::NULL_VALUE:
      break;
    case element_type::BOOL:
      out.kind = JsonKind::kBoolean;
      out.text = bool(element) ? "true" : "false";
      break;
    case element_type::STRING:
      out.kind = JsonKind::kText;
      out.text = std::string_view(element);
      break;
    case element_type::INT64:
    case element_type::UINT64:
    case element_type::DOUBLE:
      out.kind = JsonKind::kNumber;
      out.text = simdjson::minify(element);
      break;
    case element_type::ARRAY:
      out.kind = JsonKind::kList;
      for (const simdjson::dom::element item : simdjson::dom::array(element)) out.items.push_back(copy(item));
      break;
    case element_type::OBJECT:
      out.kind = JsonKind::kObject;
      for (const auto& [key, value] : simdjson::dom::object(element)) out.members.push_back({std::string(key), copy(value)});
      break;
  }
  return out;
}

}  // namespace

const Json* Json::find(std::string_view name) const noexcept {
  for (const auto& [key, value] : members) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::string Json::text_of(std::string_view name) const {
  const Json* value = find(name);
  return value != nullptr && value->kind == JsonKind::kText ? value->text : std::string();
}

std::string Json::print() const {
  switch (kind) {
    case JsonKind::kNull:
      return "null";
    case JsonKind::kBoolean:
    case JsonKind::kNumber:
      return text;
    case JsonKind::kText:
      return json_text(text);
    case JsonKind::kList: {
      std::string out = "[";
      for (const Json& item : items) out += (out.size() > 1 ? "," : "") + item.print();
      return out + "]";
    }
    case JsonKind::kObject: {
      std::string out = "{";
      for (const auto& [key, value] : members) out += (out.size() > 1 ? "," : "") + json_text(key) + ":" + value.print();
      return out + "}";
    }
  }
  return "null";
}

Result<Json> parse_json(std::string_view text) {
  try {
    simdjson::dom::parser parser;
    simdjson::dom::element element;
    if (const auto code = parser.allocate(text.size() + 1, kMaxJsonDepth); code != simdjson::SUCCESS)
      return fail(ErrorKind::kResourceExhausted, "parse", simdjson::error_message(code));
    const simdjson::padded_string padded(text);
    if (const auto code = parser.parse(padded).get(element); code != simdjson::SUCCESS)
      return fail(ErrorKind::kInvalidArgument, "parse", simdjson::error_message(code));
    return copy(element);
  } catch (const simdjson::simdjson_error& error) {
    return fail(ErrorKind::kInvalidArgument, "parse", error.what());
  }
}

std::string json_text(std::string_view text) {
  std::string out;
  if (valid_utf8(text)) {
    append_json_string(out, text);
    return out;
  }
  std::string mended;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 1;
    while (length <= 4 && at + length <= text.size() && !valid_utf8(text.substr(at, length))) ++length;
    if (length <= 4 && at + length <= text.size()) {
      mended += text.substr(at, length);
      at += length;
    } else {
      mended += "\xEF\xBF\xBD";
      ++at;
    }
  }
  append_json_string(out, mended);
  return out;
}

}  // namespace kingpost::mcp
