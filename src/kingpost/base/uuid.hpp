#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kingpost {

/// A UUID (RFC 9562) in network byte order; comparing bytes compares the text forms.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};
  friend auto operator<=>(const Uuid&, const Uuid&) = default;
};

/// Reads the 36-character form (any case) or 32 hex digits; empty when malformed.
[[nodiscard]] std::optional<Uuid> parse_uuid(std::string_view text);
[[nodiscard]] std::string print_uuid(const Uuid& value);
/// Appends the 36-character lower-case form. `bytes` are 16 bytes.
void append_uuid(std::string& out, const std::uint8_t* bytes);
/// A version 7 UUID from the kernel's random numbers and `unix_ms`; later calls on one thread sort later (RFC 9562 §6.2 method 1), so an
/// earlier `unix_ms` than a former call's on that thread counts as that one. Safe to call from any thread.
[[nodiscard]] Uuid make_uuid_v7(std::int64_t unix_ms);

}  // namespace kingpost
