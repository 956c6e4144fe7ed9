#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "kingpost/base/civil_time.hpp"
#include "kingpost/base/text.hpp"
#include "kingpost/base/uuid.hpp"
#include "kingpost/dialect/codec_parts.hpp"

namespace kingpost::dialect {
namespace {

namespace json = simdjson::ondemand;

tl::unexpected<Error> malformed(std::string_view why) {
  return fail(ErrorKind::kInvalidArgument, "22P02", fmt::format("invalid input syntax for type json: {}", why));
}

std::size_t digits_at(std::string_view text, std::size_t at) {
  auto end = at;
  while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
  return end - at;
}

/// RFC 8259 §6; the parser itself looks at a number only when it is asked for its value.
bool is_json_number(std::string_view text) {
  std::size_t at = !text.empty() && text[0] == '-' ? 1 : 0;
  const auto whole = digits_at(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return false;
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const auto fraction = digits_at(text, ++at);
    if (fraction == 0) return false;
    at += fraction;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const auto exponent = digits_at(text, at);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == text.size();
}

std::string_view trimmed(std::string_view text) {
  const auto last = text.find_last_not_of(" \t\r\n");
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

Result<void> append_canonical(std::string& out, json::value& value, int depth);

Result<void> append_string(std::string& out, std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return fail(ErrorKind::kInvalidArgument, "22021", "Text inside JSON cannot hold U+0000.");
  append_json_string(out, text);
  return {};
}

Result<void> append_object(std::string& out, json::object object, int depth) {
  std::vector<std::pair<std::string, std::string>> members;
  for (auto field : object) {
    std::string_view key;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS) return malformed("a member's name is not a string");
    std::pair<std::string, std::string> member{std::string(key), std::string()};
    json::value value;
    if (field.value().get(value) != simdjson::SUCCESS) return malformed("a member has no value");
    if (auto done = append_canonical(member.second, value, depth + 1); !done) return done;
    members.push_back(std::move(member));
  }
  std::sort(members.begin(), members.end());
  out += '{';
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i > 0 && members[i].first == members[i - 1].first) return malformed("a member is there twice");
    if (i > 0) out += ',';
    if (auto done = append_string(out, members[i].first); !done) return done;
    out += ':';
    out += members[i].second;
  }
  out += '}';
  return {};
}

Result<void> append_array(std::string& out, json::array array, int depth) {
  out += '[';
  bool first = true;
  for (auto element : array) {
    json::value value;
    if (element.get(value) != simdjson::SUCCESS) return malformed("an array is not well formed");
    if (!std::exchange(first, false)) out += ',';
    if (auto done = append_canonical(out, value, depth + 1); !done) return done;
  }
  out += ']';
  return {};
}

Result<void> append_canonical(std::string& out, json::value& value, int depth) {
  if (depth > kMaxJsonDepth) return malformed(fmt::format("nested deeper than {}", kMaxJsonDepth));
  json::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return malformed("no value");
  switch (type) {
    case json::json_type::object: {
      json::object object;
      if (value.get_object().get(object) != simdjson::SUCCESS) return malformed("an object is not well formed");
      return append_object(out, object, depth);
    }
    case json::json_type::array: {
      json::array array;
      if (value.get_array().get(array) != simdjson::SUCCESS) return malformed("an array is not well formed");
      return append_array(out, array, depth);
    }
    case json::json_type::string: {
      std::string_view text;
      if (value.get_string().get(text) != simdjson::SUCCESS) return malformed("a string is not well formed");
      return append_string(out, text);
    }
    case json::json_type::number: {
      const auto token = trimmed(value.raw_json_token());
      if (!is_json_number(token)) return malformed("a number is not well formed");
      out += token;
      return {};
    }
    case json::json_type::boolean: {
      bool truth = false;
      if (value.get_bool().get(truth) != simdjson::SUCCESS) return malformed("a word is neither true, false nor null");
      out += truth ? "true" : "false";
      return {};
    }
    case json::json_type::null:
      break;
  }
  bool null = false;
  if (value.is_null().get(null) != simdjson::SUCCESS || !null) return malformed("a word is neither true, false nor null");
  out += "null";
  return {};
}

bool fits(json::value& value, const ir::LogicalType& type) {
  std::string_view text;
  switch (type.scalar) {
    case ir::Scalar::kBool: {
      bool truth = false;
      return value.get_bool().get(truth) == simdjson::SUCCESS;
    }
    case ir::Scalar::kInt64:
    case ir::Scalar::kInt32: {
      std::int64_t integer = 0;
      return value.get_int64().get(integer) == simdjson::SUCCESS;
    }
    case ir::Scalar::kFloat:
    case ir::Scalar::kDecimal: {
      double real = 0;
      return value.get_double().get(real) == simdjson::SUCCESS;
    }
    case ir::Scalar::kJson:
    case ir::Scalar::kRecord:
    case ir::Scalar::kList: {
      json::json_type any{};
      return value.type().get(any) == simdjson::SUCCESS;
    }
    case ir::Scalar::kUuid:
      return value.get_string().get(text) == simdjson::SUCCESS && parse_uuid(text).has_value();
    case ir::Scalar::kDate:
      return value.get_string().get(text) == simdjson::SUCCESS && parse_date(text).has_value();
    case ir::Scalar::kTimestamp:
      return value.get_string().get(text) == simdjson::SUCCESS && parse_timestamp(text).has_value();
    default: {
      const auto most = type.max_length == 0 ? ir::kDefaultTextLength : type.max_length;
      return value.get_string().get(text) == simdjson::SUCCESS && count_code_points(text) <= most;
    }
  }
}

}  // namespace

Result<std::string> canonical_json(std::string_view text) {
  // Inside an array a bare scalar needs no code of its own, and a second value cannot hide behind the first.
  json::parser parser;
  const simdjson::padded_string padded("[" + std::string(text) + "]");
  json::document document;
  json::array array;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS || document.get_array().get(array) != simdjson::SUCCESS) {
    return malformed("it is no JSON");
  }
  std::string out;
  int count = 0;
  for (auto element : array) {
    json::value value;
    if (++count > 1 || element.get(value) != simdjson::SUCCESS) return malformed("it is not one value");
    if (auto done = append_canonical(out, value, 0); !done) return fail(done.error());
  }
  if (count != 1 || document.current_location().error() == simdjson::SUCCESS) return malformed("it is not one value");
  return out;
}

Result<void> check_list(std::string_view canonical, const ir::LogicalType& list, std::uint32_t most) {
  json::parser parser;
  const simdjson::padded_string padded(canonical);
  json::document document;
  json::array array;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS || document.get_array().get(array) != simdjson::SUCCESS) {
    return fail(ErrorKind::kInvalidArgument, "22P02", "A list is written as a JSON array.");
  }
  std::uint32_t count = 0;
  for (auto element : array) {
    if (++count > most) return fail(ErrorKind::kInvalidArgument, "22001", fmt::format("value too long: at most {} items", most));
    json::value value;
    if (element.get(value) != simdjson::SUCCESS || (list.element && !fits(value, *list.element))) {
      return fail(ErrorKind::kInvalidArgument, "22P02",
                  fmt::format("Item {} of the list is not of type {}.", count, scalar_name(list.element->scalar)));
    }
  }
  return {};
}

}  // namespace kingpost::dialect
