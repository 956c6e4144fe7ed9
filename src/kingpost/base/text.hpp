#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kingpost {

/// Appends `text` as a JSON string with its quotes (RFC 8259 §7). Quotes, backslashes and control characters are escaped, every other
/// byte is copied, so `text` must be valid UTF-8 where the output has to be.
void append_json_string(std::string& out, std::string_view text);

/// Whether `text` is well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool valid_utf8(std::string_view text);

/// Number of code points of a valid UTF-8 text: every byte that does not continue another one.
[[nodiscard]] std::size_t count_code_points(std::string_view text);

/// base64url without padding (RFC 4648 §5).
void append_base64url(std::string& out, std::string_view bytes);
[[nodiscard]] std::string encode_base64url(std::string_view bytes);
/// Reads unpadded base64url; empty for any other character, an impossible length or unused bits that are not zero, so that each byte
/// sequence has exactly one text.
[[nodiscard]] std::optional<std::string> decode_base64url(std::string_view text);

enum class PlusSign : std::uint8_t { kLiteral, kBlank };

/// Decodes %XX (RFC 3986 §2.1), and `+` as a blank where forms say so. Empty when a `%` is not followed by two hex digits. The result may hold
/// any byte; callers check with valid_utf8.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text, PlusSign plus);

}  // namespace kingpost
