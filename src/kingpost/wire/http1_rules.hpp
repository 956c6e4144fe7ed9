#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace kingpost::wire {

/// tchar+ of RFC 9110 §5.6.2.
[[nodiscard]] bool is_token(std::string_view text) noexcept;
/// No control characters but HTAB; no blanks at either end are asked for.
[[nodiscard]] bool is_field_value(std::string_view text) noexcept;
[[nodiscard]] bool equal_ignoring_case(std::string_view left, std::string_view right) noexcept;

/// host [":" port] of RFC 9112 §3.2: a name or IPv4 of letters, digits, '.', '-', '_', or "[" IPv6 "]"; port 0…65535. Never empty.
[[nodiscard]] bool is_host(std::string_view text) noexcept;

/// A Content-Length: 1…19 digits and nothing else; empty when malformed or beyond 63 bits.
[[nodiscard]] std::optional<std::uint64_t> parse_content_length(std::string_view text) noexcept;

/// Whether a comma-separated list holds `lower_token`, ignoring case and blanks.
[[nodiscard]] bool list_holds(std::string_view list, std::string_view lower_token) noexcept;

/// The first index at or after `from` of a byte below 0x20 or of 0x7f; `text.size()` when there is none.
[[nodiscard]] std::size_t find_control(std::string_view text, std::size_t from) noexcept;

/// The target in origin form, or "*"; empty when it is not allowed for `method` (RFC 9112 §3.2). `host` is the Host field, empty
/// in HTTP/1.0 without one.
[[nodiscard]] std::optional<std::string_view> origin_target(std::string_view method, std::string_view target, std::string_view host) noexcept;

}  // namespace kingpost::wire
