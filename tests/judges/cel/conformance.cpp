// Runs the published conformance cases of CEL (JSON lines written by export.mjs) against the room cel.
#include <fmt/format.h>
#include <simdjson.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "kingpost/base/civil_time.hpp"
#include "kingpost/cel/cel.hpp"
#include "kingpost/cel/convert.hpp"

namespace {

using simdjson::dom::element;
namespace cel = kingpost::cel;

std::optional<element> member(element from, std::string_view name) {
  element found;
  if (from.at_key(name).get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}

std::string text_of(element from) {
  std::string_view text;
  if (from.get_string().get(text) == simdjson::SUCCESS) return std::string(text);
  return simdjson::minify(from);
}

std::string decode_base64(std::string_view text) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) break;
    bits = (bits << 6U) | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push_back(static_cast<char>(static_cast<unsigned char>((bits >> static_cast<unsigned>(count)) & 0xFFU)));
    }
  }
  return bytes;
}

cel::Value object_value(element message) {
  const std::string type = text_of(*member(message, "@type"));
  const std::string text = text_of(*member(message, "value"));
  if (type.ends_with("Timestamp")) return {cel::Timestamp{kingpost::parse_timestamp(text).value_or(0)}};
  return {cel::Duration{kingpost::parse_duration(text).value_or(0)}};
}

/// A value of cel.expr.Value in protobuf's JSON form.
cel::Value value_of(element from) {
  if (const auto one = member(from, "boolValue")) return {one->get_bool().value()};
  if (const auto one = member(from, "int64Value")) return {static_cast<std::int64_t>(std::strtoll(text_of(*one).c_str(), nullptr, 10))};
  if (const auto one = member(from, "uint64Value")) return {static_cast<std::uint64_t>(std::strtoull(text_of(*one).c_str(), nullptr, 10))};
  if (const auto one = member(from, "doubleValue")) return {std::strtod(text_of(*one).c_str(), nullptr)};
  if (const auto one = member(from, "stringValue")) return {text_of(*one)};
  if (const auto one = member(from, "bytesValue")) return {kingpost::Blob{decode_base64(text_of(*one))}};
  if (const auto one = member(from, "typeValue")) return {cel::TypeValue{text_of(*one)}};
  if (const auto one = member(from, "objectValue")) return object_value(*one);
  if (const auto one = member(from, "listValue")) {
    std::vector<cel::Value> items;
    if (const auto values = member(*one, "values")) {
      const simdjson::dom::array array = values->get_array().value();
      for (const element item : array) items.push_back(value_of(item));
    }
    return {std::make_shared<const std::vector<cel::Value>>(std::move(items))};
  }
  if (const auto one = member(from, "mapValue")) {
    std::vector<std::pair<cel::Value, cel::Value>> members;
    if (const auto entries = member(*one, "entries")) {
      const simdjson::dom::array array = entries->get_array().value();
      for (const element entry : array) members.emplace_back(value_of(*member(entry, "key")), value_of(*member(entry, "value")));
    }
    return {std::make_shared<const std::vector<std::pair<cel::Value, cel::Value>>>(std::move(members))};
  }
  return {};
}

/// A cel.expr.Type in protobuf's JSON form.
cel::Type type_of(element from) {
  using Kind = cel::TypeKind;
  if (const auto one = member(from, "primitive")) {
    const std::string name = text_of(*one);
    const std::map<std::string, Kind> kinds = {{"BOOL", Kind::kBool},     {"INT64", Kind::kInt},     {"UINT64", Kind::kUint},
                                               {"DOUBLE", Kind::kDouble}, {"STRING", Kind::kString}, {"BYTES", Kind::kBytes}};
    return cel::make_type(kinds.at(name));
  }
  if (member(from, "null").has_value()) return cel::make_type(Kind::kNull);
  if (const auto one = member(from, "wellKnown")) return cel::make_type(text_of(*one) == "TIMESTAMP" ? Kind::kTimestamp : Kind::kDuration);
  if (const auto one = member(from, "listType")) {
    const auto inner = member(*one, "elemType");
    return cel::make_list(inner ? type_of(*inner) : cel::make_type(Kind::kDyn));
  }
  if (const auto one = member(from, "mapType")) return cel::make_map(type_of(*member(*one, "keyType")), type_of(*member(*one, "valueType")));
  return cel::make_type(Kind::kDyn);
}

bool same_value(const cel::Value& left, const cel::Value& right);

bool same_lists(const std::vector<cel::Value>& left, const std::vector<cel::Value>& right) {
  bool same = left.size() == right.size();
  for (std::size_t i = 0; same && i < left.size(); ++i) same = same_value(left[i], right[i]);
  return same;
}

/// Equality that also asks for the same type of number, unlike CEL's own.
bool same_value(const cel::Value& left, const cel::Value& right) {
  if (left.data.index() != right.data.index()) return false;
  if (const auto* list = std::get_if<cel::List>(&left.data)) return same_lists(**list, *std::get<cel::List>(right.data));
  if (const auto* map = std::get_if<cel::Map>(&left.data)) {
    const cel::Map& other = std::get<cel::Map>(right.data);
    if ((*map)->size() != other->size()) return false;
    for (const auto& [key, value] : **map) {
      bool found = false;
      for (const auto& [other_key, other_value] : *other) found = found || (same_value(key, other_key) && same_value(value, other_value));
      if (!found) return false;
    }
    return true;
  }
  const kingpost::Result<bool> same = cel::equal(left, right);
  return same.has_value() && *same;
}

struct Outcome {
  bool passed = false;
  std::string message;
};

Outcome wrong(std::string message) { return {false, std::move(message)}; }

std::string shown(const cel::Value& value) { return cel::print_expr(*cel::make_literal(value, cel::Type{})) + " of type " + cel::type_name(value); }

Outcome compare(element test, const kingpost::Result<cel::Value>& result) {
  if (member(test, "evalError").has_value()) {
    if (!result.has_value()) return {true, {}};
    return wrong("an error was expected, but the result is " + shown(*result));
  }
  if (!result.has_value()) return wrong(result.error().code + ": " + result.error().message);
  cel::Value expected{true};
  if (const auto value = member(test, "value")) expected = value_of(*value);
  if (const auto typed = member(test, "typedResult")) {
    if (const auto value = member(*typed, "result")) expected = value_of(*value);
  }
  if (same_value(*result, expected)) return {true, {}};
  return wrong("expected " + shown(expected) + ", but the result is " + shown(*result));
}

cel::Scope scope_of(element test) {
  cel::Scope scope;
  if (const auto declared = member(test, "typeEnv")) {
    const simdjson::dom::array array = declared->get_array().value();
    for (const element one : array) scope.names.emplace_back(text_of(*member(one, "name")), type_of(*member(*member(one, "ident"), "type")));
  }
  return scope;
}

cel::Activation activation_of(element test, std::map<std::string, cel::Value>& bindings) {
  if (const auto given = member(test, "bindings")) {
    const simdjson::dom::object object = given->get_object().value();
    for (const simdjson::dom::key_value_pair one : object) bindings[std::string(one.key)] = value_of(*member(one.value, "value"));
  }
  cel::Activation activation;
  activation.lookup = [&bindings](const std::string& name) -> kingpost::Result<cel::Value> {
    const auto found = bindings.find(name);
    if (found == bindings.end()) return kingpost::fail(kingpost::ErrorKind::kInvalidArgument, "cel-unknown-name", "no name " + name);
    return found->second;
  };
  return activation;
}

std::string all_messages(const kingpost::Diagnostics& diagnostics) {
  std::string text;
  for (const kingpost::Diagnostic& one : diagnostics.all()) text += one.code + ": " + one.message + "; ";
  return text;
}

Outcome run(element test) {
  const std::string text = text_of(*member(test, "expr"));
  kingpost::Diagnostics diagnostics;
  cel::ExprPtr expr = cel::parse(text, {0, 1, 1, 1, 1}, diagnostics);
  if (expr == nullptr) return wrong(all_messages(diagnostics));
  // Every case is also a case of the canonical form.
  const std::string canonical = cel::print_expr(*expr);
  const cel::ExprPtr again = cel::parse(canonical, {0, 1, 1, 1, 1}, diagnostics);
  if (again == nullptr || cel::print_expr(*again) != canonical) return wrong("the canonical form does not read back: " + canonical);
  expr = again;
  if (!member(test, "disableCheck").has_value()) {
    expr = cel::check(again, scope_of(test), std::nullopt, diagnostics);
    // The checker already tries conversions of constants; what it refuses must then fail at run time, too.
    if (expr == nullptr && member(test, "evalError").has_value()) return compare(test, cel::evaluate(*again, {}));
    if (expr == nullptr) return wrong(all_messages(diagnostics));
    if (const auto typed = member(test, "typedResult")) {
      const std::string expected = cel::print_type(type_of(*member(*typed, "deducedType")));
      if (cel::print_type(expr->type) != expected) return wrong("expected the type " + expected + ", but it is " + cel::print_type(expr->type));
    }
  }
  if (member(test, "checkOnly").has_value()) return {true, {}};
  std::map<std::string, cel::Value> bindings;
  const cel::Activation activation = activation_of(test, bindings);
  const Outcome outcome = compare(test, cel::evaluate(*expr, activation));
  if (!outcome.passed) return outcome;
  // What needs no names must fold to the same result.
  const cel::ExprPtr folded = cel::fold(expr, {});
  if (folded->kind == cel::ExprKind::kLiteral) return compare(test, folded->value);
  if (folded->kind == cel::ExprKind::kFailure) return compare(test, kingpost::fail(kingpost::ErrorKind::kInvalidArgument, folded->name, "failure"));
  return compare(test, cel::evaluate(*folded, activation));
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "usage: kp_cel_conformance FILE\n";
    return 2;
  }
  std::ifstream file(arguments[1]);
  if (!file.is_open()) {
    std::cerr << "cannot read " << arguments[1] << '\n';
    return 2;
  }
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;
  std::map<std::string, std::size_t> reasons;
  simdjson::dom::parser parser;
  for (std::string line; std::getline(file, line);) {
    const simdjson::padded_string padded(line);
    element test;
    if (parser.parse(padded).get(test) != simdjson::SUCCESS) {
      std::cerr << "not JSON: " << line << '\n';
      return 2;
    }
    if (const auto skip = member(test, "skip")) {
      ++skipped;
      ++reasons[text_of(*skip)];
      continue;
    }
    const Outcome outcome = run(test);
    if (outcome.passed) {
      ++passed;
      continue;
    }
    ++failed;
    std::cout << fmt::format("FAILED {}/{}: {}\n  {}\n", text_of(*member(test, "suite")), text_of(*member(test, "name")),
                             text_of(*member(test, "expr")), outcome.message);
  }
  std::string list;
  for (const auto& [reason, number] : reasons) list += fmt::format("{}{} {}", list.empty() ? "" : ", ", reason, number);
  std::cout << fmt::format("cel conformance: {} passed, {} skipped ({}), {} failed\n", passed, skipped, list, failed);
  std::cout << fmt::format("{} passed, {} failed\n", passed, failed);
  // No case at all would mean that the export went wrong.
  return failed == 0 && passed > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
