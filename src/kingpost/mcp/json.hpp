#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kingpost/base/result.hpp"

namespace kingpost::mcp {

enum class JsonKind : std::uint8_t { kNull, kBoolean, kNumber, kText, kList, kObject };

struct JsonMember;

/// A JSON value as it came: numbers keep their text, members their order.
struct Json {
  JsonKind kind = JsonKind::kNull;
  std::string text;  ///< of a text its value, of a number or boolean as written
  std::vector<Json> items;
  std::vector<JsonMember> members;

  /// The member `name`, or null. Of a repeated name the first.
  [[nodiscard]] const Json* find(std::string_view name) const noexcept;
  /// The text of the member `name`; empty when absent or no text.
  [[nodiscard]] std::string text_of(std::string_view name) const;
  /// The value as JSON again, on one line.
  [[nodiscard]] std::string print() const;
};

struct JsonMember {
  std::string name;
  Json value;
};

/// Reads one JSON text (RFC 8259) nested at most kMaxJsonDepth deep. Error `parse` otherwise.
[[nodiscard]] Result<Json> parse_json(std::string_view text);

inline constexpr std::size_t kMaxJsonDepth = 32;

/// `text` as a JSON string with quotes; bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string json_text(std::string_view text);

}  // namespace kingpost::mcp
