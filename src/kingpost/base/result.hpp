#pragma once

#include <tl/expected.hpp>
#include <utility>

#include "kingpost/base/error.hpp"

namespace kingpost {

/// A value or the reason there is none. Every function that returns one is marked [[nodiscard]].
template <typename T>
using Result = tl::expected<T, Error>;

/// Wraps an error for returning from a function that yields Result.
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorKind kind, std::string code, std::string message) {
  return tl::unexpected<Error>(make_error(kind, std::move(code), std::move(message)));
}

}  // namespace kingpost
