#pragma once

#include <cstddef>
#include <cstdint>

#include "kingpost/base/uuid.hpp"
#include "kingpost/cel/value.hpp"
#include "kingpost/ir/system.hpp"
#include "kingpost/seed/random.hpp"

namespace kingpost::seed {

/// Where a value will stand.
struct ValueContext {
  const ir::System& system;
  const ir::Entity& entity;
  const ir::Field& field;
  std::size_t row = 0;
  bool distinct = false;  ///< part of a key or unique: derived from the row's number
  std::int64_t now_us = 0;
  std::int64_t created_us = 0;  ///< when the row was made, within the year before now_us
};

/// A plausible value by the field's name and type, within its bounds; never null.
[[nodiscard]] cel::Value make_value(const ValueContext& context, Random& random);

/// A version 7 UUID from the given time and generator.
[[nodiscard]] Uuid make_uuid(std::int64_t unix_us, Random& random);

/// A text that tells values of one field apart, for uniques.
void append_value_key(std::string& out, const cel::Value& value);

}  // namespace kingpost::seed
