#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kingpost::cel {

enum class TypeKind : std::uint8_t {
  kError,  ///< already reported; agrees with everything
  kDyn,
  kNull,
  kBool,
  kInt,
  kUint,
  kDouble,
  kDecimal,
  kString,
  kBytes,
  kUuid,
  kDate,
  kTime,
  kTimestamp,
  kDuration,
  kJson,
  kEnum,    ///< `name` is the enum's name in the TypeProvider
  kList,    ///< `element`
  kMap,     ///< `key`, `element`
  kRecord,  ///< `name` is the record's name in the TypeProvider (entity, named type, auth, input of a command, …)
  kType,
};

/// A static type. A to-many relation is a list of records with `relation` set: its macros become EXISTS and aggregates in SQL.
struct Type {
  TypeKind kind = TypeKind::kDyn;
  bool nullable = false;
  bool relation = false;
  std::uint32_t precision = 0;  ///< kDecimal: most digits, 0 = unknown
  std::uint32_t scale = 0;      ///< kDecimal: fraction digits
  std::string name;
  std::shared_ptr<const Type> key;
  std::shared_ptr<const Type> element;
};

[[nodiscard]] Type make_type(TypeKind kind, bool nullable = false);
[[nodiscard]] Type make_list(Type element, bool relation = false);
[[nodiscard]] Type make_map(Type key, Type element);
[[nodiscard]] Type make_record(std::string name, bool nullable = false);
[[nodiscard]] Type make_enum(std::string name, bool nullable = false);
[[nodiscard]] Type make_decimal(std::uint32_t precision, std::uint32_t scale, bool nullable = false);
[[nodiscard]] std::string print_type(const Type& type);

/// What the checker asks about names it does not know itself.
class TypeProvider {
 public:
  TypeProvider() = default;
  TypeProvider(const TypeProvider&) = delete;
  TypeProvider& operator=(const TypeProvider&) = delete;
  virtual ~TypeProvider() = default;
  /// The type of `record`.`field`; empty when there is no such field.
  [[nodiscard]] virtual std::optional<Type> field(std::string_view record, std::string_view field) const = 0;
  /// Field names of a record, for suggestions.
  [[nodiscard]] virtual std::vector<std::string> field_names(std::string_view record) const = 0;
  /// The type a record stands for where a key is expected (its single key column); empty when it has none or several.
  [[nodiscard]] virtual std::optional<Type> key_of(std::string_view record) const = 0;
  [[nodiscard]] virtual bool enum_has(std::string_view enumeration, std::string_view value) const = 0;
  /// Values of an enum, for suggestions; may be empty.
  [[nodiscard]] virtual std::vector<std::string> enum_values(std::string_view enumeration) const {
    static_cast<void>(enumeration);
    return {};
  }
};

}  // namespace kingpost::cel
