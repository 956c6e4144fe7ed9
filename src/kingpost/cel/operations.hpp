#pragma once

#include <compare>
#include <string_view>

#include "kingpost/cel/expr.hpp"
#include "kingpost/cel/value.hpp"

namespace kingpost::cel {

[[nodiscard]] tl::unexpected<Error> cel_error(std::string_view code, std::string message);
[[nodiscard]] tl::unexpected<Error> no_overload(std::string_view what, const Value& left, const Value& right);

/// Order of two values; unordered for NaN. Error cel-overload when their types have no order.
[[nodiscard]] Result<std::partial_ordering> order(const Value& left, const Value& right);

/// + - * / % with overflow and range checks. Errors: cel-overload, cel-overflow, cel-divide-by-zero, cel-range.
[[nodiscard]] Result<Value> arithmetic(Op op, const Value& left, const Value& right);
[[nodiscard]] Result<Value> negate(const Value& value);

/// Comparison of a number of any type with another; unordered when one is no number or NaN.
[[nodiscard]] bool is_number_value(const Value& value);

/// The value of a key in a map; null pointer when it is not there.
[[nodiscard]] const Value* find_key(const Map& map, const Value& key);

/// A record stands for its key where its type says that a key is meant.
[[nodiscard]] Result<Value> settle(Value value, const Type& type);

}  // namespace kingpost::cel
