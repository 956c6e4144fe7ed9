#include <cmath>
#include <compare>
#include <memory>
#include <utility>

#include "kingpost/cel/cel.hpp"
#include "kingpost/cel/convert.hpp"
#include "kingpost/cel/operations.hpp"

namespace kingpost::cel {

namespace {

double to_double(const Value& value) {
  if (const auto* number = std::get_if<double>(&value.data)) return *number;
  if (const auto* number = std::get_if<std::int64_t>(&value.data)) return static_cast<double>(*number);
  if (const auto* number = std::get_if<std::uint64_t>(&value.data)) return static_cast<double>(*number);
  if (const auto* number = std::get_if<Decimal>(&value.data)) {
    return static_cast<double>(number->unscaled) / std::pow(10.0, static_cast<double>(number->scale));
  }
  return std::nan("");
}

Decimal to_decimal(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value.data)) return {*number, 0};
  if (const auto* number = std::get_if<std::uint64_t>(&value.data)) return {static_cast<Int128>(*number), 0};
  if (const auto* number = std::get_if<Decimal>(&value.data)) return *number;
  return {};
}

/// Numbers compare by value whatever their types; with a double in the pair both are doubles, otherwise exactly.
std::partial_ordering order_numbers(const Value& left, const Value& right) {
  if (std::holds_alternative<double>(left.data) || std::holds_alternative<double>(right.data)) return to_double(left) <=> to_double(right);
  return compare(to_decimal(left), to_decimal(right)) <=> 0;
}

std::partial_ordering order_text(const std::string& left, const std::string& right) { return left.compare(right) <=> 0; }

const std::string* text_of(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value.data)) return text;
  if (const auto* one = std::get_if<EnumValue>(&value.data)) return &one->name;
  return nullptr;
}

Result<bool> equal_lists(const std::vector<Value>& left, const std::vector<Value>& right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const Result<bool> same = equal(left[i], right[i]);
    if (!same.has_value() || !*same) return same;
  }
  return true;
}

Result<bool> equal_maps(const Map& left, const Map& right) {
  if (left->size() != right->size()) return false;
  for (const auto& [key, value] : *left) {
    const Value* other = find_key(right, key);
    if (other == nullptr) return false;
    const Result<bool> same = equal(value, *other);
    if (!same.has_value() || !*same) return same;
  }
  return true;
}

Result<bool> equal_records(const Value& left, const Value& right) {
  if (left.is_null() || right.is_null()) return false;
  const auto key_of = [](const Value& value) -> Result<Value> {
    const auto* record = std::get_if<RecordPtr>(&value.data);
    if (record == nullptr) return value;
    if (*record == nullptr) return Value{};
    return (*record)->key();
  };
  Result<Value> one = key_of(left);
  Result<Value> other = key_of(right);
  if (!one.has_value()) return fail(std::move(one.error()));
  if (!other.has_value()) return fail(std::move(other.error()));
  if (std::holds_alternative<RecordPtr>(one->data) || std::holds_alternative<RecordPtr>(other->data)) {
    return cel_error("cel-overload", "the key of a record is a record");
  }
  return equal(*one, *other);
}

Result<bool> equal_json(const Value& left, const Value& right) {
  const auto open = [](const Value& value) -> Result<Value> {
    const auto* json = std::get_if<Json>(&value.data);
    return json == nullptr ? Result<Value>(value) : json_to_value(json->text);
  };
  const Result<Value> one = open(left);
  const Result<Value> other = open(right);
  if (!one.has_value()) return fail(one.error());
  if (!other.has_value()) return fail(other.error());
  return equal(*one, *other);
}

}  // namespace

tl::unexpected<Error> cel_error(std::string_view code, std::string message) {
  return fail(ErrorKind::kInvalidArgument, std::string(code), std::move(message));
}

tl::unexpected<Error> no_overload(std::string_view what, const Value& left, const Value& right) {
  return cel_error("cel-overload", "there is no " + std::string(what) + " of " + type_name(left) + " and " + type_name(right));
}

bool is_number_value(const Value& value) {
  return std::holds_alternative<std::int64_t>(value.data) || std::holds_alternative<std::uint64_t>(value.data) ||
         std::holds_alternative<double>(value.data) || std::holds_alternative<Decimal>(value.data);
}

Result<bool> equal(const Value& left, const Value& right) {
  if (std::holds_alternative<RecordPtr>(left.data) || std::holds_alternative<RecordPtr>(right.data)) return equal_records(left, right);
  if (std::holds_alternative<Json>(left.data) || std::holds_alternative<Json>(right.data)) return equal_json(left, right);
  if (is_number_value(left) && is_number_value(right)) return order_numbers(left, right) == std::partial_ordering::equivalent;
  if (const std::string* one = text_of(left); one != nullptr) {
    const std::string* other = text_of(right);
    return other != nullptr && *one == *other;
  }
  if (left.data.index() != right.data.index()) return false;
  if (const auto* list = std::get_if<List>(&left.data)) return equal_lists(**list, *std::get<List>(right.data));
  if (const auto* map = std::get_if<Map>(&left.data)) return equal_maps(*map, std::get<Map>(right.data));
  const auto same = [&right](const auto& one) -> bool {
    using Data = std::decay_t<decltype(one)>;
    if constexpr (std::is_same_v<Data, Null>) {
      return true;
    } else if constexpr (std::is_same_v<Data, bool> || std::is_same_v<Data, Blob> || std::is_same_v<Data, Uuid> || std::is_same_v<Data, Date> ||
                         std::is_same_v<Data, Time> || std::is_same_v<Data, Timestamp> || std::is_same_v<Data, Duration> ||
                         std::is_same_v<Data, TypeValue>) {
      return one == std::get<Data>(right.data);
    } else {
      return false;
    }
  };
  return std::visit(same, left.data);
}

Result<std::partial_ordering> order(const Value& left, const Value& right) {
  if (is_number_value(left) && is_number_value(right)) return order_numbers(left, right);
  if (left.data.index() != right.data.index()) return no_overload("order", left, right);
  const auto by = [&left, &right]<typename Data>(auto member) -> std::partial_ordering {
    return member(std::get<Data>(left.data)) <=> member(std::get<Data>(right.data));
  };
  if (const auto* text = std::get_if<std::string>(&left.data)) return order_text(*text, std::get<std::string>(right.data));
  if (const auto* blob = std::get_if<Blob>(&left.data)) return order_text(blob->bytes, std::get<Blob>(right.data).bytes);
  if (std::holds_alternative<bool>(left.data)) return by.operator()<bool>([](bool one) { return one ? 1 : 0; });
  if (std::holds_alternative<Uuid>(left.data)) return by.operator()<Uuid>([](const Uuid& one) { return one.bytes; });
  if (std::holds_alternative<Date>(left.data)) return by.operator()<Date>([](const Date& one) { return one.days; });
  if (std::holds_alternative<Time>(left.data)) return by.operator()<Time>([](const Time& one) { return one.micros; });
  if (std::holds_alternative<Timestamp>(left.data)) return by.operator()<Timestamp>([](const Timestamp& one) { return one.micros; });
  if (std::holds_alternative<Duration>(left.data)) return by.operator()<Duration>([](const Duration& one) { return one.micros; });
  return no_overload("order", left, right);
}

const Value* find_key(const Map& map, const Value& key) {
  for (const auto& [one, value] : *map) {
    const Result<bool> same = equal(one, key);
    if (same.has_value() && *same) return &value;
  }
  return nullptr;
}

Result<Value> settle(Value value, const Type& type) {
  const auto scalar = [](TypeKind kind) {
    return kind != TypeKind::kError && kind != TypeKind::kDyn && kind != TypeKind::kRecord && kind != TypeKind::kList && kind != TypeKind::kMap &&
           kind != TypeKind::kJson && kind != TypeKind::kNull;
  };
  if (const auto* record = std::get_if<RecordPtr>(&value.data)) {
    if (*record == nullptr) return Value{};
    if (!scalar(type.kind)) return value;
    return (*record)->key();
  }
  const auto* list = std::get_if<List>(&value.data);
  if (list == nullptr || type.kind != TypeKind::kList || type.element == nullptr || !scalar(type.element->kind)) return value;
  bool records = false;
  for (const Value& item : **list) records = records || std::holds_alternative<RecordPtr>(item.data);
  if (!records) return value;
  std::vector<Value> keys;
  for (const Value& item : **list) {
    Result<Value> key = settle(item, *type.element);
    if (!key.has_value()) return key;
    keys.push_back(*std::move(key));
  }
  return Value{std::make_shared<const std::vector<Value>>(std::move(keys))};
}

}  // namespace kingpost::cel
