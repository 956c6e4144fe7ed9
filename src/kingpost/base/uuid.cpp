#include "kingpost/base/uuid.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace kingpost {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::size_t kTextSize = 36;
constexpr std::uint32_t kCounterMax = 0xfff;
// Half of the counter's range stays free after seeding, so that it rarely runs out within one millisecond.
constexpr std::uint32_t kCounterSeedMask = 0x7ff;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr bool dash_after(std::size_t byte) { return byte == 3 || byte == 5 || byte == 7 || byte == 9; }

// What one thread keeps between calls: unused bytes of the kernel's generator and the last time and counter.
struct State {
  std::array<std::uint8_t, 512> random{};
  std::size_t used = 512;
  std::int64_t last_ms = -1;
  std::uint32_t counter = 0;
};

void take_random(State& state, std::uint8_t* target, std::size_t size) {
  if (state.random.size() - state.used < size) {
    std::size_t filled = 0;
    while (filled < state.random.size()) {
      const ssize_t got = getrandom(state.random.data() + filled, state.random.size() - filled, 0);
      if (got > 0) {
        filled += static_cast<std::size_t>(got);
      } else if (errno != EINTR) {
        // Without the kernel's generator nothing here can be made unguessable; getrandom(2) cannot fail otherwise once seeded.
        std::abort();
      }
    }
    state.used = 0;
  }
  std::memcpy(target, state.random.data() + state.used, size);
  std::memset(state.random.data() + state.used, 0, size);
  state.used += size;
}

}  // namespace

std::optional<Uuid> parse_uuid(std::string_view text) {
  const bool dashed = text.size() == kTextSize;
  if (!dashed && text.size() != 32) return std::nullopt;
  Uuid value;
  std::size_t at = 0;
  for (std::size_t i = 0; i < value.bytes.size(); ++i) {
    const int high = hex_value(text[at]);
    const int low = hex_value(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    value.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
    at += 2;
    if (dashed && dash_after(i)) {
      if (text[at] != '-') return std::nullopt;
      ++at;
    }
  }
  return value;
}

void append_uuid(std::string& out, const std::uint8_t* bytes) {
  std::array<char, kTextSize> text{};
  std::size_t at = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    text[at++] = kHexDigits[bytes[i] >> 4];
    text[at++] = kHexDigits[bytes[i] & 0xfU];
    if (dash_after(i)) text[at++] = '-';
  }
  out.append(text.data(), text.size());
}

std::string print_uuid(const Uuid& value) {
  std::string out;
  append_uuid(out, value.bytes.data());
  return out;
}

Uuid make_uuid_v7(std::int64_t unix_ms) {
  static thread_local constinit State state;
  Uuid value;
  take_random(state, value.bytes.data() + 6, 10);
  if (unix_ms > state.last_ms) {
    state.last_ms = unix_ms;
    state.counter = ((static_cast<std::uint32_t>(value.bytes[6]) << 8) | value.bytes[7]) & kCounterSeedMask;
  } else if (state.counter < kCounterMax) {
    ++state.counter;
  } else {
    // RFC 9562 §6.2: a counter that rolls over takes the next millisecond early.
    ++state.last_ms;
    state.counter = 0;
  }
  const auto time = static_cast<std::uint64_t>(state.last_ms);
  for (std::size_t i = 0; i < 6; ++i) value.bytes[i] = static_cast<std::uint8_t>((time >> (40 - 8 * i)) & 0xffU);
  value.bytes[6] = static_cast<std::uint8_t>(0x70U | (state.counter >> 8));
  value.bytes[7] = static_cast<std::uint8_t>(state.counter & 0xffU);
  value.bytes[8] = static_cast<std::uint8_t>(0x80U | (value.bytes[8] & 0x3fU));
  return value;
}

}  // namespace kingpost
