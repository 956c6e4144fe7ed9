#include "kingpost/protocol/rest/body.hpp"

#include <simdjson.h>

#include <string>
#include <unordered_map>

namespace kingpost::protocol::rest {

namespace {

Error body_error(std::string details) {
  Error error = make_error(ErrorKind::kInvalidArgument, "PGRST102", "Empty or invalid json");
  error.details = std::move(details);
  return error;
}

/// Whole-document check first: depth, syntax and UTF-8 of every nested value; then values are read with their exact text.
Result<void> validate(const simdjson::padded_string& text, std::int64_t depth) {
  simdjson::dom::parser parser;
  if (parser.allocate(text.size() + 1, static_cast<std::size_t>(depth)) != simdjson::SUCCESS) return fail(body_error("the body is too large"));
  const auto parsed = parser.parse(text);
  if (parsed.error() == simdjson::DEPTH_ERROR) return fail(body_error("the JSON is nested deeper than " + std::to_string(depth) + " levels"));
  if (parsed.error() != simdjson::SUCCESS) return fail(body_error(simdjson::error_message(parsed.error())));
  return {};
}

std::string_view trimmed(std::string_view token) {
  while (!token.empty() && (token.back() == ' ' || token.back() == '\n' || token.back() == '\r' || token.back() == '\t')) token.remove_suffix(1);
  return token;
}

Result<RawValue> read_value(simdjson::ondemand::value value) {
  RawValue out;
  simdjson::ondemand::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return fail(body_error("a value is malformed"));
  std::string_view text;
  switch (type) {
    case simdjson::ondemand::json_type::null:
      out.kind = RawValue::Kind::kNull;
      break;
    case simdjson::ondemand::json_type::boolean:
      out.kind = RawValue::Kind::kBool;
      out.text = trimmed(value.raw_json_token());
      break;
    case simdjson::ondemand::json_type::number:
      out.kind = RawValue::Kind::kNumber;
      out.text = trimmed(value.raw_json_token());
      break;
    case simdjson::ondemand::json_type::string:
      out.kind = RawValue::Kind::kText;
      if (value.get_string().get(text) != simdjson::SUCCESS) return fail(body_error("a string is malformed"));
      out.text = text;
      if (text.find('\0') != std::string_view::npos) return fail(ErrorKind::kInvalidArgument, "22021", "U+0000 is not allowed in text");
      break;
    case simdjson::ondemand::json_type::object:
    case simdjson::ondemand::json_type::array: {
      out.kind = RawValue::Kind::kJson;
      simdjson::error_code code = simdjson::SUCCESS;
      if (type == simdjson::ondemand::json_type::object) {
        simdjson::ondemand::object object;
        code = value.get_object().get(object);
        if (code == simdjson::SUCCESS) code = object.raw_json().get(text);
      } else {
        simdjson::ondemand::array array;
        code = value.get_array().get(array);
        if (code == simdjson::SUCCESS) code = array.raw_json().get(text);
      }
      if (code != simdjson::SUCCESS) return fail(body_error("a nested value is malformed"));
      out.text = trimmed(text);
      break;
    }
  }
  return out;
}

/// Collects objects into RawRows.
class RowReader {
 public:
  RowReader(request::Request& request, const Limits& limits) : request_(request), limits_(limits) {
    if (!request.has_columns) return;
    for (const std::string& column : request.columns) add_column(column);
  }

  [[nodiscard]] Result<void> add(simdjson::ondemand::object object) {
    RawRows& rows = request_.rows;
    if (static_cast<std::int64_t>(rows.row_count) >= limits_.bulk_rows) {
      return fail(ErrorKind::kInvalidArgument, "kp-limit-bulk-rows", "the body has more rows than one request may write");
    }
    const bool first = rows.row_count == 0 && !request_.has_columns;
    const std::size_t base = rows.cells.size();
    rows.cells.resize(base + rows.columns.size(), RawValue{RawValue::Kind::kAbsent, {}});
    std::size_t seen = 0;
    for (auto member : object) {
      std::string_view key;
      if (member.unescaped_key().get(key) != simdjson::SUCCESS) return fail(body_error("a key is malformed"));
      const auto found = index_.find(std::string(key));
      std::size_t column = 0;
      if (found != index_.end()) {
        column = found->second;
      } else if (first) {
        column = add_column(std::string(key));
        rows.cells.emplace_back(RawValue{RawValue::Kind::kAbsent, {}});
      } else if (request_.has_columns) {
        continue;
      } else {
        return fail(uneven());
      }
      simdjson::ondemand::value value;
      if (member.value().get(value) != simdjson::SUCCESS) return fail(body_error("a value is malformed"));
      auto read = read_value(value);
      if (!read) return fail(std::move(read.error()));
      RawValue& cell = rows.cells[base + column];
      if (cell.kind != RawValue::Kind::kAbsent) return fail(body_error("an object repeats a key"));
      cell = std::move(*read);
      ++seen;
    }
    if (!request_.has_columns && seen != rows.columns.size()) return fail(uneven());
    ++rows.row_count;
    return {};
  }

 private:
  std::size_t add_column(const std::string& name) {
    const auto [place, added] = index_.emplace(name, request_.rows.columns.size());
    if (added) request_.rows.columns.push_back(name);
    return place->second;
  }

  static Error uneven() {
    Error error = make_error(ErrorKind::kInvalidArgument, "PGRST102", "All object keys must match");
    error.hint = "Give every object the same keys, or name the keys to use with ?columns=a,b.";
    return error;
  }

  request::Request& request_;
  const Limits& limits_;
  std::unordered_map<std::string, std::size_t> index_;
};

Result<void> read_rows(simdjson::ondemand::document& document, const Limits& limits, request::Request& request) {
  simdjson::ondemand::json_type type{};
  if (document.type().get(type) != simdjson::SUCCESS) return fail(body_error("the body is no JSON"));
  RowReader reader(request, limits);
  if (type == simdjson::ondemand::json_type::object) {
    simdjson::ondemand::object object;
    if (document.get_object().get(object) != simdjson::SUCCESS) return fail(body_error("the body is no JSON object"));
    return reader.add(object);
  }
  simdjson::ondemand::array array;
  if (type != simdjson::ondemand::json_type::array || document.get_array().get(array) != simdjson::SUCCESS) {
    return fail(body_error("the body must be an object or an array of objects"));
  }
  request.rows_are_array = true;
  for (auto element : array) {
    simdjson::ondemand::object object;
    if (element.get_object().get(object) != simdjson::SUCCESS) return fail(body_error("the body must be an object or an array of objects"));
    if (auto added = reader.add(object); !added) return added;
  }
  return {};
}

}  // namespace

Result<void> parse_json_rows(std::string_view body, const Limits& limits, request::Request& request) {
  const simdjson::padded_string padded(body);
  if (auto valid = validate(padded, limits.json_depth); !valid) return valid;
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS) return fail(body_error("the body is no JSON"));
  return read_rows(document, limits, request);
}

Result<std::vector<RawValue>> parse_json_values(std::string_view text) {
  const simdjson::padded_string padded(text);
  if (auto valid = validate(padded, 4); !valid) return fail(std::move(valid.error()));
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  simdjson::ondemand::array array;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS || document.get_array().get(array) != simdjson::SUCCESS) {
    return fail(body_error("not an array"));
  }
  std::vector<RawValue> out;
  for (auto element : array) {
    simdjson::ondemand::value value;
    if (element.get(value) != simdjson::SUCCESS) return fail(body_error("a value is malformed"));
    auto read = read_value(value);
    if (!read) return fail(std::move(read.error()));
    out.push_back(std::move(*read));
    if (out.size() > 64) return fail(body_error("too many values"));
  }
  return out;
}

}  // namespace kingpost::protocol::rest
