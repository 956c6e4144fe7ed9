#include <fmt/format.h>

#include <algorithm>
#include <compare>
#include <memory>
#include <utility>

#include "kingpost/base/text.hpp"
#include "kingpost/cel/cel.hpp"
#include "kingpost/cel/checker.hpp"
#include "kingpost/cel/convert.hpp"
#include "kingpost/cel/operations.hpp"
#include "kingpost/cel/regex.hpp"

namespace kingpost::cel {

namespace {

constexpr std::size_t kMaxSteps = 1'000'000;
/// Copying this many bytes counts as one step.
constexpr std::size_t kBytesPerStep = 64;
constexpr std::size_t kRegexSteps = 100;

class Evaluator {
 public:
  explicit Evaluator(const Activation& activation) : activation_(activation) {}

  Result<Value> eval(const Expr& expr) {
    if (!charge(1)) return too_costly();
    switch (expr.kind) {
      case ExprKind::kLiteral:
        return expr.value;
      case ExprKind::kIdent:
        return ident(expr);
      case ExprKind::kSelect:
        return select(expr);
      case ExprKind::kIndex:
        return index(expr);
      case ExprKind::kOperator:
        return operation(expr);
      case ExprKind::kCall:
        return call(expr);
      case ExprKind::kList:
        return list(expr);
      case ExprKind::kMap:
        return map(expr);
      case ExprKind::kMacro:
        return macro(expr);
      case ExprKind::kFailure:
        break;
    }
    return cel_error(expr.name.empty() ? "cel-failure" : expr.name, "the expression cannot be evaluated");
  }

 private:
  bool charge(std::size_t steps) {
    steps_ += steps;
    return steps_ <= kMaxSteps;
  }
  static tl::unexpected<Error> too_costly() { return cel_error("cel-cost", fmt::format("the evaluation takes more than {} steps", kMaxSteps)); }

  Result<Value> ident(const Expr& expr) {
    const auto local = std::find_if(locals_.rbegin(), locals_.rend(), [&expr](const auto& one) { return one.first == expr.name; });
    if (local != locals_.rend()) return settle(local->second, expr.type);
    if (expr.name == "now") return Value{Timestamp{activation_.now_us}};
    Result<Value> value = activation_.lookup ? activation_.lookup(expr.name) : Result<Value>(unknown_name(expr.name));
    if (value.has_value()) return settle(*std::move(value), expr.type);
    if (is_type_name(expr.name)) return Value{TypeValue{expr.name}};
    return value;
  }
  static tl::unexpected<Error> unknown_name(const std::string& name) {
    return cel_error("cel-unknown-name", fmt::format("there is no name '{}'", name));
  }

  /// A member by name; empty when it is not there.
  static Result<std::optional<Value>> member(const Value& from, const std::string& name) {
    if (const auto* record = std::get_if<RecordPtr>(&from.data)) {
      if (*record == nullptr) return std::optional<Value>(Value{});
      Result<Value> value = (*record)->field(name);
      if (!value.has_value()) return kingpost::fail(std::move(value.error()));
      return std::optional<Value>(*std::move(value));
    }
    if (const auto* members = std::get_if<Map>(&from.data)) {
      const Value* found = find_key(*members, Value{name});
      return found == nullptr ? std::nullopt : std::optional<Value>(*found);
    }
    if (const auto* json = std::get_if<Json>(&from.data)) {
      const Result<Value> open = json_to_value(json->text);
      if (!open.has_value()) return kingpost::fail(open.error());
      if (std::holds_alternative<Map>(open->data)) return member(*open, name);
    }
    return cel_error("cel-overload", fmt::format("a value of type {} has no fields", type_name(from)));
  }

  Result<Value> select(const Expr& expr) {
    Result<Value> from = eval(*expr.args[0]);
    if (!from.has_value()) return from;
    // As with an outer join: the field of a record that is not there is null.
    const TypeKind kind = expr.args[0]->type.kind;
    const bool absent = kind == TypeKind::kRecord || kind == TypeKind::kJson;
    if (from->is_null() && absent) return Value{};
    Result<std::optional<Value>> found = member(*from, expr.name);
    if (!found.has_value()) return kingpost::fail(std::move(found.error()));
    if (found->has_value()) return settle(**std::move(found), expr.type);
    if (kind == TypeKind::kJson || std::holds_alternative<Json>(from->data)) return Value{};
    return cel_error("cel-no-such-key", fmt::format("there is no member '{}'", expr.name));
  }

  Result<Value> index(const Expr& expr) {
    Result<Value> from = eval(*expr.args[0]);
    if (!from.has_value()) return from;
    Result<Value> key = eval(*expr.args[1]);
    if (!key.has_value()) return key;
    if (const auto* json = std::get_if<Json>(&from->data)) {
      from = json_to_value(json->text);
      if (!from.has_value()) return from;
    }
    if (const auto* members = std::get_if<Map>(&from->data)) {
      if (!charge((*members)->size())) return too_costly();
      const Value* found = find_key(*members, *key);
      if (found == nullptr) return cel_error("cel-no-such-key", "the map has no such key");
      return settle(*found, expr.type);
    }
    const auto* items = std::get_if<List>(&from->data);
    if (items == nullptr) return cel_error("cel-overload", fmt::format("a value of type {} has no members", type_name(*from)));
    const std::optional<std::size_t> at = position(*key);
    if (!at.has_value() || *at >= (*items)->size()) return cel_error("cel-index", "the list has no such position");
    return settle((**items)[*at], expr.type);
  }

  /// A list index: any number that is whole and not negative.
  static std::optional<std::size_t> position(const Value& key) {
    if (const auto* number = std::get_if<std::int64_t>(&key.data)) return *number < 0 ? std::nullopt : std::optional<std::size_t>(*number);
    if (const auto* number = std::get_if<std::uint64_t>(&key.data)) return *number;
    if (const auto* number = std::get_if<double>(&key.data)) {
      constexpr double kLimit = 1e15;
      if (*number >= 0 && *number < kLimit && static_cast<double>(static_cast<std::size_t>(*number)) == *number) {
        return static_cast<std::size_t>(*number);
      }
    }
    return std::nullopt;
  }

  Result<Value> operation(const Expr& expr) {
    switch (expr.op) {
      case Op::kAnd:
      case Op::kOr:
        return logic(expr);
      case Op::kConditional: {
        Result<bool> condition = truth(*expr.args[0]);
        if (!condition.has_value()) return kingpost::fail(std::move(condition.error()));
        return eval(*expr.args[*condition ? 1 : 2]);
      }
      case Op::kNot: {
        Result<bool> condition = truth(*expr.args[0]);
        if (!condition.has_value()) return kingpost::fail(std::move(condition.error()));
        return Value{!*condition};
      }
      case Op::kNegate: {
        Result<Value> value = eval(*expr.args[0]);
        return value.has_value() ? negate(*value) : value;
      }
      default:
        break;
    }
    Result<Value> left = eval(*expr.args[0]);
    if (!left.has_value()) return left;
    Result<Value> right = eval(*expr.args[1]);
    if (!right.has_value()) return right;
    if (!charge((weight(*left) + weight(*right)) / kBytesPerStep)) return too_costly();
    return binary(expr.op, *left, *right);
  }

  static std::size_t weight(const Value& value) {
    if (const auto* text = std::get_if<std::string>(&value.data)) return text->size();
    if (const auto* blob = std::get_if<Blob>(&value.data)) return blob->bytes.size();
    if (const auto* json = std::get_if<Json>(&value.data)) return json->text.size();
    if (const auto* items = std::get_if<List>(&value.data)) return (*items)->size() * kBytesPerStep;
    if (const auto* members = std::get_if<Map>(&value.data)) return (*members)->size() * (*members)->size() * kBytesPerStep;
    return 0;
  }

  Result<Value> binary(Op op, const Value& left, const Value& right) {
    if (op == Op::kEqual || op == Op::kNotEqual) {
      Result<bool> same = equal(left, right);
      if (!same.has_value()) return kingpost::fail(std::move(same.error()));
      return Value{*same == (op == Op::kEqual)};
    }
    if (op == Op::kIn) return contains(left, right);
    if (op != Op::kLess && op != Op::kLessEqual && op != Op::kGreater && op != Op::kGreaterEqual) return arithmetic(op, left, right);
    const Result<std::partial_ordering> found = order(left, right);
    if (!found.has_value()) return kingpost::fail(found.error());
    switch (op) {
      case Op::kLess:
        return Value{std::is_lt(*found)};
      case Op::kLessEqual:
        return Value{std::is_lteq(*found)};
      case Op::kGreater:
        return Value{std::is_gt(*found)};
      default:
        return Value{std::is_gteq(*found)};
    }
  }

  Result<Value> contains(const Value& one, const Value& range) {
    if (const auto* members = std::get_if<Map>(&range.data)) return Value{find_key(*members, one) != nullptr};
    const auto* items = std::get_if<List>(&range.data);
    if (items == nullptr) return no_overload("membership", one, range);
    for (const Value& item : **items) {
      Result<bool> same = equal(one, item);
      if (!same.has_value()) return kingpost::fail(std::move(same.error()));
      if (*same) return Value{true};
    }
    return Value{false};
  }

  Result<bool> truth(const Expr& expr) {
    Result<Value> value = eval(expr);
    if (!value.has_value()) return kingpost::fail(std::move(value.error()));
    const auto* condition = std::get_if<bool>(&value->data);
    if (condition == nullptr) return cel_error("cel-overload", fmt::format("a condition is of type {}", type_name(*value)));
    return *condition;
  }

  /// && and || decide as soon as either side decides, even when the other is an error.
  Result<Value> logic(const Expr& expr) {
    const bool deciding = expr.op == Op::kOr;
    Result<bool> left = truth(*expr.args[0]);
    if (left.has_value() && *left == deciding) return Value{deciding};
    Result<bool> right = truth(*expr.args[1]);
    if (right.has_value() && *right == deciding) return Value{deciding};
    if (!left.has_value()) return kingpost::fail(std::move(left.error()));
    if (!right.has_value()) return kingpost::fail(std::move(right.error()));
    return Value{!deciding};
  }

  Result<Value> list(const Expr& expr) {
    std::vector<Value> items;
    items.reserve(expr.args.size());
    for (const ExprPtr& arg : expr.args) {
      Result<Value> item = eval(*arg);
      if (!item.has_value()) return item;
      items.push_back(*std::move(item));
    }
    return Value{std::make_shared<const std::vector<Value>>(std::move(items))};
  }

  static bool can_be_key(const Value& value) {
    return std::holds_alternative<bool>(value.data) || std::holds_alternative<std::int64_t>(value.data) ||
           std::holds_alternative<std::uint64_t>(value.data) || std::holds_alternative<std::string>(value.data) ||
           std::holds_alternative<Uuid>(value.data) || std::holds_alternative<EnumValue>(value.data);
  }

  Result<Value> map(const Expr& expr) {
    std::vector<std::pair<Value, Value>> members;
    for (std::size_t i = 0; i + 1 < expr.args.size(); i += 2) {
      Result<Value> key = eval(*expr.args[i]);
      if (!key.has_value()) return key;
      if (!can_be_key(*key)) return cel_error("cel-overload", fmt::format("a value of type {} cannot be a key", type_name(*key)));
      if (!charge(members.size())) return too_costly();
      for (const auto& [other, value] : members) {
        const Result<bool> same = equal(other, *key);
        if (same.has_value() && *same) return cel_error("cel-duplicate-key", "a key stands twice in a map");
      }
      Result<Value> value = eval(*expr.args[i + 1]);
      if (!value.has_value()) return value;
      members.emplace_back(*std::move(key), *std::move(value));
    }
    return Value{std::make_shared<const std::vector<std::pair<Value, Value>>>(std::move(members))};
  }

  Result<Value> call(const Expr& expr) {
    std::vector<Value> args;
    for (const ExprPtr& arg : expr.args) {
      Result<Value> value = eval(*arg);
      if (!value.has_value()) return value;
      if (!charge(weight(*value) / kBytesPerStep)) return too_costly();
      args.push_back(*std::move(value));
    }
    if (args.size() == 1 && expr.name == "size") return size_of(args[0]);
    if (args.size() == 2) {
      const auto* text = std::get_if<std::string>(&args[0].data);
      const auto* part = std::get_if<std::string>(&args[1].data);
      if (text != nullptr && part != nullptr) {
        if (expr.name == "contains") return Value{text->find(*part) != std::string::npos};
        if (expr.name == "startsWith") return Value{text->starts_with(*part)};
        if (expr.name == "endsWith") return Value{text->ends_with(*part)};
        if (expr.name == "matches") return matches(*text, *part);
      }
      if (expr.name == "round") return round(args[0], args[1]);
    }
    if (expr.method && !args.empty() && args.size() <= 2 && expr.name.starts_with("get")) return part_of_time(expr, args);
    if (args.size() == 1 && !expr.method) {
      if (expr.name == "has_role") return has_role(args[0]);
      return convert(expr.name, args[0]);
    }
    return cel_error("cel-unknown-function", fmt::format("there is no function '{}' for these arguments", expr.name));
  }

  Result<Value> matches(const std::string& text, const std::string& pattern) {
    if (!charge(kRegexSteps + pattern.size())) return too_costly();
    Result<bool> found = regex_match(text, pattern);
    if (!found.has_value()) return kingpost::fail(std::move(found.error()));
    return Value{*found};
  }

  static Result<Value> part_of_time(const Expr& expr, const std::vector<Value>& args) {
    if (args.size() == 1) return time_part(expr.name, args[0], "UTC");
    const auto* zone = std::get_if<std::string>(&args[1].data);
    if (zone == nullptr) return cel_error("cel-overload", "a time zone is a text");
    return time_part(expr.name, args[0], *zone);
  }

  Result<Value> has_role(const Value& value) {
    const auto* role = std::get_if<std::string>(&value.data);
    if (role == nullptr || !activation_.has_role) return cel_error("cel-overload", "has_role() takes a role's name");
    return Value{activation_.has_role(*role)};
  }

  static Result<Value> size_of(const Value& value) {
    const auto number = [](std::size_t size) { return Value{static_cast<std::int64_t>(size)}; };
    if (const auto* text = std::get_if<std::string>(&value.data)) return number(count_code_points(*text));
    if (const auto* blob = std::get_if<Blob>(&value.data)) return number(blob->bytes.size());
    if (const auto* items = std::get_if<List>(&value.data)) return number((*items)->size());
    if (const auto* members = std::get_if<Map>(&value.data)) return number((*members)->size());
    return cel_error("cel-overload", fmt::format("a value of type {} has no size", type_name(value)));
  }

  static Result<Value> round(const Value& value, const Value& digits) {
    const Result<Value> decimal = convert("decimal", value);
    const auto* scale = std::get_if<std::int64_t>(&digits.data);
    if (!decimal.has_value()) return decimal;
    if (scale == nullptr || *scale < 0 || *scale > static_cast<std::int64_t>(kMaxDecimalDigits)) {
      return cel_error("cel-range", "a decimal has 0 to 38 fraction digits");
    }
    const std::optional<Decimal> rounded = round_to(std::get<Decimal>(decimal->data), static_cast<std::uint32_t>(*scale));
    if (!rounded.has_value()) return cel_error("cel-overflow", "the result does not fit its type");
    return Value{*rounded};
  }

  // --- macros ---

  Result<Value> has(const Expr& expr) {
    const Expr& tested = *expr.args[0];
    Result<Value> from = eval(*tested.args[0]);
    if (!from.has_value()) return from;
    if (from->is_null()) return Value{false};
    const Result<std::optional<Value>> found = member(*from, tested.name);
    if (!found.has_value()) return kingpost::fail(found.error());
    if (std::holds_alternative<Map>(from->data)) return Value{found->has_value()};
    // A field of a record always exists; it is there when it is not null.
    return Value{found->has_value() && !(*found)->is_null()};
  }

  Result<List> range_of(const Value& value) {
    if (const auto* items = std::get_if<List>(&value.data)) return *items;
    if (const auto* members = std::get_if<Map>(&value.data)) {
      std::vector<Value> keys;
      for (const auto& [key, ignored] : **members) keys.push_back(key);
      return std::make_shared<const std::vector<Value>>(std::move(keys));
    }
    if (const auto* json = std::get_if<Json>(&value.data)) {
      const Result<Value> open = json_to_value(json->text);
      if (!open.has_value()) return kingpost::fail(open.error());
      if (!std::holds_alternative<Json>(open->data)) return range_of(*open);
    }
    return cel_error("cel-overload", fmt::format("a value of type {} has no members to run over", type_name(value)));
  }

  Result<Value> macro(const Expr& expr) {
    if (expr.name == "has") return has(expr);
    Result<Value> from = eval(*expr.args[0]);
    if (!from.has_value()) return from;
    const Result<List> range = range_of(*from);
    if (!range.has_value()) return kingpost::fail(range.error());
    if (expr.variable.empty()) return aggregate(expr, **range);
    locals_.emplace_back(expr.variable, Value{});
    Result<Value> result = loop(expr, **range);
    locals_.pop_back();
    return result;
  }

  Result<Value> loop(const Expr& expr, const std::vector<Value>& range) {
    if (expr.name == "all" || expr.name == "exists") return quantify(expr, range);
    if (expr.name == "exists_one" || expr.name == "count") return count(expr, range);
    const bool filters = expr.name == "filter" || expr.name == "where";
    const bool tests = filters || expr.args.size() == 3;
    std::vector<Value> kept;
    for (const Value& item : range) {
      locals_.back().second = item;
      if (tests) {
        Result<bool> holds = truth(*expr.args[1]);
        if (!holds.has_value()) return kingpost::fail(std::move(holds.error()));
        if (!*holds) continue;
      }
      Result<Value> value = filters ? Result<Value>(item) : eval(*expr.args.back());
      if (!value.has_value()) return value;
      kept.push_back(*std::move(value));
    }
    if (filters || expr.name == "map") return Value{std::make_shared<const std::vector<Value>>(std::move(kept))};
    return aggregate(expr, kept);
  }

  Result<Value> quantify(const Expr& expr, const std::vector<Value>& range) {
    const bool deciding = expr.name == "exists";
    std::optional<Error> error;
    for (const Value& item : range) {
      locals_.back().second = item;
      Result<bool> holds = truth(*expr.args[1]);
      if (holds.has_value() && *holds == deciding) return Value{deciding};
      if (!holds.has_value() && !error.has_value()) error = std::move(holds.error());
    }
    if (error.has_value()) return kingpost::fail(*std::move(error));
    return Value{!deciding};
  }

  Result<Value> count(const Expr& expr, const std::vector<Value>& range) {
    std::int64_t found = 0;
    for (const Value& item : range) {
      locals_.back().second = item;
      Result<bool> holds = truth(*expr.args[1]);
      if (!holds.has_value()) return kingpost::fail(std::move(holds.error()));
      if (*holds) ++found;
    }
    if (expr.name == "count") return Value{found};
    return Value{found == 1};
  }

  /// As in SQL nulls do not count; the sum of nothing is zero, its least and greatest value null.
  Result<Value> aggregate(const Expr& expr, const std::vector<Value>& values) {
    if (expr.name == "count") return Value{static_cast<std::int64_t>(values.size())};
    Value result = expr.name == "sum" ? zero(expr.type) : Value{};
    bool first = expr.name != "sum" || expr.type.kind == TypeKind::kDyn;
    for (const Value& value : values) {
      if (!charge(1)) return too_costly();
      if (value.is_null()) continue;
      if (first) {
        result = value;
        first = false;
        continue;
      }
      if (expr.name == "sum") {
        Result<Value> sum = arithmetic(Op::kAdd, result, value);
        if (!sum.has_value()) return sum;
        result = *std::move(sum);
        continue;
      }
      const Result<std::partial_ordering> found = order(value, result);
      if (!found.has_value()) return kingpost::fail(found.error());
      if (expr.name == "min" ? std::is_lt(*found) : std::is_gt(*found)) result = value;
    }
    return result;
  }

  static Value zero(const Type& type) {
    switch (type.kind) {
      case TypeKind::kUint:
        return {std::uint64_t{0}};
      case TypeKind::kDouble:
        return {0.0};
      case TypeKind::kDecimal:
        return {Decimal{0, type.scale}};
      case TypeKind::kDuration:
        return {Duration{0}};
      default:
        return {std::int64_t{0}};
    }
  }

  const Activation& activation_;
  std::vector<std::pair<std::string_view, Value>> locals_;
  std::size_t steps_ = 0;
};

}  // namespace

Result<Value> evaluate(const Expr& expr, const Activation& activation) { return Evaluator(activation).eval(expr); }

}  // namespace kingpost::cel
