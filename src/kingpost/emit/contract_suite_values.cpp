#include <fmt/format.h>

#include <algorithm>

#include "kingpost/base/text.hpp"
#include "kingpost/emit/contract_suite.hpp"

namespace kingpost::emit {

using surface::ApiField;

namespace {

/// Longer texts than this say nothing that shorter ones do not.
constexpr std::uint32_t kLongestText = 65'536;
constexpr std::size_t kMaxEnumValues = 12;
constexpr std::uint32_t kMaxItems = 1'000;

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

/// Collects the values of one member.
class Values {
 public:
  explicit Values(const ApiField& field) : field_(field) {}

  std::vector<SuiteValue> collect() {
    of_type();
    if (field_.nullable) {
      good("null", "null");
    } else {
      bad("null", "null");
    }
    return std::move(out_);
  }

 private:
  void add(std::string_view kind, std::string name, std::string json, bool accepted) {
    out_.push_back({kind, std::move(name), std::move(json), 0, accepted});
  }
  void good(std::string name, std::string json) { add("positive", std::move(name), std::move(json), true); }
  void bad(std::string name, std::string json) { add("negative", std::move(name), std::move(json), false); }
  void wrong(std::initializer_list<std::pair<const char*, const char*>> list) {
    for (const auto& [name, json] : list) bad(name, json);
  }

  void of_type() {
    switch (field_.type.scalar) {
      case ir::Scalar::kBool:
        good("true", "true");
        good("false", "false");
        return wrong({{"word", "\"maybe\""}, {"object", "{}"}, {"array", "[]"}});
      case ir::Scalar::kInt64:
      case ir::Scalar::kInt32:
      case ir::Scalar::kDecimal:
        return number();
      case ir::Scalar::kFloat:
        good("fraction", "0.5");
        return wrong({{"word", "\"abc\""}, {"object", "{}"}, {"array", "[]"}});
      case ir::Scalar::kString:
      case ir::Scalar::kText:
        return text();
      case ir::Scalar::kEnum:
        return enumeration();
      case ir::Scalar::kJson:
        good("object", R"({"a":[1,null,"x"]})");
        good("array", "[]");
        return;
      case ir::Scalar::kList:
        return list();
      case ir::Scalar::kRecord:
        return;
      default:
        return form();
    }
  }

  void number() {
    const bool decimal = field_.type.scalar == ir::Scalar::kDecimal;
    const std::uint32_t scale = decimal ? field_.type.scale : 0;
    const Decimal step{1, scale};
    bound("min", field_.min ? *field_.min : lowest(), Decimal{-1, scale});
    bound("max", field_.max ? *field_.max : highest(), step);
    if (decimal) {
      add("boundary", "too-many-digits", "0." + std::string(scale, '0') + "1", false);
    } else {
      add("boundary", "fraction", "1.5", false);
    }
    wrong({{"word", "\"abc\""}, {"boolean", "true"}, {"object", "{}"}, {"array", "[]"}});
  }

  void bound(const std::string& name, const Decimal& at, const Decimal& step) {
    add("boundary", "at-" + name, print_decimal(at), true);
    if (const auto beyond = kingpost::add(at, step)) add("boundary", "beyond-" + name, print_decimal(*beyond), false);
  }

  [[nodiscard]] Decimal highest() const {
    if (field_.type.scalar == ir::Scalar::kInt32) return {2'147'483'647, 0};
    if (field_.type.scalar == ir::Scalar::kInt64) return {INT64_MAX, 0};
    Decimal out{0, field_.type.scale};
    for (std::uint32_t digit = 0; digit < std::min(field_.type.precision, kMaxDecimalDigits - 1); ++digit) out.unscaled = out.unscaled * 10 + 9;
    return out;
  }

  [[nodiscard]] Decimal lowest() const {
    if (field_.type.scalar == ir::Scalar::kInt32) return {-2'147'483'648LL, 0};
    if (field_.type.scalar == ir::Scalar::kInt64) return {INT64_MIN, 0};
    const Decimal most = highest();
    return {-most.unscaled, most.scale};
  }

  void text() {
    // A character outside the basic plane: two UTF-16 units, four bytes, one code point.
    constexpr const char* kAstral = "\xF0\x9F\x98\x80";
    if (field_.max_length > 0 && field_.max_length <= kLongestText) {
      out_.push_back({"boundary", "at-max-length", kAstral, field_.max_length, true});
      out_.push_back({"boundary", "beyond-max-length", kAstral, field_.max_length + 1, false});
    }
    if (!field_.unique) good("empty", "\"\"");
    if (!field_.unique && field_.max_length >= 24) good("hostile", quoted("'; -- \"\\ </b> %00 ${x}"));
    wrong({{"nul", "\"a\\u0000b\""}, {"object", "{}"}, {"array", "[]"}});
  }

  void enumeration() {
    for (std::size_t at = 0; at < std::min(field_.values.size(), kMaxEnumValues); ++at) {
      good(fmt::format("value-{}", at + 1), quoted(field_.values[at]));
    }
    std::string other = "no_such_value";
    while (std::find(field_.values.begin(), field_.values.end(), other) != field_.values.end()) other += '_';
    bad("unknown", quoted(other));
    wrong({{"number", "5"}, {"object", "{}"}});
  }

  void list() {
    good("empty", "[]");
    wrong({{"object", "{}"}, {"word", "\"abc\""}});
    const bool of_text =
        field_.type.element != nullptr && (field_.type.element->scalar == ir::Scalar::kString || field_.type.element->scalar == ir::Scalar::kText);
    if (!of_text || field_.max_length == 0 || field_.max_length > kMaxItems) return;
    std::string items = "[\"a\"";
    for (std::uint32_t at = 1; at < field_.max_length; ++at) items += ",\"a\"";
    add("boundary", "at-max-items", items + "]", true);
    add("boundary", "beyond-max-items", items + ",\"a\"]", false);
  }

  void form() {
    switch (field_.type.scalar) {
      case ir::Scalar::kUuid:
        return wrong({{"word", "\"not-a-uuid\""}, {"short", "\"018f5b2e-0000-7000-8000\""}, {"number", "5"}, {"object", "{}"}});
      case ir::Scalar::kDate:
        good("leap-day", "\"2028-02-29\"");
        return wrong(
            {{"no-leap-day", "\"2026-02-29\""}, {"no-month", "\"2026-13-01\""}, {"word", "\"yesterday\""}, {"number", "5"}, {"object", "{}"}});
      case ir::Scalar::kTime:
        good("last-second", "\"23:59:59\"");
        return wrong({{"no-hour", "\"25:00:00\""}, {"word", "\"noon-ish\""}, {"object", "{}"}});
      case ir::Scalar::kTimestamp:
        good("utc", "\"2026-01-01T00:00:00Z\"");
        good("offset", "\"2026-01-01T00:00:00+02:00\"");
        return wrong(
            {{"no-day", "\"2026-02-30T00:00:00Z\""}, {"no-hour", "\"2026-01-01T25:00:00Z\""}, {"word", "\"yesterday-ish\""}, {"object", "{}"}});
      case ir::Scalar::kDuration:
        good("hour", "\"PT1H\"");
        return wrong({{"word", "\"a while\""}, {"object", "{}"}});
      case ir::Scalar::kBytes:
        good("base64", "\"AAEC\"");
        return wrong({{"word", "\"***\""}, {"object", "{}"}});
      default:
        return;
    }
  }

  const ApiField& field_;
  std::vector<SuiteValue> out_;
};

}  // namespace

std::vector<SuiteValue> suite_values(const ApiField& field) { return Values(field).collect(); }

std::string malformed_filter(const ir::LogicalType& type) {
  switch (type.scalar) {
    case ir::Scalar::kBool:
      return "maybe";
    case ir::Scalar::kInt64:
    case ir::Scalar::kInt32:
    case ir::Scalar::kDecimal:
    case ir::Scalar::kFloat:
      return "12x";
    case ir::Scalar::kUuid:
      return "not-a-uuid";
    case ir::Scalar::kDate:
      return "2026-13-40";
    case ir::Scalar::kTime:
      return "25:61:00";
    case ir::Scalar::kTimestamp:
      return "2026-02-30T00:00:00Z";
    case ir::Scalar::kEnum:
      return "no_such_value_";
    default:
      return {};
  }
}

std::string value_recipe(const ir::LogicalType& type, const ApiField& field) {
  switch (type.scalar) {
    case ir::Scalar::kBool:
      return R"("t":"bool")";
    case ir::Scalar::kInt64:
    case ir::Scalar::kInt32:
    case ir::Scalar::kDecimal: {
      std::string out = fmt::format(R"("t":"number","scale":{})", type.scalar == ir::Scalar::kDecimal ? type.scale : 0);
      if (type.scalar == ir::Scalar::kDecimal) out += fmt::format(R"(,"precision":{})", type.precision);
      if (field.min) out += R"(,"min":)" + print_decimal(*field.min);
      if (field.max) out += R"(,"max":)" + print_decimal(*field.max);
      return out;
    }
    case ir::Scalar::kFloat:
      return R"("t":"number","scale":1)";
    case ir::Scalar::kString:
    case ir::Scalar::kText:
      return fmt::format(R"("t":"text","max":{})", field.max_length == 0 ? ir::kDefaultTextLength : field.max_length);
    case ir::Scalar::kUuid:
      return R"("t":"uuid")";
    case ir::Scalar::kDate:
      return R"("t":"date")";
    case ir::Scalar::kTime:
      return R"("t":"time")";
    case ir::Scalar::kTimestamp:
      return R"("t":"timestamp")";
    case ir::Scalar::kDuration:
      return R"("t":"duration")";
    case ir::Scalar::kBytes:
      return R"("t":"bytes")";
    case ir::Scalar::kEnum:
      return R"("t":"enum","value":)" + (field.values.empty() ? std::string("null") : quoted(field.values.front()));
    case ir::Scalar::kList:
      return R"("t":"list")";
    default:
      return R"("t":"json")";
  }
}

}  // namespace kingpost::emit
