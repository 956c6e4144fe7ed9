#include "kingpost/seed/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "kingpost/base/civil_time.hpp"
#include "kingpost/base/text.hpp"
#include "kingpost/seed/words.hpp"

namespace kingpost::seed {
namespace {

constexpr std::int64_t kDaysOfHistory = 365;
constexpr std::size_t kShortText = 6;
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool named(std::string_view name, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [name](std::string_view part) { return name.find(part) != std::string_view::npos; });
}

std::string lower(std::string text) {
  for (char& c : text) c = c == ' ' ? '-' : (c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c);
  return text;
}

/// The row's number in letters, so that short codes differ: AA, AB, …
std::string code_of(std::size_t number, std::size_t length) {
  std::string text(length, kLetters[0]);
  for (std::size_t i = length; i-- > 0 && number > 0; number /= kLetters.size()) text[i] = kLetters[number % kLetters.size()];
  return text;
}

std::string person_or_thing(const ValueContext& context, Random& random) {
  const std::string_view entity = context.entity.name;
  if (named(entity, {"user", "customer", "person", "employee", "artist", "author", "contact"})) return first_name(random) + ' ' + last_name(random);
  if (named(entity, {"categor", "genre", "group", "department"})) return category_name(random);
  if (named(entity, {"organi", "company", "tenant", "supplier", "vendor"})) return company_name(random);
  if (named(entity, {"country"})) return country_name(random);
  if (named(entity, {"city", "place"})) return city_name(random);
  if (named(entity, {"label", "tag"})) return word(random);
  return product_name(random);
}

std::string invent_text(const ValueContext& context, Random& random) {
  const std::string name = lower(context.field.name);
  const std::size_t row = context.row;
  if (named(name, {"email", "e_mail"})) return fmt::format("{}.{}.{}@example.com", lower(first_name(random)), lower(last_name(random)), row);
  if (named(name, {"sku"})) return fmt::format("SKU-{:06}", row + 1);
  if (named(name, {"phone", "fax", "mobile"})) return fmt::format("+49 30 {:07}", random.between(1'000'000, 9'999'999));
  if (named(name, {"url", "website", "link"})) return fmt::format("https://www.example.com/{}/{}", word(random), row + 1);
  if (named(name, {"first_name", "firstname"})) return first_name(random);
  if (named(name, {"last_name", "lastname", "surname"})) return last_name(random);
  if (named(name, {"company"})) return company_name(random);
  if (named(name, {"city", "town"})) return city_name(random);
  if (named(name, {"country"})) return country_name(random);
  if (named(name, {"street", "address"})) return street_name(random);
  if (named(name, {"zip", "postal"})) return fmt::format("{:05}", random.between(10'000, 99'999));
  if (named(name, {"hint", "digits"})) return fmt::format("{:04}", random.between(0, 9'999));
  if (named(name, {"name"})) return person_or_thing(context, random);
  if (named(name, {"title", "subject", "summary"})) return title(random);
  if (named(name, {"description", "body", "text", "note", "comment", "content"})) return sentences(random, 1 + random.below(3));
  if (named(name, {"code", "key", "number"})) return fmt::format("{}-{:05}", code_of(random.below(676), 2), row + 1);
  return title(random);
}

cel::Value text_value(const ValueContext& context, Random& random) {
  const std::size_t most = context.field.type.max_length == 0 ? ir::kDefaultTextLength : context.field.type.max_length;
  if (most <= kShortText) {
    const bool digits = named(context.field.name, {"hint", "digits", "number"});
    if (digits && !context.distinct) return {fmt::format("{:04}", random.between(0, 9'999)).substr(0, most)};
    return {code_of(context.distinct ? context.row : random.below(676), std::min<std::size_t>(most, 2))};
  }
  std::string text = invent_text(context, random);
  const std::string suffix =
      context.distinct && !named(text, {fmt::format("{}", context.row + 1)}) ? fmt::format(" {}", context.row + 1) : std::string{};
  if (text.size() + suffix.size() > most) text.resize(most - std::min(most, suffix.size()));
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return {text + suffix};
}

std::int64_t whole(const std::optional<Decimal>& bound, std::int64_t otherwise) {
  if (!bound) return otherwise;
  const auto rounded = round_to(*bound, 0);
  if (!rounded || rounded->unscaled > std::numeric_limits<std::int64_t>::max() || rounded->unscaled < std::numeric_limits<std::int64_t>::min()) {
    return otherwise;
  }
  return static_cast<std::int64_t>(rounded->unscaled);
}

std::int64_t clamp_to(const ir::Field& field, std::int64_t value) {
  value = std::max(value, whole(field.min, value));
  return std::min(value, whole(field.max, value));
}

cel::Value integer_value(const ValueContext& context, Random& random) {
  const ir::Field& field = context.field;
  if (context.distinct) return {clamp_to(field, whole(field.min, 1) + static_cast<std::int64_t>(context.row))};
  std::int64_t high = 100;
  if (named(field.name, {"quantity", "count"})) high = 5;
  if (named(field.name, {"available", "stock"})) high = 500;
  if (named(field.name, {"milliseconds", "bytes"})) high = 1'000'000;
  const std::int64_t low = whole(field.min, field.name.find("available") != std::string::npos ? 0 : 1);
  return {clamp_to(field, random.between(low, std::max(low, high)))};
}

cel::Value decimal_value(const ValueContext& context, Random& random) {
  const ir::LogicalType& type = context.field.type;
  std::int64_t high = named(context.field.name, {"total", "amount"}) ? 900 : 250;
  const std::uint32_t digits = type.precision == 0 ? kMaxDecimalDigits : type.precision - type.scale;
  if (digits < 3) high = digits == 2 ? 99 : (digits == 1 ? 9 : 0);
  // Costs stay below prices, which start where costs end.
  if (named(context.field.name, {"cost"})) high = 20;
  const std::int64_t low = named(context.field.name, {"price"}) ? std::min<std::int64_t>(21, high) : std::min<std::int64_t>(1, high);
  const std::int64_t units = clamp_to(context.field, random.between(low, high));
  Decimal value{units, 0};
  const bool at_bound = units == whole(context.field.max, units + 1);
  if (type.scale >= 2 && !at_bound) value = {units * 100 + (random.chance(0.6) ? 99 : 50), 2};
  const auto fitted = round_to(value, type.scale);
  return {fitted ? *fitted : Decimal{units, 0}};
}

std::string json_value(Random& random) { return fmt::format("{{\"color\":\"{}\",\"weight\":{}}}", word(random), random.between(1, 40)); }

std::string list_value(const ValueContext& context, Random& random) {
  const ir::LogicalType* element = context.field.type.element.get();
  std::string text = "[";
  const std::size_t count = random.below(4);
  for (std::size_t i = 0; i < count; ++i) {
    if (i != 0) text += ',';
    const bool number = element != nullptr && (element->scalar == ir::Scalar::kInt64 || element->scalar == ir::Scalar::kInt32 ||
                                               element->scalar == ir::Scalar::kFloat || element->scalar == ir::Scalar::kDecimal);
    const bool words = element == nullptr || element->scalar == ir::Scalar::kString || element->scalar == ir::Scalar::kText;
    if (number) {
      text += std::to_string(random.between(1, 9));
    } else if (words) {
      append_json_string(text, word(random));
    } else if (element->scalar == ir::Scalar::kUuid) {
      append_json_string(text, print_uuid(make_uuid(context.created_us, random)));
    } else {
      return "[]";
    }
  }
  return text + ']';
}

cel::Value enum_value(const ValueContext& context, Random& random) {
  if (context.entity.states && context.entity.field(context.entity.states->field).name == context.field.name) {
    return {cel::EnumValue{context.entity.states->initial}};
  }
  const auto& values = context.system.enums[context.field.type.enumeration.index()].values;
  return {cel::EnumValue{values.empty() ? std::string{} : values[random.below(values.size())]}};
}

cel::Value time_value(const ValueContext& context, Random& random) {
  const std::int64_t later = random.between(0, std::max<std::int64_t>(0, context.now_us - context.created_us));
  switch (context.field.type.scalar) {
    case ir::Scalar::kDate: {
      const bool birth = named(context.field.name, {"birth"});
      const std::int64_t day = context.now_us / kMicrosPerDay - (birth ? random.between(20 * kDaysOfHistory, 60 * kDaysOfHistory) : 0);
      return {cel::Date{static_cast<std::int32_t>(birth ? day : day - random.between(0, kDaysOfHistory))}};
    }
    case ir::Scalar::kTime:
      return {cel::Time{random.between(0, 24 * 60 - 1) * 60 * kMicrosPerSecond}};
    case ir::Scalar::kDuration:
      return {cel::Duration{random.between(1, 72) * 3'600 * kMicrosPerSecond}};
    default:
      if (context.field.generated == ir::Generated::kCreatedAt) return {cel::Timestamp{context.created_us}};
      return {cel::Timestamp{context.created_us + later / kMicrosPerSecond * kMicrosPerSecond}};
  }
}

cel::Value bytes_value(Random& random) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(random.below(256));
  return {Blob{bytes}};
}

}  // namespace

Uuid make_uuid(std::int64_t unix_us, Random& random) {
  Uuid uuid;
  const auto milliseconds = static_cast<std::uint64_t>(unix_us / 1'000);
  for (std::size_t i = 0; i < 6; ++i) uuid.bytes[i] = static_cast<std::uint8_t>(milliseconds >> (40U - 8U * i));
  const std::uint64_t high = random.next();
  const std::uint64_t low = random.next();
  uuid.bytes[6] = static_cast<std::uint8_t>(0x70U | (high & 0x0FU));
  uuid.bytes[7] = static_cast<std::uint8_t>(high >> 8U);
  for (std::size_t i = 8; i < 16; ++i) uuid.bytes[i] = static_cast<std::uint8_t>(low >> (8U * (i - 8)));
  uuid.bytes[8] = static_cast<std::uint8_t>(0x80U | (uuid.bytes[8] & 0x3FU));
  return uuid;
}

cel::Value make_value(const ValueContext& context, Random& random) {
  if (context.field.generated == ir::Generated::kVersion) return {std::int64_t{1}};
  switch (context.field.type.scalar) {
    case ir::Scalar::kBool:
      return {random.chance(0.5)};
    case ir::Scalar::kInt64:
    case ir::Scalar::kInt32:
      if (context.field.generated == ir::Generated::kAutoIncrement) return {static_cast<std::int64_t>(context.row) + 1};
      return integer_value(context, random);
    case ir::Scalar::kDecimal:
      return decimal_value(context, random);
    case ir::Scalar::kFloat:
      return {static_cast<double>(clamp_to(context.field, random.between(0, 100))) + 0.25 * static_cast<double>(random.below(2))};
    case ir::Scalar::kUuid:
      return {make_uuid(context.created_us, random)};
    case ir::Scalar::kDate:
    case ir::Scalar::kTime:
    case ir::Scalar::kTimestamp:
    case ir::Scalar::kDuration:
      return time_value(context, random);
    case ir::Scalar::kJson:
    case ir::Scalar::kRecord:
      return {cel::Json{json_value(random)}};
    case ir::Scalar::kList:
      return {cel::Json{list_value(context, random)}};
    case ir::Scalar::kBytes:
      return bytes_value(random);
    case ir::Scalar::kEnum:
      return enum_value(context, random);
    default:
      return text_value(context, random);
  }
}

void append_value_key(std::string& out, const cel::Value& value) {
  out += static_cast<char>('A' + static_cast<int>(value.data.index()));
  std::visit(
      [&out](const auto& data) {
        using Data = std::decay_t<decltype(data)>;
        if constexpr (std::is_same_v<Data, std::string>) {
          out += fmt::format("{}:{}", data.size(), data);
        } else if constexpr (std::is_same_v<Data, Uuid>) {
          out += print_uuid(data);
        } else if constexpr (std::is_same_v<Data, std::int64_t>) {
          out += fmt::format("{};", data);
        } else if constexpr (std::is_same_v<Data, Decimal>) {
          out += print_decimal(data) + ';';
        } else if constexpr (std::is_same_v<Data, cel::EnumValue>) {
          out += data.name + ';';
        } else if constexpr (std::is_same_v<Data, cel::Date>) {
          out += fmt::format("{};", data.days);
        } else if constexpr (std::is_same_v<Data, cel::Timestamp> || std::is_same_v<Data, cel::Time> || std::is_same_v<Data, cel::Duration>) {
          out += fmt::format("{};", data.micros);
        } else if constexpr (std::is_same_v<Data, bool>) {
          out += data ? '1' : '0';
        }
      },
      value.data);
}

}  // namespace kingpost::seed
