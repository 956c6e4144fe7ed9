#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kingpost::seed {

/// A small deterministic generator (SplitMix64, Steele, Lea and Flood 2014). Not for secrets.
class Random {
 public:
  explicit Random(std::uint64_t state) noexcept : state_(state) {}

  /// A generator of its own for one row, so that a change of one entity leaves the values of the others alone.
  [[nodiscard]] static Random for_row(std::uint64_t seed, std::string_view entity, std::uint64_t row, std::uint64_t attempt) noexcept {
    std::uint64_t hash = 14695981039346656037ULL ^ seed;  // FNV-1a
    for (const char c : entity) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    Random mixed(hash + row * 0x9E3779B97F4A7C15ULL + attempt * 0xD1B54A32D192ED03ULL);
    return Random(mixed.next());
  }

  std::uint64_t next() noexcept {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }
  /// 0 … bound - 1; 0 for bound 0. The bias of the remainder is far below what rows could show.
  std::size_t below(std::size_t bound) noexcept { return bound == 0 ? 0 : next() % bound; }
  std::int64_t between(std::int64_t low, std::int64_t high) noexcept {
    return high <= low ? low : low + static_cast<std::int64_t>(next() % (static_cast<std::uint64_t>(high - low) + 1));
  }
  /// [0, 1).
  double unit() noexcept { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
  bool chance(double probability) noexcept { return unit() < probability; }

 private:
  std::uint64_t state_;
};

}  // namespace kingpost::seed
