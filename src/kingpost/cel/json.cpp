#include <simdjson.h>

#include <memory>
#include <utility>
#include <vector>

#include "kingpost/cel/convert.hpp"

namespace kingpost::cel {

namespace {

constexpr std::size_t kMaxJsonDepth = 64;

Value value_of(simdjson::dom::element element) {
  using Type = simdjson::dom::element_type;
  switch (element.type()) {
    case Type::ARRAY: {
      std::vector<Value> items;
      const simdjson::dom::array array = element.get_array().value_unsafe();
      for (const simdjson::dom::element item : array) items.push_back(value_of(item));
      return {std::make_shared<const std::vector<Value>>(std::move(items))};
    }
    case Type::OBJECT: {
      std::vector<std::pair<Value, Value>> members;
      const simdjson::dom::object object = element.get_object().value_unsafe();
      for (const simdjson::dom::key_value_pair member : object) {
        members.emplace_back(Value{std::string(member.key)}, value_of(member.value));
      }
      return {std::make_shared<const std::vector<std::pair<Value, Value>>>(std::move(members))};
    }
    case Type::INT64:
      return {element.get_int64().value_unsafe()};
    case Type::UINT64:
      return {element.get_uint64().value_unsafe()};
    case Type::DOUBLE:
      return {element.get_double().value_unsafe()};
    case Type::STRING:
      return {std::string(element.get_string().value_unsafe())};
    case Type::BOOL:
      return {element.get_bool().value_unsafe()};
    case Type::NULL_VALUE:
      return {};
  }
  return {};
}

}  // namespace

Result<Value> json_to_value(std::string_view text) {
  simdjson::dom::parser parser;
  if (parser.allocate(text.size() + 1, kMaxJsonDepth) != simdjson::SUCCESS) {
    return fail(ErrorKind::kInvalidArgument, "cel-conversion", "the JSON text is too large");
  }
  const simdjson::padded_string padded(text);
  simdjson::dom::element root;
  if (parser.parse(padded).get(root) != simdjson::SUCCESS) return fail(ErrorKind::kInvalidArgument, "cel-conversion", "this is not JSON");
  return value_of(root);
}

}  // namespace kingpost::cel
