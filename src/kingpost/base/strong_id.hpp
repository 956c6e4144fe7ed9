#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>

namespace kingpost {

/// An index into one particular vector, told apart from other indexes by its tag. Default-constructed means "none".
template <typename Tag>
struct StrongId {
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t value = kNone;

  [[nodiscard]] constexpr bool valid() const noexcept { return value != kNone; }
  [[nodiscard]] constexpr std::size_t index() const noexcept { return value; }
  friend constexpr auto operator<=>(const StrongId&, const StrongId&) = default;
};

}  // namespace kingpost

template <typename Tag>
struct std::hash<kingpost::StrongId<Tag>> {
  std::size_t operator()(const kingpost::StrongId<Tag>& id) const noexcept { return std::hash<std::uint32_t>{}(id.value); }
};
