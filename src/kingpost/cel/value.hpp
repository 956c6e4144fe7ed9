#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "kingpost/base/datum.hpp"
#include "kingpost/base/decimal.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/base/uuid.hpp"

namespace kingpost::cel {

struct Value;

struct Null {
  friend bool operator==(const Null&, const Null&) = default;
};
struct Date {
  std::int32_t days = 0;
  friend bool operator==(const Date&, const Date&) = default;
};
struct Time {
  std::int64_t micros = 0;
  friend bool operator==(const Time&, const Time&) = default;
};
struct Timestamp {
  std::int64_t micros = 0;
  friend bool operator==(const Timestamp&, const Timestamp&) = default;
};
struct Duration {
  std::int64_t micros = 0;
  friend bool operator==(const Duration&, const Duration&) = default;
};
/// A value of an enum, by its name.
struct EnumValue {
  std::string name;
  friend bool operator==(const EnumValue&, const EnumValue&) = default;
};
/// JSON text, canonical (no white space, members sorted by name).
struct Json {
  std::string text;
  friend bool operator==(const Json&, const Json&) = default;
};
struct TypeValue {
  std::string name;
  friend bool operator==(const TypeValue&, const TypeValue&) = default;
};
using List = std::shared_ptr<const std::vector<Value>>;
/// Members in insertion order; keys are unique.
using Map = std::shared_ptr<const std::vector<std::pair<Value, Value>>>;

/// A record whose fields are asked for by name, for example a stored row in memory. A relation answers a record or a list of them.
class Record {
 public:
  Record() = default;
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;
  virtual ~Record() = default;
  [[nodiscard]] virtual Result<Value> field(const std::string& name) const = 0;
  /// The record's single key, where a record is compared with a key or another record.
  [[nodiscard]] virtual Result<Value> key() const = 0;
};
using RecordPtr = std::shared_ptr<const Record>;

/// A CEL value at run time.
struct Value {
  std::variant<Null, bool, std::int64_t, std::uint64_t, double, Decimal, std::string, Blob, Uuid, Date, Time, Timestamp, Duration, EnumValue, Json,
               TypeValue, List, Map, RecordPtr>
      data;

  [[nodiscard]] bool is_null() const noexcept { return std::holds_alternative<Null>(data); }
};
// Completes Value's own traits before a pair of Values asks for them: with libstdc++ 12, clang otherwise meets them half made.
static_assert(std::is_default_constructible_v<Value> && std::is_default_constructible_v<std::pair<Value, Value>>);

}  // namespace kingpost::cel
