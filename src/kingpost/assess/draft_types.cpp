#include "kingpost/assess/draft_types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "kingpost/introspect/column_types.hpp"

namespace kingpost::assess {
namespace {

using foreign::SqlFacts;

constexpr int kLongestString = 1'000'000;
constexpr int kMostDigits = 18;
constexpr int kDefaultScale = 6;
constexpr std::size_t kMostValues = 200;

/// SQL types that have one of the model's own meaning. `declared` is what the drafter reads.
struct Known {
  std::string_view sql;
  std::string_view type;
  std::string_view declared;
};
constexpr std::array<Known, 34> kKnown = {{
    {"bigint", "int", "INTEGER"},
    {"int8", "int", "INTEGER"},
    {"bigserial", "int", "INTEGER"},
    {"integer", "int32", "INTEGER"},
    {"int", "int32", "INTEGER"},
    {"int4", "int32", "INTEGER"},
    {"serial", "int32", "INTEGER"},
    {"smallint", "int32", "INTEGER"},
    {"int2", "int32", "INTEGER"},
    {"smallserial", "int32", "INTEGER"},
    {"oid", "int", "INTEGER"},
    {"boolean", "bool", "BOOLEAN"},
    {"bool", "bool", "BOOLEAN"},
    {"uuid", "uuid", "UUID"},
    {"text", "text", "TEXT"},
    {"character varying", "text", "TEXT"},
    {"varchar", "text", "TEXT"},
    {"citext", "text", "TEXT"},
    {"json", "json", "JSON"},
    {"jsonb", "json", "JSON"},
    {"bytea", "bytes", "BLOB"},
    {"blob", "bytes", "BLOB"},
    {"date", "date", "DATE"},
    {"timestamp", "timestamp", "TIMESTAMP"},
    {"datetime", "timestamp", "TIMESTAMP"},
    {"timestamp without time zone", "timestamp", "TIMESTAMP"},
    {"timestamp with time zone", "timestamp", "TIMESTAMP"},
    {"timestamptz", "timestamp", "TIMESTAMP"},
    {"time without time zone", "time", "TEXT"},
    {"time", "time", "TEXT"},
    {"interval", "duration", "TEXT"},
    {"real", "float", "REAL"},
    {"double precision", "float", "REAL"},
    {"float", "float", "REAL"},
}};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

/// The type without its sizes: `timestamp(6) without time zone` is `timestamp without time zone`.
std::string without_size(const std::string& type) {
  const auto open = type.find('(');
  if (open == std::string::npos) return type;
  const auto close = type.find(')', open);
  std::string out = type.substr(0, open) + (close == std::string::npos ? "" : type.substr(close + 1));
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

bool is_enum_value(const std::string& value) {
  return !value.empty() && value.size() <= 63 && value[0] >= 'a' && value[0] <= 'z' &&
         std::all_of(value.begin(), value.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

DraftType number(const std::string& sql_type) {
  const auto [precision, scale] = introspect::declared_size(sql_type);
  if (precision < 1)
    return {fmt::format("decimal({},{})", kMostDigits, kDefaultScale), "DECIMAL",
            fmt::format("is {} without digits and is drafted as decimal({},{})", sql_type, kMostDigits, kDefaultScale)};
  if (precision > kMostDigits) {
    const int kept = std::min(scale, kMostDigits / 2);
    return {fmt::format("decimal({},{})", kMostDigits, kept), "DECIMAL",
            fmt::format("is {}; the model's decimals end at {} digits", sql_type, kMostDigits)};
  }
  return {fmt::format("decimal({},{})", precision, std::clamp(scale, 0, precision)), "DECIMAL", {}};
}

DraftType enumeration(const foreign::EnumFact& fact) {
  std::set<std::string> seen;
  std::string values;
  bool plain = !fact.values.empty() && fact.values.size() <= kMostValues;
  for (const auto& value : fact.values) {
    plain = plain && is_enum_value(value) && seen.insert(value).second;
    values += (values.empty() ? "" : ", ") + value;
  }
  if (plain) return {fmt::format("enum({})", values), "TEXT", {}};
  return {"text", "TEXT", fmt::format("is the enum {}, whose values the language cannot write, and is drafted as text", fact.name.name)};
}

}  // namespace

DraftType draft_type(const SqlFacts& facts, const std::string& sql_type) {
  std::string type = lower(sql_type);
  if (type.ends_with("[]")) {
    while (type.ends_with("[]")) type.resize(type.size() - 2);
    DraftType item = draft_type(facts, type);
    return {fmt::format("list({})", item.type), "LIST", item.note};
  }
  const std::string base = without_size(type);
  const auto size = introspect::declared_size(type).first;
  const bool sized_text =
      base == "character varying" || base == "varchar" || base == "character" || base == "char" || base == "bpchar" || base == "nvarchar";
  if (sized_text && size > 0 && size <= kLongestString) return {fmt::format("string({})", size), fmt::format("VARCHAR({})", size), {}};
  if (base == "character" || base == "char" || base == "bpchar") return {"string(1)", "VARCHAR(1)", {}};
  if (base == "numeric" || base == "decimal") return number(type);
  if (base == "money") return {"decimal(18,2)", "DECIMAL", {}};
  if (const auto* known = std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& one) { return one.sql == base; }); known != kKnown.end())
    return {std::string(known->type), std::string(known->declared), {}};
  for (const auto& fact : facts.enums) {
    if (lower(fact.name.name) == base || lower(fact.name.schema + "." + fact.name.name) == base) return enumeration(fact);
  }
  if (base.empty()) return {"text", "TEXT", "has no type and is drafted as text"};
  if (facts.flavour == foreign::SqlFlavour::kSqlite && base.find("int") != std::string::npos) return {"int", "INTEGER", {}};
  return {"text", "TEXT", fmt::format("is {}, which the language does not know, and is drafted as text", sql_type)};
}

}  // namespace kingpost::assess
