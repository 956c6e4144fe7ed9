#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kingpost/base/datum.hpp"
#include "kingpost/base/decimal.hpp"
#include "kingpost/base/result.hpp"
#include "kingpost/dialect/dialect.hpp"
#include "kingpost/ir/types.hpp"

namespace kingpost::dialect {

/// A decimal as the column stores it. Error 22003 when digits other than zero would be lost or it is too large.
[[nodiscard]] Result<Datum> encode_decimal(const Decimal& value, const ir::LogicalType& type, const ir::Storage& storage, Database database);

/// JSON without white space, members sorted by name (bytes), numbers as written, text unescaped where it can be; a repeated member is
/// refused. At most kMaxJsonDepth deep. Errors: 22P02, 22021 (U+0000).
[[nodiscard]] Result<std::string> canonical_json(std::string_view text);
inline constexpr int kMaxJsonDepth = 32;

/// Whether canonical JSON is an array of at most `most` items of the list's element type. Errors: 22P02, 22001.
[[nodiscard]] Result<void> check_list(std::string_view canonical, const ir::LogicalType& list, std::uint32_t most);

/// base64 (RFC 4648 §4, padding optional); empty when malformed.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);
void append_base64(std::string& out, std::string_view bytes);

/// The model's word for a scalar type, for messages.
[[nodiscard]] std::string_view scalar_name(ir::Scalar scalar);

}  // namespace kingpost::dialect
